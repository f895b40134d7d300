"""The certificates that the parties tool edits: kept for the run, each a real PDF of one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from avise.demo.tools.one_page_pdf import one_page_pdf

NOTICE = "Document fictif, produit pour une démonstration."
KINDS: Mapping[str, str] = {
    "DROITS": "Attestation de droits",
    "ADHESION": "Attestation d’adhésion",
    "RADIATION": "Certificat de radiation",
}
EDITED = "EDITEE"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate."""

    number: str
    kind: str
    made_on: date
    command: str
    pdf: bytes = field(repr=False)

    def line(self) -> Mapping[str, object]:
        """Return it as the list shows it."""
        return {
            "numero": self.number,
            "type": self.kind,
            "dtEdition": self.made_on.isoformat(),
            "etat": EDITED,
            "commande": self.command,
        }


def certificate_pdf(
    kind: str,
    number: str,
    identity: Mapping[str, object],
    contracts: Sequence[Mapping[str, object]],
    cards: Sequence[Mapping[str, object]],
    made_on: date,
) -> bytes:
    """Return the page of a certificate."""
    name = f"{identity.get('prenom') or ''} {identity.get('nomUsage') or ''}".strip()
    lines = [
        KINDS[kind],
        "",
        f"N° {number}, éditée le {made_on:%d/%m/%Y}",
        f"Adhérent : {name}, n° {identity.get('numAdh') or '-'}",
        f"Né(e) le : {_day(identity.get('dtNais'))}",
        "",
    ]
    for contract in contracts:
        until = f" au {_day(contract.get('dtFin'))}" if contract.get("dtFin") else ""
        lines.append(
            f"Contrat {contract.get('numContrat')} ({contract.get('produit')}, {contract.get('formule')})"
            f" du {_day(contract.get('dtEffet'))}{until}"
        )
    if kind == "DROITS":
        lines += [
            f"Carte {card.get('numCarte')} : {card.get('porteur') or '-'},"
            f" du {_day(card.get('dtDebut'))} au {_day(card.get('dtFin'))}"
            for card in cards
        ]
    return one_page_pdf([*lines, "", NOTICE])


def _day(value: object) -> str:
    return f"{date.fromisoformat(value):%d/%m/%Y}" if isinstance(value, str) and value else "-"
