"""One reading under way, shared by everyone who asks for the same thing at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass

from avise.connectors.bulkhead import Ticket
from avise.connectors.context import Caller
from avise.connectors.contract import FacetOffer
from avise.connectors.deadline import Deadline
from avise.connectors.readings import FacetReading
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.snapshot import SnapshotKey

DETACHED_S = 1.0
"""A reading that nobody follows any more may land in the store for so long (`connectors.md` C8)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What one reading is about."""

    key: SnapshotKey
    offer: FacetOffer
    customer: CustomerKey
    identity: IdentityEvidence
    caller: Caller
    reference: str
    limit: int


class Flight:
    """Runs one reading and tells each step to its followers.

    Args:
        ask: what is read.
        force: ask the tool even when the copy at hand is fresh.
    """

    def __init__(self, ask: Ask, *, force: bool) -> None:
        self.ask = ask
        self.force = force
        self.ticket = Ticket(ask.caller.priority)
        self.settled = False
        """The final reading was told; what remains is to keep it."""
        self.stopped = False
        """It was cancelled: whoever comes back starts another."""
        self.outdated = False
        """An action changed what it reads: whoever comes now starts another."""
        self._deadline: Deadline | None = None
        self._readings: list[FacetReading] = []
        self._followers: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None
        self._cancellation: asyncio.TimerHandle | None = None

    def start(self, work: Coroutine[None, None, None], ended: Callable[[], None]) -> None:
        """Run the reading; `ended` is called when nothing of it is left."""
        self._task = asyncio.create_task(work, name=f"read {self.ask.key.instance} {self.ask.key.facet}")

        def finish(_: asyncio.Task[None]) -> None:
            if self._cancellation is not None:
                self._cancellation.cancel()
            ended()
            self._wake()

        self._task.add_done_callback(finish)

    def call_began(self, deadline: Deadline) -> None:
        """Note that the tool is being asked: from now on leaving detaches instead of cancelling."""
        self._deadline = deadline

    @property
    def asked_tool(self) -> bool:
        """Whether the call to the tool began."""
        return self._deadline is not None

    def tell(self, reading: FacetReading) -> None:
        """Give a step of the reading to every follower."""
        self._readings.append(reading)
        self.settled = self.settled or reading.final
        self._wake()

    async def follow(self) -> AsyncGenerator[FacetReading, None]:
        """Yield the steps from the beginning, pages that were overtaken excepted.

        Ends after the final reading, or without one when the customer was left.
        """
        news = asyncio.Event()
        self._followers.add(news)
        if self._cancellation is not None:
            self._cancellation.cancel()
            self._cancellation = None
        seen = 0
        try:
            while True:
                if seen < len(self._readings):
                    seen = self._next(seen)
                    reading = self._readings[seen - 1]
                    yield reading
                    if reading.final:
                        return
                elif self._task is None or self._task.done():
                    return
                else:
                    news.clear()
                    await news.wait()
        finally:
            self._followers.discard(news)
            if not self._followers:
                self.abandon()

    def _next(self, seen: int) -> int:
        """Return how many steps are seen after the next one: the copy first, then the newest page."""
        if self._readings[seen].from_cache:
            return seen + 1
        return len(self._readings)

    def abandon(self) -> None:
        """Drop the reading if it waits; let it land for a moment if the tool was asked."""
        if self.settled or self._task is None or self._task.done():
            return
        if self._deadline is None:
            self._stop()
        elif self._cancellation is None:
            left = min(self._deadline.remaining(), DETACHED_S)
            self._cancellation = asyncio.get_running_loop().call_later(left, self._stop)

    async def landed(self) -> None:
        """Wait until nothing of the reading is left."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def cancel(self) -> None:
        """Stop the reading now."""
        self._stop()
        await self.landed()

    def _stop(self) -> None:
        self.stopped = True
        if self._task is not None:
            self._task.cancel()

    def _wake(self) -> None:
        for news in self._followers:
            news.set()
