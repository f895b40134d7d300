"""A relay of bytes in front of a server that is read without HTTP, and how a connector is led to it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

BYTES_PER_SECOND = 20
_PIECE = 1024
_BY_THE_RELAY: ContextVar[bool] = ContextVar("by_the_relay", default=False)


class Carries(StrEnum):
    """What the relay does with what the server answers."""

    ALL = "all"
    NOTHING = "nothing"
    """It takes what the connector says, and nothing ever comes back."""
    A_PART = "a_part"
    """The connection ends in the middle of an answer."""
    SLOWLY = "slowly"
    """Byte by byte, for ever."""


@dataclass(slots=True)
class Relay:
    """Carries bytes between a connector and a server, until it fails.

    Args:
        host: of the server.
        port: of the server; 0 until a connection is led here.
        carries: how it fails.
        most: bytes of an answer after which it ends, for A_PART.
        for_good: these are all bytes that come, whatever connections there are; each has its own otherwise.
    """

    host: str
    port: int
    carries: Carries
    most: int = 0
    for_good: bool = False
    carried: int = 0
    """Bytes that the server answered."""
    listens_at: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] | None = None

    async def start(self) -> int:
        """Listen on a free port, and return it."""
        self._tasks = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.listens_at = self._server.sockets[0].getsockname()[1]
        return self.listens_at

    async def aclose(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
            # A connection just taken begins to be served: only then can it be ended.
            for _ in range(5):
                await asyncio.sleep(0)
        tasks = tuple(self._tasks or ())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None and self._tasks is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                if self.carries is Carries.NOTHING:
                    while await reader.read(4096):
                        pass
                else:
                    await self._carry(reader, writer)
        finally:
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        by_the_relay()
        theirs, ours = await asyncio.open_connection(self.host, self.port)
        ways = [asyncio.create_task(_copy(reader, ours)), asyncio.create_task(self._answers(theirs, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ours.close()
            for one in ways:
                one.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _answers(self, theirs: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = 0
        while piece := await theirs.read(_PIECE):
            own += len(piece)
            self.carried += len(piece)
            if self.carries is Carries.A_PART and (self.carried if self.for_good else own) > self.most:
                writer.write(piece[: len(piece) // 2])
                await writer.drain()
                return
            if self.carries is Carries.SLOWLY:
                await _drip(piece, writer)
                continue
            writer.write(piece)
            await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(4096):
        writer.write(piece)
        await writer.drain()


async def _drip(piece: bytes, writer: asyncio.StreamWriter) -> None:
    for value in piece:
        writer.write(bytes((value,)))
        await writer.drain()
        await asyncio.sleep(1 / BYTES_PER_SECOND)


def by_the_relay() -> None:
    """Have the connections of this task, or of this thread, go where they say."""
    _BY_THE_RELAY.set(True)


class LedTo(Protocol):
    """Where connections are led: it learns from the first one where they wanted to go."""

    host: str
    port: int
    listens_at: int


def addresses_of(host: str) -> Collection[str]:
    """Return the numbers of a host.

    Raises:
        OSError: nobody knows it.
    """
    return {str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}


@contextmanager
def led_through(relay: LedTo, numbers: Collection[str]) -> Iterator[None]:
    """Lead every connection of this process to a host through the relay, whatever library makes it.

    The connector keeps the name of its server, to which certificates and known hosts are tied.
    """
    plain: Callable[[socket.socket, Any], None] = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as the socket's own
        if _BY_THE_RELAY.get() or not isinstance(address, tuple) or address[0] not in numbers:
            plain(self, address)
            return
        if self.family is not socket.AF_INET:
            raise ConnectionRefusedError  # the relay listens on IPv4: libraries try that next
        relay.host, relay.port = address[0], address[1]
        plain(self, ("127.0.0.1", relay.listens_at))

    socket.socket.connect = connect  # type: ignore[method-assign,assignment] # given back below
    try:
        yield
    finally:
        socket.socket.connect = plain  # type: ignore[method-assign,assignment] # its own
