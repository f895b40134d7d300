"""Calls as the telephony tells them, with whom each number points to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from avise.connectors.contract import CallEvent, CallEventKind
from avise.env import Env
from avise.models.customer import DirectoryEntry, MatchedOn, SearchHit
from avise.models.errors import AviseError
from avise.models.roles import Session
from avise.services.customer_rights import listed
from avise.services.desk import CallState, IncomingCall
from avise.services.ports import DirectoryPort
from avise.services.source_port import SourcePort

_STATES = {
    CallEventKind.RINGING: CallState.RINGING,
    CallEventKind.ANSWERED: CallState.ANSWERED,
    CallEventKind.HELD: CallState.HELD,
    CallEventKind.ENDED: CallState.ENDED,
}

CALLS_REMEMBERED = 50
"""Ended calls that can still be announced again by a late event."""


class IncomingCalls:
    """Follows this agent's calls.

    Args:
        sources: the telephony among them.
        directory: finds who bears a number.
        env: the clock, for calls announced by a softphone.
        session: who takes the calls; events addressed to somebody else are left out.
    """

    def __init__(self, sources: SourcePort, directory: DirectoryPort, env: Env, session: Session) -> None:
        self._sources = sources
        self._directory = directory
        self._env = env
        self._session = session
        self._announced: asyncio.Queue[tuple[CallEvent, bool]] = asyncio.Queue()
        """Events, and whether the telephony tells them: it then also tells what follows."""
        self._calls: dict[str, IncomingCall] = {}

    async def follow(self) -> AsyncIterator[IncomingCall]:
        """Yield each call as it changes, from the event stream and from announcements."""
        pump = asyncio.create_task(self._pump(), name="call events")
        try:
            while True:
                event, followed = await self._announced.get()
                yield await self._known(event, followed=followed)
        finally:
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)

    async def announce(self, number: str, call_id: str) -> None:
        """Take a call that a softphone announced by `avise://call?…`."""
        known = self._calls.get(call_id)
        event = CallEvent(
            call_id=call_id or self._env.token(),
            kind=CallEventKind.RINGING,
            at=self._env.now(),
            number=number or (known.number if known else ""),
        )
        await self._announced.put((event, False))

    async def _pump(self) -> None:
        async for event in self._sources.call_events():
            if event.agent in ("", self._session.user):
                await self._announced.put((event, True))

    async def _known(self, event: CallEvent, *, followed: bool) -> IncomingCall:
        before = self._calls.get(event.call_id)
        call = self._first(event) if before is None else self._next(before, event)
        if not call.looked_up:
            call = await self._looked_up(call)
        # A link may announce a call that the telephony follows: what it told once, it goes on telling.
        followed = followed or (before is not None and before.followed)
        call = replace(call, followed=followed)
        self._calls[event.call_id] = call
        while len(self._calls) > CALLS_REMEMBERED:
            self._calls.pop(next(iter(self._calls)))
        return call

    async def _looked_up(self, call: IncomingCall) -> IncomingCall:
        """Say who bears the number; without a directory the call is told all the same."""
        try:
            entries = await self._directory.by_phone(call.number) if call.number else ()
        except AviseError:
            return call
        hits = (_hit(entry, len(entries)) for entry in entries)
        return replace(call, matches=listed(hits, self._session.role), looked_up=True)

    @staticmethod
    def _first(event: CallEvent) -> IncomingCall:
        answered = event.at if event.kind is CallEventKind.ANSWERED else None
        return IncomingCall(
            call_id=event.call_id,
            state=_STATES[event.kind],
            at=event.at,
            answered_at=answered,
            number=event.number,
            queue=event.queue,
            waited_s=event.waited_s,
            matches=(),
            looked_up=False,
        )

    @staticmethod
    def _next(before: IncomingCall, event: CallEvent) -> IncomingCall:
        answered = before.answered_at
        if answered is None and event.kind is CallEventKind.ANSWERED:
            answered = event.at
        return replace(before, state=_STATES[event.kind], answered_at=answered)


def _hit(entry: DirectoryEntry, count: int) -> SearchHit:
    return SearchHit(entry, 1.0, (MatchedOn.PHONE,), homonyms=count - 1)
