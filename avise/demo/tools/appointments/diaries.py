"""The diaries of the mutual's advisors: one calendar a login, with a few meetings on the world's day."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, time, timedelta
from pathlib import Path

from icalendar import Event

from avise.demo.population.spec import WorldSpec
from avise.demo.population.staff import ADVISORS, login_of
from avise.demo.population.streams import rng
from avise.demo.tools.appointments.calendar_file import PARIS, whole_file

_MEETINGS = (
    ("Point d’équipe", "AGENCE", "Salle des Ormes", 30),
    ("Bilan de formule", "TELEPHONE", "", 30),
    ("Rendez-vous d’adhésion", "AGENCE", "Vertaville Centre", 60),
    ("Formation : tiers payant", "VISIO", "", 90),
    ("Permanence d’accueil", "AGENCE", "Vertaville Centre", 120),
)
"""What, how, where, minutes; nobody is named."""

_STARTS = (time(9, 0), time(11, 0), time(14, 0), time(16, 0))
_DIARIES = uuid.UUID("b2c1c0f4-6d57-5d49-9a34-91f1c2f0a6b7")


def write_diaries(owner: Path, spec: WorldSpec) -> None:
    """Write one calendar an advisor below the folder of the principal that owns them."""
    for name in ADVISORS:
        login = login_of(name)
        calendar = owner / login
        calendar.mkdir()
        properties = {"tag": "VCALENDAR", "D:displayname": login}
        (calendar / ".Radicale.props").write_text(json.dumps(properties), "utf-8")
        for event in _events(spec, login):
            (calendar / f"{event['uid']}.ics").write_bytes(whole_file(event))


def _events(spec: WorldSpec, login: str) -> list[Event]:
    stream = rng(spec, "diary", login)
    starts = sorted(stream.sample(_STARTS, 2 + int(stream.random() * 2)))
    chosen = stream.sample(_MEETINGS, len(starts))
    return [
        _event(login, datetime.combine(spec.as_of, start, PARIS), *meeting)
        for start, meeting in zip(starts, chosen, strict=True)
    ]


def _event(login: str, starts: datetime, subject: str, category: str, place: str, minutes: int) -> Event:
    event = Event()
    event.add("uid", str(uuid.uuid5(_DIARIES, f"{login}/{starts.isoformat()}")))
    event.add("dtstamp", starts)
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=minutes))
    event.add("summary", subject.replace(" : ", "\u00a0: "))
    if place:
        event.add("location", place)
    event.add("status", "CONFIRMED")
    event.add("categories", [category])
    event.add("x-agent", login)
    return event
