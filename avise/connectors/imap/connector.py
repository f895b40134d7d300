"""Reads a mailbox over IMAP: the letters exchanged with a customer, their text when one is opened."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import ParamSpec, TypeVar

from imap_tools.query import AND, OR

from avise.connectors.contract import (
    Batch,
    CallContext,
    ConnectorEnv,
    ConnectorError,
    Health,
    HealthReport,
    Manifest,
    NetworkGateway,
    TimelineQuery,
)
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.instance import config_error
from avise.connectors.imap.body import readable_text
from avise.connectors.imap.connection import Account, Connection
from avise.connectors.imap.letters import Headers, addresses_of
from avise.connectors.imap.options import ImapOptions
from avise.connectors.imap.places import Place, place_of
from avise.connectors.imap.reading import LettersReading
from avise.connectors.shipped import FileLedConnector
from avise.models.errors import AviseError, ErrorKind, Origin
from avise.models.interaction import Interaction
from avise.models.json_types import JSON

P = ParamSpec("P")
T = TypeVar("T")

_SECURITY = ("tls", "starttls")


class ImapConnector(FileLedConnector[ImapOptions]):
    """A mailbox."""

    options_model = ImapOptions
    code = __file__

    def __init__(self, manifest: Manifest | None = None, options: Mapping[str, JSON] | None = None) -> None:
        super().__init__(manifest, options)
        self._account: Account | None = None
        self._ca_file = ""
        self._tls: ssl.SSLContext | None = None

    def server_host(self, config: Mapping[str, JSON]) -> str:
        """Return the host of the mailbox.

        Raises:
            ConnectorError: CONFIG when it is not told.
        """
        return CallValues({}, config).text(self._options.server.host)

    async def open(self, env: ConnectorEnv) -> None:
        """Take the configuration; nothing is connected before the first reading.

        Raises:
            ConnectorError: CONFIG when a value or the password lacks.
        """
        server, values = self._options.server, CallValues({}, env.config)
        port, security = values.text(server.port), values.text(server.security)
        if not port.isascii() or not port.isdigit() or not 0 < int(port) <= 65_535:
            raise config_error("the port is no number of a port")
        if security not in _SECURITY:
            raise config_error("the security is neither tls nor starttls")
        await super().open(env)
        self._ca_file = _optional(server.ca_file, values)
        self._tls = None
        self._account = Account(
            values.text(server.host),
            int(port),
            security == "starttls",
            values.text(server.user),
            env.secret(server.secret),
        )

    async def aclose(self) -> None:
        """Forget the password."""
        self._account = None

    async def check(self, ctx: CallContext) -> HealthReport:
        """Sign in and open every folder.

        Raises:
            ConnectorError: the mailbox cannot be read.
        """
        async with self._connected(ctx) as connection:
            for folder in self._options.folders:
                await _step(ctx, connection, connection.validity, folder)
        return HealthReport(Health.OK)

    async def interactions(self, query: TimelineQuery, ctx: CallContext) -> AsyncIterator[Batch[Interaction]]:
        """Yield the letters from and to the customer's addresses, newest first, without their text.

        Raises:
            ConnectorError: the mailbox cannot be read, or the customer has no address.
        """
        asked = CallValues({}, {}, query.customer.ids).text(self._options.addresses)
        addresses = addresses_of(asked)
        limit, windowed = min(query.limit, self._options.most), self._options.past_days is not None
        reading = LettersReading(addresses, self._options.scheme, asked, limit, windowed)
        criteria = self._criteria(addresses, ctx)
        async with self._connected(ctx) as connection:

            async def ask(places: Sequence[Place]) -> list[Headers]:
                return await _step(ctx, connection, connection.headers, places)

            found = [
                await _step(ctx, connection, connection.search, folder, criteria)
                for folder in self._options.folders
            ]
            async for batch in reading.batches(found, ask):
                yield batch

    async def content(self, ref: str, ctx: CallContext) -> AsyncIterator[bytes]:
        """Yield the text of a letter, in UTF-8, and the names of what is attached to it.

        Args:
            ref: `body_ref` of an exchange of this connector.
            ctx: lent by the host.

        Raises:
            ConnectorError: INVALID for what is no letter of ours, NOT_FOUND for one that is gone, BAD_DATA
                for one that cannot be read.
        """
        place = place_of(ref, self._options.folders)
        async with self._connected(ctx) as connection:
            raw, cut = await _step(ctx, connection, connection.letter, place)
        yield (await ctx.blocking(lambda: readable_text(raw, cut=cut))).encode("utf-8", "replace")

    def _criteria(self, addresses: Sequence[str], ctx: CallContext) -> str:
        wanted = list(addresses)
        anywhere = OR(from_=wanted, to=wanted, cc=wanted, bcc=wanted)
        if self._options.past_days is None:
            return str(anywhere)
        since = ctx.now() - timedelta(days=self._options.past_days)
        return str(AND(anywhere, date_gte=since.date()))

    @asynccontextmanager
    async def _connected(self, ctx: CallContext) -> AsyncIterator[Connection]:
        """Lend a connection that is signed in; it never outlives the call."""
        if self._account is None:
            raise ConnectorError(ErrorKind.CONFIG, "the connector is not open", origin=Origin.HOST)
        if self._tls is None:
            self._tls = await ctx.blocking(_trusting, self._opened().network, self._ca_file)
        connection = Connection(self._account, self._tls, self._opened().network.dial)
        try:
            await _step(ctx, connection, connection.sign_in, ctx.remaining())
            yield connection
            await _step(ctx, connection, connection.sign_out)
        finally:
            connection.give_up()


async def _step(
    ctx: CallContext, connection: Connection, step: Callable[P, T], *args: P.args, **named: P.kwargs
) -> T:
    """Run one step on a thread; whoever is cancelled meanwhile sets the thread free."""
    seconds = ctx.remaining()
    if seconds <= 0:
        raise ConnectorError(ErrorKind.TIMEOUT, "before the next step")
    try:
        return await ctx.blocking(lambda: connection.run(seconds, step, *args, **named))
    except asyncio.CancelledError:
        connection.give_up()
        raise


def _trusting(network: NetworkGateway, ca_file: str) -> ssl.SSLContext:
    """Return a context that trusts what the house trusts, and the certificates of a file; blocks.

    Raises:
        ConnectorError: CONFIG when the file cannot be read.
    """
    try:
        return network.context(ca_file)
    except AviseError:
        raise config_error("the file of certificates cannot be read") from None


def _optional(template: str | None, values: CallValues) -> str:
    """Return a value that an instance may leave empty."""
    if template is None:
        return ""
    try:
        return values.text(template)
    except ConnectorError:
        return ""
