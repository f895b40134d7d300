"""What a customer's care came to by category: carried instead of its lines (`domain.md` 2.7 and 5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from avise.models.json_types import JSON

MONTHS = 24
"""That totals are made over."""

OTHER = "other"
_NOT_PAID = frozenset({"pending", "rejected", "reversed"})


@dataclass(frozen=True, slots=True)
class CareTotal:
    """One category of care: how many lines were paid, what was spent and what the mutual paid.

    Amounts are decimal text; `since` is the first day that counts.
    """

    category: str
    count: int
    spent: str
    reimbursed: str
    since: date


def first_day_of_totals(today: date) -> date:
    """Return the day from which lines count: the first of the month, 24 months ago."""
    months = today.year * 12 + today.month - 1 - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def care_totals(lines: Iterable[Mapping[str, JSON]], today: date) -> tuple[CareTotal, ...]:
    """Return the totals of benefit lines by category, those paid within 24 months.

    A line whose date or amount cannot be read counts nowhere.
    """
    since = first_day_of_totals(today)
    sums: dict[str, tuple[int, Decimal, Decimal]] = {}
    for line in lines:
        if line.get("status") in _NOT_PAID or not _counts(
            line.get("care_date") or line.get("paid_on"), since
        ):
            continue
        spent, paid = _amount(line.get("spent")), _amount(line.get("amount"))
        if spent is None or paid is None:
            continue
        category = str(line.get("category") or OTHER)
        count, all_spent, all_paid = sums.get(category, (0, Decimal(0), Decimal(0)))
        sums[category] = (count + 1, all_spent + spent, all_paid + paid)
    return tuple(
        CareTotal(category, count, f"{spent:.2f}", f"{paid:.2f}", since)
        for category, (count, spent, paid) in sorted(sums.items())
    )


def _counts(day: JSON, since: date) -> bool:
    try:
        return date.fromisoformat(str(day)[:10]) >= since
    except ValueError:
        return False


def _amount(value: JSON) -> Decimal | None:
    if value is None:
        return Decimal(0)
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
