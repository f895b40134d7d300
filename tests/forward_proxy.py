"""A forward proxy of a house, on loopback: it carries connections (CONNECT) to servers that only it finds."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class ProxyServer:
    """A CONNECT proxy (RFC 9110, section 9.3.6) that leads every name to this machine."""

    wants: str = ""
    """"user:password" of the account that it asks for."""
    refuses: bool = False
    """It leads nowhere."""
    drips: bool = False
    """It says a byte now and then, for ever."""
    address: str = ""
    asked: list[str] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
            method, target, _ = head.split("\r\n", 1)[0].split(" ")
            self.asked.append(f"{method} {target}")
            shown = base64.b64encode(self.wants.encode()).decode()
            if self.wants and f"Proxy-Authorization: Basic {shown}" not in head:
                writer.write(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                    b'Proxy-Authenticate: Basic realm="maison"\r\nContent-Length: 0\r\n\r\n'
                )
                await writer.drain()
                return
            if self.refuses:
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
                return
            while self.drips:
                writer.write(b"H")
                await writer.drain()
                await asyncio.sleep(0.05)
            behind, ahead = await asyncio.open_connection("127.0.0.1", int(target.rpartition(":")[2]))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pump(reader, ahead), _pump(behind, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def proxy(wants: str = "", *, refuses: bool = False, drips: bool = False) -> AsyncIterator[ProxyServer]:
    """Run a proxy."""
    running = ProxyServer(wants, refuses, drips)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.tasks.add(task)
        await running.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    running.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield running
    finally:
        server.close()
        for task in running.tasks:
            task.cancel()
        await asyncio.gather(*running.tasks, return_exceptions=True)


def silent_address() -> str:
    """Return where no proxy listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"
