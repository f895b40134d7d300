"""The key of the data carried on board: what whoever opens a pack may ask, and nothing else.

The key comes of two halves: one of this machine, one that the hub lends for some days
(`docs/decisions/016-lease-of-the-key.md`). Who opens a pack asks for the key each time, keeps it
nowhere, and closes its files when told that the lease has ended.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from avise.models.errors import AviseError
from avise.models.leases import LeaseState

LeaseEnded = Callable[[], Awaitable[None]]
"""Told that the key is gone: closes what it opened, and returns once it is closed."""


class PackLockedError(AviseError):
    """No key now: `pack.locked` (the hub gives it back at the next contact) or `pack.pin_needed`."""


class PackKey(Protocol):
    """The key of what is on board."""

    async def key(self) -> bytes:
        """Return the 32 bytes that open the packs.

        Raises:
            PackLockedError: `pack.locked` when nothing was ever taken on board, or the lease has ended;
                `pack.pin_needed` until the PIN is given.
        """

    def state(self) -> LeaseState:
        """Return where the key is, as last known; asks nothing of anybody."""

    def lease_until(self) -> datetime | None:
        """Return the end of the lease; None without one."""

    def now(self) -> datetime:
        """Return the time by which leases and packs end: setting this machine's clock back does not."""

    def on_ended(self, told: LeaseEnded) -> None:
        """Have something told, each time, before the key is destroyed here."""


class MemoryPackKey:
    """A key held in memory, for tests and benchmarks.

    Args:
        key: 32 bytes.
        now: gives the time.
        lease_until: the end of its lease; None when it has none.
    """

    def __init__(self, key: bytes, now: Callable[[], datetime], lease_until: datetime | None = None) -> None:
        self._key: bytes | None = key
        self._now = now
        self._until = lease_until
        self._told: list[LeaseEnded] = []
        self.refusal = "pack.locked"
        """What is raised once there is no key."""

    async def key(self) -> bytes:
        """Return the key given, until `end`."""
        if self._key is None:
            raise PackLockedError(self.refusal)
        return self._key

    def state(self) -> LeaseState:
        """Return whether the key is there."""
        return LeaseState.HELD if self._key is not None else LeaseState.ENDED

    def lease_until(self) -> datetime | None:
        """Return the end given."""
        return self._until

    def now(self) -> datetime:
        """Return the time of the clock given."""
        return self._now()

    def on_ended(self, told: LeaseEnded) -> None:
        """Have something told by `end`."""
        self._told.append(told)

    async def end(self) -> None:
        """End the lease."""
        for told in self._told:
            await told()
        self._key = None
