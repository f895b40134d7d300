"""Records of one person linked and unlinked at a desk, on a real store and directory."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from avise.connectors.contract import Priority
from avise.connectors.readings import FacetReading
from avise.directory.keys import Minter
from avise.engine.local_desk import LocalDesk
from avise.env import FixedEnv
from avise.models.customer import CustomerKey, IdentityEvidence, Party, PartyKind, PersonId
from avise.models.errors import AviseError
from avise.models.facets import FacetState, FacetView
from avise.models.identity.links import How, Reasoning, Side
from avise.models.identity.matching import Thresholds
from avise.models.journal import EventKind
from avise.models.record_dates import RecordDates
from avise.models.roles import Purpose, Role, Session
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.services.customer_updates import Alert, AlertsChanged, CustomerUpdate, FacetChanged
from avise.services.identity.run import ToolRecord, persons, run_over
from avise.services.identity.values import Alike
from avise.store.desk_memory import DeskMemory
from avise.store.directory import Directory
from avise.store.journal import Journal
from avise.store.snapshots import Snapshots
from avise.store.store import Store
from tests.unit.services.scripted_sources import ScriptedSources, answer, offer

KEY = bytes(range(32))
MONIQUE = Party(
    "1", PartyKind.MEMBER, "TRÉVALLEC", "Monique", title="mrs", birth_date=date(1951, 3, 12),
    member_number="0482917350", phones=("+33639980113",), city="Nantes", postcode="44000",
    ids={"benefits.insured": "B-1"},
)  # fmt: skip
TWICE = Party(
    "2", PartyKind.MEMBER, "TREVALEC", "Monique", title="mrs", birth_date=date(1951, 3, 12),
    phones=("+33639980113",), city="Rezé", postcode="44400", ids={"documents.folder": "D-2"},
)  # fmt: skip
ANOTHER = Party("3", PartyKind.MEMBER, "TRÉVALLEC", "Monique", birth_date=date(1988, 7, 1), city="Lyon")
SLIP = Party("4", PartyKind.PROSPECT, "TREVALLEC", "Monique", birth_date=date(1951, 3, 13))
MINTER = Minter(uuid.UUID(int=5), "parties.party")


@dataclass(slots=True)
class Tools(ScriptedSources):
    """Two tools: each answers about the number that it is asked with."""

    asked_with: list[tuple[str, CustomerKey, IdentityEvidence]] = field(default_factory=list)

    async def read_facet(
        self,
        instance: str,
        facet: str,
        customer: CustomerKey,
        identity: IdentityEvidence,
        *,
        agent: str,
        purpose: str,
        priority: Priority = Priority.INTERACTIVE,
        force: bool = False,
    ) -> AsyncIterator[FacetReading]:
        del agent, purpose, priority, force
        self.asked_with.append((instance, customer, identity))
        yield answer(instance, facet, {"title": " ".join(customer.ids.values())})


class House:
    """One store and directory at which desks are set up."""

    def __init__(self, store: Store, directory: Directory, env: FixedEnv, folder: Path) -> None:
        self.store, self.directory, self.env, self.folder = store, directory, env, folder
        self.tools = Tools(
            [
                offer("benefits", "benefits", needs=("benefits.insured",)),
                offer("documents", "documents", needs=("documents.folder",)),
            ]
        )

    def desk(self, role: Role = Role.CASE_MANAGER, user: str = "sara.lemoine") -> LocalDesk:
        session = Session(user, NAMES.get(user, user), role, "poste-1")
        memory, copies = DeskMemory(self.store, self.env, user), Snapshots(self.store, self.env)
        journal = Journal(self.store, self.env)
        return LocalDesk(session, self.tools, self.directory, journal, memory, copies, self.env, self.folder)


NAMES = {"sara.lemoine": "Sara Lemoine", "lea.girard": "Léa Girard"}


@asynccontextmanager
async def house_of(folder: Path, *parties: Party) -> AsyncIterator[House]:
    """Set up a house whose directory lists some parties."""
    env = FixedEnv()
    store = await Store.open(folder / "store.db", KEY, env)
    directory = await Directory.open(folder / "directory.db", KEY, env, MINTER)
    builder = directory.rebuild()
    await builder.add(list(parties))
    await builder.finish("c1")
    yield House(store, directory, env, folder)
    await directory.aclose()
    await store.aclose()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(tmp_path, MONIQUE, TWICE, ANOTHER, SLIP) as found:
        yield found


def person(party: Party) -> PersonId:
    return MINTER.person(party)


class Screen:
    """An open file, as a screen holds it."""

    def __init__(self) -> None:
        self.views: dict[str, FacetView] = {}
        self.alerts: tuple[Alert, ...] = ()

    def take(self, update: CustomerUpdate) -> None:
        if isinstance(update, FacetChanged):
            self.views[update.view.facet] = update.view
        elif isinstance(update, AlertsChanged):
            self.alerts = update.alerts

    def alert(self, name: str) -> str:
        return next((alert.params["n"] for alert in self.alerts if alert.id == name), "")


async def _opened(desk: LocalDesk, of: Party, screen: Screen) -> None:
    async with aclosing(desk.open_customer(person(of), Purpose.CALL)) as updates:  # type: ignore[type-var]  # a generator
        async for update in updates:
            screen.take(update)


async def _until(found: object, what: str) -> None:
    for _ in range(400):
        if found():  # type: ignore[operator]  # a predicate
            return
        await asyncio.sleep(0.005)
    pytest.fail(what)


async def test_a_linked_record_feeds_the_screen_with_its_own_number_and_its_own_name(house: House) -> None:
    desk, screen = house.desk(), Screen()
    opened = asyncio.create_task(_opened(desk, MONIQUE, screen))
    await _until(lambda: screen.views.get("benefits") and screen.views["benefits"].records, "not read")
    assert screen.views["documents"].state is FacetState.NOT_APPLICABLE

    await desk.link_records(person(MONIQUE), person(TWICE))
    await _until(lambda: screen.views["documents"].records, "the linked record is not read")
    assert screen.views["documents"].records[0].data["title"] == "D-2"
    instance, asked, evidence = house.tools.asked_with[-1]
    assert (instance, asked.avise_id, dict(asked.ids)) == (
        "documents",
        person(TWICE),
        {"documents.folder": "D-2"},
    )
    assert evidence.last_name == "TREVALEC"
    await _until(lambda: screen.alert("linked_records") == "1", "not told")

    (link,) = await desk.record_links(person(MONIQUE))
    assert link.other.name == "TREVALEC Monique"
    await desk.unlink_records(link.link, "Deux cousines du même âge")
    await _until(lambda: not screen.views["documents"].records, "still shown")
    assert screen.views["documents"].state is FacetState.NOT_APPLICABLE
    await _until(lambda: screen.alert("linked_records") == "", "still told")
    opened.cancel()
    await asyncio.gather(opened, return_exceptions=True)
    assert {key.avise_id for key in house.tools.left} == {person(MONIQUE)}


async def test_a_link_taken_back_within_ten_minutes_leaves_what_was_before(house: House) -> None:
    desk = house.desk()
    agent = house.desk(Role.AGENT, "lea.girard")
    await agent.link_records(person(MONIQUE), person(TWICE))
    assert await agent.record_links(person(MONIQUE)) == ()
    before = await house.desk().same_person_proposals()
    assert [pair.proposed_by for pair in before] == ["lea.girard"]
    act = await desk.link_records(person(TWICE), person(MONIQUE))
    assert await desk.same_person_proposals() == ()
    await desk.undo(act)
    assert await desk.same_person_proposals() == before
    assert await desk.record_links(person(MONIQUE)) == ()
    assert await house.desk().record_links(person(MONIQUE)) == ()


async def test_an_undo_too_late_is_refused_and_the_link_is_still_ended_with_a_reason(house: House) -> None:
    desk = house.desk()
    act = await desk.link_records(person(MONIQUE), person(TWICE))
    house.env.advance(timedelta(minutes=11))
    with pytest.raises(AviseError) as late:
        await desk.undo(act)
    assert late.value.message_key == "undo.too_late"
    (link,) = await desk.record_links(person(TWICE))
    for reason, key in (("", "identity.reason_needed"), ("x" * 301, "identity.reason_long")):
        with pytest.raises(AviseError) as refused:
            await desk.unlink_records(link.link, reason)
        assert refused.value.message_key == key
    await desk.unlink_records(link.link, "Deux cousines")
    assert await desk.record_links(person(MONIQUE)) == ()
    with pytest.raises(AviseError) as again:
        await desk.unlink_records(link.link, "Deux cousines")
    assert again.value.message_key == "identity.unknown"


async def test_a_link_made_at_two_desks_is_one_link_and_ends_whole(house: House) -> None:
    desks = [house.desk(user=user) for user in ("sara.lemoine", "marc.petit")]
    for desk in desks:
        assert await desk.record_links(person(MONIQUE)) == ()
    for desk in desks:
        await desk.link_records(person(MONIQUE), person(TWICE))
        house.env.advance(timedelta(minutes=1))
    knowing = house.desk()
    (link,) = await knowing.record_links(person(MONIQUE))
    assert link.author == "sara.lemoine"
    await knowing.unlink_records(link.link, "Deux cousines")
    for desk in (knowing, house.desk()):
        assert await desk.record_links(person(MONIQUE)) == ()


async def test_what_contradicts_is_refused_with_a_sentence_through_links_of_links(house: House) -> None:
    desk = house.desk()
    with pytest.raises(AviseError) as refused:
        await desk.link_records(person(MONIQUE), person(ANOTHER))
    assert refused.value.message_key == "identity.refused.birth_date"
    await desk.keep_records_apart(person(TWICE), person(SLIP))
    await desk.link_records(person(MONIQUE), person(TWICE))
    with pytest.raises(AviseError) as through:
        await desk.link_records(person(MONIQUE), person(SLIP))
    assert through.value.message_key == "identity.refused.apart"
    pair = await desk.compare_records(person(MONIQUE), person(SLIP))
    assert "Déliez" in pair.refused


async def test_two_linked_members_both_keep_their_own_file(house: House) -> None:
    desk = house.desk()
    await desk.record_interaction(person(MONIQUE), {"title": "sur la première"})
    await desk.record_interaction(person(TWICE), {"title": "sur la seconde"})
    await desk.link_records(person(MONIQUE), person(TWICE))
    for party, title in ((MONIQUE, "sur la première"), (TWICE, "sur la seconde")):
        entries = await desk.own_entries(f"customer/{person(party)}")
        assert [entry.title for entry in entries] == [title]


async def test_only_those_who_manage_files_decide(house: House) -> None:
    agent = house.desk(Role.AGENT, "lea.girard")
    act = await agent.link_records(person(MONIQUE), person(TWICE))
    assert act.kind is EventKind.IDENTITY_PROPOSED
    with pytest.raises(AviseError) as refused:
        await agent.keep_records_apart(person(MONIQUE), person(TWICE))
    assert refused.value.message_key == "identity.not_allowed"
    with pytest.raises(AviseError) as blind:
        await house.desk(Role.AUDITOR, "paul").same_person_proposals()
    assert blind.value.message_key == "role.no_customers"


async def test_a_refused_pair_is_proposed_again_only_when_its_data_change(house: House) -> None:
    desk = house.desk()
    why = Reasoning(How.SCORE, probability=0.6, model="fs1-x")
    one, other = Side(person(MONIQUE)), Side(person(TWICE))
    assert await desk.same_person.note(one, other, why, link=False) is EventKind.IDENTITY_PROPOSED
    assert await desk.same_person.note(one, other, why, link=False) is None
    assert len(await desk.same_person_proposals(person(MONIQUE))) == 1
    assert await desk.same_person_proposals(person(ANOTHER)) == ()
    await desk.keep_records_apart(person(MONIQUE), person(TWICE))
    assert await desk.same_person.note(one, other, why, link=True) is None
    builder = house.directory.rebuild()
    await builder.add([MONIQUE, replace(TWICE, postcode="44000", city="Nantes"), ANOTHER, SLIP])
    await builder.finish("c2")
    found = await desk.same_person.note(one, other, why, link=True)
    assert found is EventKind.IDENTITY_PROPOSED, "a person said no: a person is asked again"


async def test_two_records_side_by_side_say_what_differs_and_why(house: House) -> None:
    pair = await house.desk().compare_records(person(MONIQUE), person(TWICE))
    alike = {each.name: each.alike for each in pair.fields}
    assert alike == {
        "last_name": Alike.CLOSE, "first_name": Alike.SAME, "birth_date": Alike.SAME, "title": Alike.SAME,
        "member_number": Alike.UNKNOWN, "phones": Alike.SAME, "city": Alike.CLOSE,
    }  # fmt: skip
    assert "même date de naissance\u00a0: très fort" in pair.why
    assert "nom à une lettre près, ou de même son\u00a0: fort" in pair.why
    assert (pair.may_link, pair.refused, pair.is_proposed) == (True, "", False)


async def test_whoever_linked_or_proposed_is_called_by_name(house: House) -> None:
    await house.desk().link_records(person(MONIQUE), person(TWICE))
    (link,) = await house.desk().record_links(person(MONIQUE))
    assert link.how == "par Sara Lemoine"
    await house.desk().unlink_records(link.link, "Deux cousines")
    agent = house.desk(Role.AGENT, "lea.girard")
    await agent.link_records(person(MONIQUE), person(SLIP))
    assert [pair.proposed_by for pair in await agent.same_person_proposals()] == ["Léa Girard"]


async def test_a_pair_put_off_comes_last(house: House) -> None:
    desk = house.desk()
    one = Side(person(MONIQUE))
    for party, probability in ((TWICE, 0.9), (SLIP, 0.4)):
        why = Reasoning(How.SCORE, probability=probability)
        await desk.same_person.note(one, Side(person(party)), why, link=False)
    first, second = await desk.same_person_proposals()
    assert (first.probability, second.probability) == (0.9, 0.4)
    await desk.put_off_records(first.pair)
    assert await desk.same_person_proposals() == (second, first)


async def test_a_record_of_a_tool_that_the_directory_does_not_list_is_linked_too(house: House) -> None:
    desk = house.desk()
    far = Side(uuid.UUID(int=77), replace(TWICE, native_id="D-2"))
    why = Reasoning(How.RULE, rule="names_and_contact")
    assert (
        await desk.same_person.note(Side(person(MONIQUE)), far, why, link=True) is EventKind.IDENTITY_LINKED
    )
    (link,) = await desk.record_links(person(MONIQUE))
    assert (link.other.person, link.other.is_listed, link.other.source) == (far.person, False, "documents")
    assert "par règle" in link.how
    screen = Screen()
    opened = asyncio.create_task(_opened(desk, MONIQUE, screen))
    await _until(lambda: "documents" in screen.views and screen.views["documents"].records, "not read")
    opened.cancel()
    await asyncio.gather(opened, return_exceptions=True)


async def test_each_of_two_records_says_when_it_was_read(house: House) -> None:
    desk, built = house.desk(), house.env.now()
    house.env.advance(timedelta(hours=2))
    far = Side(uuid.UUID(int=77), replace(TWICE, native_id="D-2"))
    await desk.same_person.note(Side(person(MONIQUE)), far, Reasoning(How.SCORE, probability=0.6), link=False)
    told = house.env.now()
    house.env.advance(timedelta(hours=1))
    (pair,) = await desk.same_person_proposals()
    assert pair.one.dates == RecordDates(built, of_directory=True)
    assert pair.other.dates == RecordDates(told)
    contacts = b'[{"id": "1", "data": {"since": "2026-01-12"}}]'
    kept = Snapshot((contacts,), 1, None, house.env.now(), house.env.now() + timedelta(hours=8))
    await Snapshots(house.store, house.env).put(
        SnapshotKey("documents", "contact_points", 1, far.person), kept
    )
    (again,) = await house.desk().same_person_proposals()
    assert again.other.dates == RecordDates(house.env.now(), date(2026, 1, 12))


def _records(*parties: Party, tool: str = "") -> list[ToolRecord]:
    if not tool:
        return [ToolRecord(Side(person(party)), party) for party in parties]
    return [
        ToolRecord(Side(uuid.uuid5(uuid.UUID(int=6), party.native_id), party), party) for party in parties
    ]


async def test_a_run_over_two_tools_links_what_is_certain_once_and_proposes_the_rest(house: House) -> None:
    desk = house.desk()
    certain = replace(MONIQUE, native_id="D-9", member_number="", ids={"documents.folder": "D-9"})
    company = Party("D-8", PartyKind.COMPANY, company_name="Le Fournil (fictif)")
    known = replace(MONIQUE, native_id="B-1", ids={"benefits.insured": "B-1"})
    theirs = persons(_records(certain, company, known, tool="documents"))
    ours = persons(_records(MONIQUE, ANOTHER))
    found = await run_over(desk.same_person, ours, theirs, Thresholds(), propose_only=False)
    assert (found.ours, found.theirs, found.linked, found.proposed) == (2, 2, 1, 0)
    (link,) = await desk.record_links(person(MONIQUE))
    assert link.other.source == "documents"
    assert (link.at, "prénom" in link.why) == (house.env.now(), True)
    again = await run_over(desk.same_person, ours, theirs, Thresholds(), propose_only=False)
    assert (again.linked, again.proposed, again.left) == (0, 0, 1)


async def test_a_run_links_and_proposes_nothing_that_contradicts_what_is_known(house: House) -> None:
    desk, why = house.desk(), Reasoning(How.SCORE, probability=0.99)
    for link in (True, False):
        assert (
            await desk.same_person.note(Side(person(MONIQUE)), Side(person(ANOTHER)), why, link=link) is None
        )
    assert await desk.same_person_proposals() == ()


async def test_a_run_by_an_agent_or_with_proposals_only_links_nothing(house: House) -> None:
    for desk, propose_only in ((house.desk(Role.AGENT, "lea"), False), (house.desk(), True)):
        certain = replace(MONIQUE, native_id=f"D-{propose_only}", ids={"documents.folder": "D-9"})
        theirs = _records(certain, tool="documents")
        found = await run_over(
            desk.same_person, _records(MONIQUE), theirs, Thresholds(), propose_only=propose_only
        )
        assert (found.linked, found.proposed) == (0, 1)
    assert await house.desk().record_links(person(MONIQUE)) == ()
