"""What the hub tells of a customer when their file is opened: the exchanges of others, each once."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from avise.engine.request_dossiers import open_at_hub
from avise.env import FixedEnv
from avise.hub.core import HubCore
from avise.hub.port import Actor
from avise.models.interaction import Channel, Direction
from avise.models.journal import EventEnvelope, EventKind
from avise.models.roles import Purpose, Role
from avise.models.wrap_up import SCHEMA_V, WrapUp, interaction_body
from tests.hub_house import AGENT, MANAGER, LocalHouse, desk, hire

PORTAL = Actor("portail", Role.ADMINISTRATOR, "", frozenset(("v360:write",)))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[LocalHouse]:
    env = FixedEnv()
    made = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await made.set_up(hire)
    yield made
    await made.aclose()


async def none_of_mine(_: Sequence[uuid.UUID]) -> Sequence[EventEnvelope]:
    return ()


async def test_an_exchange_that_a_colleague_wrote_is_told_as_it_is_written_today(house: LocalHouse) -> None:
    dossier, marc, lea = house.env.uuid7(), await desk(house, MANAGER), await desk(house, AGENT)
    at = house.env.now() - timedelta(hours=3)
    body = interaction_body(WrapUp(note="Rappeler lundi", channel=Channel.PHONE_IN), at, dossier, None)
    told = marc.written(f"customer/{dossier}", EventKind.INTERACTION_RECORDED, body, schema_v=SCHEMA_V)
    assert (await marc.hub.push([told]))[0].effective

    found = await open_at_hub(lea.hub, dossier, Purpose.CALL, "", none_of_mine)
    assert [(entry.id, entry.at) for entry in found.entries] == [(f"journal/{told.event_id}", at)]


async def test_what_an_application_posted_is_told_once_under_its_own_name_and_at_its_own_time(
    house: LocalHouse,
) -> None:
    dossier, lea = house.env.uuid7(), await desk(house, AGENT)
    at = house.env.now() - timedelta(days=1)
    told = {
        "channel": "member_space",
        "direction": Direction.IN.value,
        "at": at.isoformat(),
        "summary": "Où ?",
    }
    for _ in range(2):
        await house.set_up(
            lambda connection: house.core.post_interaction(connection, PORTAL, dossier, "m-17", told)
        )
    found = await open_at_hub(lea.hub, dossier, Purpose.CALL, "", none_of_mine)
    assert [(entry.id, entry.at) for entry in found.entries] == [("portail/m-17", at)]
