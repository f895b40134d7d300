from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.consent import (
    ConsentChannel,
    ConsentMatrix,
    ConsentPurpose,
    ConsentRule,
    ConsentState,
    Regime,
    matrix_of,
    may_send,
    merged,
    months_after,
    to_ask,
    told_by_tool,
)
from avise.models.facets import FacetRecord
from avise.models.journal import EventEnvelope, EventKind

TODAY = date(2026, 3, 24)
MORNING = datetime(2026, 3, 24, 9, tzinfo=UTC)
COMMERCIAL, PREVENTION = ConsentPurpose.COMMERCIAL, ConsentPurpose.PREVENTION
EMAIL, SMS, LETTER = ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.LETTER
RULE = ConsentRule(
    COMMERCIAL,
    {ConsentChannel.PHONE: Regime.OPT_IN, EMAIL: Regime.OPT_IN, SMS: Regime.OPT_IN, LETTER: Regime.OPT_OUT},
)


def event(kind: EventKind, number: int, at: datetime = MORNING, **body: str) -> EventEnvelope:
    return EventEnvelope(
        uuid.UUID(int=number), "poste-1", number, "customer/1", kind, 1, "lea", "agent", at, 0, body, b"", b""
    )


def said_yes(number: int, at: datetime = MORNING, **body: str) -> EventEnvelope:
    return event(EventKind.CONSENT_GIVEN, number, at, **{"purpose": "commercial", "channel": "email", **body})


def said_no(number: int, at: datetime = MORNING, **body: str) -> EventEnvelope:
    return event(EventKind.CONSENT_WITHDRAWN, number, at, **body)


def state(matrix: ConsentMatrix, channel: ConsentChannel = EMAIL) -> ConsentState:
    return matrix.of(COMMERCIAL, channel).state


def test_nothing_said_is_unknown_and_is_not_a_consent() -> None:
    assert may_send(ConsentMatrix(), RULE, EMAIL, TODAY).reason == "unknown"


def test_a_positive_act_allows_its_own_cell_and_no_other() -> None:
    matrix = matrix_of([said_yes(1)], TODAY)
    assert may_send(matrix, RULE, EMAIL, TODAY).allowed
    assert not may_send(matrix, RULE, SMS, TODAY).allowed
    assert not may_send(matrix, ConsentRule(PREVENTION), EMAIL, TODAY).allowed


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ({"purpose": "commercial", "channel": "email"}, {(COMMERCIAL, EMAIL)}),
        ({"purpose": "commercial"}, {(COMMERCIAL, channel) for channel in ConsentChannel}),
        ({"channel": "sms"}, {(purpose, SMS) for purpose in ConsentPurpose if purpose != "service"}),
        (
            {},
            {(purpose, channel) for purpose in ConsentPurpose if purpose != "service"
             for channel in ConsentChannel},
        ),
    ],
)  # fmt: skip
def test_a_withdrawal_covers_a_cell_a_row_a_column_or_everything(
    words: dict[str, str], refused: set[tuple[ConsentPurpose, ConsentChannel]]
) -> None:
    assert set(matrix_of([said_no(1, MORNING, **words)], TODAY).cells) == refused


def test_a_withdrawal_counts_at_once_whatever_day_it_says() -> None:
    matrix = matrix_of([said_yes(1), said_no(2, purpose="commercial", effective="2027-01-01")], TODAY)
    assert state(matrix) is ConsentState.NO


def test_a_form_signed_before_a_withdrawal_and_entered_after_does_not_bring_the_consent_back() -> None:
    late = said_yes(2, MORNING + timedelta(days=3), effective="2026-03-01")
    assert state(matrix_of([said_no(1), late], date(2026, 3, 30))) is ConsentState.NO


def test_within_a_day_the_last_word_holds() -> None:
    noon = MORNING + timedelta(hours=3)
    assert state(matrix_of([said_no(1), said_yes(2, noon)], TODAY)) is ConsentState.YES
    assert state(matrix_of([said_yes(1), said_no(2, noon)], TODAY)) is ConsentState.NO


def test_a_consent_taken_back_by_mistake_of_the_agent_counts_no_more() -> None:
    undone = event(EventKind.UNDONE, 2, MORNING + timedelta(minutes=1), event=str(uuid.UUID(int=1)))
    assert state(matrix_of([said_yes(1), undone], TODAY)) is ConsentState.UNKNOWN


def test_a_consent_that_begins_tomorrow_does_not_count_today() -> None:
    assert state(matrix_of([said_yes(1, effective="2026-03-25")], TODAY)) is ConsentState.UNKNOWN


def test_a_consent_is_asked_again_after_its_months() -> None:
    matrix = matrix_of([said_yes(1, effective="2024-03-24")], TODAY)
    assert may_send(matrix, RULE, EMAIL, TODAY).allowed
    late = may_send(matrix, RULE, EMAIL, TODAY + timedelta(days=1))
    assert (late.allowed, late.reason, late.since) == (False, "expired", date(2024, 3, 24))


