"""Reads the parties of a Tryton server: identity, contact points, search directory (see README.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
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
    Manifest,
    Record,
)
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.rows import map_rows, party_builder
from avise.connectors.row_mapping import Row, row_mappers
from avise.connectors.shipped import HttpFileLedConnector
from avise.connectors.trytond.calls import TrytondCalls
from avise.connectors.trytond.changes import Stand, stand_of
from avise.connectors.trytond.options import TrytondOptions
from avise.connectors.trytond.parties import (
    FIELDS,
    IDENTIFIER_FIELDS,
    contact_rows,
    last_change,
    party_rows,
    records,
)
from avise.models.customer import Party
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

CONTACT_POINTS = "contact_points"

_PARTIES = "model.party.party.search_read"
_IDENTIFIERS = "model.party.identifier.search_read"
_MOST_IDENTIFIERS = 10_000


class TrytondConnector(HttpFileLedConnector[TrytondOptions]):
    """A Tryton server."""

    options_model = TrytondOptions
    code = __file__

    def __init__(self, manifest: Manifest | None = None, options: Mapping[str, JSON] | None = None) -> None:
        super().__init__(manifest, options)
        self._mappers = row_mappers(self._options.facets, self._options.timezone)
        listed = self._options.directory
        zone = ZoneInfo(self._options.timezone)
        self._build = party_builder(listed.fields, listed.ids, zone) if listed else None
        self._calls: TrytondCalls | None = None

    async def open(self, env: ConnectorEnv) -> None:
        """Take the configuration; the first call opens the session.

        Raises:
            ConnectorError: CONFIG when the password lacks.
        """
        env.secret(self._options.session.secret)
        await super().open(env)
        self._calls = TrytondCalls(self._options, env)

    async def aclose(self) -> None:
        """Forget the session."""
        self._calls = None

    async def check(self, ctx: CallContext) -> HealthReport:
        """Sign in, and ask for no party.

        Raises:
            ConnectorError: the server cannot be read.
        """
        calls = self._calling()
        await calls.read(ctx, _PARTIES, [[["id", "<", 0]], 0, 1, None, ["code"], {}])
        return HealthReport(Health.OK, source_version=await calls.version(ctx))

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield a facet of the customer's party in one batch.

        Raises:
            ConnectorError: NOT_FOUND when the server knows no such party, BAD_DATA when it knows several.
        """
        mapper = self._mappers.get(query.facet)
        if mapper is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "facet not offered", origin=Origin.CONNECTOR)
        wanted = CallValues({}, {}, query.customer.ids).text(self._options.customer)
        found = await self._rows(ctx, self._domain(wanted), limit=2, context={})
        if not found:
            raise ConnectorError(ErrorKind.NOT_FOUND, "no such party")
        if len(found) > 1:
            raise ConnectorError(ErrorKind.BAD_DATA, "several parties under one identifier")
        party = found[0]
        rows = contact_rows(party) if query.facet == CONTACT_POINTS else [party]
        yield mapper.batch(rows, query.limit, answer=party)

    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        """Yield everybody, or whoever changed since a cursor, inactive parties as deleted ones.

        Raises:
            ConnectorError: UNSUPPORTED without `[options.directory]`; the server cannot be read.
        """
        listed, build = self._options.directory, self._build
        if listed is None or build is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "no directory", origin=Origin.CONNECTOR)
        stand, more = stand_of(since), True
        while more:
            if ctx.remaining() <= 0:
                raise ConnectorError(ErrorKind.TIMEOUT, "before the next page")
            rows = await self._rows(ctx, stand.domain(), listed.page, {"active_test": False})
            more = len(rows) >= listed.page
            stand = _after(stand, rows)
            mapped = map_rows(rows, build)
            yield Batch(
                mapped.items,
                Completeness.MORE if more else Completeness.COMPLETE,
                cursor=stand.cursor if more else stand.ended().cursor,
                unreadable=mapped.unreadable,
            )

    async def _rows(
        self, ctx: CallContext, domain: Sequence[JSON], limit: int, context: Mapping[str, JSON]
    ) -> list[Row]:
        calls = self._calling()
        order: JSON = [["id", "ASC"]]
        found = await calls.read(ctx, _PARTIES, [list(domain), 0, limit, order, list(FIELDS), dict(context)])
        numbers: list[JSON] = [one["id"] for one in records(found)]
        types: list[JSON] = list(self._options.identifier_types)
        identifiers: object = []
        if numbers and types:
            of_these: JSON = [["party", "in", numbers], ["type", "in", types]]
            asked: list[JSON] = [of_these, 0, _MOST_IDENTIFIERS, order, list(IDENTIFIER_FIELDS), {}]
            identifiers = await calls.read(ctx, _IDENTIFIERS, asked)
        return party_rows(found, identifiers)

    def _domain(self, wanted: str) -> list[JSON]:
        if self._options.found_by == "identifier":
            types: list[JSON] = [None, *self._options.identifier_types]
            return [["identifiers", "where", [["code", "=", wanted], ["type", "in", types]]]]
        if self._options.found_by == "code":
            return [["code", "=", wanted]]
        if not wanted.isascii() or not wanted.isdigit():
            raise ConnectorError(ErrorKind.INVALID, "no database identifier", origin=Origin.HOST)
        return [["id", "=", int(wanted)]]

    def _calling(self) -> TrytondCalls:
        if self._calls is None:
            raise ConnectorError(ErrorKind.CONFIG, "the connector is not open", origin=Origin.HOST)
        return self._calls


def _after(stand: Stand, rows: Sequence[Row]) -> Stand:
    """Return the place after a page.

    Raises:
        ConnectorError: BAD_DATA when the server gives what was passed already.
    """
    numbers = [number for row in rows if isinstance(number := row["id"], int)]
    if any(number <= stand.after for number in numbers) or len(numbers) < len(rows):
        raise ConnectorError(ErrorKind.BAD_DATA, "a page out of order")
    return stand.passed(max(numbers, default=stand.after), last_change(rows))
