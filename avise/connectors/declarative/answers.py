"""What a section finds in one answer: its rows, mapped, and what it says of the answer as a whole.

The same code reads a short answer here and a long one in the worker process.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from avise.connectors.checked_pages import CheckedItems, checked_pages, evidence_of, plain_evidence
from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.declarative.batches import date_of_answer, total_of_answer
from avise.connectors.declarative.directory_sections import RestDirectory
from avise.connectors.declarative.json_reply import parse_json, told_error
from avise.connectors.declarative.mapping import ErrorRule
from avise.connectors.declarative.paging import next_mark
from avise.connectors.declarative.party_pages import party_pages
from avise.connectors.declarative.rows import (
    SubjectReader,
    date_reader,
    interaction_builder,
    map_rows,
    party_builder,
    record_builder,
    rows_of,
    search,
)
from avise.connectors.declarative.schema import RestFacet, RestTimeline
from avise.connectors.lazy_items import Chain, LazyPage
from avise.connectors.readings import TIMELINE
from avise.connectors.record_pages import read_exchanges, read_page
from avise.connectors.validation import check_of
from avise.models.customer import IdentityEvidence
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from avise.models.party_rows import read_party_rows

T = TypeVar("T")

Section = RestFacet | RestTimeline | RestDirectory


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """One answer, read."""

    items: Sequence[T]
    unreadable: int
    rows: int
    """How many rows the answer holds, readable or not."""
    unread: str = ""
    """What tells the same rows again when none of them could be read, "" otherwise."""
    mark: str = ""
    """Where the next page is, for the paging that says it in the answer."""
    total: int | None = None
    as_of: datetime | None = None
    evidence: IdentityEvidence | None = None
    """Whom the answer concerns as a whole."""
    cursor: str | None = None
    """Of a directory: where the next reading starts."""
    more: bool = False
    """Of a directory: whether pages follow."""
    newest: str | int | None = None
    """Of a directory: the last change of its rows."""
    beyond: bool = False
    """Items were left out because nobody would keep them."""


class AnswerReader(Generic[T]):
    """Reads the answers of one section. Travels to the worker process as its section.

    Args:
        section: of a checked file.
        zone: of dates without one.
    """

    def __init__(self, section: Section, zone: ZoneInfo) -> None:
        self.section = section
        self._zone = zone
        subject = None if isinstance(section, RestDirectory) else section.subject
        reader = SubjectReader(subject, zone) if subject is not None else None
        by_record = isinstance(section, RestFacet) and section.subject_from == "record"
        self._subject = None if by_record else reader
        self._as_of = date_reader(section.as_of, zone) if isinstance(section, RestFacet) else None
        self._build = cast("Callable[[object], T]", _builder(section, zone, reader if by_record else None))

    def __reduce__(self) -> tuple[type[AnswerReader[T]], tuple[Section, ZoneInfo]]:
        """Travel without the readers, which are closures."""
        return type(self), (self.section, self._zone)

    def rows(self, answer: object) -> list[object]:
        """Return the rows of an answer.

        Raises:
            ConnectorError: BAD_DATA when there is neither a list nor an object.
        """
        return rows_of(answer, self.section.records)

    def read(self, answer: object, rows: Sequence[object]) -> Answer[T]:
        """Return what the answer holds.

        Raises:
            ConnectorError: BAD_DATA when what it says of itself cannot be read.
        """
        mapped = map_rows(rows, self._build)
        unread = "" if mapped.items else _mark_of(rows)
        found: Answer[T] = Answer(mapped.items, mapped.unreadable, len(rows), unread)
        section = self.section
        if isinstance(section, RestDirectory):
            return _of_directory(section, found, answer, rows)
        total = section.total if isinstance(section, RestFacet) else None
        return replace(
            found,
            mark=next_mark(section.paging, answer),
            total=total_of_answer(search(total, answer)) if total else None,
            as_of=date_of_answer(self._as_of, answer),
            evidence=self._subject.read(answer) if self._subject is not None else None,
        )


def _mark_of(rows: Sequence[object]) -> str:
    """Return what tells these rows again, "" for none: they have no identifier that could be read."""
    return hashlib.blake2b(repr(rows).encode(errors="replace"), digest_size=16).hexdigest() if rows else ""


def _builder(section: Section, zone: ZoneInfo, subject: SubjectReader | None) -> Callable[[object], object]:
    if isinstance(section, RestFacet):
        return record_builder(section.id, section.fields, section.extra, subject, zone)
    if isinstance(section, RestTimeline):
        return interaction_builder(section.fields, zone)
    return party_builder(section.fields, section.ids, zone)


def _of_directory(
    section: RestDirectory, found: Answer[T], answer: object, rows: Sequence[object]
) -> Answer[T]:
    total = total_of_answer(search(section.total, answer)) if section.total else None
    if section.paging is not None:
        newest = _newest(section.changed, rows) if section.changed else None
        return replace(found, mark=next_mark(section.paging, answer), total=total, newest=newest)
    more = bool(rows) if section.more is None else search(section.more, answer) is True
    return replace(found, cursor=_cursor(section.cursor or "", answer), more=more, total=total)


def _cursor(expression: str, answer: object) -> str | None:
    cursor = search(expression, answer)
    if cursor is not None and not isinstance(cursor, str | int):
        raise ConnectorError(ErrorKind.BAD_DATA, "the cursor is no text")
    return None if cursor is None else str(cursor)


def _newest(expression: str, rows: Sequence[object]) -> str | int | None:
    """Return the last change of the rows, None when none has a date."""
    found = [value for row in rows if (value := search(expression, row)) is not None]
    texts = [value for value in found if isinstance(value, str)]
    numbers = [value for value in found if isinstance(value, int) and not isinstance(value, bool)]
    if len(texts) + len(numbers) < len(found) or (texts and numbers):
        raise ConnectorError(ErrorKind.BAD_DATA, "the date of a change is no text")
    return max(texts, default=None) or max(numbers, default=None)


# ---- by the worker process ------------------------------------------------------------------------


def answer_pieces(
    body: bytes,
    reader: AnswerReader[Any],
    reply: HttpReply,
    rules: Sequence[ErrorRule],
    now: datetime,
    most: int,
) -> Iterator[bytes]:
    """Yield an answer as bytes: what it says of itself, then its pages.

    Args:
        body: of the reply.
        reader: of the section that asked.
        reply: without its body.
        rules: of the file, for an error told in the body.
        now: moment of the answer.
        most: items of which the caller can make use.

    Raises:
        ConnectorError: the body is not JSON, tells an error, or is not what the section expects.
    """
    answer = _without_error(replace(reply, body=body), rules, now)
    rows = reader.rows(answer)
    found = reader.read(answer, rows)
    beside, pages = _written(reader.section, found, rows, most)
    yield json.dumps({**_head(found), **beside}).encode()
    yield from pages


def _head(found: Answer[Any]) -> Mapping[str, JSON]:
    return {
        "unreadable": found.unreadable,
        "rows": found.rows,
        "unread": found.unread,
        "mark": found.mark,
        "total": found.total,
        "as_of": found.as_of.isoformat() if found.as_of else None,
        "evidence": plain_evidence(found.evidence) if found.evidence else None,
        "cursor": found.cursor,
        "more": found.more,
        "newest": found.newest,
        "beyond": False,
    }


def _written(
    section: Section, found: Answer[Any], rows: Sequence[object], most: int
) -> tuple[Mapping[str, JSON], list[bytes]]:
    """Return the pages of an answer and what is told beside them."""
    if isinstance(section, RestDirectory):
        counts, pages = party_pages(found.items)
        return {"counts": list(counts)}, pages
    checked = CheckedItems(check_of(section.id if isinstance(section, RestFacet) else TIMELINE), most)
    checked.take(found.items)
    told: dict[str, JSON] = {
        "unreadable": found.unreadable + checked.unreadable,
        "beyond": checked.beyond,
        "unread": "" if checked.records or checked.beyond else _mark_of(rows),
    }
    return {**checked.beside(), **told}, checked.pages()


def answer_of(section: Section, pieces: Sequence[bytes]) -> Answer[Any]:
    """Return what the worker process wrote; its pages are read when somebody looks at them."""
    head: Mapping[str, Any] = json.loads(pieces[0])
    return Answer(
        items=_items(section, head, pieces[1:]),
        unreadable=head["unreadable"],
        rows=head["rows"],
        unread=head["unread"],
        mark=head["mark"],
        total=head["total"],
        as_of=datetime.fromisoformat(head["as_of"]) if head["as_of"] else None,
        evidence=evidence_of(head["evidence"]) if head["evidence"] else None,
        cursor=head["cursor"],
        more=head["more"],
        newest=head["newest"],
        beyond=head["beyond"],
    )


def _items(section: Section, head: Mapping[str, Any], pages: Sequence[bytes]) -> Sequence[Any]:
    if isinstance(section, RestDirectory):
        counted = zip(pages, head["counts"], strict=True)
        return Chain([LazyPage(page, count, read_party_rows) for page, count in counted])
    read: Callable[[bytes], Iterable[Any]] = read_page if isinstance(section, RestFacet) else read_exchanges
    return checked_pages(head, pages, read)


def value_pieces(
    body: bytes, expression: str, reply: HttpReply, rules: Sequence[ErrorRule], now: datetime
) -> Iterator[bytes]:
    """Yield the text that an expression finds in a body, as JSON.

    Raises:
        ConnectorError: the body is not JSON or tells an error; BAD_DATA when the value is no text.
    """
    answer = _without_error(replace(reply, body=body), rules, now)
    yield json.dumps(text_at(expression, answer)).encode()


def _without_error(reply: HttpReply, rules: Sequence[ErrorRule], now: datetime) -> object:
    answer = parse_json(reply)
    told = told_error(rules, answer, reply, now)
    if told is not None:
        raise told
    return answer


def text_at(expression: str, answer: object) -> str | None:
    """Return the text or the whole number that an expression finds, None for nothing.

    Raises:
        ConnectorError: BAD_DATA when it is neither.
    """
    found = search(expression, answer)
    if found is not None and not isinstance(found, str | int):
        raise ConnectorError(ErrorKind.BAD_DATA, "the value is no text")
    return None if found is None else str(found)
