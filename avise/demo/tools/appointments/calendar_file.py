"""Writes one appointment as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from icalendar import Event, vCalAddress

from avise.demo.population.entities import Appointment, Dossier
from avise.demo.tools.codes import coded

KINDS: Mapping[str, str] = {
    "agency": "AGENCE",
    "home_visit": "DOMICILE",
    "phone": "TELEPHONE",
    "video": "VISIO",
}
STATUS: Mapping[str, str] = {"confirmed": "CONFIRMED", "tentative": "TENTATIVE", "cancelled": "CANCELLED"}
"""The standard knows three; whether a confirmed meeting took place is in X-SUITE."""
OUTCOMES: Mapping[str, str] = {"done": "HONORE", "missed": "ABSENT"}

PARIS = ZoneInfo("Europe/Paris")
_HEAD = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Agenda fictif//FR
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
_FOOT = "END:VCALENDAR\n"


def calendar_file(dossier: Dossier, appointment: Appointment) -> bytes:
    """Return the file of one appointment."""
    return whole_file(_event(dossier, appointment))


def whole_file(event: Event) -> bytes:
    """Return the file of one event, with its time zone."""
    written: bytes = event.to_ical()
    return _lines(_HEAD) + written + _lines(_FOOT)


def file_name(appointment: Appointment) -> str:
    """Return the name of an appointment's file; its identifier says nothing of anybody."""
    return f"{appointment.uid.partition('@')[0]}.ics"


def _lines(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("ascii")


def _event(dossier: Dossier, appointment: Appointment) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("dtstamp", appointment.starts_at)
    event.add("dtstart", appointment.starts_at.astimezone(PARIS))
    event.add("dtend", appointment.ends_at.astimezone(PARIS))
    event.add("summary", appointment.subject)
    if appointment.place:
        event.add("location", appointment.place)
    event.add("status", STATUS.get(appointment.status, "CONFIRMED"))
    event.add("categories", [coded(KINDS, appointment.kind)])
    organizer = vCalAddress("mailto:rdv@exemple.invalid")
    organizer.params["CN"] = appointment.advisor
    event.add("organizer", organizer)
    event.add("x-contact", dossier.ids.calendar_contact)
    event.add("x-contact-nom", dossier.member.last_name)
    event.add("x-contact-prenom", dossier.member.first_name)
    if appointment.status in OUTCOMES:
        event.add("x-suite", OUTCOMES[appointment.status])
    return event
