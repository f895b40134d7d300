"""The control port of a simulated tool: how `break_tool` reaches it, on loopback, with the run's token."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from avise.demo.faults import CONTROL_PATH, Fault, UnsupportedFaultError

_LARGEST_BODY = 64 * 1024


class Breakable(Protocol):
    """What can be broken: a server behind a `FaultFront`, or a tool made of files."""

    fault: Fault

    async def set_fault(self, fault: Fault) -> None:
        """Put a fault in force.

        Raises:
            UnsupportedFaultError: the tool cannot fail in that way.
        """


ControlHandler = Callable[[bytes], Awaitable[str]]
"""Takes the body of a POST, returns the answer's; ValueError for a body that it cannot read."""


class ControlServer:
    """Answers `GET` and `POST /_demo/fault`, and the tool's own demo controls.

    Args:
        tool: what is broken and mended.
        token: asked for in `Authorization: Bearer`.
        handlers: further POST paths, for instance one that makes a telephone ring.
    """

    def __init__(
        self, tool: Breakable, token: str, handlers: Mapping[str, ControlHandler] | None = None
    ) -> None:
        self._tool = tool
        self._token = token
        self._handlers: dict[str, ControlHandler] = {CONTROL_PATH: self._set_fault, **(handlers or {})}
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen on a free port of loopback and return it."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def aclose(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            status, body = await self._answer(reader)
            payload = body.encode()
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: {len(payload)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + payload)
            await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[HTTPStatus, str]:
        try:
            request = await _read_request(reader)
            if not hmac.compare_digest(request.authorization, f"Bearer {self._token}"):
                return HTTPStatus.UNAUTHORIZED, ""
            return await self._handle(request)
        except UnsupportedFaultError:
            return HTTPStatus.UNPROCESSABLE_ENTITY, ""
        except (ValueError, KeyError, TypeError):
            return HTTPStatus.BAD_REQUEST, ""

    async def _handle(self, request: _Request) -> tuple[HTTPStatus, str]:
        if request.method == "GET" and request.path == CONTROL_PATH:
            return HTTPStatus.OK, self._tool.fault.to_json()
        handler = self._handlers.get(request.path)
        if request.method != "POST" or handler is None:
            return HTTPStatus.NOT_FOUND, ""
        return HTTPStatus.OK, await handler(request.body)

    async def _set_fault(self, body: bytes) -> str:
        await self._tool.set_fault(Fault.from_json(body))
        return self._tool.fault.to_json()


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    authorization: str
    body: bytes


async def _read_request(reader: asyncio.StreamReader) -> _Request:
    """Read one request; ValueError when it is not one."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= _LARGEST_BODY:
        raise ValueError("length")
    return _Request(method, path, headers.get("authorization", ""), await reader.readexactly(length))
