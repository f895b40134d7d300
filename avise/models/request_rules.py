"""What may happen to a request: who may do what in which state, and what becomes of it.

Two kinds of events: *exclusive* ones (claim, close, transfer…) count only when the state at their
position allows them, and the hub decides that once; *additive* ones (notes, replies, documents…) always
count. The same function decides on the hub and previews on a workstation (`hub.md` 3 and 5).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.event_fold import UNDO_FOR, identity_of
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import CLOCK_STOPS, OPEN, Priority, RequestStatus
from avise.models.roles import Role

REOPEN_WITHIN = timedelta(days=30)
"""How long after its resolution a request can be reopened (`domain.md` 3.2)."""

WORDS_LIMIT = 8_000
"""Characters of a reply or a note; a longer one belongs in an attachment."""


class Refusal(StrEnum):
    """Why an event does not count. Sentence: catalogue key `request.refused.<refusal>`."""

    UNKNOWN_REQUEST = "unknown_request"
    ALREADY_THERE = "already_there"
    HELD_BY_OTHER = "held_by_other"
    NOT_HOLDER = "not_holder"
    STATUS = "status"
    """Not in the state that it then was in (closed already, taken already…)."""
    TOO_LATE = "too_late"
    BAD_TARGET = "bad_target"
    """A corbeille, a person, a question or a request that is not there, or is the same."""
    NO_RIGHT = "no_right"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class RequestState:
    """What decides of a request's exclusive events: the least that the hub keeps under its lock."""

    status: RequestStatus
    queue: str
    team: str
    requester: str
    type: str
    priority: Priority
    holder: str = ""
    questions: tuple[uuid.UUID, ...] = ()
    """Events of the questions that the requester has not answered."""
    paused_at: datetime | None = None
    resolved_at: datetime | None = None
    confidential: bool = False
    merged_into: uuid.UUID | None = None
    moved_by: str = ""
    """Who made the last transfer, and from where: they may take it back from a corbeille not their own."""
    moved_from: str = ""
    moved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One event as it is judged. Every field but `body` comes from whoever was authenticated, never from it."""

    kind: EventKind
    event: uuid.UUID
    author: str
    role: Role
    at: datetime
    """By the hub's clock; by the workstation's own for a preview."""
    body: Mapping[str, JSON]
    handles: bool = True
    """Whether the author may write in the request's corbeille."""
    requests: bool = True
    """Whether the author may write in the requester's team."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of an event."""

    state: RequestState | None
    """What the request is now: as before when the event does not count."""
    refusal: Refusal | None = None

    @property
    def effective(self) -> bool:
        """Whether the event counts."""
        return self.refusal is None


EXCLUSIVE = frozenset(
    (
        EventKind.REQUEST_CREATED,
        EventKind.REQUEST_CLAIMED,
        EventKind.REQUEST_RELEASED,
        EventKind.REQUEST_ASSIGNED,
        EventKind.REQUEST_TRANSFERRED,
        EventKind.REQUEST_PAUSED,
        EventKind.REQUEST_RESUMED,
        EventKind.REQUEST_RESOLVED,
        EventKind.REQUEST_CLOSED,
        EventKind.REQUEST_REOPENED,
        EventKind.REQUEST_CANCELLED,
        EventKind.REQUEST_MERGED,
    )
)
"""Kinds that count only when the state allows them; every other kind of a request is additive."""

HANDLING = frozenset(
    (
        EventKind.REQUEST_CLAIMED,
        EventKind.REQUEST_RELEASED,
        EventKind.REQUEST_ASSIGNED,
        EventKind.REQUEST_TRANSFERRED,
        EventKind.REQUEST_PAUSED,
        EventKind.REQUEST_RESUMED,
        EventKind.REQUEST_RESOLVED,
        EventKind.REQUEST_MERGED,
        EventKind.REQUEST_PRIORITISED,
    )
)
"""Kinds of those who work in the request's corbeille; the others are open to the requester's team too."""

_HANDLERS = frozenset((Role.CASE_MANAGER, Role.TEAM_LEAD))
_WRITERS = frozenset((Role.AGENT, Role.CASE_MANAGER, Role.TEAM_LEAD, Role.REP))

