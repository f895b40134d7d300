"""Contracts of a dossier: the one in force, those before, and until when each person is covered."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from avise.demo.population import defects
from avise.demo.population.business_days import add_months
from avise.demo.population.companies import draw_employer
from avise.demo.population.entities import Beneficiary, Company, Contract
from avise.demo.population.money import euros
from avise.demo.population.people import Household, age_on
from avise.demo.population.plans import (
    BALANCED,
    INDIVIDUAL_PLANS,
    OPTIONS,
    PACKS,
    Plan,
    child_price,
    collective_price,
    monthly_price,
)
from avise.demo.population.spec import WorldSpec

ZONES = {"75": 1.12, "13": 1.1, "69": 1.06, "44": 1.0, "49": 0.98, "53": 0.95, "85": 0.97}
"""Factor on the price by department of residence."""

_KINDS = {
    "retired": "individual",
    "active": "individual",
    "student": "individual",
    "evin": "evin",
    "self_employed": "self_employed",
    "employee": "group_mandatory",
    "employee_voluntary": "group_voluntary",
    "portability": "portability",
}
_END_REASONS = ("Résiliation par l’adhérent", "Nouvel organisme", "Départ de l’entreprise", "Non-paiement")
_CHANNELS = ("agency", "web_form", "phone_in", "field_visit", "employer_portal")


@dataclass(frozen=True, slots=True)
class Cover:
    """What the flows of a dossier need to know of its contracts."""

    plan: Plan
    current: Contract
    contracts: tuple[Contract, ...]
    company: Company | None
    since: date
    until: date | None
    """Last day covered, None when it is open."""

    def days_of(self, beneficiary: Beneficiary | None) -> tuple[date, date | None]:
        """Return the first and last covered days of the member (None) or of a beneficiary."""
        if beneficiary is None:
            return self.since, self.until
        ends = [day for day in (self.until, beneficiary.left_on, beneficiary.rights_until) if day]
        return max(self.since, beneficiary.joined_on), min(ends, default=None)


def _anniversary(as_of: date) -> date:
    return date(as_of.year + 1, 1, 1)


def _price(household: Household, plan: Plan, kind: str, department: str, as_of: date) -> float:
    persons = 1 + len(household.beneficiaries)
    if kind in {"group_mandatory", "group_voluntary", "portability"}:
        return collective_price(plan, persons)
    zone = ZONES.get(department, 1.02)
    total, children = monthly_price(age_on(household.member.birth_date, as_of), plan, zone), 0
    for beneficiary in household.beneficiaries:
        if beneficiary.relation == "child":
            children += 1
            total += child_price(children, plan)
        else:
            total += monthly_price(age_on(beneficiary.person.birth_date, as_of), plan, zone)
    return total


def contract_number(index: int, place: int) -> str:
    """Return the number of a dossier's contract: a letter and nine digits."""
    return f"C{((index * 10 + place) * 7_368_787 + 410_923_516) % 10**9:09d}"


def _since(stream: random.Random, membership: str, as_of: date, youngest: int) -> date:
    """Draw when the contract began: nine years ago on average, five for an employee, a year for a student."""
    mean = {"employee": 5.0, "employee_voluntary": 5.0, "portability": 3.0, "student": 2.0}.get(
        membership, 9.0
    )
    years = min(stream.expovariate(1 / mean) + 0.05, max(0.1, youngest - 17), 45)
    day = as_of - timedelta(days=round(years * 365.25))
    return day.replace(day=1)


def _status(stream: random.Random, membership: str, as_of: date) -> tuple[str, date | None, str]:
    """Draw the status of the current contract, its end and the reason of the end."""
    draw = stream.random()
    if membership == "portability":
        return "ending", add_months(as_of, 1 + int(stream.random() * 10)), "Fin de portabilité"
    if draw < 0.02:
        return (
            "terminated",
            as_of - timedelta(days=1 + int(stream.random() * 300)),
            _END_REASONS[int(draw * 200)],
        )
    if draw < 0.03:
        return "ending", add_months(as_of.replace(day=1), 2) - timedelta(days=1), _END_REASONS[0]
    return "active", None, ""


