"""Server-sent events: lines of an endless answer made into events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event: its name ("message" unless told) and its data."""

    name: str
    data: str


async def read_events(lines: AsyncIterator[str]) -> AsyncGenerator[ServerSentEvent, None]:
    """Yield the events of a stream; comments and unknown fields are passed over."""
    name, data = "", list[str]()
    async for raw in lines:
        line = raw.rstrip("\r\n")
        if not line:
            if data:
                yield ServerSentEvent(name or "message", "\n".join(data))
            name, data = "", []
            continue
        key, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if key == "event":
            name = value
        elif key == "data":
            data.append(value)
