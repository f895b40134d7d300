"""What a connector is: the contract between Avise and the code or file that speaks to a tool.

A connector translates, nothing more: the host does deadlines, retries, limits, cache, secrets,
logs and identity. Only frozen values cross; the one way to report a failure is to raise
`ConnectorError`. An empty answer is `Batch((), Completeness.COMPLETE)`, never silence.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar, runtime_checkable

from avise.connectors.action_contract import (
    ActionCommand,
    ActionInput,
    ActionOffer,
    ActionPlan,
    ActionResult,
    ActionSpec,
    ConfirmRule,
    Idempotency,
    InputChoice,
    InputType,
    OfflineRule,
    Outcome,
)
from avise.connectors.endpoints import HttpEndpoint, SqlEndpoint
from avise.models.customer import CustomerKey, IdentityEvidence, Party
from avise.models.errors import ErrorKind, Origin
from avise.models.facets import Sensitivity
from avise.models.interaction import Channel, Interaction
from avise.models.json_types import JSON

__all__ = [
    "ANY_STATUS",
    "CONTRACT",
    "ENTRY_POINT_GROUP",
    "ActionCommand",
    "ActionInput",
    "ActionOffer",
    "ActionPlan",
    "ActionResult",
    "ActionSpec",
    "Batch",
    "CallContext",
    "CallEvent",
    "CallEventKind",
    "Completeness",
    "ConfigField",
    "ConfirmRule",
    "Connector",
    "ConnectorEnv",
    "ConnectorError",
    "FacetOffer",
    "FacetQuery",
    "FetchesContent",
    "FieldLogger",
    "Health",
    "HealthReport",
    "HttpGateway",
    "HttpReply",
    "Idempotency",
    "InputChoice",
    "InputType",
    "ListsInteractions",
    "LiveQuery",
    "Manifest",
    "OfflineRule",
    "Outcome",
    "PerformsActions",
    "Priority",
    "PublishesDirectory",
    "ReadsFacets",
    "Record",
    "RevealsFields",
    "SqlGateway",
    "StreamsCalls",
    "TimelineQuery",
    "UsesHttp",
    "UsesSql",
]

CONTRACT = (1, 1)
"""Minor = additive; a new major is a new entry-point group."""

ENTRY_POINT_GROUP = "avise.connectors.v1"

T = TypeVar("T")


class ConnectorError(Exception):
    """The only exception that a connector lets out, CancelledError excepted.

    Args:
        kind: one of the closed list.
        detail: a word for support, written by the connector; never personal data, never a text
            of the tool.
        origin: who must act.
        retry_after: what the tool asked for.
        outcome_unknown: for an action, the request may have taken effect.
        source_code: the tool's own code, for support.
        user_message: the tool's sentence; honoured for REJECTED, INVALID and CONFLICT only.
    """

    def __init__(
        self,
        kind: ErrorKind,
        detail: str = "",
        *,
        origin: Origin = Origin.SOURCE,
        retry_after: timedelta | None = None,
        outcome_unknown: bool = False,
        source_code: str = "",
        user_message: str = "",
    ) -> None:
        super().__init__(f"{kind}: {detail}" if detail else str(kind))
        self.kind = kind
        self.detail = detail
        self.origin = origin
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown
        self.source_code = source_code
        self.user_message = user_message


class Completeness(StrEnum):
    """Whether more follows. The last batch says COMPLETE or TRUNCATED, or the host raises BAD_DATA."""

    MORE = "more"
    COMPLETE = "complete"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a facet, with the names and types of `avise.models.facet_specs`."""

    id: str
    """Stable within (connector, facet); never a row number."""
    data: Mapping[str, JSON]
    as_of: datetime | None = None
    version: str = ""
    extra: Mapping[str, JSON] = field(default_factory=dict)
    evidence: IdentityEvidence | None = None
    """Whom the record concerns, when the tool says it; compared with the customer on screen."""


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """A page of an answer."""

    items: Sequence[T]
    completeness: Completeness
    truncated_because: str = ""
    """"max_rows", "max_pages" or the tool's own limit."""
    total: int | None = None
    cursor: str = ""
    """`changes`: where the next reading starts."""
    validator: str = ""
    """ETag or Last-Modified, for the next conditional reading."""
    not_modified: bool = False
    as_of: datetime | None = None
    """When the tool says that the whole answer was true (the date of a nightly file)."""
    unreadable: int = 0
    """Items that could not be mapped and were left out."""
    evidence: IdentityEvidence | None = None


@dataclass(frozen=True, slots=True)
class FacetQuery:
    """Ask for one facet of one customer."""

    facet: str
    customer: CustomerKey
    limit: int = 500
    validator: str = ""


@dataclass(frozen=True, slots=True)
class TimelineQuery:
    """Ask for the exchanges with one customer, newest first."""

    customer: CustomerKey
    limit: int = 500
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiveQuery:
    """Ask for one restricted value (NIR, IBAN), live, never stored."""

    field: str
    customer: CustomerKey
    record: str = ""
    """Identifier of the record that carries it, when the facet has several."""


class CallEventKind(StrEnum):
    """Life of a telephone call."""

    RINGING = "ringing"
    ANSWERED = "answered"
    HELD = "held"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CallEvent:
    """What the telephony says; the number is personal data and is never logged."""

    call_id: str
    kind: CallEventKind
    at: datetime
    number: str
    """E.164, or "" for a withheld number."""
    queue: str = ""
    waited_s: int = 0
    agent: str = ""


