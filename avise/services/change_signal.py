"""Tells whoever follows that something of the desk changed, without saying what."""

from __future__ import annotations

import asyncio

from avise.env import Env


class ChangeSignal:
    """A count that followers wait to see grow; every method runs on one loop."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        """Say that something changed."""
        self.count += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def wait(self, seen: int, env: Env, seconds: float) -> None:
        """Return once the count is another than the one seen, or after some seconds."""
        if self.count != seen:
            return
        changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(changed)
        pause = asyncio.ensure_future(env.sleep(seconds))
        try:
            await asyncio.wait((changed, pause), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.discard(changed)
            pause.cancel()
            await asyncio.gather(pause, return_exceptions=True)
