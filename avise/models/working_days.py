"""French public holidays and working days (`domain.md` 3.2).

The days are computed here, not read from a library: due times are the same on every machine whatever
the versions installed, and the window opens without loading one. A test compares them with the library
`holidays` over more than a century.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

_ONE_DAY = timedelta(days=1)
_SAINT_STEPHEN = (12, 26)
_FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))


def easter(year: int) -> date:
    """Return Easter Sunday (Gregorian computus, Meeus' form)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    remainder = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * remainder) // 451
    month, day = divmod(h + remainder - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def public_holidays(year: int, *, alsace_moselle: bool = False) -> frozenset[date]:
    """Return the 11 French public holidays of a year (`domain.md` 3.2), by the law in force.

    Haut-Rhin, Bas-Rhin and Moselle have two more: Good Friday and 26 December (labour code, L3134-13).
    """
    sunday = easter(year)
    moving = (sunday + timedelta(days=1), sunday + timedelta(days=39), sunday + timedelta(days=50))
    found = frozenset((*moving, *(date(year, month, day) for month, day in _FIXED_HOLIDAYS)))
    if not alsace_moselle:
        return found
    return found | {sunday - timedelta(days=2), date(year, *_SAINT_STEPHEN)}


@lru_cache(maxsize=8192)
def is_working_day(day: date) -> bool:
    """Return whether the mutual works that day: Monday to Friday, public holidays excepted."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


@lru_cache(maxsize=8192)
def working_day_from(day: date) -> date:
    """Return that day, or the next one worked."""
    while not is_working_day(day):
        day += _ONE_DAY
    return day


@lru_cache(maxsize=8192)
def working_day_before(day: date) -> date:
    """Return the last day worked before that day."""
    day -= _ONE_DAY
    while not is_working_day(day):
        day -= _ONE_DAY
    return day


def add_working_days(day: date, count: int) -> date:
    """Return the day `count` working days later."""
    for _ in range(count):
        day = working_day_from(day + _ONE_DAY)
    return day


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day when it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
