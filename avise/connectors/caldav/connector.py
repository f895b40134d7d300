"""Reads, makes, moves and cancels appointments over CalDAV: one calendar a customer (see README.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from zoneinfo import ZoneInfo

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult
from avise.connectors.batch_pieces import read_batch
from avise.connectors.caldav.acting import AppointmentActions
from avise.connectors.caldav.calendar_query import Window, check_body, query_body
from avise.connectors.caldav.events import read_events
from avise.connectors.caldav.options import CaldavFacet, CaldavOptions
from avise.connectors.contract import (
    Batch,
    CallContext,
    ConnectorError,
    FacetQuery,
    Health,
    HealthReport,
    HttpReply,
    Manifest,
    Record,
)
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.placeholders import parse_template
from avise.connectors.multistatus import XML_HEADERS, read_multistatus
from avise.connectors.row_mapping import RowMapper, absent, row_mappers
from avise.connectors.shipped import HttpFileLedConnector
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

MAX_VERSION = 80
"""Characters of a server's own name that are kept."""


class CaldavConnector(HttpFileLedConnector[CaldavOptions]):
    """A calendar server."""

    options_model = CaldavOptions
    code = __file__

    def __init__(self, manifest: Manifest | None = None, options: Mapping[str, JSON] | None = None) -> None:
        super().__init__(manifest, options)
        self._zone = ZoneInfo(self._options.timezone)
        self._mappers = row_mappers(self._options.facets, self._options.timezone, id_from="id")
        self._acting = AppointmentActions(self._options)

    async def check(self, ctx: CallContext) -> HealthReport:
        """Ask for the nature of a collection that always exists.

        Raises:
            ConnectorError: the server cannot be read.
        """
        path = CallValues({}, self._config).path(self._options.check_path)
        headers = {**XML_HEADERS, "Depth": "0"}
        template = self._options.check_path
        reply = await ctx.http.request(
            "PROPFIND", path, content=check_body(), headers=headers, template=template
        )
        read_multistatus(reply)
        return HealthReport(Health.OK, source_version=reply.headers.get("server", "")[:MAX_VERSION])

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield the events of the customer's calendar in one batch.

        Raises:
            ConnectorError: NOT_FOUND for an unknown calendar, unless the file says otherwise;
                BAD_DATA for an answer that is not about it.
        """
        facet = self._facet(query.facet)
        reply = await self._report(facet, query, ctx)
        if reply.status == HTTPStatus.NOT_FOUND:
            yield absent(facet.on_404)
            return
        mapper = self._mappers[query.facet]
        yield await read_batch(
            ctx, query.facet, _events_batch, reply, facet.properties, self._zone, mapper, query.limit
        )

    async def _report(self, facet: CaldavFacet, query: FacetQuery, ctx: CallContext) -> HttpReply:
        window = Window.around(ctx.now(), facet.past_days, facet.future_days)
        return await ctx.http.request(
            "REPORT",
            CallValues({}, self._config, query.customer.ids).path(facet.path),
            content=query_body(window),
            headers={**XML_HEADERS, "Depth": "1"},
            accept_status={HTTPStatus.NOT_FOUND},
            template=parse_template(facet.path).route(),
        )

    def _facet(self, name: str) -> CaldavFacet:
        facet = self._options.facets.get(name)
        if facet is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "facet not offered", origin=Origin.CONNECTOR)
        return facet

    # ---- actions -----------------------------------------------------------------------------
    async def plan(self, command: ActionCommand, ctx: CallContext) -> ActionPlan:
        """Return what a command would change in the calendar; writes nothing.

        Raises:
            ConnectorError: the calendar could not be read, or the appointment cannot be changed.
        """
        return await self._acting.plan(command, self._config, ctx)

    async def execute(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        """Write the appointment, once.

        Raises:
            ConnectorError: CONFLICT when it is no longer the one that was shown.
        """
        return await self._acting.execute(command, self._config, ctx)

    async def verify(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        """Return whether the calendar is as a command wants it.

        Raises:
            ConnectorError: the calendar could not be read.
        """
        return await self._acting.verify(command, self._config, ctx)


def _events_batch(
    reply: HttpReply, properties: Mapping[str, str], zone: ZoneInfo, mapper: RowMapper, limit: int
) -> Batch[Record]:
    events = read_events(reply, properties, zone)
    return mapper.batch(
        events.rows, limit, unreadable=events.unreadable, truncated_because=events.truncated_because
    )
