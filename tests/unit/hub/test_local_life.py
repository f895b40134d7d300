"""A hub of the machine opened, shared, cut short and closed."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from avise.engine.opened_hub import hub_key_source, open_local_hub
from avise.env import FixedEnv, SystemEnv
from avise.hub import staff
from avise.hub.core import HubCore
from avise.hub.local import LocalHub
from avise.hub.port import HubError, HubUnreachableError, Outcome, View
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from avise.models.roles import Role, Session
from avise.store.errors import WrongKeyError
from avise.store.key_source import KeyUnavailableError
from tests.hub_house import AGENT, KEY, MANAGER, SOINS, Desk, LocalHouse, desk, hire, opener, request_body
from tests.memory_keys import MemoryKey


async def test_two_programs_see_what_each_other_writes_at_once(tmp_path: Path) -> None:
    env = SystemEnv()
    core = HubCore(env)
    lea = await LocalHub.open(opener(tmp_path / "hub.db"), core, AGENT, env)
    await lea.setting_up(hire)
    marc = await LocalHub.open(opener(tmp_path / "hub.db"), core, MANAGER, env)
    assert (await lea.head()).hub_id == (await marc.head()).hub_id
    waiting = asyncio.create_task(marc.wait_for_change((await marc.head()).positions, 30))
    await Desk(lea, AGENT, env).create()
    assert await waiting
    await lea.aclose()
    await marc.aclose()


async def test_waiting_ends_when_the_hub_is_closed(tmp_path: Path) -> None:
    env = SystemEnv()
    hub = await LocalHub.open(opener(tmp_path / "hub.db"), HubCore(env), AGENT, env)
    waiting = asyncio.create_task(hub.wait_for_change({}, 3_600))
    await asyncio.sleep(0)
    await hub.aclose()
    assert not await waiting
    with pytest.raises(HubUnreachableError):
        await hub.head()
    await hub.aclose()


async def test_a_push_that_nobody_waits_for_any_more_is_whole(tmp_path: Path) -> None:
    env = FixedEnv()
    house = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await house.set_up(hire)
    lea = await desk(house, AGENT)
    event = lea.written(request_stream(env.uuid7()), EventKind.REQUEST_CREATED, request_body())
    pushing = asyncio.create_task(lea.hub.push([event]))
    await asyncio.sleep(0)
    pushing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pushing
    ack = (await lea.hub.push([event]))[0]
    assert ack.outcome in (Outcome.ACCEPTED, Outcome.DUPLICATE)
    assert len((await lea.hub.query(View.REQUESTS, {})).rows) == 1
    await house.aclose()


async def test_types_of_requests_refuse_what_is_none(tmp_path: Path) -> None:
    env = FixedEnv()

    def check(body: object) -> str:
        return "malformed" if isinstance(body, dict) and body.get("type") == "INCONNU" else ""

    house = LocalHouse(tmp_path / "hub.db", HubCore(env, check), env)
    await house.set_up(hire)
    lea = await desk(house, AGENT)
    request, ack = await lea.create(type="INCONNU")
    assert (ack.outcome, ack.effective, ack.refusal, ack.number) == (Outcome.ACCEPTED, False, "malformed", "")
    assert (await lea.hub.query(View.REQUESTS, {})).rows == ()
    again = await lea.send(request_stream(request), EventKind.REQUEST_CREATED, request_body())
    assert again.number == "D-2026-000001-G"
    await house.aclose()


async def test_a_profile_opens_the_hub_of_its_folder(tmp_path: Path) -> None:
    env = SystemEnv()
    session = Session("lea.girard", "Léa Girard", Role.AGENT, str(uuid.UUID(int=7)))
    source = hub_key_source("demo", tmp_path, env, synthetic=True)
    hub = await open_local_hub(tmp_path / "hub", source, HubCore(env), session, env)
    await hub.setting_up(hire)
    await hub.setting_up(
        lambda connection: staff.join(connection, "lea.girard", f"queue/{SOINS}", env.now(), can_write=False)
    )
    assert {found.id: found.can_write for found in (await hub.head()).perimeters} == {
        f"queue/{SOINS}": False, "team/GC-RENNES": True, "house": True,
    }  # fmt: skip
    await hub.aclose()
    with pytest.raises(WrongKeyError):
        await open_local_hub(tmp_path / "hub", MemoryKey(KEY), HubCore(env), session, env)
    with pytest.raises(KeyUnavailableError):
        await hub_key_source("demo", tmp_path, env, synthetic=False).key(create=False)


async def test_somebody_else_s_device_is_no_use_and_loses_no_number(tmp_path: Path) -> None:
    env = FixedEnv()
    house = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await house.set_up(hire)
    lea = await desk(house, AGENT)
    await lea.create()
    thief = replace(MANAGER, device=AGENT.device)
    stolen = Desk(lea.hub, thief, env, 1).written(f"customer/{env.uuid7()}", EventKind.CONSULTED)
    for call in (
        lambda connection: house.core.push(connection, thief, [stolen]),
        lambda connection: house.core.head(connection, thief),
    ):
        with pytest.raises(HubError, match=r"hub\.unknown_device"):
            await house.set_up(call)
    assert (await lea.create())[1].effective
    await house.aclose()


async def test_two_users_of_one_profile_write_one_after_the_other(tmp_path: Path) -> None:
    env = FixedEnv()
    house = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await house.set_up(hire)
    await (await desk(house, AGENT)).create()
    marc = await desk(house, replace(MANAGER, device=AGENT.device))
    marc.seq = (await marc.hub.head()).last_seq
    assert (await marc.create())[1].effective
    await house.aclose()
