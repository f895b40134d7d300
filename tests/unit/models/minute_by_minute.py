"""The service clock as one would count it by hand: minute after minute, looking at the clock of Paris.

Nothing is shared with `avise.models`: no table, no jump, and the public holidays of another library.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

MINUTE = timedelta(minutes=1)
PARIS = ZoneInfo("Europe/Paris")

PauseTimes = tuple[datetime, datetime | None]


@cache
def _public_holidays(year: int, *, alsace_moselle: bool) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv="57" if alsace_moselle else None, years=year))


@dataclass(frozen=True, slots=True)
class SlowHours:
    """When a team works, asked one minute at a time."""

    week: Sequence[Sequence[tuple[time, time]]]
    alsace_moselle: bool
    closed: frozenset[date]

    def is_open(self, minute: datetime) -> bool:
        """Look at the clock of Paris and at the calendar."""
        shown = minute.astimezone(PARIS)
        day, at = shown.date(), shown.time()
        if day in self.closed or day in _public_holidays(day.year, alsace_moselle=self.alsace_moselle):
            return False
        return any(
            opening <= at and (at < closing or closing == time())
            for opening, closing in self.week[day.weekday()]
        )

    def open_minutes(self, a: datetime, b: datetime) -> int:
        """Count the open minutes from one to the other."""
        return sum(self.is_open(minute) for minute in minutes(whole(a), whole(b)))


def whole(at: datetime) -> datetime:
    """Drop the seconds."""
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def minutes(a: datetime, b: datetime) -> Iterable[datetime]:
    """Yield every minute from one to before the other."""
    while a < b:
        yield a
        a += MINUTE


def is_paused(pauses: Sequence[PauseTimes], minute: datetime, now: datetime) -> bool:
    """Say whether a pause covers a minute; one that lasts goes on until now."""
    return any(whole(starts) <= minute < whole(now if ends is None else ends) for starts, ends in pauses)


def consumed(hours: SlowHours, started: datetime, pauses: Sequence[PauseTimes], now: datetime) -> int:
    """Count the open minutes outside pauses since the start."""
    return sum(
        hours.is_open(minute) and not is_paused(pauses, minute, now)
        for minute in minutes(whole(started), whole(now))
    )


def reached(
    hours: SlowHours,
    started: datetime,
    pauses: Sequence[PauseTimes],
    now: datetime,
    wanted: Sequence[int],
    until: datetime,
) -> list[datetime | None]:
    """Walk until each of these counts has passed, or until a limit: None for those not reached by then."""
    found: dict[int, datetime] = {}
    passed = 0
    for minute in minutes(whole(started), whole(until)):
        if hours.is_open(minute) and not is_paused(pauses, minute, now):
            passed += 1
            found.setdefault(passed, minute + MINUTE)
    return [found.get(count) for count in wanted]
