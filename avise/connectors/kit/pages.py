"""Changes of a tool's answer that keep what it says of one record: the same page again, ten thousand rows."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from avise.connectors.kit.messages import Answer, Request
from avise.connectors.kit.proxy import Seen
from avise.connectors.kit.upstream import as_reply_to, mark_of

ROWS = 10_000
_ENTRY = re.compile(rb"<(?P<tag>(?:[A-Za-z0-9_.-]+:)?response)(?:\s[^>]*)?>.*?</(?P=tag)>", re.DOTALL)
"""One resource of a WebDAV answer (RFC 4918, section 14.24)."""


@dataclass(slots=True)
class SamePage:
    """Gives the first answer of each place for ever, whatever page is asked."""

    _first: dict[str, Answer] = field(default_factory=dict)

    def __call__(self, request: Request, answer: Answer) -> Answer:
        """Return the first answer that came from the same place."""
        return as_reply_to(request, self._first.setdefault(place_of(request), answer))


def place_of(request: Request) -> str:
    """Return what is asked, whatever page of it: path, and method of a JSON-RPC call."""
    try:
        call = json.loads(request.body)
    except ValueError:
        call = None
    method = call.get("method", "") if isinstance(call, dict) else ""
    return f"{request.path}#{method}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Gives answers that were made before, by request: making them takes longer than a reading may."""

    answers: Mapping[str, tuple[bytes, Answer]]
    """Number of the call that was answered, and the answer, by `mark_of`."""

    def __call__(self, request: Request, answer: Answer) -> Answer:
        """Return what was prepared for the request, or the tool's own answer."""
        found = self.answers.get(mark_of(request))
        if found is None:
            return answer
        number, prepared = found
        return (
            prepared.with_body(prepared.body.replace(number, number_of(request), 1)) if number else prepared
        )


def number_of(request: Request) -> bytes:
    """Return the number of a JSON-RPC call as it is written, b"" for any other request."""
    try:
        call = json.loads(request.body)
    except ValueError:
        return b""
    number = call.get("id") if isinstance(call, dict) and "method" in call else None
    return json.dumps(number).encode() if number is not None else b""


def multiplied(seen: Sequence[Seen], ids: Collection[str]) -> Prepared | None:
    """Return the answers of a reading with ten thousand rows each; None when no list was found in any.

    Args:
        seen: the reading, as it came from the tool.
        ids: identifiers of the records that came of it.
    """
    made: dict[str, tuple[bytes, Answer]] = {}
    for one in seen:
        body = _body_of(one.answer, ids) if one.answer is not None else None
        if one.answer is not None and body is not None:
            made[mark_of(one.request)] = (number_of(one.request), one.answer.with_body(body))
    return Prepared(made) if made else None


def _body_of(answer: Answer, ids: Collection[str]) -> bytes | None:
    if answer.is_xml:
        return _entries(answer.body, ids) or _elements(answer.body, ids)
    try:
        value = json.loads(answer.body)
    except ValueError:
        return None
    rows = max(_lists(value), key=len, default=None)
    names = _id_names(rows, ids) if rows else []
    if not rows or not names:
        return None
    rows += [_with_others(rows[0], names, rank) for rank in range(ROWS)]
    return json.dumps(value, ensure_ascii=False).encode()


def _lists(value: object) -> Iterator[list[dict[str, Any]]]:
    """Yield every list of tables in a JSON value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _lists(inner)
    elif isinstance(value, list):
        if value and all(isinstance(one, dict) for one in value):
            yield value
        for inner in value:
            yield from _lists(inner)


Place = tuple[str, ...]
"""Where a value is in a row: the names that lead to it."""


def _id_names(rows: Sequence[Mapping[str, Any]], ids: Collection[str]) -> list[Place]:
    """Return the places of a row from which the record's identifier comes."""
    scalars = dict(_scalars(rows[0]))
    whole = [place for place, value in scalars.items() if str(value) in ids]
    if whole:
        return whole[:1]
    long = {place: str(value) for place, value in scalars.items() if len(str(value)) > 2}
    return [place for place, text in long.items() if _part_of_any(text, ids)]


def _scalars(row: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, str | int]]:
    """Yield the texts and numbers of a row, those of its own first."""
    tables = []
    for name, value in row.items():
        if isinstance(value, dict):
            tables.append((name, value))
        elif isinstance(value, str | int) and not isinstance(value, bool):
            yield (*place, name), value
    for name, table in tables:
        yield from _scalars(table, (*place, name))


def _with_others(row: Mapping[str, Any], places: Sequence[Place], rank: int) -> dict[str, Any]:
    """Return a row with another identifier."""
    other = dict(row)
    for name in {place[0] for place in places}:
        inner = [place[1:] for place in places if place[0] == name]
        value = other[name]
        other[name] = _with_others(value, inner, rank) if isinstance(value, dict) else _other(value, rank)
    return other


def _part_of_any(text: str, ids: Collection[str]) -> bool:
    return any(text in one for one in ids)


def _other(value: object, rank: int) -> str | int:
    return value + 1_000_000 + rank if isinstance(value, int) else f"{value}-{rank}"


def _elements(body: bytes, ids: Collection[str]) -> bytes | None:
    """Return an answer of any XML with ten thousand more of the element that holds a record's identifier."""
    try:
        root = etree.fromstring(body)
    except etree.XMLSyntaxError:
        return None
    for element in root.iter(tag=etree.Element):
        row = element.getparent()
        place = row.getparent() if row is not None else None
        mark = (element.text or "").strip()
        if mark not in ids or row is None or place is None:
            continue
        model, known = etree.tostring(row, with_tail=False), mark.encode()
        more = (etree.fromstring(model.replace(known, known + b"-%d" % rank)) for rank in range(ROWS))
        place.extend(more)
        return etree.tostring(root)
    return None


def _entries(body: bytes, ids: Collection[str]) -> bytes | None:
    """Return a WebDAV answer with ten thousand resources more."""
    for found in _ENTRY.finditer(body):
        model = found[0]
        known = next((one.encode() for one in ids if one.encode() in model), None)
        if known is None:
            continue
        more = b"".join(model.replace(known, known + b"-%d" % rank) for rank in range(ROWS))
        return body[: found.end()] + more + body[found.end() :]
    return None
