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
