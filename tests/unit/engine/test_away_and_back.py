"""A laptop comes back: its rights are asked again, an older program loses nothing, its clock is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from avise.connectors.network_gate import NetworkGate
from avise.engine.network_room import NetworkRoom
from avise.env import SystemEnv
from avise.hub import staff
from avise.models.journal import EventKind
from avise.models.network import NetworkMode
from avise.models.roles import Role
from avise.services.outbox_sending import Right
from avise.services.request_values import HubState, RequestDeed
from tests.unit.engine.request_station import (
    KARIM,
    LEA,
    NEW,
    PATIENCE,
    WORKERS,
    Line,
    Machine,
    Station,
    first,
    station,
)


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        made = Machine(tmp_path, stack)
        await made.hire(*WORKERS)
        yield made


async def on_network(machine: Machine, found: Station) -> NetworkRoom:
    """Give a station its network, as the engine does."""
    network = NetworkRoom(NetworkGate(machine.env), found.room.feed, machine.env, lambda: True)
    sync = found.room.sync
    assert sync is not None
    found.room.network = sync.network = network
    network.on_woken.append(sync.resume)
    await network.open()
    machine.stack.push_async_callback(network.aclose)
    return network


async def until(reached: Callable[[], bool], found: Station) -> None:
    for _ in range(round(PATIENCE / 0.02)):
        if reached():
            return
        await found.room.changes.wait(found.room.changes.count, SystemEnv(), 0.02)
    raise AssertionError("never reached")


async def at_hub(machine: Machine, change: Callable[[Connection], object]) -> None:
    hub = await machine.hub("admin", Role.ADMINISTRATOR, "setting-up")
    try:
        await hub.setting_up(change)
    finally:
        await hub.aclose()


async def test_a_right_is_asked_again_on_the_return_and_one_that_was_withdrawn_is_gone(
    machine: Machine,
) -> None:
    karim = await machine.station(KARIM)
    await karim.settled()
    network = await on_network(machine, karim)
    karim.room._laptop = True
    sync = karim.room.sync
    assert sync is not None
    sync.poke()
    await until(lambda: karim.room.right_by_hub() == (Right.HELD, Role.CASE_MANAGER), karim)
    await network.choose(NetworkMode.OFFLINE)
    await first(karim.desk.hub_status(), lambda told: told.state is HubState.OFFLINE)
    await at_hub(machine, lambda connection: staff.lock_out(connection, KARIM.login, locked=True))
    await network.choose(None)
    assert karim.room.right_by_hub()[0] is Right.UNTOLD
    await until(lambda: karim.room.right_by_hub()[0] is not Right.UNTOLD, karim)
    assert karim.room.right_by_hub()[0] is Right.LOST


async def test_nothing_leaves_a_device_that_was_revoked_meanwhile(machine: Machine) -> None:
    karim = await machine.station(KARIM)
    await karim.settled()
    network = await on_network(machine, karim)
    device = karim.store.device_id
    now = machine.env.now()
    await network.choose(NetworkMode.OFFLINE)
    await at_hub(machine, lambda connection: staff.revoke(connection, device, now))
    await network.choose(None)
    await until(lambda: karim.room.right_by_hub()[0] is not Right.UNTOLD, karim)
    assert karim.room.right_by_hub()[0] is Right.LOST


async def test_a_laptop_that_was_just_started_waits_for_the_hub(machine: Machine) -> None:
    line = Line(cut=True)
    karim = await machine.station(KARIM, line=line)
    await on_network(machine, karim)
    karim.room._laptop = True
    assert karim.room.right_by_hub()[0] is Right.UNTOLD
    line.cut = False
    sync = karim.room.sync
    assert sync is not None
    sync.resume()
    await until(lambda: karim.room.right_by_hub()[0] is Right.HELD, karim)


async def test_an_older_program_sends_what_it_wrote_and_fetches_all_once_it_is_renewed(
    machine: Machine,
) -> None:
    lea = await machine.station(LEA)
    await lea.settled()
    await at_hub(machine, lambda connection: connection.execute(text(_TOO_NEW)))
    made = (await lea.desk.create_request(NEW)).done[0]
    async with station(machine, KARIM, "karim", Line()) as karim:
        told = await first(karim.desk.hub_status(), lambda found: found.state is HubState.REFUSED)
        assert "99.0.0" in told.sentence
        wrote = (await karim.desk.create_request(NEW)).done[0]
        await karim.settled()
        assert karim.room.known.get(made) is None
    await at_hub(machine, lambda connection: connection.execute(text(_KNOWN)))
    async with station(machine, KARIM, "karim", Line()) as karim:
        for request in (made, wrote):
            await karim.known(request, lambda found: bool(found.number))


_TOO_NEW = "UPDATE meta SET value = '99.0.0' WHERE name = 'min_version'"
_KNOWN = "UPDATE meta SET value = '0.0.1' WHERE name = 'min_version'"


async def test_a_clock_two_days_off_is_told_with_how_far_and_asked_to_be_set(machine: Machine) -> None:
    right = machine.env
    machine.env = Ahead(timedelta(days=2))
    karim = await machine.station(KARIM)
    await karim.settled()
    network = await on_network(machine, karim)
    machine.env = right
    sync = karim.room.sync
    assert sync is not None
    sync._standing.embedded = False
    sync.resume()
    told = await first(karim.desk.hub_status(), lambda found: "2 jour" in found.sentence)
    assert told.state is HubState.ONLINE
    skew = network.state.clock_skew_seconds
    assert skew is not None
    assert abs(skew - timedelta(days=2).total_seconds()) < 5


async def test_own_events_leave_a_month_after_the_hub_has_them(machine: Machine) -> None:
    karim = await machine.station(KARIM)
    await karim.settled()
    made = (await karim.desk.create_request(NEW)).done[0]
    await karim.known(made, lambda found: bool(found.number))
    await karim.desk.act_on_requests((made,), RequestDeed(EventKind.REQUEST_CLAIMED))
    await karim.settled()
    await until(lambda: not karim.room.known.own_waiting(made), karim)
    written = await karim.journal.since(0)
    await karim.room.purge()
    assert await karim.journal.since(0) == written
    karim.room._env = Ahead(timedelta(days=31))
    await karim.room.purge()
    left = await karim.journal.since(0)
    assert [event.device_seq for event in left] == [written[-1].device_seq]
    request = karim.room.known.get(made)
    assert request is not None
    assert request.holder == KARIM.login


class Ahead(SystemEnv):
    """A clock that is ahead.

    Args:
        by: how far.
    """

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        """Return a time to come."""
        return super().now() + self._by
