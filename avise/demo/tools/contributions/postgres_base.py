"""The contributions tool as a PostgreSQL server with a read-only role."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from avise.demo.postgres_server import (
    OWNER,
    Connected,
    PostgresServer,
    PostgresUnavailableError,
    binaries,
    postgres_server,
)
from avise.demo.tools.contributions.tables import INDEXES, SCHEMA, TABLES

__all__ = ["DATABASE", "READER", "PostgresBase", "PostgresUnavailableError", "binaries", "postgres_base"]

READER = "avise_lecture"
DATABASE = "cotisations"


@dataclass(frozen=True, slots=True)
class PostgresBase:
    """A running server with the tool's tables.

    Args:
        server: on loopback.
        password: of the role `READER`.
    """

    server: PostgresServer
    password: str

    @property
    def port(self) -> int:
        """Return the server's port."""
        return self.server.port

    async def refuse_password(self) -> None:
        """Change the reader's password and close its connections."""
        await self._reader_password(secrets.token_urlsafe(18))

    async def accept_password(self) -> None:
        """Give the reader its password back."""
        await self._reader_password(self.password)

    async def _reader_password(self, password: str) -> None:
        async with await self.server.connect(DATABASE) as owner:
            await owner.execute(
                sql.SQL("alter role {} password {}").format(sql.Identifier(READER), sql.Literal(password))
            )
            await owner.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", (READER,)
            )

    async def load(self, prepared: Path) -> None:
        """Create the database, its read-only role and its tables, filled from the prepared SQLite file."""
        async with await self.server.connect(OWNER) as owner:
            await owner.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
        async with await self.server.connect(DATABASE) as owner:
            await owner.execute(SCHEMA)
            with contextlib.closing(sqlite3.connect(f"{prepared.as_uri()}?mode=ro", uri=True)) as source:
                for table in TABLES:
                    await self._copy(owner, source, table)
            await owner.execute(INDEXES)
            await self._make_reader(owner)

    @staticmethod
    async def _copy(owner: Connected, source: sqlite3.Connection, table: str) -> None:
        rows = source.execute(f"select * from {table}")  # noqa: S608 - names written in our code
        async with (
            owner.cursor() as cursor,
            cursor.copy(sql.SQL("copy {} from stdin").format(sql.Identifier(table))) as copy,
        ):
            for row in rows:
                await copy.write_row(row)

    async def _make_reader(self, owner: Connected) -> None:
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
    async with postgres_server() as server:
        base = PostgresBase(server, secrets.token_urlsafe(18))
        await base.load(prepared)
        yield base
