"""The telephony's events, whatever tool streams them, and tools that are loaded meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from avise.connectors import direct_calls
from avise.connectors.context import Caller
from avise.connectors.contract import CallEvent
from avise.connectors.instance import Instance
from avise.connectors.roster import Roster


class ToolCalls:
    """Follows the calls of every tool that streams some.

    Args:
        roster: the tools that are loaded.
        reference: mints what ties a log line to a request.
    """

    def __init__(self, roster: Roster, reference: Callable[[], str]) -> None:
        self._roster, self._reference = roster, reference
        self._watches: list[Callable[[], None]] = []
        """Each follows the calls of tools that were loaded since it last looked."""

    def follow_new(self) -> None:
        """Follow a tool that was just loaded, wherever events are followed."""
        for watch in self._watches:
            watch()

    async def events(self) -> AsyncGenerator[CallEvent, None]:
        """Yield events until the iterator is closed."""
        waiting: asyncio.Queue[CallEvent] = asyncio.Queue()
        followers: dict[Instance, asyncio.Task[None]] = {}

        def follow_new() -> None:
            running = set(self._roster.running.values())
            for replaced in followers.keys() - running:
                followers[replaced].cancel()
            for tool in running - followers.keys():
                if tool.manifest.call_events:
                    work = self._follow(tool, waiting)
                    followers[tool] = asyncio.create_task(work, name=f"calls {tool.id}")

        follow_new()
        self._watches.append(follow_new)
        try:
            while True:
                yield await waiting.get()
        finally:
            self._watches.remove(follow_new)
            for follower in followers.values():
                follower.cancel()
            await asyncio.gather(*followers.values(), return_exceptions=True)

    async def _follow(self, tool: Instance, waiting: asyncio.Queue[CallEvent]) -> None:
        def caller() -> tuple[Caller, str]:
            return Caller("", "calls"), self._reference()

        async with aclosing(direct_calls.call_events(tool, caller)) as events:
            async for event in events:
                waiting.put_nowait(event)
