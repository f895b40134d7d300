"""Reads a directory over HTTP: by the cursor that the tool gives, or by pages and the date of changes.

With a cursor the place is the tool's own. With pages it says which request comes next, so that a reading
goes on after a stop, and which change was the last, so that the next reading starts there.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConnectorError,
    HttpReply,
    StartsOver,
)
from avise.connectors.declarative.answers import Answer, AnswerReader
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.directory_place import Place, earlier, place_text, read_place
from avise.connectors.declarative.directory_sections import RestDirectory
from avise.connectors.declarative.mapping import OffsetPaging, PageNumberPaging
from avise.connectors.declarative.paging import AnyPaging, PageRequest, pager_of
from avise.models.customer import Party
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON

Batches = AsyncGenerator[Batch[Party], None]


class AsksPages(Protocol):
    """Sends the requests of a directory."""

    async def directory_page(
        self, request: PageRequest, reader: AnswerReader[Party], expired: Collection[int], ctx: CallContext
    ) -> tuple[HttpReply, Answer[Party] | None]:
        """Return a page, None for an answer under one of these statuses."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A reading by pages.

    Args:
        everybody: all are read, not what changed.
        since: the change from which it reads; None for everybody.
        newest: the last change met so far.
        read: when everybody was read.
        next: the request to send, with its count for pages that are counted; None at the beginning.
    """

    everybody: bool
    since: JSON
    newest: JSON
    read: str
    next: Place | None = None

    def text(self) -> str:
        return place_text(
            all=self.everybody,
            since=self.since,
            newest=self.newest,
            read=self.read,
            next=None if self.next is None else dict(self.next),
        )

    def ended(self) -> str:
        newest = self.newest if self.newest is not None else self.since
        return _Reading(everybody=False, since=newest, newest=None, read=self.read).text()


class RestDirectoryReader:
    """Reads one directory.

    Args:
        section: of a checked file.
        zone: of dates without one.
        values: of the configuration.
        tool: sends the requests.
    """

    def __init__(self, section: RestDirectory, zone: ZoneInfo, values: CallValues, tool: AsksPages) -> None:
        self._section = section
        self._values = values
        self._tool = tool
        self._reader = AnswerReader[Party](section, zone)

    def changes(self, since: str, ctx: CallContext) -> Batches:
        """Yield the parties changed since a place, each page with the place that follows it.

        Raises:
            ConnectorError: what the tool or the mapping found; BAD_DATA when the pages go round.
        """
        if self._section.paging is None:
            return self._by_cursor(since, ctx)
        return self._by_pages(self._section.paging, since, ctx)

    def _request(self, **call: str) -> PageRequest:
        values = replace(self._values, call=call)
        return PageRequest(values.path(self._section.path), values.query(self._section.query))

    # ---- the tool's own cursor -------------------------------------------------------------------

    async def _by_cursor(self, since: str, ctx: CallContext) -> Batches:
        cursor, seen = since, {since}
        expired: Collection[int] = self._section.expired if since else ()
        starts_over: StartsOver | None = None
        while True:
            request = self._request(cursor=cursor)
            _, page = await self._tool.directory_page(request, self._reader, expired, ctx)
            if page is None:
                cursor, seen, expired, starts_over = "", {""}, (), StartsOver.EXPIRED
                continue
            following = cursor if page.cursor is None else page.cursor
            finished = not page.more or following == cursor
            if not finished and following in seen:
                raise ConnectorError(ErrorKind.BAD_DATA, "the same cursor twice")
            cursor, expired = following, ()
            seen.add(cursor)
            yield Batch(
                page.items,
                Completeness.COMPLETE if finished else Completeness.MORE,
                total=page.total,
                cursor=cursor,
                unreadable=page.unreadable,
                starts_over=starts_over,
            )
            starts_over = None
            if finished:
                return

    # ---- pages and dates -------------------------------------------------------------------------

    async def _by_pages(self, paging: AnyPaging, written: str, ctx: CallContext) -> Batches:
        found = _read(written)
        starts_over: StartsOver | None = None
        if found is None or (found.next is None and self._is_due(found, ctx)):
            if written:
                starts_over = StartsOver.EXPIRED if found is None else StartsOver.EDITION
            found = self._everybody(ctx)
        elif found.next is None and self._section.changed is None:
            yield Batch((), Completeness.COMPLETE, cursor=written)
            return
        elif found.next is None:
            found = replace(found, newest=found.since)
        may_expire = bool(written) and starts_over is None
        while True:
            async for batch in self._walk(paging, found, ctx, may_expire=may_expire):
                if batch is None:
                    found, may_expire, starts_over = self._everybody(ctx), False, StartsOver.EXPIRED
                    break
                yield replace(batch, starts_over=starts_over)
                starts_over = None
            else:
                return

    def _everybody(self, ctx: CallContext) -> _Reading:
        return _Reading(everybody=True, since=None, newest=None, read=ctx.now().isoformat())

    def _is_due(self, found: _Reading, ctx: CallContext) -> bool:
        """Say whether everybody is to be read again."""
        every = self._section.everybody
        return every is not None and ctx.now() - datetime.fromisoformat(found.read) >= every

    async def _walk(
        self, paging: AnyPaging, found: _Reading, ctx: CallContext, *, may_expire: bool
    ) -> AsyncGenerator[Batch[Party] | None, None]:
        """Yield the pages from a place on; None, once, when the tool no longer knows that place."""
        asked = earlier(found.since, self._section.overlap)
        start, at = self._request(since="" if asked is None else str(asked)), None
        if found.next is not None:
            start = PageRequest(str(found.next["path"]), cast("Mapping[str, str]", found.next["query"]))
            at = cast("int | None", found.next.get("at"))
        pager = pager_of(paging, start, at)
        request: PageRequest | None = pager.first()
        expired: Collection[int] = self._section.expired if may_expire else ()
        before: tuple[str, ...] | str = ()
        while request is not None:
            reply, page = await self._tool.directory_page(request, self._reader, expired, ctx)
            if page is None:
                yield None
                return
            expired = ()
            ids = tuple(party.native_id for party in page.items) or page.unread
            if ids and ids == before:
                raise ConnectorError(ErrorKind.BAD_DATA, "the same page twice")
            before = ids
            if not (found.everybody and isinstance(found.newest, int)):
                # Of numbers, which no overlap covers, the first page's: what changes after it was read has a
                # greater one.
                found = replace(found, newest=_later(found.newest, page.newest))
            asked_now, request = request, pager.following(page.mark, reply, page.rows)
            if request is not None:
                found = replace(found, next=_place_of(paging, asked_now, request, start))
            yield Batch(
                page.items,
                Completeness.COMPLETE if request is None else Completeness.MORE,
                total=page.total if found.everybody else None,
                cursor=found.ended() if request is None else found.text(),
                unreadable=page.unreadable,
            )


def _read(written: str) -> _Reading | None:
    place = read_place(written, "all", "since", "newest", "read", "next")
    if place is None:
        return None
    following = place["next"]
    return _Reading(
        everybody=place["all"] is True,
        since=place["since"],
        newest=place["newest"],
        read=str(place["read"]),
        next=following if isinstance(following, dict) else None,
    )


def _place_of(
    paging: AnyPaging, asked: PageRequest, following: PageRequest, start: PageRequest
) -> Mapping[str, JSON]:
    """Return the request with which a reading goes on.

    Counted pages go on from the one that was read last: whoever leaves the list meanwhile moves the
    others forward, from a page that comes to one that was read.
    """
    if isinstance(paging, PageNumberPaging | OffsetPaging):
        return {"path": start.path, "query": dict(start.query), "at": int(asked.query[paging.param])}
    return {"path": following.path, "query": dict(following.query)}


def _later(one: JSON, other: JSON) -> JSON:
    if one is None or other is None:
        return one if other is None else other
    if isinstance(one, str) and isinstance(other, str):
        return max(one, other)
    return max(int(str(one)), int(str(other)))
