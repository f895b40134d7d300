"""The one place that knows which engine is underneath: SQLite for one machine, PostgreSQL for a house.

A statement is written once, in the SQL that both read, with two marks of our own: `IN [names]` for a list
bound as one parameter, and `FOR NO KEY UPDATE`, which SQLite does not need since its writers follow each
other. It is translated when the module is loaded, never at a call (decisions 46 to 49).
"""

from __future__ import annotations

import json
import re
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, Row, create_engine
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError

Bound: TypeAlias = int | str | bytes | Sequence[str] | Sequence[int] | None
"""What a parameter may be: a list stands for `IN [name]`."""

_LIST = re.compile(r"IN \[(\w+)(:int)?\]")
_LOCK = re.compile(r"\s+FOR NO KEY UPDATE")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")

RETRIED_STATES = frozenset(("40P01", "40001", "23505"))
"""Deadlock, serialization, and two writers who made the same row: the whole call is made again."""


class Statement:
    """One statement, in the words of both engines.

    Args:
        text: with `:name` for parameters.
    """

    __slots__ = ("postgres", "sqlite")

    def __init__(self, text: str) -> None:
        self.sqlite = _LOCK.sub("", _LIST.sub(r"IN (SELECT value FROM json_each(:\1))", text))
        lists = _LIST.sub(lambda found: f"= ANY(CAST(:{found[1]} AS {_array(found[2])}))", text)
        self.postgres = _PARAMETER.sub(r"%(\1)s", lists.replace("%", "%%"))


def _array(mark: str | None) -> str:
    return "bigint[]" if mark else "text[]"


_ERASURES = 2_917_604_358_810_773
"""Number of the lock between an erasure and what may not outlive it."""


def is_sqlite(connection: Connection) -> bool:
    """Say whether the connection is of the embedded hub."""
    return connection.dialect.name == "sqlite"


def lock_erasures(connection: Connection, *, erases: bool) -> None:
    """Let no erasure run beside whoever asks what was erased, until both transactions have ended.

    The hub in a file has one writer at a time, and needs none of it.

    Args:
        connection: in its transaction.
        erases: this is the erasure; any number of others may hold it off together.
    """
    if not is_sqlite(connection):
        shared = "" if erases else "_shared"
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{shared}({_ERASURES})")


def rows(connection: Connection, statement: Statement, **values: Bound) -> Sequence[Row[Any]]:
    """Run a statement and return its rows."""
    names, lines = _asked(connection, statement, values)
    made = _row_type(names)
    return [made(*line) for line in lines]


def tuples(connection: Connection, statement: Statement, **values: Bound) -> Sequence[tuple[Any, ...]]:
    """Run a statement and return its rows as the driver gives them, for pages of hundreds."""
    return _asked(connection, statement, values)[1]


def _asked(
    connection: Connection, statement: Statement, values: Mapping[str, Bound]
) -> tuple[tuple[str, ...], Sequence[tuple[Any, ...]]]:
    sqlite = is_sqlite(connection)
    cursor = raw_cursor(connection)
    try:
        if sqlite:
            cursor.execute(statement.sqlite, _for_sqlite(values))
        else:
            cursor.execute(statement.postgres, values)
        return tuple(column[0] for column in cursor.description), cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, error) from None
    finally:
        cursor.close()


def row(connection: Connection, statement: Statement, **values: Bound) -> Row[Any] | None:
    """Run a statement and return its first row, None when it has none."""
    found = rows(connection, statement, **values)
    return found[0] if found else None


def change(connection: Connection, statement: Statement, **values: Bound) -> int:
    """Run a statement that writes; return how many rows it wrote."""
    sqlite = is_sqlite(connection)
    cursor = raw_cursor(connection)
    try:
        if sqlite:
            cursor.execute(statement.sqlite, _for_sqlite(values))
        else:
            cursor.execute(statement.postgres, values)
        return int(cursor.rowcount)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, error) from None
    finally:
        cursor.close()


def change_each(connection: Connection, statement: Statement, each: Sequence[Mapping[str, Any]]) -> int:
    """Run a statement that writes once for each set of values; return how many rows it wrote.

    psycopg sends them in one pipeline; inside `pipelined` the count is not known yet, and must not be used.
    """
    if not each:
        return 0
    cursor = raw_cursor(connection)
    try:
        cursor.executemany(statement.sqlite if is_sqlite(connection) else statement.postgres, each)
        return int(cursor.rowcount)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, error) from None
    finally:
        cursor.close()


def raw_cursor(connection: Connection) -> Any:  # noqa: ANN401 - of either driver
    """Return a cursor of the driver: SQLAlchemy's own way costs more than most of our statements."""
    raw: Any = connection.connection.driver_connection
    return raw.cursor()


def _told(connection: Connection, error: Any) -> BaseException:  # noqa: ANN401 - of either driver
    """Return a driver's error as SQLAlchemy tells it, without any value."""
    base: Any = connection.dialect.loaded_dbapi.Error
    told: BaseException = DBAPIError.instance(
        None, None, error, base, hide_parameters=True, dialect=connection.dialect
    )
    return told


@lru_cache(maxsize=256)
def _row_type(names: tuple[str, ...]) -> Any:  # noqa: ANN401 - a class made here
    """Return the class of a statement's rows: read by name, by place, or whole by `_mapping`."""
    made = namedtuple("made", names, rename=True)  # type: ignore[misc]  # names of a statement
    return type("Made", (made,), {"__slots__": (), "_mapping": property(made._asdict)})


def _for_sqlite(values: Mapping[str, Bound]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if isinstance(value, (list, tuple)) else value
        for name, value in values.items()
    }


_CONFINE = Statement("SELECT set_config('avise.perimeters', :names, true)")


def confine(connection: Connection, perimeters: Iterable[str]) -> None:
    """Let this transaction read and feed these perimeters only (`avise.hub.database_roles`)."""
    if not is_sqlite(connection):
        change(connection, _CONFINE, names="\n".join(sorted(perimeters)))


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Send what the block writes without waiting for each answer, where the engine can; it reads nothing."""
    if is_sqlite(connection):
        yield
        return
    raw: Any = connection.connection.driver_connection
    try:
        with raw.pipeline():
            yield
    except DBAPIError:
        raise
    except Exception as error:
        # In a pipeline errors come as the driver raises them, at whichever statement waits (decision 47).
        if getattr(error, "sqlstate", None) is None:
            raise
        kind = OperationalError if type(error).__mro__[1].__name__ == "OperationalError" else DBAPIError
        raise kind(None, None, error, hide_parameters=True) from None


def is_forbidden(error: DBAPIError) -> bool:
    """Say whether the account that is signed in may not do what was asked of PostgreSQL."""
    return getattr(error.orig, "sqlstate", None) == "42501"


def is_worth_retrying(error: DBAPIError) -> bool:
    """Say whether the same call may succeed when it is made again."""
    return getattr(error.orig, "sqlstate", None) in RETRIED_STATES


def is_outage(error: DBAPIError) -> bool:
    """Say whether the engine could not work (network, disk, file), rather than our statement being wrong."""
    return isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError


def postgres_engine(url: str, connections: int = 8) -> Engine:
    """Return an engine on PostgreSQL.

    Args:
        url: of libpq, "postgresql://…"; the role has no more rights than it needs (decision 24).
        connections: kept open at most.
    """
    return create_engine(
        "postgresql+psycopg" + url.removeprefix("postgresql"),
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
    )
