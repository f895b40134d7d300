"""What stands between a simulated tool and its clients, to make it fail in the ways that tools do.

A relay of bytes: it knows just enough HTTP to answer garbage, so the same one serves REST, WebDAV,
CalDAV, JSON-RPC and a PostgreSQL server.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from avise.demo.faults import Fault, FaultKind, Garbage

_CHUNK = 64 * 1024
_LOGIN_PAGE = (
    "<!doctype html><html lang='fr'><head><title>Portail - Connexion</title></head>"
    "<body><form method='post' action='/login'><label>Identifiant <input name='login'></label>"
    "<label>Mot de passe <input name='password' type='password'></label></form></body></html>"
)
_UNAUTHORIZED = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def _http_answer(content_type: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode("ascii") + b"Connection: close\r\n\r\n" + body


GARBAGE_ANSWERS = {
    Garbage.HTML: _http_answer("text/html; charset=utf-8", _LOGIN_PAGE.encode()),
    Garbage.TRUNCATED: _http_answer("application/json", b'{"items": [{"id": "1", "libelle": "Rembours'),
    Garbage.CHARSET: _http_answer(
        "application/json; charset=utf-8", '{"libelle": "Pharmaci\xe9"}'.encode("latin-1")
    ),
    Garbage.NOISE: bytes(range(128, 160)) * 8,
}
"""What goes out, whole, in the place of the tool's answer."""


@dataclass(eq=False, slots=True)
class _Link:
    """One client's connection to the tool."""

    client: asyncio.StreamWriter
    tool: asyncio.StreamWriter
    answered: bool = True
    """The next bytes of the client start a request."""
    stuck: bool = False
    """Bytes of the client were swallowed: nothing good can follow."""


class FaultFront:
    """Listens where clients come, relays to the tool's own server, and fails when told to.

    Args:
        upstream_port: where the tool listens, on loopback.
        port: where clients come; 0 takes a free one.
        on_expire: makes the tool refuse the tokens it handed out; without it, EXPIRE_TOKEN answers
            401 in the tool's place until restored.
        on_restore: undoes `on_expire` where that lasts.
    """

    def __init__(
        self,
        upstream_port: int,
        *,
        port: int = 0,
        on_expire: Callable[[], Awaitable[None]] | None = None,
        on_restore: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._upstream_port = upstream_port
        self._on_expire = on_expire
        self._on_restore = on_restore
        self._port = port
        self._holder: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = 0
        self.fault = Fault()

    @property
    def port(self) -> int:
        """Return the port where clients come."""
        return self._port

    async def start(self) -> None:
        """Listen; returns once connections are accepted."""
        self._holder = self._bind(self._port)
        self._port = self._holder.getsockname()[1]
        await self._listen()

    async def aclose(self) -> None:
        """Stop listening and drop every connection."""
        await self._refuse()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._holder is not None:
            self._holder.close()

    async def set_fault(self, fault: Fault) -> None:
        """Put a fault in force, in the place of the previous one."""
        previous, self.fault = self.fault, fault
        if previous.kind is FaultKind.EXPIRE_TOKEN and self._on_restore is not None:
            await self._on_restore()
        if fault.kind is FaultKind.EXPIRE_TOKEN and self._on_expire is not None:
            await self._on_expire()
        if fault.kind is FaultKind.DOWN:
            await self._refuse()
        elif self._server is None:
            await self._listen()
        if fault.kind is FaultKind.NONE:
            self._drop([link for link in self._links if link.stuck])

    # ---- listening -------------------------------------------------------------------------------

    @staticmethod
    def _bind(port: int) -> socket.socket:
        """Return a socket bound to the port; one that never listens keeps it ours while we are down."""
        # The protocol is named, else asyncio leaves Nagle's algorithm on and each answer waits 40 ms.
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if hasattr(socket, "SO_REUSEPORT"):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", port))
        return held

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, sock=self._bind(self._port))

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._drop(self._links)
        await asyncio.sleep(0)

    @staticmethod
    def _drop(links: set[_Link] | list[_Link]) -> None:
        """Reset connections: what the peer sees is ECONNRESET, not a polite end."""
        for link in tuple(links):
            raw = link.client.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            link.client.transport.abort()
            link.tool.transport.abort()

    # ---- relaying --------------------------------------------------------------------------------

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            tool_reader, tool_writer = await asyncio.open_connection("127.0.0.1", self._upstream_port)
            link = _Link(writer, tool_writer)
            self._links.add(link)
            try:
                await self._relay(link, reader, tool_reader)
            finally:
                self._links.discard(link)
                tool_writer.close()
        writer.close()

    async def _relay(self, link: _Link, client: asyncio.StreamReader, tool: asyncio.StreamReader) -> None:
        ways = {
            asyncio.create_task(self._requests(link, client)),
            asyncio.create_task(self._answers(link, tool)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _requests(self, link: _Link, client: asyncio.StreamReader) -> None:
        while chunk := await client.read(_CHUNK):
            instead = self._instead_of_the_tool()
            if instead is not None:
                link.client.write(instead)
                await link.client.drain()
                return
            if self.fault.kind is FaultKind.LOSE_REQUEST:
                self._drop([link])
                return
            if self.fault.kind is FaultKind.HANG:
                link.stuck = True
                continue
            if self.fault.kind is FaultKind.SLOW and link.answered:
                await asyncio.sleep(self.fault.seconds)
            link.answered = False
            link.tool.write(chunk)
            await link.tool.drain()

    def _instead_of_the_tool(self) -> bytes | None:
        """Return what answers in the tool's place, None to let the tool answer."""
        if self.fault.kind is FaultKind.EXPIRE_TOKEN and self._on_expire is None:
            return _UNAUTHORIZED
        if self.fault.kind is not FaultKind.GARBAGE:
            return None
        if self.fault.garbage is not Garbage.ROTATE:
            return GARBAGE_ANSWERS[self.fault.garbage]
        self._turn += 1
        return tuple(GARBAGE_ANSWERS.values())[self._turn % len(GARBAGE_ANSWERS)]

    async def _answers(self, link: _Link, tool: asyncio.StreamReader) -> None:
        while chunk := await tool.read(_CHUNK):
            link.answered = True
            if self.fault.kind is FaultKind.LOSE_ANSWER:
                self._drop([link])
                return
            if self.fault.kind is FaultKind.DRIP:
                await self._drip(link.client, chunk)
            else:
                link.client.write(chunk)
            await link.client.drain()

    async def _drip(self, client: asyncio.StreamWriter, chunk: bytes) -> None:
        for position, value in enumerate(chunk):
            if self.fault.kind is not FaultKind.DRIP:
                client.write(chunk[position:])
                return
            client.write(bytes((value,)))
            await client.drain()
            await asyncio.sleep(1 / self.fault.bytes_per_second)
