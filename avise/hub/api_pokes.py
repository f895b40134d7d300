"""Server-sent events: "perimeter p is at position n", and nothing else (`hub.md` 2).

One poll of the database per process feeds every stream, while somebody listens. Losing a poke costs
latency only: whoever listens pulls when a position moved, and asks the head now and then anyway.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from avise.env import Env
from avise.hub.acting import Transactions
from avise.hub.core import HubCore
from avise.hub.http_reading import to_json
from avise.hub.port import HubError

_log = logging.getLogger("avise.hub")

POLL_SECONDS = 0.25
BEAT_SECONDS = 15.0
"""A comment is sent that often, so that both ends notice a line that is dead."""


@dataclass(eq=False, slots=True)
class Listener:
    """One stream: what it has to be told next."""

    names: frozenset[str]
    pending: dict[str, int] = field(default_factory=dict)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    def tell(self, positions: Mapping[str, int]) -> None:
        """Note positions that moved; the last one of each perimeter wins."""
        mine = {name: positions[name] for name in self.names & positions.keys()}
        if mine:
            self.pending |= mine
            self.moved.set()

    def taken(self) -> Mapping[str, int]:
        """Return what is to be told now."""
        told, self.pending = self.pending, {}
        self.moved.clear()
        return told


class PokeBoard:
    """The positions that some stream listens to, read once for all of them.

    Args:
        core: reads positions.
        transactions: where.
        env: for waiting.
        poll_seconds: between two readings.
    """

    def __init__(
        self, core: HubCore, transactions: Transactions, env: Env, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self._core = core
        self._transactions = transactions
        self._env = env
        self._poll_seconds = poll_seconds
        self._listeners: set[Listener] = set()
        self._names: Counter[str] = Counter()
        self._known: dict[str, int] = {}
        self._polling: asyncio.Task[None] | None = None
        self._closed = False

    def listen(self, names: frozenset[str]) -> Listener:
        """Return a stream's listener; it is told the positions of the moment first."""
        listener = Listener(names, closed=self._closed)
        self._listeners.add(listener)
        self._names.update(names)
        listener.tell(self._known)
        if self._polling is None and not self._closed:
            self._polling = asyncio.create_task(self._poll())
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a stream."""
        self._listeners.discard(listener)
        self._names.subtract(listener.names)
        self._names += Counter()
        self._known = {name: self._known[name] for name in self._known.keys() & self._names.keys()}

    def close(self) -> None:
        """End every stream: the process is about to stop."""
        self._closed = True
        for listener in self._listeners:
            listener.closed = True
            listener.moved.set()

    async def aclose(self) -> None:
        """End the poll."""
        self.close()
        if self._polling is not None:
            self._polling.cancel()
            with suppress(asyncio.CancelledError):
                await self._polling

    async def _poll(self) -> None:
        """Read positions while somebody listens."""
        while self._listeners and not self._closed:
            try:
                await self._look()
            except (HubError, DBAPIError) as error:
                _log.warning("positions not read: %s", type(error).__name__)
            await self._env.sleep(self._poll_seconds)
        self._polling = None

    async def _look(self) -> None:
        names = tuple(self._names)
        found = await self._transactions.read(lambda connection: self._core.positions(connection, names))
        moved = {name: pos for name, pos in found.items() if self._known.get(name) != pos}
        self._known.update(moved)
        if moved:
            for listener in self._listeners:
                listener.tell(moved)


async def lines(
    board: PokeBoard, listener: Listener, may_go_on: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    """Yield the lines of one stream until its caller may not listen any more, or the process stops.

    Args:
        board: feeds it.
        listener: of this stream.
        may_go_on: says, at each beat, whether the caller still may.
    """
    try:
        yield b": avise\n\n"
        while not listener.closed:
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await listener.moved.wait()
            except TimeoutError:
                yield b":\n\n"
            if not await may_go_on():
                return
            for name, pos in listener.taken().items():
                yield b"data: " + to_json({"p": name, "pos": pos}) + b"\n\n"
    finally:
        board.leave(listener)
