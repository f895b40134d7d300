"""The rounds of a travelling representative: visits of the world's day and of the working days after it.

Who is visited is drawn once from the people of the representative's portfolio, so that the same world always
has the same rounds.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from icalendar import Event

from avise.demo.population.companies import BAKERY, company
from avise.demo.population.entities import ContactPoint, Dossier
from avise.demo.population.spec import WorldSpec
from avise.demo.population.staff import REPRESENTATIVES, login_of, portfolio_of
from avise.demo.population.streams import rng
from avise.demo.tools.appointments.calendar_file import PARIS, whole_file
from avise.demo.tools.parties.shapes import company_party
from avise.models.working_days import working_day_from

ROUNDS_OF = REPRESENTATIVES[:1]
"""Representatives who have rounds: the one who sits at a window of the demonstration."""

DAYS = 6
"""Days of rounds, the world's own first."""

CANDIDATES = 120
"""People of the portfolio among whom the visited are drawn."""

_STARTS = (time(8, 45), time(10, 30), time(12, 0), time(14, 15), time(16, 0))
_SUBJECTS = (
    "Bilan de formule", "Souscription", "Premier contrat", "Audition", "Retraite à préparer",
    "Naissance : ajout au contrat", "Devis dentaire", "Changement de formule",
)  # fmt: skip
_NOTES = (
    "Sonner au portail bleu, deuxième bouton.", "Parking derrière la mairie.", "Étage 3, pas d’ascenseur.",
    "Appeler en arrivant.", "", "", "",
)  # fmt: skip
_COMPANY_SUBJECT = "Collectif obligatoire"
_COMPANY_STREET = "3 place du Four-à-Chaux"
_LENGTH = timedelta(minutes=60)
_ROUNDS = uuid.UUID("0d1c3e57-2c44-5a0e-9e0e-8a6f6c1f8b21")
_PORTFOLIOS = frozenset(map(login_of, ROUNDS_OF))


@dataclass(frozen=True, slots=True)
class Visited:
    """Somebody who may be visited: their key in the parties tool, and where they live."""

    party: str
    address: str


class Rounds:
    """Collects who may be visited, then writes the visits in the diary of each representative.

    Args:
        owner: folder of the principal that owns the calendars.
        spec: the world.
    """

    def __init__(self, owner: Path, spec: WorldSpec) -> None:
        self._owner = owner
        self._spec = spec
        self._candidates: list[Visited] = []

    def add(self, dossier: Dossier) -> None:
        """Take a dossier whose member may be visited."""
        person = dossier.member
        if len(self._candidates) >= CANDIDATES or person.restricted or person.vital_status != "alive":
            return
        address = next((point for point in dossier.contact_points if point.kind == "address"), None)
        if person.kind == "member" and address is not None and portfolio_of(address.postcode) in _PORTFOLIOS:
            self._candidates.append(Visited(person.ids.party, _written(address)))

    def write(self) -> None:
        """Write the diaries; nothing when nobody of the world lives there."""
        for name in ROUNDS_OF:
            login = login_of(name)
            calendar = self._owner / login
            calendar.mkdir()
            properties = {"tag": "VCALENDAR", "D:displayname": login}
            (calendar / ".Radicale.props").write_text(json.dumps(properties), "utf-8")
            for event in self._events(login):
                (calendar / f"{event['uid']}.ics").write_bytes(whole_file(event))

    def _events(self, login: str) -> Iterator[Event]:
        stream = rng(self._spec, "round", login)
        visited = stream.sample(self._candidates, min(len(self._candidates), DAYS * len(_STARTS)))
        for place, day in enumerate(_days(self._spec.as_of)):
            for number, start in enumerate(self._starts(place)):
                if not visited:
                    return
                starts = datetime.combine(day, start, PARIS)
                if place == 0 and start == time(12, 0):
                    yield self._company(login, starts)
                    continue
                subject = _SUBJECTS[int(stream.random() * len(_SUBJECTS))]
                note = _NOTES[int(stream.random() * len(_NOTES))]
                status = "TENTATIVE" if number == len(_STARTS) - 1 else "CONFIRMED"
                yield _event(login, starts, subject, visited.pop(), note, status)

    def _starts(self, place: int) -> Sequence[time]:
        return _STARTS if place % 2 == 0 else _STARTS[:-1]

    def _company(self, login: str, starts: datetime) -> Event:
        firm = company(self._spec, BAKERY)
        where = f"{_COMPANY_STREET}, {firm.postcode} {firm.city}"
        visited = Visited(company_party(firm.siren), where)
        return _event(login, starts, _COMPANY_SUBJECT, visited, "Entrée par l’atelier.", "CONFIRMED")


def _days(first: date) -> Iterator[date]:
    """Yield the world's day, whatever day it is, then working days."""
    yield first
    day = first
    for _ in range(DAYS - 1):
        day = working_day_from(day + timedelta(days=1))
        yield day


def _written(address: ContactPoint) -> str:
    return f"{address.value}, {address.postcode} {address.city}"


def _event(login: str, starts: datetime, subject: str, visited: Visited, note: str, status: str) -> Event:
    event = Event()
    event.add("uid", str(uuid.uuid5(_ROUNDS, f"{login}/{starts.isoformat()}")))
    event.add("dtstamp", starts)
    event.add("dtstart", starts)
    event.add("dtend", starts + _LENGTH)
    event.add("summary", subject.replace(" : ", "\u00a0: "))
    event.add("location", visited.address)
    if note:
        event.add("description", note)
    event.add("status", status)
    event.add("categories", ["DOMICILE"])
    event.add("x-agent", login)
    event.add("x-tiers", visited.party)
    return event
