"""Generate dossiers: each one alone, from the spec and its index, so that millions may stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from avise.demo.population import defects, names, records, staff
from avise.demo.population.billing import calls_for_suspension, draw_accounts, draw_calls
from avise.demo.population.business_days import add_months
from avise.demo.population.care import draw_benefits
from avise.demo.population.companies import BAKERY, company
from avise.demo.population.consumption import guarantees_of
from avise.demo.population.contracts import Cover, draw_cover, joined
from avise.demo.population.coordinates import draw_contact_points, other_address
from avise.demo.population.entities import ContactPoint, Dossier, Person
from avise.demo.population.external_ids import external_ids
from avise.demo.population.people import Household, draw_household
from avise.demo.population.personas import BAKERY_COLLEAGUES, HEAVY, script_of
from avise.demo.population.places import Commune, commune
from avise.demo.population.relation import Correspondent, draw_exchanges
from avise.demo.population.rights import draw_cards, draw_links, rights_of
from avise.demo.population.scripting import (
    Script,
    finish,
    scripted_contacts,
    scripted_cover,
    scripted_household,
)
from avise.demo.population.spec import WorldSpec
from avise.demo.population.streams import rng

_FIRST_DUPLICATE_RANK = 12


def generate_dossier(world: WorldSpec, index: int) -> Dossier:
    """Return the dossier of that index (from 0); the same at each call, whatever the others are."""
    script = script_of(index, heavy=world.heavy)
    stream = rng(world, "household", index)
    home = script.home if script else commune(stream)
    household = (
        scripted_household(script, world, index)
        if script
        else draw_household(stream, index, world.as_of, home)
    )
    cover = _cover(world, index, household, home, script)
    household = replace(household, beneficiaries=joined(household, cover))
    dossier = _head(world, index, household, cover, home, script)
    if world.detail == "directory":
        return dossier
    dossier = _with_flows(world, dossier, household, cover)
    return finish(script, world, dossier, cover) if script else dossier


def iter_dossiers(spec: WorldSpec) -> Iterator[Dossier]:
    """Stream the dossiers of the world in order, one in memory at a time."""
    for index in range(spec.dossiers):
        yield generate_dossier(spec, index)


def _cover(world: WorldSpec, index: int, household: Household, home: Commune, script: Script | None) -> Cover:
    stream = rng(world, "contract", index)
    employer = company(world, BAKERY) if index in BAKERY_COLLEAGUES or (script and script.bakery) else None
    if employer is not None:
        household = replace(household, membership="employee")
    cover = draw_cover(stream, world, index, household, home.department, employer)
    return scripted_cover(script, world, cover) if script else cover


def _head(
    world: WorldSpec, index: int, household: Household, cover: Cover, home: Commune, script: Script | None
) -> Dossier:
    """Return the part that the directory and the parties tool need."""
    stream = rng(world, "coordinates", index)
    member = household.member
    points = draw_contact_points(stream, member, index, home, world.as_of)
    status, until = rights_of(cover, world.as_of)
    tags, duplicates = _duplicates(world, index, member)
    if stream.random() < defects.MOJIBAKE_RATE and not member.last_name.isascii():
        tags |= {defects.MOJIBAKE}
    elsewhere: ContactPoint | None = None
    if not script and stream.random() < defects.ADDRESS_CONFLICT_RATE:
        elsewhere, tags = other_address(stream, commune(stream)), tags | {defects.ADDRESS_CONFLICT}
    return Dossier(
        index=index,
        persona=script.code if script else "",
        member=member,
        member_since=min(contract.effective_date for contract in cover.contracts),
        rights_status=status,
        rights_until=until,
        advisor=staff.advisor(stream),
        agency=staff.agency(home.department),
        beneficiaries=household.beneficiaries,
        duplicates=() if script else duplicates,
        contact_points=scripted_contacts(script, points, index) if script else points,
        relation_address=elsewhere,
        contracts=cover.contracts,
        company=cover.company,
        defects=frozenset() if script else tags,
    )


def _duplicates(world: WorldSpec, index: int, member: Person) -> tuple[frozenset[str], tuple[Person, ...]]:
    """Enter one member in a hundred and twenty-five a second time: slip, names exchanged or birth name."""
    stream = rng(world, "duplicate", index)
    if stream.random() >= defects.DUPLICATE_RATE:
        return frozenset(), ()
    other = replace(
        member,
        ids=replace(member.ids, party=external_ids(index, _FIRST_DUPLICATE_RANK).party),
        nir="",
        nir_certified=False,
        defects=member.defects | {defects.DUPLICATE},
    )
    draw = stream.random()
    if draw < 0.5:
        other = replace(other, last_name=names.misspelt(stream, member.last_name))
    elif draw < 0.75:
        other = replace(other, last_name=member.first_name or "?", first_name=member.last_name)
    elif member.birth_name != member.last_name:
        other = replace(other, last_name=member.birth_name)
    else:
        other = replace(other, first_name=names.misspelt(stream, member.first_name))
    return frozenset({defects.DUPLICATE}), (other,)


def _suspended(head: Dossier) -> Dossier:
    """Suspend the guarantees of a dossier whose contribution stayed unpaid after the formal notice."""
    current = replace(head.contracts[0], status="suspended")
    return replace(head, contracts=(current, *head.contracts[1:]), rights_status="suspended")


def _with_flows(world: WorldSpec, head: Dossier, household: Household, cover: Cover) -> Dossier:
    """Add what the other tools hold; each part has a stream of its own."""
    index, as_of, member = head.index, world.as_of, household.member
    care, talk = HEAVY.get(index, (1.0, 1.0)) if world.heavy else (1.0, 1.0)
    lines = draw_benefits(rng(world, "care", index), world, index, household, cover, care)
    accounts = draw_accounts(rng(world, "account", index), index, member, cover, as_of)
    until = min(cover.until or as_of, as_of)
    who = Correspondent(index, member, head.contact_points, lines, cover.since, until)
    stale = rng(world, "stale", index).random() < defects.STALE_RATE
    calls = draw_calls(rng(world, "call", index), world, index, cover, accounts)
    return replace(
        _suspended(head) if calls_for_suspension(calls) else head,
        guarantees=guarantees_of(household, cover, lines, as_of),
        cards=draw_cards(rng(world, "card", index), index, household, cover, as_of),
        benefit_lines=lines,
        authorizations=records.draw_authorizations(rng(world, "quote", index), world, index, cover, lines),
        contributions=calls,
        accounts=accounts,
        noemie=draw_links(rng(world, "noemie", index), household, cover, lines, as_of),
        documents=records.draw_documents(
            rng(world, "document", index), world, index, household, cover.since, min(care, 30.0)
        ),
        appointments=records.draw_appointments(rng(world, "appointment", index), world, index, head.agency),
        complaints=records.draw_complaints(rng(world, "complaint", index), world, index, cover.since),
        member_space=records.draw_member_space(
            rng(world, "space", index),
            world,
            member,
            max(cover.since, add_months(as_of, -84)),
            min(talk, 20.0),
        ),
        exchanges=draw_exchanges(rng(world, "exchange", index), world, who, talk),
        consents=records.draw_consents(rng(world, "consent", index), as_of),
        defects=head.defects | ({defects.STALE} if stale else frozenset()),
    )
