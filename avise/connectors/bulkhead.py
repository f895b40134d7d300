"""How many calls a tool bears at once, and who waits first (`connectors.md` C8, bulkhead)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from avise.connectors.contract import ConnectorError, Priority
from avise.models.errors import ErrorKind, Origin

QUEUE_SIZE = 16
"""Calls that may wait for one tool."""


@dataclass(slots=True, eq=False)
class Ticket:
    """One call's place; its priority may rise while it waits."""

    priority: Priority
    turn: asyncio.Future[None] | None = field(default=None, init=False)
    """Resolved when the place comes; the bulkhead's own."""
    arrival: int = field(default=0, init=False)

    @property
    def waiting(self) -> bool:
        """Whether the call is in the queue."""
        return self.turn is not None and not self.turn.done()

    def rank(self) -> tuple[bool, int]:
        """Return the sorting key: interactive before background, then first come."""
        return self.priority is not Priority.INTERACTIVE, self.arrival


class Bulkhead:
    """Lets `places` calls run and keeps at most `QUEUE_SIZE` waiting.

    Args:
        places: calls at the same time (the manifest's `concurrency`).
    """

    def __init__(self, places: int) -> None:
        self._places = self._free = places
        self._queue: list[Ticket] = []
        self.arrivals = itertools.count()

    @property
    def queued(self) -> int:
        """How many calls wait."""
        return len(self._queue)

    @property
    def empty(self) -> bool:
        """Whether no call runs or waits."""
        return self._free == self._places and not self._queue

    @asynccontextmanager
    async def place(self, ticket: Ticket, patience: float) -> AsyncIterator[None]:
        """Hold one place, after waiting for it at most `patience` seconds.

        Raises:
            ConnectorError: UNAVAILABLE, origin host, when the queue is full or the wait is over.
        """
        await self._enter(ticket, patience)
        try:
            yield
        finally:
            self._hand_over()

    async def _enter(self, ticket: Ticket, patience: float) -> None:
        if self._free > 0:
            self._free -= 1
            return
        if len(self._queue) >= QUEUE_SIZE:
            self._refuse_last(ticket)
        turn = asyncio.get_running_loop().create_future()
        ticket.turn, ticket.arrival = turn, next(self.arrivals)
        self._queue.append(ticket)
        try:
            async with asyncio.timeout(patience):
                await turn
        except TimeoutError:
            self._give_up(ticket, turn)
            raise ConnectorError(ErrorKind.UNAVAILABLE, "queued too long", origin=Origin.HOST) from None
        except asyncio.CancelledError:
            self._give_up(ticket, turn)
            raise

    def _refuse_last(self, newcomer: Ticket) -> None:
        """Make room for an interactive newcomer at the expense of a background call, else refuse it."""
        last = max(self._queue, key=Ticket.rank)
        turn = last.turn
        outranked = (
            newcomer.priority is Priority.INTERACTIVE and last.priority is Priority.BACKGROUND and turn
        )
        if not outranked:
            raise ConnectorError(ErrorKind.UNAVAILABLE, "queue full", origin=Origin.HOST)
        self._queue.remove(last)
        outranked.set_exception(ConnectorError(ErrorKind.UNAVAILABLE, "queue full", origin=Origin.HOST))

    def _give_up(self, ticket: Ticket, turn: asyncio.Future[None]) -> None:
        if ticket in self._queue:
            self._queue.remove(ticket)
        elif turn.done() and not turn.cancelled() and turn.exception() is None:
            # The place came in the same turn of the loop as the cancellation: pass it on.
            self._hand_over()

    def _hand_over(self) -> None:
        while self._queue:
            ticket = min(self._queue, key=Ticket.rank)
            self._queue.remove(ticket)
            turn = ticket.turn
            if turn is not None and not turn.done():
                turn.set_result(None)
                return
        self._free += 1
