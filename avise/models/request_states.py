"""What decides of a request's next events, and what each event that counts makes of it.

What always holds, whatever happens:

- a request is held by exactly one person in the statuses of `HELD`, by nobody in its corbeille (`SENT`),
  and keeps the name of whoever held it last once it is resolved, closed or cancelled;
- it is `WAITING_INTERNAL` only while a question to the requester is open, `TAKEN` only while none is;
- a pause and its questions end with the holding: no clock is stopped while nobody watches.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from avise.models.event_fold import UNDO_FOR, identity_of
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import CLOCK_STOPS, HELD, Priority, RequestStatus
from avise.models.roles import Role

PAUSES: Mapping[str, RequestStatus] = {
    "member": RequestStatus.WAITING_MEMBER,
    "third_party": RequestStatus.WAITING_THIRD_PARTY,
}
"""What a pause waits for (`body["waits_for"]`), and what the request then is."""

PAUSE_REASONS: Mapping[str, tuple[str, ...]] = {
    "member": ("document", "answer", "signature", "payment", "member"),
    "third_party": ("fund", "provider", "employer", "other_insurer", "third_party"),
}
"""Reasons that are proposed (`body["reason"]`), by what is waited for; the last stands for any other.

Sentence: catalogue key `request.pause.<reason>`."""

PRIORITIES: Mapping[str, Priority] = {priority.value: priority for priority in Priority}
_RAISED = dict(zip(tuple(Priority)[1:], tuple(Priority), strict=False))
"""What each priority is once raised by one."""


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
    """Who made the last transfer, and from where: they may take it back from a corbeille not their own
    while nobody has taken the request."""
    moved_from: str = ""
    moved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One event as it is judged.

    Every field but `body` comes from whoever was authenticated, never from what they sent.
    """

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
    stream: str = ""
    """Of the request: one cannot be merged into itself."""
    holder_away: bool = False
    """Whether the holder declared an absence that lasts: what they hold may then be taken (decision 21)."""
    checked_out_by: str = ""
    """Login of the representative on the road who took the request's customer along; "" for nobody."""

    @property
    def is_on_board(self) -> bool:
        """Whether its author has the request's customer in the portfolio that they took along."""
        return bool(self.author) and self.checked_out_by == self.author


def state_after(state: RequestState | None, deed: Deed) -> RequestState | None:
    """Return what a request is after an event that counts, without judging it again.

    Total as well: what a verdict of the hub says, applied to a body that this program cannot read (erased,
    or of a newer version), changes what it can.
    """
    if deed.kind is EventKind.REQUEST_CREATED:
        return _created(deed) if state is None else state
    change = _CHANGES.get(deed.kind)
    return state if state is None or change is None else change(state, deed)


def asks_requester(state: RequestState, author: str) -> bool:
    """Say whether a question goes to the requester: the holder asks; whoever else asks the holder."""
    return bool(state.holder) and state.holder == author


def undoes_move(state: RequestState, deed: Deed) -> bool:
    """Say whether a transfer puts a request back where its author took it from, nobody having taken it."""
    return (
        state.status is RequestStatus.SENT
        and state.moved_by == deed.author
        and text_of(deed, "queue") == state.moved_from
        and state.moved_at is not None
        and deed.at - state.moved_at <= UNDO_FOR
    )


def text_of(deed: Deed, name: str) -> str:
    """Return a text written in a body, "" when absent."""
    value = deed.body.get(name)
    return value if isinstance(value, str) else ""


# ---- what each event changes ------------------------------------------------------------------------
def _created(deed: Deed) -> RequestState:
    return RequestState(
        status=RequestStatus.SENT,
        queue=text_of(deed, "queue"),
        team=text_of(deed, "team"),
        requester=deed.author,
        type=text_of(deed, "type"),
        priority=PRIORITIES.get(text_of(deed, "priority"), Priority.P3),
        confidential=deed.body.get("confidential") is True,
    )


def _in_queue(state: RequestState) -> RequestState:
    return replace(state, status=RequestStatus.SENT, holder="", questions=(), paused_at=None)


def _held_by(state: RequestState, holder: str) -> RequestState:
    """Return a request in somebody's hands: what it waits for, if anything, does not change."""
    status = state.status if state.status in HELD else RequestStatus.TAKEN
    return replace(state, status=status, holder=holder, moved_by="", moved_from="", moved_at=None)


def _taken(state: RequestState, deed: Deed) -> RequestState:
    return _held_by(state, deed.author)


def _released(state: RequestState, _: Deed) -> RequestState:
    return _in_queue(state)


def _assigned(state: RequestState, deed: Deed) -> RequestState:
    return _held_by(state, text_of(deed, "assignee") or deed.author)


def _transferred(state: RequestState, deed: Deed) -> RequestState:
    queue = text_of(deed, "queue") or state.queue
    if deed.body.get("held") is True and undoes_move(state, deed):
        return replace(_held_by(state, deed.author), queue=queue)
    return replace(
        _in_queue(state), queue=queue, moved_by=deed.author, moved_from=state.queue, moved_at=deed.at
    )


