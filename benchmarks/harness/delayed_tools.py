"""A child process: tools that answer after a fixed delay, and the identity master with its call events.

    python -m benchmarks.harness.delayed_tools

Prints one JSON line with its ports, then obeys lines of JSON on its standard input and answers each
with one line: `{"mode": "hang", "tool": "benefits"}`, `{"call": "ringing", "number": "+33…", "id": "1"}`.
Ends when its input is closed, at the latest after `LIFE_SECONDS`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind, FieldSpec
from benchmarks.harness.customers import CUSTOMERS, BenchCustomer

LIFE_SECONDS = 900.0

DELAYS: Mapping[str, float] = {
    "contracts": 0.05,
    "authorizations": 0.1,
    "documents": 0.2,
    "contributions": 0.3,
    "guarantees": 0.4,
    "complaints": 0.6,
    "appointments": 0.8,
    "benefits": 1.0,
}
"""Seconds that each tool takes, by the facet that it feeds."""

SLOWEST = max(DELAYS, key=lambda facet: DELAYS[facet])
MASTER = "master"
ROWS: Mapping[str, int] = {"contracts": 2, "benefits": 50, "documents": 20}
"""Records of a customer; five where nothing is said."""

DRIP_SECONDS = 0.05
"""Between two bytes of an answer that drips."""


def value_of(spec: FieldSpec, row: int) -> str | bool:
    """Return a plausible value of a field, always the same for a row."""
    day = date(2026, 3, 1) - timedelta(days=row)
    by_kind: dict[FieldKind, str | bool] = {
        FieldKind.DATE: day.isoformat(),
        FieldKind.DATETIME: datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC).isoformat(),
        FieldKind.AMOUNT: f"{12 + row}.50",
        FieldKind.BOOL: True,
        FieldKind.INTEGER: "3",
    }
    if spec.kind is FieldKind.ENUM:
        return spec.values[row % len(spec.values)]
    return by_kind.get(spec.kind, f"{spec.name} {row}")


def answer_of(facet: str, customer: BenchCustomer) -> bytes:
    """Return what a tool knows of a customer, as JSON."""
    specs = FACETS[facet].fields
    rows = [
        {"id": f"{facet}-{row}", **{spec.name: value_of(spec, row) for spec in specs}}
        for row in range(ROWS.get(facet, 5))
    ]
    return json.dumps({"subject": customer.subject(), "rows": rows}).encode()


def directory_page() -> bytes:
    """Return everybody, as the master publishes them."""
    parties = [{**customer.subject(), "phones": [customer.phone]} for customer in CUSTOMERS]
    return json.dumps({"cursor": "end", "rows": parties}).encode()


@dataclass(slots=True)
class DelayedTool:
    """One tool.

    Args:
        facet: that it feeds, or `MASTER`.
        delay: seconds before each answer.
    """

    facet: str
    delay: float
    mode: str = "up"
    listeners: set[asyncio.Queue[bytes]] = field(default_factory=set)
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> None:
        """Listen; on the same port as before when it was down."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def set_mode(self, mode: str) -> None:
        """Answer ("up"), never answer ("hang"), answer byte by byte ("drip"), or refuse ("down")."""
        before, self.mode = self.mode, mode
        if mode == "down":
            self.close()
        elif before == "down":
            await self.start()

    def close(self) -> None:
        """Stop listening and reset what is connected."""
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            # The cancellation is the loop's end: there is nobody to pass it on to.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    await self._answer(head.split(b" ", 2)[1].decode(), writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        if path.startswith("/calls"):
            await self._stream_calls(writer)
            return
        await asyncio.sleep(self.delay)
        if self.mode == "hang":
            await asyncio.sleep(LIFE_SECONDS)
        body = self._body(path)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        if self.mode == "drip":
            await self._drip(body, writer)
        else:
            writer.write(body)
        await writer.drain()

    def _body(self, path: str) -> bytes:
        if path.startswith("/changes"):
            return directory_page()
        if path.startswith("/customers/"):
            number = int(path.rsplit("/C", 1)[1])
            return answer_of(self.facet, CUSTOMERS[number])
        return b'{"version": "1"}'

    @staticmethod
    async def _drip(body: bytes, writer: asyncio.StreamWriter) -> None:
        for place in range(len(body)):
            writer.write(body[place : place + 1])
            await writer.drain()
            await asyncio.sleep(DRIP_SECONDS)

    async def _stream_calls(self, writer: asyncio.StreamWriter) -> None:
        events: asyncio.Queue[bytes] = asyncio.Queue()
        self.listeners.add(events)
        try:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
            while True:
                await writer.drain()
                writer.write(await events.get())
        finally:
            self.listeners.discard(events)

    def publish(self, event: Mapping[str, str]) -> None:
        """Send a call event to whoever listens."""
        data = {**event, "at": datetime.now(UTC).isoformat(), "queue": "Mesures"}
        for listener in self.listeners:
            listener.put_nowait(f"event: call\ndata: {json.dumps(data)}\n\n".encode())


async def _obey(tools: Mapping[str, DelayedTool], order: Mapping[str, str]) -> None:
    if "mode" in order:
        await tools[order["tool"]].set_mode(order["mode"])
    elif "call" in order:
        master = tools[MASTER]
        master.publish({"call": order["id"], "kind": order["call"], "number": order["number"]})


async def _serve_all() -> None:
    tools = {facet: DelayedTool(facet, delay) for facet, delay in DELAYS.items()}
    tools[MASTER] = DelayedTool(MASTER, 0.0)
    for tool in tools.values():
        await tool.start()
    print(json.dumps({name: tool.port for name, tool in tools.items()}), flush=True)
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        at = time.monotonic()
        await _obey(tools, json.loads(line))
        print(json.dumps({"at": at}), flush=True)


async def main() -> None:
    """Serve until the standard input is closed."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_serve_all(), LIFE_SECONDS)


if __name__ == "__main__":
    asyncio.run(main())
