"""The parties of the server; all of them are invented."""

from __future__ import annotations

from typing import Any

HELENE, YVON, EMPTY, COMPANY, REACHABLE = "P-0042", "P-0043", "P-0044", "P-0045", "P-0046"
CARD = "0482917350"
"""An identifier of Hélène of a type of the house's own."""
MANY = 250
"""Parties besides those that are named."""
WAYS = 210
"""Contact mechanisms of the one who has too many."""
NIR = "2 68 20 99 109 123 37"
"""Of nobody: there is no twentieth month."""


def party(code: str, name: str, **others: Any) -> dict[str, Any]:  # noqa: ANN401 - values of the server
    """Return what creates a party."""
    made = {key: [["create", values]] for key, values in others.items()}
    return {"code": code, "name": name, **made}


PARTIES = [
    party(
        HELENE,
        "Marchand Hélène",
        addresses=[
            {"street_unstructured": "12 rue des Tilleuls\nBât. B", "city": "Nantes", "postal_code": "44000"}
        ],
        contact_mechanisms=[
            {"type": "phone", "value": "+33 1 99 00 12 34"},
            {"type": "email", "value": "helene.marchand@courriel.example"},
            {"type": "website", "value": "https://helene.example/"},
        ],
        identifiers=[{"type": None, "code": CARD}],
    ),
    party(YVON, "Kerdraon Yvon"),
    party(EMPTY, "Sans Coordonnées"),
    party(
        COMPANY,
        "Atelier des Deux Rives",
        identifiers=[{"type": "fr_siren", "code": "732829320"}],
        # So many that those of the next party have numbers of three figures, which tell them from others.
        contact_mechanisms=[{"type": "other", "value": f"poste {way}"} for way in range(100)],
    ),
    party(
        REACHABLE,
        "Long Marc",
        contact_mechanisms=[
            {"type": "phone", "value": "+33 1 99 00 56 78"},
            *({"type": "other", "value": f"voie {way}"} for way in range(1, WAYS)),
        ],
    ),
    *(party(f"N-{place:04d}", f"Personne {place}") for place in range(MANY)),
]
