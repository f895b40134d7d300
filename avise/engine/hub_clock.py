"""The hub's time on a workstation whose own clock may be wrong: delays are the same everywhere."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Protocol

from avise.env import Env


class Measured(Protocol):
    """Knows how far this workstation's clock is from the hub's."""

    clock_offset_ms: int


class HubClock:
    """An `Env` whose time is the hub's, as it was last measured (`hub.md` 6).

    Args:
        env: this workstation's.
        measured: how far it is from the hub's.
    """

    def __init__(self, env: Env, measured: Measured) -> None:
        self._env = env
        self._measured = measured

    def now(self) -> datetime:
        """Return the hub's time."""
        return self._env.now() + timedelta(milliseconds=self._measured.clock_offset_ms)

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back."""
        return self._env.monotonic()

    def random(self) -> float:
        """Return a number in [0, 1)."""
        return self._env.random()

    def token(self) -> str:
        """Return 32 unguessable hexadecimal digits."""
        return self._env.token()

    def uuid7(self) -> uuid.UUID:
        """Return a new identifier."""
        return self._env.uuid7()

    async def sleep(self, seconds: float) -> None:
        """Suspend the calling task."""
        await self._env.sleep(seconds)
