"""A nightly file made into an indexed table in memory: here when it is short, else in the worker process."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Literal

from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.csv_lines import CsvDialect, CsvLines, LineCount
from avise.connectors.declarative.csv_place import DropFile
from avise.models.errors import ErrorKind

_SEPARATOR = "\x1f"
"""Between the parts of a key of several columns."""


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """The lines of one file, by key.

    Args:
        database: holds the table `line`.
        columns: of the file.
        count: lines read and broken.
        dates: values of the date column, each once.
    """

    database: sqlite3.Connection
    columns: tuple[str, ...]
    count: LineCount
    dates: frozenset[str]


def joined_key(parts: Sequence[str]) -> str:
    """Return a key of several columns as the table holds it."""
    return _SEPARATOR.join(parts)


def load_file(path: DropFile, dialect: CsvDialect, key: Sequence[str], date_column: str) -> LoadedFile:
    """Return a file's lines.

    Args:
        path: the file.
        dialect: how it is written.
        key: columns that tell whose line it is.
        date_column: where each line's date is, "" when it is elsewhere.

    Raises:
        ConnectorError: UNAVAILABLE when the file cannot be read, BAD_DATA when its header cannot.
    """
    lines = CsvLines(path, dialect)
    database = _memory()
    try:
        dates = _fill(database, lines, key, date_column)
    except OSError as error:
        database.close()
        raise ConnectorError(ErrorKind.UNAVAILABLE, type(error).__name__) from None
    except ConnectorError:
        database.close()
        raise
    return LoadedFile(database, lines.columns, lines.count, frozenset(dates))


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)


def _fill(database: sqlite3.Connection, lines: CsvLines, key: Sequence[str], date_column: str) -> set[str]:
    """Write every line into the table; return the values of the date column."""
    database.execute("create table line (number integer primary key, key text not null, fields text)")
    dates: set[str] = set()
    database.execute("begin")
    key_at: list[int] = []
    date_at = -1
    with closing(lines.rows()) as rows:
        for number, fields in rows:
            if not key_at:
                # Columns are known with the first line; those that lack are refused by the caller.
                key_at = [_place_of(column, lines.columns) for column in key]
                date_at = _place_of(date_column, lines.columns)
            if date_at >= 0:
                dates.add(fields[date_at].strip())
            written = json.dumps(fields, ensure_ascii=False)
            whose = joined_key([fields[at].strip() for at in key_at])
            database.execute("insert into line values (?, ?, ?)", (number, whose, written))
    database.execute("commit")
    database.execute("create index line_key on line (key, number)")
    return dates


def _place_of(column: str, columns: Sequence[str]) -> int:
    return columns.index(column) if column in columns else -1


class FileInMemory:
    """A file that was read from elsewhere.

    Args:
        body: its bytes.
    """

    name = ""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def open(self, mode: Literal["rb"]) -> BufferedReader:
        """Return its bytes, from the first one."""
        del mode
        return BufferedReader(BytesIO(self._body))


# ---- by the worker process ------------------------------------------------------------------------


def file_pieces(
    body: bytes, path: Path | None, dialect: CsvDialect, key: Sequence[str], date_column: str
) -> Iterator[bytes]:
    """Yield a file's lines as bytes: what is told of them, then the table as SQLite keeps it.

    Args:
        body: of the file, when it is not on this machine.
        path: of the file, when it is.
        dialect: how it is written.
        key: columns that tell whose line it is.
        date_column: where each line's date is.

    Raises:
        ConnectorError: as `load_file`.
    """
    file: DropFile = path if path is not None else FileInMemory(body)
    loaded = load_file(file, dialect, key, date_column)
    with closing(loaded.database) as database:
        told = {"columns": loaded.columns, "count": asdict(loaded.count), "dates": sorted(loaded.dates)}
        yield json.dumps(told).encode()
        yield database.serialize()


def file_of(pieces: Sequence[bytes]) -> LoadedFile:
    """Return what the worker process sent; the table is copied, not read."""
    told = json.loads(pieces[0])
    database = _memory()
    database.deserialize(pieces[1])
    return LoadedFile(database, tuple(told["columns"]), LineCount(**told["count"]), frozenset(told["dates"]))
