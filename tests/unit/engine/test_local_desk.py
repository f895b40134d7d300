"""Whom each role may find, see listed and open; and what closing one screen leaves to another."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from avise.connectors.contract import CallEvent, CallEventKind
from avise.directory.keys import Minter
from avise.engine.local_desk import LocalDesk
from avise.env import FixedEnv
from avise.models.customer import Party, PartyKind, PersonId
from avise.models.errors import AviseError
from avise.models.roles import Purpose, Role, Session
from avise.services.customer_updates import HeaderChanged
from avise.store.desk_memory import DeskMemory
from avise.store.directory import Directory
from avise.store.journal import Journal
from avise.store.snapshots import Snapshots
from avise.store.store import Store
from tests.unit.services.scripted_sources import ScriptedSources, offer

KEY = bytes(range(32))
PLAIN = Party(
    "1", PartyKind.MEMBER, "MARCHAND", "Hélène", member_number="0482917350", phones=("+33639984127",),
    city="Nantes",
)  # fmt: skip
PROTECTED = Party(
    "2", PartyKind.MEMBER, "DELORME", "Anne", member_number="0482917351", phones=("+33639984128",),
    email="canary@exemple.invalid", city="CANARYVILLE", postcode="44999", restricted=True,
)  # fmt: skip
CHILD = Party("3", PartyKind.BENEFICIARY, "MARCHAND", "Yves", dossier="1", restricted=True)
WITHOUT_CUSTOMERS = [Role.AUDITOR, Role.ADMINISTRATOR]


class Office:
    """One store and directory, at which a desk of any role can be set up."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self.store, self.directory = store, directory
        self.sources = ScriptedSources([])

    def desk(self, role: Role) -> LocalDesk:
        env = FixedEnv()
        session = Session("lea.girard", "Léa Girard", role, "poste-1")
        memory = DeskMemory(self.store, env, session.user)
        journal, copies = Journal(self.store, env), Snapshots(self.store, env)
        return LocalDesk(session, self.sources, self.directory, journal, memory, copies, env)

    async def person(self, party: Party) -> PersonId:
        found = (await self.directory.search(f"{party.last_name} {party.first_name}")).hits
        return next(hit.entry.person for hit in found if hit.entry.party.native_id == party.native_id)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = await Store.open(tmp_path / "store.db", KEY, FixedEnv())
    minter = Minter(uuid.UUID(int=5), "parties.party")
    directory = await Directory.open(tmp_path / "directory.db", KEY, FixedEnv(), minter)
    builder = directory.rebuild()
    await builder.add([PLAIN, PROTECTED, CHILD])
    await builder.finish("c1")
    yield Office(store, directory)
    await directory.aclose()
    await store.aclose()


async def opened(desk: LocalDesk, person: PersonId, reason: str = "") -> HeaderChanged:
    async with aclosing(desk.open_customer(person, Purpose.CALL, reason)) as updates:  # type: ignore[type-var]
        first = await anext(updates)
    assert isinstance(first, HeaderChanged)
    return first


@pytest.mark.parametrize("role", WITHOUT_CUSTOMERS)
async def test_roles_without_customer_data_find_list_and_open_nobody(office: Office, role: Role) -> None:
    person = await office.person(PLAIN)
    await opened(office.desk(Role.AGENT), person)
    desk = office.desk(role)
    for asked in (
        desk.search("marchand"),
        desk.find_by_identifier("member", "0482917350"),
        opened(desk, person),
        desk.announce_call(number="+33639984127"),
        desk.record_interaction(person, {"title": "CANARY"}),
    ):
        with pytest.raises(AviseError) as refused:
            await asked
        assert refused.value.message_key == "role.no_customers"
    assert await desk.recents() == ()


@pytest.mark.parametrize("role", WITHOUT_CUSTOMERS)
async def test_roles_without_customer_data_are_told_of_no_call(office: Office, role: Role) -> None:
    office.sources.calls = [
        CallEvent("c1", CallEventKind.RINGING, FixedEnv().now(), number="+33639984127"),
    ]
    assert [call async for call in office.desk(role).calls()] == []


@pytest.mark.parametrize("role", [Role.AGENT, Role.CASE_MANAGER, Role.REP])
async def test_a_protected_file_is_listed_without_where_the_person_lives(office: Office, role: Role) -> None:
    answer = await office.desk(role).search("delorme anne")
    assert answer.hits[0].entry.party.restricted
    assert "canary" not in repr(answer).lower()


@pytest.mark.parametrize("typed", ["delorme canaryville", "06 39 98 41 28"])
async def test_what_is_hidden_of_a_protected_file_is_not_marked_either(office: Office, typed: str) -> None:
    (hit,) = (await office.desk(Role.AGENT).search(typed)).hits
    assert {field for field, _, _ in hit.highlights} <= {"last_name"}


async def test_the_caller_of_a_protected_file_is_named_without_an_address(office: Office) -> None:
    office.sources.calls = [
        CallEvent("c1", CallEventKind.RINGING, FixedEnv().now(), number="+33639984128"),
    ]
    async with aclosing(office.desk(Role.AGENT).calls()) as calls:  # type: ignore[type-var]
        call = await anext(calls)
    (hit,) = call.matches
    assert hit.entry.party.last_name == "DELORME"
    assert "canary" not in repr(hit).lower()


async def test_a_protected_file_opens_as_the_role_allows(office: Office) -> None:
    person = await office.person(PROTECTED)
    with pytest.raises(AviseError) as unsaid:
        await opened(office.desk(Role.AGENT), person, " ")
    assert unsaid.value.message_key == "open.reason_needed"
    assert (await opened(office.desk(Role.AGENT), person, "rappel demandé")).header.restricted
    assert (await opened(office.desk(Role.TEAM_LEAD), person)).header.restricted
    with pytest.raises(AviseError) as refused:
        await opened(office.desk(Role.REP), person, "rappel demandé")
    assert refused.value.message_key == "open.not_allowed"


async def test_a_protected_beneficiary_protects_the_dossier_that_opens(office: Office) -> None:
    with pytest.raises(AviseError) as refused:
        await opened(office.desk(Role.AGENT), await office.person(CHILD))
    assert refused.value.message_key == "open.reason_needed"


async def test_closing_one_screen_leaves_the_readings_of_another_on_the_same_member(office: Office) -> None:
    office.sources.offered = [offer("b", "complaints")]
    desk = office.desk(Role.AGENT)
    person = await office.person(PLAIN)
    first = desk.open_customer(person, Purpose.CALL)
    second = desk.open_customer(person, Purpose.CALL)
    await anext(aiter(first))
    await anext(aiter(second))
    for closing, left in ((first, 0), (second, 1)):
        await closing.aclose()  # type: ignore[attr-defined]  # desks give generators
        assert len(office.sources.left) == left
