"""The sync with its hub follows the network: silent when told, prompt after a sleep, never a storm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typing_extensions import override

from avise.connectors.network_gate import NetworkGate
from avise.engine.hub_calls import CALL_SECONDS
from avise.engine.network_room import NetworkRoom
from avise.hub.port import Head, HubPort, HubUnreachableError, Presence
from avise.models.network import NetworkMode
from avise.services.network import IN_A_ROW, LOST_IN_A_ROW, SLOW_SECONDS
from avise.services.request_values import HubState, HubStatus
from avise.services.sync import POLL_SECONDS, Rest, SyncCore
from tests.unit.engine.request_station import (
    KARIM,
    NEW,
    PATIENCE,
    WORKERS,
    Line,
    LinedHub,
    Machine,
    Station,
    first,
)

AT_REST = 1.0
"""Seconds during which nothing may be asked of a hub that is to be left alone."""


@dataclass
class Watched:
    """What was asked of a hub, and when it answers."""

    heads: int = 0
    opened: int = 0
    hangs: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)


class WatchedHub(LinedHub):
    """A hub whose heads are counted, and that may keep silent."""

    watched: Watched

    @override
    async def head(self, presence: Sequence[Presence] = ()) -> Head:
        self.watched.heads += 1
        self.watched.asked.set()
        if self.watched.hangs:
            await asyncio.Event().wait()
        return await super().head(presence)


@dataclass
class Away:
    """A station whose hub counts as elsewhere, with its network."""

    station: Station
    network: NetworkRoom
    line: Line
    hub: Watched

    async def status(self, state: HubState) -> HubStatus:
        """Wait until the station stands so with its hub."""
        return await first(self.station.desk.hub_status(), lambda told: told.state is state)

    async def asked_again(self) -> None:
        """Wait until the hub is asked from now on."""
        self.hub.asked.clear()
        async with asyncio.timeout(PATIENCE):
            await self.hub.asked.wait()


@pytest.fixture
async def away(tmp_path: Path) -> AsyncIterator[Away]:
    async with AsyncExitStack() as stack:
        machine = Machine(tmp_path, stack)
        await machine.hire(*WORKERS)
        line, watched = Line(), Watched()
        station = await machine.station(KARIM, line=line)
        sync = station.room.sync
        assert sync is not None
        await station.settled()
        network = NetworkRoom(NetworkGate(machine.env), station.room.feed, machine.env, lambda: True)

        async def connect(device: str) -> HubPort:
            line.require()
            watched.opened += 1
            found = WatchedHub(await machine.hub(KARIM.login, KARIM.role, device), line)
            found.watched = watched
            return found

        sync._calls.connect, sync._standing.embedded = connect, False
        sync.network, sync.elsewhere = network, True
        network.on_woken.append(sync.resume)
        await network.open()
        stack.push_async_callback(network.aclose)
        sync.resume()
        found = Away(station, network, line, watched)
        await found.asked_again()
        yield found


async def test_who_works_offline_asks_the_hub_nothing_and_all_leaves_on_the_return(away: Away) -> None:
    await away.network.choose(NetworkMode.OFFLINE)
    await away.status(HubState.OFFLINE)
    heads, pushes = away.hub.heads, away.line.pushes
    made = (await away.station.desk.create_request(NEW)).done[0]
    told = await first(away.station.desk.hub_status(), lambda told: told.pending > 0)
    await asyncio.sleep(AT_REST)
    assert (away.hub.heads, away.line.pushes, told.state) == (heads, pushes, HubState.OFFLINE)
    assert told.unsent == {None: 1}
    await away.network.choose(None)
    await away.station.known(made, lambda request: bool(request.number))
    await away.status(HubState.ONLINE)
    await first(away.station.desk.hub_status(), lambda told: not told.unsent)


async def test_a_sleep_is_followed_by_one_question_and_no_more(away: Away) -> None:
    await away.status(HubState.ONLINE)
    heads, opened = away.hub.heads, away.hub.opened
    for woken in away.network.on_woken:
        woken()
    await away.asked_again()
    await asyncio.sleep(AT_REST)
    assert (away.hub.heads - heads, away.hub.opened - opened) == (1, 1)


async def test_a_question_on_a_line_that_a_sleep_broke_is_asked_anew_at_once(away: Away) -> None:
    away.hub.hangs = True
    sync = away.station.room.sync
    assert sync is not None
    sync.resume()
    await away.asked_again()
    away.hub.hangs = False
    asked = away.hub.heads
    async with asyncio.timeout(CALL_SECONDS - 1):
        # Before a call that nobody answers is given up.
        sync.resume()
        await away.asked_again()
    await away.status(HubState.ONLINE)
    assert away.hub.heads == asked + 1


async def test_a_hub_out_of_reach_is_tried_less_and_less_and_told_to_the_network(away: Away) -> None:
    away.line.cut = True
    await away.status(HubState.OFFLINE)
    async with asyncio.timeout(PATIENCE):
        while away.network._known.hub_losses < LOST_IN_A_ROW:
            await away.station.room.changes.wait(
                away.station.room.changes.count, away.station.room._env, 0.05
            )
    assert not away.network.is_offline, "one hub that is down alone takes no tool away"
    away.line.cut = False
    sync = away.station.room.sync
    assert sync is not None
    sync.resume()
    await away.status(HubState.ONLINE)
    assert away.network._known.hub_losses == 0
    assert away.network.state.last_contact is not None


async def test_a_slow_line_is_asked_less_often(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = away.station.room.sync
    assert sync is not None
    pauses: list[float] = []
    rest = sync._rest

    async def noted(core: SyncCore, action: Rest) -> None:
        pauses.append(action.seconds)
        await rest(core, action)

    monkeypatch.setattr(sync, "_rest", noted)
    for _ in range(IN_A_ROW):
        away.network.hub_answered(SLOW_SECONDS + 1, 0.0, elsewhere=True)
    sync.poke()
    async with asyncio.timeout(PATIENCE):
        while not pauses:
            sync.poke()
            await away.asked_again()
    assert pauses[0] > POLL_SECONDS * 2


async def test_the_hub_of_a_machine_that_hangs_up_is_unreachable_and_nothing_else(away: Away) -> None:
    await away.network.choose(NetworkMode.OFFLINE)
    await away.status(HubState.OFFLINE)
    sync = away.station.room.sync
    assert sync is not None
    with pytest.raises(HubUnreachableError):
        _ = sync.hub
