"""The mutual's plans (invented) and their tables of guarantees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from avise.demo.population.entities import GuaranteeRule
from avise.demo.population.streams import Weighted


@dataclass(frozen=True, slots=True)
class Plan:
    """One level of guarantees. Amounts in cents; percents include the mandatory scheme's share."""

    name: str
    price: float
    """Multiplies the price by age (`domain.md` 7.3)."""
    consultation: int
    dental: int
    dental_ceiling: int
    """A year, prostheses out of the basket without a rest."""
    orthodontics: int
    optics: int
    """Two lenses and a frame, every two years."""
    audiology: int
    """Above the base, an ear, class II."""
    soft_session: int
    soft_count: int
    room: int
    """A night in a private room."""
    surgery: int


ESSENTIAL = Plan("Essentielle 1", 0.78, 100, 140, 60_000, 250, 18_000, 20_000, 2_500, 2, 0, 100)
BALANCED = Plan("Équilibre 2", 1.0, 130, 220, 120_000, 330, 31_000, 50_000, 3_000, 3, 4_500, 150)
COMFORT = Plan("Confort 3", 1.22, 150, 300, 200_000, 400, 42_000, 80_000, 3_500, 4, 6_000, 200)
SERENITY = Plan("Sérénité 4", 1.5, 200, 400, 350_000, 480, 55_000, 110_000, 4_500, 5, 9_000, 250)

INDIVIDUAL_PLANS = Weighted([(ESSENTIAL, 18), (BALANCED, 37), (COMFORT, 31), (SERENITY, 14)])
OPTIONS: tuple[str, ...] = ("Hospi+", "Dent&Vue+", "Douce")

PACKS: dict[str, Plan] = {"Pack Socle": BALANCED, "Pack Plus": COMFORT, "Pack Cadres": SERENITY}
"""Collective products and the level of their guarantees."""

_PRICE_BY_AGE = (
    (20, 36.0), (30, 44.5), (40, 55.0), (50, 68.0), (60, 84.0), (70, 103.5), (75, 115.0), (85, 142.0),
)  # fmt: skip
_UPLIFT_SINCE_2023 = 1.16
_CHILD_PRICE = 24.0
_COLLECTIVE_MEAN = 74.0


def monthly_price(age: int, plan: Plan, zone: float) -> float:
    """Return the monthly price of an adult in euros, interpolated geometrically between known ages."""
    known = max(20, min(85, age))
    for (low, low_price), (high, high_price) in pairwise(_PRICE_BY_AGE):
        if known <= high:
            share = (known - low) / (high - low)
            price = low_price * (high_price / low_price) ** share
            return float(price * plan.price * zone * _UPLIFT_SINCE_2023)
    raise AssertionError


def child_price(rank_among_children: int, plan: Plan) -> float:
    """Return the monthly price of a child in euros; free from the third on."""
    return _CHILD_PRICE * plan.price * _UPLIFT_SINCE_2023 if rank_among_children < 3 else 0.0


def collective_price(plan: Plan, persons: int) -> float:
    """Return the monthly price in euros of an employee covered with `persons - 1` others."""
    return _COLLECTIVE_MEAN * plan.price * (0.82 + 0.16 * min(persons, 4))


