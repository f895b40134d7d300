"""What a desk does with its network: what is refused, what comes back, what is kept of a choice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from avise.connectors.network_gate import NetworkGate, Shut
from avise.engine.network_room import NetworkRoom
from avise.env import SystemEnv
from avise.models.errors import AviseError
from avise.models.network import NetworkMode, NetworkState
from avise.services.network import LOST_IN_A_ROW, LOST_TOOLS

PATIENCE = 30.0


@dataclass
class MemoryNotes:
    """Keeps notes in a dictionary."""

    kept: dict[str, str] = field(default_factory=dict)
    is_full: bool = False

    async def note(self, name: str, value: str) -> None:
        if self.is_full:
            raise AviseError("store.full")
        self.kept[name] = value

    async def noted(self, name: str) -> str:
        return self.kept.get(name, "")


class TurnedEnv(SystemEnv):
    """The real world, whose pauses end when a test turns its clocks."""

    def __init__(self) -> None:
        self.wall, self.ticks = timedelta(), 0.0
        self._turn = asyncio.Event()

    def now(self) -> datetime:
        return super().now() + self.wall

    def monotonic(self) -> float:
        return super().monotonic() + self.ticks

    def turn(self, *, wall: float, ticks: float) -> None:
        self.wall += timedelta(seconds=wall)
        self.ticks += ticks
        self._turn.set()

    async def sleep(self, seconds: float) -> None:
        del seconds
        await self._turn.wait()
        self._turn.clear()


@dataclass
class Watched:
    """A room, and what it told."""

    env: TurnedEnv = field(default_factory=TurnedEnv)
    notes: MemoryNotes = field(default_factory=MemoryNotes)
    has_route: bool = True
    woken: int = 0
    clock_set: list[float] = field(default_factory=list)
    counts_sleep: bool = False
    back: int = 0
    changed: list[NetworkMode] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = NetworkGate(self.env)
        self.room = NetworkRoom(
            self.gate, self.notes, self.env, lambda: self.has_route,
            lambda: self.env.monotonic() if self.counts_sleep else None,
        )  # fmt: skip
        self.room.on_woken.append(self._wake)
        self.room.on_clock_set.append(self.clock_set.append)
        self.room.on_back.append(self._come_back)
        self.room.on_changed.append(lambda state: self.changed.append(state.mode))

    def _wake(self) -> None:
        self.woken += 1

    async def _come_back(self) -> None:
        self.back += 1

    def cut(self) -> None:
        """Have nobody answer any more."""
        for _ in range(LOST_IN_A_ROW):
            self.room.hub_lost()
        for number in range(LOST_TOOLS):
            self.gate.on_news(f"tool-{number}", False)


async def until(reached: Callable[[], bool]) -> None:
    for _ in range(round(PATIENCE / 0.005)):
        if reached():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("never reached")


async def test_tools_are_refused_while_nobody_answers_and_tried_again_once_somebody_does() -> None:
    watched = Watched()
    await watched.room.open()
    watched.cut()
    await until(lambda: watched.room.is_offline)
    assert (watched.gate.shut, watched.room.allows_hub) == (Shut.NETWORK, True)
    watched.room.hub_answered(0.1, 0.0, elsewhere=True)
    assert (watched.gate.shut, watched.room.state.mode) == (Shut.NONE, NetworkMode.ONLINE)
    await until(lambda: watched.back == 1)
    await watched.room.aclose()


async def test_who_works_offline_asks_nobody_until_they_say_otherwise() -> None:
    watched = Watched()
    await watched.room.open()
    await watched.room.choose(NetworkMode.OFFLINE)
    assert (watched.gate.shut, watched.room.allows_hub, watched.woken) == (Shut.ALL, False, 1)
    watched.room.hub_answered(0.1, 0.0, elsewhere=True)
    assert watched.room.is_offline
    await watched.room.choose(None)
    assert (watched.gate.shut, watched.room.allows_hub, watched.woken) == (Shut.NONE, True, 2)
    await until(lambda: watched.back == 1)
    await watched.room.aclose()


async def test_a_choice_holds_through_a_start() -> None:
    watched = Watched()
    await watched.room.open()
    await watched.room.choose(NetworkMode.OFFLINE)
    await watched.room.aclose()
    again = Watched(notes=watched.notes)
    await again.room.open()
    assert (again.room.state.mode, again.room.state.forced) == (NetworkMode.OFFLINE, True)
    assert again.gate.shut is Shut.ALL
    await again.room.choose(None)
    await again.room.aclose()
    third = Watched(notes=watched.notes)
    await third.room.open()
    assert not third.room.state.forced
    await third.room.aclose()


async def test_a_choice_that_cannot_be_kept_is_refused_whole() -> None:
    watched = Watched(notes=MemoryNotes(is_full=True))
    await watched.room.open()
    with pytest.raises(AviseError):
        await watched.room.choose(NetworkMode.OFFLINE)
    assert (watched.room.is_offline, watched.gate.shut, watched.woken) == (False, Shut.NONE, 0)
    await watched.room.aclose()


async def test_a_sleep_asks_anew_once_and_a_pause_of_a_busy_machine_does_not() -> None:
    watched = Watched()
    await watched.room.open()
    await asyncio.sleep(0)
    watched.env.turn(wall=8 * 3600, ticks=0)
    await until(lambda: watched.woken == 1)
    watched.env.turn(wall=6, ticks=6)
    await asyncio.sleep(0.05)
    assert (watched.woken, watched.clock_set) == (1, [])
    await watched.room.aclose()


async def test_a_clock_that_is_put_back_is_told_by_how_much() -> None:
    watched = Watched()
    await watched.room.open()
    await asyncio.sleep(0)
    watched.env.turn(wall=-172_800, ticks=0)
    await until(lambda: watched.woken == 1)
    assert [round(seconds) for seconds in watched.clock_set] == [172_800]
    await watched.room.aclose()


async def test_a_clock_that_is_put_forward_is_no_sleep_where_that_can_be_told() -> None:
    watched = Watched(counts_sleep=True)
    await watched.room.open()
    await asyncio.sleep(0)
    watched.env.turn(wall=8 * 3600, ticks=8 * 3600)
    await until(lambda: watched.woken == 1)
    assert watched.clock_set == []
    watched.env.turn(wall=172_805, ticks=5)
    await until(lambda: watched.woken == 2)
    assert [round(seconds, -1) for seconds in watched.clock_set] == [-172_800]
    await watched.room.aclose()


async def test_a_way_out_that_is_gone_is_seen_at_the_next_look() -> None:
    watched = Watched(has_route=False)
    await watched.room.open()
    await asyncio.sleep(0)
    watched.env.turn(wall=5, ticks=5)
    await asyncio.sleep(0.02)
    assert watched.room.state.mode is NetworkMode.ONLINE
    watched.room.hub_lost()
    assert watched.changed == [NetworkMode.OFFLINE]
    watched.has_route = True
    watched.env.turn(wall=5, ticks=5)
    await until(lambda: not watched.room.is_offline)
    await watched.room.aclose()


async def test_whoever_follows_is_told_of_each_mode_once() -> None:
    watched = Watched()
    await watched.room.open()
    told: list[NetworkState] = []
    keep = told.append

    async def follow() -> None:
        async with aclosing(watched.room.follow()) as states:  # type: ignore[type-var]  # a generator
            async for state in states:
                keep(state)

    following = asyncio.create_task(follow())
    await until(lambda: len(told) == 1)
    await watched.room.choose(NetworkMode.OFFLINE)
    await until(lambda: len(told) == 2)
    for _ in range(10):
        watched.gate.on_news("tool", False)
    await watched.room.choose(None)
    await until(lambda: len(told) == 3)
    assert [(state.mode, state.forced) for state in told] == [
        (NetworkMode.ONLINE, False),
        (NetworkMode.OFFLINE, True),
        (NetworkMode.ONLINE, False),
    ]
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await watched.room.aclose()
