"""Times that an agent chooses for a task: a few ready ones, and one typed as it is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from avise.models.names import fold
from avise.models.working_days import working_day_from
from avise.texts import text
from avise.texts.formats import (
    HARD,
    PARIS,
    format_duration,
    format_short_date,
    format_time,
    local,
    weekday_and_day,
)
from avise.ui.widgets.chip import ChipSpec, Tone

MORNING, AFTERNOON = time(9), time(14)
_MINUTE = timedelta(minutes=1)
SOON = timedelta(hours=1)
"""Before its hour, a task says how long is left."""

_TIME = re.compile(r"(?P<hour>\d{1,2})\s*(?:[:hH])\s*(?P<minute>\d{2})?$")
_DATE = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{2}|\d{4}))?$")
_DAYS = {"AUJOURDHUI": 0, "TODAY": 0, "DEMAIN": 1, "TOMORROW": 1}
_FIRST_YEAR = 2000
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            ("LUNDI", "MONDAY"),
            ("MARDI", "TUESDAY"),
            ("MERCREDI", "WEDNESDAY"),
            ("JEUDI", "THURSDAY"),
            ("VENDREDI", "FRIDAY"),
            ("SAMEDI", "SATURDAY"),
            ("DIMANCHE", "SUNDAY"),
        )
    )
    for word in words
}


@dataclass(frozen=True, slots=True)
class MomentChoice:
    """One time that is ready to be chosen."""

    words: str
    at: datetime


def at_day(day: date, hour: time) -> datetime:
    """Return an hour of a day in Paris, as UTC."""
    return datetime.combine(day, hour, PARIS).astimezone(UTC)


def choices(now: datetime) -> tuple[MomentChoice, ...]:
    """Return the times most often chosen, the nearest first; all of them are still to come."""
    today = local(now).date()
    in_an_hour = now.replace(second=0, microsecond=0) + timedelta(hours=1)
    working = working_day_from(today + timedelta(days=1))
    found = [
        ("moment.in_an_hour", in_an_hour),
        ("moment.afternoon", at_day(today, AFTERNOON)),
        ("moment.next_morning", at_day(working, MORNING)),
        ("moment.next_afternoon", at_day(working, AFTERNOON)),
        ("moment.in_a_week", at_day(today + timedelta(days=7), MORNING)),
    ]
    return tuple(
        MomentChoice(text(key, when=moment_words(at, now)), at)
        for key, at in found
        if at > now and not (key == "moment.afternoon" and at <= in_an_hour)
    )


def read_moment(words: str, now: datetime, hour: time = MORNING) -> datetime | None:
    """Read a time as it is said: 14:30, 14 h 30, demain 9 h, lundi, 27/03, 27/03/2026 14:30.

    A time alone is today's; a day alone is at `hour`. None when it is not a time.
    """
    said = " ".join(words.replace(HARD, " ").replace("\u202f", " ").replace("’", "'").split())
    if not said:
        return None
    found = _TIME.search(said)
    at = hour
    if found is not None:
        read = _time(found)
        if read is None:
            return None
        at, said = read, said[: found.start()].strip()
    for between in (" à", " a", " at", ","):
        said = said.removesuffix(between).strip()
    day = _day(said, local(now).date())
    return at_day(day, at) if day is not None else None


def _time(found: re.Match[str]) -> time | None:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(words: str, today: date) -> date | None:
    """Return the day that words name: none at all is today, a weekday the next one."""
    if not words:
        return today
    name = fold(words)
    if name in _DAYS:
        return today + timedelta(days=_DAYS[name])
    if name in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS[name] - today.weekday() - 1) % 7 + 1)
    found = _DATE.fullmatch(words)
    return _date(found, today) if found is not None else None


def _date(found: re.Match[str], today: date) -> date | None:
    """Return a date; without a year it is the next one, the present day included."""
    written = found["year"] or ""
    year = today.year if not written else int(written) + (2000 if len(written) == 2 else 0)
    if year < _FIRST_YEAR:
        return None
    try:
        day = date(year, int(found["month"]), int(found["day"]))
        return day if written or day >= today else day.replace(year=year + 1)
    except ValueError:
        return None


# ---- written -------------------------------------------------------------------------------------


def moment_words(at: datetime, now: datetime) -> str:
    """Write a time to come: 14:30, demain 09:00, ven. 27 mars 09:00."""
    day, today = local(at).date(), local(now).date()
    if day == today:
        return format_time(at)
    if day == today + timedelta(days=1):
        return text("when.tomorrow", time=format_time(at))
    return f"{weekday_and_day(day)} {format_time(at)}"


def due_chip(due: datetime, now: datetime) -> ChipSpec:
    """Return the mark of a task's time: late, soon, or on time (`ui.md` 5.9)."""
    if due < now:
        late = text("moment.late", duration=format_duration(now - due))
        words = late if now - due >= _MINUTE else text("moment.now")
        return ChipSpec(words, Tone.DANGER, "triangle-alert")
    if due - now <= SOON:
        return ChipSpec(format_duration(due - now), Tone.WARN, "hourglass")
    day, today = local(due).date(), local(now).date()
    if day == today:
        return ChipSpec(format_time(due), Tone.NEUTRAL, "clock")
    if day == today + timedelta(days=1):
        return ChipSpec(text("when.tomorrow", time=format_time(due)), Tone.NEUTRAL, "clock")
    return ChipSpec(f"{format_short_date(day)} {format_time(due)}", Tone.NEUTRAL, "clock")


def due_sentence(due: datetime, now: datetime) -> str:
    """Return in full when a task is due, and how late it is."""
    if due < now and now - due < _MINUTE:
        return text("moment.now")
    if due < now:
        return text("moment.late_since", when=_past_words(due, now), duration=format_duration(now - due))
    return text("moment.due", when=moment_words(due, now))


def _past_words(at: datetime, now: datetime) -> str:
    day, today = local(at).date(), local(now).date()
    return format_time(at) if day == today else f"{weekday_and_day(day)} {format_time(at)}"
