"""What may happen to a command: a closed table of transitions, without clock, store or tool.

Two questions have one answer each: `next_step` says what is to be done with a command now, and
`next_state` what a command becomes when something happened to it (`connectors.md` C11).

The rule that everything else serves: a command leaves again only when it is sure that nothing came of
the sending before, or when sending it twice gives what sending it once gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from avise.models.command_events import (
    Abandoned,
    Answered,
    CommandEvent,
    DependencyFailed,
    Differs,
    Expired,
    GivenToHuman,
    Interrupted,
    LookFailed,
    Rebased,
    ResendAsked,
    RightsLost,
    Seconded,
    SecondRefused,
    SendFailed,
    SendStarted,
    ToolBack,
    Verified,
    VerifyFailed,
)
from avise.models.commands import (
    REPLAYABLE,
    SETTLED,
    TERMINAL,
    Attempt,
    CommandReason,
    CommandState,
    Idempotency,
    OfflineRule,
    OutboxItem,
    Outcome,
)
from avise.models.errors import ErrorKind

MAX_TRIES = 8
"""Sendings of one command that reached its tool (`connectors.md` C11, rule 3)."""

FIRST_RETRY = timedelta(seconds=5)

HELD_PAUSE = timedelta(seconds=30)
"""Between two tries of what did not leave this workstation."""

LONGEST_PAUSE = timedelta(minutes=5)

SETTLING = timedelta(seconds=30)
"""How long a request that left may still take effect: "not done" proves nothing before."""

KEPT_ATTEMPTS = 100
"""Lines of a history; beyond, the oldest but the first ten leave."""


class ImpossibleTransitionError(ValueError):
    """Somebody asked of a command what its state does not allow."""

    def __init__(self, state: CommandState, event: object) -> None:
        super().__init__(f"{type(event).__name__} in state {state}")
        self.state = state


# ---- what to do ------------------------------------------------------------------------------------


class Step(StrEnum):
    """What is to be done with a command."""

    NOTHING = "nothing"
    SEND = "send"
    VERIFY = "verify"
    EXPIRE = "expire"
    GIVE_TO_HUMAN = "give_to_human"


def next_step(item: OutboxItem, now: datetime) -> Step:
    """Return what is to be done with a command that has its turn."""
    if item.state is CommandState.AWAITING_SECOND:
        return Step.EXPIRE if now >= item.expires_at else Step.NOTHING
    if item.state in (CommandState.CONFIRMED, CommandState.WAITING):
        return _step_of_sure(item, now)
    if item.state is CommandState.UNKNOWN:
        return _step_of_uncertain(item, now)
    return Step.NOTHING


def _step_of_sure(item: OutboxItem, now: datetime) -> Step:
    if now >= item.expires_at:
        return Step.EXPIRE
    if item.tries >= MAX_TRIES or _never_again(item) or _lacks_second(item):
        return Step.GIVE_TO_HUMAN
    return Step.SEND if now >= item.due_at else Step.NOTHING


def _step_of_uncertain(item: OutboxItem, now: datetime) -> Step:
    if now < item.due_at:
        return Step.NOTHING
    if not item.checked:
        return Step.VERIFY
    harmless = item.idempotency in REPLAYABLE and item.verdict is None and not _lacks_second(item)
    if harmless and item.tries < MAX_TRIES and now < item.expires_at:
        return Step.SEND
    return Step.GIVE_TO_HUMAN


def _never_again(item: OutboxItem) -> bool:
    return item.idempotency is Idempotency.NONE and item.sends > 0


def _lacks_second(item: OutboxItem) -> bool:
    """Say whether a command was never confirmed by a colleague who has to: nothing may send it."""
    return item.needs_second and not item.seconded_by


def retry_pause(item: OutboxItem) -> timedelta:
    """Return the pause after the tries made so far: eight tries spread over the command's lifetime.

    The k-th retry comes `first · (lifetime / first)^((k−1)/7)` after the first sending. Up to a tenth
    is taken off, a part that each command draws from its own identifier: a hundred workstations do not
    come back at the same moment.
    """
    first, lifetime = FIRST_RETRY.total_seconds(), item.lifetime.total_seconds()
    made = max(item.tries, 1)
    if lifetime <= first:
        pause = lifetime / MAX_TRIES
    else:
        ratio = (lifetime / first) ** (1 / (MAX_TRIES - 1))
        since_last = 1.0 if made == 1 else ratio ** (made - 1) - ratio ** (made - 2)
        pause = first * since_last
    return timedelta(seconds=pause * (1 - 0.1 * (item.command_id.int % 997) / 997))


def check_pause(checks: int) -> timedelta:
    """Return the pause after so many verifications that told nothing."""
    return min(FIRST_RETRY * (1 << min(checks, 10)), LONGEST_PAUSE)


# ---- what follows ----------------------------------------------------------------------------------


def next_state(item: OutboxItem, event: CommandEvent, now: datetime) -> OutboxItem:
    """Return the command after an event; itself when it has ended and nothing can follow.

    Raises:
        ImpossibleTransitionError: the state does not allow the event.
    """
    if item.state in TERMINAL:
        return replace(item, acknowledged=True) if isinstance(event, Abandoned) else item
    rule = _TABLE.get((item.state, type(event)))
    if rule is None:
        raise ImpossibleTransitionError(item.state, event)
    return _recorded(item, rule(item, event, now), now)


def _recorded(before: OutboxItem, after: OutboxItem, now: datetime) -> OutboxItem:
    if after == before:
        return before
    if after.state in SETTLED:
        after = replace(after, settled_at=after.settled_at or now, next_at=None)
    if (after.state, after.reason, after.sends) == (before.state, before.reason, before.sends):
        return after
    history = (*before.history, Attempt(now, after.state, after.reason))
    if len(history) > KEPT_ATTEMPTS:
        history = (*history[:10], *history[10 - KEPT_ATTEMPTS :])
    return replace(after, history=history)


def _send_started(item: OutboxItem, event: SendStarted, now: datetime) -> OutboxItem:
    if next_step(item, now) is not Step.SEND:
        raise ImpossibleTransitionError(item.state, event)
    return replace(
        item,
        state=CommandState.SENDING,
        reason=CommandReason.NONE,
        sends=item.sends + 1,
        tries=item.tries + 1,
        checks=0,
        checked=False,
        sent_at=now,
        next_at=None,
    )


def _answered(item: OutboxItem, event: Answered, now: datetime) -> OutboxItem:
    item = replace(item, reference=event.reference or item.reference)
    if event.outcome in (Outcome.DONE, Outcome.ALREADY_DONE):
        return _sure(item, CommandState.DONE)
    if event.outcome is Outcome.ACCEPTED:
        return _sure(item, CommandState.ACCEPTED)
    if event.outcome is Outcome.NOT_DONE:
        return _refused(item, CommandState.REJECTED, CommandReason.NOT_DONE, now)
    return _unknown(item, CommandReason.NO_ANSWER, now)


_REFUSALS = {
    ErrorKind.CONFLICT: (CommandState.CONFLICT, CommandReason.CONFLICT),
    ErrorKind.REJECTED: (CommandState.REJECTED, CommandReason.REJECTED),
    ErrorKind.INVALID: (CommandState.REJECTED, CommandReason.INVALID),
    ErrorKind.NOT_FOUND: (CommandState.REJECTED, CommandReason.NOT_FOUND),
    ErrorKind.FORBIDDEN: (CommandState.REJECTED, CommandReason.FORBIDDEN),
    ErrorKind.UNSUPPORTED: (CommandState.REJECTED, CommandReason.UNSUPPORTED),
}
_HOLDS = {
    ErrorKind.OFFLINE: CommandReason.OFFLINE,
    ErrorKind.UNAVAILABLE: CommandReason.UNAVAILABLE,
    ErrorKind.RATE_LIMITED: CommandReason.RATE_LIMITED,
    ErrorKind.AUTH: CommandReason.AUTH,
    ErrorKind.CONFIG: CommandReason.CONFIG,
}
_UNCOUNTED = frozenset({ErrorKind.OFFLINE, ErrorKind.AUTH, ErrorKind.CONFIG})
"""The tool did not see it: not a try."""


def _send_failed(item: OutboxItem, event: SendFailed, now: datetime) -> OutboxItem:
    if event.outcome_unknown or event.kind is ErrorKind.TIMEOUT:
        return _unknown(item, CommandReason.NO_ANSWER, now)
    if event.kind in _REFUSALS:
        state, reason = _REFUSALS[event.kind]
        return _refused(replace(item, message=event.message), state, reason, now)
    if event.kind in _HOLDS:
        return _held(item, event, now)
    # An answer that nobody understands, or a defect of the connector: the tool may have acted.
    return _unknown(item, CommandReason.UNREADABLE, now)


def _look_failed(item: OutboxItem, event: LookFailed, now: datetime) -> OutboxItem:
    """Return a command that stays here: what its tool could not tell is asked again, never supposed."""
    if item.sends:
        raise ImpossibleTransitionError(item.state, event)
    if event.kind in _REFUSALS:
        return _sure(replace(item, message=event.message), *_REFUSALS[event.kind])
    reason = _HOLDS.get(event.kind, CommandReason.UNREADABLE)
    if event.by_host and event.kind is ErrorKind.UNAVAILABLE:
        reason = CommandReason.BREAKER
    if item.offline is OfflineRule.REFUSE or item.idempotency is Idempotency.NONE:
        return _sure(item, CommandState.REJECTED, reason)
    pause = max(HELD_PAUSE, event.retry_after or timedelta())
    return _sure(item, CommandState.WAITING, reason, now + pause)


def _rebased(item: OutboxItem, event: Rebased, _now: datetime) -> OutboxItem:
    if item.sends:
        raise ImpossibleTransitionError(item.state, event)
    return replace(item, fingerprint=event.fingerprint)


def _differs(item: OutboxItem, event: Differs, _now: datetime) -> OutboxItem:
    if item.sends:
        raise ImpossibleTransitionError(item.state, event)
    return _sure(item, CommandState.CONFLICT, CommandReason.CONFLICT)


def _sure(
    item: OutboxItem,
    state: CommandState,
    reason: CommandReason = CommandReason.NONE,
    next_at: datetime | None = None,
) -> OutboxItem:
    """Return the command in a state that leaves no doubt about what came of it."""
    refused = state in (CommandState.REJECTED, CommandState.CONFLICT)
    return replace(
        item,
        state=state,
        reason=reason,
        uncertain=False,
        verdict=None,
        checked=False,
        next_at=next_at,
        message=item.message if refused else "",
    )


def _refused(item: OutboxItem, state: CommandState, reason: CommandReason, now: datetime) -> OutboxItem:
    """Return a refused command; when an earlier sending is uncertain, the refusal may be its own echo.

    A second sending meets what the first one did: "already exists", "has changed since".
    """
    if not item.uncertain:
        return _sure(item, state, reason)
    return replace(item, state=CommandState.UNKNOWN, reason=reason, verdict=state, checked=False, next_at=now)


def _unknown(item: OutboxItem, reason: CommandReason, now: datetime) -> OutboxItem:
    if item.idempotency is Idempotency.NONE:
        return _to_human(replace(item, uncertain=True), reason)
    return replace(
        item, state=CommandState.UNKNOWN, reason=reason, uncertain=True, checked=False, next_at=now
    )


def _to_human(item: OutboxItem, reason: CommandReason) -> OutboxItem:
    return replace(item, state=CommandState.NEEDS_HUMAN, reason=reason, next_at=None, checked=False)


def _held(item: OutboxItem, event: SendFailed, now: datetime) -> OutboxItem:
    reason = _HOLDS[event.kind]
    if event.by_host and event.kind is ErrorKind.UNAVAILABLE:
        reason = CommandReason.BREAKER
    uncounted = event.by_host or event.kind in _UNCOUNTED
    item = replace(item, tries=max(item.tries - 1, 0)) if uncounted else item
    pause = max(HELD_PAUSE if uncounted else retry_pause(item), event.retry_after or timedelta())
    if item.uncertain:
        return replace(item, state=CommandState.UNKNOWN, reason=reason, checked=False, next_at=now + pause)
    if item.offline is OfflineRule.REFUSE or item.idempotency is Idempotency.NONE:
        return _sure(item, CommandState.REJECTED, reason)
    return _sure(item, CommandState.WAITING, reason, now + pause)


def _interrupted(item: OutboxItem, _: Interrupted, now: datetime) -> OutboxItem:
    return _unknown(replace(item, sent_at=item.sent_at or now), CommandReason.INTERRUPTED, now)


def _verified(item: OutboxItem, event: Verified, now: datetime) -> OutboxItem:
    item = replace(item, reference=event.reference or item.reference)
    if event.outcome in (Outcome.DONE, Outcome.ALREADY_DONE):
        return _sure(item, CommandState.DONE)
    if item.state is CommandState.ACCEPTED:
        # Taken in charge and not done yet: that is what "accepted" says.
        return item
    if event.outcome is Outcome.ACCEPTED:
        return _sure(item, CommandState.ACCEPTED)
    if event.outcome is Outcome.NOT_DONE:
        return _proven_absent(item, now)
    return _still_unsure(item, CommandReason.NOT_VERIFIABLE, now)


def _proven_absent(item: OutboxItem, now: datetime) -> OutboxItem:
    """Return a command of which the tool says that nothing came of it, once that can be believed."""
    sent_at = item.sent_at or now
    if now < sent_at + SETTLING:
        return _not_yet_proven(item, sent_at, now)
    if item.verdict is not None:
        return _sure(item, item.verdict, _reason_of(item))
    if item.idempotency is Idempotency.NONE or _lacks_second(item):
        return _sure(item, CommandState.CANCELLED, CommandReason.NOT_DONE)
    return _to_send_again(item, max(now, sent_at + retry_pause(item)), now)


def _not_yet_proven(item: OutboxItem, sent_at: datetime, now: datetime) -> OutboxItem:
    if item.state is not CommandState.UNKNOWN:
        return item
    if item.idempotency in REPLAYABLE and item.verdict is None:
        return replace(item, checked=True, next_at=max(now, sent_at + retry_pause(item)))
    return replace(item, next_at=sent_at + SETTLING)


def _to_send_again(item: OutboxItem, at: datetime, now: datetime) -> OutboxItem:
    if now >= item.expires_at:
        return _sure(item, CommandState.EXPIRED, CommandReason.TOO_LATE)
    if item.tries >= MAX_TRIES:
        return _sure(item, CommandState.NEEDS_HUMAN, CommandReason.TRIES)
    return _sure(item, CommandState.CONFIRMED, CommandReason.NOT_DONE, at)


def _reason_of(item: OutboxItem) -> CommandReason:
    """Return why a tool refused, kept while the refusal was being verified."""
    refusals = {reason for _, reason in _REFUSALS.values()} | {CommandReason.NOT_DONE}
    told = (attempt.reason for attempt in reversed(item.history))
    return next((reason for reason in (item.reason, *told) if reason in refusals), CommandReason.REJECTED)


def _still_unsure(item: OutboxItem, reason: CommandReason, now: datetime) -> OutboxItem:
    if item.state is not CommandState.UNKNOWN:
        return item
    checks = item.checks + 1
    item = replace(item, checks=checks, reason=item.reason if item.verdict is not None else reason)
    if item.idempotency in REPLAYABLE and item.verdict is None:
        return replace(item, checked=True, next_at=max(now, (item.sent_at or now) + retry_pause(item)))
    if checks >= MAX_TRIES or now >= item.expires_at:
        return _to_human(item, item.reason)
    return replace(item, next_at=now + check_pause(checks))


def _verify_failed(item: OutboxItem, event: VerifyFailed, now: datetime) -> OutboxItem:
    if item.state is not CommandState.UNKNOWN:
        return item
    if event.kind in _HOLDS:
        if now >= item.expires_at:
            return _to_human(item, _HOLDS[event.kind])
        reason = item.reason if item.verdict is not None else _HOLDS[event.kind]
        checks = item.checks + 1
        return replace(item, reason=reason, checks=checks, next_at=now + check_pause(checks))
    if event.kind is ErrorKind.TIMEOUT:
        return _still_unsure(item, CommandReason.NO_ANSWER, now)
    if item.idempotency in REPLAYABLE and item.verdict is None:
        return _still_unsure(item, CommandReason.NOT_VERIFIABLE, now)
    return _to_human(item, item.reason if item.verdict is not None else CommandReason.NOT_VERIFIABLE)


def _expired(item: OutboxItem, event: Expired, now: datetime) -> OutboxItem:
    if now < item.expires_at:
        raise ImpossibleTransitionError(item.state, event)
    unanswered = item.state is CommandState.AWAITING_SECOND
    reason = CommandReason.UNANSWERED if unanswered else CommandReason.TOO_LATE
    return _sure(item, CommandState.EXPIRED, reason)


def _seconded(item: OutboxItem, event: Seconded, now: datetime) -> OutboxItem:
    """Return a command that may leave: what it may wait for its tool counts from here."""
    if now >= item.expires_at or not event.by:
        raise ImpossibleTransitionError(item.state, event)
    confirmed = _sure(item, CommandState.CONFIRMED, CommandReason.SECONDED)
    return replace(confirmed, seconded_by=event.by, not_before=now, expires_at=now + item.lifetime)


def _second_refused(item: OutboxItem, event: SecondRefused, _now: datetime) -> OutboxItem:
    refused = _sure(item, CommandState.REJECTED, CommandReason.SECOND_REFUSED)
    return replace(refused, because=event.because)


def _given_to_human(item: OutboxItem, event: GivenToHuman, now: datetime) -> OutboxItem:
    if next_step(item, now) is not Step.GIVE_TO_HUMAN:
        raise ImpossibleTransitionError(item.state, event)
    return _to_human(item, item.reason if item.verdict is not None else CommandReason.TRIES)


def _rights_lost(item: OutboxItem, _: RightsLost, _now: datetime) -> OutboxItem:
    if item.uncertain:
        return _to_human(item, CommandReason.RIGHTS)
    return _sure(item, CommandState.REJECTED, CommandReason.RIGHTS)


def _dependency_failed(item: OutboxItem, _: DependencyFailed, _now: datetime) -> OutboxItem:
    return _sure(item, CommandState.CANCELLED, CommandReason.DEPENDENCY)


def _tool_back(item: OutboxItem, _: ToolBack, now: datetime) -> OutboxItem:
    return replace(item, next_at=min(item.next_at or now, now))


def _resend_asked(item: OutboxItem, event: ResendAsked, now: datetime) -> OutboxItem:
    if item.state is not CommandState.NEEDS_HUMAN:
        return replace(item, next_at=now, not_before=min(item.not_before, now), checked=False)
    if item.idempotency is Idempotency.NONE or _lacks_second(item):
        raise ImpossibleTransitionError(item.state, event)
    # Its owner has looked at it: it gets its time and its tries again.
    expires_at = item.expires_at if now < item.expires_at else now + item.lifetime
    item = replace(item, tries=0, checks=0, checked=False, next_at=now, expires_at=expires_at)
    state = CommandState.UNKNOWN if item.uncertain else CommandState.CONFIRMED
    return replace(item, state=state, reason=CommandReason.BY_USER)


def _abandoned(item: OutboxItem, event: Abandoned, _now: datetime) -> OutboxItem:
    if item.state is CommandState.ACCEPTED:
        return replace(item, acknowledged=True)
    # What is uncertain stays so: giving it up tells nothing of what the tool did.
    return replace(
        item,
        state=CommandState.CANCELLED,
        reason=CommandReason.BY_USER,
        because=event.because,
        acknowledged=not item.uncertain,
        next_at=None,
    )


_Rule = Callable[[OutboxItem, Any, datetime], OutboxItem]

_SURE = (CommandState.CONFIRMED, CommandState.WAITING)
_LEAVING = (*_SURE, CommandState.UNKNOWN)
_ENDABLE = (
    *_LEAVING,
    CommandState.AWAITING_SECOND,
    CommandState.NEEDS_HUMAN,
    CommandState.ACCEPTED,
)
_VERIFIABLE = (CommandState.UNKNOWN, CommandState.NEEDS_HUMAN, CommandState.ACCEPTED)

_RULES: tuple[tuple[type, tuple[CommandState, ...], _Rule], ...] = (
    (SendStarted, _LEAVING, _send_started),
    (Answered, (CommandState.SENDING,), _answered),
    (SendFailed, (CommandState.SENDING,), _send_failed),
    (Interrupted, (CommandState.SENDING,), _interrupted),
    (LookFailed, _SURE, _look_failed),
    (Rebased, _SURE, _rebased),
    (Differs, _SURE, _differs),
    (Verified, _VERIFIABLE, _verified),
    (VerifyFailed, _VERIFIABLE, _verify_failed),
    (Expired, (*_SURE, CommandState.AWAITING_SECOND), _expired),
    (Seconded, (CommandState.AWAITING_SECOND,), _seconded),
    (SecondRefused, (CommandState.AWAITING_SECOND,), _second_refused),
    (GivenToHuman, _LEAVING, _given_to_human),
    (RightsLost, _LEAVING, _rights_lost),
    (DependencyFailed, _SURE, _dependency_failed),
    (ToolBack, _LEAVING, _tool_back),
    (ResendAsked, (*_LEAVING, CommandState.NEEDS_HUMAN), _resend_asked),
    (Abandoned, _ENDABLE, _abandoned),
)
_TABLE = {(state, event): rule for event, states, rule in _RULES for state in states}
