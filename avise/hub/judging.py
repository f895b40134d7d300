"""What the hub decides of one event of a stream that it holds locked: kept aside, counted, or not.

Exclusive events of a request are decided by `avise.models.request_rules.decide`, once, and what was
decided is kept with the event (`hub.md` 2).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from avise.hub.absent_holders import is_away
from avise.hub.checked_out import CheckedOutCustomers
from avise.hub.confirming import Confirming
from avise.hub.dialect import Statement, rows
from avise.hub.judging_links import is_of_pair, may_decide, refusal_of_link
from avise.hub.moments import microseconds, moment
from avise.hub.port import Actor
from avise.hub.received_event import VOID, Received
from avise.hub.rights import Rights, is_writing_member
from avise.hub.stream_state import StreamState, queue_perimeter, team_perimeter
from avise.models.confirmations import PREFIX as CONFIRMATIONS
from avise.models.customer import CUSTOMER_STREAMS
from avise.models.event_fold import identity_of
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_rules import Deed, Refusal, RequestState, decide, may_undo
from avise.models.request_undo import TAKEN_BACK
from avise.models.requests import RequestStatus, request_stream
from avise.models.visits import PREFIX as VISITS

TEAM_STREAMS = ("task/", "absence/", CONFIRMATIONS, VISITS)
"""Streams that belong to the team of whoever wrote first there."""

CheckCreated = Callable[[Mapping[str, JSON]], str]
"""Says why a request as it is created is none ("" when it is), by the types of requests."""

_TARGETS = Statement(
    "SELECT e.event_id, e.stream, e.kind, e.author, e.effective, e.received_at, t.by_event FROM event e"
    " LEFT JOIN taken_back t ON t.event_id = e.event_id WHERE e.event_id IN [ids]"
)
_TEAM = re.compile(r"[\w/.-]{1,80}")
_TAKEN_BACK = frozenset(kind.value for kind in TAKEN_BACK)
_FINAL = frozenset((EventKind.UNDONE.value, VOID))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one event."""

    quarantined: str = ""
    """Why it is kept aside; "" when it is in the journal."""
    refusal: str = ""
    """Why it does not count; "" when it does."""
    takes_back: str = ""
    """Identity of the event that it takes back."""
    keeps_body: bool = True
    """Whether what it says is kept."""

    @property
    def effective(self) -> bool:
        """Whether it counts."""
        return not self.quarantined and not self.refusal


@dataclass(slots=True)
class Target:
    """An event that another one wants to take back."""

    stream: str
    kind: str
    author: str
    effective: bool
    at: int
    taken_back: bool