PAUSES: Mapping[str, RequestStatus] = {
    "member": RequestStatus.WAITING_MEMBER,
    "third_party": RequestStatus.WAITING_THIRD_PARTY,
}
"""Reasons of a pause (`body["waits_for"]`), and what the request then is."""


def decide(state: RequestState | None, deed: Deed) -> Decision:
    """Decide whether an event counts, and what the request then is.

    Pure and total: any body of any version ends in a decision, and the same arguments in the same one.
    """
    if not may_write(deed) and not _takes_transfer_back(state, deed):
        return Decision(state, Refusal.NO_RIGHT)
    if deed.kind is EventKind.REQUEST_CREATED:
        return _created(state, deed)
    if state is None:
        return Decision(None, Refusal.UNKNOWN_REQUEST)
    refusal = _refusal(state, deed)
    return Decision(state, refusal) if refusal else Decision(_after(state, deed))


def may_write(deed: Deed) -> bool:
    """Say whether the author's role and perimeters let an event be written at all."""
    if deed.kind in HANDLING:
        return deed.handles and deed.role in _HANDLERS
    return (deed.handles or deed.requests) and deed.role in _WRITERS


def _takes_transfer_back(state: RequestState | None, deed: Deed) -> bool:
    """Say whether somebody takes their own transfer back while nobody has taken the request."""
    return (
        state is not None
        and deed.kind is EventKind.REQUEST_TRANSFERRED
        and not state.holder
        and state.moved_by == deed.author
        and _text(deed, "queue") == state.moved_from
        and state.moved_at is not None
        and deed.at - state.moved_at <= UNDO_FOR
    )


def _created(state: RequestState | None, deed: Deed) -> Decision:
    if state is not None:
        return Decision(state, Refusal.ALREADY_THERE)
    queue, team, kind = (_text(deed, name) for name in ("queue", "team", "type"))
    if not (queue and team and kind):
        return Decision(None, Refusal.MALFORMED)
    priority = _text(deed, "priority")
    made = RequestState(
        status=RequestStatus.SENT,
        queue=queue,
        team=team,
        requester=deed.author,
        type=kind,
        priority=Priority(priority) if priority in set(Priority) else Priority.P3,
        confidential=deed.body.get("confidential") is True,
    )
    return Decision(made)


def _refusal(state: RequestState, deed: Deed) -> Refusal | None:
    """Return why an event on an existing request does not count, None when it does."""
    lead = deed.role is Role.TEAM_LEAD
    mine = state.holder == deed.author
    match deed.kind:
        case EventKind.REQUEST_CLAIMED:
            if state.holder and not mine:
                return Refusal.HELD_BY_OTHER
            return None if state.status in OPEN and not mine else Refusal.STATUS
        case EventKind.REQUEST_RELEASED:
            return _held(state, lead=lead, mine=mine)
        case EventKind.REQUEST_ASSIGNED:
            if state.status not in OPEN:
                return Refusal.STATUS
            if not lead:
                return Refusal.NO_RIGHT
            target = _text(deed, "assignee")
            return None if target and target != state.holder else Refusal.BAD_TARGET
        case EventKind.REQUEST_TRANSFERRED:
            if state.status not in OPEN:
                return Refusal.STATUS
            if state.holder and not mine and not lead:
                return Refusal.HELD_BY_OTHER
            queue = _text(deed, "queue")
            return None if queue and queue != state.queue else Refusal.BAD_TARGET
        case EventKind.REQUEST_PAUSED:
            if _text(deed, "waits_for") not in PAUSES:
                return Refusal.MALFORMED
            return _held(state, lead=lead, mine=mine, status=RequestStatus.TAKEN)
        case EventKind.REQUEST_RESUMED:
            if state.status not in CLOCK_STOPS and state.status is not RequestStatus.WAITING_INTERNAL:
                return Refusal.STATUS
            return None if mine or lead else Refusal.NOT_HOLDER
        case EventKind.REQUEST_RESOLVED:
            if not _text(deed, "outcome"):
                return Refusal.MALFORMED
            return _held(state, lead=lead, mine=mine)
        case EventKind.REQUEST_CLOSED:
            if state.status is not RequestStatus.RESOLVED:
                return Refusal.STATUS
            return None if mine or lead or deed.author == state.requester else Refusal.NOT_HOLDER
        case EventKind.REQUEST_REOPENED:
            return _reopening(state, deed)
        case EventKind.REQUEST_CANCELLED:
            if state.status not in OPEN:
                return Refusal.STATUS
            return None if deed.author == state.requester or lead else Refusal.NO_RIGHT
        case EventKind.REQUEST_MERGED:
            if identity_of(deed.body.get("into")) is None:
                return Refusal.MALFORMED
            if state.holder and not mine and not lead:
                return Refusal.HELD_BY_OTHER
            return None if state.status in OPEN else Refusal.STATUS
        case EventKind.REQUEST_PRIORITISED:
            if not lead:
                return Refusal.NO_RIGHT
            return None if _text(deed, "priority") in set(Priority) else Refusal.MALFORMED
        case EventKind.REQUEST_ANSWERED:
            return None if identity_of(deed.body.get("question")) is not None else Refusal.MALFORMED
        case EventKind.REQUEST_REPLIED | EventKind.REQUEST_NOTED | EventKind.REQUEST_MEMBER_WRITTEN:
            return _wordless(deed)
        case EventKind.REQUEST_ASKED:
            return _wordless(deed)
        case _:
            return None


