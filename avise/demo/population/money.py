"""Who pays what of one act, exactly (`domain.md` 7.5), and the tariffs with the day they took effect.

Computed in whole cents; `euros` gives the Decimal that entities hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple


@lru_cache(maxsize=1 << 16)
def euros(cents: int) -> Decimal:
    """Return an amount in euros with two places."""
    return Decimal(cents).scaleb(-2)


@dataclass(frozen=True, slots=True)
class Tariffs:
    """Amounts set by the State, in cents, from a day on."""

    effective_from: date
    general_practice: int
    """Consultation of a general practitioner."""
    flat_contribution: int
    """Left to the patient on each consultation."""
    hospital_day: int
    emergency: int
    heavy_act: int
    """Left on acts of 120 € and more."""


TARIFFS: tuple[Tariffs, ...] = (
    Tariffs(date(2018, 1, 1), 2500, 100, 2000, 1961, 2400),
    Tariffs(date(2023, 11, 1), 2650, 100, 2000, 1961, 2400),
    Tariffs(date(2024, 5, 15), 2650, 200, 2000, 1961, 2400),
    Tariffs(date(2024, 12, 22), 3000, 200, 2000, 1961, 2400),
    Tariffs(date(2026, 3, 1), 3000, 200, 2300, 2300, 2400),
    Tariffs(date(2026, 4, 1), 3000, 200, 2300, 2300, 3200),
)
"""Each row of `domain.md` 7.5; the earliest serves for every day before."""


def tariffs_on(day: date) -> Tariffs:
    """Return the tariffs in force that day."""
    for tariffs in reversed(TARIFFS):
        if tariffs.effective_from <= day:
            return tariffs
    return TARIFFS[0]


class Settlement(NamedTuple):
    """How one act was paid, in cents: `spent == mandatory + amount + out_of_pocket`."""

    spent: int
    base: int
    rate: int
    flat: int
    mandatory: int
    amount: int
    out_of_pocket: int


def settle(
    spent: int, base: int, rate: int, flat: int, overrun_cover: int = 0, ceiling_left: int | None = None
) -> Settlement:
    """Share the cost of an act between the mandatory scheme, the mutual and the person.

    Args:
        spent: what the provider asked, in cents.
        base: tariff of the mandatory scheme, in cents; no more than `spent` counts.
        rate: percent of the base that the scheme pays.
        flat: contribution or deductible kept by the scheme, never reimbursed, in cents.
        overrun_cover: the most that the guarantee pays above the base, in cents.
        ceiling_left: what remains under an annual ceiling of the guarantee, in cents.
    """
    paid_on = min(base, spent)
    gross = (paid_on * rate + 50) // 100
    kept = min(flat, gross)
    amount = min(paid_on - gross + min(spent - paid_on, overrun_cover), spent - gross)
    if ceiling_left is not None:
        amount = min(amount, max(ceiling_left, 0))
    mandatory = gross - kept
    return Settlement(spent, base, rate, kept, mandatory, amount, spent - mandatory - amount)


def percent_cover(base: int, percent: int) -> int:
    """Return what a guarantee written "150 % BR" (scheme included) pays above the base, in cents."""
    return max(0, (base * (percent - 100) + 50) // 100)


def settle_stay(
    care: Settlement, *, nights: int, room: int, room_cover: int, day_charge: int, heavy_act: int = 0
) -> Settlement:
    """Add to the care of a hospital stay what the mandatory scheme never pays.

    Args:
        care: the acts of the stay, already shared.
        nights: number of nights.
        room: price of a private room a night, 0 without one, in cents.
        room_cover: the most that the guarantee pays a night, in cents.
        day_charge: daily charge, paid by a responsible contract without a limit of days, in cents.
        heavy_act: contribution on heavy acts, paid by the mutual, in cents.
    """
    covered = nights * (day_charge + min(room, room_cover)) + heavy_act
    asked = nights * (day_charge + room) + heavy_act
    return care._replace(
        spent=care.spent + asked,
        amount=care.amount + covered,
        out_of_pocket=care.out_of_pocket + asked - covered,
    )