def _paused(state: RequestState, deed: Deed) -> RequestState:
    status = PAUSES.get(text_of(deed, "waits_for"), RequestStatus.WAITING_MEMBER)
    return replace(state, status=status, paused_at=deed.at)


def _resumed(state: RequestState, _: Deed) -> RequestState:
    """Go on: with the questions that were asked before a pause, else without waiting for an answer."""
    if state.status in CLOCK_STOPS and state.questions:
        return replace(state, status=RequestStatus.WAITING_INTERNAL, paused_at=None)
    return replace(state, status=RequestStatus.TAKEN, questions=(), paused_at=None)


def _asked(state: RequestState, deed: Deed) -> RequestState:
    if state.status not in HELD or not asks_requester(state, deed.author):
        return state
    status = state.status if state.status in CLOCK_STOPS else RequestStatus.WAITING_INTERNAL
    return replace(state, status=status, questions=(*state.questions, deed.event))


def _answered(state: RequestState, deed: Deed) -> RequestState:
    question = identity_of(deed.body.get("question"))
    # A reader whom the hub gives no content still sees that nobody waits any more.
    return _without(state, state.questions if question is None else (question,))


def _undone(state: RequestState, deed: Deed) -> RequestState:
    """Withdraw a question: the only additive event that the state keeps something of."""
    mine = asks_requester(state, deed.author)
    question = identity_of(deed.body.get("event"))
    return _without(state, (question,)) if mine and question is not None else state


def _without(state: RequestState, questions: Collection[uuid.UUID]) -> RequestState:
    left = tuple(asked for asked in state.questions if asked not in questions)
    if len(left) == len(state.questions):
        return state
    ready = not left and state.status is RequestStatus.WAITING_INTERNAL
    return replace(state, questions=left, status=RequestStatus.TAKEN if ready else state.status)


def _resolved(state: RequestState, deed: Deed) -> RequestState:
    return replace(state, status=RequestStatus.RESOLVED, resolved_at=deed.at, questions=(), paused_at=None)


def _closed(state: RequestState, _: Deed) -> RequestState:
    return replace(state, status=RequestStatus.CLOSED, questions=(), paused_at=None)


def _cancelled(state: RequestState, _: Deed) -> RequestState:
    return replace(state, status=RequestStatus.CANCELLED, questions=(), paused_at=None)


def _merged(state: RequestState, deed: Deed) -> RequestState:
    into = identity_of(deed.body.get("into"))
    return replace(_closed(state, deed), merged_into=into, resolved_at=deed.at)


def _reopened(state: RequestState, deed: Deed) -> RequestState:
    """Whoever held it goes on with it; reopened by anybody else, it is in its corbeille again.

    With `back`, what closed it is undone instead: a closure leaves it resolved, and a lead gives it back
    to its holder.
    """
    back = deed.body.get("back") is True
    if back and state.status is RequestStatus.CLOSED and state.merged_into is None:
        return replace(state, status=RequestStatus.RESOLVED)
    again = replace(state, resolved_at=None, merged_into=None)
    holds_on = bool(state.holder) and (state.holder == deed.author or (back and deed.role is Role.TEAM_LEAD))
    return _held_by(again, state.holder) if holds_on else _in_queue(again)


def _prioritised(state: RequestState, deed: Deed) -> RequestState:
    return replace(state, priority=PRIORITIES.get(text_of(deed, "priority"), state.priority))


def _escalated(state: RequestState, deed: Deed) -> RequestState:
    """Raise the priority to the one named, by one at most: escalated twice at once, it is raised once."""
    named = PRIORITIES.get(text_of(deed, "priority"))
    return replace(state, priority=named) if named and named is _RAISED.get(state.priority) else state


_CHANGES: Mapping[EventKind, Callable[[RequestState, Deed], RequestState]] = {
    EventKind.REQUEST_CLAIMED: _taken,
    EventKind.REQUEST_RELEASED: _released,
    EventKind.REQUEST_ASSIGNED: _assigned,
    EventKind.REQUEST_TRANSFERRED: _transferred,
    EventKind.REQUEST_PAUSED: _paused,
    EventKind.REQUEST_RESUMED: _resumed,
    EventKind.REQUEST_ASKED: _asked,
    EventKind.REQUEST_ANSWERED: _answered,
    EventKind.REQUEST_RESOLVED: _resolved,
    EventKind.REQUEST_CLOSED: _closed,
    EventKind.REQUEST_REOPENED: _reopened,
    EventKind.REQUEST_CANCELLED: _cancelled,
    EventKind.REQUEST_MERGED: _merged,
    EventKind.REQUEST_PRIORITISED: _prioritised,
    EventKind.REQUEST_ESCALATED: _escalated,
    EventKind.UNDONE: _undone,
}
"""What an event that counts makes of a request; the kinds that are not here change nothing of its state."""
