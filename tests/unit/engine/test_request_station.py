"""Workstations and their hub: nothing written is lost, nothing is counted twice, whatever breaks between."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from avise.hub import staff
from avise.hub.port import PushedEvent
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import RequestId, RequestStatus
from avise.models.roles import Role
from avise.models.tasks import NewTask, TaskKind
from avise.services.request_values import HubState, RequestDeed, RequestQuery
from tests.unit.engine.request_station import (
    HELENE,
    INES,
    KARIM,
    LEA,
    NEW,
    WORKERS,
    Line,
    Machine,
    Station,
    Worker,
    first,
    station,
)

CLAIM = RequestDeed(EventKind.REQUEST_CLAIMED)
TOM = Worker("tom.riou", "Tom Riou", Role.AGENT, ("team/PLATEAU",))


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS)
        yield made


async def created(lea: Station) -> RequestId:
    await first(lea.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
    return (await lea.desk.create_request(NEW)).done[0]


async def test_what_is_written_without_the_hub_is_shown_at_once_and_leaves_when_it_is_back(
    machine: Machine,
) -> None:
    lea, karim = await machine.station(LEA), await machine.station(KARIM)
    made = await created(lea)
    await karim.known(made, lambda found: not found.tentative)
    karim.line.cut = True

    acts = await karim.desk.act_on_requests((made,), CLAIM)

    assert acts.done == (made,)
    shown = await karim.row(lambda row: row.id == made)
    assert (shown.status, shown.tentative) == (RequestStatus.TAKEN, True)
    await first(karim.desk.hub_status(), lambda status: status.state is HubState.OFFLINE)
    karim.line.cut = False
    assert karim.room.sync is not None
    karim.room.sync.poke()
    await karim.known(made, lambda found: not found.tentative)
    await lea.known(made, lambda found: found.holder == KARIM.login)


async def test_two_claims_at_once_have_one_winner_and_the_other_finds_a_task(machine: Machine) -> None:
    lea, karim, ines = [await machine.station(who) for who in (LEA, KARIM, INES)]
    made = await created(lea)
    for desk in (karim, ines):
        await desk.known(made, lambda found: not found.tentative)
    ines.line.cut = True
    await karim.desk.act_on_requests((made,), CLAIM)
    await lea.known(made, lambda found: found.holder == KARIM.login)

    assert (await ines.desk.act_on_requests((made,), CLAIM)).done == (made,)
    ines.line.cut = False
    assert ines.room.sync is not None
    ines.room.sync.poke()

    told = await ines.row(lambda row: row.id == made and bool(row.refused))
    assert told.holder == KARIM.login
    board = await first(ines.desk.tasks(), lambda found: bool(found.mine))
    assert told.number in board.mine[0].task.words
    assert told.refused in board.mine[0].task.words


async def test_an_answer_that_is_lost_makes_nothing_count_twice(machine: Machine) -> None:
    lea, karim = await machine.station(LEA), await machine.station(KARIM)
    await first(lea.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
    await lea.settled()
    lea.line.loses_answers = True
    made = (await lea.desk.create_request(NEW)).done[0]
    told = await karim.known(made, lambda found: bool(found.number))
    back = await lea.known(made, lambda found: bool(found.number) and not found.tentative)
    await lea.settled()
    assert back.number == told.number
    assert told.ver == 1


async def test_what_was_written_is_found_again_at_the_next_start_and_sent(machine: Machine) -> None:
    line = Line()
    async with station(machine, LEA, "lea", line) as lea:
        await first(lea.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
        line.cut = True
        made = (await lea.desk.create_request(NEW)).done[0]
    async with station(machine, LEA, "lea", line) as again:
        kept = await again.known(made, lambda _found: True)
        assert kept.tentative
        line.cut = False
        assert again.room.sync is not None
        again.room.sync.poke()
        await again.known(made, lambda found: bool(found.number))


async def test_a_copied_station_takes_another_identity_and_loses_nothing(machine: Machine) -> None:
    async with station(machine, LEA, "lea", Line()) as lea:
        await created(lea)
        await lea.settled()
    shutil.copytree(machine.folder / "lea", machine.folder / "copy")
    first_one = await machine.station(LEA, "lea")
    await first_one.desk.create_request(NEW)
    await first_one.settled()
    device = first_one.store.device_id

    copy = await machine.station(LEA, "copy")
    made = (await copy.desk.create_request(NEW)).done[0]
    await copy.settled()

    assert copy.store.device_id != device
    await first_one.known(made, lambda found: bool(found.number))
    again = (await copy.desk.create_request(NEW)).done[0]
    await first_one.known(again, lambda found: bool(found.number))


async def test_a_hub_put_back_to_an_older_copy_gets_what_it_lost_again(machine: Machine) -> None:
    line = Line()
    lea = await machine.station(LEA, line=line)
    before = await created(lea)
    await lea.known(before, lambda found: bool(found.number))
    await lea.settled()
    hub = await machine.hub("admin", Role.ADMINISTRATOR, "setting-up")
    await hub.aclose()
    line.cut = True
    backup = machine.folder / "backup"
    backup.mkdir()
    for file in machine.folder.glob("hub.db*"):
        shutil.copy(file, backup / file.name)
    line.cut = False
    after = (await lea.desk.create_request(NEW)).done[0]
    await lea.known(after, lambda found: bool(found.number))
    await lea.settled()
    line.cut = True
    assert lea.room.sync is not None
    await lea.room.sync.aclose()
    for file in machine.folder.glob("hub.db*"):
        file.unlink()
    for file in backup.iterdir():
        shutil.copy(file, machine.folder / file.name)
    hub = await machine.hub("admin", Role.ADMINISTRATOR, "setting-up")
    await hub.setting_up(
        lambda connection: (
            connection.exec_driver_sql("UPDATE meta SET value = '2' WHERE name = 'epoch'").rowcount
        )
    )
    await hub.aclose()
    line.cut = False
    await lea.room.sync.start(embedded=True)
    await lea.settled()
    karim = await machine.station(KARIM)
    for made in (before, after):
        await karim.known(made, lambda found: bool(found.number))
        await lea.known(made, lambda found: bool(found.number) and not found.tentative)


async def test_an_event_that_can_never_be_taken_holds_nothing_up(machine: Machine) -> None:
    lea = await machine.station(LEA)
    await first(lea.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
    await lea.settled()
    lea.line.spoiled = _spoil
    lost = (await lea.desk.create_request(NEW)).done[0]
    await lea.desk.add_task(NewTask(TaskKind.TODO, "Autre chose", machine.env.now() + timedelta(hours=1)))
    await lea.settled()
    lea.line.spoiled = None
    fine = (await lea.desk.create_request(NEW)).done[0]
    await lea.known(fine, lambda found: bool(found.number))
    assert lea.room.known.get(lost) is None
    board = await first(lea.desk.tasks(), lambda found: len(found.mine) == 2)
    assert any("Transmettre" in row.task.words for row in board.mine)


def _spoil(event: PushedEvent) -> PushedEvent:
    return replace(event, body=b"not json") if event.kind == EventKind.REQUEST_CREATED else event


async def test_a_right_that_is_taken_away_takes_what_it_showed_away(machine: Machine) -> None:
    lea, karim = await machine.station(LEA), await machine.station(KARIM)
    made = await created(lea)
    await karim.known(made, lambda found: not found.tentative)
    hub = await machine.hub("admin", Role.ADMINISTRATOR, "setting-up")
    now = machine.env.now() + timedelta(microseconds=1)
    await hub.setting_up(lambda connection: staff.leave(connection, KARIM.login, "queue/ACCUEIL", now))
    await hub.aclose()
    assert karim.room.sync is not None
    karim.room.sync.poke()
    await first(
        karim.desk.request_board(RequestQuery("queue/ACCUEIL")),
        lambda board: all(basket.id != "queue/ACCUEIL" for basket in board.baskets),
    )
    await karim.gone(made)
    assert await karim.room.feed.events(("request/",)) == ()


async def test_a_task_given_to_a_colleague_of_the_team_is_found_at_their_desk(machine: Machine) -> None:
    await machine.hire(TOM)
    lea, tom = await machine.station(LEA), await machine.station(TOM)
    await first(lea.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
    due = machine.env.now() + timedelta(hours=1)
    await lea.desk.add_task(NewTask(TaskKind.TODO, "Rappeler la caisse", due, assignee=TOM.login))
    board = await first(tom.desk.tasks(), lambda found: bool(found.mine))
    assert board.mine[0].task.words == "Rappeler la caisse"


async def test_somebody_who_asks_for_a_request_of_others_is_told_that_nobody_knows_it(
    machine: Machine,
) -> None:
    lea = await machine.station(LEA)
    with pytest.raises(AviseError, match=r"request\.nobody_knows"):
        await first(lea.desk.follow_request(RequestId(int=7)), lambda _detail: True)


async def test_a_request_about_somebody_is_journaled_when_it_is_opened(machine: Machine) -> None:
    lea, karim = await machine.station(LEA), await machine.station(KARIM)
    await first(lea.desk.hub_status(), lambda status: status.state is HubState.EMBEDDED)
    helene = await lea.person(HELENE)
    made = (await lea.desk.create_request(replace(NEW, person=helene))).done[0]
    await karim.known(made, lambda found: bool(found.number))
    detail = await karim.detail(made, lambda found: found.who is not None)
    assert detail.row.customer == "MARCHAND Hélène"
    written = await karim.journal.stream(f"customer/{helene}", (EventKind.CONSULTED,))
    assert [event.body["purpose"] for event in written] == ["request"]
