"""Executes a connector file of kind `rest` over the gateway that the host lends."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from avise.connectors.body_worker import worker_for
from avise.connectors.contract import (
    Batch,
    CallContext,
    CallEvent,
    Completeness,
    ConnectorEnv,
    ConnectorError,
    FacetQuery,
    Health,
    HealthReport,
    HttpReply,
    LiveQuery,
    Manifest,
    Record,
    TimelineQuery,
)
from avise.connectors.declarative.answers import (
    Answer,
    AnswerReader,
    answer_of,
    answer_pieces,
    text_at,
    value_pieces,
)
from avise.connectors.declarative.batches import Collected, Page
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.conversion import UnreadableValueError
from avise.connectors.declarative.instance import Config, config_error, http_endpoint
from avise.connectors.declarative.json_reply import json_or_none, parse_json, told_error
from avise.connectors.declarative.paging import PageRequest, max_pages, pager_of
from avise.connectors.declarative.placeholders import route_of
from avise.connectors.declarative.rest_directory import RestDirectoryReader
from avise.connectors.declarative.rows import call_event_builder, search
from avise.connectors.declarative.schema import RestContent, RestFacet, RestFile, RestTimeline
from avise.connectors.declarative.sse import read_events
from avise.connectors.http_status import status_error
from avise.models.customer import Party
from avise.models.errors import ErrorKind, Origin
from avise.models.interaction import Interaction

T = TypeVar("T")

_TOLD_IN_BODY = (frozenset(range(400, 500)) | {500}) - {401, 407, 408, 429}
"""Statuses whose body may hold an error that a rule of the file knows; sign-in and limits stay the host's."""

ROWS_ON_THE_LOOP = 200
BYTES_ON_THE_LOOP = 200_000
"""More is worked on in a thread: about 10 ms, which other tools' answers would wait for. Bodies of more
than a megabyte are read by the worker process."""

_JSON = {"Accept": "application/json"}


