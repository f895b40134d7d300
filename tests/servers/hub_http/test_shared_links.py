"""Records held to be one person's, decided at several desks of a hub that is reached by HTTP."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from avise.env import SystemEnv
from avise.hub.auditing import audit
from avise.hub.erasing import erase_customer
from avise.hub.port import Actor, HubPort, View
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.identity.links import How, Reasoning, Side
from avise.models.journal import EventKind
from avise.models.roles import Purpose
from tests.hub_house import ADMINISTRATOR, AGENT, AUDITOR, MANAGER, SECOND, TEAM
from tests.servers.hub_http.serving import HttpHouse
from tests.unit.engine.request_station import PATIENCE, Line, Machine, Station, Worker, first
from tests.unit.engine.test_same_person import MINTER, MONIQUE, SLIP, TWICE

T = TypeVar("T")

FAR = replace(TWICE, native_id="D-2")
FAR_PERSON = uuid.UUID(int=77)
MARC = Worker(MANAGER.login, "Marc Petit", MANAGER.role, (TEAM,))
INES = Worker(SECOND.login, "Inès Roux", SECOND.role, (TEAM,))
LEA = Worker(AGENT.login, "Léa Girard", AGENT.role, (TEAM,))
ONE, TWO = MINTER.person(MONIQUE), MINTER.person(TWICE)
CERTAIN = Reasoning(How.RULE, rule="names_and_contact")


@dataclass
class ServedMachine(Machine):
    """Stations of a hub behind HTTP."""

    house: HttpHouse | None = None

    async def port(self, actor: Actor) -> HubPort:
        """Open the hub by HTTP."""
        assert self.house is not None
        return await self.house.connect(actor)


@pytest.fixture
async def machine(tmp_path: Path, house: HttpHouse) -> AsyncIterator[ServedMachine]:
    async with AsyncExitStack() as stack:
        yield ServedMachine(tmp_path, stack, house.env, house)


async def desk_of(machine: Machine, worker: Worker, line: Line | None = None) -> Station:
    station = await machine.station(worker, line=line)
    await station.directory.apply([MONIQUE, TWICE, SLIP], "c2")
    await station.settled()
    return station


async def until(at: Station, look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """Look again until something at a desk is as wanted."""
    async with asyncio.timeout(PATIENCE):
        while not wanted(found := await look()):
            await at.room.changes.wait(at.room.changes.count, SystemEnv(), 0.05)
    return found


async def linked(at: Station, *persons: PersonId) -> None:
    """Wait until a desk shows the first of some records linked to the others, and to no more."""
    await until(
        at,
        at.desk.same_person.book,
        lambda book: {side.person for side in book.linked_to(persons[0])} == set(persons[1:]),
    )


async def test_what_one_desk_decides_is_decided_at_every_desk(machine: ServedMachine) -> None:
    marc, ines, lea = [await desk_of(machine, worker) for worker in (MARC, INES, LEA)]
    await marc.desk.link_records(ONE, TWO)
    for at in (marc, ines, lea):
        await linked(at, ONE, TWO)
    (seen,) = await lea.desk.record_links(TWO)
    assert (seen.other.person, seen.author, seen.may_unlink) == (ONE, MANAGER.login, False)
    await ines.desk.unlink_records(seen.link, "Deux cousines de Trémorel")
    for at in (marc, ines, lea):
        await linked(at, ONE)
        book = await at.desk.same_person.book()
        assert not book.kept_apart((ONE,), (TWO,))
    bodies = await _bodies(machine, "identity/%")
    assert len(bodies) == 2
    assert not [body for body in bodies if "cousines" in body or "VALLEC" in body or "Monique" in body]
    assert [body for body in await _bodies(machine, "customer/%") if "Trémorel" in body]


async def test_what_is_undone_at_one_desk_never_was_at_the_others(machine: ServedMachine) -> None:
    marc, ines = [await desk_of(machine, worker) for worker in (MARC, INES)]
    act = await marc.desk.keep_records_apart(ONE, TWO)
    await until(ines, ines.desk.same_person.book, lambda book: book.kept_apart((ONE,), (TWO,)))
    await marc.desk.undo(act)
    await until(ines, ines.desk.same_person.book, lambda book: not book.pairs)


async def test_opposite_decisions_of_which_one_was_made_offline_wait_for_somebody_at_both(
    machine: ServedMachine,
) -> None:
    line = Line()
    marc, ines = await desk_of(machine, MARC, line), await desk_of(machine, INES)
    line.cut = True
    await marc.desk.keep_records_apart(ONE, TWO)
    await ines.desk.link_records(ONE, TWO)
    await linked(ines, ONE, TWO)
    line.cut = False
    marc.room.sync.poke()  # type: ignore[union-attr]  # open
    for at in (marc, ines):
        (pair,) = await until(at, at.desk.same_person_proposals, bool)
        assert pair.proposed_by in (INES.login, INES.name)
        assert pair.against in (MARC.login, MARC.name)
        await linked(at, ONE)
    await _same(marc, ines)
    await ines.desk.link_records(ONE, TWO)
    for at in (marc, ines):
        await linked(at, ONE, TWO)
        assert await at.desk.same_person_proposals() == ()
    await _same(marc, ines)


async def test_a_record_that_one_desk_read_is_told_to_another_only_as_it_is_opened(
    machine: ServedMachine,
) -> None:
    line = Line()
    marc, ines = await desk_of(machine, MARC), await desk_of(machine, INES, line)
    likely = replace(CERTAIN, probability=0.9)
    await marc.desk.same_person.note(Side(ONE), Side(FAR_PERSON, FAR), likely, link=False)
    (sealed,) = await until(ines, ines.desk.same_person_proposals, bool)
    assert (sealed.is_sealed, sealed.other.name, sealed.fields) == (True, "Fiche de documents", ())
    line.cut = True
    with pytest.raises(AviseError, match=r"identity\.hub_needed"):
        await ines.desk.compare_records(ONE, FAR_PERSON)
    line.cut = False
    pair = await ines.desk.compare_records(ONE, FAR_PERSON)
    assert (pair.is_sealed, pair.other.name) == (False, "TREVALEC Monique")
    await ines.desk.link_records(ONE, FAR_PERSON)
    lea = await desk_of(machine, LEA)
    await linked(lea, ONE, FAR_PERSON)
    assert await lea.desk.record_links(ONE) == ()
    async with aclosing(lea.desk.open_customer(ONE, Purpose.CALL)) as updates:  # type: ignore[type-var]  # a generator
        await anext(updates)
        (shown,) = await until(lea, lambda: lea.desk.record_links(ONE), bool)
    assert (shown.other.name, shown.other.source) == ("TREVALEC Monique", "documents")
    assert machine.house is not None
    auditor = await machine.house.connect(AUDITOR)
    rows = (await auditor.query(View.ACCESSES, {"dossier": str(FAR_PERSON)})).rows
    assert {(row["login"], row["what"]) for row in rows} == {
        (SECOND.login, "dossier"),
        (AGENT.login, "dossier"),
    }


async def test_an_erasure_takes_the_links_from_every_desk_the_one_that_was_away_included(
    machine: ServedMachine,
) -> None:
    line = Line()
    marc, ines = await desk_of(machine, MARC, line), await desk_of(machine, INES)
    house = machine.house
    assert house is not None
    await marc.desk.same_person.note(Side(ONE), Side(FAR_PERSON, FAR), CERTAIN, link=True)
    await ines.desk.link_records(TWO, ONE)
    for at in (marc, ines):
        await linked(at, ONE, TWO, FAR_PERSON)
    line.cut = True
    (link,) = [found for found in await marc.desk.record_links(ONE) if found.other.person == TWO]
    await marc.desk.unlink_records(link.link, "Deux cousines de Trémorel")
    house.env.advance(timedelta(minutes=1))
    await house.set_up(
        lambda connection: erase_customer(connection, ADMINISTRATOR, ONE, "demande", house.env.now())
    )
    await linked(ines, ONE)
    line.cut = False
    marc.room.sync.poke()  # type: ignore[union-attr]  # open
    await linked(marc, ONE)
    await until(marc, marc.desk.same_person.book, lambda book: not book.pairs)
    for at in (marc, ines):
        assert (await at.desk.same_person.book()).pairs == {}
        kept = await at.store.read(_kept)
        assert not [body for body in kept if str(ONE) in body or "TREVALEC" in body or "Trémorel" in body]
    assert not [body for body in await _bodies(machine, "%") if str(ONE) in body or "TREVALEC" in body]
    assert await house.set_up(audit) == ()
    board = await first(marc.desk.tasks(), lambda board: bool(board.mine))
    assert ["n’a pas compté au hub" in row.task.words for row in board.mine] == [True]


async def _same(one: Station, other: Station) -> None:
    """Wait until two desks show the same."""
    shown = await until(one, one.desk.same_person.book, lambda book: bool(book.pairs))
    await until(other, other.desk.same_person.book, lambda book: book.pairs == shown.pairs)


async def _bodies(machine: ServedMachine, stream: str) -> list[str]:
    assert machine.house is not None

    def read(connection: Connection) -> list[str]:
        rows = connection.exec_driver_sql(
            "SELECT body FROM event WHERE body IS NOT NULL AND stream LIKE ? AND kind <> 'consulted'"
            " AND kind <> 'task_added'",
            (stream,),
        )
        return [bytes(row[0]).decode() for row in rows]

    return await machine.house.set_up(read)


def _kept(connection: Connection) -> list[str]:
    """Return every body of pairs, and of what describes them, that a workstation holds."""
    rows = connection.exec_driver_sql(
        "SELECT body FROM event WHERE body IS NOT NULL AND (stream LIKE 'identity/%' OR kind = ?)"
        " UNION ALL SELECT body FROM hub_event WHERE body IS NOT NULL AND stream LIKE 'identity/%'",
        (EventKind.IDENTITY_DESCRIBED.value,),
    )
    return [bytes(row[0]).decode() for row in rows]
