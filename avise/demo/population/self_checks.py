"""What must hold in any generated world (`domain.md` 7.10): each check returns its violations.

A violation names an entity by its identifier and says what is wrong; an empty list is a pass. Entities
tagged with a defect are held to what the defect leaves true.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise

from avise.demo.population import defects, official_numbers
from avise.demo.population.acts import AGE_BANDS, FAMILIES
from avise.demo.population.business_days import add_months, complaint_due_dates, is_working_day
from avise.demo.population.care import history_start
from avise.demo.population.entities import BenefitLine, Contract, Dossier, Person
from avise.demo.population.people import age_on
from avise.demo.population.personas import HEAVY
from avise.demo.population.spec import WorldSpec
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind
from avise.models.interaction import Channel

Violations = list[str]

_OUTSIDE = frozenset({defects.OUTSIDE_RIGHTS})
_FICTION = tuple(f"+33{block[1:]}" for block in official_numbers.FICTION_BLOCKS)
_PAID = frozenset({"paid", "pending"})
MEAN_TOLERANCE = 0.06


def money_adds_up(dossier: Dossier) -> Violations:
    """`spent = mandatory + amount + out of pocket`, and nothing reimburses the flat contribution (7.5)."""
    found = [
        f"{line.number}: amounts do not add up"
        for line in dossier.benefit_lines
        if line.spent != line.mandatory_amount + line.amount + line.out_of_pocket
    ]
    found += [
        f"{line.number}: the flat contribution was reimbursed"
        for line in dossier.benefit_lines
        if line.spent > 0 and (line.out_of_pocket < line.flat or min(line.amount, line.mandatory_amount) < 0)
    ]
    found += [
        f"{quote.number}: amounts do not add up"
        for quote in dossier.authorizations
        if quote.quoted != quote.mandatory_amount + quote.amount + quote.out_of_pocket
    ]
    return found


def ages_fit_relations(dossier: Dossier) -> Violations:
    """A parent is at least 15 years older than a child; nobody is born after today's dossier opened."""
    born = dossier.member.birth_date
    found = []
    for beneficiary in dossier.beneficiaries:
        if beneficiary.relation == "child" and age_on(born, beneficiary.person.birth_date) < 15:
            found.append(f"{beneficiary.person.ids.party}: younger parent than 15")
        if beneficiary.joined_on < beneficiary.person.birth_date:
            found.append(f"{beneficiary.person.ids.party}: covered before birth")
    return found


def numbers_are_fiction(dossier: Dossier) -> Violations:
    """NIR in unassigned communes with valid keys, telephones in ARCEP's blocks, e-mails under `.invalid`."""
    found = [f"{person.ids.party}: NIR" for person in dossier.persons() if not _fictional_nir(person)]
    for point in dossier.contact_points:
        if point.kind in {"mobile", "landline"} and not point.value.startswith(_FICTION):
            found.append(f"{dossier.ids.party}: telephone outside the fiction blocks")
        if point.kind == "email" and not point.value.endswith(".invalid"):
            found.append(f"{dossier.ids.party}: e-mail that could exist")
    for account in dossier.accounts:
        digits = account.iban[4:] + "1527" + account.iban[2:4]
        if account.iban[4:9] != official_numbers.BANK_CODE or int(digits) % 97 != 1:
            found.append(f"{dossier.ids.party}: IBAN")
    company = dossier.company
    if company and not (company.siren.startswith("000") and company.name.endswith("(fictif)")):
        found.append(f"{company.siren}: company that could exist")
    return found


def _fictional_nir(person: Person) -> bool:
    number = person.nir
    if not number:
        return True
    overseas = number[5:7] == "97"
    unassigned = number[8:10] == "99" if overseas else number[7:10] == "999"
    return len(number) == 15 and unassigned and number[13:] == official_numbers.nir_key(number[:13])


