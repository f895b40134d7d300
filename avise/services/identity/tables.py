"""Tables of people read from CSV files: encoding, separator, dates and names found out where nobody says.

A file is read twice, a sample of it first to find out how it is written; what stays in memory is what
is compared, not the file.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from avise.models.errors import AviseError
from avise.models.identity.attributes import Attribute, AttributeKind, AttributeValue, attribute_values
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
from avise.services.identity.mapping import SEPARATORS, AttributeColumns, TableMapping

SAMPLE = 20_000
"""Rows that are looked at to find out how a table is written."""
_PIECE = 1 << 20
_MISSING = "NA"
"""What R writes wherever it has no value; a surname too."""
_TOO_OFTEN = 0.05
"""Share of a column's cells from which on it is nobody's name."""
_NAMES = frozenset({Notion.LAST_NAME, Notion.BIRTH_NAME, Notion.FIRST_NAME, Notion.FULL_NAME})


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
    texts: tuple[Sequence[str], ...] = field(default=(), repr=False)
    """What each attribute of the mapping file says of each record, as it stands there."""
    unread: Mapping[str, int] = field(default_factory=dict)
    """How many texts of a column cannot be read, by what the mapping calls it."""
    date_order: str = ""


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
        # Whoever names the encoding is told where it is wrong; a guess replaces what it cannot read.
        self._errors = "strict" if encoding else "replace"
        try:
            self._encoding = encoding or _encoding_of(path)
            with path.open(encoding=self._encoding, newline="", errors=self._errors) as stream:
                first = stream.readline()
                self._separator = separator or max(SEPARATORS, key=first.count)
                stream.seek(0)
                reader = csv.reader(stream, delimiter=self._separator, skipinitialspace=True)
                header: list[str] = next(reader, [])
        except OSError:
            raise AviseError("identity.unreadable", file=path.name or str(path)) from None
        except UnicodeError:
            raise AviseError("identity.encoding", file=path.name, encoding=encoding, line="1") from None
        except csv.Error:
            raise AviseError("identity.broken_row", file=path.name, line="1") from None
        if not first.strip():
            raise AviseError("identity.empty", file=path.name)
        self.header = tuple(name.strip().removeprefix("\ufeff").strip('"') for name in header)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its first line, blanks around its texts dropped; empty lines are none.

        Raises:
            AviseError: `identity.broken_row`, `identity.huge_field` or `identity.encoding`, with the line.
        """
        line = 0
        with self.path.open(encoding=self._encoding, newline="", errors=self._errors) as stream:
            reader = csv.reader(stream, delimiter=self._separator, skipinitialspace=True)
            try:
                next(reader)
                line = reader.line_num
                for row in reader:
                    if any(row):
                        yield line + 1, [cell.strip() for cell in row]
                    line = reader.line_num
            except csv.Error as error:
                key = "identity.huge_field" if "field limit" in str(error) else "identity.broken_row"
                raise AviseError(key, file=self.path.name, line=str(line + 1)) from None
            except UnicodeError:
                told = {"encoding": self._encoding, "line": str(line + 1)}
                raise AviseError("identity.encoding", file=self.path.name, **told) from None


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
    missing = _columns_of_missing(file)
    style, order = _how_written(file, places, mapping, known_first_names, missing)
    attributes = [tuple(map(file.header.index, each.columns)) for each in mapping.attributes]
    texts: tuple[list[str], ...] = tuple([] for _ in attributes)
    unread = 0
    records: list[IdentityRecord] = []
    lines: list[int] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for line, cells in file.rows():
        if len(cells) < len(file.header) or any(cells[len(file.header) :]):
            widths = {"found": str(len(cells)), "expected": str(len(file.header))}
            faults.append(RowFault(file.path.name, line, "identity.row_width", widths))
            continue
        row = _row(cells, places, missing)
        if not row.reference:
            faults.append(RowFault(file.path.name, line, "identity.no_id"))
            continue
        if (first := seen.setdefault(row.reference, line)) != line:
            faults.append(RowFault(file.path.name, line, "identity.id_twice", {"first": str(first)}))
            continue
        records.append(prepared(row, style, order))
        unread += bool(row.first(Notion.BIRTH_DATE)) and not records[-1].birth
        lines.append(line)
        for column, found in zip(texts, attributes, strict=True):
            column.append(_text(cells, found))
    told = {Notion.BIRTH_DATE.value: unread} if unread else {}
    return Table(file.path, records, lines, tuple(faults), texts, told, order)


