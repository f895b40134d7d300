"""What each contact with the hub asks beside the journal: a lease renewed or ended, a wipe."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from avise.engine.hub_sync import HubSync
from avise.engine.lease_room import LeaseRoom
from avise.engine.wiping import Wiping
from avise.env import Env
from avise.hub.port import Head, HubPort
from avise.models.errors import AviseError
from avise.services.open_customer import log_error

_log = logging.getLogger(__name__)

PUSH_SECONDS = 30.0
"""How long what was written here may take to reach the hub before everything is erased."""

LOOK_SECONDS = 0.2


class AtContact:
    """Takes each head of the hub, on the engine's loop.

    Args:
        wiping: erases this profile.
        lease: of what is on board; None where nothing may be.
        sync: sends what was written.
        env: the clock.
        over: called once nothing more is wanted of this engine: it is to be ended, and the profile erased.
    """

    def __init__(
        self, wiping: Wiping, lease: LeaseRoom | None, sync: HubSync, env: Env, over: Callable[[], None]
    ) -> None:
        self._wiping, self._lease, self._sync, self._env, self._over = wiping, lease, sync, env, over
        self._ending: asyncio.Task[None] | None = None
        sync.after_head = self.on_head

    async def on_head(self, head: Head, hub: HubPort) -> None:
        """Take what the hub says."""
        if head.wipe:
            if self._ending is None:
                self._ending = asyncio.create_task(self._wipe(hub), name="wipe")
                self._ending.add_done_callback(log_error)
            return
        if self._lease is not None:
            try:
                await self._lease.on_head(head, hub)
            except AviseError as error:
                # The journal goes on: what is on board is looked at again at the next contact.
                _log.error("what is on board was not looked at: %s", error.message_key)

    async def _wipe(self, hub: HubPort) -> None:
        """Do what needs this engine: the mark, the keys of what is on board, and what is still to be sent."""
        _log.warning("the hub has this workstation erased")
        await self._wiping.begin(self._sync.device, hub)
        if self._lease is not None:
            try:
                await self._lease.destroy()
            except AviseError as error:
                _log.error("what is on board goes with the rest: %s", error.message_key)
        until = self._env.monotonic() + PUSH_SECONDS
        self._sync.poke()
        while self._sync.pending and self._env.monotonic() < until:
            await self._env.sleep(LOOK_SECONDS)
        self._over()

    async def aclose(self) -> None:
        """End what is under way; a wipe goes on as the engine has ended."""
        if self._ending is not None and self._ending is not asyncio.current_task():
            self._ending.cancel()
            await asyncio.gather(self._ending, return_exceptions=True)
