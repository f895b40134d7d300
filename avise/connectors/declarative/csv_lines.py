"""The lines of a nightly CSV file: decoded and cut one by one, so that a broken line costs itself alone."""

from __future__ import annotations

import csv
from collections.abc import Generator
from dataclasses import dataclass, field
from enum import StrEnum

from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.csv_place import DropFile
from avise.models.errors import ErrorKind

MOST_BROKEN_SHOWN = 50
"""Numbers of broken lines kept for the diagnostic; all are counted."""

LONGEST_LINE = 1_000_000
"""Bytes; a line without end is a file of another kind."""


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How a file is written.

    Args:
        encoding: of the bytes.
        delimiter: between fields.
        quote: around a field that holds the delimiter; a field never spans lines.
        columns: their names when the file has no header; empty when its first line names them.
        end: the line that ends a whole file; "" when none does.
    """

    encoding: str
    delimiter: str
    quote: str
    columns: tuple[str, ...] = ()
    end: str = ""

    def is_blank(self, raw: bytes) -> bool:
        """Say whether a line holds no record: nothing at all, or the end of the file."""
        text = raw.strip()
        return not text or (bool(self.end) and text == self.end.encode(self.encoding))


class LineFault(StrEnum):
    """Why a line cannot be read."""

    ENCODING = "encoding"
    """Its bytes are not of the encoding that the connector's file names."""
    COLUMNS = "columns"
    """It has more or fewer fields than there are columns."""
    QUOTES = "quotes"
    """A quote is not closed, or stands where none may."""


@dataclass(slots=True)
class LineCount:
    """What was found while a file was read."""

    read: int = 0
    broken: int = 0
    broken_lines: list[int] = field(default_factory=list)
    """Numbers of the first broken lines, from 1; never their content."""
    faults: dict[str, int] = field(default_factory=dict)
    """How many are broken by each fault."""
    fault_lines: dict[str, list[int]] = field(default_factory=dict)
    """Numbers of the first lines broken by each."""

    def note_broken(self, number: int, fault: LineFault) -> None:
        """Count a line that cannot be read."""
        self.broken += 1
        self.faults[fault] = self.faults.get(fault, 0) + 1
        for lines in (self.broken_lines, self.fault_lines.setdefault(fault, [])):
            if len(lines) < MOST_BROKEN_SHOWN:
                lines.append(number)


class CsvLines:
    """Reads a file from its header on.

    Args:
        path: the file.
        dialect: how it is written.

    Attributes:
        columns: names of the columns, known once `rows` has started.
        count: lines read and broken so far.
    """

    def __init__(self, path: DropFile, dialect: CsvDialect) -> None:
        self._path = path
        self._dialect = dialect
        self.columns: tuple[str, ...] = dialect.columns
        self.count = LineCount()

    def rows(self) -> Generator[tuple[int, list[str]], None, None]:
        """Yield the number and the fields of each good line.

        Raises:
            ConnectorError: BAD_DATA when the header cannot be read.
            OSError: the file cannot be read.
        """
        with self._path.open("rb") as stream:
            for number, raw in enumerate(iter(lambda: stream.readline(LONGEST_LINE), b""), 1):
                if self._dialect.is_blank(raw):
                    continue
                fields = self.fields_of(raw, first=number == 1)
                if not self.columns:
                    self.columns = _header(fields)
                    continue
                if isinstance(fields, LineFault):
                    self.count.note_broken(number, fields)
                    continue
                self.count.read += 1
                yield number, fields

    def fields_of(self, raw: bytes, *, first: bool) -> list[str] | LineFault:
        """Return the fields of a line, or why it is broken; any number of them before columns are known."""
        fields = self._cut(raw, first=first)
        if isinstance(fields, LineFault) or not self.columns or len(fields) == len(self.columns):
            return fields
        return LineFault.COLUMNS

    def _cut(self, raw: bytes, *, first: bool) -> list[str] | LineFault:
        try:
            line = raw.decode(self._dialect.encoding).rstrip("\r\n")
        except UnicodeDecodeError:
            return LineFault.ENCODING
        if first:
            line = line.removeprefix("\ufeff")
        quotes = line.count(self._dialect.quote)
        if not quotes:
            return line.split(self._dialect.delimiter)
        if quotes % 2:
            return LineFault.QUOTES
        try:
            return next(
                csv.reader(
                    [line], delimiter=self._dialect.delimiter, quotechar=self._dialect.quote, strict=True
                )
            )
        except (csv.Error, StopIteration):
            return LineFault.QUOTES


@dataclass(frozen=True, slots=True)
class LinesRead:
    """Some lines of a file, and where the next ones are.

    Args:
        columns: names of the columns.
        rows: fields of each good line.
        offset: byte after the last line read.
        number: of that line.
        broken: lines that cannot be read.
        ended: no line follows.
    """

    columns: tuple[str, ...]
    rows: tuple[list[str], ...]
    offset: int
    number: int
    broken: int
    ended: bool


def read_lines(
    path: DropFile, dialect: CsvDialect, columns: tuple[str, ...], offset: int, number: int, most: int
) -> LinesRead:
    """Return the lines after a byte.

    Args:
        path: the file.
        dialect: how it is written.
        columns: as an earlier page told them; empty to read the header again.
        offset: where the first of these lines is; 0 for the beginning.
        number: of the line before it.
        most: how many lines.

    Raises:
        ConnectorError: BAD_DATA when the header cannot be read, UNAVAILABLE when the file cannot.
    """
    lines = CsvLines(path, dialect)
    lines.columns = columns or lines.columns
    try:
        with path.open("rb") as stream:
            if not lines.columns:
                lines.columns = _header(lines.fields_of(stream.readline(LONGEST_LINE), first=True))
                offset = max(offset, stream.tell())
                number = max(number, 1)
            stream.seek(offset)
            rows: list[list[str]] = []
            while len(rows) + lines.count.broken < most and (raw := stream.readline(LONGEST_LINE)):
                number += 1
                if not dialect.is_blank(raw):
                    fields = lines.fields_of(raw, first=number == 1)
                    if isinstance(fields, LineFault):
                        lines.count.note_broken(number, fields)
                    else:
                        rows.append(fields)
            ended = not stream.peek(1)
            return LinesRead(lines.columns, tuple(rows), stream.tell(), number, lines.count.broken, ended)
    except OSError as error:
        raise ConnectorError(ErrorKind.UNAVAILABLE, type(error).__name__) from None


def _header(fields: list[str] | LineFault) -> tuple[str, ...]:
    names = () if isinstance(fields, LineFault) else tuple(name.strip() for name in fields)
    if not names or len(set(names)) != len(names) or "" in names:
        raise ConnectorError(ErrorKind.BAD_DATA, "the header of the file is unreadable")
    return names
