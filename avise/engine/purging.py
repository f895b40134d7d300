"""What is too old to be used leaves the store: every ten minutes, and health data at a log-off."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from avise.env import Env
from avise.models.errors import AviseError
from avise.store.profile_lock import ProfileLock
from avise.store.snapshots import Snapshots
from avise.store.store import Store

_log = logging.getLogger(__name__)

PURGE_EVERY = 600.0
"""Seconds between two purges of what is too old to be used."""

Purge = Callable[[], Awaitable[object]]


class Purging:
    """Purges from its making to `aclose`, on the engine's loop.

    Args:
        purges: each forgets what is too old of its own, one after the other.
        env: the clock.
    """

    def __init__(self, purges: Sequence[Purge], env: Env) -> None:
        self._purges, self._env = tuple(purges), env
        self._running = asyncio.create_task(self._purge(), name="purge snapshots")

    async def _purge(self) -> None:
        while True:
            try:
                for purge in self._purges:
                    await purge()
            except AviseError as error:
                # A full disk passes: what is too old is never shown, and is purged next time.
                _log.warning("purge failed: %s", error.message_key)
            await self._env.sleep(PURGE_EVERY)

    async def aclose(self) -> None:
        """Purge no more."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)


async def purge_at_log_off(store: Store, folder: Path, env: Env, *, at_desk: bool) -> None:
    """Delete health data: they do not stay on a workstation that nobody works at (`connectors.md` C9).

    Args:
        store: of the profile.
        folder: of the profile.
        env: the clock.
        at_desk: whose end is a log-off; a command that ends beside a window leaves them there.
    """
    if at_desk or _is_nobody_at_desk(folder, env):
        with contextlib.suppress(AviseError):
            await Snapshots(store, env).purge_health()


def _is_nobody_at_desk(folder: Path, env: Env) -> bool:
    """Say whether no window is open on a profile: a command then ends alone."""
    lock = ProfileLock(folder, env)
    try:
        lock.take()
    except AviseError:
        return False
    lock.give_back()
    return True
