"""The telephony of the relation tool: calls that ring, are answered, held and ended."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.responses import StreamingResponse

_KEPT_EVENTS = 50
"""A client that reconnects with `Last-Event-ID` gets what it missed, within these."""

_KEEP_ALIVE_S = 15.0

STATES = {"SONNERIE", "DECROCHE", "ATTENTE", "RACCROCHE"}


@dataclass(frozen=True, slots=True)
class _Sent:
    number: int
    text: str


@dataclass(eq=False, slots=True)
class Telephony:
    """Publishes call events to every listener."""

    _sent: deque[_Sent] = field(default_factory=lambda: deque(maxlen=_KEPT_EVENTS))
    _listeners: set[asyncio.Queue[_Sent]] = field(default_factory=set)
    _calls: dict[str, Mapping[str, str | int | None]] = field(default_factory=dict)
    _count: int = 0

    def ring(self, number: str, queue: str, waited_s: int, agent: str = "") -> str:
        """Make a call ring and return its identifier.

        Args:
            number: as the network gives it, or "".
            queue: waiting line that it comes from.
            waited_s: seconds that the caller has waited.
            agent: login of whose telephone rings, "" for everybody's.
        """
        call = f"ap-{secrets.token_hex(6)}"
        told = {"numero": number or None, "file": queue, "attenteS": waited_s}
        self._calls[call] = {**told, "agent": agent} if agent else told
        self._publish(call, "SONNERIE")
        return call

    @property
    def latest(self) -> str:
        """The call that rang last and is not over, "" when there is none."""
        return next(reversed(self._calls), "")

    def change(self, call: str, state: str) -> None:
        """Tell every listener what became of a call.

        Raises:
            ValueError: unknown state.
            KeyError: unknown call.
        """
        if state not in STATES:
            raise ValueError(state)
        self._publish(call, state)
        if state == "RACCROCHE":
            del self._calls[call]

    def _publish(self, call: str, state: str) -> None:
        self._count += 1
        event = {"appel": call, "etat": state, "date": datetime.now(UTC).isoformat(), **self._calls[call]}
        text = f"id: {self._count}\nevent: appel\ndata: {json.dumps(event)}\n\n"
        sent = _Sent(self._count, text)
        self._sent.append(sent)
        for listener in self._listeners:
            listener.put_nowait(sent)

    def stream(self, last_event: str) -> StreamingResponse:
        """Return the endless answer of `/calls/stream`; `last_event` is what the client saw last."""
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._events(last_event), media_type="text/event-stream", headers=headers)

    async def _events(self, last_event: str) -> AsyncIterator[str]:
        with self._listening() as events:
            yield "retry: 1000\n: telephonie\n\n"
            if last_event.isdigit():
                for sent in tuple(self._sent):
                    if sent.number > int(last_event):
                        yield sent.text
            while True:
                try:
                    yield (await asyncio.wait_for(events.get(), _KEEP_ALIVE_S)).text
                except TimeoutError:
                    yield ": toujours la\n\n"

    @contextmanager
    def _listening(self) -> Iterator[asyncio.Queue[_Sent]]:
        events: asyncio.Queue[_Sent] = asyncio.Queue()
        self._listeners.add(events)
        try:
            yield events
        finally:
            self._listeners.discard(events)
