"""A workstation whose clock is two days off shows the clocks of requests as every other one does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from avise.env import SystemEnv
from avise.services.request_values import RequestQuery
from tests.unit.engine.request_station import KARIM, LEA, NEW, WORKERS, Line, Machine, first, station

CONTACTS = RequestQuery("queue/ACCUEIL")


class WrongClock(SystemEnv):
    """A clock that is two days ahead."""

    def now(self) -> datetime:
        """Return a time to come."""
        return super().now() + timedelta(days=2)


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS)
        yield made


async def test_delays_follow_the_hub_and_not_the_workstation_whose_clock_is_wrong(machine: Machine) -> None:
    lea = await machine.station(LEA)
    await lea.settled()
    made = (await lea.desk.create_request(NEW)).done[0]
    await lea.known(made, lambda found: bool(found.number))
    right, wrong, line = machine.env, WrongClock(), Line()
    for start in ("first", "again, offline"):
        machine.env = wrong
        async with station(machine, KARIM, "karim", line) as karim:
            machine.env = right
            await karim.known(made, lambda found: bool(found.number))
            here = await first(karim.desk.request_board(CONTACTS), lambda found: found.total == 1)
            there = await first(lea.desk.request_board(RequestQuery("me/sent")), bool)
            assert here.rows[0].clock.consumed - there.rows[0].clock.consumed in (0, 1), start
            assert here.rows[0].clock.state is there.rows[0].clock.state
        line.cut = True
