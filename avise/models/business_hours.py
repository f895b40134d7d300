"""Business hours: when a team works, and what time counts for its service clocks (`domain.md` 3.2).

A minute is open when the clocks of Paris, at that minute, show a time within a period of that weekday,
on a day that is neither a public holiday nor closed. On the night of the clock changes the hour that is
repeated therefore counts twice, and the one that is skipped does not count.

Every moment counts as its minute: seconds are dropped before anything is compared. Moments are answered
in UTC, whatever the zone in which they were asked. Open minutes are listed once for about a year at a
time and counted by bisection, so that thousands of clocks can be read each minute.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.working_days import public_holidays
from avise.texts.formats import PARIS, local

Period = tuple[time, time]
"""Opening and closing; midnight as closing is the end of the day."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE, _ONE_DAY = timedelta(minutes=1), timedelta(days=1)
_HOUR, _DAY = 60, 24 * 60
"""In minutes."""
_MIDNIGHT = "24:00"
"""How a period that ends with the day is written."""
_SIZE = 19
"""Open minutes are listed by blocks of 2 ** 19 minutes: 364 days."""


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When a team works; kept with each request, so that a later change of hours moves no due time.

    Raises:
        AviseError: `hours.period` when a period is empty, out of order or not whole minutes;
            `hours.never` when no day has any.
    """

    periods: tuple[tuple[Period, ...], ...]
    """From Monday to Sunday, the periods of each day, in order."""
    alsace_moselle: bool = False
    """With the two public holidays of Alsace-Moselle."""
    closed: frozenset[date] = frozenset()
    """Days on which the team does not work, beside public holidays."""

    def __post_init__(self) -> None:
        """Refuse what is not a week of periods."""
        if len(self.periods) != len(WEEKDAYS) or not any(self.periods):
            raise AviseError("hours.never")
        for name, periods in zip(WEEKDAYS, self.periods, strict=True):
            latest = 0
            for opening, closing in periods:
                starts, ends = _minutes_of(opening), _closing_minutes(closing)
                if not (latest <= starts < ends) or not (_is_whole(opening) and _is_whole(closing)):
                    raise AviseError("hours.period", day=name, period=_written((opening, closing)))
                latest = ends

    @property
    def day_minutes(self) -> int:
        """Open minutes of the longest day: what "a day" is in a delay (540 for the default hours)."""
        return _day_minutes(self.periods)

    def opens_on(self, day: date) -> bool:
        """Say whether the team works on a day."""
        return (
            bool(self.periods[day.weekday()])
            and day not in self.closed
            and day not in public_holidays(day.year, alsace_moselle=self.alsace_moselle)
        )

    def is_open(self, at: datetime) -> bool:
        """Say whether the team works at a moment."""
        minute = to_minute(at)
        return self.open_between(minute, minute + 1) == 1

    def next_opening(self, at: datetime) -> datetime:
        """Return that minute when the team works then, else the next time that it begins."""
        return from_minute(self.after(to_minute(at), 1) - 1)

    def add(self, start: datetime, minutes: int) -> datetime:
        """Return the earliest moment by which so many open minutes have passed.

        A delay that is used up when the team closes ends then, not at the next opening. Without any
        minute to add it is the start itself.
        """
        return from_minute(self.after(to_minute(start), minutes))

    def minutes_between(self, a: datetime, b: datetime) -> int:
        """Return the open minutes from one moment to another, below zero when the second is earlier."""
        return self.open_between(to_minute(a), to_minute(b))

    # The same in minutes since 1970, for clocks that count many times.

    def open_between(self, a: int, b: int) -> int:
        """Return `minutes_between` for minutes of `to_minute`."""
        if b < a:
            return -self.open_between(b, a)
        first, last = a >> _SIZE, b >> _SIZE
        if first == last:
            block = _block(self, first)
            return block.before(b) - block.before(a)
        found = _block(self, last).before(b) - _block(self, first).before(a)
        return found + sum(_block(self, number).total for number in range(first, last))

    def after(self, minute: int, count: int) -> int:
        """Return `add` for minutes of `to_minute`."""
        if count <= 0:
            return minute
        number = minute >> _SIZE
        wanted = count + _block(self, number).before(minute)
        while number <= _LATEST >> _SIZE:
            block = _block(self, number)
            if wanted <= block.total:
                return block.minute_of(wanted)
            wanted -= block.total
            number += 1
        return _LATEST

    def as_json(self) -> dict[str, JSON]:
        """Return the hours as events and request types hold them: `{"monday": ["08:30-17:30"]}`."""
        found: dict[str, JSON] = {
            name: [_written(period) for period in periods]
            for name, periods in zip(WEEKDAYS, self.periods, strict=True)
            if periods
        }
        if self.alsace_moselle:
            found["alsace_moselle"] = True
        if self.closed:
            found["closed"] = [day.isoformat() for day in sorted(self.closed)]
        return found

    @classmethod
    def from_json(cls, value: JSON) -> BusinessHours:
        """Return the hours that `as_json` wrote, the default ones for an empty object.

        Raises:
            AviseError: `hours.unreadable`, `hours.unknown`, `hours.closed`, `hours.period` or `hours.never`.
        """
        if not isinstance(value, Mapping):
            raise AviseError("hours.unreadable")
        if not value:
            return DEFAULT_HOURS
        unknown = sorted(set(value) - {*WEEKDAYS, "alsace_moselle", "closed"})
        if unknown:
            raise AviseError("hours.unknown", name=unknown[0])
        periods = tuple(
            tuple(_read_period(name, words) for words in _texts(value.get(name, ()))) for name in WEEKDAYS
        )
        closed = frozenset(_read_day(words) for words in _texts(value.get("closed", ())))
        return _one_for_all(periods, value.get("alsace_moselle") is True, closed)


@lru_cache(maxsize=256)
def _one_for_all(
    periods: tuple[tuple[Period, ...], ...], alsace_moselle: bool, closed: frozenset[date]
) -> BusinessHours:
    """Return the same object for equal hours: events of thousands of requests hold the same ones."""
    return BusinessHours(periods, alsace_moselle, closed)


# ---- minutes -------------------------------------------------------------------------------------


def to_minute(at: datetime) -> int:
    """Return an aware moment in whole minutes since 1970, never outside 1970 to 2200.

    A clock that tells a year beyond is wrong; it must break neither a list nor a count.
    """
    minute = (at - _EPOCH) // _MINUTE
    return minute if 0 <= minute <= _LATEST else min(max(minute, 0), _LATEST)


def from_minute(minute: int) -> datetime:
    """Return the moment, in UTC, of a minute since 1970."""
    return _EPOCH + minute * _MINUTE


_LATEST = (datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH) // _MINUTE


@dataclass(frozen=True, slots=True)
class _Block:
    """The open minutes of 2 ** 19 minutes in a row."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    passed: tuple[int, ...]
    """Open minutes of the block before each opening, then all of them."""

    @property
    def total(self) -> int:
        return self.passed[-1]

    def before(self, minute: int) -> int:
        """Return the open minutes of the block before a minute."""
        index = bisect_right(self.opens, minute) - 1
        if index < 0:
            return 0
        return self.passed[index] + min(minute, self.closes[index]) - self.opens[index]

    def minute_of(self, count: int) -> int:
        """Return when so many open minutes of the block, one at least, have passed."""
        index = bisect_left(self.passed, count) - 1
        return self.opens[index] + count - self.passed[index]