class RestConnector:
    """A tool read over HTTP as a file says.

    Args:
        file: a checked file.
        manifest: of that file.
    """

    def __init__(self, file: RestFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._file = file
        self._zone = ZoneInfo(file.connector.timezone)
        self._config: Config = {}
        self._is_open = False
        self._facets = {facet.id: facet for facet in file.facet}

    async def open(self, env: ConnectorEnv) -> None:
        """Take the configuration of the instance.

        Raises:
            ConnectorError: CONFIG when a value lacks.
        """
        http_endpoint(self._file.http, self._file.config, env.config)
        self._config = env.config
        self._is_open = True

    async def aclose(self) -> None:
        """Hold nothing, release nothing."""

    async def check(self, ctx: CallContext) -> HealthReport:
        """Ask for what the file's `[check]` says; without one, UNVERIFIED: nothing is asked."""
        section = self._file.check
        if section is None:
            return HealthReport(Health.UNVERIFIED, "the file has no [check]")
        values = self._values({})
        request = PageRequest(values.path(section.path), values.query(section.query))
        reply = await self._get(ctx, request, route_of(section.path))
        if section.version is None:
            return HealthReport(Health.OK)
        found = search(section.version, parse_json(reply))
        return HealthReport(Health.OK, source_version=str(found) if found is not None else "")

    def _values(self, ids: Mapping[str, str], **call: str) -> CallValues:
        return CallValues(self._file.config, self._config, ids, call)

    # ---- facets ----------------------------------------------------------------------------------

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield the pages of a facet; the last says COMPLETE or TRUNCATED.

        Raises:
            ConnectorError: what the gateway, the file's rules or the mapping found.
        """
        facet = self._facets.get(query.facet)
        if facet is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "facet not offered", origin=Origin.CONNECTOR)
        reader = AnswerReader[Record](facet, self._zone)
        collected = Collected[Record](facet.max_rows or query.limit, lambda record: record.id)
        values = self._values(query.customer.ids)
        conditional = query.validator if facet.validator else ""
        async with aclosing(self._pages(facet, reader, values, ctx, collected, conditional)) as pages:
            async for page in pages:
                if page.not_modified:
                    yield Batch((), Completeness.COMPLETE, validator=conditional, not_modified=True)
                    return
                yield Batch(
                    page.items,
                    page.completeness,
                    truncated_because=page.truncated_because,
                    total=page.total,
                    validator=page.validator if facet.validator else "",
                    as_of=page.as_of,
                    unreadable=page.unreadable,
                    evidence=page.evidence,
                )

    # ---- timeline --------------------------------------------------------------------------------

    async def interactions(self, query: TimelineQuery, ctx: CallContext) -> AsyncIterator[Batch[Interaction]]:
        """Yield the exchanges of every `[[timeline]]`.

        Raises:
            ConnectorError: what the gateway, the file's rules or the mapping found.
        """
        before = query.before.isoformat() if query.before else ""
        reason = ""
        for section in self._file.timeline:
            reader = AnswerReader[Interaction](section, self._zone)
            collected = Collected[Interaction](section.max_rows or query.limit, lambda item: item.id)
            values = self._values(query.customer.ids, before=before)
            async with aclosing(self._pages(section, reader, values, ctx, collected)) as pages:
                async for page in pages:
                    reason = reason or page.truncated_because
                    yield Batch(
                        page.items,
                        Completeness.MORE,
                        unreadable=page.unreadable,
                        evidence=page.evidence,
                    )
        last = Completeness.TRUNCATED if reason else Completeness.COMPLETE
        yield Batch((), last, truncated_because=reason)

    # ---- directory -------------------------------------------------------------------------------

    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        """Yield the parties changed since a cursor, each page with the cursor that follows it.

        Raises:
            ConnectorError: UNSUPPORTED without a `[directory]`; BAD_DATA when the cursor goes round.
        """
        section = self._file.directory
        if section is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "no directory", origin=Origin.CONNECTOR)
        reader = RestDirectoryReader(section, self._zone, self._values({}), self)
        async with aclosing(reader.changes(since, ctx)) as batches:
            async for batch in batches:
                yield batch

    async def directory_page(
        self, request: PageRequest, reader: AnswerReader[Party], expired: Collection[int], ctx: CallContext
    ) -> tuple[HttpReply, Answer[Party] | None]:
        """Return a page of the directory, None for an answer under one of these statuses."""
        route = route_of(reader.section.path)
        reply = await self._get(ctx, request, route, also=expired)
        return reply, None if reply.status in expired else await self._answer(reader, reply, ctx)

    # ---- one value, one content, calls -----------------------------------------------------------

    async def live_value(self, query: LiveQuery, ctx: CallContext) -> str:
        """Return a restricted value, "" when the tool holds none; it is kept nowhere.

        Raises:
            ConnectorError: UNSUPPORTED for a field that the file does not offer.
        """
        section = next((live for live in self._file.live if live.field == query.field), None)
        if section is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "field not offered", origin=Origin.CONNECTOR)
        values = self._values(query.customer.ids, record=query.record)
        request = PageRequest(values.path(section.path), values.query(section.query))
        reply = await self._get(ctx, request, route_of(section.path))
        return (await self._text(section.value, reply, ctx) or "").strip()

    async def content(self, ref: str, ctx: CallContext) -> AsyncIterator[bytes]:
        """Yield what is behind a reference.

        Raises:
            ConnectorError: UNSUPPORTED for a reference that no `[[content]]` knows.
        """
        section = self._content_section(ref)
        values = self._values({}, ref=ref.removeprefix(section.prefix))
        request = PageRequest(values.path(section.path))
        headers = _JSON if section.value else {}
        reply = await self._get(ctx, request, route_of(section.path), headers=headers)
        if section.value is None:
            yield reply.body
            return
        found = await self._text(section.value, reply, ctx)
        if found is None:
            raise ConnectorError(ErrorKind.BAD_DATA, "no content in the answer")
        yield found.encode()

    def _content_section(self, ref: str) -> RestContent:
        fitting = [section for section in self._file.content if ref.startswith(section.prefix)]
        if not fitting:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "content not offered", origin=Origin.CONNECTOR)
        return max(fitting, key=lambda section: len(section.prefix))

    async def call_events(self, ctx: CallContext) -> AsyncIterator[CallEvent]:
        """Yield the calls of the stream; an event that cannot be read is passed over.

        Raises:
            ConnectorError: UNSUPPORTED without `[call_events]`; UNAVAILABLE when the stream ends.
        """
        section = self._file.call_events
        if section is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "no call events", origin=Origin.CONNECTOR)
        build = call_event_builder(section.fields, self._zone)
        path = self._values({}).path(section.path)
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-cache"}
        lines = ctx.http.stream_lines(path, headers=headers, template=route_of(section.path))
        async with aclosing(read_events(lines)) as events:
            async for event in events:
                if section.events and event.name not in section.events:
                    continue
                try:
                    call = build(json.loads(event.data))
                except (UnreadableValueError, ValueError, RecursionError):
                    continue
                yield call
        raise ConnectorError(ErrorKind.UNAVAILABLE, "the stream of calls ended")

    # ---- requests --------------------------------------------------------------------------------

    async def _pages(
        self,
        section: RestFacet | RestTimeline,
        reader: AnswerReader[T],
        values: CallValues,
        ctx: CallContext,
        collected: Collected[T],
        validator: str = "",
    ) -> AsyncGenerator[Page[T], None]:
        start = PageRequest(values.path(section.path), values.query(section.query))
        pager = pager_of(section.paging, start)
        request: PageRequest | None = pager.first()
        most = max_pages(section.paging)
        number = 0
        while request is not None:
            number += 1
            reply = await self._page_reply(section, request, ctx, number, validator)
            if reply is None:
                yield Page((), 0, "", last=True)
                return
            if reply.status == 304:
                yield Page((), 0, "", last=True, not_modified=True)
                return
            answer = await self._answer(reader, reply, ctx, collected.most)
            request = pager.following(answer.mark, reply, answer.rows)
            kept = collected.take(answer.items, beyond=answer.beyond, unread=answer.unread)
            reason = collected.cut_because(more=request is not None, at_the_last=number >= most)
            if reason:
                request = None
            yield Page(
                kept.items,
                answer.unreadable + kept.unreadable,
                reason,
                last=request is None,
                total=answer.total,
                as_of=answer.as_of,
                evidence=answer.evidence,
                validator=reply.headers.get("etag", ""),
            )

    async def _answer(
        self, reader: AnswerReader[T], reply: HttpReply, ctx: CallContext, most: int = 0
    ) -> Answer[T]:
        """Read an answer: here, in a thread, or in the worker process, by its length."""
        worker = worker_for(len(reply.body), ctx)
        if worker is not None:
            bare, rules = replace(reply, body=b""), tuple(self._file.errors)
            pieces = await worker.run(answer_pieces, reply.body, reader, bare, rules, ctx.now(), most)
            return answer_of(reader.section, pieces)
        threaded = len(reply.body) > BYTES_ON_THE_LOOP
        answer = await ctx.blocking(parse_json, reply) if threaded else parse_json(reply)
        rows = reader.rows(answer)
        if len(rows) > ROWS_ON_THE_LOOP:
            return await ctx.blocking(reader.read, answer, rows)
        return reader.read(answer, rows)

    async def _text(self, expression: str, reply: HttpReply, ctx: CallContext) -> str | None:
        worker = worker_for(len(reply.body), ctx)
        if worker is None:
            return text_at(expression, parse_json(reply))
        bare, rules = replace(reply, body=b""), tuple(self._file.errors)
        (piece,) = await worker.run(value_pieces, reply.body, expression, bare, rules, ctx.now())
        found: str | None = json.loads(piece)
        return found

    async def _page_reply(
        self,
        section: RestFacet | RestTimeline,
        request: PageRequest,
        ctx: CallContext,
        number: int,
        validator: str,
    ) -> HttpReply | None:
        """Return a page's reply, None for a 404 that means "nothing"."""
        if ctx.remaining() <= 0:
            raise ConnectorError(ErrorKind.TIMEOUT, f"before page {number}")
        headers = {**_JSON, "If-None-Match": validator} if validator else _JSON
        reply = await self._get(ctx, request, route_of(section.path), headers=headers, may_lack=True)
        if reply.status != 404:
            return reply
        if number == 1 and section.on_404 == "empty":
            return None
        if number == 1 and section.on_404 == "not_found":
            raise ConnectorError(ErrorKind.NOT_FOUND, "status 404")
        raise ConnectorError(ErrorKind.BUG, "status 404", origin=Origin.CONNECTOR)

    async def _get(
        self,
        ctx: CallContext,
        request: PageRequest,
        route: str,
        *,
        headers: Mapping[str, str] = _JSON,
        may_lack: bool = False,
        also: Collection[int] = (),
    ) -> HttpReply:
        """Send a GET; the file's error rules speak first, then the default status table.

        With `may_lack`, a 404 that no rule explains is returned, for the section's `on_404`; so is an
        answer under one of the statuses of `also`, whatever a rule says.
        """
        if not self._is_open:
            raise config_error("the connector is not open")
        accepted = {304, *also, *({404} if may_lack else ())}
        reply = await ctx.http.request(
            "GET",
            request.path,
            query=request.query or None,
            headers=headers,
            accept_status=accepted | (_TOLD_IN_BODY if self._file.errors else set()),
            template=route,
        )
        if reply.status in also:
            return reply
        # Of a long answer the rules are applied where it is read: it is not read twice, nor here.
        rules = self._file.errors if worker_for(len(reply.body), ctx) is None else []
        told = told_error(rules, json_or_none(reply), reply, ctx.now()) if rules else None
        error = told or status_error(reply.status, reply.headers, ctx.now())
        if error is not None and (told is not None or not (may_lack and reply.status == 404)):
            raise error
        return reply
