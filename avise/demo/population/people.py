"""Members and those they cover: types of membership, ages, households (`domain.md` 7.2)."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from avise.demo.population import defects, names, official_numbers
from avise.demo.population.business_days import add_months
from avise.demo.population.entities import Beneficiary, Person
from avise.demo.population.external_ids import external_ids
from avise.demo.population.places import Commune
from avise.demo.population.streams import Weighted

MEMBERSHIPS = Weighted(
    [
        ("retired", 0.49 * 0.49),
        ("evin", 0.49 * 0.06),
        ("active", 0.49 * 0.22),
        ("self_employed", 0.49 * 0.09),
        ("student", 0.49 * 0.14),
        ("employee", 0.51 * 0.87),
        ("employee_voluntary", 0.51 * 0.10),
        ("portability", 0.51 * 0.03),
    ]
)
"""How a member came to the mutual: individual 49 %, collective 51 %."""

_COLLECTIVE_AGES = Weighted([((20, 24), 5), ((25, 39), 37), ((40, 54), 39), ((55, 64), 23)])
_AGES: dict[str, Weighted[tuple[int, int]]] = {
    "retired": Weighted([((60, 64), 4), ((65, 74), 49), ((75, 84), 35), ((85, 98), 12)]),
    "evin": Weighted([((57, 64), 40), ((65, 74), 60)]),
    "active": Weighted([((24, 39), 42), ((40, 54), 40), ((55, 63), 18)]),
    "self_employed": Weighted([((27, 39), 30), ((40, 54), 45), ((55, 66), 25)]),
    "student": Weighted([((18, 24), 75), ((25, 29), 25)]),
    "employee": _COLLECTIVE_AGES,
    "employee_voluntary": _COLLECTIVE_AGES,
    "portability": _COLLECTIVE_AGES,
}
_SPOUSE_RATE = {"retired": 0.74, "evin": 0.7, "active": 0.26, "self_employed": 0.36, "student": 0.02}
_CHILDREN = Weighted([(1, 34), (2, 40), (3, 18), (4, 6), (5, 2)])
_RELATIONS = Weighted([("spouse", 68), ("civil_partner", 14), ("cohabitant", 18)])
_SCHEMES = Weighted(
    [("01", 90.0), ("02", 6.0), ("08", 0.8), ("04", 0.4), ("05", 0.3), ("91", 1.0), ("95", 0.3), ("99", 0.2)]
)
_FUND_NAMES = {"01": "CPAM", "02": "MSA", "04": "CPR SNCF", "05": "CCAS RATP", "08": "CNMSS", "91": "MGEN",
               "95": "MNH", "99": "Régime spécial"}  # fmt: skip
_SCOPES = ("all", "benefits", "contract", "contributions")
_PROTECTIONS = Weighted([("guardianship", 4), ("curatorship", 5), ("safeguard", 1)])


@dataclass(frozen=True, slots=True)
class Fund:
    """The fund of the mandatory scheme that covers a person."""

    scheme: str
    code: str
    center: str
    name: str


@dataclass(frozen=True, slots=True)
class Household:
    """Who lives behind one dossier. Beneficiaries join at birth; `contracts.joined` gives the real day."""

    membership: str
    member: Person
    beneficiaries: tuple[Beneficiary, ...]


def age_on(born: date, day: date) -> int:
    """Return the age in whole years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def born_at(stream: random.Random, as_of: date, age: int) -> date:
    """Draw the birth date of somebody of that age today."""
    return add_months(as_of, -12 * age) - timedelta(days=int(stream.random() * 365))


def fund_of(scheme: str, commune: Commune, stream: random.Random) -> Fund:
    """Return the fund that covers somebody of that scheme living there."""
    name = _FUND_NAMES[scheme]
    local = f"{name} {commune.department}" if scheme in {"01", "02"} else name
    return Fund(scheme, commune.fund_code, f"{1 + int(stream.random() * 9):04d}", local)


def draw_person(
    stream: random.Random,
    index: int,
    rank: int,
    *,
    sex: str,
    born: date,
    last_name: str,
    fund: Fund,
    with_nir: bool = True,
) -> Person:
    """Draw a person whose name in use and birth date are known."""
    department = official_numbers.birth_department(stream)
    married_name = sex == "F" and rank < 2 and born.year < 1985 and stream.random() < 0.6
    birth_name = names.surname(stream) if married_name else last_name
    number = official_numbers.nir(sex, born, department, 1 + int(stream.random() * 899)) if with_nir else ""
    return Person(
        ids=external_ids(index, rank),
        kind="beneficiary" if rank else "member",
        title="mrs" if sex == "F" else "mr",
        sex=sex,
        last_name=last_name,
        birth_name=birth_name,
        first_name="" if stream.random() < 0.001 else names.first_name(stream, sex, born.year),
        birth_date=born,
        birth_place="Étranger" if department == "99" else f"Département {department}",
        nir=number,
        nir_certified=bool(number) and stream.random() < 0.96,
        language="fr" if stream.random() < 0.985 else ("en", "ar", "pt", "tr")[int(stream.random() * 4)],
        scheme_code=fund.scheme,
        fund_code=fund.code,
        fund_center=fund.center,
        fund_name=fund.name,
    )


