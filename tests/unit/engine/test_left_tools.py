"""One intention for several tools, of which one could not take it: the others go, that one is remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from avise.services.acting_values import RefusedPlan
from tests.unit.engine.acting_station import EMAIL, TOM, ActingStation, acting
from tests.unit.engine.request_station import HELENE, WORKERS, Machine, first


@pytest.fixture
async def tom(tmp_path: Path) -> AsyncIterator[ActingStation]:
    async with AsyncExitStack() as stack:
        machine = Machine(tmp_path, stack)
        await machine.hire(*WORKERS, TOM)
        yield await acting(machine, TOM)


async def test_the_tool_that_was_left_out_is_a_task_on_the_customer(tom: ActingStation) -> None:
    desk = tom.station.desk
    person = await tom.station.person(HELENE)
    plan = await desk.plan_action(person, "parties", "change_email", EMAIL)
    down = RefusedPlan("relation", "Relation adhérent", "acting.no_answer", {"source": "Relation adhérent"})
    (item,) = await desk.confirm_actions((plan,), refused=(down,))
    day = await first(desk.my_day(), lambda told: bool(told.today))
    (row,) = day.today
    assert row.task.person == item.person
    assert "«\N{NO-BREAK SPACE}Relation adhérent\N{NO-BREAK SPACE}»" in row.task.words
    assert item.label in row.task.words


async def test_nothing_is_remembered_where_every_tool_takes_it(tom: ActingStation) -> None:
    desk = tom.station.desk
    person = await tom.station.person(HELENE)
    await desk.confirm_actions((await desk.plan_action(person, "parties", "change_email", EMAIL),))
    day = await first(desk.my_day(), lambda _told: True)
    assert (day.late, day.today, day.later) == ((), (), ())
