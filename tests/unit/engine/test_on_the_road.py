"""Requests of customers on the road, at both sides' desks: told by whom and until when, taken at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from avise.hub.check_out_values import CheckOut
from avise.models.journal import EventKind
from avise.models.requests import RequestStatus
from avise.models.roles import Role
from avise.services.request_values import RequestDeed
from avise.texts.formats import format_date, local
from tests.unit.engine.request_station import HELENE, INES, LEA, NEW, WORKERS, Machine, Worker, first

BRUNO = Worker("bruno.kerhoas", "Bruno Kerhoas", Role.REP, ("team/PLATEAU",))
CLAIM = RequestDeed(EventKind.REQUEST_CLAIMED)


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS, BRUNO)
        yield made


async def test_a_claim_refused_for_a_round_says_whose_and_until_when_and_the_representative_takes_it(
    machine: Machine,
) -> None:
    lea, ines, bruno = [await machine.station(who) for who in (LEA, INES, BRUNO)]
    for station in (lea, ines, bruno):
        await station.settled()
    person = await lea.person(HELENE)
    assert bruno.room.sync is not None
    await bruno.room.sync.hub.check_out(CheckOut((person,), 7))
    bruno.room.standing.carries = lambda found: found == person
    made = (await lea.desk.create_request(replace(NEW, person=person))).done[0]
    for station in (ines, bruno):
        await station.known(made, lambda found: bool(found.number))

    await ines.desk.act_on_requests((made,), CLAIM)
    tasks = await first(ines.desk.tasks(), lambda found: bool(found.mine))
    until = format_date(local(machine.env.now() + timedelta(days=7)).date())
    told = tasks.mine[0].task.words
    assert "Bruno Kerhoas" in told
    assert until in told

    assert (await bruno.desk.act_on_requests((made,), CLAIM)).done
    held = await lea.known(made, lambda found: found.holder == BRUNO.login)
    assert held.status is RequestStatus.TAKEN
