"""Dates that a typed one may stand for."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from avise.directory.near_dates import near_dates


def test_day_and_month_exchanged_come_first() -> None:
    assert near_dates(date(1968, 3, 12))[0] == date(1968, 12, 3)


def test_digits_of_the_day_may_be_exchanged() -> None:
    assert date(1968, 3, 12) in near_dates(date(1968, 3, 21))


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_every_other_day_is_one_slip_away(typed: date) -> None:
    for day in near_dates(typed):
        assert day != typed
        parts_exchanged = (day.day, day.month, day.year) == (typed.month, typed.day, typed.year)
        assert parts_exchanged or OSA.distance(f"{day:%d%m%Y}", f"{typed:%d%m%Y}") == 1
