"""The rounds of the demonstration's representative."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from icalendar import Calendar

from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.appointments.loader import OWNER, STORAGE, Loader
from avise.demo.tools.appointments.rounds import DAYS
from avise.models.working_days import is_working_day
from avise.services.visits.routes import communes, town_of

SATURDAY = date(2026, 11, 28)


def rounds(folder: Path, as_of: date) -> dict[str, bytes]:
    """Return the files of the representative's diary, by name."""
    folder.mkdir()
    spec = WorldSpec.for_preset("mini", as_of)
    loader = Loader(folder, spec)
    for dossier in iter_dossiers(spec):
        loader.add(dossier)
    loader.close()
    diary = folder / STORAGE / "collection-root" / OWNER / "bruno.kerhoas"
    return {path.name: path.read_bytes() for path in diary.glob("*.ics")}


def test_the_same_world_has_the_same_rounds(tmp_path: Path) -> None:
    first = rounds(tmp_path / "one", SATURDAY)
    assert first == rounds(tmp_path / "two", SATURDAY)
    assert len(first) > 20


def test_rounds_are_on_the_world_s_day_then_on_working_days_at_places_that_are_known(tmp_path: Path) -> None:
    events = [
        next(iter(Calendar.from_ical(file).walk("VEVENT")))
        for file in rounds(tmp_path / "one", SATURDAY).values()
    ]
    days = Counter(event.decoded("DTSTART").date() for event in events)
    assert min(days) == SATURDAY
    assert days[SATURDAY] == 5
    assert len(days) == DAYS
    assert all(is_working_day(day) for day in days if day != SATURDAY)
    assert all(communes().place(town_of(str(event["LOCATION"]))) is not None for event in events)
    visited = [str(event["X-TIERS"]) for event in events]
    assert len(set(visited)) == len(visited)
    assert sum(party.startswith("ENT-") for party in visited) == 1
