"""The lease of what is on board at a real hub: what a late answer says, whom a colleague took meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from avise.engine.lease_room import LeaseRoom
from avise.env import FixedEnv
from avise.hub.port import HubPort
from avise.models.leases import LeaseState
from avise.models.roles import Role
from avise.services.profile import load_profile
from avise.store.sealed import SealedSecrets
from avise.store.store import Store
from tests.memory_keys import MemoryKey
from tests.unit.engine.request_station import Machine, Worker

BRUNO = Worker("bruno.kerhoas", "Bruno Kerhoas", Role.REP, ("team/PLATEAU",))
CLARA = Worker("clara.nedelec", "Clara Nedelec", Role.REP, ("team/PLATEAU",))
ONE, TWO = UUID(int=1), UUID(int=2)
KEY = bytes(range(32))
SETTINGS = """
synthetic = true
site_namespace = "5b1f5bb6-0b6b-5d2e-9f3c-0d4b1b7a8f11"
identity_master = "parties"

[user]
login = "bruno.kerhoas"
name = "Bruno Kerhoas"
role = "rep"

[offline]
allowed = true
pin = "optional"
"""


@dataclass
class Laptop:
    """What lends one representative their key, and their hub."""

    lease: LeaseRoom
    hub: HubPort


@asynccontextmanager
async def laptop(machine: Machine, worker: Worker) -> AsyncIterator[Laptop]:
    """Open a laptop's lease at the hub of its machine."""
    hub = await machine.hub(worker.login, worker.role, worker.login)
    await hub.enrol()
    folder = machine.folder / worker.login
    _settle_in(folder)
    store = await Store.open(folder / "store.db", KEY, machine.env)
    secrets = SealedSecrets(store, KEY, machine.env)
    lease = LeaseRoom(load_profile(folder, worker.login), store, secrets, MemoryKey(KEY), machine.env)
    lease.hub = lambda: hub
    await lease.key.open()
    try:
        yield Laptop(lease, hub)
    finally:
        await store.aclose()
        await hub.aclose()


def advance(machine: Machine, by: timedelta) -> None:
    """Let time pass, at the hub and on every laptop."""
    assert isinstance(machine.env, FixedEnv)
    machine.env.advance(by)


def _settle_in(folder: Path) -> None:
    folder.mkdir()
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack, FixedEnv())
        await made.hire(BRUNO, CLARA)
        yield made


async def test_a_head_that_was_under_way_while_something_was_taken_along_ends_nothing(
    machine: Machine,
) -> None:
    async with laptop(machine, BRUNO) as bruno:
        await bruno.lease.check_out((ONE,), 7)
        await bruno.lease.check_in()
        late = await bruno.hub.head()
        assert late.check_out is not None
        assert late.check_out.ended
        advance(machine, timedelta(seconds=1))
        await bruno.lease.check_out((ONE,), 7)
        await bruno.lease.on_head(late, bruno.hub)
        assert bruno.lease.key.state() is LeaseState.HELD

        await bruno.hub.check_in()
        await bruno.lease.on_head(await bruno.hub.head(), bruno.hub)
        assert bruno.lease.key.state() is LeaseState.NONE


async def test_whom_a_colleague_took_while_the_lease_was_over_is_no_longer_taken_first(
    machine: Machine,
) -> None:
    async with laptop(machine, BRUNO) as bruno, laptop(machine, CLARA) as clara:
        await bruno.lease.check_out((ONE, TWO), 7)
        advance(machine, timedelta(days=8))
        await clara.lease.check_out((ONE,), 7)
        await bruno.lease.on_head(await bruno.hub.head(), bruno.hub)
        key = bruno.lease.key
        assert (key.state(), key.count) == (LeaseState.HELD, 1)
        assert (key.carries(ONE), key.carries(TWO)) == (False, True)
