"""The line to a directory in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from avise.directory.statements import Bound, Row, Statement

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


def _copied(rows: Sequence[Row]) -> str:
    """Return rows as COPY reads them, joined at once: eight times quicker than the driver's own way."""
    width = len(rows[0])
    form = "\t".join(["%s"] * width) + "\n"
    text = "".join([form % row for row in rows])
    plain = text.count("\t") == len(rows) * (width - 1) and text.count("\n") == len(rows)
    if plain and "\\" not in text and "\r" not in text and "\0" not in text:
        return text
    escaped = (tuple(str(value).translate(_ESCAPES) for value in row) for row in rows)
    return "".join([form % row for row in escaped])


def _kept(value: object) -> object:
    """Return a value as this engine keeps it: no text of PostgreSQL holds NUL."""
    return value.replace("\0", "") if isinstance(value, str) else value


def _all_kept(values: Mapping[str, Bound]) -> dict[str, object]:
    return {name: _kept(value) for name, value in values.items()}


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
            found: list[Row] = self._cursor.execute(statement.postgres, _all_kept(values)).fetchall()
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from None
        return found

    def run(self, statement: Statement, **values: Bound) -> None:
        """Run a statement that returns nothing."""
        try:
            self._cursor.execute(statement.postgres, _all_kept(values))
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from None

    def script(self, statement: str) -> None:
        """Run a statement without parameters."""
        try:
            self._cursor.execute(statement)
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from None

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row], *, bulk: bool) -> None:
        """Add rows by COPY when nothing is there yet; else those that are not there."""
        if not rows:
            return
        listed = ", ".join(columns)
        try:
            if bulk:
                with self._cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                    copy.write(_copied(rows))
                return
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({listed}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - our own tables
            self._cursor.executemany(statement, [tuple(map(_kept, row)) for row in rows])
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from None

    def _told(self, error: Any) -> BaseException:  # noqa: ANN401 - of the driver
        """Return a driver's error as SQLAlchemy tells it, without any value."""
        base: Any = self._connection.dialect.loaded_dbapi.Error
        told: BaseException = DBAPIError.instance(
            None, None, error, base, hide_parameters=True, dialect=self._connection.dialect
        )
        return told
