"""The pairs that are one person's, as a file tells them: pairs of identifiers, or each record's group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice, product

from avise.models.errors import AviseError
from avise.services.identity.mapping import TruthColumns, one_column_mark
from avise.services.identity.tables import CsvFile, Table

Pair = tuple[int, int]
"""Places of two records in their tables; the smaller first within one table."""

_Unknown = tuple[int, *tuple[str, ...]]
"""A line of the truth that names a record which no table has, and what it names."""

_OURS = frozenset({"a", "1", "left", "ours"})
_THEIRS = frozenset({"b", "2", "right", "theirs"})
"""What a column that names the table says of each."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of two tables."""

    pairs: frozenset[Pair]
    unknown_lines: tuple[int, ...]
    """Of the truth file, which name a record that no table has."""
    line_without_zeros: int = 0
    """The first of them that would name one but for zeros in front or “.0” behind; 0 for none."""
    unread_lines: tuple[int, ...] = ()
    """Of the truth file, which have too few columns, or run into the next ones by a quotation mark."""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each identifier stands; the second table's records come behind the first one's."""

    ours: Mapping[str, int]
    theirs: Mapping[str, int]
    offset: int
    """How many records the first table has; 0 for a table compared with itself."""

    @classmethod
    def of(cls, ours: Table, theirs: Table) -> _Places:
        here = {record.reference: place for place, record in enumerate(ours.records)}
        if ours is theirs:
            return cls(here, here, 0)
        return cls(here, {each.reference: place for place, each in enumerate(theirs.records)}, len(here))

    def first_without_zeros(self, unknown: Sequence[_Unknown]) -> int:
        """Return the first line whose unknown identifiers are known but for zeros; 0 for none."""
        if not unknown:
            return 0
        known = {_without_zeros(reference) for table in (self.ours, self.theirs) for reference in table}
        for line, *names in unknown:
            missing = [name for name in names if name not in self.ours and name not in self.theirs]
            if missing and known.issuperset(map(_without_zeros, missing)):
                return line
        return 0


def _without_zeros(reference: str) -> str:
    """Return an identifier as a spreadsheet or a column of numbers would leave it."""
    return reference.removesuffix(".0").lstrip("0")


def read_truth(file: CsvFile, columns: TruthColumns, ours: Table, theirs: Table) -> Truth:
    """Return what is true of two tables.

    To be one person is passed on: A with B and B with C makes A with C.

    Args:
        file: opened.
        columns: which of its columns name the records, or their groups; it has them.
        ours: the first table.
        theirs: the second one; the same object for a table compared with itself.

    Raises:
        AviseError: there are not two columns, an identifier could be of both tables, or none is of either.
    """
    places = _Places.of(ours, theirs)
    _refuse_one_column(file)
    named = columns.a or columns.b or columns.label
    if columns.cluster or (not named and _tells_groups(file, places)):
        told = _told_by_clusters(file, columns, places, (ours.path.name, theirs.path.name))
    else:
        told = _told_by_pairs(file, columns, places)
    unknown = told.unknown
    pairs = frozenset(_pairs_of(told.groups, places.offset))
    without_zeros = places.first_without_zeros(unknown)
    if not pairs and without_zeros:
        raise AviseError("identity.truth_zeros", file=file.path.name, line=str(without_zeros))
    if not pairs and unknown:
        names = {"a": ours.path.name, "b": theirs.path.name}
        raise AviseError("identity.truth_nothing", file=file.path.name, line=str(unknown[0][0]), **names)
    return Truth(pairs, tuple(line for line, *_ in unknown), without_zeros, tuple(sorted(told.unread)))


def _refuse_one_column(file: CsvFile) -> None:
    if len(file.header) > 1:
        return
    if mark := one_column_mark(file.header):
        raise AviseError("identity.truth_separator", file=file.path.name, mark=mark)
    raise AviseError("identity.truth_columns", file=file.path.name)


def _pairs_of(groups: _Groups, offset: int) -> Iterator[Pair]:
    for members in groups.all():
        if not offset:
            yield from combinations(sorted(members), 2)
        else:
            mine = [member for member in members if member < offset]
            yield from product(mine, [member - offset for member in members if member >= offset])


def _column(file: CsvFile, name: str, otherwise: int) -> int:
    return file.header.index(name) if name else otherwise


def _rows(file: CsvFile) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield every row with its line, the first one too: it may be no line of names."""
    yield 1, file.header
    yield from file.rows()


@dataclass(slots=True)
class _Told:
    """What the rows of a truth file tell, and which of them tell nothing."""

    groups: _Groups
    unknown: list[_Unknown] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    """Lines."""


def _lines_of(line: int, cells: Sequence[str]) -> Iterator[int]:
    """Yield every line of a row: a quotation mark that is not closed takes in the next ones."""
    yield from range(line, line + sum(cell.count("\n") for cell in cells) + 1)


# ---- pairs ---------------------------------------------------------------------------------------


def _told_by_pairs(file: CsvFile, columns: TruthColumns, places: _Places) -> _Told:
    first, second = _two_columns(file, columns)
    label = _label(file, columns)
    found = _Told(_Groups())
    told: list[tuple[int, str, str]] = []
    for line, cells in _rows(file):
        if len(cells) <= max(first, second, label) or (label >= 0 and "\n" in cells[label]):
            found.unread += _lines_of(line, cells)
        elif label < 0 or cells[label].casefold() in _TRUE:
            told.append((line, cells[first], cells[second]))
    here, there = places.ours, places.theirs
    # Whoever wrote the truth may have begun with the other table, and without a line of names.
    straight = sum(a in here and b in there for _, a, b in told)
    if sum(b in here and a in there for _, a, b in told) > straight:
        told = [(line, b, a) for line, a, b in told]
    if told and told[0][0] == 1 and not any(name in table for name in told[0][1:] for table in (here, there)):
        told = told[1:]
    for line, a, b in told:
        if a in here and b in there:
            found.groups.join(here[a], there[b] + places.offset)
        elif "\n" in a or "\n" in b:
            found.unread += _lines_of(line, (a, b))
        else:
            found.unknown.append((line, a, b))
    return found