def _with_flags(stream: random.Random, person: Person, age: int, as_of: date) -> Person:
    """Add to a member the rare facts that change how staff must speak or write."""
    draw, protected = stream.random(), stream.random()
    if protected < (0.004 if age < 70 else 0.018):
        guardian = f"{names.first_name(stream, 'F', 1965)} {names.surname(stream)}"
        person = replace(person, protection=_PROTECTIONS.draw(stream), legal_representative=guardian)
    if draw < 0.010:
        person = replace(person, accessibility="deaf")
    elif draw < 0.016:
        person = replace(person, accessibility="low_vision")
    elif draw < 0.018:
        person = replace(person, accessibility="reading_difficulty")
    elif draw < 0.021:
        person = replace(person, restricted=True)
    elif draw < 0.026:
        person = replace(person, staff_member=True, restricted=True)
    elif draw < 0.040:
        third = f"{names.first_name(stream, 'F', 1970)} {person.last_name}"
        until = add_months(as_of, 1 + int(stream.random() * 24))
        scope = _SCOPES[until.month % len(_SCOPES)]
        person = replace(person, authorized_third_party=third, authorized_until=until, authorized_scope=scope)
    if stream.random() < defects.BIRTH_DATE_RATE:
        person = replace(person, defects=person.defects | {defects.BIRTH_DATE_DIFFERS})
    return person


def end_of_studies(as_of: date) -> date:
    """Return the next 30 September, when the cover of a student child stops without a certificate."""
    return date(as_of.year if as_of.month < 10 else as_of.year + 1, 9, 30)


def child_rights(born: date, as_of: date, stream: random.Random) -> tuple[date | None, str]:
    """Return until when a child is covered and which document would extend it.

    A child is covered until 18 without a condition, then year by year on a school certificate.
    """
    if age_on(born, as_of) < 18:
        return None, "none"
    return end_of_studies(as_of), "school_certificate" if stream.random() < 0.35 else "none"


def _fund(person: Person) -> Fund:
    return Fund(person.scheme_code, person.fund_code, person.fund_center, person.fund_name)


def _spouse(stream: random.Random, member: Person, age: int, index: int, as_of: date) -> Beneficiary:
    sex = "M" if member.sex == "F" else "F"
    spouse_age = max(19, min(98, round(age + stream.gauss(-1.5 if sex == "F" else 1.5, 3.2))))
    relation = _RELATIONS.draw(stream)
    last_name = member.last_name if relation == "spouse" else names.surname(stream)
    born = born_at(stream, as_of, spouse_age)
    person = draw_person(stream, index, 1, sex=sex, born=born, last_name=last_name, fund=_fund(member))
    return Beneficiary(person, relation, 1, born, own_statements=stream.random() < 0.2)


def _child(
    stream: random.Random, parent: Person, born: date, index: int, rank: int, as_of: date
) -> Beneficiary:
    sex = "F" if stream.random() < 0.49 else "M"
    with_nir = age_on(born, as_of) >= 1
    person = draw_person(
        stream,
        index,
        rank,
        sex=sex,
        born=born,
        last_name=parent.last_name,
        fund=_fund(parent),
        with_nir=with_nir,
    )
    until, awaited = child_rights(born, as_of, stream)
    adult = age_on(born, as_of) >= 16
    return Beneficiary(
        person, "child", rank, born, rights_until=until, awaited_document=awaited,
        own_statements=adult and stream.random() < 0.3, shared_custody=stream.random() < 0.07,
    )  # fmt: skip


def _children(
    stream: random.Random, parent: Person, age: int, first_rank: int, index: int, as_of: date
) -> list[Beneficiary]:
    children: list[Beneficiary] = []
    count = _CHILDREN.draw(stream)
    for place in range(count):
        child_age = age - round(min(44, max(19, stream.gauss(30.5, 4.5))))
        twin = place > 0 and stream.random() < 0.03
        leaves = child_age > 24 or (child_age >= 18 and stream.random() < 0.6)
        if (child_age < 0 or leaves) and not twin:
            continue
        if twin and children:
            other = children[-1]
            children[-1] = replace(
                other, person=replace(other.person, defects=other.person.defects | {defects.TWINS})
            )
            rank = first_rank + len(children)
            child = _child(stream, parent, other.person.birth_date, index, rank, as_of)
            child = replace(child, rank=other.rank)
            child = replace(child, person=replace(child.person, defects=frozenset({defects.TWINS})))
        else:
            born = born_at(stream, as_of, max(child_age, 0))
            child = _child(stream, parent, born, index, first_rank + len(children), as_of)
        children.append(child)
    return children


def _has_children(stream: random.Random, membership: str, age: int) -> bool:
    if membership in {"retired", "evin", "student"} or age < 23:
        return stream.random() < 0.02
    rate = 0.16 if age < 28 else 0.66 if age < 50 else 0.54 if age < 58 else 0.12
    return stream.random() < (rate if membership.startswith("employee") else rate * 0.85)


def draw_household(stream: random.Random, index: int, as_of: date, home: Commune) -> Household:
    """Draw the member of a dossier and those covered through the member."""
    membership = MEMBERSHIPS.draw(stream)
    low, high = _AGES[membership].draw(stream)
    age = low + int(stream.random() * (high - low + 1))
    sex = "F" if stream.random() < (0.62 if age >= 75 else 0.53) else "M"
    born = born_at(stream, as_of, age)
    scheme = "02" if membership == "self_employed" and stream.random() < 0.2 else _SCHEMES.draw(stream)
    fund = fund_of(scheme, home, stream)
    member = draw_person(stream, index, 0, sex=sex, born=born, last_name=names.surname(stream), fund=fund)
    member = _with_flags(stream, member, age, as_of)
    beneficiaries: list[Beneficiary] = []
    if stream.random() < _SPOUSE_RATE.get(membership, 0.32):
        beneficiaries.append(_spouse(stream, member, age, index, as_of))
    if _has_children(stream, membership, age):
        beneficiaries += _children(stream, member, age, len(beneficiaries) + 1, index, as_of)
    return Household(membership, member, tuple(beneficiaries))
