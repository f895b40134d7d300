"""Families of acts: how often they happen by age, to whom they are paid, and how they are priced.

Frequencies, mean amounts and dispersions are those of `domain.md` 7.4; each `scale` was set so that the
mean amount paid by the mutual meets that table over the mix of plans (checked by `self_checks.averages`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from avise.demo.population.money import Settlement, percent_cover, settle, settle_stay, tariffs_on
from avise.demo.population.plans import Plan
from avise.demo.population.streams import Weighted, log_normal

AGE_BANDS: tuple[int, ...] = (6, 16, 25, 40, 55, 65, 75, 85)
"""First age of each band after the first (0 to 5)."""

Price = Callable[[random.Random, "ActFamily", Plan, date], Settlement]


@dataclass(frozen=True, slots=True)
class ActFamily:
    """One item of the frequency table."""

    key: str
    category: str
    yearly: tuple[float, ...]
    """Lines a person and a year, by age band."""
    mean_amount: float
    """Mean paid by the mutual, in euros a line: the target of `scale`."""
    sigma: float
    scale: float
    """Mean of what the pricing function draws, in euros."""
    direct_billing: float
    """Share paid to the provider."""
    acts: tuple[tuple[str, str], ...]
    providers: tuple[str, ...]
    price: Price
    season: str = "flat"
    gap_months: int = 0
    """Least time between two of these for one adult: at most one in the history."""


def _cents(value: float) -> int:
    return max(1, round(value * 100))


def _general_practice(stream: random.Random, _family: ActFamily, plan: Plan, day: date) -> Settlement:
    tariffs = tariffs_on(day)
    base = tariffs.general_practice
    spent = base if stream.random() < 0.88 else base + 50 * (1 + int(stream.random() * 6))
    return settle(spent, base, 70, tariffs.flat_contribution, percent_cover(base, plan.consultation))


def _specialist(stream: random.Random, family: ActFamily, plan: Plan, day: date) -> Settlement:
    base = 3150
    spent = max(base, _cents(log_normal(stream, family.scale, family.sigma)) // 50 * 50)
    flat = tariffs_on(day).flat_contribution
    return settle(spent, base, 70, flat, percent_cover(base, plan.consultation))


def _imaging(stream: random.Random, family: ActFamily, plan: Plan, day: date) -> Settlement:
    base = _cents(log_normal(stream, family.scale, family.sigma))
    spent = base if stream.random() < 0.6 else base * (110 + int(stream.random() * 50)) // 100
    flat = tariffs_on(day).flat_contribution
    return settle(spent, base, 70, flat, percent_cover(base, plan.consultation))


_DRUG_RATES = Weighted([(65, 60), (30, 30), (15, 10)])


def _pharmacy(stream: random.Random, family: ActFamily, _plan: Plan, _day: date) -> Settlement:
    base = _cents(log_normal(stream, family.scale, family.sigma))
    boxes = 1 + int(stream.random() * 3)
    return settle(base, base, _DRUG_RATES.draw(stream), 100 * boxes)


def _laboratory(stream: random.Random, family: ActFamily, _plan: Plan, day: date) -> Settlement:
    base = _cents(log_normal(stream, family.scale, family.sigma))
    return settle(base, base, 60, tariffs_on(day).flat_contribution)


def _paramedical(stream: random.Random, family: ActFamily, _plan: Plan, _day: date) -> Settlement:
    base = _cents(log_normal(stream, family.scale, family.sigma))
    return settle(base, base, 60, 100)


def _dental_care(stream: random.Random, family: ActFamily, _plan: Plan, _day: date) -> Settlement:
    base = _cents(log_normal(stream, family.scale, family.sigma))
    return settle(base, base, 60, 0)


def _dental_prosthesis(stream: random.Random, family: ActFamily, plan: Plan, _day: date) -> Settlement:
    basket, units = stream.random(), 1 + int(stream.random() * stream.random() * 4)
    base = 12_000 * units
    asked = _cents(log_normal(stream, family.scale, family.sigma)) * units
    if basket < 0.42:
        return settle(max(base, min(asked, 50_000 * units)), base, 60, 0, asked)
    return settle(max(base, asked * 5 // 4), base, 60, 0, percent_cover(base, plan.dental + 200))


def _orthodontics(stream: random.Random, family: ActFamily, plan: Plan, _day: date) -> Settlement:
    base = 19_350
    spent = max(base, _cents(log_normal(stream, family.scale, family.sigma)))
    return settle(spent, base, 100, 0, percent_cover(base, plan.orthodontics))


def _optics(stream: random.Random, family: ActFamily, plan: Plan, _day: date) -> Settlement:
    if stream.random() < 0.17:
        spent = 9_000 + int(stream.random() * 60) * 100
        return settle(spent, spent // 4, 60, 0, spent)
    spent = max(6_000, _cents(log_normal(stream, family.scale, family.sigma)))
    return settle(spent, 15, 60, 0, plan.optics)


def _audiology(stream: random.Random, family: ActFamily, plan: Plan, _day: date) -> Settlement:
    ears = 2 if stream.random() < 0.6 else 1
    base = 40_000 * ears
    if stream.random() < 0.42:
        return settle(95_000 * ears, base, 60, 0, 95_000 * ears)
    spent = max(base, _cents(log_normal(stream, family.scale, family.sigma)) * ears)
    cover = min(plan.audiology + 20_000, 170_000 - 40_000) * ears
    return settle(spent, base, 60, 0, cover)


def _hospital(stream: random.Random, family: ActFamily, plan: Plan, day: date) -> Settlement:
    tariffs = tariffs_on(day)
    draw = stream.random()
    if draw < 0.12:
        return settle_stay(
            settle(0, 0, 80, 0), nights=0, room=0, room_cover=0, day_charge=0, heavy_act=tariffs.emergency
        )
    heavy = stream.random() < 0.40
    base = max(3_000, _cents(log_normal(stream, family.scale, family.sigma)))
    overrun = base * int(stream.random() * 90) // 100 if stream.random() < 0.5 else 0
    care = settle(base + overrun, base, 100 if heavy else 80, 0, percent_cover(base, plan.surgery))
    nights = 0 if draw < 0.55 else 1 + int(stream.random() * stream.random() * 9)
    room = 5_000 + 500 * int(stream.random() * 12) if nights and stream.random() < 0.5 else 0
    charge = tariffs.heavy_act if heavy else 0
    return settle_stay(
        care,
        nights=nights,
        room=room,
        room_cover=plan.room,
        day_charge=tariffs.hospital_day,
        heavy_act=charge,
    )


def _soft_medicine(stream: random.Random, family: ActFamily, plan: Plan, _day: date) -> Settlement:
    spent = max(2_500, _cents(log_normal(stream, family.scale, family.sigma)) // 100 * 100)
    return settle(spent, 0, 0, 0, plan.soft_session)


def _other(stream: random.Random, family: ActFamily, _plan: Plan, _day: date) -> Settlement:
    base = _cents(log_normal(stream, family.scale, family.sigma))
    return settle(base, base, 60, 0)


_DOCTORS = ("Dr Trévalin", "Dr Moussaoui", "Dr Kerbrat-Lanois", "Dr Pellonnec", "Dr Ablardot", "Dr Visselin",
            "Dr Nauvion", "Maison de santé des Ormes", "Cabinet du Puits-Salé")  # fmt: skip
_PHARMACIES = ("Pharmacie des Tilleuls", "Pharmacie du Port", "Pharmacie de l’Écluse", "Pharmacie Jaubraud",
               "Grande Pharmacie de Vertaville", "Pharmacie des Capucines")  # fmt: skip
_DENTISTS = ("Dr Lormeliau, dentiste", "Cabinet dentaire du Moulin", "Centre dentaire de Vertaville",
             "Dr Haddad-Quévin, dentiste", "Dr Orminel, dentiste")  # fmt: skip
_OPTICIANS = ("Optique du Port", "Lunettes & Cie Vertaville", "Optique des Halles", "Atelier Visset")
_HOSPITALS = ("Clinique des Salorges", "Centre hospitalier de Vertaville", "Polyclinique du Chêne-Creux",
              "Hôpital d’Angevillers", "Clinique Saint-Maudan")  # fmt: skip

FAMILIES: tuple[ActFamily, ...] = (
    ActFamily("consult_gp", "consultations", (3.8, 2.2, 2.3, 2.7, 3.1, 3.7, 4.4, 5.6, 6.5), 9.0, 0.0, 30.0,
              0.22, (("G", "Consultation généraliste"), ("TCG", "Téléconsultation généraliste")), _DOCTORS,
              _general_practice, "winter"),
    ActFamily("consult_spec", "consultations", (0.9, 0.9, 1.1, 1.5, 1.6, 1.9, 2.3, 2.3, 1.7), 20.0, 0.55,
              66.0,
              0.20, (("CS", "Consultation spécialiste"), ("APC", "Avis ponctuel de consultant"),
                     ("CSC", "Consultation de cardiologie")), _DOCTORS, _specialist),
    ActFamily("imaging", "consultations", (0.15, 0.35, 0.4, 0.6, 0.9, 1.1, 1.3, 1.3, 1.0), 20.0, 0.6, 49.5,
              0.25, (("ADI", "Radiographie"), ("ADE", "Échographie"), ("ADC", "Scanner ou IRM")),
              ("Imagerie du Puits-Salé", "Centre d’imagerie de Vertaville", "Radiologie des Halles"),
              _imaging),
    ActFamily("pharmacy", "pharmacy", (4.2, 2.9, 4.0, 5.6, 7.6, 10.6, 13.6, 17.0, 19.0), 8.5, 0.9, 16.8,
              0.97, (("PH7", "Pharmacie 65 %"), ("PH4", "Pharmacie 30 %"), ("PH2", "Pharmacie 15 %")),
              _PHARMACIES, _pharmacy, "winter"),
    ActFamily("lab", "laboratory", (0.4, 0.4, 0.9, 1.5, 1.6, 2.2, 3.0, 4.0, 5.0), 10.5, 0.6, 26.2,
              0.85, (("B", "Analyses de biologie"), ("PB", "Prélèvement de biologie")),
              ("Laboratoire des Halles", "Biologie du Moulin", "Laboratoire Ferrouet"), _laboratory),
    ActFamily("paramed", "paramedical", (1.2, 1.8, 1.9, 2.8, 3.8, 5.2, 6.8, 10.0, 18.0), 8.0, 0.5, 20.0,
              0.24, (("AMK", "Kinésithérapie"), ("AMI", "Soins infirmiers"), ("AMO", "Orthophonie"),
                     ("AMY", "Orthoptie"), ("AMP", "Pédicurie")),
              ("Cabinet de kinésithérapie Landrigny", "Infirmières du Pré-Long", "Cabinet Oudival",
               "Mme Estivelle, orthophoniste"), _paramedical),
    ActFamily("dental_care", "dental", (0.25, 0.95, 0.75, 0.95, 1.15, 1.25, 1.25, 0.95, 0.5), 14.0, 0.5,
              35.0,
              0.25, (("SDE", "Soins dentaires"), ("DET", "Détartrage"), ("CD", "Consultation dentaire")),
              _DENTISTS, _dental_care),
    ActFamily("dental_prosth", "dental", (0.0, 0.002, 0.02, 0.07, 0.13, 0.17, 0.18, 0.15, 0.08), 620.0,
              0.55,
              670.0, 0.35, (("PFM", "Couronne"), ("PAM", "Prothèse amovible"), ("ICO",
              "Inlay-core et couronne"),
                            ("PFB", "Bridge")), _DENTISTS, _dental_prosthesis, "year_end"),
    ActFamily("orthodontics", "dental", (0.002, 0.30, 0.05, 0.006, 0.003, 0.001, 0.0, 0.0, 0.0), 390.0, 0.3,
              690.0, 0.20, (("TO", "Orthodontie, semestre de traitement"),),
              ("Dr Abertin, orthodontiste", "Cabinet d’orthodontie des Halles"), _orthodontics,
              "september", 5),
    ActFamily("optics", "optics", (0.05, 0.24, 0.21, 0.20, 0.27, 0.31, 0.30, 0.28, 0.18), 300.0, 0.45,
              545.0,
              0.70, (("LUN", "Monture et verres"), ("LUA", "Équipement classe A")), _OPTICIANS, _optics,
              "year_end", 24),
    ActFamily("audiology", "audiology", (0.0005, 0.001, 0.001, 0.002, 0.005, 0.016, 0.036, 0.058, 0.07),
              1250.0,
              0.35, 1400.0, 0.75, (("AUD", "Aide auditive"),),
              ("Audition des Halles", "Acoustique Vertaville"), _audiology, "flat", 48),
    ActFamily("hospital", "hospital", (0.17, 0.08, 0.12, 0.18, 0.19, 0.27, 0.38, 0.52, 0.60), 500.0, 1.0,
              1680.0,
              0.95, (("HOS", "Séjour hospitalier"), ("AMB", "Chirurgie ambulatoire"),
                     ("EXT", "Soins externes à l’hôpital")), _HOSPITALS, _hospital, "hospital"),
    ActFamily("soft_med", "soft_medicine", (0.15, 0.25, 0.35, 0.60, 0.65, 0.55, 0.45, 0.22, 0.08), 32.0,
              0.25,
              58.0, 0.0, (("OST", "Ostéopathie"), ("ACU", "Acupuncture"), ("DIE", "Diététique")),
              ("M. Lanvallec, ostéopathe", "Mme Quévert, ostéopathe", "Cabinet des Lavandes"),
              _soft_medicine),
    ActFamily("transport_other", "other", (0.10, 0.10, 0.12, 0.25, 0.30, 0.40, 0.60, 0.90, 1.2), 38.0, 0.8,
              95.0,
              0.22, (("VSL", "Transport assis"), ("LPP", "Appareillage"), ("TXI", "Taxi conventionné")),
              ("Ambulances du Marais", "Taxis Vertaville", "Orthopédie Harmelin"), _other),
)  # fmt: skip
"""In the order of `domain.md` 7.4."""

FAMILY: dict[str, ActFamily] = {family.key: family for family in FAMILIES}
