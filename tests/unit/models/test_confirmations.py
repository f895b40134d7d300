"""A second agent's confirmation: four eyes, one answer, in time, whatever order events come in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.command_events import Abandoned, Expired, ResendAsked, Seconded, SecondRefused, SendStarted
from avise.models.command_rules import ImpossibleTransitionError, Step, next_state, next_step
from avise.models.commands import CommandReason, CommandState, Idempotency
from avise.models.confirmations import (
    ASKED_FOR,
    KINDS,
    Confirmation,
    ConfirmationState,
    Standing,
    asked_body,
    command_of_stream,
    confirmation_stream,
    fold_confirmation,
    judged_next,
)
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.request_rules import Refusal
from tests.unit.models.command_items import NOW, PERSON, item

COMMAND = uuid.UUID(int=7)
ASKER, SECOND, THIRD = "lea.girard", "tom.riou", "ines.morel"
S, K = CommandState, EventKind
ASKED = Confirmation(
    COMMAND, ASKER, PERSON, "Contrats", "Changer l’e-mail", "", (("contact_points.value", "a", "b"),),
    ("Vérifier l’appelant.",), ("contact_points",), "call", NOW, NOW + ASKED_FOR,
)  # fmt: skip
HOUR = timedelta(hours=1)


def event(
    kind: EventKind, author: str, at: timedelta = timedelta(), body: Mapping[str, JSON] | None = None
) -> EventEnvelope:
    """Return an event of the confirmation, each author on a device of their own."""
    seq = int(at.total_seconds()) + 1
    identity = uuid.uuid5(COMMAND, f"{kind}{author}{seq}")
    return EventEnvelope(
        identity, author, seq, confirmation_stream(COMMAND), kind, 1, author, "agent", NOW + at, 0,
        asked_body(ASKED) if body is None and kind is K.CONFIRMATION_ASKED else (body or {}), b"", b"",
    )  # fmt: skip


def test_what_is_asked_is_read_back_as_it_was_written() -> None:
    assert fold_confirmation([event(K.CONFIRMATION_ASKED, ASKER)]) == ASKED
    assert command_of_stream(confirmation_stream(COMMAND)) == COMMAND
    assert command_of_stream(f"task/{COMMAND}") is None


@pytest.mark.parametrize("late", [ASKED_FOR * 2, -HOUR])
def test_what_the_hub_let_count_counts_whatever_the_clock_of_whoever_wrote_it(late: timedelta) -> None:
    asked = event(K.CONFIRMATION_ASKED, ASKER)
    answer = event(K.CONFIRMATION_GIVEN, SECOND, late)
    accepted = fold_confirmation((), [asked, answer])
    assert accepted is not None
    assert (accepted.state, accepted.answered_by) == (ConfirmationState.GIVEN, SECOND)
    # Written here too, and fed by more than one perimeter: it counts once.
    assert fold_confirmation([asked, answer], [asked, answer, asked, answer]) == accepted


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (K.CONFIRMATION_GIVEN, ConfirmationState.GIVEN),
        (K.CONFIRMATION_REFUSED, ConfirmationState.REFUSED),
    ],
)
def test_a_colleague_answers_and_whoever_asked_does_not(kind: EventKind, state: ConfirmationState) -> None:
    asked = event(K.CONFIRMATION_ASKED, ASKER)
    own = fold_confirmation([asked, event(kind, ASKER, HOUR)])
    answered = fold_confirmation([asked, event(kind, SECOND, HOUR, {"because": "Trop tôt"})])
    assert own == ASKED
    assert answered is not None
    assert (answered.state, answered.answered_by, answered.because) == (state, SECOND, "Trop tôt")


def test_only_whoever_asked_takes_the_question_back() -> None:
    asked = event(K.CONFIRMATION_ASKED, ASKER)
    by_other = fold_confirmation([asked, event(K.CONFIRMATION_WITHDRAWN, SECOND, HOUR)])
    by_asker = fold_confirmation([asked, event(K.CONFIRMATION_WITHDRAWN, ASKER, HOUR)])
    assert by_other == ASKED
    assert by_asker is not None
    assert not by_asker.is_open(NOW + HOUR)


def test_nobody_answers_too_late_whatever_the_asker_wrote() -> None:
    far = {**asked_body(ASKED), "expires_at": (NOW + timedelta(days=30)).isoformat()}
    standing = judged_next(None, K.CONFIRMATION_ASKED, ASKER, far, NOW)
    assert standing == Standing(ASKER, NOW + ASKED_FOR)
    assert isinstance(standing, Standing)
    late = judged_next(standing, K.CONFIRMATION_GIVEN, SECOND, {}, NOW + ASKED_FOR)
    assert late is Refusal.TOO_LATE
    assert not ASKED.is_open(NOW + ASKED_FOR)


@pytest.mark.parametrize("written", [None, 12, "demain", "2026-03-24T10:00:00"])
def test_a_question_without_a_sound_delay_is_none(written: JSON) -> None:
    body = {**asked_body(ASKED), "expires_at": written}
    assert judged_next(None, K.CONFIRMATION_ASKED, ASKER, body, NOW) is Refusal.MALFORMED
    assert fold_confirmation([event(K.CONFIRMATION_ASKED, ASKER, body=body)]) is None


def test_what_is_no_event_of_a_confirmation_never_counts() -> None:
    assert judged_next(None, K.CONFIRMATION_GIVEN, SECOND, {}, NOW) is Refusal.BAD_TARGET
    standing = Standing(ASKER, NOW + ASKED_FOR)
    assert judged_next(standing, K.UNDONE, ASKER, {}, NOW) is Refusal.BAD_TARGET
    assert judged_next(standing, K.CONFIRMATION_ASKED, SECOND, asked_body(ASKED), NOW) is Refusal.STATUS


@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.sampled_from((ASKER, SECOND, THIRD)), st.integers(1, 20_000)),
        max_size=8,
        unique_by=lambda told: told[1:],  # a device numbers each event once
    ),
    st.randoms(use_true_random=False),
)
def test_whatever_the_order_of_delivery_the_same_first_answer_counts(
    told: list[tuple[EventKind, str, int]], random: Random
) -> None:
    asked = event(K.CONFIRMATION_ASKED, ASKER)
    events = [asked, *(event(kind, who, timedelta(seconds=at)) for kind, who, at in told)]
    found = fold_confirmation(events)
    random.shuffle(events)
    assert fold_confirmation(events) == found
    assert found is not None
    assert found.asker == ASKER
    answered = found.state in (ConfirmationState.GIVEN, ConfirmationState.REFUSED)
    assert answered is (found.answered_by in (SECOND, THIRD))


# ---- the command meanwhile ---------------------------------------------------------------------------


def test_a_command_waits_for_its_second_then_leaves_with_its_own_delay() -> None:
    waits = item(state=S.AWAITING_SECOND, needs_second=True, expires_at=NOW + ASKED_FOR)
    assert next_step(waits, NOW + HOUR) is Step.NOTHING
    with pytest.raises(ImpossibleTransitionError):
        next_state(waits, SendStarted(), NOW)
    with pytest.raises(ImpossibleTransitionError):
        next_state(waits, ResendAsked(), NOW)
    seconded = next_state(waits, Seconded(SECOND), NOW + HOUR)
    assert (seconded.state, seconded.seconded_by) == (S.CONFIRMED, SECOND)
    assert seconded.expires_at == NOW + HOUR + seconded.lifetime
    assert next_step(seconded, NOW + HOUR) is Step.SEND


def test_a_command_whose_second_refuses_or_never_answers_ends() -> None:
    waits = item(state=S.AWAITING_SECOND, needs_second=True, expires_at=NOW + ASKED_FOR)
    refused = next_state(waits, SecondRefused(SECOND, "Non"), NOW)
    assert (refused.state, refused.reason, refused.because) == (
        S.REJECTED,
        CommandReason.SECOND_REFUSED,
        "Non",
    )
    late = NOW + ASKED_FOR
    assert next_step(waits, late) is Step.EXPIRE
    assert next_state(waits, Expired(), late).reason is CommandReason.UNANSWERED
    with pytest.raises(ImpossibleTransitionError):
        next_state(waits, Seconded(SECOND), late)
    assert next_state(waits, Abandoned("Erreur"), NOW).state is S.CANCELLED


@pytest.mark.parametrize("idempotency", list(Idempotency))
@pytest.mark.parametrize("state", [S.CONFIRMED, S.WAITING, S.UNKNOWN, S.NEEDS_HUMAN])
def test_whatever_a_damaged_store_gives_back_nothing_leaves_without_its_second(
    state: CommandState, idempotency: Idempotency
) -> None:
    uncertain = state in (S.UNKNOWN, S.NEEDS_HUMAN)
    found = item(
        state=state, needs_second=True, idempotency=idempotency, uncertain=uncertain, checked=uncertain
    )
    assert next_step(found, NOW) is not Step.SEND
    if state is S.NEEDS_HUMAN:
        with pytest.raises(ImpossibleTransitionError):
            next_state(found, ResendAsked(), NOW)
