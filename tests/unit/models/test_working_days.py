"""French public holidays and the days that the mutual works."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.working_days import (
    add_working_days,
    easter,
    is_working_day,
    public_holidays,
    working_day_before,
    working_day_from,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    "sunday", [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25)]
)
def test_easter_is_where_the_calendar_says(sunday: date) -> None:
    assert easter(sunday.year) == sunday


def test_a_year_has_its_eleven_holidays() -> None:
    assert len(public_holidays(2026)) == 11
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25), date(2026, 7, 14)} < public_holidays(2026)


@given(day=DAYS, count=st.integers(0, 30))
def test_so_many_working_days_later_there_are_so_many_between(day: date, count: int) -> None:
    later = add_working_days(day, count)
    passed = [day + timedelta(days=n) for n in range(1, (later - day).days + 1)]
    assert sum(is_working_day(one) for one in passed) == count
    assert count == 0 or is_working_day(later)


@given(day=DAYS)
def test_the_working_days_around_a_day_have_none_between(day: date) -> None:
    before, after = working_day_before(day), working_day_from(day)
    assert is_working_day(before)
    assert is_working_day(after)
    assert before < day <= after
    between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert not any(is_working_day(one) for one in between if one != day or after != day)
