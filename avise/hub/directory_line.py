"""The line to a directory in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from avise.directory.statements import Bound, Row, Statement


class ServerLine:
    """Asks the driver itself; rows by the million go by COPY.

    Args:
        connection: in its owner's transaction, which looks into the directory's schema.
    """

    is_postgres = True

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        raw: Any = connection.connection.driver_connection
        self._cursor = raw.cursor()

    def rows(self, statement: Statement, **values: Bound) -> list[Row]:
        """Run a statement and return its rows."""
        try:
            found: list[Row] = self._cursor.execute(statement.postgres, values).fetchall()
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from None
        return found

    def run(self, statement: Statement, **values: Bound) -> None:
        """Run a statement that returns nothing."""
        try:
            self._cursor.execute(statement.postgres, values)
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from None

    def script(self, statement: str) -> None:
        """Run a statement without parameters."""
        try:
            self._cursor.execute(statement)
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from None

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Row], *, bulk: bool) -> None:
        """Add rows by COPY when nothing is there yet; else those that are not there."""
        listed = ", ".join(columns)
        try:
            if bulk:
                with self._cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                return
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({listed}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - our own tables
            self._cursor.executemany(statement, list(rows))
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from None

    def _told(self, error: Any) -> BaseException:  # noqa: ANN401 - of the driver
        """Return a driver's error as SQLAlchemy tells it, without any value."""
        base: Any = self._connection.dialect.loaded_dbapi.Error
        told: BaseException = DBAPIError.instance(
            None, None, error, base, hide_parameters=True, dialect=self._connection.dialect
        )
        return told
