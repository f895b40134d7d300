"""What may happen to a request: who may do what in which state.

Two kinds of events: *exclusive* ones (take, close, transfer…) count only when the state at their
position allows them, and the hub decides that once; *additive* ones (notes, replies, documents…) always
count, unless nobody could read them. The same function decides on the hub and previews on a workstation
(`hub.md` 3 and 5, decision 011). What an event then changes is in `avise.models.request_states`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from avise.models.event_fold import identity_of
from avise.models.journal import EventKind
from avise.models.request_states import (
    PAUSE_REASONS,
    PAUSES,
    PRIORITIES,
    Deed,
    RequestState,
    asks_requester,
    state_after,
    text_of,
    undoes_move,
)
from avise.models.request_undo import Compensation, compensation, may_undo
from avise.models.requests import CLOCK_STOPS, HELD, OPEN, RequestStatus, request_of_stream
from avise.models.roles import Role

__all__ = [
    "EXCLUSIVE",
    "HANDLING",
    "KINDS",
    "PAUSES",
    "PAUSE_REASONS",
    "REOPEN_WITHIN",
    "WORDS_LIMIT",
    "Compensation",
    "Decision",
    "Deed",
    "Refusal",
    "RequestState",
    "asks_requester",
    "compensation",
    "decide",
    "may_undo",
    "may_write",
    "state_after",
]

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
    """Neither its holder, nor somebody who may act for them."""
    STATUS = "status"
    """Not in the state that it then was in (closed already, taken already…)."""
    TOO_LATE = "too_late"
    BAD_TARGET = "bad_target"
    """A corbeille, a person or a request that is the same, or is missing."""
    NO_RIGHT = "no_right"
    MALFORMED = "malformed"
    CHECKED_OUT = "checked_out"
    """A representative on the road took the customer along: their own claims are waited for."""
    UNKNOWN_TYPE = "unknown_type"
    """The house's files tell no such type of request."""


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
_OF_LEADS = frozenset((EventKind.REQUEST_ASSIGNED, EventKind.REQUEST_PRIORITISED))
_WRITERS = frozenset((Role.AGENT, Role.CASE_MANAGER, Role.TEAM_LEAD, Role.REP))


def decide(state: RequestState | None, deed: Deed) -> Decision:
    """Decide whether an event counts, and what the request then is.

    Pure and total: any body of any version ends in a decision, and the same arguments in the same one.
    """
    refusal = _refusal(state, deed)
    return Decision(state, refusal) if refusal else Decision(state_after(state, deed))


def may_write(deed: Deed) -> bool:
    """Say whether the author's role and perimeters let an event be written at all."""
    if deed.kind in HANDLING:
        return (deed.handles and deed.role in _HANDLERS) or (deed.is_on_board and _is_on_the_road(deed))
    return (deed.handles or deed.requests) and deed.role in _WRITERS


# ---- what refuses an event -------------------------------------------------------------------------
def _refusal(state: RequestState | None, deed: Deed) -> Refusal | None:
    if deed.kind not in KINDS:
        return Refusal.MALFORMED
    if not may_write(deed) and not _takes_transfer_back(state, deed) and not _goes_on(state, deed):
        return Refusal.NO_RIGHT
    if (rule := _RULES.get(deed.kind)) is None:
        return _uncreatable(state, deed)
    return Refusal.UNKNOWN_REQUEST if state is None else rule(state, deed)


def _takes_transfer_back(state: RequestState | None, deed: Deed) -> bool:
    """Say whether somebody takes their own transfer back while nobody has taken the request."""
    return (
        state is not None
        and deed.kind is EventKind.REQUEST_TRANSFERRED
        and deed.role in _HANDLERS
        and undoes_move(state, deed)
    )


def _is_on_the_road(deed: Deed) -> bool:
    """Say whether the author is a representative who sees the request, and does what is not a lead's."""
    return deed.role is Role.REP and (deed.handles or deed.requests) and deed.kind not in _OF_LEADS


def _goes_on(state: RequestState | None, deed: Deed) -> bool:
    """Say whether a representative goes on with what they took while they had its customer along."""
    held = state is not None and bool(state.holder) and state.holder == deed.author
    return held and deed.kind in HANDLING and _is_on_the_road(deed)


def _uncreatable(state: RequestState | None, deed: Deed) -> Refusal | None:
    if state is not None:
        return Refusal.ALREADY_THERE
    told = all(text_of(deed, name) for name in ("queue", "team", "type"))
    return None if told else Refusal.MALFORMED


def _lead(deed: Deed) -> bool:
    return deed.role is Role.TEAM_LEAD


def _closed_to(state: RequestState, deed: Deed) -> Refusal | None:
    """Return why somebody may not act on an open request that others do not hold."""
    if state.status not in OPEN:
        return Refusal.STATUS
    held_by_other = bool(state.holder) and state.holder != deed.author
    return Refusal.HELD_BY_OTHER if held_by_other and not _lead(deed) else None


def _not_as_holder(state: RequestState, deed: Deed) -> Refusal | None:
    """Return why somebody may not act as the holder: team leads may, for whoever holds it."""
    if state.status is RequestStatus.SENT:
        return Refusal.NOT_HOLDER
    return _closed_to(state, deed)


