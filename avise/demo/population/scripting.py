"""How a scripted dossier is written: who lives there, under which contract, and the facts of the story.

What the script does not say is drawn as for anybody, so that a persona has a plausible past.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from avise.demo.population import official_numbers
from avise.demo.population.business_days import add_months
from avise.demo.population.contracts import Cover
from avise.demo.population.coordinates import email_address
from avise.demo.population.entities import Beneficiary, ContactPoint, Dossier, Person
from avise.demo.population.external_ids import external_ids, member_number
from avise.demo.population.people import Household, age_on, end_of_studies, fund_of
from avise.demo.population.places import Commune
from avise.demo.population.plans import Plan
from avise.demo.population.rights import rights_of
from avise.demo.population.spec import WorldSpec
from avise.demo.population.story_facts import with_rejects
from avise.demo.population.streams import rng

Story = Callable[[WorldSpec, Dossier, Cover], Dossier]


def _no_story(_world: WorldSpec, dossier: Dossier, _cover: Cover) -> Dossier:
    return dossier


@dataclass(frozen=True, slots=True)
class Born:
    """A birth date: given, or an age in days before the world's today."""

    day: date | None = None
    days_ago: int = 0

    def on(self, as_of: date) -> date:
        """Return the date."""
        return self.day or as_of - timedelta(days=self.days_ago)


def years(age: float) -> Born:
    """Return the birth of somebody of that age, a few weeks after the birthday."""
    return Born(days_ago=round(age * 365.25) + 40)


@dataclass(frozen=True, slots=True)
class Relative:
    """A person covered through a scripted member."""

    first_name: str
    sex: str
    born: Born
    relation: str = "child"
    last_name: str = ""
    """"" for the member's."""
    link: dict[str, Any] = field(default_factory=dict)
    """Further fields of `Beneficiary`."""
    birth_department: str = ""
    with_nir: bool = True


@dataclass(frozen=True, slots=True)
class Script:
    """A scripted dossier."""

    code: str
    sentence: str
    """The story in one French sentence."""
    last_name: str
    first_name: str
    sex: str
    born: Born
    home: Commune
    membership: str = "active"
    plan: Plan | None = None
    """Imposed individual plan."""
    since_years: float = 0.0
    """How long the contract has run; drawn when 0."""
    birth_name: str = ""
    birth_department: str = ""
    relatives: tuple[Relative, ...] = ()
    person: dict[str, Any] = field(default_factory=dict)
    """Further fields of `Person`."""
    mobile: int = 0
    """Last four digits of the reserved mobile, 0 for a number drawn."""
    street: str = ""
    bakery: bool = False
    story: Story = _no_story

    @property
    def phone(self) -> str:
        """Return the reserved mobile in E.164, or ""."""
        return official_numbers.reserved_mobile(self.mobile) if self.mobile else ""


@dataclass(frozen=True, slots=True)
class Persona:
    """What demos, docs and tests need to open a scripted dossier."""

    code: str
    index: int
    member_number: str
    name: str
    sentence: str
    phone: str


def persona_of(script: Script, index: int) -> Persona:
    """Return the entry of a script in the list of personas."""
    name = f"{script.first_name} {script.last_name}".strip()
    return Persona(script.code, index, member_number(index), name, script.sentence, script.phone)


def _person(script: Script, world: WorldSpec, index: int, rank: int, relative: Relative | None) -> Person:
    stream = rng(world, "scripted", f"{index}|{rank}")
    born = (relative.born if relative else script.born).on(world.as_of)
    sex = relative.sex if relative else script.sex
    last_name = (relative.last_name if relative else "") or script.last_name
    department = (relative or script).birth_department or script.home.department
    with_nir = script.membership != "prospect" and (relative is None or relative.with_nir)
    scheme = fund_of("01", script.home, rng(world, "scripted-fund", index))
    order = 1 + int(stream.random() * 899)
    person = Person(
        ids=external_ids(index, rank),
        kind="beneficiary" if relative else "prospect" if script.membership == "prospect" else "member",
        title="mrs" if sex == "F" else "mr",
        sex=sex,
        last_name=last_name,
        birth_name=last_name if relative else script.birth_name or last_name,
        first_name=relative.first_name if relative else script.first_name,
        birth_date=born,
        birth_place=f"Département {department}",
        nir=official_numbers.nir(sex, born, department, order) if with_nir else "",
        nir_certified=with_nir,
        scheme_code=scheme.scheme if with_nir else "",
        fund_code=scheme.code if with_nir else "",
        fund_center=scheme.center if with_nir else "",
        fund_name=scheme.name if with_nir else "",
    )
    return person if relative else replace(person, **script.person)


def scripted_household(script: Script, world: WorldSpec, index: int) -> Household:
    """Return the household that the script describes."""
    beneficiaries = []
    for rank, relative in enumerate(script.relatives, start=1):
        person = _person(script, world, index, rank, relative)
        base = Beneficiary(person, relative.relation, rank, person.birth_date)
        if relative.relation == "child" and age_on(person.birth_date, world.as_of) >= 18:
            base = replace(
                base, rights_until=end_of_studies(world.as_of), awaited_document="school_certificate"
            )
        beneficiaries.append(replace(base, **relative.link))
    membership = "active" if script.membership == "prospect" else script.membership
    return Household(membership, _person(script, world, index, 0, None), tuple(beneficiaries))


def scripted_cover(script: Script, world: WorldSpec, cover: Cover) -> Cover:
    """Return the cover with the plan, the start and the open end that the script imposes."""
    current = replace(cover.current, status="active", end_date=None, end_reason="", responsible=True,
                      anniversary_date=date(world.as_of.year + 1, 1, 1))  # fmt: skip
    plan = cover.plan
    if script.plan is not None and cover.company is None:
        plan, current = script.plan, replace(current, plan=script.plan.name, options=())
    since = cover.since
    if script.since_years:
        since = add_months(world.as_of, -round(script.since_years * 12)).replace(day=1)
        current = replace(current, effective_date=since)
    return Cover(plan, current, (current,), cover.company, since, None)


def scripted_contacts(
    script: Script, drawn: tuple[ContactPoint, ...], index: int
) -> tuple[ContactPoint, ...]:
    """Return the coordinates, on the reserved mobile when the script has one."""
    if not script.mobile:
        return drawn
    address = drawn[0]
    if script.street:
        address = replace(address, value=script.street)
    address = replace(address, city=script.home.name, postcode=script.home.postcode, status="ok")
    mail = ContactPoint(
        "email", email_address(script.first_name, script.last_name, index), since=address.since
    )
    return address, ContactPoint("mobile", script.phone, preferred=True, since=address.since), mail


def finish(script: Script, world: WorldSpec, dossier: Dossier, cover: Cover) -> Dossier:
    """Write the facts of the story over what was drawn.

    A persona has no trouble but its own: neither complaint, nor unpaid contribution, nor defect.
    """
    status, _ = rights_of(cover, world.as_of)
    paid = with_rejects(dossier, world.as_of, count=0)
    quiet = replace(paid, contracts=cover.contracts, rights_status=status, complaints=(), defects=frozenset())
    return script.story(world, quiet, cover)