class Health(StrEnum):
    """What `check` found."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    NEEDS_AUTH = "needs_auth"
    MISCONFIGURED = "misconfigured"


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Answer of `check`."""

    health: Health
    detail: str = ""
    source_version: str = ""


# ---- what the host lends -------------------------------------------------------------------------


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
            parsed: JSON = json.loads(self.body.decode(self.charset))
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

    def secret(self, name: str) -> str:
        """Return a secret declared in the manifest; ConnectorError(CONFIG) when it is missing."""


# ---- how a connector asks for its gateways ---------------------------------------------------------


@runtime_checkable
class UsesHttp(Protocol):
    """A connector that reads through `ctx.http`."""

    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint:
        """Return where the tool is for an instance's values; ConnectorError(CONFIG) when unfit."""


@runtime_checkable
class UsesSql(Protocol):
    """A connector that reads through `ctx.sql`."""

    def sql_endpoint(self, config: Mapping[str, JSON]) -> SqlEndpoint:
        """Return where the tool is for an instance's values; ConnectorError(CONFIG) when unfit."""


ANY_STATUS = range(100, 600)
"""For `accept_status`: the connector judges the body first, then calls `http_status.check_status`."""


# ---- what a connector is -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FacetOffer:
    """A facet that the connector feeds, with its own clock where it differs from the facet's."""

    facet: str
    schema: int = 1
    sensitivity: Sensitivity = Sensitivity.PERSONAL
    fresh_for: timedelta | None = None
    usable_for: timedelta | None = None
    deadline: timedelta | None = None
    needs_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One value that IT fills for an instance."""

    name: str
    type: str
    """text, url, int, bool, choice, secret, sqlalchemy_url, file or folder."""
    label: str
    required: bool = False
    default: JSON = None
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a connector can do, declared before its code is imported."""

    id: str
    name: str
    version: str
    contract: str
    """Range of the contract, for instance ">=1.0,<2"."""
    owner: str
    kind: str
    """rest, sql, files or python."""
    needs_ids: tuple[str, ...] = ()
    config: tuple[ConfigField, ...] = ()
    facets: tuple[FacetOffer, ...] = ()
    timeline: bool = False
    timeline_channels: tuple[Channel, ...] = ()
    directory: bool = False
    """Publishes the search directory by `changes`."""
    call_events: bool = False
    live_fields: tuple[str, ...] = ()
    actions: tuple[ActionSpec, ...] = ()
    hosts: tuple[str, ...] = ()
    """Extra hosts that the gateway may contact, besides the base URL's."""
    diagnostics: tuple[str, ...] = ()
    """Names of config values that may appear in a diagnostic."""
    concurrency: int = 4
    rate_per_second: float | None = None
    support: str = ""
    """Whom to call when the tool fails; shown on the Sources page."""


class Connector(Protocol):
    """Life of a connector."""

    manifest: Manifest

    async def open(self, env: ConnectorEnv) -> None:
        """Prepare; no customer data, at most 10 s."""

    async def check(self, ctx: CallContext) -> HealthReport:
        """Say whether the tool answers; cheap, read-only, at most 3 s, no customer data."""

    async def aclose(self) -> None:
        """Release everything; may be called twice; at most 2 s."""


@runtime_checkable
class ReadsFacets(Protocol):
    """Feeds blocks of the customer screen."""

    def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield pages; the last one says COMPLETE or TRUNCATED."""


@runtime_checkable
class ListsInteractions(Protocol):
    """Feeds the unified timeline."""

    def interactions(self, query: TimelineQuery, ctx: CallContext) -> AsyncIterator[Batch[Interaction]]:
        """Yield pages, newest first."""


@runtime_checkable
class PublishesDirectory(Protocol):
    """Is the identity master: fills the search directory."""

    def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        """Yield the parties changed since the cursor ("" = all); each batch carries its cursor."""


@runtime_checkable
class RevealsFields(Protocol):
    """Answers one restricted value, live."""

    async def live_value(self, query: LiveQuery, ctx: CallContext) -> str:
        """Return the value, or "" when the tool holds none."""


@runtime_checkable
class StreamsCalls(Protocol):
    """Is the telephony."""

    def call_events(self, ctx: CallContext) -> AsyncIterator[CallEvent]:
        """Yield events until cancelled; raise when the stream breaks, the host reconnects."""


@runtime_checkable
class FetchesContent(Protocol):
    """Opens a document's or a message's content."""

    def content(self, ref: str, ctx: CallContext) -> AsyncIterator[bytes]:
        """Yield the bytes behind a `body_ref` or a document's record id."""


@runtime_checkable
class PerformsActions(Protocol):
    """Does what its manifest's `actions` declare.

    All three raise ConnectorError: REJECTED, INVALID and CONFLICT with the tool's sentence in
    `user_message`, and `outcome_unknown` when a request may have taken effect although its answer is
    not known. The host adds it by itself when a request that writes was sent and its answer was lost.
    """

    async def plan(self, command: ActionCommand, ctx: CallContext) -> ActionPlan:
        """Say what the command would change, reading anew; writes nothing."""

    async def execute(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        """Send the command, once."""

    async def verify(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        """Say whether the command was done; only reads. NOT_DONE needs a complete reading."""