def test_the_end_written_with_a_consent_holds_even_when_the_rule_changes() -> None:
    matrix = matrix_of([said_yes(1, until="2026-03-24")], TODAY)
    assert may_send(matrix, RULE, EMAIL, TODAY).allowed
    assert not may_send(matrix, RULE, EMAIL, TODAY + timedelta(days=1)).allowed


def test_a_letter_needs_only_that_nobody_objected() -> None:
    assert may_send(ConsentMatrix(), RULE, LETTER, TODAY).reason == "not_refused"
    assert not may_send(matrix_of([said_no(1)], TODAY), RULE, LETTER, TODAY).allowed


def test_a_service_message_needs_nothing_even_after_every_refusal() -> None:
    service = ConsentRule(ConsentPurpose.SERVICE)
    found = may_send(matrix_of([said_no(1)], TODAY), service, EMAIL, TODAY, excluded="complaint")
    assert (found.allowed, found.reason) == (True, "service")


def test_somebody_left_out_gets_nothing_but_service_messages() -> None:
    found = may_send(matrix_of([said_yes(1)], TODAY), RULE, EMAIL, TODAY, excluded="deceased")
    assert (found.allowed, found.reason) == (False, "excluded_deceased")


def tool(state: str, since: str | None, channel: str = "email") -> ConsentMatrix:
    data = {"purpose": "commercial", "channel": channel, "state": state, "since": since, "proof": "espace"}
    return told_by_tool([FacetRecord("1", data)], "parties")


def test_a_withdrawal_of_ours_beats_an_older_consent_that_a_tool_still_tells() -> None:
    found = merged(matrix_of([said_no(1)], TODAY), tool("yes", "2025-11-02"))
    assert (state(found), found.of(COMMERCIAL, EMAIL).source) == (ConsentState.NO, "journal")


def test_a_refusal_of_a_tool_beats_an_older_consent_of_ours() -> None:
    ours = matrix_of([said_yes(1, effective="2026-03-01")], TODAY)
    assert state(merged(ours, tool("no", "2026-03-02"))) is ConsentState.NO
    assert state(merged(ours, tool("no", "2026-03-01"))) is ConsentState.NO
    assert state(merged(ours, tool("no", "2026-02-28"))) is ConsentState.YES
    assert state(merged(ours, tool("unknown", "2026-03-20"))) is ConsentState.YES


def test_words_that_no_tool_should_write_are_passed_over() -> None:
    assert tool("perhaps", "2026-01-01").cells == {}
    assert tool("yes", "pigeon", "pigeon").cells == {}
    assert tool("yes", "31/12/2025").of(COMMERCIAL, EMAIL).since is None


def test_only_what_was_never_said_or_is_too_old_is_asked() -> None:
    matrix = matrix_of([said_yes(1), said_no(2, purpose="commercial", channel="sms")], TODAY)
    assert to_ask(matrix, RULE, TODAY) == (ConsentChannel.PHONE,)
    later = months_after(TODAY, 25)
    assert to_ask(matrix, RULE, later) == (ConsentChannel.PHONE, EMAIL)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 8, 31), 24, date(2028, 8, 31)),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last_one(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


_EVENTS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(["", "commercial", "prevention"]),
        st.sampled_from(["", "email", "sms"]),
        st.integers(0, 96),
        st.sampled_from(["", "2026-03-20", "2026-03-24"]),
    ),
    max_size=12,
)


@given(_EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_delivery_changes_nothing(
    drawn: list[tuple[bool, str, str, int, str]], chance: random.Random
) -> None:
    events = [
        event(
            EventKind.CONSENT_GIVEN if yes else EventKind.CONSENT_WITHDRAWN,
            number,
            MORNING + timedelta(hours=hours - 96),
            purpose=purpose,
            channel=channel,
            effective=effective,
        )
        for number, (yes, purpose, channel, hours, effective) in enumerate(drawn)
    ]
    shuffled = events * 2
    chance.shuffle(shuffled)
    assert matrix_of(shuffled, TODAY) == matrix_of(events, TODAY)


@given(_EVENTS)
def test_after_a_withdrawal_of_everything_nothing_but_service_may_leave(
    drawn: list[tuple[bool, str, str, int, str]],
) -> None:
    events = [
        event(EventKind.CONSENT_GIVEN, number, MORNING - timedelta(hours=1), purpose=purpose, channel=channel)
        for number, (_, purpose, channel, _, _) in enumerate(drawn)
    ]
    matrix = matrix_of([*events, said_no(99)], TODAY)
    for purpose in ConsentPurpose:
        for channel in ConsentChannel:
            allowed = may_send(matrix, ConsentRule(purpose), channel, TODAY).allowed
            assert allowed is (purpose is ConsentPurpose.SERVICE)