def care_is_covered(dossier: Dossier) -> Violations:
    """No act is paid outside the days when its person, one of the dossier, was covered."""
    days: dict[str, tuple[date, date | None]] = {}
    for contract in dossier.contracts[:1]:
        days[dossier.ids.party] = contract.effective_date, contract.end_date
    for beneficiary in dossier.beneficiaries:
        ends = [day for day in (beneficiary.left_on, beneficiary.rights_until) if day]
        days[beneficiary.person.ids.party] = beneficiary.joined_on, min(ends, default=None)
    return [
        f"{line.number}: outside the rights"
        for line in dossier.benefit_lines
        if not line.defects & _OUTSIDE and not _is_within(line.care_date, days.get(line.party))
    ]


def _is_within(day: date, days: tuple[date, date | None] | None) -> bool:
    return days is not None and days[0] <= day <= (days[1] or date.max)


def ceilings_hold(dossier: Dossier) -> Violations:
    """Nothing is paid over a ceiling of the table of guarantees."""
    return [
        f"{rule.party}: {rule.label} over its ceiling"
        for rule in dossier.guarantees
        if rule.remaining is not None and rule.remaining < 0
    ]


def equipment_waits(dossier: Dossier) -> Violations:
    """Glasses of an adult wait 24 months, hearing aids 48."""
    bought: dict[tuple[str, str], list[date]] = defaultdict(list)
    for line in dossier.benefit_lines:
        if line.act_family in {"optics", "audiology"} and line.status in _PAID and line.spent > 0:
            bought[line.party, line.act_family].append(line.care_date)
    born = {person.ids.party: person.birth_date for person in dossier.persons()}
    found = []
    for (party, family), days in bought.items():
        if party not in born or age_on(born[party], min(days)) < 16:
            continue
        gap = 24 if family == "optics" else 48
        days.sort()
        if any(add_months(first, gap) > second for first, second in pairwise(days)):
            found.append(f"{party}: {family} renewed too soon")
    return found


def complaints_are_dated(dossier: Dossier) -> Violations:
    """A complaint has the two legal dates of its day, the first of them worked."""
    return [
        f"{complaint.number}: legal dates"
        for complaint in dossier.complaints
        if (complaint.acknowledge_by, complaint.answer_by) != complaint_due_dates(complaint.received_on)
        or not is_working_day(complaint.acknowledge_by)
    ]


_RECORDS: tuple[tuple[str, Callable[[Dossier], Iterable[object]]], ...] = (
    ("identity", lambda dossier: [dossier.member]),
    ("contact_points", lambda dossier: dossier.contact_points),
    ("contracts", lambda dossier: dossier.contracts),
    ("guarantees", lambda dossier: dossier.guarantees),
    ("rights", lambda dossier: dossier.cards),
    ("beneficiaries", lambda dossier: dossier.beneficiaries),
    ("benefits", lambda dossier: dossier.benefit_lines),
    ("authorizations", lambda dossier: dossier.authorizations),
    ("contributions", lambda dossier: dossier.contributions),
    ("bank", lambda dossier: dossier.accounts),
    ("noemie", lambda dossier: dossier.noemie),
    ("documents", lambda dossier: dossier.documents),
    ("appointments", lambda dossier: dossier.appointments),
    ("complaints", lambda dossier: dossier.complaints),
    ("member_space", lambda dossier: [dossier.member_space]),
    ("company", lambda dossier: [dossier.company] if dossier.company else []),
    ("consents", lambda dossier: dossier.consents),
)
_CODES = {
    facet: {spec.name: frozenset(spec.values) for spec in FACETS[facet].fields if spec.kind is FieldKind.ENUM}
    for facet, _ in _RECORDS
}
_CHANNELS = frozenset(channel.value for channel in Channel)


def codes_are_canonical(dossier: Dossier) -> Violations:
    """Every enumerated value is a code of the facet that will show it."""
    found = {
        f"{facet}.{name}: {getattr(record, name)}"
        for facet, records in _RECORDS
        for record in records(dossier)
        for name, codes in _CODES[facet].items()
        if getattr(record, name, "") not in codes | {""}
    }
    found |= {f"channel: {item.channel}" for item in dossier.exchanges if item.channel not in _CHANNELS}
    return sorted(found)


