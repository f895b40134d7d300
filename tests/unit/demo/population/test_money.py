"""Worked examples and identities of `avise.demo.population.money`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.demo.population.money import (
    euros,
    percent_cover,
    settle,
    settle_stay,
    tariffs_on,
)

CENTS = st.integers(min_value=0, max_value=2_000_000)
PERCENT = st.integers(min_value=0, max_value=100)


def test_a_consultation_of_30_euros_leaves_2_euros() -> None:
    """Base 30, scheme 21 − 2, mutual 9, person 2."""
    paid = settle(3_000, 3_000, 70, 200)
    assert (paid.mandatory, paid.amount, paid.out_of_pocket) == (1_900, 900, 200)


def test_a_specialist_at_60_euros_under_150_percent_leaves_14_75() -> None:
    """Base 31.50: scheme 20.05, mutual 25.20, person 14.75."""
    paid = settle(6_000, 3_150, 70, 200, percent_cover(3_150, 150))
    assert (paid.mandatory, paid.amount, paid.out_of_pocket) == (2_005, 2_520, 1_475)


def test_four_nights_pay_the_daily_charge_in_full_and_the_room_up_to_its_limit() -> None:
    """23 € × 4 = 92 €, room 50 of 60 € × 4 = 200 €, heavy act 32 €: 40 € are left for the room."""
    day = date(2026, 4, 2)
    tariffs = tariffs_on(day)
    stay = settle_stay(
        settle(0, 0, 80, 0), nights=4, room=6_000, room_cover=5_000, day_charge=tariffs.hospital_day,
        heavy_act=tariffs.heavy_act,
    )  # fmt: skip
    assert stay.amount == 9_200 + 20_000 + 3_200
    assert stay.out_of_pocket == 4_000
    assert stay.spent == stay.mandatory + stay.amount + stay.out_of_pocket


def test_class_a_glasses_leave_nothing_to_pay() -> None:
    paid = settle(12_000, 3_000, 60, 0, overrun_cover=12_000)
    assert paid.out_of_pocket == 0


@pytest.mark.parametrize(
    ("day", "hospital_day", "heavy_act", "flat", "general_practice"),
    [
        (date(2024, 5, 14), 2_000, 2_400, 100, 2_650),
        (date(2024, 5, 15), 2_000, 2_400, 200, 2_650),
        (date(2024, 12, 22), 2_000, 2_400, 200, 3_000),
        (date(2026, 2, 28), 2_000, 2_400, 200, 3_000),
        (date(2026, 3, 1), 2_300, 2_400, 200, 3_000),
        (date(2026, 4, 1), 2_300, 3_200, 200, 3_000),
    ],
)
def test_a_tariff_serves_from_its_day_on(
    day: date, hospital_day: int, heavy_act: int, flat: int, general_practice: int
) -> None:
    tariffs = tariffs_on(day)
    assert tariffs.hospital_day == hospital_day
    assert tariffs.heavy_act == heavy_act
    assert tariffs.flat_contribution == flat
    assert tariffs.general_practice == general_practice


@given(spent=CENTS, base=CENTS, rate=PERCENT, flat=CENTS, cover=CENTS, left=st.none() | CENTS)
def test_every_settlement_adds_up_and_never_reimburses_the_flat_contribution(
    spent: int, base: int, rate: int, flat: int, cover: int, left: int | None
) -> None:
    paid = settle(spent, base, rate, flat, cover, left)
    assert paid.spent == paid.mandatory + paid.amount + paid.out_of_pocket
    assert paid.mandatory >= 0
    assert paid.amount >= 0
    assert paid.out_of_pocket >= paid.flat
    assert left is None or paid.amount <= left


@given(cents=st.integers(min_value=-(10**9), max_value=10**9))
def test_euros_hold_two_places_and_the_exact_amount(cents: int) -> None:
    amount = euros(cents)
    assert amount * 100 == cents
    assert amount.as_tuple().exponent == -2
    assert isinstance(amount, Decimal)