def _two_columns(file: CsvFile, columns: TruthColumns) -> tuple[int, int]:
    """Return where the two identifiers stand: one that is not named is the first column that is left."""
    if columns.b and not columns.a:
        second = _column(file, columns.b, 1)
        return int(second == 0), second
    first = _column(file, columns.a, 0)
    return first, _column(file, columns.b, int(first == 0))


_TRUE = frozenset({"1", "1.0", "true", "t", "yes", "y", "oui", "o", "vrai", "match"})
_LABELS = (frozenset({"0", "1"}), frozenset({"0.0", "1.0"}), frozenset({"false", "true"}))


def _label(file: CsvFile, columns: TruthColumns) -> int:
    """Return where the column stands that says of each pair whether it is true; -1 for none.

    Where none is named it is the only one that holds both 0 and 1, or false and true, and nothing else.
    """
    if columns.label or len(file.header) < 3:
        return _column(file, columns.label, -1)
    told: list[set[str]] = [set() for _ in file.header]
    for _, cells in file.rows():
        # A row cut short, or a cell that runs into the next lines, says nothing of where a column stands.
        for values, cell in zip(told, cells if len(cells) > 2 else (), strict=False):
            if "\n" not in cell:
                values.add(cell.casefold())
    labels = [place for place, values in enumerate(told) if values in _LABELS]
    return labels[0] if len(labels) == 1 else -1


# ---- groups --------------------------------------------------------------------------------------

_ENOUGH = 2_000
"""Rows that are looked at to see what a truth file tells."""


def _rows_of_records(file: CsvFile, record: int, places: _Places) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield every row with its line, the first one when it names a record and not the columns."""
    if file.header[record] in places.ours or file.header[record] in places.theirs:
        yield 1, file.header
    yield from file.rows()


def _tells_groups(file: CsvFile, places: _Places) -> bool:
    """Say whether the second column groups the records instead of naming another one."""
    return _names_no_record(file, places) or _lists_each_record(file, places)


def _lists_each_record(file: CsvFile, places: _Places) -> bool:
    """Say whether the first column is the whole of one table and the second repeats itself.

    Groups that are numbered as records are look like pairs; but pairs leave out whoever has no double.
    """
    rows = [cells[:2] for _, cells in _rows_of_records(file, 0, places) if len(cells) > 1]
    firsts, seconds = {cells[0] for cells in rows}, {cells[1] for cells in rows}
    whole = not places.offset and firsts == places.ours.keys()
    return whole and len(firsts) == len(rows) > len(seconds)


def _names_no_record(file: CsvFile, places: _Places) -> bool:
    rows = [cells for _, cells in islice(_rows_of_records(file, 0, places), _ENOUGH) if len(cells) > 1]
    of_record = sum(cells[0] in places.ours or cells[0] in places.theirs for cells in rows)
    second_too = sum(cells[1] in places.ours or cells[1] in places.theirs for cells in rows)
    repeated = len({cells[1] for cells in rows}) < len(rows)
    return of_record * 2 > len(rows) and second_too * 2 <= of_record and repeated


def _told_by_clusters(file: CsvFile, columns: TruthColumns, places: _Places, names: tuple[str, str]) -> _Told:
    record, cluster = _column(file, columns.id, 0), _column(file, columns.cluster, 1)
    table = _column(file, columns.table, -1)
    found = _Told(_Groups())
    first_of: dict[str, int] = {}
    for line, cells in _rows_of_records(file, record, places):
        if len(cells) <= max(record, cluster, table) or "\n" in cells[cluster]:
            found.unread += _lines_of(line, cells)
            continue
        if not cells[cluster]:
            continue
        told = _record_of(cells[record], cells[table] if table >= 0 else "", places, names)
        if told is None and cells[record] in places.ours:
            raise AviseError("identity.truth_table", file=file.path.name, line=str(line))
        if told is not None:
            found.groups.join(told, first_of.setdefault(cells[cluster], told))
        elif "\n" in cells[record]:
            found.unread += _lines_of(line, cells)
        else:
            found.unknown.append((line, cells[record]))
    return found


def _record_of(reference: str, table: str, places: _Places, names: tuple[str, str]) -> int | None:
    """Return which record is meant; None for none, or for one of each table."""
    mine, others = places.ours.get(reference), places.theirs.get(reference)
    word = table.casefold()
    if not places.offset or others is None:
        return mine
    if mine is None or word in _THEIRS or word in (names[1], names[1].rpartition(".")[0]):
        return others + places.offset
    return mine if word in _OURS or word in (names[0], names[0].rpartition(".")[0]) else None


class _Groups:
    """Records joined step by step into groups of one person."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def join(self, one: int, other: int) -> None:
        """Put two records into one group."""
        self._above[self._top(one)] = self._top(other)

    def _top(self, member: int) -> int:
        top = member
        while (above := self._above.setdefault(top, top)) != top:
            top = above
        while member != top:
            self._above[member], member = top, self._above[member]
        return top

    def all(self) -> Iterator[list[int]]:
        """Yield each group's members."""
        members: dict[int, list[int]] = defaultdict(list)
        for member in list(self._above):
            members[self._top(member)].append(member)
        yield from members.values()
