"""Laptops on the road: bad days of the lease of their key, and what the hub asks them from afar."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from avise.engine.opened_hub import hub_key_source, hub_opener
from avise.engine.opened_store import OpenedStore
from avise.env import SystemEnv
from avise.hub import staff
from avise.hub.check_outs import check_in
from avise.hub.core import HubCore
from avise.hub.devices import Device, DeviceState, devices
from avise.hub.local import SqliteTransactions
from avise.hub.passwords import hash_password
from avise.hub.port import Actor
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.roles import Role
from avise.services.profile import WIPE_MARK, load_profile
from avise.services.request_values import HubState, NewRequest
from tests.hub_house import opener
from tests.servers.hub_http.serving import HouseEnv, served
from tests.servers.requests.desks import LEA, House, first
from tests.servers.requests.desks import hire as hire_everybody
from tests.servers.requests.dying_wipe import STEPS
from tests.servers.requests.laptops import (
    LOGIN,
    SENTENCE,
    TEAM,
    MovedEnv,
    Road,
    device_of,
    hire,
    lease,
    wait,
)

PERSONS = [uuid.UUID(int=number, version=4) for number in range(1, 4)]
NEW = NewRequest("OTHER", None, {"subject": "Carte", "topic": "other", "question": "Canari-quelque-part ?"})


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    env = HouseEnv(moment=datetime.now(UTC))
    transactions = SqliteTransactions(opener(tmp_path / "hub.db"), env)
    await transactions.open()
    kept = await asyncio.to_thread(hash_password, SENTENCE, env)
    await transactions.write(lambda connection: hire(connection, kept))
    loop = asyncio.get_running_loop()

    def set_up(work: Callable[[Connection], object]) -> object:
        return asyncio.run_coroutine_threadsafe(transactions.write(work), loop).result()

    async with served(HubCore(env), transactions, env) as running:
        with ExitStack() as stack:
            yield Road(running.address, tmp_path, env, set_up, stack)
            await asyncio.to_thread(stack.close)
    await transactions.aclose()


def listed(road: Road, device: str) -> Device:
    """Return the line of a laptop."""
    found: tuple[Device, ...] = road.set_up(lambda connection: devices(connection, road.env.now()))
    return next(each for each in found if each.device == device)


def state_of(road: Road, device: str) -> DeviceState:
    """Return what `avise hub device list` says of a laptop."""
    return listed(road, device).state


# ---- the lease -------------------------------------------------------------------------------------
async def test_the_key_ends_with_its_lease_and_comes_back_at_the_next_contact(road: Road) -> None:
    def work() -> None:
        env = MovedEnv()
        laptop = road.laptop("one", env)
        room = lease(laptop)
        assert laptop.run(room.check_out(PERSONS, 3)) == 3
        key = laptop.run(room.key.key())
        env.moved = timedelta(days=3)
        laptop.run(room.key.look())
        assert room.key.state() is LeaseState.ENDED
        with pytest.raises(AviseError, match=r"^pack\.locked$"):
            laptop.run(room.key.key())
        road.env.advance(timedelta(days=3))
        wait(laptop, lambda: room.key.state() is LeaseState.HELD)
        assert laptop.run(room.key.key()) == key

    await asyncio.to_thread(work)


async def test_a_stolen_laptop_whose_device_is_revoked_reads_nothing_after_its_next_contact_or_its_lease(
    road: Road,
) -> None:
    def work() -> None:
        env = MovedEnv()
        laptop = road.laptop("one", env)
        room = lease(laptop)
        laptop.run(room.check_out(PERSONS, 7))
        device = device_of(laptop)
        road.set_up(lambda connection: staff.revoke(connection, device, road.env.now()))
        wait(laptop, lambda: room.key.state() is LeaseState.NONE)
        assert room.trouble is not None
        assert room.trouble.message_key == "pack.device_revoked"
        for asked in (room.check_out(PERSONS, 7), room.key.key()):
            with pytest.raises(AviseError, match=r"^(hub\.device_revoked|pack\.locked)$"):
                laptop.run(asked)
        assert state_of(road, device) is DeviceState.REVOKED

    await asyncio.to_thread(work)


async def test_a_right_withdrawn_while_away_ends_what_is_on_board_at_the_next_renewal(road: Road) -> None:
    def work() -> None:
        env = MovedEnv()
        laptop = road.laptop("one", env)
        room = lease(laptop)
        laptop.run(room.check_out(PERSONS, 7))
        gone: list[bool] = []
        before = room.on_gone

        async def forget() -> None:
            gone.append(True)
            await before()

        room.on_gone = forget
        road.set_up(lambda connection: staff.leave(connection, LOGIN, TEAM, road.env.now()))
        env.moved = timedelta(days=1, minutes=1)
        road.env.advance(env.moved)
        wait(laptop, lambda: room.key.state() is LeaseState.NONE and bool(gone))
        assert room.trouble is not None
        assert (room.trouble.message_key, gone) == ("pack.right_withdrawn", [True])

    await asyncio.to_thread(work)


async def test_the_second_laptop_of_one_person_takes_over_and_the_first_ends_at_its_next_contact(
    road: Road,
) -> None:
    def work() -> None:
        one, two = road.laptop("one"), road.laptop("two")
        one.run(lease(one).check_out(PERSONS, 7))
        with pytest.raises(AviseError, match=r"^hub\.checked_out_elsewhere$") as told:
            two.run(lease(two).check_out(PERSONS, 7))
        assert set(told.value.params) == {"since", "until"}
        assert lease(one).key.state() is LeaseState.HELD
        assert two.run(lease(two).check_out(PERSONS, 7, take_over=True)) == 3
        wait(one, lambda: lease(one).key.state() is LeaseState.NONE)
        assert lease(one).trouble is not None
        assert lease(two).key.state() is LeaseState.HELD

    await asyncio.to_thread(work)


async def test_what_was_given_back_without_the_network_is_told_at_the_next_contact(road: Road) -> None:
    def work() -> None:
        laptop = road.laptop("one")
        room = lease(laptop)
        laptop.run(room.check_out(PERSONS, 7))
        device = device_of(laptop)
        laptop.run(room.key.give_up())

        def on_board() -> int:
            return listed(road, device).on_board

        wait(laptop, lambda: on_board() == 0)

    await asyncio.to_thread(work)


async def test_a_check_out_that_the_hub_forgot_holds_until_its_end(road: Road) -> None:
    def work() -> None:
        env = MovedEnv()
        laptop = road.laptop("one", env)
        room = lease(laptop)
        laptop.run(room.check_out(PERSONS, 7))
        # As a hub restored from an older backup.
        road.set_up(lambda connection: connection.exec_driver_sql("DELETE FROM check_out").rowcount)
        env.moved = timedelta(days=2)
        road.env.advance(env.moved)
        wait(laptop, lambda: room._not_before > 0)
        assert room.key.state() is LeaseState.HELD
        env.moved = timedelta(days=7)
        laptop.run(room.key.look())
        assert room.key.state() is LeaseState.ENDED

    await asyncio.to_thread(work)


# ---- erased from afar ------------------------------------------------------------------------------
def killed(profile: Path, step: str) -> int:
    """Have a laptop die at a step of its wipe; return how its program ended."""
    script = Path(__file__).with_name("dying_wipe.py")
    died = subprocess.run([sys.executable, script, profile, step], check=False, timeout=90)  # noqa: S603 - ours
    return died.returncode


def left_of(profile: Path) -> set[str]:
    """Return what is in a profile, locks and the window's log excepted."""
    names = {path.name for path in profile.rglob("*") if path.is_file()}
    return {name for name in names if not name.endswith((".lock", ".door")) and name != "avise-window.log"}


