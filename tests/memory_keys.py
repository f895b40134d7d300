"""Keys held in memory: what opens a store, and what is on board, where the test has them already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from avise.models.leases import LeaseState
from avise.store.pack_key import LeaseEnded, PackLockedError


class MemoryKey:
    """A `KeySource` that gives the key it was given."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    async def key(self, *, create: bool) -> bytes:
        """Return the key given."""
        del create
        return self._key


class MemoryPackKey:
    """A `PackKey` that gives the key it was given until its lease is ended.

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
