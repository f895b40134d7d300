"""Writes one appointment as an iCalendar file (RFC 5545), as the calendar of the house does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from avise.demo.population.entities import Appointment, Dossier

_PARIS = ZoneInfo("Europe/Paris")
_LONGEST_LINE = 75
"""Octets before a line is folded (section 3.1)."""

KINDS: Mapping[str, str] = {
    "agency": "AGENCE",
    "home_visit": "DOMICILE",
    "phone": "TELEPHONE",
    "video": "VISIO",
}
STATUS: Mapping[str, str] = {"confirmed": "CONFIRMED", "tentative": "TENTATIVE", "cancelled": "CANCELLED"}
"""The standard's own; what happened afterwards is in a property of the house."""
OUTCOMES: Mapping[str, str] = {"done": "HONORE", "missed": "ABSENT"}

_TIMEZONE = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE"""


def calendar_text(dossier: Dossier, appointment: Appointment) -> str:
    """Return the file of one appointment, lines folded and ended by CR LF."""
    member = dossier.member
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Agenda fictif//FR",
        *_TIMEZONE.splitlines(),
        "BEGIN:VEVENT",
        f"UID:{appointment.uid}",
        f"DTSTAMP:{_utc(appointment.starts_at)}",
        f"DTSTART;TZID=Europe/Paris:{_local(appointment.starts_at)}",
        f"DTEND;TZID=Europe/Paris:{_local(appointment.ends_at)}",
        f"SUMMARY:{_escaped(appointment.subject)}",
        f"STATUS:{STATUS.get(appointment.status, 'CONFIRMED')}",
        f"CATEGORIES:{KINDS.get(appointment.kind, appointment.kind)}",
        f'ORGANIZER;CN="{appointment.advisor}":mailto:{_mailbox(appointment.advisor)}',
        f"X-RDV-CONTACT:{dossier.ids.calendar_contact}",
        f"X-RDV-NOM:{_escaped(member.last_name)}",
        f"X-RDV-PRENOM:{_escaped(member.first_name)}",
    ]
    if appointment.place:
        lines.append(f"LOCATION:{_escaped(appointment.place)}")
    if appointment.status in OUTCOMES:
        lines.append(f"X-RDV-ISSUE:{OUTCOMES[appointment.status]}")
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(_folded(line) for line in lines)


def file_name(appointment: Appointment) -> str:
    """Return the name of an appointment's file."""
    return re.sub(r"[^A-Za-z0-9-]", "-", appointment.uid) + ".ics"


def _local(moment: datetime) -> str:
    return moment.astimezone(_PARIS).strftime("%Y%m%dT%H%M%S")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _mailbox(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", ".", plain.lower()).strip(".") + "@exemple.invalid"


def _folded(line: str) -> str:
    """Cut a line that is too long, never inside a character."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > _LONGEST_LINE:
            pieces.append(piece)
            piece = " "
        piece += character
    return "\r\n".join([*pieces, piece]) + "\r\n"
