"""The line to a directory in an encrypted file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from avise.directory.statements import Bound, Row, Statement, for_sqlite


class FileLine:
    """Asks the driver itself: SQLAlchemy's own way costs more than most of these statements.

    Args:
        connection: of the file, in its owner's transaction.
    """

    is_postgres = False

    def __init__(self, connection: Connection) -> None:
        self._raw: Any = connection.connection.driver_connection

    def rows(self, statement: Statement, **values: Bound) -> list[Row]:
        """Run a statement and return its rows."""
        found: list[Row] = self._raw.execute(statement.sqlite, for_sqlite(values)).fetchall()
        return found

    def run(self, statement: Statement, **values: Bound) -> None:
        """Run a statement that returns nothing."""
        self._raw.execute(statement.sqlite, for_sqlite(values))

    def run_each(self, statement: Statement, each: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each set of parameters."""
        self._raw.executemany(statement.sqlite, each)

    def script(self, statement: str) -> None:
        """Run a statement without parameters."""
        self._raw.execute(statement)

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Row], *, bulk: bool) -> None:
        """Add rows; those that are there already are left as they are."""
        del bulk  # the same statement serves both
        marks = ", ".join("?" * len(columns))
        listed = ", ".join(columns)
        self._raw.executemany(f"INSERT OR IGNORE INTO {table} ({listed}) VALUES ({marks})", rows)  # noqa: S608 - our own tables