def _text(cells: Sequence[str], places: tuple[int, ...]) -> str:
    # Two columns of one thing stay two: a latitude and a longitude with decimal commas.
    told = (cells[place] for place in places)
    return " ; ".join(cell for cell in told if cell != _MISSING and not is_untold(cell))


def _columns_of_missing(file: CsvFile) -> frozenset[int]:
    """Return where the columns stand that hold NA so often that it is nobody's name."""
    seen: Counter[int] = Counter()
    rows = 0
    for _, cells in islice(file.rows(), SAMPLE):
        rows += 1
        seen.update(place for place, cell in enumerate(cells) if cell == _MISSING)
    return frozenset(place for place, count in seen.items() if count > _TOO_OFTEN * rows)


def with_attributes(
    ours: Table, theirs: Table, columns: Sequence[AttributeColumns]
) -> tuple[Table, Table, tuple[Attribute, ...]]:
    """Return two tables whose records tell the columns that no notion names, and what these are.

    Args:
        ours: the first table, read with its mapping.
        theirs: the second; the same object for a table compared with itself.
        columns: what the mapping says of them; names, kinds and tolerances are those of both tables.
    """
    if not columns:
        return ours, theirs, ()
    values = [
        attribute_values(
            each.kind, mine, others, tolerance=each.tolerance, orders=(ours.date_order, theirs.date_order)
        )
        for each, mine, others in zip(columns, ours.texts, theirs.texts, strict=True)
    ]
    names = [each.name for each in columns]
    attributes = tuple(Attribute(each.name, each.kind, place) for place, each in enumerate(columns))
    mine = _telling(ours, names, [each[0] for each in values])
    return mine, mine if ours is theirs else _telling(theirs, names, [each[1] for each in values]), attributes


def _telling(table: Table, names: Sequence[str], values: Sequence[Sequence[AttributeValue | None]]) -> Table:
    told = list(zip(*values, strict=True))
    records = [replace(record, attributes=each) for record, each in zip(table.records, told, strict=True)]
    unread = dict(table.unread)
    for name, texts, column in zip(names, table.texts, values, strict=True):
        if missing := sum(bool(text) and value is None for text, value in zip(texts, column, strict=True)):
            unread[name] = missing
    return replace(table, records=records, texts=(), unread=unread)


_Places = Sequence[tuple[Notion, tuple[int, ...]]]


def _row(cells: Sequence[str], places: _Places, missing: frozenset[int]) -> TableRow:
    """Return what a row tells.

    Args:
        cells: of the row.
        places: of the columns that tell each notion.
        missing: columns of names where NA is none; it tells no other notion anyway.
    """
    values = {notion: tuple(_told(notion, found, cells, missing)) for notion, found in places}
    reference = "".join(values.pop(Notion.ID, ()))
    return TableRow(reference, values)


def _told(
    notion: Notion, places: tuple[int, ...], cells: Sequence[str], missing: frozenset[int]
) -> Iterator[str]:
    for place in places:
        cell = cells[place]
        is_missing = cell == _MISSING and (place in missing or notion not in _NAMES)
        if notion is Notion.ID or not (is_missing or is_untold(cell)):
            yield cell


def _how_written(
    file: CsvFile,
    places: _Places,
    mapping: TableMapping,
    known_first_names: frozenset[str],
    missing: frozenset[int],
) -> tuple[NameStyle, str]:
    if mapping.dates and Notion.FULL_NAME not in mapping.columns:
        return NameStyle.LAST_WORD, mapping.dates
    sample = [
        _row(cells, places, missing)
        for _, cells in islice(file.rows(), SAMPLE)
        if len(cells) >= len(file.header)
    ]
    style = name_style([row.first(Notion.FULL_NAME) for row in sample], known_first_names)
    return style, mapping.dates or order_of(_dates_of(file, sample, mapping))


def _dates_of(file: CsvFile, sample: Sequence[TableRow], mapping: TableMapping) -> list[str]:
    told = [row.first(Notion.BIRTH_DATE) for row in sample]
    for each in mapping.attributes:
        if each.kind is AttributeKind.DATE:
            places = tuple(map(file.header.index, each.columns))
            told += [
                _text(cells, places) for _, cells in islice(file.rows(), SAMPLE) if len(cells) > max(places)
            ]
    return told


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
