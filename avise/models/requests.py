"""A request to the middle office: what both desks see of it, as the events of its stream tell.

A request is one stream, `request/<id>`. What may happen to it is in `avise.models.request_rules`, how its
events become this value in `avise.models.request_fold`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from avise.models.customer import PersonId
from avise.models.event_fold import identity_of
from avise.models.json_types import JSON

PREFIX = "request/"
"""Begins the stream of every request."""

RequestId = uuid.UUID

SOON_AT = 0.8
ESCALATE_AT = 1.2
"""Parts of the delay consumed when a request is due soon, and when its team lead gets it (decision 29)."""


def request_stream(request: RequestId) -> str:
    """Return the stream of a request's events."""
    return f"{PREFIX}{request}"


def request_of_stream(stream: str) -> RequestId | None:
    """Return the request that a stream is of; None for any other stream."""
    return identity_of(stream.removeprefix(PREFIX)) if stream.startswith(PREFIX) else None


class RequestStatus(StrEnum):
    """Where a request stands (`domain.md` 3.2). Label: catalogue key `request.status.<status>`."""

    SENT = "sent"
    """Transmise: in its corbeille, held by nobody."""
    TAKEN = "taken"
    WAITING_MEMBER = "waiting_member"
    WAITING_THIRD_PARTY = "waiting_third_party"
    WAITING_INTERNAL = "waiting_internal"
    """A question was asked to the requester: the clock goes on."""
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN = frozenset(
    (
        RequestStatus.SENT,
        RequestStatus.TAKEN,
        RequestStatus.WAITING_MEMBER,
        RequestStatus.WAITING_THIRD_PARTY,
        RequestStatus.WAITING_INTERNAL,
    )
)
"""Statuses of a request that somebody still has to work on."""

HELD = OPEN - {RequestStatus.SENT}
"""Statuses of a request that exactly one person holds."""

ENDED = frozenset((RequestStatus.CLOSED, RequestStatus.CANCELLED))
"""Statuses in which nothing more is expected of anybody."""

CLOCK_STOPS = frozenset((RequestStatus.WAITING_MEMBER, RequestStatus.WAITING_THIRD_PARTY))
"""Statuses in which the service clock stops; the legal one never does (`domain.md` 3.2)."""


class Priority(StrEnum):
    """How urgent a request is; P1 first."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class ExchangeKind(StrEnum):
    """One line of a request's conversation."""

    MEMBER = "member"
    """Words of, or to, the member."""
    REPLY = "reply"
    """Between the two desks."""
    NOTE = "note"
    """Internal: never shown to the member, nor outside the corbeille."""
    QUESTION = "question"
    ANSWER = "answer"
    SYSTEM = "system"
    """Something that happened: taken, transferred, paused…"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One line of the conversation, oldest first in `Request.exchanges`."""

    event: uuid.UUID
    at: datetime
    kind: ExchangeKind
    author: str
    """Login."""
    words: str = ""
    """As typed; with a system line, what was added to it."""
    what: str = ""
    """Kind of the event, for a system line: its sentence is `request.happened.<what>`."""
    params: Mapping[str, str] = field(default_factory=dict)
    """What that sentence names: codes as the event holds them (`queue`, `assignee`, `outcome`, `reason`…)."""
    mentions: tuple[str, ...] = ()
    """Logins called upon."""
    attachments: tuple[Attachment, ...] = ()
    after_close: bool = False
    """Said on a request that had ended already."""
    refused: str = ""
    """Why it does not count, as `request.refused.<refused>` says; "" when it does."""
    tentative: bool = False
    """Written here, and not yet judged by the hub."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file joined to a request, kept once by its content."""

    blob: str
    """Keyed hash of the content, for that person."""
    name: str
    media_type: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class AskedDocument:
    """A document that the type of the request wants."""

    id: str
    """Label: catalogue key `request_document.<id>`."""
    required: bool
    received: bool


