"""What a connector is: the contract between Avise and the code or file that speaks to a tool.

A connector translates, nothing more: the host does deadlines, retries, limits, cache, secrets,
logs and identity. Only frozen values cross; the one way to report a failure is to raise
`ConnectorError`. An empty answer is `Batch((), Completeness.COMPLETE)`, never silence.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

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
from avise.connectors.contract_values import (
    Batch,
    CallEvent,
    CallEventKind,
    Completeness,
    ConnectorError,
    FacetQuery,
    Health,
    HealthReport,
    LiveQuery,
    Record,
    StartsOver,
    TimelineQuery,
)
from avise.connectors.endpoints import HttpEndpoint, SqlEndpoint
from avise.connectors.lent_gateways import (
    ANY_STATUS,
    CallContext,
    ConnectorEnv,
    FieldLogger,
    HttpGateway,
    HttpReply,
    NetworkGateway,
    Priority,
    SqlGateway,
)
from avise.models.bulk_reading import Decision, Doubt
from avise.models.customer import Party
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
    "AsksAboutFile",
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
    "NetworkGateway",
    "OfflineRule",
    "Outcome",
    "PerformsActions",
    "Priority",
    "PublishesDirectory",
    "ReadsFacets",
    "Record",
    "RevealsFields",
    "SqlGateway",
    "StartsOver",
    "StreamsCalls",
    "TimelineQuery",
    "UsesHttp",
    "UsesServer",
    "UsesSql",
]

CONTRACT = (1, 3)
"""Minor = additive; a new major is a new entry-point group."""

ENTRY_POINT_GROUP = "avise.connectors.v1"

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


@runtime_checkable
class UsesServer(Protocol):
    """A connector that speaks to a server by itself, through neither gateway (mail, SFTP).

    The host then knows that it is on the network: it is not asked while the user works offline. Connections
    are made by `env.network`, which knows the house's proxy and its certificates.
    """

    def server_host(self, config: Mapping[str, JSON]) -> str:
        """Return the server's host for an instance's values, "" for none; CONFIG when they are unfit."""


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
class AsksAboutFile(Protocol):
    """Goes on with the file before while the newest is so small that somebody must look at it first."""

    def file_doubt(self) -> Doubt | None:
        """Return what somebody must decide, None when nothing waits."""

    def decide_file(self, mark: str, decision: Decision) -> None:
        """Take a decision about what bears that mark; also one of an earlier run of the program."""


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
