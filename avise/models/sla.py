"""Service clocks: by when a request is to be dealt with, and how it stands (`domain.md` 3.2, decision 29).

The service clock counts the open minutes since the request was sent, less those of its pauses. A request
is due soon at 80 % of its delay, late from the minute in which all of it has passed, and goes to the team
lead at 120 %; half of it is a warning. It is pure: whoever reads the same ledger at the same minute reads
the same clock, offline too.

The legal clock of a complaint counts days, and nothing pauses it (`domain.md` R21, 6.8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import ceil

from avise.models.business_hours import DEFAULT_HOURS, BusinessHours, from_minute, to_minute
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.working_days import add_months, add_working_days, is_working_day
from avise.texts.formats import PARIS, local

LONGEST_TARGET = 366 * 24 * 60
"""Open minutes that a delay may have at most: a year without closing."""

ACKNOWLEDGE_WORKING_DAYS, ANSWER_MONTHS = 10, 2
"""Of a complaint (ACPR recommendation 2024-R-02)."""
_SOON_SHARE, _SOON_WORKING_DAYS = Fraction(1, 4), 2


class SlaState(StrEnum):
    """How a clock stands."""

    ON_TIME = "on_time"
    SOON = "soon"
    LATE = "late"
    """All the delay has passed; a pause does not hide it."""
    PAUSED = "paused"
    MET = "met"
    """Ended before its due time."""
    MISSED = "missed"
    """Ended once late."""


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """What is promised for a request: a delay in open minutes, and what happens on the way.

    Raises:
        AviseError: `sla.target` or `sla.shares` when nothing can be counted with it.
    """

    target_minutes: int
    hours: BusinessHours = DEFAULT_HOURS
    soon_at: float = 0.8
    """Share of the delay; exact as it is written, 0.8 is four fifths."""
    warn_at: float = 0.5
    escalate_at: float = 1.2

    def __post_init__(self) -> None:
        """Refuse a delay or shares that make no sense."""
        if not 0 < self.target_minutes <= LONGEST_TARGET:
            raise AviseError("sla.target", minutes=str(self.target_minutes))
        if not 0 < self.warn_at <= self.soon_at <= 1 <= self.escalate_at <= 100:
            raise AviseError(
                "sla.shares", warn=str(self.warn_at), soon=str(self.soon_at), escalate=str(self.escalate_at)
            )

    def as_json(self) -> dict[str, JSON]:
        """Return it as the event that creates a request holds it."""
        return {
            "target_minutes": self.target_minutes,
            "hours": self.hours.as_json(),
            "soon_at": self.soon_at,
            "warn_at": self.warn_at,
            "escalate_at": self.escalate_at,
        }

    @classmethod
    def from_json(cls, value: JSON) -> ServiceLevel:
        """Return what `as_json` wrote; what is absent, but for the delay, has its default.

        Raises:
            AviseError: `sla.unreadable`, or what hours, delay and shares raise.
        """
        if not isinstance(value, Mapping):
            raise AviseError("sla.unreadable")
        minutes = value.get("target_minutes")
        shares = [value.get(f"{name}_at", share) for name, share in _SHARES]
        if type(minutes) is not int or any(type(share) not in (int, float) for share in shares):
            raise AviseError("sla.unreadable")
        soon, warn, escalate = (float(str(share)) for share in shares)
        return cls(minutes, BusinessHours.from_json(value.get("hours", {})), soon, warn, escalate)


_SHARES = (("soon", 0.8), ("warn", 0.5), ("escalate", 1.2))


@dataclass(frozen=True, slots=True)
class Pause:
    """A time during which the service clock is stopped, because of the member or of a third party.

    The time between the end of a request and its reopening is one as well. A question asked inside is
    none: callers pass only what counts.
    """

    starts: datetime
    ends: datetime | None = None
    """None while it lasts."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SlaClock:
    """How a request stands at a minute, in open minutes.

    While it is paused the times to come are those that would hold if the pause ended now.
    """

    state: SlaState
    measured_at: datetime
    """The minute for which it was read: now, or the end of the request."""
    consumed: int
    target: int
    warn_at: datetime
    soon_at: datetime
    due_at: datetime
    escalate_at: datetime
    paused: bool = False
    """A pause lasts, whatever the state: a late request stays late while one waits."""

    @property
    def remaining(self) -> int:
        """Open minutes left, below zero by how much it is late."""
        return self.target - self.consumed

    @property
    def late_at(self) -> datetime:
        """The minute from which it is late: the due time, which no longer counts as in time."""
        return self.due_at

    @property
    def warned(self) -> bool:
        """Whether the warning was reached."""
        return self.measured_at >= self.warn_at

    @property
    def escalated(self) -> bool:
        """Whether the team lead gets it."""
        return self.measured_at >= self.escalate_at


