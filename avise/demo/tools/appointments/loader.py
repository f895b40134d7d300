"""Takes the appointments out of the population: calendars as Radicale stores them, one file an event."""

from __future__ import annotations

import json
from pathlib import Path

from avise.demo.population.entities import Dossier
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.appointments.calendar_file import calendar_file, file_name
from avise.demo.tools.appointments.diaries import write_diaries
from avise.demo.tools.appointments.rounds import Rounds

STORAGE = "storage"
"""What Radicale is given to read, below the tool's prepared data."""
OWNER = "rdv"
"""The principal that owns every calendar; clients see `/rdv/<contact>/`."""


class Loader:
    """Writes the calendars of the appointments tool (`ToolLoader`)."""

    def __init__(self, folder: Path, spec: WorldSpec) -> None:
        self._owner = folder / STORAGE / "collection-root" / OWNER
        self._owner.mkdir(parents=True)
        write_diaries(self._owner, spec)
        self._rounds = Rounds(self._owner, spec)

    def add(self, dossier: Dossier) -> None:
        """Take a dossier's calendar, which exists even when it is empty."""
        self._rounds.add(dossier)
        contact = dossier.ids.calendar_contact
        calendar = self._owner / contact
        calendar.mkdir()
        properties = {"tag": "VCALENDAR", "D:displayname": contact}
        (calendar / ".Radicale.props").write_text(json.dumps(properties), "utf-8")
        for appointment in dossier.appointments:
            (calendar / file_name(appointment)).write_bytes(calendar_file(dossier, appointment))

    def close(self) -> None:
        """Write the rounds, once everybody who may be visited is known."""
        self._rounds.write()