def _untakable(state: RequestState, deed: Deed) -> Refusal | None:
    if state.status not in OPEN or state.holder == deed.author:
        return Refusal.STATUS
    # A team lead takes over by `assigned`, which is journaled as such.
    if state.holder and not deed.holder_away:
        return Refusal.HELD_BY_OTHER
    return Refusal.CHECKED_OUT if deed.checked_out_by not in ("", deed.author) else None


def _unassignable(state: RequestState, deed: Deed) -> Refusal | None:
    if state.status not in OPEN:
        return Refusal.STATUS
    if not _lead(deed):
        return Refusal.NO_RIGHT
    return None if text_of(deed, "assignee") not in ("", state.holder) else Refusal.BAD_TARGET


def _untransferable(state: RequestState, deed: Deed) -> Refusal | None:
    refusal = _closed_to(state, deed)
    if refusal is None and text_of(deed, "queue") in ("", state.queue):
        return Refusal.BAD_TARGET
    return refusal


def _unpausable(state: RequestState, deed: Deed) -> Refusal | None:
    if text_of(deed, "waits_for") not in PAUSES:
        return Refusal.MALFORMED
    return Refusal.STATUS if state.status in CLOCK_STOPS else _not_as_holder(state, deed)


def _unresumable(state: RequestState, deed: Deed) -> Refusal | None:
    waits = state.status in HELD and state.status is not RequestStatus.TAKEN
    return _closed_to(state, deed) if waits else Refusal.STATUS


def _unresolvable(state: RequestState, deed: Deed) -> Refusal | None:
    return _not_as_holder(state, deed) if text_of(deed, "outcome").strip() else Refusal.MALFORMED


def _unclosable(state: RequestState, deed: Deed) -> Refusal | None:
    if state.status is not RequestStatus.RESOLVED:
        return Refusal.STATUS
    may = deed.author in (state.holder, state.requester) or _lead(deed)
    return None if may else Refusal.NOT_HOLDER


def _unreopenable(state: RequestState, deed: Deed) -> Refusal | None:
    if state.status not in (RequestStatus.RESOLVED, RequestStatus.CLOSED):
        return Refusal.STATUS
    late = state.resolved_at is not None and deed.at - state.resolved_at > REOPEN_WITHIN
    return Refusal.TOO_LATE if late else None


def _uncancellable(state: RequestState, deed: Deed) -> Refusal | None:
    if state.status not in OPEN:
        return Refusal.STATUS
    return None if deed.author == state.requester or _lead(deed) else Refusal.NO_RIGHT


def _unmergeable(state: RequestState, deed: Deed) -> Refusal | None:
    into = identity_of(deed.body.get("into"))
    if into is None:
        return Refusal.MALFORMED
    return Refusal.BAD_TARGET if into == request_of_stream(deed.stream) else _closed_to(state, deed)


def _unprioritisable(_: RequestState, deed: Deed) -> Refusal | None:
    if not _lead(deed):
        return Refusal.NO_RIGHT
    return None if text_of(deed, "priority") in PRIORITIES else Refusal.MALFORMED


def _wordless(_: RequestState, deed: Deed) -> Refusal | None:
    return None if _has_words(deed) else Refusal.MALFORMED


def _unanswering(_: RequestState, deed: Deed) -> Refusal | None:
    return None if identity_of(deed.body.get("question")) and _has_words(deed) else Refusal.MALFORMED


def _undoes_nothing(_: RequestState, deed: Deed) -> Refusal | None:
    return None if identity_of(deed.body.get("event")) else Refusal.MALFORMED


def _always_counts(_state: RequestState, _deed: Deed) -> Refusal | None:
    return None


def _has_words(deed: Deed) -> bool:
    words = text_of(deed, "words")
    return bool(words.strip()) and len(words) <= WORDS_LIMIT


_RULES: Mapping[EventKind, Callable[[RequestState, Deed], Refusal | None]] = {
    EventKind.REQUEST_CLAIMED: _untakable,
    EventKind.REQUEST_RELEASED: _not_as_holder,
    EventKind.REQUEST_ASSIGNED: _unassignable,
    EventKind.REQUEST_TRANSFERRED: _untransferable,
    EventKind.REQUEST_PAUSED: _unpausable,
    EventKind.REQUEST_RESUMED: _unresumable,
    EventKind.REQUEST_RESOLVED: _unresolvable,
    EventKind.REQUEST_CLOSED: _unclosable,
    EventKind.REQUEST_REOPENED: _unreopenable,
    EventKind.REQUEST_CANCELLED: _uncancellable,
    EventKind.REQUEST_MERGED: _unmergeable,
    EventKind.REQUEST_PRIORITISED: _unprioritisable,
    EventKind.REQUEST_REPLIED: _wordless,
    EventKind.REQUEST_NOTED: _wordless,
    EventKind.REQUEST_MEMBER_WRITTEN: _wordless,
    EventKind.REQUEST_ASKED: _wordless,
    EventKind.REQUEST_ANSWERED: _unanswering,
    EventKind.REQUEST_COMPLETED: _always_counts,
    EventKind.REQUEST_ATTACHED: _always_counts,
    EventKind.REQUEST_ESCALATED: _always_counts,
    EventKind.UNDONE: _undoes_nothing,
}
"""Why an event on an existing request does not count. A kind that is not here is not one of a request's."""

KINDS = frozenset((EventKind.REQUEST_CREATED, *_RULES))
"""The kinds that a request's stream is made of."""
