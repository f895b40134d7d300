"""What an act that the hub refused leaves: a task once, its whole text where it was typed, and no leak."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from avise.env import SystemEnv
from avise.hub import staff
from avise.models.journal import EventKind
from avise.models.requests import RequestId
from avise.models.roles import Role
from avise.services.request_values import NewRequest, RequestDeed
from avise.store.feed import KeptAck
from tests.unit.engine.request_station import (
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
SONIA = Worker("sonia.roy", "Sonia Roy", Role.CASE_MANAGER, ("queue/ACTION_SOC", "team/PRESTATIONS"))
CLARA = Worker("clara.roy", "Clara Roy", Role.CASE_MANAGER, ("queue/ACTION_SOC", "team/PRESTATIONS"))
AID = NewRequest("SOCIAL_AID", None, {"aid_need": "disability", "contact_phone": "0612345678"})


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS, SONIA, CLARA)
        yield made


async def resolved_behind(
    machine: Machine, winner: Worker, loser: Worker, new: NewRequest, words: str
) -> tuple[RequestId, Station]:
    """Resolve a request with words at a desk whose line is cut, after a colleague took it."""
    lea, quick, slow = [await machine.station(who) for who in (LEA, winner, loser)]
    await lea.settled()
    made = (await lea.desk.create_request(new)).done[0]
    for desk in (quick, slow):
        await desk.known(made, lambda found: bool(found.number))
    slow.line.cut = True
    await quick.desk.act_on_requests((made,), CLAIM)
    await lea.known(made, lambda found: found.holder == winner.login)
    assert (await slow.desk.act_on_requests((made,), CLAIM)).done
    deed = RequestDeed(EventKind.REQUEST_RESOLVED, words=words, outcome="done")
    assert (await slow.desk.act_on_requests((made,), deed)).done
    slow.line.cut = False
    assert slow.room.sync is not None
    slow.room.sync.poke()
    await slow.settled()
    return made, slow


async def test_the_whole_text_of_a_refused_act_waits_where_it_was_typed(machine: Machine) -> None:
    words = "Votre carte est partie. " * 100
    made, slow = await resolved_behind(machine, KARIM, INES, NEW, words)
    assert await slow.desk.request_drafts(made) == {"requester": words.strip()}
    board = await first(slow.desk.tasks(), lambda found: len(found.mine) == 2)
    assert any("Votre carte est partie." in row.task.words for row in board.mine)


async def test_the_text_on_a_confidential_request_is_in_no_task_which_the_team_would_read(
    machine: Machine,
) -> None:
    words = "Le CANARI a perdu son emploi."
    made, slow = await resolved_behind(machine, SONIA, CLARA, AID, words)
    board = await first(slow.desk.tasks(), lambda found: len(found.mine) == 2)
    assert not any("CANARI" in row.task.words for row in board.mine)
    assert await slow.desk.request_drafts(made) == {"requester": words}


async def test_a_program_that_ends_before_it_kept_the_verdict_tells_of_it_next_time_and_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea, karim, line = await machine.station(LEA), await machine.station(KARIM), Line()
    await lea.settled()
    made = (await lea.desk.create_request(NEW)).done[0]
    async with station(machine, INES, "door", line) as door:
        await door.known(made, lambda found: bool(found.number))
        line.cut = True
        await karim.desk.act_on_requests((made,), CLAIM)
        await lea.known(made, lambda found: found.holder == KARIM.login)
        assert (await door.desk.act_on_requests((made,), CLAIM)).done

        async def ended(_: Sequence[KeptAck], __: int) -> None:
            raise SystemError

        monkeypatch.setattr(door.room.feed, "acknowledge", ended)
        line.cut = False
        assert door.room.sync is not None
        door.room.sync.poke()
        await first(door.desk.tasks(), lambda found: bool(found.mine))
    async with station(machine, INES, "door", Line()) as again:
        await again.settled()
        assert len((await first(again.desk.tasks(), lambda found: bool(found.mine))).mine) == 1


async def test_a_program_that_ends_before_it_told_of_a_refusal_tells_of_it_next_time(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea, karim, line = await machine.station(LEA), await machine.station(KARIM), Line()
    await lea.settled()
    made = (await lea.desk.create_request(NEW)).done[0]
    async with station(machine, INES, "door", line) as door:
        await door.known(made, lambda found: bool(found.number))
        line.cut = True
        await karim.desk.act_on_requests((made,), CLAIM)
        await lea.known(made, lambda found: found.holder == KARIM.login)
        assert (await door.desk.act_on_requests((made,), CLAIM)).done
        reached = asyncio.Event()

        async def ended(_: Sequence[object]) -> None:
            reached.set()
            raise SystemError

        monkeypatch.setattr(door.room.news, "on_judged", ended)
        line.cut = False
        assert door.room.sync is not None
        door.room.sync.poke()
        await asyncio.wait_for(reached.wait(), 30)
    async with station(machine, INES, "door", Line()) as again:
        await again.settled()
        board = await first(again.desk.tasks(), lambda found: bool(found.mine))
        assert len(board.mine) == 1


async def test_an_act_that_waits_when_its_right_is_taken_away_is_told_of_with_its_request(
    machine: Machine,
) -> None:
    lea, karim = await machine.station(LEA), await machine.station(KARIM)
    await lea.settled()
    made = (await lea.desk.create_request(NEW)).done[0]
    number = (await karim.known(made, lambda found: bool(found.number))).number
    karim.line.cut = True
    assert (await karim.desk.act_on_requests((made,), CLAIM)).done
    hub = await machine.hub("admin", Role.ADMINISTRATOR, "setting-up")
    try:
        await hub.setting_up(
            lambda connection: staff.leave(
                connection, KARIM.login, "queue/ACCUEIL", SystemEnv().now() - timedelta(seconds=1)
            )
        )
    finally:
        await hub.aclose()
    karim.line.cut = False
    assert karim.room.sync is not None
    karim.room.sync.poke()
    board = await first(karim.desk.tasks(), lambda found: bool(found.mine))
    assert number in board.mine[0].task.words
