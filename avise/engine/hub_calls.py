"""The hub as this device opened it, and calls to it that end: with an answer, or as a hub out of reach."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeVar

from avise.hub.port import HubPort, HubUnreachableError

T = TypeVar("T")

_log = logging.getLogger(__name__)

CALL_SECONDS = 10.0
"""How long a call may take before the hub counts as unreachable (`hub.md` 4, step 3)."""

FILE_SECONDS = 60.0
"""The same for an attachment, up to 20 MB of it."""

CANCEL_SECONDS = 0.5
"""How long something cancelled may take to end before it is cancelled again."""

Connect = Callable[[str], Awaitable[HubPort]]
"""Opens the hub for a device."""


class HubCalls:
    """Opens the hub when it is needed, and waits for its answers no longer than is right.

    Args:
        connect: opens the hub; called again when it has to be another device's.
        device: identity under which this workstation speaks to the hub.
    """

    def __init__(self, connect: Connect, device: str) -> None:
        self.connect, self.device = connect, device
        self.hub: HubPort | None = None
        """The hub, None while it is not open."""
        self.are_stale = asyncio.Event()
        """Set when the line under the calls is gone: what is under way is dropped."""
        self.is_lost: Callable[[], bool] = lambda: False
        """Says whether what is open is no longer the hub, and has to be opened again."""

    async def connected(self) -> HubPort:
        """Return the hub, opened if it is not yet.

        Raises:
            HubError: why it cannot be opened.
        """
        if self.hub is not None and self.is_lost():
            _log.warning("the hub's file is another one: it is opened again")
            await self.disconnect()
        if self.hub is None:
            self.hub = await self.answer(self.connect(self.device))
        return self.hub

    async def disconnect(self) -> None:
        """Close the hub; the next call opens it again."""
        hub, self.hub = self.hub, None
        if hub is not None:
            await hub.aclose()

    async def answer(self, call: Awaitable[T], seconds: float = CALL_SECONDS) -> T:
        """Return what a call of the hub gives.

        Raises:
            HubUnreachableError: nothing came in time, or the line is gone.
            HubError: what the hub says.
        """
        asked = asyncio.ensure_future(call)
        stale = asyncio.ensure_future(self.are_stale.wait())
        try:
            await asyncio.wait((asked, stale), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
        finally:
            await cancel((asked, stale))
        raise HubUnreachableError("hub.unreachable")


async def cancel(waiting: Collection[asyncio.Future[Any]]) -> None:
    """Cancel what still waits, again when that was lost: `wait_for` may swallow it (Python 3.11)."""
    pending = set(waiting)
    while pending:
        for waited in pending:
            waited.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_SECONDS)
    await asyncio.gather(*waiting, return_exceptions=True)