_FULL = "Pris en charge intégralement"
_ROWS: tuple[tuple[str, str, str], ...] = (
    ("consultations", "Généraliste, secteur 1 ou OPTAM", "{consultation} % BR"),
    ("consultations", "Généraliste, hors OPTAM", "{consultation_free} % BR"),
    ("consultations", "Spécialiste, secteur 1 ou OPTAM", "{consultation} % BR"),
    ("consultations", "Spécialiste, hors OPTAM", "{consultation_free} % BR"),
    ("consultations", "Visite à domicile", "{consultation} % BR"),
    ("consultations", "Téléconsultation", "100 % BR"),
    ("consultations", "Sage-femme", "100 % BR"),
    ("consultations", "Mon soutien psy, 12 séances par an", "100 % BR"),
    ("consultations", "Imagerie, échographie", "{consultation} % BR"),
    ("consultations", "Scanner, IRM", "{consultation} % BR"),
    ("consultations", "Actes techniques médicaux", "{consultation} % BR"),
    ("pharmacy", "Médicaments remboursés à 65 %", "100 % BR"),
    ("pharmacy", "Médicaments remboursés à 30 %", "100 % BR"),
    ("pharmacy", "Médicaments remboursés à 15 %", "100 % BR"),
    ("pharmacy", "Vaccins prescrits", "100 % BR"),
    ("pharmacy", "Honoraires de dispensation", "100 % BR"),
    ("laboratory", "Analyses de biologie", "100 % BR"),
    ("laboratory", "Prélèvements", "100 % BR"),
    ("paramedical", "Kinésithérapie", "100 % BR"),
    ("paramedical", "Soins infirmiers", "100 % BR"),
    ("paramedical", "Orthophonie, orthoptie", "100 % BR"),
    ("paramedical", "Pédicure-podologue", "100 % BR"),
    ("dental", "Consultation et soins conservateurs", "100 % BR"),
    ("dental", "Chirurgie, détartrage", "100 % BR"),
    ("dental", "Prothèses 100 % Santé", _FULL),
    ("dental", "Prothèses, tarifs maîtrisés", "{dental} % BR"),
    ("dental", "Prothèses, tarifs libres", "{dental} % BR"),
    ("dental", "Inlay-onlay", "{dental} % BR"),
    ("dental", "Inlay-core", "{dental} % BR"),
    ("dental", "Réparation sur prothèse", "{dental} % BR"),
    ("dental", "Orthodontie remboursée, par semestre", "{orthodontics} % BR"),
    ("dental", "Prothèse provisoire", "{dental} % BR"),
    ("optics", "Équipement 100 % Santé (classe A)", _FULL),
    ("optics", "Monture, classe B", "100 € au plus"),
    ("optics", "Adaptation de la prescription", _FULL),
    ("optics", "Lentilles remboursées", "100 % BR"),
    ("audiology", "Aide auditive 100 % Santé (classe I)", _FULL),
    ("audiology", "Piles et accessoires", "100 % BR"),
    ("hospital", "Frais de séjour", "100 % BR"),
    ("hospital", "Forfait journalier hospitalier", "Frais réels, sans limite de jours"),
    ("hospital", "Forfait patient urgences", "Frais réels"),
    ("hospital", "Participation aux actes lourds", "Frais réels"),
    ("hospital", "Honoraires, OPTAM", "{surgery} % BR"),
    ("hospital", "Honoraires, hors OPTAM", "{surgery_free} % BR"),
    ("hospital", "Chambre particulière, nuit", "{room} €"),
    ("hospital", "Chambre particulière, ambulatoire", "{half_room} €"),
    ("hospital", "Lit d’accompagnant", "{half_room} €"),
    ("hospital", "Transport sanitaire", "100 % BR"),
    ("hospital", "Hospitalisation à domicile", "100 % BR"),
    ("other", "Transport remboursé", "100 % BR"),
    ("other", "Appareillage, orthèses", "{consultation} % BR"),
    ("other", "Véhicule pour personne handicapée", "100 % BR"),
    ("other", "Cure thermale", "100 % BR"),
    ("other", "Prothèse capillaire, mammaire", "{dental} % BR"),
    ("other", "Sevrage tabagique prescrit", "100 % BR"),
    ("other", "Ostéodensitométrie", "100 % BR"),
    ("other", "Bilan de prévention", _FULL),
    ("other", "Assistance à domicile", "Comprise"),
)


@lru_cache(maxsize=16)
def shared_rules(plan: Plan) -> tuple[GuaranteeRule, ...]:
    """Return the rows of the table of guarantees that have no ceiling of their own."""
    values = {
        "consultation": plan.consultation,
        "consultation_free": max(100, plan.consultation - 20),
        "dental": plan.dental,
        "orthodontics": plan.orthodontics,
        "surgery": plan.surgery,
        "surgery_free": max(100, plan.surgery - 20),
        "room": plan.room // 100,
        "half_room": plan.room // 200,
    }
    return tuple(GuaranteeRule(category, label, rule.format_map(values)) for category, label, rule in _ROWS)