@lru_cache(maxsize=256)
def _block(hours: BusinessHours, number: int) -> _Block:
    first, last = number << _SIZE, (number + 1) << _SIZE
    opens, closes, passed = [], [], [0]
    day = local(from_minute(first)).date()
    while _midnight(day) < last:
        for starts, ends in _spans(hours, day):
            opening, closing = max(starts, first), min(ends, last)
            if opening < closing:
                opens.append(opening)
                closes.append(closing)
                passed.append(passed[-1] + closing - opening)
        day += _ONE_DAY
    return _Block(tuple(opens), tuple(closes), tuple(passed))


def _spans(hours: BusinessHours, day: date) -> Iterator[tuple[int, int]]:
    """Yield the spans of a day in which the team works, the first first."""
    if not hours.opens_on(day):
        return
    periods = [(_minutes_of(a), _closing_minutes(b)) for a, b in hours.periods[day.weekday()]]
    starts, ends = _midnight(day), _midnight(day + _ONE_DAY)
    if ends - starts == _DAY:
        yield from ((starts + opening, starts + closing) for opening, closing in periods)
        return
    # The clocks change that day, at a whole hour: within each hour, what they show is known.
    for hour in range(starts, ends, _HOUR):
        shown = _minutes_of(local(from_minute(hour)).time())
        for opening, closing in periods:
            begins, stops = max(opening, shown), min(closing, shown + _HOUR)
            if begins < stops:
                yield hour + begins - shown, hour + stops - shown


def _midnight(day: date) -> int:
    """Return the minute in which a day begins in Paris."""
    return (datetime.combine(day, time(), PARIS) - _EPOCH) // _MINUTE


def _minutes_of(at: time) -> int:
    return at.hour * _HOUR + at.minute


def _closing_minutes(at: time) -> int:
    return _minutes_of(at) or _DAY


def _is_whole(at: time) -> bool:
    return at.tzinfo is None and at.second == 0 and at.microsecond == 0


@lru_cache(maxsize=256)
def _day_minutes(periods: tuple[tuple[Period, ...], ...]) -> int:
    return max(sum(_closing_minutes(b) - _minutes_of(a) for a, b in of_day) for of_day in periods)


@lru_cache(maxsize=4096)
def open_days_until(hours: BusinessHours, today: date, day: date) -> int:
    """Return how many days the team works after today, up to a day and that day included."""
    days = (today + timedelta(days=number) for number in range(1, (day - today).days + 1))
    return sum(hours.opens_on(one) for one in days)


# ---- written -------------------------------------------------------------------------------------


def _written(period: Period) -> str:
    opening, closing = period
    return f"{opening:%H:%M}-{closing:%H:%M}" if _minutes_of(closing) else f"{opening:%H:%M}-{_MIDNIGHT}"


def _texts(value: JSON) -> Sequence[str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise AviseError("hours.unreadable")
    return [str(words) for words in value]


def _read_period(day: str, words: str) -> Period:
    opening, _, closing = words.partition("-")
    try:
        return _read_time(opening), time() if closing == _MIDNIGHT else _read_time(closing)
    except ValueError:
        raise AviseError("hours.period", day=day, period=words) from None


def _read_time(words: str) -> time:
    return datetime.strptime(words, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone


def _read_day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise AviseError("hours.closed", day=words) from None


_WORKED_DAY: tuple[Period, ...] = ((time(8, 30), time(17, 30)),)

DEFAULT_HOURS = _one_for_all((*(_WORKED_DAY,) * 5, (), ()), False, frozenset())
"""Monday to Friday, 08:30 to 17:30: nine hours a day (`domain.md` 3.2)."""
