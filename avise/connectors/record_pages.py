"""Records as the store keeps them: JSON pages of at most 250, so that a page is decoded when needed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from avise.connectors.contract import Record
from avise.connectors.lazy_items import Chain, LazyPage
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.snapshot import PAGE_SIZE


async def encode_pages(records: Sequence[Record]) -> tuple[bytes, ...]:
    """Write records as pages; no record gives no page. Evidence is compared on arrival, not kept.

    Pages that came written are kept as they are. The loop turns between two pages: ten thousand records
    at once would hold every other tool up.
    """
    pages: list[bytes] = []
    for part in records.parts if isinstance(records, Chain) else (records,):
        if isinstance(part, LazyPage):
            pages.append(part.data)
            continue
        for start in range(0, len(part), PAGE_SIZE):
            pages.append(page_of(part[start : start + PAGE_SIZE]))
            await asyncio.sleep(0)
    return tuple(pages)


def page_of(records: Sequence[Record]) -> bytes:
    """Write one page. Half a surrogate pair, which JSON may hold and UTF-8 may not, is kept as "?"."""
    plain = [_plain(record) for record in records]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


async def decode_pages(pages: Sequence[bytes]) -> tuple[Record, ...]:
    """Read pages back; the loop turns between two pages.

    Raises:
        ValueError: the bytes are not pages of records.
    """
    records: list[Record] = []
    for page in pages:
        records += read_page(page)
        await asyncio.sleep(0)
    return tuple(records)


def read_page(page: bytes) -> list[Record]:
    """Read one page back.

    Raises:
        ValueError: the bytes are no page of records.
    """
    try:
        return [_record(item) for item in json.loads(page)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # The text would hold a piece of the page.
        raise ValueError(f"not a page: {type(error).__name__}") from None


def _plain(record: Record) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": record.id, "data": dict(record.data)}
    if record.as_of is not None:
        plain["as_of"] = record.as_of.isoformat()
    if record.version:
        plain["version"] = record.version
    if record.extra:
        plain["extra"] = dict(record.extra)
    return plain


def _record(plain: Mapping[str, Any]) -> Record:
    as_of = plain.get("as_of")
    return Record(
        id=str(plain["id"]),
        data=dict(plain["data"]),
        as_of=datetime.fromisoformat(as_of) if as_of else None,
        version=str(plain.get("version", "")),
        extra=dict(plain.get("extra", {})),
    )


def record_of(interaction: Interaction) -> Record:
    """Write an exchange as a record, so that a timeline is read and kept like a facet."""
    return Record(
        interaction.id,
        {
            "at": interaction.at.isoformat(),
            "channel": interaction.channel.value,
            "direction": interaction.direction.value,
            "title": interaction.title,
            "summary": interaction.summary,
            "status": interaction.status,
            "author": interaction.author,
            "reason": interaction.reason,
            "duration_s": interaction.duration_s,
            "body_ref": interaction.body_ref,
            "links": dict(interaction.links),
        },
    )


class GrowingExchanges:
    """Reads the exchanges of a reading that grows page after page, each record once."""

    def __init__(self) -> None:
        self._last: object = None
        self._read: list[Interaction] = []

    async def of(self, records: Sequence[Record]) -> tuple[Interaction, ...]:
        """Return the exchanges of all records; only those that came since the last time are read."""
        done = len(self._read)
        grown = done <= len(records) and (done == 0 or _stands_at(records, done - 1) is self._last)
        if not grown:
            self._read, done = [], 0
        for part in _parts_after(records, done):
            self._read.extend(interactions_of(part))
            await asyncio.sleep(0)
        self._last = _stands_at(records, len(records) - 1) if records else None
        return tuple(self._read)


def _stands_at(records: Sequence[Record], place: int) -> object:
    """Return the record at a place, or the page that holds it when it has not to be read."""
    part, within = records.part_at(place) if isinstance(records, Chain) else (records, place)
    return part if isinstance(part, LazyPage) else part[within]


def _parts_after(records: Sequence[Record], done: int) -> Iterator[Sequence[Record]]:
    """Yield what comes after so many records, a page's worth at a time."""
    for part in records.parts if isinstance(records, Chain) else (records,):
        skipped = min(done, len(part))
        done -= skipped
        if isinstance(part, LazyPage) and not skipped:
            yield part
            continue
        for start in range(skipped, len(part), PAGE_SIZE):
            yield part[start : start + PAGE_SIZE]


def read_exchanges(page: bytes) -> Iterator[Interaction]:
    """Read a page of exchanges that were written as records."""
    return interactions_of(read_page(page))


def interactions_of(records: Iterable[Record]) -> Iterator[Interaction]:
    """Read exchanges back from records that `record_of` wrote."""
    for record in records:
        data: Mapping[str, Any] = record.data
        yield Interaction(
            id=record.id,
            at=datetime.fromisoformat(data["at"]),
            channel=Channel(data["channel"]),
            direction=Direction(data["direction"]),
            title=data["title"],
            summary=data["summary"],
            status=data["status"],
            author=data["author"],
            reason=data["reason"],
            duration_s=data["duration_s"],
            body_ref=data["body_ref"],
            links=data["links"],
        )
