"""What the mark of a service clock says: a few signs in a list, a sentence in full (`ui.md` 5.9).

Durations are open minutes; a day is the longest day of the team's hours. Days to come are counted as one
says them: "demain" is the next day of the calendar, "2 j" the second day on which the team works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from avise.models.business_hours import BusinessHours, open_days_until
from avise.models.sla import SlaClock, SlaState
from avise.texts import text
from avise.texts.formats import HARD, format_time, local, weekday_and_day

_HOUR = 60
_MINUTE, _ONE_DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ChipText:
    """The few signs of a mark: a key of the catalogue and its values."""

    key: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def words(self) -> str:
        """Return them in the language in use."""
        return text(self.key, **self.params)


def chip_text(found: SlaClock, hours: BusinessHours) -> ChipText:
    """Return what the mark says: 48 min, 6 h 20, demain, 2 j, retard 2 h, en pause, tenue."""
    match found.state:
        case SlaState.LATE:
            return _late(-found.remaining, hours.day_minutes)
        case SlaState.ON_TIME | SlaState.SOON:
            return _to_come(found, hours)
        case state:
            return ChipText(f"sla.chip.{state}")


def _late(minutes: int, day_minutes: int) -> ChipText:
    """Return by how much it is late, in the largest unit that is full."""
    if minutes < 1:
        return ChipText("sla.chip.late")
    if minutes >= day_minutes:
        return ChipText("sla.chip.late_days", {"days": minutes // day_minutes})
    if minutes >= _HOUR:
        return ChipText("sla.chip.late_hours", {"hours": minutes // _HOUR})
    return ChipText("sla.chip.late_minutes", {"minutes": minutes})


def _to_come(found: SlaClock, hours: BusinessHours) -> ChipText:
    """Return the time left when it is for today, or soon and less than a day's work; else the day."""
    today, last = local(found.measured_at).date(), _last_day(found.due_at)
    near = found.state is SlaState.SOON and found.remaining < hours.day_minutes
    if near or last <= today:
        return _left(found.remaining)
    if last == today + _ONE_DAY:
        return ChipText("sla.chip.tomorrow")
    return ChipText("sla.chip.days", {"days": open_days_until(hours, today, last)})


def _left(minutes: int) -> ChipText:
    whole, rest = divmod(minutes, _HOUR)
    if not whole:
        return ChipText("sla.chip.minutes", {"minutes": rest})
    if not rest:
        return ChipText("sla.chip.hours", {"hours": whole})
    return ChipText("sla.chip.hours_minutes", {"hours": whole, "minutes": f"{rest:02d}"})


def _last_day(due: datetime) -> date:
    """Return the day of the last minute that is in time: midnight ends the day before."""
    return local(due - _MINUTE).date()


def sla_sentence(found: SlaClock, hours: BusinessHours) -> str:
    """Return how a clock stands in full: à traiter avant 12:54, dans 2 h 02, heures ouvrées."""
    when = _when(found.due_at, found.measured_at)
    match found.state:
        case SlaState.LATE:
            return _late_sentence(found, hours, when)
        case SlaState.PAUSED:
            return text("sla.sentence.paused", duration=open_duration(found.remaining, hours))
        case SlaState.MET:
            return text("sla.sentence.met", duration=open_duration(found.consumed, hours))
        case SlaState.MISSED:
            return text("sla.sentence.missed", duration=open_duration(-found.remaining, hours))
        case _:
            return text("sla.sentence.due", when=when, duration=open_duration(found.remaining, hours))


def _late_sentence(found: SlaClock, hours: BusinessHours, when: str) -> str:
    late = text("sla.sentence.late", when=when, duration=open_duration(-found.remaining, hours))
    return text("sla.sentence.late_paused", late=late) if found.paused else late


def open_duration(minutes: int, hours: BusinessHours) -> str:
    """Write a duration in open time: 48 min, 2 h 02, 2 j 3 h."""
    if minutes < 1:
        return text("sla.under_a_minute")
    days, rest = divmod(minutes, hours.day_minutes)
    if days:
        whole = f"{days}{HARD}{text('unit.day')}"
        return f"{whole} {rest // _HOUR}{HARD}h" if rest >= _HOUR else whole
    return _left(rest).words()


def _when(at: datetime, now: datetime) -> str:
    """Write a time of today, of tomorrow, or of another day."""
    day, today = local(at).date(), local(now).date()
    if day == today:
        return format_time(at)
    if day == today + _ONE_DAY:
        return text("when.tomorrow", time=format_time(at))
    return f"{weekday_and_day(day)} {format_time(at)}"
