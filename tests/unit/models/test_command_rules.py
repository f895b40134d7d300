"""What may happen to a command: whatever a tool, a network and a user do, one effect or a visible doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avise.models.command_events import (
    Abandoned,
    Answered,
    CommandEvent,
    DependencyFailed,
    Expired,
    GivenToHuman,
    Interrupted,
    ResendAsked,
    RightsLost,
    SendFailed,
    SendStarted,
    ToolBack,
    Verified,
    VerifyFailed,
)
from avise.models.command_rules import (
    KEPT_ATTEMPTS,
    MAX_TRIES,
    SETTLING,
    ImpossibleTransitionError,
    Step,
    next_state,
    next_step,
    retry_pause,
)
from avise.models.commands import (
    REPLAYABLE,
    SETTLED,
    TERMINAL,
    CommandReason,
    CommandState,
    Idempotency,
    OfflineRule,
    OutboxItem,
    Outcome,
)
from avise.models.errors import ErrorKind
from tests.unit.models.command_items import NOW, item

S = CommandState
UNREADABLE = (ErrorKind.BAD_DATA, ErrorKind.BUG, ErrorKind.TIMEOUT)
REFUSALS = (
    ErrorKind.CONFLICT,
    ErrorKind.REJECTED,
    ErrorKind.INVALID,
    ErrorKind.NOT_FOUND,
    ErrorKind.FORBIDDEN,
    ErrorKind.UNSUPPORTED,
)
HOLDS = (
    ErrorKind.OFFLINE,
    ErrorKind.UNAVAILABLE,
    ErrorKind.RATE_LIMITED,
    ErrorKind.AUTH,
    ErrorKind.CONFIG,
)


def after(start: OutboxItem, *events: CommandEvent, now: datetime = NOW) -> OutboxItem:
    for event in events:
        start = next_state(start, event, now)
    return start


def sending(**fields: Any) -> OutboxItem:  # noqa: ANN401 - whatever a command holds
    return after(item(**fields), SendStarted())


# ---- one transition at a time ----------------------------------------------------------------------


def test_every_kind_of_error_has_its_place() -> None:
    assert set(UNREADABLE) | set(REFUSALS) | set(HOLDS) == set(ErrorKind)


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.ALREADY_DONE])
def test_an_answer_settles_the_command_and_keeps_the_tools_number(outcome: Outcome) -> None:
    found = after(sending(), Answered(outcome, "CT-77"))
    assert (found.state, found.reference, found.settled_at, found.open) == (S.DONE, "CT-77", NOW, False)
    assert [attempt.state for attempt in found.history] == [S.SENDING, S.DONE]


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_answer_that_nobody_understands_leaves_it_unknown(kind: ErrorKind) -> None:
    found = after(sending(), SendFailed(kind))
    assert (found.state, found.uncertain, next_step(found, NOW)) == (S.UNKNOWN, True, Step.VERIFY)


@pytest.mark.parametrize("kind", HOLDS)
def test_a_lost_answer_is_unknown_whatever_the_error_is_called(kind: ErrorKind) -> None:
    assert after(sending(), SendFailed(kind, outcome_unknown=True)).state is S.UNKNOWN


@pytest.mark.parametrize("kind", HOLDS)
def test_what_did_not_leave_waits_with_its_next_time(kind: ErrorKind) -> None:
    found = after(sending(), SendFailed(kind))
    assert (found.state, found.uncertain) == (S.WAITING, False)
    assert found.next_at is not None
    assert found.next_at > NOW
    assert next_step(found, NOW) is Step.NOTHING
    assert next_step(found, found.next_at) is Step.SEND


@pytest.mark.parametrize("kind", HOLDS)
@pytest.mark.parametrize(
    "rule", [{"offline": OfflineRule.REFUSE}, {"idempotency": Idempotency.NONE}], ids=["refuse", "none"]
)
def test_what_may_not_be_queued_is_refused_at_once(kind: ErrorKind, rule: dict[str, Any]) -> None:
    found = after(sending(**rule), SendFailed(kind))
    assert (found.state, found.uncertain) == (S.REJECTED, False)


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_the_end(kind: ErrorKind) -> None:
    found = after(sending(), SendFailed(kind, message="Adresse inconnue"))
    assert found.state is (S.CONFLICT if kind is ErrorKind.CONFLICT else S.REJECTED)
    assert found.message == "Adresse inconnue"


def test_the_tool_asks_for_a_longer_pause_and_gets_it() -> None:
    found = after(sending(), SendFailed(ErrorKind.RATE_LIMITED, retry_after=timedelta(hours=1)))
    assert found.next_at == NOW + timedelta(hours=1)


def test_what_the_tool_never_saw_is_no_try() -> None:
    found = item()
    for hour in range(MAX_TRIES + 2):
        now = NOW + timedelta(hours=hour)
        failed = SendFailed(ErrorKind.UNAVAILABLE, by_host=True)
        found = after(found, SendStarted(), failed, now=now)
    assert (found.state, found.reason, found.tries) == (S.WAITING, CommandReason.BREAKER, 0)
    assert found.sends == MAX_TRIES + 2


def test_a_second_refusal_after_a_lost_answer_may_be_the_echo_of_the_first_sending() -> None:
    """The file "has changed since": it has, by our own first sending."""
    lost = after(sending(idempotency=Idempotency.NATURAL), SendFailed(ErrorKind.TIMEOUT))
    later = NOW + timedelta(minutes=1)
    again = after(lost, VerifyFailed(ErrorKind.UNSUPPORTED), SendStarted(), now=later)
    refused = after(again, SendFailed(ErrorKind.CONFLICT), now=later)
    assert (refused.state, refused.uncertain, next_step(refused, later)) == (S.UNKNOWN, True, Step.VERIFY)
    assert after(refused, Verified(Outcome.DONE), now=later).state is S.DONE
    settled = later + SETTLING
    truly = after(refused, Verified(Outcome.NOT_DONE), now=settled)
    assert (truly.state, truly.reason, truly.uncertain) == (S.CONFLICT, CommandReason.CONFLICT, False)
    unsaid = after(refused, VerifyFailed(ErrorKind.UNSUPPORTED), now=settled)
    assert (unsaid.state, unsaid.uncertain) == (S.NEEDS_HUMAN, True)


def test_not_done_proves_nothing_while_the_request_may_still_arrive() -> None:
    lost = after(sending(idempotency=Idempotency.VERIFY), SendFailed(ErrorKind.TIMEOUT))
    early = after(lost, Verified(Outcome.NOT_DONE), now=NOW + timedelta(seconds=1))
    assert (early.state, early.next_at) == (S.UNKNOWN, NOW + SETTLING)
    proven = after(early, Verified(Outcome.NOT_DONE), now=NOW + SETTLING)
    assert (proven.state, proven.uncertain) == (S.CONFIRMED, False)


def test_what_is_never_sent_again_goes_to_a_person_as_soon_as_it_is_unknown() -> None:
    found = after(sending(idempotency=Idempotency.NONE), SendFailed(ErrorKind.TIMEOUT))
    assert (found.state, found.uncertain) == (S.NEEDS_HUMAN, True)
    with pytest.raises(ImpossibleTransitionError):
        after(found, ResendAsked())
    assert after(found, Verified(Outcome.DONE)).state is S.DONE


def test_its_owner_gives_a_command_its_time_and_its_tries_again() -> None:
    tired = replace(item(), state=S.NEEDS_HUMAN, tries=MAX_TRIES)
    late = tired.expires_at + timedelta(days=1)
    again = after(tired, ResendAsked(), now=late)
    assert (again.state, again.tries, next_step(again, late)) == (S.CONFIRMED, 0, Step.SEND)


def test_what_is_given_up_while_uncertain_stays_visibly_so() -> None:
    found = after(sending(), SendFailed(ErrorKind.TIMEOUT), Abandoned("vu au téléphone"))
    assert (found.state, found.uncertain, found.acknowledged) == (S.CANCELLED, True, False)
    assert found.because == "vu au téléphone"
    assert after(found, Abandoned()).acknowledged


def test_a_command_being_sent_cannot_be_given_up() -> None:
    with pytest.raises(ImpossibleTransitionError):
        after(sending(), Abandoned())


def test_it_can_be_undone_until_it_leaves() -> None:
    waiting = item(not_before=NOW + timedelta(minutes=2))
    assert next_step(waiting, NOW) is Step.NOTHING
    with pytest.raises(ImpossibleTransitionError):
        after(waiting, SendStarted())
    assert after(waiting, Abandoned()).state is S.CANCELLED
    assert next_step(waiting, NOW + timedelta(minutes=2)) is Step.SEND
    assert next_step(after(waiting, ResendAsked()), NOW) is Step.SEND


def test_what_was_being_sent_when_avise_ended_is_unknown_and_verified() -> None:
    found = after(sending(), Interrupted())
    assert (found.state, found.uncertain, next_step(found, NOW)) == (S.UNKNOWN, True, Step.VERIFY)
    with pytest.raises(ImpossibleTransitionError):
        after(item(), Interrupted())


def test_who_lost_the_right_sends_nothing_more() -> None:
    assert after(item(), RightsLost()).state is S.REJECTED
    lost = after(sending(), SendFailed(ErrorKind.TIMEOUT), RightsLost())
    assert (lost.state, lost.uncertain) == (S.NEEDS_HUMAN, True)


def test_a_tool_that_is_back_is_not_waited_for() -> None:
    waiting = after(sending(), SendFailed(ErrorKind.UNAVAILABLE))
    assert next_step(after(waiting, ToolBack()), NOW) is Step.SEND


def test_a_long_history_keeps_its_beginning_and_its_end() -> None:
    found = item(lifetime=timedelta(days=365))
    moments = [NOW + timedelta(hours=hour) for hour in range(KEPT_ATTEMPTS)]
    for now in moments:
        found = after(found, SendStarted(), SendFailed(ErrorKind.OFFLINE), now=now)
    assert len(found.history) == KEPT_ATTEMPTS
    assert found.history[0].at == NOW
    assert found.history[-1].at == moments[-1]


@given(st.integers(1, 10**9), st.timedeltas(timedelta(seconds=1), timedelta(days=30)))
def test_eight_tries_fit_in_the_lifetime_each_later_than_the_one_before(
    number: int, lifetime: timedelta
) -> None:
    pauses = [retry_pause(item(number, tries=tries, lifetime=lifetime)) for tries in range(1, MAX_TRIES)]
    assert sum(pauses, timedelta()) < lifetime
    assert all(pause > timedelta() for pause in pauses)


# ---- properties of the whole table ------------------------------------------------------------------

KINDS = st.sampled_from(sorted(ErrorKind))
EVENTS = st.one_of(
    st.just(SendStarted()),
    st.builds(Answered, st.sampled_from(sorted(Outcome))),
    st.builds(SendFailed, KINDS, outcome_unknown=st.booleans(), by_host=st.booleans()),
    st.just(Interrupted()),
    st.builds(Verified, st.sampled_from(sorted(Outcome))),
    st.builds(VerifyFailed, KINDS),
    st.just(Expired()),
    st.just(GivenToHuman()),
    st.just(RightsLost()),
    st.just(DependencyFailed()),
    st.just(ToolBack()),
    st.just(ResendAsked()),
    st.just(Abandoned("")),
)
RULES = st.tuples(st.sampled_from(sorted(Idempotency)), st.sampled_from(sorted(OfflineRule)))
PACE = st.lists(st.tuples(EVENTS, st.integers(0, 90_000)), max_size=40)


@settings(max_examples=400)
@given(RULES, PACE)
def test_whatever_happens_the_table_holds(
    rules: tuple[Idempotency, OfflineRule], happening: list[tuple[CommandEvent, int]]
) -> None:
    found, now = item(idempotency=rules[0], offline=rules[1]), NOW
    for event, seconds in happening:
        now += timedelta(seconds=seconds)
        before = found
        try:
            found = next_state(found, event, now)
        except ImpossibleTransitionError:
            continue
        if before.state in TERMINAL:
            assert replace(found, acknowledged=before.acknowledged) == before
        if isinstance(event, SendStarted) and before.state not in TERMINAL:
            assert not before.uncertain or before.idempotency in REPLAYABLE
            assert before.sends == 0 or before.idempotency is not Idempotency.NONE
            assert before.verdict is None
            assert now < before.expires_at
            assert before.tries < MAX_TRIES
        assert found.uncertain or found.state is not S.UNKNOWN
        assert not (found.uncertain and found.state in (S.DONE, S.REJECTED, S.CONFLICT, S.EXPIRED))
        assert (found.settled_at is not None) == (found.state in SETTLED)
        assert len(found.history) <= KEPT_ATTEMPTS


# ---- a tool, a network and a user who do their worst -------------------------------------------------


@dataclass
class World:
    """One tool's real effects, and a request that may still be on its way."""

    idempotency: Idempotency
    effects: int = 0
    late: datetime | None = None

    def arrives(self) -> ErrorKind | None:
        """A request reaches the tool; the second one meets what the declaration promises."""
        if self.effects and self.idempotency is Idempotency.NATURAL:
            return ErrorKind.CONFLICT
        if self.effects and self.idempotency is Idempotency.CLIENT_ID:
            return ErrorKind.REJECTED
        if not (self.effects and self.idempotency is Idempotency.KEY):
            self.effects += 1
        return None

    def pass_time(self, now: datetime) -> None:
        if self.late is not None and now >= self.late:
            self.late = None
            self.arrives()


