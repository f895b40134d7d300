"""What the middle office's screens are made of; the window draws these values and nothing else.

They are already masked for the role, and worded: labels of corbeilles and types come from the catalogue
below the window. Apart from the services that make them, so that the window imports no checked file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from avise.models.acts import Act
from avise.models.customer import PersonId, SearchHit
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.merging import Choices
from avise.models.requests import Priority, Request, RequestId, RequestStatus
from avise.models.roles import Role
from avise.models.sla import LegalClock, SlaClock
from avise.services.comparison_values import Comparison

BULK_LIMIT = 50
"""Requests that one act may change (`domain.md` 8)."""


# ---- corbeilles and lists ----------------------------------------------------------------------
class BasketSection(StrEnum):
    """The groups of the left pane. Label: catalogue key `requests.section.<section>`."""

    ME = "me"
    TEAM = "team"
    OTHERS = "others"
    VIEWS = "views"


@dataclass(frozen=True, slots=True)
class Basket:
    """One line of the left pane: a corbeille, or a view over all of them."""

    id: str
    """"me/todo", "me/waiting", "me/sent", "queue/PREST_SOINS", "view/late", "view/<saved>"."""
    section: BasketSection
    label: str
    icon: str
    count: int | None
    """None when this station cannot know."""
    late: int = 0
    saved: bool = False
    """A view that this user saved, and may rename or delete."""


class RequestSort(StrEnum):
    """Orders of the list. Label: catalogue key `requests.sort.<sort>`."""

    DUE = "due"
    CREATED = "created"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class RequestFilters:
    """What a list leaves out; an empty field leaves nothing out."""

    unheld_or_mine: bool = False
    holder: str = ""
    status: RequestStatus | None = None
    type: str = ""
    channel: str = ""
    priority: Priority | None = None
    late: bool = False
    due_today: bool = False
    with_attachment: bool = False
    words: str = ""
    """Of the title, or a number."""


@dataclass(frozen=True, slots=True)
class RequestQuery:
    """Which list is on screen."""

    basket: str
    filters: RequestFilters = RequestFilters()
    sort: RequestSort = RequestSort.DUE
    limit: int = 200


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as a list shows it."""

    id: RequestId
    number: str
    """"" while the hub has not given it one (« provisoire »)."""
    title: str
    type: str
    type_label: str
    status: RequestStatus
    priority: Priority
    queue: str
    queue_label: str
    clock: SlaClock
    """Of the service promised, or the legal one when that ends first."""
    holder: str
    holder_name: str
    requester_name: str
    customer: str
    """Name as this role may see it in a list; "" when nobody, or unknown here."""
    person: PersonId | None
    channel: str
    origin: str
    """Worded: « Plateau », « Espace », « Courrier »…"""
    created_at: datetime
    changed_at: datetime
    unread: bool = False
    """Changed by somebody else since this user last saw it."""
    attachments: int = 0
    fragile: bool = False
    """The customer's file asks for care (hearing, protection, complaint)."""
    escalated: bool = False
    questions: int = 0
    """Questions that wait for this user's answer."""
    to_compare: int = 0
    """Fields of its form that two people changed at once."""
    watched_by: tuple[str, ...] = ()
    """Initials of those who look at it now."""
    tentative: bool = False
    """Shows something that the hub has not judged yet (in grey)."""
    refused: str = ""
    """Sentence of the last act of this user that the hub refused; "" when none."""


class HubState(StrEnum):
    """How this station stands with the hub. Sentence: catalogue key `hub.state.<state>`."""

    NONE = "none"
    """The profile names no hub."""
    STARTING = "starting"
    EMBEDDED = "embedded"
    """On this machine: always there."""
    ONLINE = "online"
    OFFLINE = "offline"
    SIGN_IN_NEEDED = "sign_in_needed"
    REFUSED = "refused"
    """Revoked device, withdrawn right, too old a program: `sentence` says which and what to do."""


@dataclass(frozen=True, slots=True)
class HubStatus:
    """How this station stands with the hub, at one moment."""

    state: HubState
    as_of: datetime | None = None
    """Last time that everything was up to date."""
    pending: int = 0
    """Events written here that the hub has not acknowledged."""
    sentence: str = ""
    sign_in: str = ""
    """How people sign in: "", "local" or "oidc"."""
    unsent: Mapping[PersonId | None, int] = field(default_factory=dict)
    """What this user wrote here that the hub has not acknowledged, by customer; None for no customer."""


QUEUE_BASKET = "queue/"
"""Begins the identity of a corbeille; others are one's own requests, a team's, or a view."""


