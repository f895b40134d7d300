"""The fault proxy: a tool's address on loopback, behind which the tool works, fails or lies as told."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from avise.connectors.http_connection import SAFE_METHODS
from avise.connectors.kit.faults import BYTES_PER_SECOND, WORKING, Ending, Fault, Stream, Way
from avise.connectors.kit.messages import LARGEST_HEAD, Answer, Request, read_request
from avise.connectors.kit.overheard import by_the_kit
from avise.connectors.kit.upstream import Upstream, as_reply_to

LIFE_S = 120.0
"""A proxy that nobody closed ends by itself."""
_BAD_GATEWAY = Answer(502, {"content-type": "text/plain"}, b"the tool does not answer the proxy")


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that came, and what went back."""

    request: Request
    answer: Answer | None
    """None when nothing did."""

    @property
    def reads(self) -> bool:
        """Whether its method only reads."""
        return self.request.method in SAFE_METHODS


class FaultProxy:
    """Listens on loopback in the tool's place.

    Args:
        upstream: the tool, None for an address where nobody should ever come.
        tls: serve HTTPS with this certificate.
        spared: paths to which no fault happens: where one signs in.
        asked: values put in the place of those of the same name, in the addresses that come.
    """

    def __init__(
        self,
        upstream: Upstream | None,
        *,
        tls: ssl.SSLContext | None = None,
        spared: Collection[str] = (),
        asked: Mapping[str, str] | None = None,
    ) -> None:
        self._upstream = upstream
        self._tls = tls
        self._spared = spared
        self._asked = asked or {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._fault = WORKING
        self._happened = 0
        self._port = 0
        self._end: asyncio.TimerHandle | None = None
        self.seen: list[Seen] = []

    @property
    def origin(self) -> str:
        """Scheme, host and port under which the connector finds the tool."""
        return f"{'https' if self._tls is not None else 'http'}://127.0.0.1:{self._port}"

    def concerned(self) -> int:
        """Return how many requests came since the last fault to which a fault would have happened."""
        return sum(one.request.path not in self._spared for one in self.seen)

    @property
    def port(self) -> int:
        """To which the connector connects when it asks the tool."""
        return self._port

    # ---- life --------------------------------------------------------------------------------
    async def start(self) -> None:
        """Listen on a free port."""
        await self._listen(0)
        self._end = asyncio.get_running_loop().call_later(LIFE_S, self._stop)

    async def _listen(self, port: int) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", port, ssl=self._tls, limit=LARGEST_HEAD, reuse_address=True
        )
        self._port = self._server.sockets[0].getsockname()[1]

    def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._writers):
            _reset(writer)

    async def aclose(self) -> None:
        """Stop listening, reset what is open and leave no task."""
        if self._end is not None:
            self._end.cancel()
        self._stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._upstream is not None:
            await self._upstream.aclose()

    async def fail(self, fault: Fault) -> None:
        """Put a fault in force, in the place of the one before; what was seen is forgotten."""
        self._fault, self._happened = fault, 0
        self.seen = []
        if fault.way is Way.REFUSE:
            self._stop()
            await asyncio.sleep(0)
        elif self._server is None:
            await self._listen(self._port)

    # ---- one connection ----------------------------------------------------------------------
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        try:
            with contextlib.suppress(
                OSError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError
            ):
                while (request := await read_request(reader)) is not None:
                    if not await self._handle(request, writer):
                        break
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _handle(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer one request as the fault in force says; False when the connection is over."""
        fault = self._fault_for(request)
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.way is Way.HOLD:
            self.seen.append(Seen(request, None))
            await asyncio.sleep(LIFE_S)
            return False
        if fault.way is Way.LOSE_REQUEST:
            self.seen.append(Seen(request, None))
            _reset(writer)
            return False
        if fault.way is Way.STREAM and fault.stream is not None:
            self.seen.append(Seen(request, None))
            await _stream(writer, fault.stream)
            return False
        answer = await self._answer(request, fault)
        lost = fault.way is Way.LOSE_ANSWER
        self.seen.append(Seen(request, None if lost else answer))
        if lost:
            _reset(writer)
            return False
        return await _send(writer, answer, fault)

    def _fault_for(self, request: Request) -> Fault:
        fault = self._fault
        if request.path in self._spared or not fault.concerns(request):
            return WORKING
        if fault.times is not None and self._happened >= fault.times:
            return WORKING
        self._happened += 1
        return fault

    async def _answer(self, request: Request, fault: Fault) -> Answer:
        if fault.way is Way.INSTEAD and fault.instead is not None:
            return as_reply_to(request, fault.instead)
        answer = await self._ask(request)
        return fault.change(request, answer) if fault.change is not None else answer

    async def _ask(self, request: Request) -> Answer:
        """Ask the tool; the addresses in its answer become ours, as behind any proxy."""
        if self._upstream is None:
            return _BAD_GATEWAY
        try:
            with by_the_kit():
                answer = await self._upstream.answer(_asking(request, self._asked))
        except OSError:
            return _BAD_GATEWAY
        theirs, ours = self._upstream.origin, self.origin
        headers = {name: value.replace(theirs, ours) for name, value in answer.headers.items()}
        return Answer(answer.status, headers, answer.body.replace(theirs.encode(), ours.encode()))


def _asking(request: Request, values: Mapping[str, str]) -> Request:
    """Return the request with other values in its address, where it has any of that name."""
    if not values or "?" not in request.target:
        return request
    path, _, query = request.target.partition("?")
    told = [(name, values.get(name, value)) for name, value in parse_qsl(query, keep_blank_values=True)]
    return replace(request, target=f"{path}?{urlencode(told)}")


async def _send(writer: asyncio.StreamWriter, answer: Answer, fault: Fault) -> bool:
    if fault.way is Way.RESET:
        writer.write(answer.with_body(answer.body[: len(answer.body) // 2]).to_bytes(promised=4096))
        await writer.drain()
        # Given to the network before the reset, which would otherwise take it back.
        await asyncio.sleep(0.02)
        _reset(writer)
        return False
    if fault.way is Way.DRIP:
        for value in answer.to_bytes(promised=4096):
            writer.write(bytes((value,)))
            await writer.drain()
            await asyncio.sleep(1 / BYTES_PER_SECOND)
        return False
    writer.write(answer.to_bytes())
    await writer.drain()
    return True


async def _stream(writer: asyncio.StreamWriter, stream: Stream) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {stream.content_type}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    for piece in stream.pieces:
        await asyncio.sleep(0.02)  # a piece of its own on the network
        writer.write(piece)
        await writer.drain()
    if stream.ending is Ending.OPEN:
        await asyncio.sleep(LIFE_S)
    elif stream.ending is Ending.RESET:
        await asyncio.sleep(0.02)  # given to the network before the reset
        _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a machine that fails does: what the other side sees is a reset."""
    raw = writer.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def nobody() -> AsyncIterator[FaultProxy]:
    """Give an address where no connector may ever come."""
    proxy = FaultProxy(None)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.aclose()
