"""Takes complaints out of the population."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from avise.demo.population.defects import MOJIBAKE, birth_date_in_complaints, misread
from avise.demo.population.entities import Complaint, Dossier
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.codes import coded
from avise.demo.tools.prepared_files import AnswerWriter

FILE_NAME = "complaints.sqlite"

CLIENT = "client"
COMPLAINTS = "reclamations"
FILE = "fiche"
"""The client's file: the address to which answers are sent."""

CHANNELS: Mapping[str, int] = {
    "phone": 1,
    "email": 2,
    "letter": 3,
    "member_space": 4,
    "agency": 5,
    "social": 6,
}
LEVELS: Mapping[str, str] = {"first": "N1", "second": "N2", "mediation": "MED"}
STATES: Mapping[str, str] = {"open": "OUV", "acknowledged": "AR", "answered": "REP", "closed": "CLO"}
OUTCOMES: Mapping[str, str] = {
    "none": "",
    "upheld": "FAV",
    "partly_upheld": "PAR",
    "not_upheld": "DEF",
    "goodwill": "GES",
}


class Loader:
    """Writes the answers of the complaints tool (`ToolLoader`)."""

    def __init__(self, folder: Path, spec: WorldSpec) -> None:  # noqa: ARG002 - signature of LoaderFactory
        self._file = AnswerWriter(folder / FILE_NAME)

    def add(self, dossier: Dossier) -> None:
        """Take a client, known even without a complaint, and the complaints, latest first."""
        key = dossier.ids.client
        self._file.answer(CLIENT, key, {**_client(dossier), "nbReclamations": len(dossier.complaints)})
        self._file.answer(FILE, key, {"client": _client(dossier), **_address(dossier)})
        latest_first = sorted(dossier.complaints, key=lambda each: each.received_on, reverse=True)
        self._file.entries(COMPLAINTS, key, [_complaint(each) for each in latest_first])

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def _client(dossier: Dossier) -> Mapping[str, object]:
    member = dossier.member
    last_name, first_name = member.last_name, member.first_name
    if MOJIBAKE in dossier.defects:
        last_name, first_name = misread(last_name), misread(first_name)
    return {
        "code": dossier.ids.client,
        "nom": last_name,
        "prenom": first_name,
        "neLe": _day(birth_date_in_complaints(member)),
    }


def _address(dossier: Dossier) -> Mapping[str, object]:
    address = next((point for point in dossier.contact_points if point.kind == "address"), None)
    return {
        "adresse": {
            "voie": address.value if address else "",
            "codePostal": address.postcode if address else "",
            "commune": address.city if address else "",
        },
        "revision": 1,
        "derniereCommande": "",
    }


def _complaint(complaint: Complaint) -> Mapping[str, object]:
    return {
        "num": complaint.number,
        "objet": complaint.subject,
        "canal": CHANNELS.get(complaint.channel, complaint.channel),
        "recueLe": _day(complaint.received_on),
        "arAvant": _day(complaint.acknowledge_by),
        "arLe": _day(complaint.acknowledged_on),
        "reponseAvant": _day(complaint.answer_by),
        "niveau": coded(LEVELS, complaint.level),
        "etat": coded(STATES, complaint.status),
        "issue": coded(OUTCOMES, complaint.outcome),
        "gestionnaire": complaint.handler,
    }


def _day(value: date | None) -> str:
    """Return a date as this tool writes it, "24.03.2026"; "" for none."""
    return "" if value is None else value.strftime("%d.%m.%Y")
