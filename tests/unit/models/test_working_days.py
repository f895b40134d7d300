"""French public holidays and the days that the mutual works."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.working_days import (
    add_months,
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


@pytest.mark.parametrize(("subdivision", "alsace_moselle"), [(None, False), ("57", True), ("6AE", True)])
def test_the_public_holidays_are_those_of_the_library_for_more_than_a_century(
    subdivision: str | None, *, alsace_moselle: bool
) -> None:
    # From 2005 to 2007 Whit Monday was worked; the library knows no year after 2100.
    for year in (*range(1982, 2005), *range(2008, 2101)):
        theirs = set(holidays.country_holidays("FR", subdiv=subdivision, years=year))
        assert public_holidays(year, alsace_moselle=alsace_moselle) == theirs, year


def test_alsace_and_moselle_have_two_holidays_more() -> None:
    more = public_holidays(2026, alsace_moselle=True) - public_holidays(2026)
    assert more == {date(2026, 4, 3), date(2026, 12, 26)}


def test_the_day_of_ascension_may_be_a_public_holiday_already() -> None:
    assert len(public_holidays(2008)) == 10  # 1 May 2008 was Ascension Day too


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 12), 2, date(2026, 5, 12)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 30), 2, date(2028, 2, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


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