def _held(
    state: RequestState, *, lead: bool, mine: bool, status: RequestStatus | None = None
) -> Refusal | None:
    """Return why somebody may not act as the holder."""
    if state.status not in OPEN or (status is not None and state.status is not status):
        return Refusal.STATUS
    if not state.holder:
        return Refusal.NOT_HOLDER
    return None if mine or lead else Refusal.HELD_BY_OTHER


def _reopening(state: RequestState, deed: Deed) -> Refusal | None:
    if state.status not in (RequestStatus.RESOLVED, RequestStatus.CLOSED):
        return Refusal.STATUS
    if state.resolved_at is not None and deed.at - state.resolved_at > REOPEN_WITHIN:
        return Refusal.TOO_LATE
    return None


def _wordless(deed: Deed) -> Refusal | None:
    words = _text(deed, "words")
    return None if words.strip() and len(words) <= WORDS_LIMIT else Refusal.MALFORMED


def _after(state: RequestState, deed: Deed) -> RequestState:
    """Return what a request is after an event that counts."""
    match deed.kind:
        case EventKind.REQUEST_CLAIMED:
            # Taking over what waits for the member does not start its clock again: `resumed` does.
            waits = state.status in CLOCK_STOPS
            return replace(
                state, status=state.status if waits else RequestStatus.TAKEN, holder=deed.author, questions=()
            )
        case EventKind.REQUEST_RELEASED:
            return _in_queue(state)
        case EventKind.REQUEST_ASSIGNED:
            waits = state.status in CLOCK_STOPS
            holder = _text(deed, "assignee")
            return replace(state, status=state.status if waits else RequestStatus.TAKEN, holder=holder)
        case EventKind.REQUEST_TRANSFERRED:
            return replace(
                _in_queue(state),
                queue=_text(deed, "queue"),
                moved_by=deed.author,
                moved_from=state.queue,
                moved_at=deed.at,
            )
        case EventKind.REQUEST_PAUSED:
            return replace(state, status=PAUSES[_text(deed, "waits_for")], paused_at=deed.at)
        case EventKind.REQUEST_RESUMED:
            return replace(state, status=RequestStatus.TAKEN, paused_at=None)
        case EventKind.REQUEST_ASKED:
            return _asked(state, deed)
        case EventKind.REQUEST_ANSWERED:
            return _answered(state, deed)
        case EventKind.REQUEST_RESOLVED:
            return replace(state, status=RequestStatus.RESOLVED, resolved_at=deed.at, paused_at=None)
        case EventKind.REQUEST_CLOSED:
            return replace(state, status=RequestStatus.CLOSED)
        case EventKind.REQUEST_REOPENED:
            return _reopened(state, deed.author)
        case EventKind.REQUEST_CANCELLED:
            return replace(state, status=RequestStatus.CANCELLED, paused_at=None)
        case EventKind.REQUEST_MERGED:
            into = identity_of(deed.body.get("into"))
            return replace(state, status=RequestStatus.CLOSED, merged_into=into, resolved_at=deed.at)
        case EventKind.REQUEST_PRIORITISED:
            return replace(state, priority=Priority(_text(deed, "priority")))
        case EventKind.REQUEST_ESCALATED:
            return replace(state, priority=_raised(state.priority))
        case _:
            return state