def answered(world: World) -> CommandEvent:
    refusal = world.arrives()
    return Answered(Outcome.DONE) if refusal is None else SendFailed(refusal)


def lost_after(world: World) -> CommandEvent:
    world.arrives()
    return SendFailed(ErrorKind.UNAVAILABLE, outcome_unknown=True)


def killed_after(world: World) -> CommandEvent:
    world.arrives()
    return Interrupted()


SENDINGS: dict[str, Callable[[World], CommandEvent]] = {
    "answered": answered,
    "lost after": lost_after,
    "killed after": killed_after,
    "lost before": lambda _: SendFailed(ErrorKind.UNAVAILABLE, outcome_unknown=True),
    "killed before": lambda _: Interrupted(),
    "never left": lambda _: SendFailed(ErrorKind.UNAVAILABLE),
    "suspended": lambda _: SendFailed(ErrorKind.UNAVAILABLE, by_host=True),
    "refused": lambda _: SendFailed(ErrorKind.REJECTED),
    "late": lambda _: SendFailed(ErrorKind.TIMEOUT),
}
VERIFICATIONS = ("truth", "no idea", "not offered", "down", "slow")
USER = ("nothing", "nothing", "nothing", "resend", "verify", "abandon")


def verification(kind: str, world: World) -> CommandEvent:
    if kind == "truth":
        return Verified(Outcome.DONE if world.effects else Outcome.NOT_DONE)
    if kind == "no idea":
        return Verified(Outcome.UNKNOWN)
    failures = {
        "not offered": ErrorKind.UNSUPPORTED,
        "down": ErrorKind.UNAVAILABLE,
        "slow": ErrorKind.TIMEOUT,
    }
    return VerifyFailed(failures[kind])


