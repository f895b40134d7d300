"""The service clock's rules, one at a time, and the legal clock of complaints."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.business_hours import DEFAULT_HOURS, BusinessHours
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.sla import (
    LONGEST_TARGET,
    LegalClock,
    Pause,
    ServiceLevel,
    SlaClock,
    SlaState,
    clock,
    due_at,
    legal_clock,
)
from avise.models.working_days import is_working_day
from avise.texts import text
from avise.texts.formats import PARIS

TEN_HOURS = ServiceLevel(600)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2026, the 23rd being a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


START = at(23, 8, 30)


def read(now: datetime, *pauses: Pause, ended: datetime | None = None) -> SlaClock:
    return clock(TEN_HOURS, START, pauses, now, ended)


def test_the_times_of_a_clock_are_at_50_80_100_and_120_percent() -> None:
    found = read(START)
    assert found.warn_at == at(23, 13, 30)
    assert found.soon_at == at(23, 16, 30)
    assert found.due_at == found.late_at == at(24, 9, 30)
    assert found.escalate_at == at(24, 11, 30)
    assert (found.consumed, found.target, found.remaining) == (0, 600, 600)


@pytest.mark.parametrize(
    ("now", "state", "warned", "escalated"),
    [
        (at(22, 12), SlaState.ON_TIME, False, False),
        (at(23, 13, 29), SlaState.ON_TIME, False, False),
        (at(23, 13, 30), SlaState.ON_TIME, True, False),
        (at(23, 16, 29), SlaState.ON_TIME, True, False),
        (at(23, 16, 30), SlaState.SOON, True, False),
        (at(24, 9, 29), SlaState.SOON, True, False),
        (at(24, 9, 30), SlaState.LATE, True, False),
        (at(24, 11, 29), SlaState.LATE, True, False),
        (at(24, 11, 30), SlaState.LATE, True, True),
        (at(30, 8, 30), SlaState.LATE, True, True),
    ],
)
def test_a_state_begins_at_its_minute(
    now: datetime, state: SlaState, *, warned: bool, escalated: bool
) -> None:
    found = read(now)
    assert (found.state, found.warned, found.escalated) == (state, warned, escalated)


def test_what_is_left_is_told_below_zero_once_late() -> None:
    assert read(at(24, 12)).remaining == -150
    assert read(at(24, 20)).remaining == read(at(25, 8, 30)).remaining


def test_a_delay_used_up_when_the_team_closes_is_late_during_the_night() -> None:
    found = clock(ServiceLevel(540), START, (), at(23, 17, 30))
    assert (found.state, found.remaining, found.due_at) == (SlaState.LATE, 0, at(23, 17, 30))


@pytest.mark.parametrize(
    ("ended", "state"),
    [(START, SlaState.MET), (at(24, 9, 29), SlaState.MET), (at(24, 9, 30), SlaState.MISSED)],
)
def test_an_end_is_in_time_until_the_minute_in_which_it_would_be_late(
    ended: datetime, state: SlaState
) -> None:
    assert read(at(30, 12), ended=ended).state is state


def test_a_clock_that_ended_no_longer_moves() -> None:
    pause = Pause(at(23, 10), None)
    ended = at(23, 11)
    assert read(at(24, 12), pause, ended=ended) == read(at(30, 12), pause, ended=ended)
    assert read(at(30, 12), pause, ended=ended).consumed == 90


def test_an_end_told_before_the_start_has_used_nothing() -> None:
    found = read(at(23, 12), ended=at(20, 12))
    assert (found.state, found.consumed) == (SlaState.MET, 0)


# ---- pauses --------------------------------------------------------------------------------------


def test_a_pause_moves_the_due_time_by_its_open_minutes_only() -> None:
    overnight = Pause(at(23, 17), at(24, 9))
    assert due_at(TEN_HOURS, START, [overnight], at(25, 12)) == at(24, 10, 30)


def test_a_pause_that_lasts_moves_the_due_time_minute_after_minute() -> None:
    pause = Pause(at(23, 10), None, "member")
    for minute in range(3):
        now = at(23, 11, minute)
        found = read(now, pause)
        assert (found.state, found.paused, found.consumed) == (SlaState.PAUSED, True, 90)
        assert found.due_at == at(24, 10, 30) + timedelta(minutes=minute)


def test_a_pause_begins_and_ends_with_its_minutes() -> None:
    pause = Pause(at(23, 10), at(23, 11))
    states = [read(now, pause).state for now in (at(23, 9, 59), at(23, 10), at(23, 10, 59), at(23, 11))]
    assert states == [SlaState.ON_TIME, SlaState.PAUSED, SlaState.PAUSED, SlaState.ON_TIME]


def test_pauses_that_overlap_nest_or_touch_count_once() -> None:
    pauses = (
        Pause(at(23, 13), at(23, 14)),
        Pause(at(23, 10), at(23, 12)),
        Pause(at(23, 10, 30), at(23, 11)),
        Pause(at(23, 11), at(23, 13)),
        Pause(at(23, 10), at(23, 12)),
    )
    assert read(at(23, 15), *pauses).consumed == 150


def test_a_pause_told_backwards_or_before_the_start_takes_nothing() -> None:
    pauses = (Pause(at(23, 12), at(23, 11)), Pause(at(20, 9), at(20, 12)), Pause(at(22, 9), at(23, 9)))
    assert read(at(23, 12), *pauses).consumed == 180


def test_a_pause_that_is_to_end_later_is_counted_in_what_is_to_come() -> None:
    pause = Pause(at(23, 10), at(24, 10))
    found = read(at(23, 11), pause)
    assert (found.state, found.consumed, found.due_at) == (SlaState.PAUSED, 90, at(25, 9, 30))


def test_a_pause_does_not_hide_a_lateness() -> None:
    found = read(at(25, 12), Pause(at(24, 10), None))
    assert (found.state, found.paused, found.remaining) == (SlaState.LATE, True, -30)
    assert not found.escalated


def test_a_late_request_is_escalated_by_the_minutes_that_count() -> None:
    pause = Pause(at(24, 10), at(25, 10))
    assert read(at(25, 11, 29), pause).escalated is False
    assert read(at(25, 11, 30), pause).escalated is True


def test_the_time_between_an_end_and_a_reopening_is_a_pause() -> None:
    assert read(at(26, 12), Pause(at(23, 10), at(26, 10), "reopened")).consumed == 210


# ---- service levels ------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [5, 15, 35, 55, 240, 540, 5400])
def test_shares_are_counted_as_they_are_written_and_not_as_floats(target: int) -> None:
    found = clock(ServiceLevel(target, soon_at=0.8, escalate_at=1.2), START, (), START)
    assert DEFAULT_HOURS.minutes_between(START, found.soon_at) == -(-target * 8 // 10)
    assert DEFAULT_HOURS.minutes_between(START, found.escalate_at) == -(-target * 12 // 10)


def test_a_share_that_floats_exceed_is_not_a_minute_late() -> None:
    found = clock(ServiceLevel(100, escalate_at=1.1), START, (), START)  # 1.1 * 100 is 110.00000000000001
    assert found.escalate_at == at(23, 10, 20)


def test_a_service_level_comes_back_from_an_event_as_it_was() -> None:
    hours = BusinessHours.from_json({"monday": ["09:00-12:00"], "closed": ["2026-12-28"]})
    level = ServiceLevel(95, hours, soon_at=0.7, warn_at=0.35, escalate_at=1.5)
    assert ServiceLevel.from_json(json.loads(json.dumps(level.as_json()))) == level
    assert pickle.loads(pickle.dumps(level)) == level  # noqa: S301 - what was just written


def test_what_an_event_does_not_tell_has_its_default() -> None:
    assert ServiceLevel.from_json({"target_minutes": 240}) == ServiceLevel(240, DEFAULT_HOURS, 0.8, 0.5, 1.2)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (None, "sla.unreadable"),
        ({}, "sla.unreadable"),
        ({"target_minutes": "240"}, "sla.unreadable"),
        ({"target_minutes": True}, "sla.unreadable"),
        ({"target_minutes": 240, "soon_at": "0.8"}, "sla.unreadable"),
        ({"target_minutes": 240, "soon_at": False}, "sla.unreadable"),
        ({"target_minutes": 0}, "sla.target"),
        ({"target_minutes": LONGEST_TARGET + 1}, "sla.target"),
        ({"target_minutes": 240, "soon_at": 1.01}, "sla.shares"),
        ({"target_minutes": 240, "soon_at": 0.4}, "sla.shares"),
        ({"target_minutes": 240, "warn_at": 0}, "sla.shares"),
        ({"target_minutes": 240, "escalate_at": 0.9}, "sla.shares"),
        ({"target_minutes": 240, "escalate_at": float("nan")}, "sla.shares"),
        ({"target_minutes": 240, "escalate_at": float("inf")}, "sla.shares"),
        ({"target_minutes": 240, "hours": {"lundi": []}}, "hours.unknown"),
        ({"target_minutes": 240, "hours": []}, "hours.unreadable"),
    ],
)
def test_a_service_level_that_cannot_be_counted_is_refused_with_a_sentence(value: JSON, key: str) -> None:
    with pytest.raises(AviseError) as refused:
        ServiceLevel.from_json(value)
    assert refused.value.message_key == key
    sentence = text(key, **refused.value.params)
    assert sentence != key
    assert "{" not in sentence


# ---- complaints ----------------------------------------------------------------------------------


def legal(day: date, hour: int = 12) -> LegalClock:
    return legal_clock(datetime(day.year, day.month, day.day, hour, tzinfo=PARIS))


def test_a_complaint_is_acknowledged_in_ten_working_days_and_answered_in_two_months() -> None:
    found = legal(date(2026, 3, 12))
    assert (found.ack_day, found.answer_day) == (date(2026, 3, 26), date(2026, 5, 12))
    assert found.ack_due == datetime(2026, 3, 26, 22, 59, tzinfo=UTC)
    assert found.answer_due == datetime(2026, 5, 12, 21, 59, tzinfo=UTC)


def test_holidays_are_no_working_days_but_two_months_take_no_notice_of_them() -> None:
    assert legal(date(2026, 4, 30)).ack_day == date(2026, 5, 19)  # without 1, 8 and 14 May
    assert legal(date(2026, 5, 14)).answer_day == date(2026, 7, 14)


def test_two_months_after_the_last_day_of_a_longer_month_is_the_last_day() -> None:
    assert legal(date(2026, 12, 31)).answer_day == date(2027, 2, 28)
    assert legal(date(2027, 12, 30)).answer_day == date(2028, 2, 29)


def test_the_day_of_receipt_is_the_one_of_paris() -> None:
    late = legal_clock(datetime(2026, 3, 12, 23, 30, tzinfo=UTC))
    assert late.received_on == date(2026, 3, 13)
    assert late == legal(date(2026, 3, 13), hour=0)


def test_a_type_may_declare_other_delays() -> None:
    found = legal_clock(datetime(2026, 3, 12, 12, tzinfo=UTC), working_days=5, months=1)
    assert (found.ack_day, found.answer_day) == (date(2026, 3, 19), date(2026, 4, 12))


def _noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (_noon(3, 12), SlaState.ON_TIME),
        (_noon(3, 22), SlaState.ON_TIME),
        (_noon(3, 23), SlaState.SOON),  # 3 days of 14
        (_noon(3, 24), SlaState.SOON),
        (datetime(2026, 3, 26, 23, 59, 59, tzinfo=PARIS), SlaState.SOON),
        (datetime(2026, 3, 27, tzinfo=PARIS), SlaState.LATE),
    ],
)
def test_an_acknowledgement_is_soon_then_late_at_the_end_of_its_day(now: datetime, state: SlaState) -> None:
    assert legal(date(2026, 3, 12)).ack_state(now) is state


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (_noon(4, 26), SlaState.ON_TIME),  # 16 days of 61
        (_noon(4, 27), SlaState.SOON),
        (_noon(5, 12), SlaState.SOON),
        (_noon(5, 13), SlaState.LATE),
    ],
)
def test_an_answer_is_soon_when_a_quarter_of_its_days_is_left(now: datetime, state: SlaState) -> None:
    assert legal(date(2026, 3, 12)).answer_state(now) is state


def test_a_quarter_of_the_days_is_a_quarter_already() -> None:
    found = legal(date(2028, 1, 5))  # 60 days
    assert found.answer_state(datetime(2028, 2, 18, 12, tzinfo=PARIS)) is SlaState.ON_TIME
    assert found.answer_state(datetime(2028, 2, 19, 12, tzinfo=PARIS)) is SlaState.SOON


def test_two_working_days_left_are_soon_however_long_a_week_end_lies_between() -> None:
    found = legal_clock(_noon(4, 1), working_days=4)
    assert found.ack_day == date(2026, 4, 8)
    # Friday 3 April: five of seven days are left, of which two are worked.
    assert found.ack_state(_noon(4, 2)) is SlaState.ON_TIME
    assert found.ack_state(_noon(4, 3)) is SlaState.SOON


def test_what_was_done_by_the_end_of_its_day_was_in_time() -> None:
    found = legal(date(2026, 3, 12))
    last = datetime(2026, 3, 26, 23, 59, 59, tzinfo=PARIS)
    assert found.ack_state(_noon(6, 1), acknowledged=last) is SlaState.MET
    assert found.ack_state(_noon(6, 1), acknowledged=last + timedelta(seconds=1)) is SlaState.MISSED
    assert found.answer_state(_noon(6, 1), answered=_noon(5, 12)) is SlaState.MET
    assert found.answer_state(_noon(6, 1), answered=_noon(5, 13)) is SlaState.MISSED


def test_an_answer_is_an_acknowledgement_too() -> None:
    found = legal(date(2026, 3, 12))
    assert found.ack_state(_noon(6, 1), answered=_noon(3, 20)) is SlaState.MET
    assert found.ack_state(_noon(6, 1), _noon(4, 20), _noon(3, 20)) is SlaState.MET
    assert found.ack_state(_noon(6, 1), answered=_noon(3, 27)) is SlaState.MISSED


@given(day=st.dates(date(2000, 1, 1), date(2090, 12, 31)), hour=st.integers(0, 23))
def test_ten_working_days_pass_before_the_acknowledgement_is_late(day: date, hour: int) -> None:
    found = legal(day, hour)
    passed = [day + timedelta(days=number) for number in range(1, (found.ack_day - day).days + 1)]
    assert sum(is_working_day(one) for one in passed) == 10
    assert is_working_day(found.ack_day)
    assert 59 <= (found.answer_day - day).days <= 62
    assert found.answer_day.day == day.day or (found.answer_day + timedelta(days=1)).day == 1


@pytest.mark.parametrize("wrong", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_clock_that_is_wrong_by_centuries_breaks_no_state(wrong: datetime) -> None:
    assert legal(date(2026, 3, 12)).answer_state(wrong) in SlaState
    assert legal_clock(wrong).answer_state(wrong) in SlaState
    assert clock(TEN_HOURS, wrong, [Pause(wrong, wrong), Pause(wrong)], wrong).consumed == 0
