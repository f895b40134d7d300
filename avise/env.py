"""The world that code depends on: clock, chance and identifiers, injected so that a day can be replayed.

Nothing outside this module reads the clock, draws a random number or mints an identifier
(a ruff rule refuses it). A test passes a `FixedEnv`, the program a `SystemEnv`.
"""

from __future__ import annotations

import random
import secrets
import sys
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Env(Protocol):
    """Clock, chance and identifiers."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back; only differences mean anything."""

    def random(self) -> float:
        """Return a number in [0, 1), for jitter only."""

    def token(self) -> str:
        """Return 32 hexadecimal digits that nobody can guess."""

    def uuid7(self) -> uuid.UUID:
        """Return a new identifier that sorts by time of creation (RFC 9562, version 7)."""

    async def sleep(self, seconds: float) -> None:
        """Suspend the calling task."""


def uuid7_at(moment: datetime, chance: int) -> uuid.UUID:
    """Build a version 7 identifier from a time and 74 random bits (RFC 9562, section 5.7)."""
    milliseconds = int(moment.timestamp() * 1000)
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= (chance >> 62 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= chance & (1 << 62) - 1
    return uuid.UUID(int=value)


def ticks_through_sleep() -> float | None:
    """Return seconds on a clock that goes on while the machine sleeps; None where the system has none."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    if boot is not None:
        return time.clock_gettime(boot)
    # GetTickCount64 counts sleep; the monotonic clock of other systems stands still meanwhile.
    return time.monotonic() if sys.platform == "win32" else None


class SystemEnv:
    """The real clock and the system's random source."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds on the monotonic clock."""
        return time.monotonic()

    def random(self) -> float:
        """Return a number in [0, 1)."""
        return random.random()

    def token(self) -> str:
        """Return 32 unguessable hexadecimal digits."""
        return secrets.token_hex(16)

    def uuid7(self) -> uuid.UUID:
        """Return a new time-ordered identifier."""
        return uuid7_at(self.now(), secrets.randbits(74))

    async def sleep(self, seconds: float) -> None:
        """Suspend the calling task."""
        import asyncio  # noqa: PLC0415 - whoever sleeps has it; the first frame of a window does without

        await asyncio.sleep(seconds)


@dataclass(slots=True)
class FixedEnv:
    """A world that a test turns by hand: time moves only by `advance` and by `sleep`."""

    moment: datetime = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
    seed: int = 1
    _elapsed: float = 0.0
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def advance(self, delta: timedelta) -> None:
        """Move both clocks forward."""
        self.moment += delta
        self._elapsed += delta.total_seconds()

    def now(self) -> datetime:
        """Return the time set by the test."""
        return self.moment

    def monotonic(self) -> float:
        """Return the seconds that the test let pass."""
        return self._elapsed

    def random(self) -> float:
        """Return the next number drawn from the seed."""
        return self._chance.random()

    def token(self) -> str:
        """Return the next 32 hexadecimal digits drawn from the seed."""
        return f"{self._chance.getrandbits(128):032x}"

    def uuid7(self) -> uuid.UUID:
        """Return the next identifier drawn from the seed."""
        return uuid7_at(self.moment, self._chance.getrandbits(74))

    async def sleep(self, seconds: float) -> None:
        """Move the clocks and let other tasks run."""
        self.advance(timedelta(seconds=seconds))
        import asyncio  # noqa: PLC0415 - as above

        await asyncio.sleep(0)
