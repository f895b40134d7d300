"""Takes exchanges and member-space activity out of the population."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from avise.demo.population.entities import ContactPoint, Dossier, Exchange
from avise.demo.population.spec import WorldSpec
from avise.demo.population.unattached import unattached_exchanges
from avise.demo.tools import codes
from avise.demo.tools.codes import coded
from avise.demo.tools.prepared_files import AnswerWriter

FILE_NAME = "relation.sqlite"

CONTACT = "contact"
EXCHANGES = "echanges"
VISITS = "visites"
MEMBER_SPACE = "espace"
BODY = "corps"
ADDRESS = "adresse"
"""Where letters are sent, as this tool has it."""
UNATTACHED = "non-rattaches"
"""Exchanges of nobody known; they belong to no contact."""


class Loader:
    """Writes the answers of the relation tool (`ToolLoader`)."""

    def __init__(self, folder: Path, spec: WorldSpec) -> None:
        self._file = AnswerWriter(folder / FILE_NAME)
        self._spec = spec

    def add(self, dossier: Dossier) -> None:
        """Take a dossier's exchanges and digital account."""
        contact = dossier.ids.contact
        self._file.answer(CONTACT, contact, _contact(dossier))
        self._file.answer(ADDRESS, contact, _address(dossier))
        self._file.entries(EXCHANGES, contact, [_exchange(value) for value in dossier.exchanges])
        for value in dossier.exchanges:
            if value.body:
                self._file.answer(BODY, value.id, {"id": value.id, "contact": contact, "texte": value.body})
        visits = sorted(dossier.member_space.visits, key=lambda visit: visit.at, reverse=True)
        self._file.entries(
            VISITS,
            contact,
            [
                {
                    "id": f"{contact[:8]}-v{len(visits) - rank}",
                    "date": visit.at.isoformat(),
                    "appareil": visit.device,
                    "page": visit.page,
                    "recherche": visit.search or None,
                }
                for rank, visit in enumerate(visits)
            ],
        )
        self._file.answer(MEMBER_SPACE, contact, _member_space(dossier))

    def close(self) -> None:
        """Add the exchanges of callers that nobody knew, and finish the file."""
        self._file.entries(UNATTACHED, "", [_exchange(value) for value in unattached_exchanges(self._spec)])
        self._file.close()


def _known_address(dossier: Dossier) -> ContactPoint | None:
    """Return the address as this tool has it, which may contradict the others."""
    return dossier.relation_address or next(
        (point for point in dossier.contact_points if point.kind == "address"), None
    )


def _address(dossier: Dossier) -> Mapping[str, object]:
    address = _known_address(dossier)
    return {
        "contact": dossier.ids.contact,
        "ligne": address.value if address else None,
        "cp": address.postcode if address else None,
        "ville": address.city if address else None,
        "operation": None,
    }


def _contact(dossier: Dossier) -> Mapping[str, object]:
    address = _known_address(dossier)
    return {
        "uuid": dossier.ids.contact,
        "nomComplet": f"{dossier.member.first_name} {dossier.member.last_name}".strip(),
        "nom": dossier.member.last_name,
        "prenom": dossier.member.first_name,
        "nee": dossier.member.birth_date.isoformat(),
        "ville": address.city if address else None,
    }


def _exchange(value: Exchange) -> Mapping[str, object]:
    return {
        "id": value.id,
        "date": value.at.isoformat(),
        "canal": coded(codes.EXCHANGE_CHANNELS, value.channel),
        "sens": coded(codes.EXCHANGE_DIRECTIONS, value.direction),
        "titre": value.title,
        "resume": value.summary or None,
        "statut": coded(codes.EXCHANGE_STATUS, value.status) or None,
        "auteur": value.author or None,
        "motif": value.reason or None,
        "dureeS": value.duration_s,
        "attenteS": value.wait_s,
        "corps": value.id if value.body else None,
    }


def _member_space(dossier: Dossier) -> Mapping[str, object]:
    space = dossier.member_space
    last = max(space.visits, key=lambda visit: visit.at, default=None)
    searches = [visit.search for visit in sorted(space.visits, key=lambda visit: visit.at) if visit.search]
    return {
        "contact": _contact(dossier),
        "compte": {
            "etat": coded(codes.SPACE_ACCOUNTS, space.account),
            "creeLe": None if space.created_on is None else space.created_on.isoformat(),
            "derniereConnexion": None if last is None else last.at.isoformat(),
            "appareil": (last.device if last else space.device) if space.account != "none" else None,
            "dernierePage": None if last is None else last.page,
            "derniereRecherche": searches[-1] if searches else None,
            "notifications": coded(codes.NOTIFICATIONS, space.notifications),
            "doubleAuthentification": space.two_factor,
        },
    }
