"""Birth dates as tables write them, read to eight digits that keep what was mistyped.

A month 14 or a day 32 is not refused: a slip of one digit is what comparing two records has to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from rapidfuzz.distance import OSA

from avise.models.names import fold


class DateOrder(StrEnum):
    """In which order a table writes the parts of a date. Words of the mapping file."""

    YEAR_FIRST = "yyyy-mm-dd"
    DAY_FIRST = "dd/mm/yyyy"
    MONTH_FIRST = "mm/dd/yyyy"


_PREFERRED = (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.YEAR_FIRST)


_MONTHS = (
    ("JAN", 1), ("FEV", 2), ("FEB", 2), ("MAR", 3), ("AVR", 4), ("APR", 4), ("MAI", 5), ("MAY", 5),
    ("JUIN", 6), ("JUN", 6), ("JUIL", 7), ("JUL", 7), ("AOU", 8), ("AUG", 8), ("SEP", 9), ("OCT", 10),
    ("NOV", 11), ("DEC", 12),
    # German, Spanish, Italian, Dutch, Portuguese
    ("MRZ", 3), ("MAERZ", 3), ("OKT", 10), ("DEZ", 12), ("ENE", 1), ("ABR", 4), ("AGO", 8), ("DIC", 12),
    ("GEN", 1), ("MAG", 5), ("GIU", 6), ("LUG", 7), ("SET", 9), ("OTT", 10), ("MEI", 5), ("MRT", 3),
    ("MAAR", 3), ("OUT", 10),
)  # fmt: skip
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_TIME = re.compile(r"[T\s]\d{1,2}:\d{2}.*$")
_YOUNGEST_IN_LAST_CENTURY = 26
"""A year of two digits above this is of the twentieth century."""


def birth_digits(text: str, order: DateOrder | str = "") -> str:
    """Return a date as eight digits, year first; "" when there is none to be read.

    Args:
        text: as it stands in the table; a time behind it is dropped.
        order: of the parts, where the text leaves it open.
    """
    parts = _PARTS.findall(_TIME.sub("", text.strip()))
    if len(parts) == 1:
        return _compact_digits(parts[0], order)
    if len(parts) < 3:
        return _two_parts(parts)
    named = next((index for index, part in enumerate(parts) if not part.isdecimal() and _month(part)), None)
    if named is not None:
        return _with_named_month(parts, named)
    numbers = [part for part in parts if part.isdecimal()]
    return _best(numbers[0], numbers[1], numbers[2], order) if len(numbers) == 3 else ""


def _best(first: str, second: str, third: str, order: DateOrder | str) -> str:
    """Return the date in the order of the table, or in another one where only that makes a date."""
    asked = _in_order((first, second, third), order)
    if _is_ordinary(asked):
        return asked
    others = (_in_order((first, second, third), each) for each in _PREFERRED)
    return next(filter(_is_ordinary, others), asked)


def _in_order(numbers: tuple[str, str, str], order: DateOrder | str) -> str:
    first, second, third = numbers
    if len(first) == 4 or (order == DateOrder.YEAR_FIRST and len(third) < 4):
        return _joined(first, second, third)
    if order == DateOrder.MONTH_FIRST:
        return _joined(third, first, second)
    return _joined(third, second, first)


def _compact_digits(part: str, order: DateOrder | str) -> str:
    if not part.isdecimal():
        return ""
    if len(part) == 4:
        return year_digits(part)
    if len(part) != 8:
        return ""
    asked = _compact_in_order(part, order)
    if _is_ordinary(asked):
        return asked
    others = (_compact_in_order(part, each) for each in (DateOrder.YEAR_FIRST, *_PREFERRED))
    return next(filter(_is_ordinary, others), asked)


def _compact_in_order(part: str, order: DateOrder | str) -> str:
    if order == DateOrder.DAY_FIRST:
        return part[4:] + part[2:4] + part[:2]
    return part[4:] + part[:4] if order == DateOrder.MONTH_FIRST else part.replace("00000000", "")


def _two_parts(parts: list[str]) -> str:
    if len(parts) == 2 and all(part.isdecimal() for part in parts):
        year, month = (parts[0], parts[1]) if len(parts[0]) == 4 else (parts[1], parts[0])
        return _joined(year, month, "00") if len(year) == 4 and len(month) <= 2 else ""
    return ""


def _with_named_month(parts: list[str], named: int) -> str:
    numbers = [number for part in parts if (number := re.sub(r"\D", "", part))]
    if len(numbers) != 2:
        return ""
    day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else (numbers[0], numbers[1])
    return _joined(year, f"{_month(parts[named]):02d}", day)


def _month(word: str) -> int:
    folded = fold(word)
    return next((number for start, number in _MONTHS if folded.startswith(start)), 0)


def _joined(year: str, month: str, day: str) -> str:
    if len(year) == 2:
        year = ("19" if int(year) > _YOUNGEST_IN_LAST_CENTURY else "20") + year
    digits = year + month.zfill(2) + day.zfill(2)
    return digits if len(digits) == 8 and digits != "00000000" else ""


def year_digits(text: str) -> str:
    """Return a year of birth as eight digits with an unknown month and day, "" when it is none."""
    year = text.strip().removesuffix(".0")
    return year + "0000" if len(year) == 4 and year.isdecimal() and year != "0000" else ""


def order_of(texts: Iterable[str]) -> DateOrder:
    """Return the order in which a column writes its dates: the one that more of its dates fit.

    A year of four digits in front says its order itself. Dates cut into parts come before those of eight
    digits in one; where nothing tells the day from the month, the day comes first.
    """
    open_ones = [text for text in texts if not _YEAR_IN_FRONT.match(text)]
    cut = [text for text in open_ones if len(_PARTS.findall(text)) > 1] or open_ones
    fits = dict.fromkeys(DateOrder, 0)
    for text in cut:
        for order in fits:
            fits[order] += _is_ordinary(_as_written(text, order))
    return max(_PREFERRED, key=lambda order: fits[order])


_YEAR_IN_FRONT = re.compile(r"\s*\d{4}[^\d\s]\s*\d")


def _as_written(text: str, order: DateOrder) -> str:
    """Return the eight digits of a date in this order and no other."""
    parts = _PARTS.findall(_TIME.sub("", text.strip()))
    if len(parts) == 1 and len(parts[0]) == 8 and parts[0].isdecimal():
        return _compact_in_order(parts[0], order)
    numbers = [part for part in parts if part.isdecimal()]
    return _in_order((numbers[0], numbers[1], numbers[2]), order) if len(numbers) == 3 else ""


def _is_ordinary(digits: str) -> bool:
    return (
        len(digits) == 8
        and "1850" < digits[:4] < "2100"
        and "01" <= digits[4:6] <= "12"
        and "01" <= digits[6:] <= "31"
    )


_FIRST_OF_JANUARY = "0101"

SAME, SWAPPED, CLOSE, PART, NEAR, DIFFERENT = range(1, 7)
"""How alike two dates are, as `likeness` tells it."""


def likeness(ours: str, theirs: str) -> int:
    """Return how alike two dates of eight digits are: one of the six codes above.

    Swapped: day and month exchanged. Close: one digit. Part: what both tell is the same; the first of January
    is what tools write for somebody of whom they know the year alone. Near: two of day, month and year are
    the same.
    """
    if ours == theirs:
        return PART if ours.endswith("0000") else SAME
    same_year = ours[:4] == theirs[:4]
    if ours.endswith("00") or theirs.endswith("00"):
        known = 6 if "00" not in (ours[4:6], theirs[4:6]) else 4
        return PART if ours[:known] == theirs[:known] else DIFFERENT
    if same_year and _FIRST_OF_JANUARY in (ours[4:], theirs[4:]):
        return PART
    if same_year and ours[4:6] == theirs[6:] and ours[6:] == theirs[4:6]:
        return SWAPPED
    if OSA.distance(ours, theirs, score_cutoff=1) <= 1:
        return CLOSE
    alike = same_year + (ours[4:6] == theirs[4:6]) + (ours[6:] == theirs[6:])
    return NEAR if alike == 2 else DIFFERENT
