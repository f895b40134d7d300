"""French public holidays, working days and the legal dates counted in them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from avise.models.working_days import (
    add_working_days,
    easter,
    is_working_day,
    public_holidays,
    working_day_before,
    working_day_from,
)

__all__ = [
    "PARIS",
    "add_months",
    "add_working_days",
    "complaint_due_dates",
    "easter",
    "is_working_day",
    "last_sunday_of_october",
    "paris",
    "public_holidays",
    "working_day_before",
    "working_day_from",
]

PARIS = ZoneInfo("Europe/Paris")


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError


def last_sunday_of_october(year: int) -> date:
    """Return the night on which the clocks of Paris repeat the hour from 2 to 3."""
    day = date(year, 10, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def complaint_due_dates(received: date) -> tuple[date, date]:
    """Return when a complaint must be acknowledged (10 working days) and answered (2 months)."""
    return add_working_days(received, 10), add_months(received, 2)


def paris(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment of that day on the clocks of Paris."""
    return datetime.combine(day, time(hour, minute, second), PARIS)
