"""What crosses the contract: questions, batches of answers, events of calls, and the one error.

Import these from `avise.connectors.contract`, which is what connectors are written against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from avise.models.bulk_reading import Doubt
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

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


class StartsOver(StrEnum):
    """Why `changes` gives everything although it was asked for less."""

    EXPIRED = "expired"
    """The tool no longer knows where the last reading stopped."""
    EDITION = "edition"
    """A new edition of the whole replaces the one before: a nightly file, or everything from time to time."""


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
    """`changes`: where the next reading starts; also in the middle of one that was stopped."""
    validator: str = ""
    """ETag or Last-Modified, for the next conditional reading."""
    not_modified: bool = False
    as_of: datetime | None = None
    """When the tool says that the whole answer was true (the date of a nightly file)."""
    unreadable: int = 0
    """Items that could not be mapped and were left out."""
    evidence: IdentityEvidence | None = None
    starts_over: StartsOver | None = None
    """`changes`, its first batch: everything follows, whatever was asked; who is not in it is gone."""
    doubt: Doubt | None = None
    """`changes`: nothing was read, since what came is so small that somebody must look at it first."""


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
    UNVERIFIED = "unverified"
    """Nothing was asked: neither well nor ill. From contract 1.3 on."""


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Answer of `check`."""

    health: Health
    detail: str = ""
    source_version: str = ""
