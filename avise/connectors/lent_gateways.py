"""What the host lends a connector: its gateways, one call's context, one instance's life.

Import these from `avise.connectors.contract`, which is what connectors are written against.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from avise.connectors.contract_values import ConnectorError
from avise.connectors.half_pairs import without_half_pairs
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON

T = TypeVar("T")


ANY_STATUS = range(100, 600)
"""For `accept_status`: the connector judges the body first, then calls `http_status.check_status`."""


class Priority(StrEnum):
    """INTERACTIVE passes before BACKGROUND in a full queue."""

    INTERACTIVE = "interactive"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A reply that the default status table let through."""

    status: int
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes
    content_type: str
    """Without parameters, lower case."""
    charset: str
    """Declared charset, else utf-8."""
    url: str = field(default="", repr=False)
    """Address that answered, to resolve a relative link; never logged."""

    def json(self) -> JSON:
        """Parse the body.

        Raises:
            ConnectorError: BAD_DATA when it is not JSON in the declared charset.
        """
        try:
            written = self.body.decode(self.charset)
            parsed: JSON = without_half_pairs(json.loads(written), written)
        except (ValueError, LookupError):
            raise ConnectorError(ErrorKind.BAD_DATA, f"not JSON ({self.content_type})") from None
        return parsed


class HttpGateway(Protocol):
    """Base URL, sign-in, proxy, TLS, deadline, retry, rate limit, breaker and counters applied.

    Raises ConnectorError for transport errors and by the default status table.
    """

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: JSON = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        accept_status: Collection[int] = (),
        template: str = "",
    ) -> HttpReply:
        """Send one request. `path` is relative to the base URL or an absolute URL of the same origin.

        `template` is the route without values ("/parties/{party}"), the only form that is logged.
        """

    def reading(self) -> HttpGateway:
        """Return the same gateway for requests that only read, whatever their method (a POST of JSON-RPC).

        In an action, any other POST, PUT, PATCH or DELETE whose answer is lost leaves it of unknown outcome.
        """

    def stream_lines(
        self, path: str, *, headers: Mapping[str, str] | None = None, template: str = ""
    ) -> AsyncIterator[str]:
        """Read an endless text answer line by line (server-sent events); no deadline."""


class SqlGateway(Protocol):
    """Bound parameters only, in a read-only transaction with a statement timeout."""

    def select(
        self, statement: str, params: Mapping[str, JSON], *, max_rows: int, chunk: int = 200
    ) -> AsyncIterator[Sequence[Mapping[str, object]]]:
        """Yield rows by chunks as mappings; stops after `max_rows + 1` rows."""


class CallContext(Protocol):
    """What the host lends for one call."""

    request_id: str
    priority: Priority
    agent: str
    purpose: str
    http: HttpGateway
    sql: SqlGateway

    def remaining(self) -> float:
        """Return the seconds left before the deadline."""

    def now(self) -> datetime:
        """Return the current time, aware."""

    async def blocking(self, function: Callable[..., T], *args: object) -> T:
        """Run a synchronous function in the connectors' pool."""


class NetworkGateway(Protocol):
    """The house's proxy and certificates, for a connector that speaks to a server by itself (mail)."""

    def context(self, *ca_files: str) -> ssl.SSLContext:
        """Return a context that trusts the system's certificates, the house's and those of files; blocks.

        Raises:
            AviseError: `transport.ca_file`: a file cannot be read.
        """

    def dial(self, host: str, port: int, seconds: float) -> socket.socket:
        """Return a connection to a server, through the proxy that leads there; blocks.

        Raises:
            OSError: it cannot be reached.
        """


class FieldLogger(Protocol):
    """A log that refuses a field that was not declared safe."""

    def info(self, event: str, **fields: str | int | float) -> None:
        """Log an event of normal life."""

    def warning(self, event: str, **fields: str | int | float) -> None:
        """Log what support may want to see."""


class ConnectorEnv(Protocol):
    """What the host lends for a connector's life."""

    instance_id: str
    config: Mapping[str, JSON]
    """Values of the manifest's `[config]`, secrets excepted."""
    log: FieldLogger
    network: NetworkGateway

    def secret(self, name: str) -> str:
        """Return a secret declared in the manifest; ConnectorError(CONFIG) when it is missing."""