@dataclass(frozen=True, slots=True)
class Question:
    """Something that one desk asked the other, with a time of its own to answer."""

    event: uuid.UUID
    asked_by: str
    asked_at: datetime
    due_at: datetime
    words: str
    to_requester: bool
    """True when the case manager asks the requester; the other way round otherwise."""
    answered_at: datetime | None = None
    answered_by: str = ""
    lapsed_at: datetime | None = None
    """When nobody waited for its answer any more: the request was let go, resumed or ended. An answer that
    comes later is still kept."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for its answer."""
        return self.answered_at is None and self.lapsed_at is None


@dataclass(frozen=True, slots=True)
class Stay:
    """A time spent in one corbeille, for the path of the request."""

    queue: str
    starts: datetime
    ends: datetime | None
    """None while it is there."""
    held_by: str = ""
    """Whoever held it last there."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A time during which the service clock was stopped; the ledger of pauses keeps them all."""

    starts: datetime
    ends: datetime | None
    status: RequestStatus
    reason: str
    """A code of `PAUSE_REASONS` (catalogue key `request.pause.<reason>`), or words as typed."""


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """What was promised when the request was created; kept with it, whatever becomes of the type's file."""

    target_minutes: int
    """Business minutes."""
    hours: Mapping[str, JSON] = field(default_factory=dict)
    """Business hours (`avise.models.business_hours`); empty for the default ones."""
    soon_at: float = SOON_AT
    escalate_at: float = ESCALATE_AT
    legal: bool = False
    """A complaint: 10 business days to acknowledge, two months to answer, never paused."""


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field that two people changed, each from the same value."""

    event: uuid.UUID
    """That waits beside what stands."""
    name: str
    """Of the field."""
    author: str
    """Login of whoever wrote what waits."""
    at: datetime
    before: JSON = field(repr=False)
    mine: JSON = field(repr=False)
    """What waits, of `author`."""
    theirs: JSON = field(repr=False)
    """What stands."""
    theirs_by: str
    """Login of whoever wrote what stands; "" for nobody known."""
    tentative: bool = False
    """The hub has still to judge it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request at one moment."""

    id: RequestId
    type: str
    """Label: catalogue key `request_type.<type>.label`."""
    title: str
    """What the list shows: the type's label, or the requester's words; never a person's name."""
    status: RequestStatus
    priority: Priority
    queue: str
    """Corbeille. Label: catalogue key `queue.<queue>`."""
    team: str
    """Perimeter of the requester's team."""
    requester: str
    """Login."""
    channel: str
    created_at: datetime
    """By the hub's clock once it received it."""
    terms: ServiceTerms
    number: str = ""
    """"D-2026-000187-K", given by the hub at receipt; "" until then."""
    holder: str = ""
    """Login; "" while nobody holds it. Once resolved, closed or cancelled: whoever held it last."""
    person: PersonId | None = None
    dossier: PersonId | None = None
    """The member whose dossier covers the person."""
    beneficiary: PersonId | None = None
    contract: str = ""
    company: PersonId | None = None
    received_on: date | None = None
    """Day on which the member's words were received: a business date, typed or confirmed."""
    fields: Mapping[str, JSON] = field(default_factory=dict)
    conflicts: tuple[FieldConflict, ...] = ()
    """Fields that two people changed at once, and what waits for a choice."""
    documents: tuple[AskedDocument, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    """All those joined, but for the ones of notes, which stay with their note."""
    exchanges: tuple[Exchange, ...] = ()
    questions: tuple[Question, ...] = ()
    stays: tuple[Stay, ...] = ()
    waitings: tuple[Waiting, ...] = ()
    outcome: str = ""
    """Catalogue key `request.outcome.<outcome>`."""
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    """When it was closed or cancelled."""
    escalated_at: datetime | None = None
    acknowledged_at: datetime | None = None
    """When the member was first written to, for a complaint's acknowledgement."""
    merged_into: RequestId | None = None
    split_from: RequestId | None = None
    confidential: bool = False
    """Its content is for its corbeille alone (social aid)."""
    changed_at: datetime | None = None
    changed_by: str = ""
    ver: int = 0
    """Last of its events that the hub has numbered."""
    tentative: bool = False
    """Shows something that the hub has not judged yet."""
    newer: bool = False
    """Holds an event of a newer version of Avise: read-only here."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to work on it."""
        return self.status in OPEN

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """The questions whose answer somebody still waits for."""
        return tuple(question for question in self.questions if question.is_open)
