"""The mutual's own people and places, as the tools name them."""

from __future__ import annotations

import random

from avise.models.names import fold_words

ADVISORS: tuple[str, ...] = (
    "Marc Le Goff", "Karim Benali", "Léa Girard", "Solène Marteau", "Thibault Ozanne", "Aminata Fofana",
    "Gwenn Lescop", "Patricia Veyrac", "Julien Carpentras", "Maud Estrelle", "Rémi Vasquelin",
    "Nora Haddouche",
)  # fmt: skip
REPRESENTATIVES: tuple[str, ...] = (
    "Bruno Kerhoas", "Claire Dautremont", "Farid Messaoudi", "Elsa Pineaudel", "Hugues Landévant",
    "Ludivine Crozet", "Olivier Tanvière", "Sandrine Ybert", "Yoann Rivaillon",
)  # fmt: skip
_AGENCIES: dict[str, str] = {
    "44": "Vertaville Centre", "49": "Angevillers", "53": "Lavalmont", "72": "Le Mansart",
    "85": "Roche-Vendaine", "35": "Rennevel", "56": "Vannelec",
}  # fmt: skip


_PORTFOLIOS: dict[str, str] = {
    "44": "Bruno Kerhoas", "49": "Claire Dautremont", "53": "Farid Messaoudi", "72": "Elsa Pineaudel",
    "85": "Hugues Landévant", "35": "Ludivine Crozet", "56": "Olivier Tanvière",
}  # fmt: skip


def login_of(name: str) -> str:
    """Return the login of somebody of the staff: "Marc Le Goff" is "marc.legoff"."""
    first, *rest = fold_words(name)
    return f"{first}.{''.join(rest)}".lower()


def portfolio_of(postcode: str) -> str:
    """Return the login of the representative who visits a department; "" where nobody does."""
    name = _PORTFOLIOS.get(postcode[:2], "")
    return login_of(name) if name else ""


def advisor(stream: random.Random) -> str:
    """Draw an advisor."""
    return ADVISORS[int(stream.random() * len(ADVISORS))]


def representative(stream: random.Random) -> str:
    """Draw a travelling representative."""
    return REPRESENTATIVES[int(stream.random() * len(REPRESENTATIVES))]


def agency(department: str) -> str:
    """Return the agency that looks after a department."""
    return _AGENCIES.get(department, "Agence à distance")
