"""The SQL gateway: one statement at a time, bound parameters, read-only, bounded in rows and in time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Lock
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from avise.connectors.contract import ConnectorError
from avise.connectors.endpoints import SqlEndpoint
from avise.connectors.sql.errors import connector_error
from avise.models.errors import AviseError, ErrorKind, Origin
from avise.models.json_types import JSON
from avise.transport.outward import OwnWay

CONNECT_S = 3
"""As for HTTP (`connectors.md` C8)."""

MARIADB = frozenset({"mariadb", "mysql"})
"""Names of the dialect."""

STEPS_BETWEEN_LOOKS = 2_000
"""SQLite's virtual machine steps between two looks at whether the statement must stop: well under 1 ms."""

Row = Mapping[str, object]

Interrupt = Callable[[object], None]
"""Has a server give up the statement that a driver's connection runs; called on another thread."""


class EngineSqlGateway:
    """Reads one database (`contract.SqlGateway`).

    Args:
        engine: opened read-only.
        timeout: of a statement.
        pool: threads where statements run.
        interrupt: has the server give up a statement that nobody waits for; None where it looks itself.
    """

    def __init__(
        self, engine: Engine, timeout: timedelta, pool: Executor, interrupt: Interrupt | None = None
    ) -> None:
        self._engine = engine
        self._timeout = timeout.total_seconds()
        self._pool = pool
        self._interrupt = interrupt

    async def select(
        self, statement: str, params: Mapping[str, JSON], *, max_rows: int, chunk: int = 200
    ) -> AsyncIterator[Sequence[Row]]:
        """Yield the rows of a statement by chunks; stops after `max_rows + 1` rows.

        Rows are read in one go on a thread and the transaction is over before the first chunk leaves, so
        that a reader who goes away never leaves a connection behind.

        Raises:
            ConnectorError: by the engine's error codes; TIMEOUT past the statement timeout.
        """
        stop, running = Event(), _Running()
        loop = asyncio.get_running_loop()
        alarm = loop.call_later(self._timeout, stop.set)
        try:
            rows = await loop.run_in_executor(
                self._pool, self._rows, statement, dict(params), max_rows + 1, stop, running
            )
        finally:
            alarm.cancel()
            # After a cancellation the thread still works: the flag makes SQLite give up at once.
            stop.set()
            if running.is_at_work and self._interrupt is not None:
                self._pool.submit(running.interrupt, self._interrupt)
        for start in range(0, len(rows), chunk):
            yield rows[start : start + chunk]

    async def aclose(self) -> None:
        """Close the connections that are idle."""
        self._engine.dispose()

    def _rows(
        self, statement: str, params: dict[str, JSON], most: int, stop: Event, running: _Running
    ) -> list[Row]:
        try:
            with self._engine.connect() as connection:
                _watch(connection, stop)
                _send_no_more_than(most, connection)
                with running.at(connection):
                    result = connection.execute(text(statement), params)
                    return _dicts(result, most)
        except DBAPIError as error:
            raise connector_error(error.orig, stopped=stop.is_set()) from None
        except (SQLAlchemyError, UnicodeError) as error:
            # The text is dropped: it holds the statement's parameters.
            raise ConnectorError(ErrorKind.BUG, type(error).__name__, origin=Origin.CONNECTOR) from None


def _dicts(result: CursorResult[Any], most: int) -> list[Row]:
    """Return rows by the names of their columns, in half the time that mappings take."""
    names = tuple(result.keys())
    if len(set(names)) < len(names):
        # Says itself which name is ambiguous.
        return [dict(row) for row in result.mappings().fetchmany(most)]
    return [dict(zip(names, row, strict=True)) for row in result.fetchmany(most)]


class _Running:
    """The connection on which a statement runs, while it does: only then is it interrupted."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._raw: object | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether a statement runs."""
        return self._raw is not None

    @contextmanager
    def at(self, connection: Connection) -> Iterator[None]:
        """Say that a statement runs for the time of the block."""
        self._raw = connection.connection.dbapi_connection
        try:
            yield
        finally:
            # Whoever interrupts does so before another statement takes the connection.
            with self._lock:
                self._raw = None

    def interrupt(self, interrupt: Interrupt) -> None:
        """Have the statement given up, unless it is over."""
        with self._lock:
            if self._raw is not None:
                interrupt(self._raw)


