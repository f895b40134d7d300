"""Reads the directory of a database by pages: everybody in the order of a key, then what changed.

A place says how far the reading is, so that it goes on after a stop: `{"all": key, …}` in the middle of
everybody, `{"since": …, "after": key, …}` among the changes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from avise.connectors.contract import Batch, CallContext, Completeness, ConnectorError, StartsOver
from avise.connectors.declarative.batches import total_of_answer
from avise.connectors.declarative.directory_place import Place, earlier, key_of, place_text, read_place
from avise.connectors.declarative.directory_sections import SqlDirectory
from avise.connectors.declarative.rows import map_rows
from avise.connectors.declarative.rows import party_builder as build_of
from avise.models.customer import Party
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Rows:
    parties: tuple[Party, ...]
    unreadable: int
    last: Row | None
    """None when the page is empty."""
    more: bool


class SqlDirectoryReader:
    """Reads one directory.

    Args:
        section: of a checked file.
        zone: of dates without one.
        params: values bound to every statement.
    """

    def __init__(self, section: SqlDirectory, zone: ZoneInfo, params: Mapping[str, str]) -> None:
        self._section = section
        self._params = params
        self._build = build_of(section.fields, section.ids, zone)

    async def changes(self, since: str, ctx: CallContext) -> AsyncGenerator[Batch[Party], None]:
        """Yield the parties after a place, each page with the place that follows it.

        Raises:
            ConnectorError: what the gateway or the mapping found; BAD_DATA when the key does not grow.
        """
        everybody = read_place(since, "all", "read")
        if everybody is not None:
            pages = self._everybody(everybody, ctx)
        elif (place := read_place(since, "since", "read")) is not None and not self._is_old(place, ctx):
            pages = self._changed(place, ctx)
        else:
            why = None if not since else StartsOver.EXPIRED if place is None else StartsOver.EDITION
            pages = self._from_the_start(why, ctx)
        async for batch in pages:
            yield batch

    def _is_old(self, place: Place, ctx: CallContext) -> bool:
        if self._section.everybody is None:
            return False
        return ctx.now() - datetime.fromisoformat(str(place["read"])) >= self._section.everybody

    # ---- everybody -------------------------------------------------------------------------------

    async def _from_the_start(
        self, why: StartsOver | None, ctx: CallContext
    ) -> AsyncGenerator[Batch[Party], None]:
        total, newest = await self._summary(ctx)
        place = {"all": self._section.start, "newest": newest, "read": ctx.now().isoformat()}
        if why is not None:
            yield Batch((), Completeness.MORE, total=total, cursor=place_text(**place), starts_over=why)
        async for batch in self._everybody(place, ctx, total):
            yield batch

    async def _summary(self, ctx: CallContext) -> tuple[int | None, JSON]:
        if self._section.summary is None:
            return None, None
        rows = await self._select(self._section.summary, {}, 1, ctx)
        told = rows[0] if rows else {}
        newest = key_of(told.get("newest"))
        if self._section.changes is not None and "newest" not in told:
            raise ConnectorError(ErrorKind.BUG, "the summary tells no newest", origin=Origin.CONNECTOR)
        return total_of_answer(told.get("total")), newest

    async def _everybody(
        self, place: Place, ctx: CallContext, total: int | None = None
    ) -> AsyncGenerator[Batch[Party], None]:
        newest, read, after = place.get("newest"), place["read"], place["all"]
        first = total is not None
        while True:
            page = await self._page(self._section.query, {"after": after}, ctx)
            if page.last is not None:
                after = self._moved(after, page.last)
            elif first and total:
                # A key that is compared with a start of another kind gives nobody, and no error.
                raise ConnectorError(ErrorKind.BUG, "nobody after the start", origin=Origin.CONNECTOR)
            first = False
            if page.more:
                cursor = place_text(all=after, newest=newest, read=read)
            else:
                cursor = place_text(since=newest, after=self._section.start, read=read)
            yield Batch(
                page.parties,
                Completeness.MORE if page.more else Completeness.COMPLETE,
                total=total,
                cursor=cursor,
                unreadable=page.unreadable,
            )
            if not page.more:
                return

    def _moved(self, after: JSON, last: Row) -> JSON:
        key = key_of(last.get(self._section.key))
        if key is None or key == after:
            raise ConnectorError(ErrorKind.BAD_DATA, "the key of the directory does not grow")
        if after == self._section.start and isinstance(key, int) != isinstance(after, int):
            detail = "the start is not of the kind of the key"
            raise ConnectorError(ErrorKind.BUG, detail, origin=Origin.CONNECTOR)
        return key

    # ---- what changed ----------------------------------------------------------------------------

    async def _changed(self, place: Place, ctx: CallContext) -> AsyncGenerator[Batch[Party], None]:
        section, read, newest = self._section, place["read"], place["since"]
        if section.changes is None or section.changed is None:
            yield Batch((), Completeness.COMPLETE, cursor=place_text(**place))
            return
        since, after = newest, place.get("after", section.start)
        if after == section.start:
            # Only at the beginning of a reading: in its middle the place is exact.
            since = earlier(newest, section.overlap)
        while True:
            page = await self._page(section.changes, {"since": since, "after": after}, ctx)
            if page.last is not None:
                moved = (key_of(page.last.get(section.changed)), key_of(page.last.get(section.key)))
                if moved == (since, after) or None in moved:
                    raise ConnectorError(ErrorKind.BAD_DATA, "the changes do not move")
                since, after = moved
            if page.more:
                cursor = place_text(since=since, after=after, read=read)
                yield Batch(page.parties, Completeness.MORE, cursor=cursor, unreadable=page.unreadable)
                continue
            newest = since if page.last is not None else newest
            cursor = place_text(since=newest, after=section.start, read=read)
            yield Batch(page.parties, Completeness.COMPLETE, cursor=cursor, unreadable=page.unreadable)
            return

    # ---- pages -----------------------------------------------------------------------------------

    async def _page(self, statement: str, bound: Mapping[str, JSON], ctx: CallContext) -> _Rows:
        size = self._section.size
        rows = await self._select(statement, {**bound, "size": size}, size, ctx)
        kept = rows[:size]
        mapped = await ctx.blocking(map_rows, kept, self._build)
        return _Rows(
            tuple(mapped.items), mapped.unreadable, kept[-1] if kept else None, more=len(rows) >= size
        )

    async def _select(
        self, statement: str, bound: Mapping[str, JSON], most: int, ctx: CallContext
    ) -> list[Row]:
        rows: list[Row] = []
        async for chunk in ctx.sql.select(statement, {**self._params, **bound}, max_rows=most):
            rows.extend(chunk)
        return rows
