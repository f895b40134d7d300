"""A stream that a test tells values to, from any thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


class Stream:
    """Listeners of one stream, each with a queue on the loop it listens from."""

    def __init__(self) -> None:
        self._listeners: list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[object]]] = []

    def tell(self, value: object) -> None:
        """Send a value to everybody who listens, from any thread."""
        for loop, queue in self._listeners:
            loop.call_soon_threadsafe(queue.put_nowait, value)

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    async def follow(self, *first: object) -> AsyncIterator[object]:
        """Yield the first values, then whatever is told."""
        queue: asyncio.Queue[object] = asyncio.Queue()
        listener = (asyncio.get_running_loop(), queue)
        self._listeners.append(listener)
        try:
            for value in first:
                yield value
            while True:
                yield await queue.get()
        finally:
            self._listeners.remove(listener)