@dataclass(frozen=True, slots=True)
class RequestBoard:
    """The left pane and the list on screen, at one moment."""

    query: RequestQuery
    baskets: tuple[Basket, ...]
    rows: tuple[RequestRow, ...]
    """In the order of the query; the screen decides when to move anything."""
    total: int
    """How many the basket and its filters hold, those beyond `limit` included."""
    basket_total: int
    """The same without the filters."""
    hub: HubStatus
    hours: tuple[HourLoad, ...] = ()
    """Today's requests received and done by hour, for the small chart."""
    calls: tuple[RequestCall, ...] = ()
    """What asks for this user's eyes, whatever list is shown."""
    instead: TakenInstead | None = None
    """The last request taken as the next one that went to somebody else, whatever list is shown."""

    @property
    def takes_next(self) -> bool:
        """Whether this user works in a corbeille, and so takes what waits there."""
        inside = (one for one in self.baskets if one.section is BasketSection.TEAM)
        return any(one.id.startswith(QUEUE_BASKET) for one in inside)


@dataclass(frozen=True, slots=True)
class TakenInstead:
    """A request taken as the next one of a corbeille was a colleague's already: the one after it is taken."""

    lost: RequestId
    taken: RequestId | None
    """None when nothing was left to take."""
    act: Act | None
    """To undo it."""


class CallKind(StrEnum):
    """What asks for somebody's eyes. Sentence: catalogue key `requests.call.<kind>`."""

    MENTION = "mention"
    REPLY = "reply"
    """The other desk replied, or answered, on a request that this user passed on or handles."""
    QUESTION = "question"
    """The other desk waits for this user's answer."""
    ESCALATION = "escalation"
    """Requests whose delay is gone by far, for whoever leads the corbeille."""


@dataclass(frozen=True, slots=True)
class RequestCall:
    """Something that asks for this user's eyes; it names no customer."""

    kind: CallKind
    about: str
    """What it tells of: a later one takes its place."""
    where: str
    """Label of the corbeille."""
    count: int
    request: RequestId | None = None


@dataclass(frozen=True, slots=True)
class HourLoad:
    """What one hour of today saw in the corbeilles of the basket."""

    hour: int
    """Local hour of the day."""
    received: int
    done: int


# ---- one request -------------------------------------------------------------------------------
class PresenceKind(StrEnum):
    """What a colleague does with a request now. Label: catalogue key `presence.<kind>`."""

    LOOKING = "looking"
    WRITING = "writing"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class PresentColleague:
    """A colleague beside a request."""

    login: str
    name: str
    initials: str
    kind: PresenceKind
    since: datetime | None = None
    until: datetime | None = None
    """End of an absence."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """One field of the form, as it is read."""

    field: str
    label: str
    value: str
    missing: bool = False
    attachment: str = ""
    """Blob, when the value is a file to open."""


@dataclass(frozen=True, slots=True)
class CheckedFact:
    """Something that a tool says about the matter, with its date: « Constaté »."""

    sentence: str
    source: str
    """Name of the tool."""
    as_of: datetime | None
    stale: bool = False
    """Too old to be told without checking; `source` then says which copy it is."""


@dataclass(frozen=True, slots=True)
class PathLine:
    """A time spent in one corbeille."""

    since: datetime
    queue_label: str
    minutes: int
    """Business minutes."""
    held_by: str
    current: bool


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """One request, as this user may read it, at one moment."""

    request: Request
    """Words that this role may not read are gone from it."""
    row: RequestRow
    state_line: str
    """« Léa Girard, plateau, hier 16:20 »."""
    names: Mapping[str, str]
    """Display name of each login in it."""
    clock: SlaClock
    legal: LegalClock | None
    who: SearchHit | None
    """The customer, for the small card; None when nobody, or not for this role."""
    who_alerts: tuple[str, ...]
    """Worded alerts of the customer's header, at most three."""
    form: tuple[FormLine, ...]
    documents: tuple[FormLine, ...]
    """What is asked; `missing` says what has not come."""
    facts: tuple[CheckedFact, ...]
    facts_as_of: datetime | None
    path: tuple[PathLine, ...]
    present: tuple[PresentColleague, ...]
    allowed: frozenset[EventKind]
    """What this user may do now; the rest is not offered."""
    outcomes: tuple[tuple[str, str], ...]
    """Code and label of each way in which this type can end."""
    queues: tuple[tuple[str, str], ...]
    """Code and label of each corbeille that it can be transferred to."""
    sentence: str
    """What can be told to the member now."""
    reply_to: str
    """Display name of whoever a reply goes to."""
    fields: tuple[FormField, ...] = ()
    """What may be completed in the form, as it is typed."""
    comparison: Comparison | None = None
    """What two people changed at once in the form, when something waits for a choice."""
    related: tuple[RequestRow, ...] = ()
    """Other open requests of the same customer: to merge with, or to know of."""
    hub: HubStatus = HubStatus(HubState.NONE)