def identifiers_are_shaped(dossier: Dossier) -> Violations:
    """Each tool's identifier has that tool's shape, and none is a NIR."""
    shapes = {
        "member": r"\d{10}",
        "parties.party": r"PTY-[0-9A-F]{8}",
        "benefits.insured": r"[0-9A-Z]{8}",
        "billing.account": r"\d{1,9}",
        "documents.folder": r"D\d\d-\d{6}",
        "calendar.contact": r"ct[0-9a-f]{7}",
        "noemie.registration": r"R\d{10}[A-Z]",
        "relation.contact": r"[0-9a-f-]{36}",
        "complaints.client": r"CLI\d{7}[A-Z]",
    }
    return [
        f"{person.ids.party}: {scheme}"
        for person in dossier.persons()
        for scheme, value in person.ids.as_mapping().items()
        if not re.fullmatch(shapes[scheme], value)
    ]


CHECKS: tuple[Callable[[Dossier], Violations], ...] = (
    money_adds_up,
    ages_fit_relations,
    numbers_are_fiction,
    care_is_covered,
    ceilings_hold,
    equipment_waits,
    complaints_are_dated,
    codes_are_canonical,
    identifiers_are_shaped,
)


def violations(dossiers: Iterable[Dossier]) -> Iterator[str]:
    """Run every check over a stream of dossiers."""
    for dossier in dossiers:
        for check in CHECKS:
            yield from (f"{check.__name__}: {found}" for found in check(dossier))


def _covered_years(dossier: Dossier, contract: Contract, spec: WorldSpec) -> Iterator[tuple[Person, float]]:
    first, as_of = history_start(spec), spec.as_of
    last = min(contract.end_date or as_of, as_of)
    yield dossier.member, max(0, (last - max(first, contract.effective_date)).days) / 365.25
    for beneficiary in dossier.beneficiaries:
        end = min(last, beneficiary.rights_until or last)
        yield beneficiary.person, max(0, (end - max(first, beneficiary.joined_on)).days) / 365.25


def _expected(years: Mapping[int, float]) -> tuple[float, float]:
    """Return the lines and the euros that the frequency table gives for those years by age band."""
    lines = {family: sum(family.yearly[band] * years[band] for band in years) for family in FAMILIES}
    return sum(lines.values()), sum(count * family.mean_amount for family, count in lines.items())


def averages(spec: WorldSpec, dossiers: Iterable[Dossier]) -> Violations:
    """Hold lines and amounts a person and a year within 6 % of the frequency table (7.4).

    Personas and very long dossiers, which follow a script, are left out. Meant for `demo` and above: a
    smaller world is too small for the law of large numbers.
    """
    years: defaultdict[int, float] = defaultdict(float)
    lines, amount = 0, Decimal(0)
    middle = add_months(spec.as_of, -spec.care_months // 2)
    for dossier in dossiers:
        if dossier.persona or not dossier.contracts or _is_very_long(spec, dossier):
            continue
        for person, covered in _covered_years(dossier, dossier.contracts[0], spec):
            years[bisect_right(AGE_BANDS, age_on(person.birth_date, middle))] += covered
        real = [line for line in dossier.benefit_lines if _counts(line)]
        lines, amount = lines + len(real), amount + sum((line.amount for line in real), Decimal(0))
    expected_lines, expected_amount = _expected(years)
    measured = (("lines", lines, expected_lines), ("euros", float(amount), expected_amount))
    return [
        f"{name}: {value:.0f} for {target:.0f} expected"
        for name, value, target in measured
        if abs(value / target - 1) > MEAN_TOLERANCE
    ]


def _counts(line: BenefitLine) -> bool:
    return not line.defects & {defects.REGULARISATION, defects.OUTSIDE_RIGHTS}


def _is_very_long(spec: WorldSpec, dossier: Dossier) -> bool:
    return spec.heavy and dossier.index in HEAVY
