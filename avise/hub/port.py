"""The hub as everything else sees it: the calls of a workstation, and the values that cross (decision 19).

Three ways answer it alike, and one suite of tests holds them together: `LocalHub` on a SQLite file,
`HubCore` on PostgreSQL, `RemoteHub` through HTTP. Nothing here imports SQL, HTTP or Qt.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from avise.hub.check_out_values import CheckedOut, CheckOut, CheckOutStanding
from avise.hub.moments import moment
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.roles import Purpose, Role

MAX_PUSH = 200
"""Events in one push."""
MAX_BODY = 64 * 1024
"""Bytes of one event's body."""
MAX_BLOB = 20 * 1024 * 1024
"""Bytes of one attachment."""
PAGE = 500
"""Events in one page of a pull, unless asked otherwise."""
PRESENCE_SECONDS = 15
"""How long a presence is believed without being told again (decision 11)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls, as whoever authenticated them says; never taken from what they send."""

    login: str
    role: Role
    device: str
    scopes: frozenset[str] = frozenset()
    """Of another application ("v360:read", "v360:write"); empty for staff."""


@dataclass(frozen=True, slots=True)
class PushedEvent:
    """One event as a workstation sends it."""

    event_id: uuid.UUID
    device_seq: int
    stream: str
    kind: str
    """Text, not an enumeration: a newer version may know more kinds."""
    schema_v: int
    author: str
    """Claimed; must be the actor's login."""
    occurred_at: datetime
    clock_offset_ms: int
    body: bytes
    """JSON, opaque to what carries it."""
    salt: bytes
    content_sha: bytes
    """SHA-256(salt ‖ body)."""


class Outcome(StrEnum):
    """What became of a pushed event."""

    ACCEPTED = "accepted"
    """In the journal; `effective` says whether it counts."""
    DUPLICATE = "duplicate"
    """Was there already, with the same content: the answer of the first time is given again."""
    QUARANTINED = "quarantined"
    """Kept for a supervisor: the author may not write there (any more)."""
    REFUSED = "refused"
    """Can never be taken (malformed, too big): send a `void` event under the same sequence number."""


@dataclass(frozen=True, slots=True)
class Ack:
    """The hub's answer to one pushed event."""

    device_seq: int
    outcome: Outcome
    effective: bool = True
    refusal: str = ""
    ver: int = 0
    """Place in its stream."""
    number: str = ""
    """Given to a request by the event that created it."""


class PulledEvent(NamedTuple):
    """One event of a perimeter's feed, its values as they are kept: pages of hundreds cross at each start."""

    perimeter: str
    pos: int
    """Dense from 1 in its perimeter."""
    identity: str
    """Text of `event_id`."""
    device: str
    device_seq: int
    stream: str
    kind: str
    schema_v: int
    author: str
    role: str
    occurred: int
    """Microseconds of `occurred_at`, which is the workstation's."""
    clock_offset_ms: int
    body: bytes | None
    """None once erased, or when this actor may not read it."""
    salt: bytes | None
    content_sha: bytes
    counted: int
    """1 when it is effective."""
    refusal: str
    ver: int
    number: str
    received: int
    """Microseconds of `received_at`, which is the hub's."""
    chain: bytes
    """Of its perimeter, this event included."""

    @property
    def event_id(self) -> uuid.UUID:
        """The event's identity."""
        return uuid.UUID(self.identity)

    @property
    def occurred_at(self) -> datetime:
        """When it was written, by the workstation's clock."""
        return moment(self.occurred)

    @property
    def received_at(self) -> datetime:
        """When the hub received it."""
        return moment(self.received)

    @property
    def effective(self) -> bool:
        """Whether it counts."""
        return bool(self.counted)


