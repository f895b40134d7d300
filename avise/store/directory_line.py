"""The line to a directory in an encrypted file."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection
from typing_extensions import override

from avise.directory.statements import Bound, Row, Statement, for_sqlite

AHEAD = 12
"""Batches of rows that may wait to be written: two pages of people."""


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

    def script(self, statement: str) -> None:
        """Run a statement without parameters."""
        self._raw.execute(statement)

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Row], *, bulk: bool) -> None:
        """Add rows; those that are there already are left as they are."""
        del bulk  # the same statement serves both
        marks = ", ".join("?" * len(columns))
        self._raw.executemany(f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - our own tables


class LoadingLine(FileLine):
    """Writes rows on a thread of its own while the next ones are made ready: two cores load, not one.

    A batch goes as one text that SQLite takes apart by itself, for each row that Python hands over would
    need the interpreter's lock. Whatever else is asked waits for what was put before. End it with `close`.

    Args:
        connection: of the file, in a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._thread = ThreadPoolExecutor(1, "avise-directory-loader")
        self._putting: deque[Future[None]] = deque()

    @override
    def rows(self, statement: Statement, **values: Bound) -> list[Row]:
        """Run a statement, once what was put is written."""
        self._settle()
        return super().rows(statement, **values)

    @override
    def run(self, statement: Statement, **values: Bound) -> None:
        """Run a statement, once what was put is written."""
        self._settle()
        super().run(statement, **values)

    @override
    def script(self, statement: str) -> None:
        """Run a statement, once what was put is written."""
        self._settle()
        super().script(statement)

    @override
    def put(self, table: str, columns: Sequence[str], rows: Iterable[Row], *, bulk: bool) -> None:
        """Hand rows over; an error shows at a later call."""
        del bulk
        values = ", ".join(f"value ->> {place}" for place in range(len(columns)))
        statement = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) SELECT {values} FROM json_each(?)"  # noqa: S608 - our own tables
        text = json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))
        while len(self._putting) >= AHEAD:
            self._putting.popleft().result()
        self._putting.append(self._thread.submit(self._put, statement, text))

    def _put(self, statement: str, text: str) -> None:
        self._raw.execute(statement, (text,))

    def _settle(self) -> None:
        while self._putting:
            self._putting.popleft().result()

    def close(self) -> None:
        """End the thread, once it wrote what it was given; an error that nobody waited for is dropped."""
        self._thread.shutdown(wait=True)
