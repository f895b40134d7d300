"""What may be typed to look for somebody: how long, and which dates nobody can have been born on.

The search itself reads what is typed in every way (`avise.directory.search_query`). Here stands only what
is told when nobody was found: a date that no calendar has finds nobody, which is no reason to say that the
person is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from avise.models.names import fold

MOST_CHARACTERS = 200
"""Nobody types more, and a paste must not cost seconds."""
OLDEST_YEAR = 1900

MONTHS = {
    "JANVIER": 1, "JANV": 1, "FEVRIER": 2, "FEVR": 2, "FEV": 2, "MARS": 3, "AVRIL": 4, "AVR": 4,
    "MAI": 5, "JUIN": 6, "JUILLET": 7, "JUIL": 7, "AOUT": 8, "SEPTEMBRE": 9, "SEPT": 9, "SEP": 9,
    "OCTOBRE": 10, "OCT": 10, "NOVEMBRE": 11, "NOV": 11, "DECEMBRE": 12, "DEC": 12,
}  # fmt: skip
"""Folded, as said or shortened."""


class DateFault(StrEnum):
    """Why nobody is found by a date. Sentence: catalogue key `search.date.<fault>`."""

    NO_SUCH_DAY = "no_such_day"
    TO_COME = "to_come"
    TOO_OLD = "too_old"
    NO_YEAR = "no_year"
    """A day and a month alone are no key of the search; nor is a year that is being typed."""


@dataclass(frozen=True, slots=True)
class FaultyDate:
    """A date that finds nobody, as it was typed, and why."""

    typed: str
    fault: DateFault


_ALONE, _END = r"(?<![\d/.-])", r"(?![/.-]?\d)"
_PATTERNS = (
    re.compile(rf"{_ALONE}(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_END}"),
    re.compile(rf"{_ALONE}(?P<day>\d{{1,2}})([/.-])(?P<month>\d{{1,2}})\2(?P<year>\d{{4}}){_END}"),
    # Points and hyphens group the digits of numbers: only strokes make a date without its whole year.
    # A lone zero begins a month.
    re.compile(rf"{_ALONE}(?P<day>\d{{1,2}})/(?!0(?!\d))(?P<month>\d{{1,2}})(?:/(?P<year>\d{{0,3}}))?{_END}"),
    re.compile(rf"{_ALONE}(?P<month>\d{{1,2}})/(?P<year>\d{{4}}){_END}"),
    re.compile(
        r"(?<![\w-])(?P<day>\d{1,2})(?:er)?\s+(?P<month>[^\W\d_]{3,9})\.?\s+(?P<year>\d{4})(?!\w)",
        re.IGNORECASE,
    ),
)
_LEAP_YEAR = 2000


def faulty_date(text: str, today: date) -> FaultyDate | None:
    """Return the date of a text that keeps it from finding anybody, None when there is none.

    Args:
        text: as typed.
        today: nobody was born after it.
    """
    for typed, fault in _dates(text[:MOST_CHARACTERS], today):
        return None if fault is None else FaultyDate(typed, fault)
    return None


def _dates(text: str, today: date) -> Iterator[tuple[str, DateFault | None]]:
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            said = found["month"]
            month = int(said) if said.isdigit() else MONTHS.get(fold(said))
            if month is not None:
                parts = found.groupdict()
                yield found[0].strip(), _fault(parts.get("day") or "1", month, parts["year"], today)


def _fault(day: str, month: int, year: str | None, today: date) -> DateFault | None:
    if year is None or len(year) not in (2, 4):
        return DateFault.NO_YEAR if _days(int(day), month, [_LEAP_YEAR]) else DateFault.NO_SUCH_DAY
    years = [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]
    days = _days(int(day), month, years)
    if not days:
        return DateFault.NO_SUCH_DAY
    if all(each > today for each in days):
        return DateFault.TO_COME
    return DateFault.TOO_OLD if max(years) < OLDEST_YEAR else None


def _days(day: int, month: int, years: list[int]) -> list[date]:
    found = []
    for year in years:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found