def draw_cover(
    stream: random.Random, spec: WorldSpec, index: int, household: Household, department: str,
    employer: Company | None = None,
) -> Cover:  # fmt: skip
    """Draw the contracts of a household.

    Args:
        stream: the dossier's stream for contracts.
        spec: the world.
        index: the dossier's index.
        household: who is covered.
        department: where they live, for the zone of the price.
        employer: imposed employer; drawn for a collective membership when None.
    """
    as_of, kind = spec.as_of, _KINDS[household.membership]
    collective = kind in {"group_mandatory", "group_voluntary", "portability"}
    company = (employer or draw_employer(spec, stream)) if collective else None
    plan = PACKS[company.product] if company else INDIVIDUAL_PLANS.draw(stream)
    since = _since(stream, household.membership, as_of, age_on(household.member.birth_date, as_of))
    status, until, reason = _status(stream, household.membership, as_of)
    since = min(since, add_months(until or as_of, -1).replace(day=1))
    options = tuple(option for option in OPTIONS if not company and stream.random() < 0.16)
    price = round(_price(household, plan, kind, department, as_of) * (1 + 0.07 * len(options)), 2)
    current = Contract(
        number=contract_number(index, 0),
        kind=kind,
        product=company.product if company else "Santé Individuelle",
        plan=plan.name if not company else company.product,
        options=options,
        effective_date=since,
        anniversary_date=_anniversary(as_of) if status == "active" else None,
        end_date=until,
        status=status,
        end_reason=reason,
        responsible=stream.random() < 0.97,
        company_name=company.name if company else "",
        company_siren=company.siren if company else "",
        college=company.colleges[int(stream.random() * len(company.colleges))] if company else "",
        fund=household.member.fund_name,
        monthly_amount=euros(round(price * 100)),
        employer_percent=company.employer_percent if company and kind != "portability" else 0,
        origin_channel=_CHANNELS[int(stream.random() * 5)],
    )
    others = [*_future(stream, current, index, as_of), *_past(stream, current, index)]
    return Cover(plan, current, (current, *others), company, since, until)


def _future(stream: random.Random, current: Contract, index: int, as_of: date) -> list[Contract]:
    """A change of plan already signed, for one dossier in a hundred."""
    if stream.random() >= defects.FUTURE_CONTRACT_RATE or current.status != "active":
        return []
    starts = add_months(as_of.replace(day=1), 1 + int(stream.random() * 3))
    return [
        replace(
            current, number=contract_number(index, 1), effective_date=starts, status="future",
            plan="Sérénité 4" if not current.company_name else current.plan,
            defects=frozenset({defects.FUTURE_CONTRACT}),
        )
    ]  # fmt: skip


def _past(stream: random.Random, current: Contract, index: int) -> list[Contract]:
    """Contracts of before: 0.6 a dossier (`domain.md` 2.3)."""
    past: list[Contract] = []
    ends = current.effective_date - timedelta(days=1)
    while stream.random() < 0.38 and len(past) < 3:
        starts = add_months(ends.replace(day=1), -int(12 + stream.expovariate(1 / 50)))
        past.append(
            replace(
                current, number=contract_number(index, 2 + len(past)), effective_date=starts,
                anniversary_date=None, end_date=ends, status="terminated", end_reason="Changement de formule",
                plan=BALANCED.name if not current.company_name else current.plan,
            )
        )  # fmt: skip
        ends = starts - timedelta(days=1)
    return past


def joined(household: Household, cover: Cover) -> tuple[Beneficiary, ...]:
    """Return the beneficiaries with the day on which the contract began to cover them."""
    return tuple(
        replace(beneficiary, joined_on=max(cover.since, beneficiary.joined_on))
        for beneficiary in household.beneficiaries
    )
