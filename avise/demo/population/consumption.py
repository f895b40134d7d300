"""What each person has used of the guarantees that have a ceiling, and when they renew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from avise.demo.population.business_days import add_months
from avise.demo.population.contracts import Cover
from avise.demo.population.entities import BenefitLine, GuaranteeRule, Person
from avise.demo.population.money import euros
from avise.demo.population.people import Household, age_on
from avise.demo.population.plans import Plan, shared_rules

_ZERO = Decimal("0.00")
_PAID = frozenset({"paid", "pending"})


def optics_renewal_months(age: int) -> int:
    """Return after how many months glasses may be renewed (`domain.md` 3.3, R04)."""
    return 6 if age <= 6 else 12 if age < 16 else 24


def _used(lines: Iterable[BenefitLine], family: str, since: date) -> Decimal:
    return sum(
        (line.amount for line in lines if line.act_family == family and line.care_date >= since
         and line.status in _PAID), _ZERO,
    )  # fmt: skip


def _latest(lines: Iterable[BenefitLine], family: str) -> BenefitLine | None:
    """Return the last equipment paid; lines come latest care first."""
    for line in lines:
        if line.act_family == family and line.status in _PAID:
            return line
    return None


def _equipment(
    lines: list[BenefitLine], person: Person, family: str, label: str, ceiling: int, months: int, as_of: date
) -> GuaranteeRule:
    """Return the row of an equipment that renews some months after the last one."""
    last = _latest(lines, family)
    renews = add_months(last.care_date, months) if last else None
    current = last if last and renews and renews > as_of else None
    limit = euros(ceiling)
    return GuaranteeRule(
        "optics" if family == "optics" else "audiology", label, f"{ceiling // 100} € tous les {months} mois",
        max(limit, current.amount) if current else limit, current.amount if current else _ZERO,
        renews if current else None, None, person.ids.party,
    )  # fmt: skip


def _rows_of(
    person: Person, lines: list[BenefitLine], plan: Plan, cover: Cover, as_of: date
) -> list[GuaranteeRule]:
    party, year = person.ids.party, date(as_of.year, 1, 1)
    next_year = date(as_of.year + 1, 1, 1)
    months = optics_renewal_months(age_on(person.birth_date, as_of))
    waiting = add_months(cover.since, 3) if cover.current.kind == "individual" else None
    soft = plan.soft_session * plan.soft_count
    rows = [
        _equipment(lines, person, "optics", "Monture et verres, classe B", plan.optics, months, as_of),
        GuaranteeRule("dental", "Prothèses, plafond annuel", f"{plan.dental_ceiling // 100} € par an",
                      euros(plan.dental_ceiling), _used(lines, "dental_prosth", year), next_year,
                      waiting if waiting and waiting > as_of else None, party),
        GuaranteeRule("soft_medicine", "Ostéopathie, acupuncture, diététique",
                      f"{plan.soft_session // 100} € par séance, {plan.soft_count} par an",
                      euros(soft), _used(lines, "soft_med", year), next_year, None, party),
    ]  # fmt: skip
    if age_on(person.birth_date, as_of) >= 50:
        ear = (plan.audiology + 20_000) * 2
        rows.append(_equipment(lines, person, "audiology", "Aides auditives, classe II", ear, 48, as_of))
    return rows


def guarantees_of(
    household: Household, cover: Cover, lines: tuple[BenefitLine, ...], as_of: date
) -> tuple[GuaranteeRule, ...]:
    """Return the table of guarantees of the contract: rows with a ceiling by person, then the shared ones."""
    rows: list[GuaranteeRule] = []
    for person in (household.member, *(beneficiary.person for beneficiary in household.beneficiaries)):
        own = [line for line in lines if line.party == person.ids.party]
        rows += _rows_of(person, own, cover.plan, cover, as_of)
    return (*rows, *shared_rules(cover.plan))
