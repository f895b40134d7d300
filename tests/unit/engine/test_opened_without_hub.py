"""A file that is opened while the hub cannot be reached is completed, and logged, once it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest

from avise.hub.port import View
from avise.models.interaction import Channel
from avise.models.roles import Purpose, Role
from avise.services.customer_updates import TimelineChanged
from avise.services.request_values import HubState
from tests.unit.engine.request_station import HELENE, KARIM, LEA, WORKERS, Machine, Worker, first

ANNE = Worker("anne.loup", "Anne Loup", Role.AUDITOR, ())


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS, ANNE)
        yield made


async def test_a_file_opened_without_the_hub_is_completed_and_logged_once_it_is_back(
    machine: Machine,
) -> None:
    lea, karim = await machine.station(LEA), await machine.station(KARIM)
    helene = await lea.person(HELENE)
    told = {"channel": Channel.PHONE_IN.value, "direction": "in", "title": "Appel sur la carte"}
    await lea.desk.record_interaction(helene, told)
    for desk in (lea, karim):
        await desk.settled()
    karim.line.cut = True
    await first(karim.desk.hub_status(), lambda found: found.state is HubState.OFFLINE)

    async with aclosing(karim.desk.open_customer(helene, Purpose.CALL, "Rappel")) as updates:  # type: ignore[type-var]  # a generator
        async for update in updates:
            if not isinstance(update, TimelineChanged):
                continue
            if any(entry.title == "Appel sur la carte" for entry in update.entries):
                break
            karim.line.cut = False
            assert karim.room.sync is not None
            karim.room.sync.poke()
    auditor = await machine.hub(ANNE.login, ANNE.role, "poste-anne")
    try:
        page = await auditor.query(View.ACCESSES, {"login": KARIM.login})
    finally:
        await auditor.aclose()
    assert [(row["purpose"], row["reason"], row["granted"]) for row in page.rows] == [
        ("call", "Rappel", True)
    ]
