"""Client companies, their monthly declarations, and which employee belongs to which."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate

from avise.demo.population import names, official_numbers
from avise.demo.population.business_days import add_months
from avise.demo.population.entities import Company
from avise.demo.population.places import commune
from avise.demo.population.spec import WorldSpec
from avise.demo.population.streams import Weighted, rng

COLLECTIVE_SHARE = 0.51
MEMBERS_PER_COMPANY = 19
"""0.51 × 2.4 million members for 65,000 companies (`domain.md` 7.3)."""

BAKERY = 0
"""Index of « Le Fournil des Ormes », the scripted company (persona P04)."""

_SIZES = Weighted([((2, 9), 70), ((10, 49), 20), ((50, 249), 7.5), ((250, 900), 2.5)])
_PACKS = Weighted([("Pack Socle", 50), ("Pack Plus", 35), ("Pack Cadres", 15)])
_EMPLOYER_SHARE = Weighted([(50, 60), (60, 20), (75, 12), (100, 8)])
_AGREEMENTS = ("IDCC 1979", "IDCC 1486", "IDCC 3248", "IDCC 1597", "IDCC 2216", "IDCC 0016", "IDCC 2120")
_FORMS = ("SARL", "SAS", "SA", "EURL", "Association", "Coopérative")
_TRADES = (
    "Menuiserie", "Transports", "Imprimerie", "Ateliers", "Laiterie", "Cabinet", "Garage", "Pépinières",
    "Chantiers", "Constructions", "Maraîchers", "Conserverie", "Informatique", "Fonderie",
)  # fmt: skip
_ANOMALIES = ("Salarié inconnu au contrat", "SIRET non rattaché", "Cotisation absente du bloc 82",
              "Date d’affiliation manquante")  # fmt: skip
_PAYROLL = (
    "",
    "Cabinet Orminet Expertise (fictif)",
    "Fiduciaire du Marais (fictif)",
    "Paie & Conseil (fictif)",
)
_SITES_FROM = (30, 100, 250)
"""Headcounts from which a company has one more site."""

_HEAD_OFFICE, _SITE = "Siège", "Site de"
_COLLEGES = (("Ensemble du personnel",), ("Cadres", "Non-cadres"))


def company_count(spec: WorldSpec) -> int:
    """Return how many companies the world has."""
    return max(3, round(COLLECTIVE_SHARE * spec.dossiers / MEMBERS_PER_COMPANY))


@lru_cache(maxsize=4096)
def company(spec: WorldSpec, index: int) -> Company:
    """Return the company of that index (from 0)."""
    stream = rng(spec, "company", index)
    home = commune(stream)
    low, high = _SIZES.draw(stream)
    siren = official_numbers.siren(101 + index)
    product, anomaly = _PACKS.draw(stream), stream.random()
    name = f"{_FORMS[int(stream.random() * 6)]} {_TRADES[int(stream.random() * 14)]} {names.surname(stream)}"
    drawn = Company(
        siren=siren,
        siret=official_numbers.siret(siren, 1),
        name=f"{name} (fictif)",
        city=home.name,
        postcode=home.postcode,
        collective_agreement=_AGREEMENTS[int(stream.random() * 7)],
        headcount=low + int(stream.random() * (high - low + 1)),
        colleges=_COLLEGES[product == "Pack Cadres" or stream.random() < 0.25],
        contract=f"E{index * 7919 % 1_000_000:06d}",
        product=product,
        employer_percent=_EMPLOYER_SHARE.draw(stream),
        hr_contact=f"{names.first_name(stream, 'F', 1980)} {names.surname(stream)}",
        hr_phone=official_numbers.landline(stream),
        hr_email=f"rh.{index + 1:05d}@exemple.invalid",
        payroll_agent=_PAYROLL[int(stream.random() * 4)],
        declaration_month=f"{add_months(spec.as_of, -1):%Y-%m}",
        declaration_state="anomaly" if anomaly < 0.06 else "missing" if anomaly < 0.075 else "ok",
        declaration_anomaly=_ANOMALIES[int(stream.random() * 4)] if anomaly < 0.06 else "",
    )
    return _bakery(spec, drawn) if index == BAKERY else drawn


def _bakery(spec: WorldSpec, drawn: Company) -> Company:
    siren = official_numbers.siren(12345)
    return Company(
        siren=siren,
        siret=official_numbers.siret(siren, 1),
        name="SARL Le Fournil des Ormes (fictif)",
        city="Vertaville",
        postcode="44996",
        collective_agreement="IDCC 0843",
        headcount=7,
        colleges=("Ensemble du personnel",),
        contract="E004417",
        product="Pack Socle",
        employer_percent=50,
        hr_contact="Soizic Ormelin",
        hr_phone="+33253010417",
        hr_email="fournil.des.ormes@exemple.invalid",
        payroll_agent="Cabinet Orminet Expertise (fictif)",
        declaration_month=drawn.declaration_month,
        declaration_state="anomaly",
        declaration_anomaly=f"Salarié inconnu au contrat, bloc 82, {spec.as_of.year}",
    )


@dataclass(frozen=True, slots=True)
class Establishment:
    """One site of a company."""

    siret: str
    name: str
    city: str
    postcode: str
    headcount: int
    head_office: bool


def establishments(spec: WorldSpec, firm: Company) -> tuple[Establishment, ...]:
    """Return the sites of a company, the head office first; their headcounts add up to the company's."""
    stream = rng(spec, "establishments", firm.siren)
    count = 1 + sum(firm.headcount >= least for least in _SITES_FROM)
    shares = _parts(firm.headcount, count)
    sites = [Establishment(firm.siret, _HEAD_OFFICE, firm.city, firm.postcode, shares[0], head_office=True)]
    for rank, share in enumerate(shares[1:], 2):
        place = commune(stream)
        number = official_numbers.siret(firm.siren, rank)
        sites.append(
            Establishment(
                number, f"{_SITE} {place.name}", place.name, place.postcode, share, head_office=False
            )
        )
    return tuple(sites)


def _parts(total: int, count: int) -> list[int]:
    """Return a total in parts, the first one the largest."""
    others = [total // (count + 1)] * (count - 1)
    return [total - sum(others), *others]


def contract_since(spec: WorldSpec, firm: Company) -> date:
    """Return when a company's contract took effect: a first of January, or of July."""
    stream = rng(spec, "company-contract", firm.siren)
    month = 1 if stream.random() < 0.8 else 7
    return date(spec.as_of.year - 2 - int(stream.random() * 9), month, 1)


def companies(spec: WorldSpec) -> tuple[Company, ...]:
    """Return every company of the world."""
    return tuple(company(spec, index) for index in range(company_count(spec)))


@lru_cache(maxsize=4)
def _size_sums(spec: WorldSpec) -> tuple[float, ...]:
    """Cumulative weights of the companies but the scripted one: the square root of their headcount."""
    return tuple(accumulate(company(spec, index).headcount ** 0.5 for index in range(1, company_count(spec))))


def draw_employer(spec: WorldSpec, stream: random.Random) -> Company:
    """Draw an employer; the larger have more members. The scripted company has its own employees."""
    sums = _size_sums(spec)
    return company(spec, 1 + bisect_right(sums, stream.random() * sums[-1]))