# ---- what is done ------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TypedField:
    """What somebody typed in a field of a form that exists already.

    Args:
        words: as typed; "" empties the field.
        seen: what stood there when they began, written the same way.
    """

    words: str
    seen: str


@dataclass(frozen=True, slots=True)
class RequestDeed:
    """Something done to requests: a kind of `avise.models.request_rules` and what it needs."""

    kind: EventKind
    words: str = ""
    queue: str = ""
    assignee: str = ""
    waits_for: str = ""
    """"member" or "third_party"."""
    reason: str = ""
    outcome: str = ""
    priority: str = ""
    question: UUID | None = None
    due_at: datetime | None = None
    mentions: tuple[str, ...] = ()
    into: RequestId | None = None
    documents: tuple[str, ...] = ()
    fields: Mapping[str, JSON] = field(default_factory=dict)
    typed: Mapping[str, TypedField] = field(default_factory=dict)
    """Fields completed by hand; read and checked before anything is written."""
    choices: Choices = field(default_factory=dict)
    """Whose value is kept of fields that two people changed at once; the values are the engine's to know."""
    files: tuple[Path, ...] = ()
    """Files of this machine to join; read and checked before anything is written."""
    then_close: bool = False
    """With a resolution or a reply: close it as well."""


@dataclass(frozen=True, slots=True)
class RequestActs:
    """What came of a deed: what counts here at once, and what was refused at once."""

    act: Act | None
    """To undo all of it; None when nothing was done."""
    done: tuple[RequestId, ...]
    refused: tuple[tuple[RequestId, str], ...] = ()
    """Each with the sentence that says why."""


# ---- creation ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RequestTypeRow:
    """A type that this user may create, as a list offers it."""

    id: str
    label: str
    queue_label: str
    reasons: tuple[str, ...]
    promise: str
    """« réponse sous 3 jours ouvrés »."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field to fill in."""

    id: str
    label: str
    kind: str
    """"text", "note", "date", "amount", "choice", "person", "provider", "phone", "iban", "yes_no"…"""
    required: bool
    value: str = ""
    """As it is typed; prefilled where a facet knows."""
    source: str = ""
    """Name of the tool that prefilled it; "" when nobody did."""
    as_of: datetime | None = None
    choices: tuple[tuple[str, str], ...] = ()
    """Code and label."""
    hint: str = ""
    visible: bool = True
    """False for one that is told with the request without being asked."""


@dataclass(frozen=True, slots=True)
class RequestForm:
    """What creating a request asks, prefilled from the customer's facets."""

    type: str
    label: str
    person: PersonId | None
    fields: tuple[FormField, ...]
    """At most six of them visible (`domain.md` 3.3, behaviour b)."""
    documents: tuple[tuple[str, str, bool], ...]
    """Code, label, required."""
    queue_label: str
    due_at: datetime
    """If it were sent now."""
    say: str
    """The sentence to tell the member once it is sent."""
    duplicates: tuple[RequestRow, ...] = ()
    """Open ones of the same type for the same person: complete one of them instead."""
    legal: LegalClock | None = None


@dataclass(frozen=True, slots=True)
class FieldTrouble:
    """What is wrong with a field, in words that say what to do."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request to send."""

    type: str
    person: PersonId | None
    values: Mapping[str, str]
    """As typed, by field."""
    words: str = ""
    documents: tuple[str, ...] = ()
    """Codes of those that are joined, or received already."""
    files: tuple[Path, ...] = ()
    channel: str = "phone_in"
    priority: Priority | None = None
    received_on: date | None = None
    split_from: RequestId | None = None
    anyway: bool = False
    """Although an open one looks the same."""


# ---- views, team -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SavedView:
    """A list that a user named."""

    id: str
    name: str
    query: RequestQuery
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColleagueRow:
    """A colleague, to be assigned, mentioned or found."""

    login: str
    name: str
    role: Role
    queues: tuple[str, ...]
    absent_until: datetime | None = None
    open_requests: int = 0
    done_today: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """One corbeille, for whoever leads the team."""

    queue: str
    label: str
    open: int
    unheld: int
    late: int
    soon: int
    paused: int
    received_today: int
    done_today: int
    held_minutes: int
    """Business minutes that its open requests have spent there on average."""
    asked_minutes: int
    """The same, spent waiting for the requester's answer."""


@dataclass(frozen=True, slots=True)
class TeamBoard:
    """What a team lead watches."""

    queues: tuple[QueueLoad, ...]
    colleagues: tuple[ColleagueRow, ...]
    """Shown by name only to the lead of at least five (`domain.md` 6.21); others see totals."""
    hours: tuple[HourLoad, ...]
    late: tuple[RequestRow, ...]
    """The latest first, at most 20."""
    quarantined: int = 0
    """Events that wait for a supervisor."""
    as_of: datetime | None = None