@dataclass(slots=True)
class Bench:
    """What judges the events of one push, in order.

    Args:
        connection: in the transaction of the push.
        actor: who sends.
        rights: theirs, now.
        now: by the hub's clock.
        set_aside: why nothing of this device is taken, "" when it is.
        queues: the corbeilles that there are.
        check_created: looks at a request that is created.
        streams: locked, those that requests are merged into among them.
    """

    connection: Connection
    actor: Actor
    rights: Rights
    now: datetime
    set_aside: str
    queues: frozenset[str]
    check_created: CheckCreated | None
    streams: Mapping[str, StreamState] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    confirming: Confirming = field(init=False)
    on_the_road: CheckedOutCustomers = field(init=False)

    def __post_init__(self) -> None:
        """Prepare what judges the confirmations of commands."""
        self.confirming = Confirming(self.connection)
        self.on_the_road = CheckedOutCustomers(self.connection, microseconds(self.now), self.streams)

    def know_targets(self, ids: list[str]) -> None:
        """Read the events that are to be taken back."""
        for found in rows(self.connection, _TARGETS, ids=ids) if ids else ():
            self.targets[found.event_id] = Target(
                found.stream, found.kind, found.author, bool(found.effective), found.received_at,
                found.by_event is not None,
            )  # fmt: skip

    def judge(self, received: Received, stream: StreamState) -> Verdict:
        """Decide of an event, and change its stream's state when it counts."""
        aside = self._aside(received, stream)
        if aside:
            return Verdict(quarantined=aside)
        if received.event.stream.startswith(CONFIRMATIONS):
            verdict = Verdict(refusal=self.confirming.refusal(received, self.actor.login, self.now))
        else:
            why = refusal_of_link(self.connection, received)
            verdict = Verdict(refusal=why, keeps_body=False) if why else self._judged(received, stream)
        event = received.event
        self.targets[str(event.event_id)] = Target(
            event.stream, event.kind, event.author, verdict.effective, microseconds(self.now), False
        )
        if verdict.takes_back:
            self.targets[verdict.takes_back].taken_back = True
        return verdict

    # ---- kept aside ---------------------------------------------------------------------------------

    def _aside(self, received: Received, stream: StreamState) -> str:
        """Return why an event goes to the quarantine, "" when it does not."""
        event = received.event
        if self.set_aside or event.author != self.actor.login:
            return self.set_aside or "author"
        if not self.rights.active:
            return "no_right"
        if event.kind == VOID:
            return ""
        if received.request is not None and self.rights.of_customers:
            return self._request_aside(received, stream.state)
        return "" if self._may_write(received, stream) else "no_right"

    def _may_write(self, received: Received, stream: StreamState) -> bool:
        """Say whether an event of no request may be written."""
        if self.rights.posts:
            return received.event.stream.startswith(CUSTOMER_STREAMS)
        if is_of_pair(received):
            return may_decide(received, self.rights)
        foreign = stream.team.startswith("team/") and stream.team not in self.rights.writable
        return self.rights.of_customers and not foreign

    def _request_aside(self, received: Received, state: RequestState | None) -> str:
        if state is not None:
            member = self.rights.handles(state.queue) or self.rights.requests(state.team)
            return "" if member or self._takes_back_transfer(received, state) else "no_right"
        if received.kind is not EventKind.REQUEST_CREATED:
            return Refusal.UNKNOWN_REQUEST.value
        queue, team = _text(received, "queue"), _text(received, "team")
        member = bool(queue and self.rights.handles(queue)) or bool(team and self.rights.requests(team))
        return "" if member or not (queue and team) else "no_right"

    def _takes_back_transfer(self, received: Received, state: RequestState) -> bool:
        if received.kind is not EventKind.REQUEST_TRANSFERRED:
            return False
        return decide(state, self._deed(received, state, EventKind.REQUEST_TRANSFERRED)).effective

    # ---- judged -------------------------------------------------------------------------------------

    def _judged(self, received: Received, stream: StreamState) -> Verdict:
        kind = received.kind
        undone = self._undone(received) if kind is EventKind.UNDONE else Verdict()
        if undone.refusal:
            return undone
        if received.request is None:
            return Verdict(refusal=VOID) if received.event.kind == VOID else undone
        if kind is None:
            return Verdict()
        refusal = self._beyond_rules(received, stream.state, kind)
        if refusal:
            return Verdict(refusal=refusal)
        decision = decide(stream.state, self._deed(received, stream.state, kind))
        if decision.refusal is not None:
            return Verdict(refusal=decision.refusal.value)
        if kind is EventKind.REQUEST_CREATED:
            self.on_the_road.created(received.event.stream, received.body)
        stream.state = decision.state
        return undone

    def _deed(self, received: Received, state: RequestState | None, kind: EventKind) -> Deed:
        queue = state.queue if state is not None else _text(received, "queue")
        team = state.team if state is not None else _text(received, "team")
        return Deed(
            kind, received.event.event_id, self.actor.login, self.actor.role, self.now, received.body,
            handles=self.rights.handles(queue), requests=self.rights.requests(team),
            stream=received.event.stream, holder_away=self._holder_away(state, kind),
            checked_out_by=self.on_the_road.holder(received.event.stream, kind, self.actor),
        )  # fmt: skip

    def _holder_away(self, state: RequestState | None, kind: EventKind) -> bool:
        """Say whether whoever holds a request that is claimed declared an absence that lasts."""
        if state is None or not state.holder or kind is not EventKind.REQUEST_CLAIMED:
            return False
        return state.holder != self.actor.login and is_away(self.connection, state.holder, self.now)

    def _beyond_rules(self, received: Received, state: RequestState | None, kind: EventKind) -> str:
        """Return why an event does not count for what only the hub knows: corbeilles, staff, types."""
        if kind is EventKind.REQUEST_CREATED and state is None:
            if _text(received, "queue") not in self.queues:
                return Refusal.BAD_TARGET.value
            if _TEAM.fullmatch(_text(received, "team")) is None:
                return Refusal.MALFORMED.value
            return self.check_created(received.body) if self.check_created is not None else ""
        there = True
        if kind is EventKind.REQUEST_TRANSFERRED:
            there = _text(received, "queue") in self.queues
        elif kind is EventKind.REQUEST_MERGED and merged_into(received) is not None:
            there = self._takes_in(received)
        elif kind is EventKind.REQUEST_ASSIGNED and state is not None:
            there = self._may_hold(_text(received, "assignee"), state)
        return "" if there else Refusal.BAD_TARGET.value

    def _takes_in(self, received: Received) -> bool:
        """Say whether somebody goes on with what another request is merged into: two never end as one."""
        into = self.streams.get(merged_into(received) or "")
        state = into.state if into is not None else None
        if state is None or not self.rights.reads(state.queue, state.team):
            return False
        return state.merged_into is None and state.status is not RequestStatus.CANCELLED

    def _may_hold(self, login: str, state: RequestState) -> bool:
        perimeter = queue_perimeter(state.queue)
        return is_writing_member(self.connection, login, perimeter, microseconds(self.now))

    def _undone(self, received: Received) -> Verdict:
        """Let an additive event of the same author and stream be taken back once, for ten minutes."""
        wanted = identity_of(received.body.get("event"))
        target = None if wanted is None else self.targets.get(str(wanted))
        event = received.event
        if target is None or target.stream != event.stream or target.taken_back:
            return Verdict(refusal=Refusal.BAD_TARGET.value)
        if not target.effective or not _is_additive(target.kind, request=received.request is not None):
            return Verdict(refusal=Refusal.BAD_TARGET.value)
        if target.author != event.author:
            return Verdict(refusal=Refusal.NO_RIGHT.value)
        if not may_undo(event.author, target.author, moment(target.at), self.now):
            return Verdict(refusal=Refusal.TOO_LATE.value)
        return Verdict(takes_back=str(wanted))


def _is_additive(kind: str, *, request: bool) -> bool:
    """Say whether `undone` takes such an event back."""
    return kind in _TAKEN_BACK if request else kind not in _FINAL


def merged_into(received: Received) -> str | None:
    """Return the stream of the request that another one is merged into."""
    if received.request is None or received.kind is not EventKind.REQUEST_MERGED:
        return None
    into = identity_of(received.body.get("into"))
    return None if into is None else request_stream(into)


def target_of(received: Received) -> str | None:
    """Return the event that an event wants to take back."""
    if received.kind is not EventKind.UNDONE:
        return None
    wanted: uuid.UUID | None = identity_of(received.body.get("event"))
    return None if wanted is None else str(wanted)


def team_of(received: Received, rights: Rights) -> str:
    """Return the perimeter of the team that a new stream belongs to, "" for none."""
    if received.request is not None:
        return team_perimeter(_text(received, "team")) if _text(received, "team") else ""
    return rights.own_team if received.event.stream.startswith(TEAM_STREAMS) else ""


def _text(received: Received, name: str) -> str:
    value = received.body.get(name)
    return value if isinstance(value, str) else ""