async def test_an_erased_laptop_sends_what_was_written_first_holds_nothing_and_says_so(road: Road) -> None:
    def work() -> None:
        laptop = road.laptop("one")
        laptop.run(lease(laptop).check_out(PERSONS, 7))
        device = device_of(laptop)
        laptop.run(laptop.desk.create_request(NEW))
        road.set_up(lambda connection: staff.ask_wipe(connection, device, road.env.now()))
        assert state_of(road, device) is DeviceState.WIPE_ASKED
        over: list[bool] = []
        laptop.on_over = lambda: over.append(True)
        wait(laptop, lambda: bool(over))
        assert lease(laptop).key.state() is LeaseState.WIPED
        kept = road.set_up(
            lambda connection: connection.exec_driver_sql(
                "SELECT (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM event)"
            ).scalar_one()
        )
        assert kept > 0
        laptop.stop()
        assert left_of(road.folder / "one") == {"settings.toml", WIPE_MARK}
        assert state_of(road, device) is DeviceState.WIPED
        profile = load_profile(road.folder / "one", device="")
        for _ in range(2):
            with pytest.raises(AviseError, match=r"^wipe\.done$"):
                asyncio.run(OpenedStore.open(profile, SystemEnv()))
        assert left_of(road.folder / "one") == {"settings.toml", WIPE_MARK}

    await asyncio.to_thread(work)


