"""Takes the appointments out of the population: calendars as Radicale stores them, one file an event."""

from __future__ import annotations

import json
from pathlib import Path

from avise.demo.population.entities import Dossier
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.appointments.calendar_text import calendar_text, file_name

COLLECTIONS = "collection-root"
"""The folder that Radicale reads, under the name that it gives it."""
OWNER = "rdv"
"""The principal that owns every calendar; clients see `/rdv/<contact>/`."""


class Loader:
    """Writes the calendars of the appointments tool (`ToolLoader`)."""

    def __init__(self, folder: Path, spec: WorldSpec) -> None:  # noqa: ARG002 - signature of LoaderFactory
        self._owner = folder / COLLECTIONS / OWNER
        self._owner.mkdir(parents=True)

    def add(self, dossier: Dossier) -> None:
        """Take a dossier's calendar, which exists even when it is empty."""
        contact = dossier.ids.calendar_contact
        calendar = self._owner / contact
        calendar.mkdir()
        properties = {"tag": "VCALENDAR", "D:displayname": contact}
        (calendar / ".Radicale.props").write_text(json.dumps(properties), "utf-8")
        for appointment in dossier.appointments:
            text = calendar_text(dossier, appointment)
            (calendar / file_name(appointment)).write_bytes(text.encode())

    def close(self) -> None:
        """Nothing is pending."""
