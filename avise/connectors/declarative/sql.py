"""Executes a connector file of kind `sql` over the gateway that the host lends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConnectorEnv,
    ConnectorError,
    FacetQuery,
    Health,
    HealthReport,
    LiveQuery,
    Manifest,
    Record,
    TimelineQuery,
)
from avise.connectors.declarative.batches import (
    MORE_THAN_SHOWN,
    Collected,
    Page,
    date_of_answer,
    total_of_answer,
)
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.instance import Config
from avise.connectors.declarative.rows import (
    SubjectReader,
    date_reader,
    interaction_builder,
    map_rows,
    record_builder,
    rows_of,
    search,
)
from avise.connectors.declarative.schema import SqlFacet, SqlFile, SqlLive, SqlTimeline
from avise.connectors.declarative.sql_directory import SqlDirectoryReader
from avise.models.customer import Party
from avise.models.errors import ErrorKind, Origin
from avise.models.interaction import Interaction

T = TypeVar("T")

Row = Mapping[str, object]


class SqlConnector:
    """A database read as a file says.

    Args:
        file: a checked file.
        manifest: of that file.
    """

    def __init__(self, file: SqlFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._file = file
        self._zone = ZoneInfo(file.connector.timezone)
        self._config: Config = {}
        self._facets = {facet.id: facet for facet in file.facet}

    async def open(self, env: ConnectorEnv) -> None:
        """Take the configuration of the instance."""
        self._config = env.config

    async def aclose(self) -> None:
        """Hold nothing, release nothing: the gateway is the host's."""

    async def check(self, ctx: CallContext) -> HealthReport:
        """Run the statement of `[check]`, or `select 1`."""
        section = self._file.check
        rows = await self._first_rows(ctx, section.query if section else "select 1", {})
        if section is None or section.version is None or not rows:
            return HealthReport(Health.OK)
        found = search(section.version, rows[0])
        return HealthReport(Health.OK, source_version=str(found) if found is not None else "")

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield the rows of a facet; the last batch says COMPLETE or TRUNCATED.

        Raises:
            ConnectorError: what the gateway or the mapping found.
        """
        facet = self._facets.get(query.facet)
        if facet is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "facet not offered", origin=Origin.CONNECTOR)
        subject = SubjectReader(facet.subject, self._zone) if facet.subject else None
        build = record_builder(facet.id, facet.fields, facet.extra, subject, self._zone)
        collected = Collected[Record](
            facet.max_rows or query.limit, lambda record: record.id, overlapping=False
        )
        as_of = date_reader(facet.as_of, self._zone)
        values = self._values(query.customer.ids)
        async with aclosing(self._pages(facet, values, ctx, build, collected)) as pages:
            async for page in pages:
                yield Batch(
                    page.items,
                    page.completeness,
                    truncated_because=page.truncated_because,
                    total=total_of_answer(search(facet.total, page.answer)) if facet.total else None,
                    as_of=date_of_answer(as_of, page.answer),
                    unreadable=page.unreadable,
                )

    async def interactions(self, query: TimelineQuery, ctx: CallContext) -> AsyncIterator[Batch[Interaction]]:
        """Yield the exchanges of every `[[timeline]]`.

        Raises:
            ConnectorError: what the gateway or the mapping found.
        """
        before = query.before.isoformat() if query.before else ""
        reason = ""
        for section in self._file.timeline:
            build = interaction_builder(section.fields, self._zone)
            collected = Collected[Interaction](
                section.max_rows or query.limit, lambda item: item.id, overlapping=False
            )
            values = self._values(query.customer.ids, before=before)
            async with aclosing(self._pages(section, values, ctx, build, collected)) as pages:
                async for page in pages:
                    reason = reason or page.truncated_because
                    yield Batch(page.items, Completeness.MORE, unreadable=page.unreadable)
        last = Completeness.TRUNCATED if reason else Completeness.COMPLETE
        yield Batch((), last, truncated_because=reason)

    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        """Yield the parties changed since a place, each page with the place that follows it.

        Raises:
            ConnectorError: UNSUPPORTED without a `[directory]`; what the gateway or the mapping found.
        """
        section = self._file.directory
        if section is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "no directory", origin=Origin.CONNECTOR)
        reader = SqlDirectoryReader(section, self._zone, _bound(section.params, self._values({})))
        async with aclosing(reader.changes(since, ctx)) as batches:
            async for batch in batches:
                yield batch

    async def live_value(self, query: LiveQuery, ctx: CallContext) -> str:
        """Return a restricted value, "" when the database holds none; it is kept nowhere.

        Raises:
            ConnectorError: UNSUPPORTED for a field that the file does not offer.
        """
        section = self._live_section(query.field)
        values = self._values(query.customer.ids, record=query.record)
        rows = await self._first_rows(ctx, section.query, _bound(section.params, values))
        found = search(section.value, rows[0]) if rows else None
        if found is not None and not isinstance(found, str | int):
            raise ConnectorError(ErrorKind.BAD_DATA, "the value is no text")
        return "" if found is None else str(found).strip()

    def _live_section(self, field: str) -> SqlLive:
        for section in self._file.live:
            if section.field == field:
                return section
        raise ConnectorError(ErrorKind.UNSUPPORTED, "field not offered", origin=Origin.CONNECTOR)

    def _values(self, ids: Mapping[str, str], **call: str) -> CallValues:
        return CallValues(self._file.config, self._config, ids, call)

    async def _first_rows(self, ctx: CallContext, statement: str, params: Mapping[str, str]) -> list[Row]:
        rows: list[Row] = []
        async for chunk in ctx.sql.select(statement, params, max_rows=1):
            rows.extend(chunk)
        return rows

    async def _pages(
        self,
        section: SqlFacet | SqlTimeline,
        values: CallValues,
        ctx: CallContext,
        build: Callable[[object], T],
        collected: Collected[T],
    ) -> AsyncGenerator[Page[T], None]:
        """Yield each chunk as a page; which one is the last is known when the next does not come."""
        most = section.max_rows or collected.limit
        waiting: Page[T] | None = None
        count = 0
        chunks = ctx.sql.select(section.query, _bound(section.params, values), max_rows=most)
        async for chunk in chunks:
            if waiting is not None:
                yield waiting
            within = list(chunk[: most - count])
            beyond = len(within) < len(chunk)
            count += len(within)
            waiting = _page(within, section.records, build, collected, beyond=beyond)
        yield replace(waiting, last=True) if waiting else Page((), 0, "", last=True, answer=[])


def _page(
    chunk: list[Row],
    records: str | None,
    build: Callable[[object], T],
    collected: Collected[T],
    *,
    beyond: bool,
) -> Page[T]:
    answer: list[object] = list(chunk)
    mapped = map_rows(rows_of(answer, records), build)
    kept = collected.take(mapped.items)
    unreadable = mapped.unreadable + kept.unreadable
    reason = MORE_THAN_SHOWN if beyond else ""
    return Page(kept.items, unreadable, reason, last=False, answer=answer)


def _bound(params: Mapping[str, str], values: CallValues) -> dict[str, str]:
    return {name: values.text(template) for name, template in params.items()}
