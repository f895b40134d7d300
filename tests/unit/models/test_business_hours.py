"""Business hours: what is open, what is written, and what the clock changes do."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, time, timedelta

import pytest

from avise.models.business_hours import (
    DEFAULT_HOURS,
    BusinessHours,
    from_minute,
    open_days_until,
    to_minute,
)
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.texts import text
from avise.texts.formats import PARIS

ALL_DAY = ((time(), time()),)
ALWAYS = BusinessHours((ALL_DAY,) * 7)
TWO_PERIODS = BusinessHours.from_json(
    {
        "monday": ["08:30-12:00", "13:30-17:30"],
        "saturday": ["22:00-24:00"],
        "sunday": ["00:00-02:00"],
        "alsace_moselle": True,
        "closed": ["2026-08-03"],
    }
)


def paris(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PARIS)


def test_a_day_of_work_is_nine_hours_from_monday_to_friday() -> None:
    monday = paris(2026, 11, 23)
    per_day = [
        DEFAULT_HOURS.minutes_between(monday + timedelta(days=day), monday + timedelta(days=day + 1))
        for day in range(7)
    ]
    assert per_day == [540, 540, 540, 540, 540, 0, 0]
    assert DEFAULT_HOURS.day_minutes == 540


def test_the_team_is_there_from_the_minute_it_opens_to_before_the_one_in_which_it_closes() -> None:
    day = paris(2026, 11, 23)
    assert not DEFAULT_HOURS.is_open(day.replace(hour=8, minute=29, second=59))
    assert DEFAULT_HOURS.is_open(day.replace(hour=8, minute=30))
    assert DEFAULT_HOURS.is_open(day.replace(hour=17, minute=29, second=59))
    assert not DEFAULT_HOURS.is_open(day.replace(hour=17, minute=30))


def test_a_delay_used_up_at_closing_ends_at_closing() -> None:
    assert DEFAULT_HOURS.add(paris(2026, 11, 23, 16, 30), 60) == paris(2026, 11, 23, 17, 30)
    assert DEFAULT_HOURS.add(paris(2026, 11, 23, 16, 30), 61) == paris(2026, 11, 24, 8, 31)


def test_a_delay_begun_on_a_closed_day_runs_from_the_next_opening() -> None:
    assert DEFAULT_HOURS.add(paris(2026, 11, 21, 12), 30) == paris(2026, 11, 23, 9)
    assert DEFAULT_HOURS.next_opening(paris(2026, 12, 24, 17, 30)) == paris(2026, 12, 28, 8, 30)


def test_no_minute_to_add_is_the_start_even_when_closed() -> None:
    assert DEFAULT_HOURS.add(paris(2026, 11, 21, 12), 0) == paris(2026, 11, 21, 12)


def test_a_moment_counts_as_its_minute() -> None:
    start = paris(2026, 11, 23, 10).replace(second=59, microsecond=999)
    assert DEFAULT_HOURS.add(start, 1) == paris(2026, 11, 23, 10, 1)
    assert DEFAULT_HOURS.minutes_between(start, paris(2026, 11, 23, 10, 1)) == 1
    assert DEFAULT_HOURS.next_opening(start) == paris(2026, 11, 23, 10)


def test_moments_are_answered_in_utc() -> None:
    answers = (
        DEFAULT_HOURS.add(paris(2026, 11, 23, 10), 5),
        DEFAULT_HOURS.next_opening(paris(2026, 11, 23, 10)),
    )
    assert [answer.tzinfo for answer in answers] == [UTC, UTC]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        DEFAULT_HOURS.is_open(datetime(2026, 11, 23, 10))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 3, 29), 23 * 60), (date(2026, 10, 25), 25 * 60), (date(2026, 10, 26), 24 * 60)],
)
def test_a_day_open_all_day_is_as_long_as_the_clocks_make_it(day: date, expected: int) -> None:
    begins = datetime.combine(day, time(), PARIS)
    assert (
        ALWAYS.minutes_between(begins, datetime.combine(day + timedelta(days=1), time(), PARIS)) == expected
    )


def test_the_hour_that_is_repeated_counts_twice_and_the_skipped_one_never() -> None:
    night = BusinessHours((((time(2, 15), time(2, 45)),),) * 7)
    autumn = paris(2026, 10, 25)
    assert night.minutes_between(autumn, autumn + timedelta(days=1)) == 60
    assert night.add(autumn, 30) == datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert night.add(autumn, 31) == datetime(2026, 10, 25, 1, 16, tzinfo=UTC)
    spring = paris(2026, 3, 29)
    assert night.minutes_between(spring, spring + timedelta(days=1)) == 0
    assert night.next_opening(spring) == paris(2026, 3, 30, 2, 15)


def test_a_week_across_the_clock_change_has_the_same_hours_of_work() -> None:
    friday = paris(2026, 10, 23, 17)
    assert DEFAULT_HOURS.add(friday, 60) == paris(2026, 10, 26, 9)
    assert DEFAULT_HOURS.add(friday, 60).hour == 8  # winter: UTC is one hour behind Paris, no longer two


def test_a_night_of_work_is_written_over_two_days() -> None:
    assert TWO_PERIODS.minutes_between(paris(2026, 11, 21, 12), paris(2026, 11, 22, 12)) == 240
    assert TWO_PERIODS.add(paris(2026, 11, 21, 12), 120) == paris(2026, 11, 22)
    assert TWO_PERIODS.is_open(paris(2026, 11, 22))


def test_the_lunch_break_does_not_count() -> None:
    assert TWO_PERIODS.add(paris(2026, 11, 23, 11, 30), 60) == paris(2026, 11, 23, 14)
    assert TWO_PERIODS.day_minutes == 450


def test_holidays_and_closed_days_do_not_count() -> None:
    assert [day for day in (3, 6) if DEFAULT_HOURS.opens_on(date(2026, 4, day))] == [3]
    local_hours = BusinessHours(
        DEFAULT_HOURS.periods, alsace_moselle=True, closed=frozenset({date(2026, 4, 7)})
    )
    assert [day for day in (2, 3, 6, 7, 8) if local_hours.opens_on(date(2026, 4, day))] == [2, 8]
    assert open_days_until(local_hours, date(2026, 4, 2), date(2026, 4, 8)) == 1
    assert open_days_until(local_hours, date(2026, 4, 8), date(2026, 4, 8)) == 0


def test_ten_years_are_counted_and_the_end_of_the_known_years_is_never_passed() -> None:
    ten_years = DEFAULT_HOURS.minutes_between(paris(2026, 1, 1), paris(2036, 1, 1))
    assert DEFAULT_HOURS.add(paris(2026, 1, 1), ten_years) == paris(2035, 12, 31, 17, 30)
    assert DEFAULT_HOURS.add(paris(2026, 1, 1), 10**12) == datetime(2200, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("year", range(2024, 2029))
def test_nothing_is_lost_nor_counted_twice_where_one_block_of_listed_minutes_ends(year: int) -> None:
    edge = from_minute((to_minute(datetime(year, 12, 31, tzinfo=UTC)) >> 19) << 19)
    before, after = edge - timedelta(minutes=90), edge + timedelta(minutes=90)
    assert ALWAYS.minutes_between(before, after) == 180
    for count in (89, 90, 91):
        assert ALWAYS.add(before, count) == before + timedelta(minutes=count)
    assert ALWAYS.next_opening(edge) == edge


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_clock_that_is_wrong_by_centuries_breaks_nothing(at: datetime) -> None:
    assert 1970 <= DEFAULT_HOURS.next_opening(at).year <= 2200
    assert 1970 <= DEFAULT_HOURS.add(at, 60).year <= 2200
    assert DEFAULT_HOURS.minutes_between(at, at) == 0
    assert not DEFAULT_HOURS.is_open(at)


# ---- written -------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [DEFAULT_HOURS, TWO_PERIODS, ALWAYS])
def test_hours_come_back_from_an_event_and_from_a_process_as_they_were(hours: BusinessHours) -> None:
    assert BusinessHours.from_json(json.loads(json.dumps(hours.as_json()))) == hours
    assert pickle.loads(pickle.dumps(hours)) == hours  # noqa: S301 - what was just written


def test_hours_are_written_by_day() -> None:
    assert TWO_PERIODS.as_json() == {
        "monday": ["08:30-12:00", "13:30-17:30"],
        "saturday": ["22:00-24:00"],
        "sunday": ["00:00-02:00"],
        "alsace_moselle": True,
        "closed": ["2026-08-03"],
    }
    assert DEFAULT_HOURS.as_json() == {
        day: ["08:30-17:30"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    }


def test_nothing_written_is_the_default() -> None:
    assert BusinessHours.from_json({}) is DEFAULT_HOURS


def test_equal_hours_of_many_events_are_one_object() -> None:
    assert BusinessHours.from_json(TWO_PERIODS.as_json()) is BusinessHours.from_json(TWO_PERIODS.as_json())
    assert BusinessHours.from_json(DEFAULT_HOURS.as_json()) is DEFAULT_HOURS


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ([], "hours.unreadable"),
        ({"monday": "08:30-17:30"}, "hours.unreadable"),
        ({"monday": 5}, "hours.unreadable"),
        ({"lundi": ["08:30-17:30"]}, "hours.unknown"),
        ({"monday": ["8 h 30"]}, "hours.period"),
        ({"monday": ["08:30-25:00"]}, "hours.period"),
        ({"monday": ["17:30-08:30"]}, "hours.period"),
        ({"monday": ["08:30-08:30"]}, "hours.period"),
        ({"monday": ["08:30-12:00", "11:00-17:30"]}, "hours.period"),
        ({"monday": ["13:30-17:30", "08:30-12:00"]}, "hours.period"),
        ({"monday": ["22:00-24:00", "23:00-24:00"]}, "hours.period"),
        ({"monday": ["08:30-17:30"], "closed": ["demain"]}, "hours.closed"),
        ({"monday": []}, "hours.never"),
        ({"alsace_moselle": True}, "hours.never"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_a_sentence(value: JSON, key: str) -> None:
    with pytest.raises(AviseError) as refused:
        BusinessHours.from_json(value)
    assert refused.value.message_key == key
    sentence = text(key, **refused.value.params)
    assert sentence != key
    assert "{" not in sentence


@pytest.mark.parametrize(
    "period", [(time(8, 30, 1), time(12)), (time(8, 30), time(12, 0, 0, 1)), (time(8, tzinfo=UTC), time(12))]
)
def test_a_period_is_made_of_whole_minutes_of_the_wall(period: tuple[time, time]) -> None:
    with pytest.raises(AviseError, match=r"hours\.period"):
        BusinessHours(((period,), *((),) * 6))


def test_a_week_has_seven_days() -> None:
    with pytest.raises(AviseError, match=r"hours\.never"):
        BusinessHours((ALL_DAY,) * 6)
