"""A tool on a real socket that behaves as a test tells it: answers, drips, hangs, breaks the connection."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as the tool saw it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


Behaviour = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Tool:
    """A running tool."""

    base_url: str = ""
    asked: list[Asked] = field(default_factory=list)
    behaviour: Behaviour | None = None
    connections: int = 0

    def paths(self) -> list[str]:
        """Return what was asked, in order."""
        return [asked.path for asked in self.asked]


@asynccontextmanager
async def running_tool(behaviour: Behaviour) -> AsyncIterator[Tool]:
    """Serve on loopback until the block ends."""
    tool = Tool(behaviour=behaviour)
    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tool.connections += 1
        task = asyncio.current_task()
        if task is not None:
            handlers.add(task)
        try:
            while (asked := await _read_request(reader)) is not None:
                tool.asked.append(asked)
                assert tool.behaviour is not None
                await tool.behaviour(asked, writer)
                if writer.is_closing():
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            if task is not None:
                handlers.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    tool.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield tool
    finally:
        server.close()
        for task in list(handlers):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*handlers, return_exceptions=True)


async def _read_request(reader: asyncio.StreamReader) -> Asked | None:
    line = await reader.readline()
    if not line:
        return None
    method, target, _ = line.decode("ascii").split(" ", 2)
    headers: dict[str, str] = {}
    while (header := (await reader.readline()).decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Asked(method, parts.path, query, headers, body)


def reply(
    body: bytes | Any,  # noqa: ANN401 - anything that JSON can write
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
) -> bytes:
    """Write an HTTP reply."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"Content-Type": content_type, "Content-Length": str(len(content)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode("latin-1") + content


def answering(*replies: bytes) -> Behaviour:
    """Answer each request with the next reply; the last one again and again."""
    left = list(replies)

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()

    return behave


def routing(routes: Mapping[str, Behaviour]) -> Behaviour:
    """Choose the behaviour by path."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        chosen = routes.get(asked.path, answering(reply({"error": "unknown"}, status=404)))
        await chosen(asked, writer)

    return behave


async def hanging(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Take the request and never answer."""
    await asyncio.Event().wait()


async def resetting(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Break the connection before any answer."""
    writer.transport.abort()


def dripping(every: float = 0.05) -> Behaviour:
    """Answer a byte at a time, for ever: each read is short, the whole never ends."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(every)

    return behave


def after(delay: float, then: Behaviour) -> Behaviour:
    """Be slow, then behave."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(delay)
        await then(asked, writer)

    return behave


def held(asked: asyncio.Event, answers: asyncio.Event, then: Behaviour) -> Behaviour:
    """Say that it is asked, and behave once it may answer."""

    async def behave(request: Asked, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await answers.wait()
        await then(request, writer)

    return behave


def rows(count: int, *, start: int = 0) -> Sequence[Mapping[str, Any]]:
    """Return rows of benefits as the test tool writes them."""
    return [
        {"id": f"b{number}", "amount": "12.50", "paid_on": "2026-03-01"}
        for number in range(start, start + count)
    ]