@dataclass(frozen=True, slots=True)
class Pulled:
    """A page of what is new in each perimeter."""

    events: tuple[PulledEvent, ...]
    through: Mapping[str, int]
    """Position reached in each perimeter; what lies between and is not in `events` was not for this station
    (closed for more than 30 days): `skipped` counts it, so that a gap is seen."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """Who looks at, or writes on, a request now. Not journaled (decision 11)."""

    login: str
    request: uuid.UUID
    writing: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff, as others may see them."""

    login: str
    name: str
    role: Role
    perimeters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Perimeter:
    """A part of the journal: a corbeille, a team, what the whole house is told, or what is of customers."""

    id: str
    kind: str
    """"queue", "team", "house", "customers"."""
    can_write: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Where the hub is: cheap, asked every few seconds."""

    hub_id: uuid.UUID
    epoch: int
    """Raised by a restore: clients then send again what the backup did not have."""
    min_version: str
    """Older programs may push and not pull."""
    now: datetime
    perimeters: tuple[Perimeter, ...]
    """Those that this actor may read now."""
    positions: Mapping[str, int]
    last_seq: int
    """Last sequence number received from this device."""
    wipe: bool = False
    backed_up: Mapping[str, int] = field(default_factory=dict)
    """Positions that a backup holds: own events before may be forgotten."""
    presences: tuple[Presence, ...] = ()
    colleagues_version: int = 0
    """Changes when staff or memberships do."""
    check_out: CheckOutStanding | None = None
    """What this device took along; None when it took nothing that the hub knows of."""


class View(StrEnum):
    """The lists that the hub pages (`query`)."""

    REQUESTS = "requests"
    """Filters: queue, team, holder, requester, status ("open", "closed" or one), type, person, dossier, late,
    number, words (of the title). Sorted by due date, or by `sort` = "created" or "changed"."""
    QUEUES = "queues"
    """Counts of each corbeille that the actor reads: open, unheld, late."""
    REQUEST = "request"
    """Filter: id. The events of one request, as `JudgedEvent` needs them; logged when it names a person."""
    TIMELINE = "timeline"
    """Filter: dossier. Interactions, newest first; only after `open_subject`."""
    COLLEAGUES = "colleagues"
    BOARD = "board"
    """Filter: queue or team. What a team lead watches: load, late, by holder, received and done by hour."""
    QUARANTINE = "quarantine"
    CHECKED_OUT = "checked_out"
    """Filter: request. Who has its customer along on the road: login, until; no row for nobody."""
    ACCESSES = "accesses"
    """The access log; auditors only."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; rows are JSON objects, described with each view."""

    rows: tuple[Mapping[str, JSON], ...]
    cursor: str = ""
    """Opaque; "" at the end."""
    total: int | None = None
    """From counters kept by the push, never counted; None when there is none for these filters."""
    events: tuple[PulledEvent, ...] = ()
    """For `View.REQUEST`."""
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class SubjectOpened:
    """What the hub holds of one customer, after it logged who asked and why."""

    events: tuple[PulledEvent, ...]
    """Of the customer's streams, oldest first (`perimeter` is "" and `pos` 0: they are of no feed)."""
    requests: tuple[Mapping[str, JSON], ...]
    """Rows as of `View.REQUESTS`."""
    as_of: datetime


class HubError(AviseError):
    """The hub refused a whole call. Keys `hub.*`; the screen shows their sentence."""


class HubUnreachableError(HubError):
    """No answer: the network, or the server. What was written waits here (`hub.unreachable`)."""


class SequenceGapError(HubError):
    """Events of this device are missing before those sent (`hub.sequence_gap`).

    Args:
        expected: the next sequence number that the hub takes.
    """

    def __init__(self, expected: int) -> None:
        super().__init__("hub.sequence_gap", expected=str(expected))
        self.expected = expected


class ResendMismatchError(HubError):
    """This device was copied: other content under a number already received (`hub.copied_device`)."""

    def __init__(self) -> None:
        super().__init__("hub.copied_device")


class IdCollisionError(HubError):
    """An event bears an identity that another one has (`hub.id_collision`): mint a new one, same number.

    Args:
        device_seq: of the event.
    """

    def __init__(self, device_seq: int) -> None:
        super().__init__("hub.id_collision")
        self.device_seq = device_seq


class HubPort(Protocol):
    """The hub, to a workstation whose user is signed in."""

    async def head(self, presence: Sequence[Presence] = ()) -> Head:
        """Return where the hub is, and tell it what this station looks at."""

    async def push(self, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        """Hand events over, in the order of their sequence numbers, all in one transaction.

        The answers end with the first event that is `REFUSED`: those after it were not looked at.

        Raises:
            SequenceGapError, ResendMismatchError, IdCollisionError: nothing was taken.
            HubUnreachableError: unknown whether they were; sending them again is safe.
        """

    async def pull(self, cursors: Mapping[str, int], limit: int = PAGE) -> Pulled:
        """Return what follows each cursor, for perimeters that the actor may read."""

    async def open_subject(self, dossier: uuid.UUID, purpose: Purpose, reason: str = "") -> SubjectOpened:
        """Log that a customer's file is opened, then return what the hub holds of it.

        Raises:
            HubError: `hub.quota` after too many openings in an hour, `hub.no_right`.
        """

    async def query(self, view: View, filters: Mapping[str, JSON], cursor: str = "", limit: int = 50) -> Page:
        """Return one page of a list."""

    async def put_blob(self, name: str, content: bytes) -> None:
        """Keep an attachment under its keyed hash; again is harmless."""

    async def get_blob(self, name: str, request: uuid.UUID) -> bytes:
        """Return an attachment of a request that the actor may read."""

    async def check_out(self, wanted: CheckOut) -> CheckedOut:
        """Take a portfolio along: one logged access, claims that hold, and half of a key for some days.

        Raises:
            HubError: `hub.checked_out_elsewhere` when another workstation of this user has one.
        """

    async def renew_check_out(self) -> CheckedOut:
        """Have what was taken along lent again for as many days.

        Raises:
            HubError: `hub.no_check_out`, `hub.check_out_ended`, `hub.no_right`, `hub.device_revoked`:
                what is on board may be read no more.
        """

    async def check_in(self) -> None:
        """Give back what was taken along; again is harmless."""

    async def begin_wipe(self, receipt: str) -> None:
        """Tell that this device begins to erase itself, and the digest of what it will say once it has."""

    async def wait_for_change(self, seen: Mapping[str, int], seconds: float) -> bool:
        """Return True when a position moved past those seen, False after some seconds without knowing."""

    async def aclose(self) -> None:
        """End; what waits ends with it."""
