"""Dates that a typed one may stand for."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Hamming

from avise.directory.near_dates import near_dates


def test_day_and_month_exchanged_come_first() -> None:
    assert near_dates(date(1968, 3, 12))[0] == date(1968, 12, 3)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_other_day_is_one_digit_away_or_exchanged(typed: date) -> None:
    for day in near_dates(typed):
        assert day != typed
        one_digit = Hamming.distance(f"{day:%d%m}{day.year:04d}", f"{typed:%d%m}{typed.year:04d}") == 1
        assert one_digit or (day.day, day.month, day.year) == (typed.month, typed.day, typed.year)
