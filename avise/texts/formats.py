"""How values are written: dates, times, amounts, phones, by the typography of the language in use.

French follows the Imprimerie nationale: U+202F in thousands and before ; ! ?, U+00A0 before : and
units, U+2212 as minus. Babel's and Qt's own patterns differ in the details that staff read aloud, so
the few forms that the screens use are written here, and only here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from avise.texts.catalogue import language, text

PARIS = ZoneInfo("Europe/Paris")
"""Business calendars and every time shown on screen."""

THIN = "\u202f"
"""Narrow no-break space: thousands, and before ; ! ?"""
HARD = "\u00a0"
"""No-break space: before : and units, inside guillemets."""
MINUS = "\u2212"

_DAYS_FR = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_FR = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_LONG_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _french() -> bool:
    return language() == "fr"


def local(moment: datetime) -> datetime:
    """Return an aware datetime in Paris time."""
    return moment.astimezone(PARIS)


def format_number(value: Decimal | int, decimals: int = 0) -> str:
    """Write a number: 1 234,5 in French, 1,234.5 in English, with a true minus sign."""
    plain = f"{abs(Decimal(value)):,.{decimals}f}"
    if _french():
        plain = plain.replace(",", THIN).replace(".", ",")
    return f"{MINUS}{plain}" if value < 0 else plain


def format_amount(value: Decimal | str | int) -> str:
    """Write euros: 1 234,56 € in French, €1,234.56 in English."""
    amount = Decimal(value)
    number = format_number(amount, 2)
    if _french():
        return f"{number}{HARD}€"
    return f"{MINUS}€{number[1:]}" if amount < 0 else f"€{number}"


def format_percent(value: Decimal | int, decimals: int = 0) -> str:
    """Write a percentage: 97,4 % in French, 97.4% in English."""
    number = format_number(value, decimals)
    return f"{number}{HARD}%" if _french() else f"{number}%"


def format_date(day: date) -> str:
    """Write a date as data: 24/03/2026."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def format_long_date(day: date) -> str:
    """Write a date in a sentence: 24 mars 2026, 24 March 2026; the first is 1er in French."""
    if _french():
        number = "1er" if day.day == 1 else str(day.day)
        return f"{number} {_LONG_MONTHS_FR[day.month - 1]} {day.year}"
    return f"{day.day} {_LONG_MONTHS_EN[day.month - 1]} {day.year}"


def format_short_date(day: date) -> str:
    """Write a day and month in a narrow column: 24/03."""
    return f"{day.day:02d}/{day.month:02d}"


def format_time(moment: datetime) -> str:
    """Write a time of day in Paris: 10:44."""
    at = local(moment)
    return f"{at.hour:02d}:{at.minute:02d}"


def format_time_with_seconds(moment: datetime) -> str:
    """Write a time of day to the second: 10:44:52."""
    at = local(moment)
    return f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}"


def format_moment(moment: datetime, now: datetime) -> str:
    """Write when something was, as short as it can be.

    Today 10:44; hier 18:20; within a week lun. 23 mars 18:02; else 23/03/2026.
    """
    at, today = local(moment), local(now).date()
    if at.date() == today:
        return format_time(moment)
    if at.date() == today - timedelta(days=1):
        return text("when.yesterday", time=format_time(moment))
    if timedelta(0) < today - at.date() < timedelta(days=7):
        return f"{weekday_and_day(at.date())} {format_time(moment)}"
    return format_date(at.date())


def format_ahead(moment: datetime, now: datetime) -> str:
    """Write a moment to come as short as it can be: 18:00 today, mar. 31 mars 18:00 another day."""
    day = local(moment).date()
    if day <= local(now).date():
        return format_moment(moment, now)
    return f"{weekday_and_day(day)} {format_time(moment)}"


def weekday_and_day(day: date) -> str:
    """Write a day of the last weeks: lun. 23 mars, Mon 23 Mar."""
    days, months = (_DAYS_FR, _MONTHS_FR) if _french() else (_DAYS_EN, _MONTHS_EN)
    return f"{days[day.weekday()]} {day.day} {months[day.month - 1]}"


def timeline_day(day: date, today: date) -> str:
    """Write the first line of a timeline row's date column: auj., lun. 23, 3 févr., 28/01/25."""
    if day == today:
        return text("when.today_short")
    days, months = (_DAYS_FR, _MONTHS_FR) if _french() else (_DAYS_EN, _MONTHS_EN)
    if timedelta(0) < today - day < timedelta(days=21):
        return f"{days[day.weekday()]} {day.day}"
    if day.year == today.year or today - day < timedelta(days=300):
        return f"{day.day} {months[day.month - 1]}"
    return f"{day.day:02d}/{day.month:02d}/{day.year % 100:02d}"


CLOCKS_DIFFER = timedelta(minutes=2)
"""By which the clocks of a tool and of a workstation may differ without anybody noticing."""


def format_age(delta: timedelta) -> str:
    """Write how old a reading is: à l'instant, il y a 12 min, il y a 2 h 35, il y a 3 j.

    An age below zero by more than clocks differ is not known: the clock was set back.
    """
    if delta < -CLOCKS_DIFFER:
        return text("when.unknown_age")
    if delta < timedelta(minutes=1):
        return text("when.just_now")
    return text("when.ago", duration=format_duration(delta))


def format_duration(delta: timedelta) -> str:
    """Write a duration: 48 min, 2 h 10, 3 j."""
    minutes = max(int(delta.total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes}{HARD}min"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours}{HARD}h{HARD}{rest:02d}" if rest else f"{hours}{HARD}h"
    return f"{minutes // (24 * 60)}{HARD}{text('unit.day')}"


def format_seconds(seconds: float) -> str:
    """Write a latency: 1,8 s; 0,32 s under a second."""
    return f"{format_number(Decimal(str(seconds)), 1 if seconds >= 1 else 2)}{HARD}s"


def format_timer(seconds: int) -> str:
    """Write a running timer: 04:32, 1:04:32."""
    minutes, rest = divmod(max(seconds, 0), 60)
    if minutes < 60:
        return f"{minutes:02d}:{rest:02d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def format_countdown(seconds: int) -> str:
    """Write what is left of a time that is counted down: 0:45."""
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"{minutes}:{rest:02d}"


def format_phone(e164: str) -> str:
    """Write a French number by pairs (06 39 98 41 27), another with its country code."""
    national = "0" + e164[3:] if e164.startswith("+33") and len(e164) == 12 else e164
    if len(national) == 10 and national.startswith("0") and national.isdigit():
        return HARD.join(national[i : i + 2] for i in range(0, 10, 2))
    return e164


def format_member_number(number: str) -> str:
    """Write a member number in groups that can be read aloud: 0482 917 350; others unchanged."""
    if len(number) == 10 and number.isdigit():
        return f"{number[:4]}{THIN}{number[4:7]}{THIN}{number[7:]}"
    return number


def format_list_name(last_name: str, first_name: str) -> str:
    """Write a person as lists and headers do: MARCHAND Hélène."""
    return " ".join(part for part in (last_name.upper(), first_name) if part)


def format_siren(number: str) -> str:
    """Write a SIREN by three digits, a SIRET as SIREN then five digits."""
    groups = [number[0:3], number[3:6], number[6:9], number[9:]]
    return HARD.join(group for group in groups if group)