Spans = tuple[tuple[int, int], ...]
"""Minutes from the first to before the second, in order and apart."""


def clock(
    level: ServiceLevel,
    started: datetime,
    pauses: Iterable[Pause],
    now: datetime,
    ended: datetime | None = None,
) -> SlaClock:
    """Return how a request stands now, or how it stood when it ended.

    Pauses may come in any order, overlap, lie within one another, last still, or be told to end later: a
    minute that any of them covers does not count, once.
    """
    begins, at = to_minute(started), to_minute(now if ended is None else ended)
    ledger = tuple(pauses)
    stopped = _stopped(ledger, begins, at)
    times = _times(level, begins, stopped)
    paused = ended is None and any(_covers(pause, at) for pause in ledger)
    return SlaClock(
        _state(at, times, paused=paused, ended=ended is not None),
        from_minute(at),
        _consumed(level.hours, begins, stopped, at),
        level.target_minutes,
        *times.moments,
        paused,
    )


def due_at(level: ServiceLevel, started: datetime, pauses: Iterable[Pause], now: datetime) -> datetime:
    """Return by when a request is to be dealt with, a pause that lasts being taken to end now."""
    begins = to_minute(started)
    return _times(level, begins, _stopped(tuple(pauses), begins, to_minute(now))).moments[2]


@dataclass(frozen=True, slots=True)
class _Times:
    """When the warning, the last part, the end of the delay and the escalation begin."""

    soon: int
    late: int
    moments: tuple[datetime, datetime, datetime, datetime]


@lru_cache(maxsize=16_384)
def _times(level: ServiceLevel, begins: int, stopped: Spans) -> _Times:
    shares = (level.warn_at, level.soon_at, 1.0, level.escalate_at)
    wanted = [_part(level.target_minutes, share) for share in shares]
    warn, soon, late, escalate = _reached(level.hours, begins, stopped, wanted)
    moments = (from_minute(warn), from_minute(soon), from_minute(late), from_minute(escalate))
    return _Times(soon, late, moments)


def _state(at: int, times: _Times, *, paused: bool, ended: bool) -> SlaState:
    late = at >= times.late
    if ended:
        return SlaState.MISSED if late else SlaState.MET
    if late:
        return SlaState.LATE
    if paused:
        return SlaState.PAUSED
    return SlaState.SOON if at >= times.soon else SlaState.ON_TIME


@lru_cache(maxsize=1024)
def _part(minutes: int, share: float) -> int:
    """Return the first whole minute at which a share of a delay is reached, counted in fractions."""
    return ceil(Fraction(str(share)) * minutes)


def _stopped(pauses: tuple[Pause, ...], begins: int, at: int) -> Spans:
    """Return the time covered by pauses since the beginning, as spans in order and apart."""
    found: list[tuple[int, int]] = []
    for starts, ends in sorted(_span(pause, begins, at) for pause in pauses):
        if starts >= ends:
            continue
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return tuple(found)


