"""What takes back what was done to a request: `undone` for an additive event, else a compensating one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from avise.models.event_fold import UNDO_FOR
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_states import PAUSES, RequestState

UNDONE_REASON = "undone"
"""What a compensation gives as its reason. Sentence: catalogue key `request.pause.undone`."""

TAKEN_BACK = frozenset(
    (
        EventKind.REQUEST_COMPLETED,
        EventKind.REQUEST_ATTACHED,
        EventKind.REQUEST_ASKED,
        EventKind.REQUEST_ANSWERED,
        EventKind.REQUEST_REPLIED,
        EventKind.REQUEST_NOTED,
        EventKind.REQUEST_MEMBER_WRITTEN,
    )
)
"""Kinds that `undone` takes back; those of `compensation` are taken back by another event of the request."""


def may_undo(author: str, written_by: str, written_at: datetime, at: datetime) -> bool:
    """Say whether an additive event may still be taken back by `undone` (decision 30)."""
    return author == written_by and at - written_at <= UNDO_FOR


Compensation = tuple[EventKind, dict[str, JSON]]
"""Kind and body of an event that takes another back."""


def compensation(
    kind: EventKind, before: RequestState | None, after: RequestState, author: str = ""
) -> Compensation | None:
    """Return the event by which an author takes their exclusive event back; None when nothing can.

    Written at once, it brings back status, holder and queue, except that what waited (for the member, a
    third party or an answer) comes back taken after a release, a transfer, a resolution or a merger; that
    a transfer of what somebody else held does not give it back; and that a created request ends cancelled.

    Args:
        kind: of the event to take back.
        before: the request as it was; None before its creation.
        after: the request as it is since.
        author: who takes it back; "" for whoever held it, when somebody did.
    """
    if kind is EventKind.REQUEST_CREATED:
        return EventKind.REQUEST_CANCELLED, {"reason": UNDONE_REASON}
    make = _COMPENSATIONS.get(kind)
    return make(before, after, author) if make is not None and before is not None else None


def _handed_back(before: RequestState, _after: RequestState, author: str) -> Compensation | None:
    """Put it again in the hands that it left: by oneself one takes it, a lead gives it."""
    if not before.holder:
        return EventKind.REQUEST_RELEASED, {}
    if before.holder == author or not author:
        return EventKind.REQUEST_CLAIMED, {}
    return EventKind.REQUEST_ASSIGNED, {"assignee": before.holder}


def _assigned_back(before: RequestState, _after: RequestState, _author: str) -> Compensation | None:
    if before.holder:
        return EventKind.REQUEST_ASSIGNED, {"assignee": before.holder}
    return EventKind.REQUEST_RELEASED, {}


def _let_go(_before: RequestState, _after: RequestState, _author: str) -> Compensation | None:
    return EventKind.REQUEST_RELEASED, {}


def _moved_back(before: RequestState, after: RequestState, _author: str) -> Compensation | None:
    if after.queue == before.queue:
        return None
    held = bool(before.holder) and before.holder == after.moved_by
    return EventKind.REQUEST_TRANSFERRED, {"queue": before.queue, "back": True, "held": held}


def _started_again(_before: RequestState, _after: RequestState, _author: str) -> Compensation | None:
    return EventKind.REQUEST_RESUMED, {}


def _stopped_again(before: RequestState, _after: RequestState, _author: str) -> Compensation | None:
    waits = next((name for name, status in PAUSES.items() if status is before.status), None)
    return (
        None if waits is None else (EventKind.REQUEST_PAUSED, {"waits_for": waits, "reason": UNDONE_REASON})
    )


def _open_again(_before: RequestState, _after: RequestState, _author: str) -> Compensation | None:
    return EventKind.REQUEST_REOPENED, {"reason": UNDONE_REASON, "back": True}


def _as_urgent_as(before: RequestState, _after: RequestState, _author: str) -> Compensation | None:
    return EventKind.REQUEST_PRIORITISED, {"priority": before.priority.value}


_COMPENSATIONS: Mapping[EventKind, Callable[[RequestState, RequestState, str], Compensation | None]] = {
    EventKind.REQUEST_CLAIMED: _let_go,
    EventKind.REQUEST_RELEASED: _handed_back,
    EventKind.REQUEST_ASSIGNED: _assigned_back,
    EventKind.REQUEST_TRANSFERRED: _moved_back,
    EventKind.REQUEST_PAUSED: _started_again,
    EventKind.REQUEST_RESUMED: _stopped_again,
    EventKind.REQUEST_RESOLVED: _open_again,
    EventKind.REQUEST_CLOSED: _open_again,
    EventKind.REQUEST_MERGED: _open_again,
    EventKind.REQUEST_PRIORITISED: _as_urgent_as,
}