@pytest.mark.parametrize("step", STEPS)
async def test_a_laptop_killed_while_it_erases_itself_goes_on_at_its_next_start(
    road: Road, step: str
) -> None:
    def work() -> None:
        laptop = road.laptop("one")
        laptop.run(lease(laptop).check_out(PERSONS, 7))
        device = device_of(laptop)
        laptop.stop()
        road.set_up(lambda connection: staff.ask_wipe(connection, device, road.env.now()))
        folder = road.profile("one")
        died = killed(folder, step)
        assert died == -signal.SIGKILL
        assert (folder / WIPE_MARK).exists()
        with pytest.raises(AviseError, match=r"^wipe\.done$"):
            asyncio.run(OpenedStore.open(load_profile(folder, device=""), SystemEnv()))
        assert left_of(folder) == {"settings.toml", WIPE_MARK}
        # Killed before the hub had the digest of its secret, it can say nothing more: somebody looks at it.
        told = DeviceState.WIPED if step != "marked" else DeviceState.WIPE_ASKED
        assert state_of(road, device) is told

    await asyncio.to_thread(work)


async def test_a_laptop_erased_without_the_network_tells_the_hub_when_it_comes_back(road: Road) -> None:
    def work() -> None:
        laptop = road.laptop("one")
        device = device_of(laptop)
        laptop.stop()
        road.set_up(lambda connection: staff.ask_wipe(connection, device, road.env.now()))
        folder = road.profile("one")
        killed(folder, "files gone")
        settings = (folder / "settings.toml").read_text("utf-8")
        (folder / "settings.toml").write_text(settings.replace(road.address, "http://127.0.0.1:9"), "utf-8")
        for address, state in (("", DeviceState.WIPE_BEGUN), (road.address, DeviceState.WIPED)):
            if address:
                (folder / "settings.toml").write_text(settings, "utf-8")
            with pytest.raises(AviseError, match=r"^wipe\.done$"):
                asyncio.run(OpenedStore.open(load_profile(folder, device=""), SystemEnv()))
            assert state_of(road, device) is state

    await asyncio.to_thread(work)


async def test_a_check_in_from_elsewhere_ends_a_laptop_at_its_next_contact(road: Road) -> None:
    def work() -> None:
        laptop = road.laptop("one")
        laptop.run(lease(laptop).check_out(PERSONS, 7))
        actor = Actor(LOGIN, Role.REP, device_of(laptop))
        road.set_up(lambda connection: check_in(connection, actor, road.env.now()))
        wait(laptop, lambda: lease(laptop).key.state() is LeaseState.NONE)

    await asyncio.to_thread(work)


async def test_a_desk_on_a_hub_of_its_machine_is_erased_and_says_so_there(tmp_path: Path) -> None:
    def work() -> None:
        asyncio.run(hire_everybody(tmp_path / "hub"))
        with ExitStack() as stack:
            desk = House(tmp_path, stack).desk(LEA)
            desk.run(first(desk.desk.hub_status(), lambda found: found.state is HubState.EMBEDDED))
            device = device_of(desk)

            def asked(work: Callable[[Connection], object]) -> object:
                return asyncio.run(at_hub(tmp_path / "hub", work))

            asked(lambda connection: staff.ask_wipe(connection, device, SystemEnv().now()))
            over: list[bool] = []
            desk.on_over = lambda: over.append(True)
            wait(desk, lambda: bool(over))
        folder = tmp_path / LEA.login
        assert left_of(folder) == {"settings.toml", WIPE_MARK}
        found = asked(lambda connection: devices(connection, SystemEnv().now()))
        assert isinstance(found, tuple)
        assert [each.state for each in found if each.device == device] == [DeviceState.WIPED]
        assert (tmp_path / "hub" / "hub.db").exists()

    await asyncio.to_thread(work)


async def at_hub(folder: Path, work: Callable[[Connection], object]) -> object:
    """Run work on the tables of a hub of this machine."""
    env = SystemEnv()
    key = await hub_key_source("demo", folder, env, synthetic=True).key(create=False)
    transactions = SqliteTransactions(hub_opener(folder / "hub.db", key), env)
    await transactions.open()
    try:
        return await transactions.write(work)
    finally:
        await transactions.aclose()
