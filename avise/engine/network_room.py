"""Watches the network for one desk, and does what is decided: whether tools and the hub may be asked.

The decision is `avise.services.network`'s. What is observed comes from the hub's sync and from the
connectors' loop; the user's choice is kept in the store, so that an engine that is started again works
offline as before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from avise.connectors.network_gate import NetworkGate, Shut
from avise.connectors.reachability import has_route
from avise.env import Env, ticks_through_sleep
from avise.models.errors import AviseError
from avise.models.network import NetworkMode, NetworkState
from avise.services.change_signal import ChangeSignal
from avise.services.network import (
    Chosen,
    HubAnswered,
    HubLost,
    Network,
    Observation,
    RouteSeen,
    Step,
    ToolAnswered,
    ToolLost,
    step_between,
)
from avise.services.open_customer import log_error

_log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""Between two looks at the clocks and at the way out."""

CHOICE = "network_choice"
"""Name under which the user's choice is kept."""

LOOK_EVERY = 60.0
"""Seconds after which whoever follows looks again, in vain as a rule."""


class Notes(Protocol):
    """Keeps values beside the store's own."""

    async def note(self, name: str, value: str) -> None:
        """Keep a value."""

    async def noted(self, name: str) -> str:
        """Return a value, "" when there is none."""


class NetworkRoom:
    """How much network one desk has, from `open` to `aclose`; every method runs on the engine's loop.

    Args:
        gate: of the tools.
        notes: where the user's choice is kept.
        env: the clocks.
        route: says whether the system knows a way out.
        ticks: a clock that nobody sets and that goes on through a sleep; None where there is none.
    """

    def __init__(
        self,
        gate: NetworkGate,
        notes: Notes,
        env: Env,
        route: Callable[[], bool] = has_route,
        ticks: Callable[[], float | None] = ticks_through_sleep,
    ) -> None:
        self._gate = gate
        self._notes = notes
        self._env = env
        self._route = route
        self._ticks = ticks
        self._known = Network(env.now())
        self._changes = ChangeSignal()
        self._task: asyncio.Task[None] | None = None
        self._coming_back: set[asyncio.Task[None]] = set()
        self.absent_until: float | None = None
        """When this machine last came back to a network, or woke, by the monotonic clock."""
        self.on_back: list[Callable[[], Awaitable[None]]] = []
        """Done, in order, each time that the network is back."""
        self.on_changed: list[Callable[[NetworkState], None]] = []
        """Told of each change of mode, choice or contact."""
        self.on_woken: list[Callable[[], None]] = []
        """Told that the machine slept, or that its clock was set: what was under way is stale."""
        self.on_clock_set: list[Callable[[float], None]] = []
        """Told by how many seconds the machine's clock was put back; less than nothing when forward."""

    # ---- life ----------------------------------------------------------------------------------
    async def open(self) -> None:
        """Take up the choice of before and begin to watch."""
        loop = asyncio.get_running_loop()
        kept = await self._notes.noted(CHOICE)
        if kept in set(NetworkMode):
            self._take(Chosen(self._env.now(), NetworkMode(kept)))

        def news(instance: str, answered: bool) -> None:
            with contextlib.suppress(RuntimeError):
                # The engine's loop has ended: nobody wants to know.
                loop.call_soon_threadsafe(self._tool, instance, answered)

        self._gate.on_news = news
        self._task = asyncio.create_task(self._watch(), name="watch network")

    async def aclose(self) -> None:
        """Watch no more."""
        tasks = [*self._coming_back, *([self._task] if self._task is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self) -> None:
        wall, steady = self._env.now(), self._steady()
        while True:
            await self._env.sleep(LOOK_SECONDS)
            now, ticks = self._env.now(), self._steady()
            self._step((now - wall).total_seconds(), ticks - steady)
            wall, steady = now, ticks
            self._take(RouteSeen(now, self._route()))

    def _steady(self) -> float:
        ticks = self._ticks()
        return ticks if ticks is not None else self._env.monotonic()

    def _step(self, wall: float, steady: float) -> None:
        step = step_between(wall, steady, LOOK_SECONDS, counts_sleep=self._ticks() is not None)
        if step is Step.NONE:
            return
        _log.info("the clocks of this machine: %s", step)
        self.absent_until = self._env.monotonic()
        if step is Step.CLOCK_SET:
            for clock_set in self.on_clock_set:
                clock_set(steady - wall)
        for woken in self.on_woken:
            woken()

    # ---- what is known -------------------------------------------------------------------------
    @property
    def state(self) -> NetworkState:
        """How much network there is now."""
        return self._known.state

    @property
    def is_offline(self) -> bool:
        """Whether nothing may be asked of tools, chosen or found out."""
        return self._known.mode is NetworkMode.OFFLINE

    @property
    def is_limited(self) -> bool:
        """Whether the network is slow or counted."""
        return self._known.mode is NetworkMode.LIMITED

    @property
    def allows_hub(self) -> bool:
        """Whether the hub may be asked: while the network seems gone it is, to see whether it is back."""
        return self._known.choice is not NetworkMode.OFFLINE

    async def follow(self) -> AsyncIterator[NetworkState]:
        """Follow how much network there is."""
        told: NetworkState | None = None
        while True:
            seen = self._changes.count
            if self.state != told:
                told = self.state
                yield told
            await self._changes.wait(seen, self._env, LOOK_EVERY)

    # ---- what is chosen ------------------------------------------------------------------------
    async def choose(self, mode: NetworkMode | None) -> None:
        """Force a mode until the next choice, or (None) find it out again.

        Raises:
            StoreError: the choice could not be kept; nothing changed.
        """
        await self._notes.note(CHOICE, mode.value if mode is not None else "")
        self._take(Chosen(self._env.now(), mode))
        # What is under way was asked before: it ends now, and a return begins with a question.
        for woken in self.on_woken:
            woken()

    # ---- what is observed ----------------------------------------------------------------------
    def hub_answered(self, seconds: float, skew_seconds: float, *, elsewhere: bool) -> None:
        """Take that the hub answered, in so many seconds, and how far this clock is ahead of its."""
        self._take(HubAnswered(self._env.now(), seconds, skew_seconds, elsewhere))

    def hub_lost(self) -> None:
        """Take that a hub of the network did not answer."""
        self._take(HubLost(self._env.now()))

    def _tool(self, instance: str, answered: bool) -> None:
        now = self._env.now()
        self._take(ToolAnswered(now) if answered else ToolLost(now, instance))

    def _take(self, seen: Observation) -> None:
        before, self._known = self._known, self._known.after(seen)
        now = self._known
        self._gate.shut = _shut(now)
        if now.mode is not before.mode or now.choice is not before.choice:
            _log.info("the network: %s%s", now.mode, ", chosen" if now.choice else "")
        if before.mode is NetworkMode.OFFLINE and now.mode is not NetworkMode.OFFLINE:
            self.absent_until = self._env.monotonic()
            task = asyncio.ensure_future(self._come_back())
            self._coming_back.add(task)
            task.add_done_callback(self._coming_back.discard)
            task.add_done_callback(log_error)
        if _told(now) != _told(before):
            for changed in self.on_changed:
                changed(now.state)
            self._changes.tell()

    async def _come_back(self) -> None:
        for back in self.on_back:
            try:
                await back()
            except AviseError as error:
                _log.warning("after the network came back: %s", error.message_key)


def _shut(known: Network) -> Shut:
    if known.mode is not NetworkMode.OFFLINE:
        return Shut.NONE
    return Shut.ALL if known.choice is NetworkMode.OFFLINE else Shut.NETWORK


def _told(known: Network) -> tuple[object, ...]:
    """Return what is worth telling: a contact by the minute, as it is shown."""
    contact = known.last_contact
    minute = contact.replace(second=0, microsecond=0) if contact is not None else None
    return known.mode, known.choice, minute, known.skew_seconds
