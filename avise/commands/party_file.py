"""A file of parties, one a line in JSON.

A line is `{"native_id", "kind", "last_name", "first_name", "birth_name", "birth_date",
"member_number", "phones", "email", "city", "postcode", "company_name", "siren", "siret",
"restricted", "dossier", "relation", "representative", "ids", "deleted"}`; only the first two are required.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from itertools import islice
from pathlib import Path

from avise.connectors.contract import Batch, Completeness, StartsOver
from avise.connectors.declarative.csv_place import Edition, file_doubt
from avise.connectors.half_pairs import without_half_pairs
from avise.directory.party_json import read_party
from avise.models.customer import Party
from avise.models.errors import AviseError

PAGE = 5_000


class BadLineError(AviseError):
    """A line of the file is no party; what it says is not repeated."""

    def __init__(self, line: int) -> None:
        super().__init__("hub_command.bad_party", line=str(line))


class PartyFile:
    """Implements `avise.engine.house_filling.HouseSource`; a place in it is good for this very file.

    Args:
        path: of the file.
    """

    name = "lines"
    """By which its places are known again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        found = path.stat()
        self._edition = Edition(path.name, found.st_size, found.st_mtime_ns)

    async def changes(self, since: str) -> AsyncGenerator[Batch[Party], None]:
        """Yield the pages that follow a place, each with the place of the next one.

        Raises:
            BadLineError: a line is no party.
        """
        before, at, line = _read_place(since)
        if before is not None and (before.size, before.modified_ns) != self._at:
            at, line = 0, 0
            if (doubt := file_doubt(before, self._edition)) is not None:
                yield Batch((), Completeness.COMPLETE, cursor=since, doubt=doubt)
                return
            yield Batch((), Completeness.MORE, cursor=self._place(0, 0), starts_over=StartsOver.EDITION)
        total = await asyncio.to_thread(self._lines)
        while True:
            parties, at, line, ended = await asyncio.to_thread(self._page, at, line)
            completeness = Completeness.COMPLETE if ended else Completeness.MORE
            yield Batch(parties, completeness, total=total, cursor=self._place(at, line))
            if ended:
                return

    @property
    def _at(self) -> tuple[int, int]:
        return self._edition.size, self._edition.modified_ns

    def _place(self, offset: int, line: int) -> str:
        size, modified = self._at
        return f"{size}-{modified}:{offset}:{line}"

    def _lines(self) -> int:
        with self._path.open("rb") as stream:
            return sum(piece.count(b"\n") for piece in iter(lambda: stream.read(1 << 20), b""))

    def _page(self, offset: int, line: int) -> tuple[Sequence[Party], int, int, bool]:
        """Return a page, the place after it, and whether the file ends there."""
        with self._path.open("rb") as stream:
            stream.seek(offset)
            lines = list(islice(stream, PAGE))
            at = stream.tell()
        parties = [_party(text, line + place) for place, text in enumerate(lines, 1)]
        return parties, at, line + len(lines), at >= self._edition.size


def _read_place(written: str) -> tuple[Edition | None, int, int]:
    if not written:
        return None, 0, 0
    mark, offset, line = written.split(":")
    size, _, modified = mark.partition("-")
    return Edition("", int(size), int(modified)), int(offset), int(line)


def _party(text: bytes, line: int) -> Party:
    try:
        return read_party(without_half_pairs(json.loads(text), text.decode()))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadLineError(line) from None
