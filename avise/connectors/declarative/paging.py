"""The ways of asking for the next page, and the bounds that stop a tool that never ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urljoin

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.declarative.mapping import (
    CursorPaging,
    LinkHeaderPaging,
    NextUrlPaging,
    NoPaging,
    OffsetPaging,
    PageNumberPaging,
)
from avise.connectors.declarative.rows import search
from avise.models.errors import ErrorKind

AnyPaging = NoPaging | NextUrlPaging | CursorPaging | PageNumberPaging | OffsetPaging | LinkHeaderPaging

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;]+)*)")
_REL_NEXT = re.compile(r"""rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:;|$)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What to ask for: a path of the tool or an absolute address, with its parameters."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)


class Pager(Protocol):
    """One reading's way through the pages."""

    def first(self) -> PageRequest:
        """Return the request of the first page."""

    def following(self, mark: str, reply: HttpReply, rows: int) -> PageRequest | None:
        """Return the request of the next page, None after the last.

        Args:
            mark: what `next_mark` found in the answer.
            reply: the answer's headers, and the address that gave it.
            rows: how many rows the answer holds.

        Raises:
            ConnectorError: BAD_DATA when the tool gives a mark that it has already given.
        """


def pager_of(paging: AnyPaging, start: PageRequest, at: int | None = None) -> Pager:
    """Return the way through the pages that a file declares.

    Args:
        paging: the file's section.
        start: the first request, without the parameters that paging adds.
        at: of pages that are counted, which one comes first; None for the file's own first.
    """
    match paging:
        case NoPaging():
            return _Once(start)
        case NextUrlPaging():
            return _ByAddress(start, lambda mark, _: mark)
        case LinkHeaderPaging():
            return _ByAddress(start, lambda _, reply: next_link(reply.headers.get("link", "")))
        case CursorPaging(param=param):
            return _ByCursor(start, param)
        case PageNumberPaging():
            first = paging.start if at is None else at
            return _ByCount(start, paging.param, first, 1, paging.size, paging.size_param)
        case OffsetPaging():
            return _ByCount(start, paging.param, at or 0, paging.size, paging.size, paging.size_param)


def max_pages(paging: AnyPaging) -> int:
    """Return how many pages may be asked."""
    return 1 if isinstance(paging, NoPaging) else paging.max_pages


def next_mark(paging: AnyPaging, answer: object) -> str:
    """Return the address or the mark of the next page in an answer, "" for none.

    Raises:
        ConnectorError: BAD_DATA when it is no text.
    """
    if not isinstance(paging, NextUrlPaging | CursorPaging):
        return ""
    mark = search(paging.at, answer)
    if mark is None or mark is False:
        return ""
    if not isinstance(mark, str | int):
        raise ConnectorError(ErrorKind.BAD_DATA, "the next page is no text")
    return str(mark)


def next_link(header: str) -> str:
    """Return the address of `rel="next"` in a `Link` header (RFC 8288), "" without one."""
    for address, params in _LINK.findall(header):
        if any(_REL_NEXT.match(param.strip()) for param in params.split(";")):
            return str(address)
    return ""


class _Once:
    def __init__(self, start: PageRequest) -> None:
        self._start = start

    def first(self) -> PageRequest:
        return self._start

    def following(self, mark: str, reply: HttpReply, rows: int) -> PageRequest | None:
        del mark, reply, rows
        return None


class _Marks:
    """Remembers the marks of a reading: the same one twice is a tool that goes round in circles."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def take(self, mark: str) -> str:
        if mark in self._seen:
            raise ConnectorError(ErrorKind.BAD_DATA, "the same next page twice")
        if mark:
            self._seen.add(mark)
        return mark


class _ByAddress:
    """Follows the addresses that a tool gives; a relative one from the address that answered (RFC 3986)."""

    def __init__(self, start: PageRequest, find: Callable[[str, HttpReply], str]) -> None:
        self._start = start
        self._find = find
        self._marks = _Marks()

    def first(self) -> PageRequest:
        return self._start

    def following(self, mark: str, reply: HttpReply, rows: int) -> PageRequest | None:
        del rows
        address = self._marks.take(self._find(mark, reply))
        return PageRequest(urljoin(reply.url, address)) if address else None


class _ByCursor:
    def __init__(self, start: PageRequest, param: str) -> None:
        self._start = start
        self._param = param
        self._marks = _Marks()

    def first(self) -> PageRequest:
        return self._start

    def following(self, mark: str, reply: HttpReply, rows: int) -> PageRequest | None:
        del reply, rows
        if not self._marks.take(mark):
            return None
        return PageRequest(self._start.path, {**self._start.query, self._param: mark})


class _ByCount:
    def __init__(
        self, start: PageRequest, param: str, first: int, step: int, size: int, size_param: str | None
    ) -> None:
        self._start = start
        self._param = param
        self._at = first
        self._step = step
        self._size = size
        self._size_param = size_param

    def first(self) -> PageRequest:
        return self._request()

    def following(self, mark: str, reply: HttpReply, rows: int) -> PageRequest | None:
        del mark, reply
        if rows < self._size:
            return None
        self._at += self._step
        return self._request()

    def _request(self) -> PageRequest:
        query = {**self._start.query, self._param: str(self._at)}
        if self._size_param:
            query[self._size_param] = str(self._size)
        return PageRequest(self._start.path, query)