def move(found: OutboxItem, sent: str, verified: str, world: World, now: datetime) -> OutboxItem:
    step = next_step(found, now)
    if step is Step.SEND:
        found = next_state(found, SendStarted(), now)
        if sent == "late" and world.late is None:
            world.late = now + SETTLING - timedelta(seconds=1)
        return next_state(found, SENDINGS[sent](world), now)
    if step is Step.VERIFY:
        return next_state(found, verification(verified, world), now)
    if step is Step.EXPIRE:
        return next_state(found, Expired(), now)
    if step is Step.GIVE_TO_HUMAN:
        return next_state(found, GivenToHuman(), now)
    return found


def wish(found: OutboxItem, wanted: str, world: World, now: datetime) -> OutboxItem:
    events = {
        "resend": ResendAsked(),
        "verify": verification("truth", world),
        "abandon": Abandoned("motif"),
    }
    if wanted == "nothing":
        return found
    try:
        return next_state(found, events[wanted], now)
    except ImpossibleTransitionError:
        return found


@settings(max_examples=600, deadline=None)
@given(
    RULES,
    st.lists(
        st.tuples(
            st.sampled_from(sorted(SENDINGS)),
            st.sampled_from(VERIFICATIONS),
            st.sampled_from(USER),
            st.integers(0, 5_000),
        ),
        max_size=40,
    ),
)
def test_one_effect_at_most_and_no_certainty_that_is_false(
    rules: tuple[Idempotency, OfflineRule], happening: list[tuple[str, str, str, int]]
) -> None:
    world = World(rules[0])
    found, now = item(idempotency=rules[0], offline=rules[1]), NOW
    for sent, verified, wanted, seconds in happening:
        found = move(found, sent, verified, world, now)
        found = wish(found, wanted, world, now)
        now += timedelta(seconds=seconds)
        world.pass_time(now)
        assert world.effects <= 1
    world.pass_time(now + timedelta(days=1))
    assert world.effects <= 1
    if found.state is S.DONE:
        assert world.effects == 1
    elif found.state in TERMINAL and not found.uncertain:
        assert world.effects == 0


@settings(max_examples=100, deadline=None)
@given(
    RULES, st.lists(st.sampled_from(sorted(SENDINGS)), max_size=6), st.lists(st.sampled_from(VERIFICATIONS))
)
def test_no_command_is_left_without_an_end_or_a_person(
    rules: tuple[Idempotency, OfflineRule], sendings: list[str], verifications: list[str]
) -> None:
    """Ten days later, whatever the tool did meanwhile, it has ended or somebody is asked."""
    world = World(rules[0])
    found, now = item(idempotency=rules[0], offline=rules[1]), NOW
    for hour in range(24 * 10 * 4):
        sent = sendings[hour % len(sendings)] if sendings else "answered"
        verified = verifications[hour % len(verifications)] if verifications else "truth"
        found = move(found, sent, verified, world, now)
        now += timedelta(minutes=15)
        world.pass_time(now)
    assert found.state in SETTLED or found.state is S.NEEDS_HUMAN
