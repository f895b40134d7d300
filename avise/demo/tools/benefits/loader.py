"""Takes benefit lines and authorizations out of the population."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from avise.demo.population.defects import STALE
from avise.demo.population.entities import Authorization, BenefitLine, Dossier
from avise.demo.population.spec import WorldSpec
from avise.demo.tools import codes
from avise.demo.tools.codes import cents, coded
from avise.demo.tools.prepared_files import AnswerWriter

_PARIS = ZoneInfo("Europe/Paris")
_NIGHTLY_RUN = time(4, 30)
_STALE_FOR = timedelta(days=7)

FILE_NAME = "benefits.sqlite"

LINES = "lignes"
INSURED = "assure"
AUTHORIZATIONS = "pec"


class Loader:
    """Writes the answers of the benefits tool (`ToolLoader`)."""

    def __init__(self, folder: Path, spec: WorldSpec) -> None:
        self._file = AnswerWriter(folder / FILE_NAME)
        self._stale_since = datetime.combine(spec.as_of - _STALE_FOR, _NIGHTLY_RUN, _PARIS).isoformat()

    def add(self, dossier: Dossier) -> None:
        """Take a dossier's lines and authorizations."""
        names = {person.ids.party: person.first_name for person in dossier.persons()}
        key = dossier.ids.insured
        updated = self._stale_since if STALE in dossier.defects else None
        head = _insured(dossier, updated)
        self._file.answer(INSURED, key, {**head, "nbLignes": len(dossier.benefit_lines)})
        self._file.entries(LINES, key, [_line(line, names) for line in dossier.benefit_lines])
        values = [_authorization(value, names) for value in dossier.authorizations]
        self._file.answer(AUTHORIZATIONS, key, {"assure": head, "pec": values})

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def _day(value: date | None) -> str | None:
    """Return a date as this tool writes it, "24/03/2026"."""
    return None if value is None else value.strftime("%d/%m/%Y")


def _insured(dossier: Dossier, updated: str | None) -> Mapping[str, object]:
    """Return the head of an answer; `updated` is when the flows last came, for those that are late."""
    member = dossier.member
    return {
        "cle": member.ids.insured,
        "nom": member.last_name.upper(),
        "prenom": member.first_name,
        "naissance": _day(member.birth_date),
        "majLe": updated,
    }


def _line(line: BenefitLine, names: Mapping[str, str]) -> Mapping[str, object]:
    return {
        "numLigne": line.number,
        "benef": names.get(line.party),
        "dtPaiement": _day(line.paid_on),
        "dtSoins": _day(line.care_date),
        "poste": coded(codes.CATEGORIES, line.category),
        "codeActe": line.act_code,
        "libActe": line.label,
        "ps": line.provider or None,
        "mtDepense": cents(line.spent),
        "mtBase": cents(line.base),
        "txRO": line.rate,
        "mtRO": cents(line.mandatory_amount),
        "mtAMC": cents(line.amount),
        "mtRAC": cents(line.out_of_pocket),
        "dest": coded(codes.PAID_TO, line.paid_to),
        "etat": coded(codes.LINE_STATUS, line.status),
        "motifRejet": line.reject_reason or None,
        "numDecompte": line.statement or None,
    }


def _authorization(value: Authorization, names: Mapping[str, str]) -> Mapping[str, object]:
    return {
        "numPec": value.number,
        "type": coded(codes.AUTHORIZATION_KINDS, value.kind),
        "benef": names.get(value.party),
        "ps": value.provider or None,
        "dtDemande": _day(value.requested_on),
        "dtSoins": _day(value.care_date),
        "mtDevis": cents(value.quoted),
        "mtRO": cents(value.mandatory_amount),
        "mtAMC": cents(value.amount),
        "mtRAC": cents(value.out_of_pocket),
        "etat": coded(codes.AUTHORIZATION_STATUS, value.status),
        "dtValidite": _day(value.valid_until),
        "motif": value.reason or None,
    }