def _send_no_more_than(most: int, connection: Connection) -> None:
    """Have MariaDB send no more rows than will be read: its driver reads all that are sent."""
    if connection.dialect.name in MARIADB:
        connection.exec_driver_sql(f"SET SESSION sql_select_limit = {most}")


def _watch(connection: Connection, stop: Event) -> None:
    raw: object = connection.connection.dbapi_connection
    if isinstance(raw, sqlite3.Connection):
        raw.set_progress_handler(stop.is_set, STEPS_BETWEEN_LOOKS)


async def open_sql_gateway(
    endpoint: SqlEndpoint, password: str, pool: Executor, way: OwnWay | None = None
) -> EngineSqlGateway:
    """Return the gateway of a database; nothing is contacted before the first statement.

    Args:
        endpoint: the database; its address holds no password.
        password: "" for none.
        pool: threads where statements run.
        way: how its server is reached; as the system says unless told. PostgreSQL is reached directly.

    Raises:
        ConnectorError: CONFIG for an address that cannot be used.
    """
    loop = asyncio.get_running_loop()
    engine, interrupt = await loop.run_in_executor(pool, _engine, endpoint, password, way or OwnWay())
    return EngineSqlGateway(engine, endpoint.statement_timeout, pool, interrupt)


def _engine(endpoint: SqlEndpoint, password: str, way: OwnWay) -> tuple[Engine, Interrupt | None]:
    try:
        url = make_url(endpoint.url)
        backend = url.get_backend_name()
        if backend == "sqlite":
            return _sqlite_engine(url, endpoint), None
        if backend in MARIADB:
            from avise.connectors.sql.mariadb import mariadb_engine  # noqa: PLC0415 - where there is one

            return mariadb_engine(url, endpoint, password, way)
        return _postgresql_engine(url, endpoint, password), _cancel
    except AviseError:
        raise ConnectorError(ErrorKind.CONFIG, "certificates unreadable", origin=Origin.HOST) from None
    except (SQLAlchemyError, ValueError, OSError) as error:
        raise ConnectorError(ErrorKind.CONFIG, type(error).__name__, origin=Origin.HOST) from None


def _sqlite_engine(url: URL, endpoint: SqlEndpoint) -> Engine:
    if not url.database:
        raise ConnectorError(ErrorKind.CONFIG, "no database file", origin=Origin.HOST)
    # A connection a statement: a file replaced at night is seen, and opening one costs a tenth of a ms.
    engine = create_engine(
        "sqlite://",
        creator=_sqlite_opener(Path(url.database), endpoint.statement_timeout),
        poolclass=NullPool,
    )
    event.listen(engine, "connect", _only_query)
    return engine


def _sqlite_opener(path: Path, timeout: timedelta) -> Callable[[], sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?mode=ro"
    seconds = timeout.total_seconds()

    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=seconds, check_same_thread=False)

    return open_file


def _only_query(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    """Refuse writing also to files attached by a statement."""
    del entry
    connection.execute("pragma query_only = on")


def _cancel(raw: object) -> None:
    """Have PostgreSQL give up a statement."""
    cancel = getattr(raw, "cancel_safe", None) or getattr(raw, "cancel", None)
    if cancel is not None:
        cancel()


def _postgresql_engine(url: URL, endpoint: SqlEndpoint, password: str) -> Engine:
    milliseconds = int(endpoint.statement_timeout.total_seconds() * 1000)
    options = f"-c default_transaction_read_only=on -c statement_timeout={milliseconds}"
    tls = {"sslmode": "verify-full", "sslrootcert": endpoint.tls_ca or "system"}
    return create_engine(
        url.set(password=password or None),
        connect_args={
            "options": options,
            "connect_timeout": CONNECT_S,
            "application_name": "avise",
            **({"verify": tls, "off": {"sslmode": "disable"}}.get(endpoint.tls, {})),
        },
        execution_options={"postgresql_readonly": True},
        pool_size=endpoint.concurrency,
        max_overflow=0,
        pool_timeout=CONNECT_S,
        pool_pre_ping=True,
        hide_parameters=True,
    )