def _span(pause: Pause, begins: int, at: int) -> tuple[int, int]:
    return max(to_minute(pause.starts), begins), at if pause.ends is None else to_minute(pause.ends)


def _covers(pause: Pause, at: int) -> bool:
    return to_minute(pause.starts) <= at and (pause.ends is None or at < to_minute(pause.ends))


def _consumed(hours: BusinessHours, begins: int, stopped: Spans, at: int) -> int:
    """Return the open minutes that count from the beginning to a minute, none before it."""
    if at <= begins:
        return 0
    lost = sum(hours.open_between(starts, min(ends, at)) for starts, ends in stopped if starts < at)
    return hours.open_between(begins, at) - lost


def _reached(hours: BusinessHours, begins: int, stopped: Spans, wanted: list[int]) -> list[int]:
    """Return the earliest minutes by which so many minutes that count have passed, fewer first."""
    found: list[int] = []
    passed, since = 0, begins
    for starts, ends in stopped:
        counted = hours.open_between(since, starts)
        while len(found) < len(wanted) and wanted[len(found)] <= passed + counted:
            found.append(hours.after(since, wanted[len(found)] - passed))
        passed, since = passed + counted, ends
    return found + [hours.after(since, count - passed) for count in wanted[len(found) :]]


# ---- complaints ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LegalClock:
    """By when a complaint is acknowledged and answered; nothing pauses it.

    A day is soon when a quarter of the delay's days or less is left, or two working days or less. It is
    late once the day has ended in Paris.
    """

    received_on: date
    ack_due: datetime
    """The last minute of the day, as for the answer."""
    answer_due: datetime

    @property
    def ack_day(self) -> date:
        """The last day on which it may be acknowledged."""
        return local(self.ack_due).date()

    @property
    def answer_day(self) -> date:
        """The last day on which it may be answered."""
        return local(self.answer_due).date()

    def ack_state(
        self, now: datetime, acknowledged: datetime | None = None, answered: datetime | None = None
    ) -> SlaState:
        """Return how the acknowledgement stands; an answer is one as well."""
        done = [moment for moment in (acknowledged, answered) if moment is not None]
        return self._state(self.ack_day, now, min(done, default=None))

    def answer_state(self, now: datetime, answered: datetime | None = None) -> SlaState:
        """Return how the answer stands."""
        return self._state(self.answer_day, now, answered)

    def _state(self, last: date, now: datetime, done: datetime | None) -> SlaState:
        if done is not None:
            return SlaState.MET if _day_of(done) <= last else SlaState.MISSED
        today = _day_of(now)
        if today > last:
            return SlaState.LATE
        few = (last - today).days <= _SOON_SHARE * (last - self.received_on).days
        soon = few or working_days_left(today, last) <= _SOON_WORKING_DAYS
        return SlaState.SOON if soon else SlaState.ON_TIME


def legal_clock(
    received: datetime, working_days: int = ACKNOWLEDGE_WORKING_DAYS, months: int = ANSWER_MONTHS
) -> LegalClock:
    """Return the legal clock of a complaint received at a moment: its day in Paris counts.

    Ten working days after that day to acknowledge; the same day two months later, or that month's last,
    to answer, even when nobody works that day.
    """
    day = _day_of(received)
    return LegalClock(day, _end_of(add_working_days(day, working_days)), _end_of(add_months(day, months)))


@lru_cache(maxsize=8192)
def working_days_left(today: date, last: date) -> int:
    """Return the working days after today, up to a last day and that day included."""
    return sum(
        is_working_day(date.fromordinal(day)) for day in range(today.toordinal() + 1, last.toordinal() + 1)
    )


def _day_of(moment: datetime) -> date:
    """Return the day in Paris, within the years that `to_minute` knows."""
    return local(from_minute(to_minute(moment))).date()


def _end_of(day: date) -> datetime:
    return from_minute(to_minute(datetime.combine(day, time(23, 59), PARIS)))
