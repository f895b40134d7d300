"""Public holidays, working days and legal dates."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from avise.demo.population.business_days import (
    add_months,
    add_working_days,
    complaint_due_dates,
    is_working_day,
    last_sunday_of_october,
    public_holidays,
    working_day_before,
    working_day_from,
)

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


def test_the_moving_holidays_of_2026_and_2027_are_those_of_the_calendar() -> None:
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= public_holidays(2026)
    assert {date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)} <= public_holidays(2027)
    assert len(public_holidays(2026)) == 11


def test_a_complaint_is_acknowledged_within_ten_working_days_and_answered_within_two_months() -> None:
    assert complaint_due_dates(date(2026, 3, 12)) == (date(2026, 3, 26), date(2026, 5, 12))


def test_a_month_later_than_the_31st_is_the_last_day_of_a_short_month() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)


def test_the_clocks_go_back_on_the_last_sunday_of_october() -> None:
    assert last_sunday_of_october(2025) == date(2025, 10, 26)
    assert last_sunday_of_october(2027) == date(2027, 10, 31)


@given(day=DAYS)
def test_a_working_day_is_never_far_and_always_on_the_right_side(day: date) -> None:
    later, earlier = working_day_from(day), working_day_before(day)
    assert is_working_day(later)
    assert is_working_day(earlier)
    assert earlier < day <= later
    assert later - earlier <= timedelta(days=6)


@given(day=DAYS, count=st.integers(1, 30))
def test_adding_working_days_counts_each_of_them_once(day: date, count: int) -> None:
    end = add_working_days(day, count)
    between = [day + timedelta(days=step) for step in range(1, (end - day).days + 1)]
    assert sum(is_working_day(step) for step in between) == count
