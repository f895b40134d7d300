"""Tables of people read from CSV files: encoding, separator, dates and names found out where nobody says.

A file is read twice, a sample of it first to find out how it is written; what stays in memory is what
is compared, not the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from avise.models.errors import AviseError
from avise.models.identity.dates import order_of
from avise.models.identity.first_names import KNOWN
from avise.models.identity.records import (
    IdentityRecord,
    NameStyle,
    Notion,
    TableRow,
    is_untold,
    name_style,
    prepared,
)
from avise.models.names import fold_words
from avise.services.identity.mapping import TableMapping

SAMPLE = 20_000
"""Rows that are looked at to find out how a table is written."""
_PIECE = 1 << 20
_SEPARATORS = ",;\t|"


@dataclass(frozen=True, slots=True)
class RowFault:
    """One row that cannot be used, told by its line; never by what it says."""

    file: str
    line: int
    message_key: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The records of a file, in its order."""

    path: Path
    records: Sequence[IdentityRecord] = field(repr=False)
    lines: Sequence[int] = field(repr=False)
    """Where each record stands in the file."""
    faults: tuple[RowFault, ...]


class CsvFile:
    """A CSV file opened once for each reading.

    Args:
        path: the file.
        encoding: "" to find it out: UTF-8, UTF-16 with its mark, else Windows'.
        separator: "" to find it out from the header.

    Raises:
        AviseError: `identity.unreadable`, `identity.empty` or `identity.encoding`.
    """

    def __init__(self, path: Path, encoding: str = "", separator: str = "") -> None:
        self.path = path
        try:
            self._encoding = encoding or _encoding_of(path)
            with path.open(encoding=self._encoding, newline="") as stream:
                first = stream.readline()
        except OSError:
            raise AviseError("identity.unreadable", file=path.name) from None
        except UnicodeError:
            raise AviseError("identity.encoding", file=path.name, encoding=encoding) from None
        if not first.strip():
            raise AviseError("identity.empty", file=path.name)
        self._separator = separator or max(_SEPARATORS, key=first.count)
        header = next(csv.reader([first], delimiter=self._separator, skipinitialspace=True))
        self.header = tuple(name.strip().removeprefix("\ufeff") for name in header)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its line, blanks around its texts dropped; empty lines are none."""
        with self.path.open(encoding=self._encoding, newline="", errors="replace") as stream:
            reader = csv.reader(stream, delimiter=self._separator, skipinitialspace=True)
            next(reader)
            try:
                for row in reader:
                    if any(row):
                        yield reader.line_num, [cell.strip() for cell in row]
            except csv.Error:
                raise AviseError(
                    "identity.broken_row", file=self.path.name, line=str(reader.line_num)
                ) from None


def _encoding_of(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(4)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        stream.seek(0)
        text = io.TextIOWrapper(stream, encoding="utf-8")
        try:
            while text.read(_PIECE):
                pass
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig" if start.startswith(b"\xef\xbb\xbf") else "utf-8"


def read_table(file: CsvFile, mapping: TableMapping, known_first_names: frozenset[str] = KNOWN) -> Table:
    """Return the records of a file.

    Args:
        file: opened; it has the columns of the mapping.
        mapping: which column tells what.
        known_first_names: folded, to tell first names from surnames in full names.
    """
    places = [
        (notion, tuple(file.header.index(name) for name in names))
        for notion, names in mapping.columns.items()
    ]
    style, order = _how_written(file, places, mapping, known_first_names)
    records: list[IdentityRecord] = []
    lines: list[int] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for line, cells in file.rows():
        if len(cells) < len(file.header):
            counted = {"found": str(len(cells)), "expected": str(len(file.header))}
            faults.append(RowFault(file.path.name, line, "identity.short_row", counted))
            continue
        row = _row(cells, places)
        if not row.reference:
            faults.append(RowFault(file.path.name, line, "identity.no_id"))
            continue
        if (first := seen.setdefault(row.reference, line)) != line:
            faults.append(RowFault(file.path.name, line, "identity.id_twice", {"first": str(first)}))
            continue
        records.append(prepared(row, style, order))
        lines.append(line)
    return Table(file.path, records, lines, tuple(faults))


_Places = Sequence[tuple[Notion, tuple[int, ...]]]


def _row(cells: Sequence[str], places: _Places) -> TableRow:
    values = {
        notion: tuple(cells[place] for place in found if notion is Notion.ID or not is_untold(cells[place]))
        for notion, found in places
    }
    reference = "".join(values.pop(Notion.ID, ()))
    return TableRow(reference, values)


def _how_written(
    file: CsvFile, places: _Places, mapping: TableMapping, known_first_names: frozenset[str]
) -> tuple[NameStyle, str]:
    if mapping.dates and Notion.FULL_NAME not in mapping.columns:
        return NameStyle.LAST_WORD, mapping.dates
    sample = [
        _row(cells, places) for _, cells in islice(file.rows(), SAMPLE) if len(cells) >= len(file.header)
    ]
    style = name_style([row.first(Notion.FULL_NAME) for row in sample], known_first_names)
    return style, mapping.dates or order_of(row.first(Notion.BIRTH_DATE) for row in sample)


def first_names_in(file: CsvFile, mapping: TableMapping) -> frozenset[str]:
    """Return the folded first names of a table that has a column for them."""
    columns = mapping.columns.get(Notion.FIRST_NAME, ())
    places = [file.header.index(name) for name in columns if name in file.header]
    found: set[str] = set()
    for _, cells in islice(file.rows(), SAMPLE):
        for place in places:
            if place < len(cells):
                found.update(fold_words(cells[place])[:1])
    return frozenset(found)