def _reopened(state: RequestState, author: str) -> RequestState:
    """Whoever held it goes on with it; reopened by anybody else, it is in its corbeille again."""
    if state.holder and state.holder == author:
        return replace(state, status=RequestStatus.TAKEN, resolved_at=None, merged_into=None)
    return replace(_in_queue(state), resolved_at=None, merged_into=None)


def _in_queue(state: RequestState) -> RequestState:
    return replace(state, status=RequestStatus.SENT, holder="", questions=(), paused_at=None)


def asks_requester(state: RequestState, author: str) -> bool:
    """Say whether a question goes to the requester: the holder asks; whoever else asks the holder."""
    return bool(state.holder) and state.holder == author


def _asked(state: RequestState, deed: Deed) -> RequestState:
    if not asks_requester(state, deed.author) or state.status not in (
        RequestStatus.TAKEN,
        RequestStatus.WAITING_INTERNAL,
    ):
        return state
    return replace(state, status=RequestStatus.WAITING_INTERNAL, questions=(*state.questions, deed.event))


def _answered(state: RequestState, deed: Deed) -> RequestState:
    question = identity_of(deed.body.get("question"))
    left = tuple(asked for asked in state.questions if asked != question)
    if left or state.status is not RequestStatus.WAITING_INTERNAL:
        return replace(state, questions=left)
    return replace(state, questions=left, status=RequestStatus.TAKEN)


def _raised(priority: Priority) -> Priority:
    order = tuple(Priority)
    return order[max(0, order.index(priority) - 1)]


def may_undo(author: str, written_by: str, written_at: datetime, at: datetime) -> bool:
    """Say whether an additive event may still be taken back by `undone` (decision 30)."""
    return author == written_by and at - written_at <= UNDO_FOR


def compensation(
    kind: EventKind, before: RequestState, after: RequestState
) -> tuple[EventKind, dict[str, JSON]] | None:
    """Return the event that takes an exclusive one back; None when nothing can.

    Args:
        kind: of the event to take back.
        before: the request as it was.
        after: the request as it is since.
    """
    match kind:
        case EventKind.REQUEST_CLAIMED:
            return EventKind.REQUEST_RELEASED, {}
        case EventKind.REQUEST_RELEASED:
            return EventKind.REQUEST_CLAIMED, {}
        case EventKind.REQUEST_TRANSFERRED if after.queue != before.queue:
            return EventKind.REQUEST_TRANSFERRED, {"queue": before.queue, "back": True}
        case EventKind.REQUEST_PAUSED:
            return EventKind.REQUEST_RESUMED, {}
        case EventKind.REQUEST_RESUMED if before.status in CLOCK_STOPS:
            waits = next(name for name, status in PAUSES.items() if status is before.status)
            return EventKind.REQUEST_PAUSED, {"waits_for": waits, "reason": "undone"}
        case EventKind.REQUEST_RESOLVED | EventKind.REQUEST_CLOSED | EventKind.REQUEST_MERGED:
            return EventKind.REQUEST_REOPENED, {"reason": "undone"}
        case EventKind.REQUEST_PRIORITISED:
            return EventKind.REQUEST_PRIORITISED, {"priority": before.priority.value}
        case EventKind.REQUEST_CREATED:
            return EventKind.REQUEST_CANCELLED, {"reason": "undone"}
        case EventKind.REQUEST_ASSIGNED if before.holder:
            return EventKind.REQUEST_ASSIGNED, {"assignee": before.holder}
        case EventKind.REQUEST_ASSIGNED:
            return EventKind.REQUEST_RELEASED, {}
        case _:
            return None


def _text(deed: Deed, name: str) -> str:
    value = deed.body.get(name)
    return value if isinstance(value, str) else ""
