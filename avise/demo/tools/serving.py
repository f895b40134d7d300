"""Life of a simulated tool's process: start, say where it listens, end with its parent.

Every tool is started by `python -m avise.demo.tools.<name> --data FOLDER` and writes one line of JSON
on its standard output when it answers:

    {"port": 40123, "control_port": 40124, "config": {...}, "secrets": {...}}

`config` and `secrets` are what an instance of its connector must be given. With `--exit-with-parent`
the process ends when its standard input closes, which happens however the parent ends.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from avise.demo.tools.control import Breakable, ControlHandler, ControlServer
from avise.demo.tools.front import FaultFront

if TYPE_CHECKING:
    from starlette.types import ASGIApp

TOKEN_VARIABLE = "AVISE_DEMO_CONTROL_TOKEN"  # noqa: S105 - the name of a variable
"""Carries the control token of the run to the tools."""

_SHUTDOWN_S = 2.0


@dataclass(frozen=True, slots=True)
class Arguments:
    """What every tool is started with."""

    data: Path
    """Folder with the tool's prepared data; read only."""
    run: Path
    """Folder where the tool may write; gone after the run."""
    port: int
    exit_with_parent: bool
    postgres: bool
    """Contributions: serve from PostgreSQL."""
    quick: bool
    """Benefits: without the slowness of its own."""


def read_arguments(tool: str) -> Arguments:
    """Read the command line of a tool's process."""
    parser = argparse.ArgumentParser(prog=f"python -m avise.demo.tools.{tool}")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--exit-with-parent", action="store_true")
    parser.add_argument("--postgres", action="store_true", help="contributions only")
    parser.add_argument("--quick", action="store_true", help="benefits only: no slowness of its own")
    values = parser.parse_args()
    return Arguments(
        data=values.data,
        run=values.run or values.data,
        port=values.port,
        exit_with_parent=values.exit_with_parent,
        postgres=values.postgres,
        quick=values.quick,
    )


@dataclass(frozen=True, slots=True)
class Access:
    """What an instance of the tool's connector must be given."""

    config: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


def _watch_parent(stop: asyncio.Event) -> None:
    """Set the event when standard input closes."""
    loop = asyncio.get_running_loop()

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(sys.stdin.fileno(), 1):
                pass
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


async def run_until_stopped(
    arguments: Arguments,
    tool: Breakable,
    port: int,
    access: Access,
    handlers: Mapping[str, ControlHandler] | None = None,
) -> None:
    """Open the control port, print the ready line, and return when the process must end.

    Args:
        arguments: of the command line.
        tool: what the control port breaks and mends.
        port: where the tool's clients come; 0 for a tool made of files.
        access: goes into the ready line.
        handlers: further controls of the demo, by path.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    if arguments.exit_with_parent:
        _watch_parent(stop)
    control = ControlServer(tool, os.environ.get(TOKEN_VARIABLE, ""), handlers)
    control_port = await control.start()
    ready = {
        "port": port,
        "control_port": control_port,
        "config": dict(access.config),
        "secrets": dict(access.secrets),
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    await stop.wait()
    await control.aclose()


async def run_behind_front(
    arguments: Arguments,
    upstream_port: int,
    access: Callable[[int], Access],
    *,
    on_expire: Callable[[], Awaitable[None]] | None = None,
    on_restore: Callable[[], Awaitable[None]] | None = None,
    handlers: Mapping[str, ControlHandler] | None = None,
) -> None:
    """Put a fault front before a server that already listens, and return when the process must end.

    Args:
        arguments: of the command line.
        upstream_port: where the tool's own server listens, on loopback.
        access: called with the front's port.
        on_expire: see `FaultFront`.
        on_restore: see `FaultFront`.
        handlers: further controls of the demo, by path.
    """
    front = FaultFront(upstream_port, port=arguments.port, on_expire=on_expire, on_restore=on_restore)
    await front.start()
    try:
        await run_until_stopped(arguments, front, front.port, access(front.port), handlers)
    finally:
        await front.aclose()


@contextlib.asynccontextmanager
async def asgi_server(app: ASGIApp) -> AsyncIterator[int]:
    """Serve an ASGI application on a free port of loopback, and give that port."""
    import uvicorn  # noqa: PLC0415 - a fifth of a second that tools without ASGI do not pay

    started = asyncio.Event()

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leave signals to the tool's process."""
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Say when connections are accepted."""
            await super().startup(sockets)
            started.set()

    # The protocol is named, else asyncio leaves Nagle's algorithm on and each answer waits 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            loop="asyncio",
            timeout_graceful_shutdown=1,
        )
        server = Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            waiting = asyncio.create_task(started.wait())
            await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(serving, _SHUTDOWN_S)
