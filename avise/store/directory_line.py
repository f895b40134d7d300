"""The line to a directory in an encrypted file."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection
from typing_extensions import override

from avise.directory.statements import Bound, Row, Statement, for_sqlite

BATCH = 4_000_000
"""Bytes of JSON written at once. After each batch its thread waits up to five milliseconds for the
interpreter's lock: a batch for each page and table left it waiting for half of the time."""
AHEAD = 6
"""Batches that may wait to be written."""


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

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row], *, bulk: bool) -> None:
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
        self._gathered: dict[str, bytearray] = {}
        """JSON rows with a comma after each, by the statement that will write them."""

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
    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row], *, bulk: bool) -> None:
        """Hand rows over; an error shows at a later call."""
        del bulk
        if not rows:
            return
        values = ", ".join(f"value ->> {place}" for place in range(len(columns)))
        statement = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) SELECT {values} FROM json_each(?)"  # noqa: S608 - our own tables
        gathered = self._gathered.setdefault(statement, bytearray())
        gathered += to_json(rows)[1:-1] + b","
        if len(gathered) > BATCH:
            self._hand_over(statement)

    def _hand_over(self, statement: str) -> None:
        text = f"[{self._gathered.pop(statement)[:-1].decode()}]"
        while len(self._putting) >= AHEAD:
            self._putting.popleft().result()
        self._putting.append(self._thread.submit(self._put, statement, text))

    def _put(self, statement: str, text: str) -> None:
        self._raw.execute(statement, (text,))

    def _settle(self) -> None:
        for statement in list(self._gathered):
            self._hand_over(statement)
        while self._putting:
            self._putting.popleft().result()

    def close(self) -> None:
        """End the thread: what nobody waited for is dropped, as its errors are."""
        self._thread.shutdown(wait=True, cancel_futures=True)
