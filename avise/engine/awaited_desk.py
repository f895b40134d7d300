"""What every part of a starting desk asks the real one through: it waits until that one is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, TypeVar

from avise.models.errors import AviseError
from avise.models.roles import Session

if TYPE_CHECKING:
    from avise.services.desk import Desk

T = TypeVar("T")


class AwaitedDesk:
    """The desk that will be there, and the way to it.

    Args:
        session: who works here.
        loop: the engine's.
    """

    def __init__(self, session: Session, loop: asyncio.AbstractEventLoop) -> None:
        self.session = session
        self._loop = loop
        self._ready: asyncio.Future[Desk] = loop.create_future()

    @property
    def is_ready(self) -> bool:
        """Whether the real desk is there."""
        return self._ready.done() and self._ready.exception() is None

    def become(self, desk: Desk) -> None:
        """Give the real desk; the newest one is taken. Called on the engine's loop."""
        self.session = desk.session
        self._renew()
        self._ready.set_result(desk)

    def lose(self) -> None:
        """Wait for another desk: this one's engine is gone. Called on the engine's loop."""
        if self._ready.done():
            self._renew()

    def give_up(self, error: AviseError) -> None:
        """Say that there will be none, and why. Called on the engine's loop."""
        self._renew()
        self._ready.set_exception(error)
        # Told to whoever asks; that nobody does is no fault.
        self._ready.exception()

    def _renew(self) -> None:
        if self._ready.done():
            self._ready = self._loop.create_future()

    async def _desk(self) -> Desk:
        return await asyncio.shield(self._ready)

    async def _follow(self, opened: Callable[[Desk], AsyncIterator[T]]) -> AsyncIterator[T]:
        """Yield what a stream of the real desk does; it is closed with this one."""
        stream = opened(await self._desk())
        try:
            async for found in stream:
                yield found
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()
