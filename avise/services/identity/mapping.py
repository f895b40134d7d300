"""The mapping file of `avise identity evaluate`: which column of a table tells what.

```toml
[columns]                     # or [a.columns] and [b.columns] where the two tables differ
id = "rec_id"
last_name = "surname"
first_name = "given_name"
birth_date = "date_of_birth"
street = ["street_number", "address_1"]

[compare.occupation]          # a column that no notion names
kind = "text"                 # text, number, date, exact or geo
column = "job"                # or a = "job" and b = "profession"
```

Encoding, separator and the order of dates are found out unless the file says them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding, closest
from avise.connectors.declarative.values import Section
from avise.models.identity.attributes import AttributeKind
from avise.models.identity.dates import DateOrder
from avise.models.identity.matching import AUTOMATIC, PROPOSED, Thresholds
from avise.models.identity.records import Notion
from avise.models.names import fold, fold_words

_NEVER = ("nir", "nss", "ssn", "numsecu", "securitesociale", "socialsecurity", "socsec", "insee")
"""What a column of NIR is called: it may not serve to find duplicates (`domain.md` §6.3)."""

_NAMES = (Notion.LAST_NAME, Notion.FIRST_NAME, Notion.FULL_NAME)


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise PydanticCustomError("identity_mapping.encoding", "unknown encoding") from None
    return name


def _separator(text: str) -> str:
    if len(text) != 1:
        raise PydanticCustomError("identity_mapping.separator", "one character")
    return text


SEPARATORS = ",;\t|"
"""What stands between the columns of tables."""


def _names_of_columns(value: object) -> object:
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise PydanticCustomError("identity_mapping.no_column", "a name, or a list of names")
    return value


Column = Annotated[str | list[str], BeforeValidator(_names_of_columns)]
"""One column, or several that tell one thing together."""


class TableSection(Section):
    """How one table is written."""

    encoding: Annotated[str, AfterValidator(_encoding)] = ""
    separator: Annotated[str, AfterValidator(_separator)] = ""
    dates: str = ""
    columns: dict[str, Column] = Field(default_factory=dict)


class CompareSection(Section):
    """One column that no notion names, and how it is compared."""

    kind: str = ""
    column: Column = ""
    a: Column = ""
    b: Column = ""
    tolerance: float = Field(0.0, ge=0.0)


class TruthSection(Section):
    """Which columns of the truth file name the records of a pair, or a record and its group."""

    a: str = ""
    b: str = ""
    id: str = ""
    cluster: str = ""
    table: str = ""
    label: str = ""
    encoding: Annotated[str, AfterValidator(_encoding)] = ""
    separator: Annotated[str, AfterValidator(_separator)] = ""


class ThresholdsSection(Section):
    """From which probability on something comes of a pair."""

    automatic: float = Field(AUTOMATIC, ge=0.0, le=1.0)
    proposed: float = Field(PROPOSED, ge=0.0, le=1.0)


class MappingFile(Section):
    """A mapping file."""

    encoding: Annotated[str, AfterValidator(_encoding)] = ""
    separator: Annotated[str, AfterValidator(_separator)] = ""
    dates: str = ""
    columns: dict[str, Column] = Field(default_factory=dict)
    a: TableSection | None = None
    b: TableSection | None = None
    compare: dict[str, CompareSection] = Field(default_factory=dict)
    truth: TruthSection = TruthSection()
    thresholds: ThresholdsSection = ThresholdsSection(automatic=AUTOMATIC, proposed=PROPOSED)


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How to read one table."""

    columns: Mapping[Notion, tuple[str, ...]]
    encoding: str = ""
    """"": found out."""
    separator: str = ""
    """"": found out."""
    dates: str = ""
    """"": found out."""
    place: KeyPath = ("columns",)
    """Where the mapping file names the columns."""
    attributes: tuple[AttributeColumns, ...] = ()
    """The columns that no notion names, in the order of the mapping file."""


@dataclass(frozen=True, slots=True)
class AttributeColumns:
    """Which columns of one table tell an attribute."""

    name: str
    kind: AttributeKind
    columns: tuple[str, ...]
    tolerance: float
    key: str
    """Of the section, which names the columns."""


@dataclass(frozen=True, slots=True)
class TruthColumns:
    """Which columns of the truth file tell what; "" for the first and the second one."""

    a: str = ""
    b: str = ""
    id: str = ""
    cluster: str = ""
    table: str = ""
    """The column that names the table, where one identifier may be of both."""
    label: str = ""
    """The column that says of a pair whether it is true, in a file that holds others too."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping file says."""

    path: Path
    ours: TableMapping
    theirs: TableMapping
    truth: TruthColumns
    truth_encoding: str
    truth_separator: str
    thresholds: Thresholds


def check_mapping(path: Path) -> CheckedFile[MappingFile]:
    """Return what a mapping file says, or every error with its line.

    Raises:
        OSError: the file cannot be read.
    """
    return check_file(path, MappingFile, _between)


def mapped(path: Path, file: MappingFile) -> Mapped:
    """Return a checked mapping file as values."""
    truth = file.truth
    return Mapped(
        path,
        _table(file, file.a, "a"),
        _table(file, file.b, "b"),
        TruthColumns(truth.a, truth.b, truth.id, truth.cluster, truth.table, truth.label),
        truth.encoding or file.encoding,
        truth.separator or file.separator,
        Thresholds(file.thresholds.automatic, file.thresholds.proposed),
    )


def _table(file: MappingFile, section: TableSection | None, name: str) -> TableMapping:
    own = section or TableSection()
    columns = own.columns or file.columns
    return TableMapping(
        {
            Notion(notion): (found,) if isinstance(found, str) else tuple(found)
            for notion, found in columns.items()
        },
        own.encoding or file.encoding,
        own.separator or file.separator,
        own.dates or file.dates,
        (name, "columns") if own.columns else ("columns",),
        tuple(_attribute(title, each, name) for title, each in file.compare.items()),
    )


def _attribute(title: str, section: CompareSection, name: str) -> AttributeColumns:
    own = section.a if name == "a" else section.b
    columns = own or section.column
    return AttributeColumns(
        title,
        AttributeKind(section.kind),
        (columns,) if isinstance(columns, str) else tuple(columns),
        section.tolerance,
        name if own else "column",
    )


def _between(file: MappingFile) -> Iterator[Finding]:
    places: list[tuple[KeyPath, dict[str, Column]]] = []
    if file.columns:
        places.append((("columns",), file.columns))
    for name, section in (("a", file.a), ("b", file.b)):
        if section is not None and section.columns:
            places.append(((name, "columns"), section.columns))
    yield from _lacking_columns(file)
    for place, columns in places:
        yield from _of_columns(place, columns, needs_a_name=not file.compare)
    for title, attribute in file.compare.items():
        yield from _of_attribute(title, attribute)
    sections = (((), file), (("a",), file.a), (("b",), file.b))
    for prefix, told in sections:
        if told is not None and told.dates and told.dates not in tuple(DateOrder):
            yield _not_one_of((*prefix, "dates"), told.dates, tuple(DateOrder), "identity_mapping.dates")
    if file.thresholds.proposed > file.thresholds.automatic:
        yield Finding(("thresholds", "proposed"), "identity_mapping.thresholds")


def _lacking_columns(file: MappingFile) -> Iterator[Finding]:
    if file.columns:
        return
    lacking = [name for name, each in (("a", file.a), ("b", file.b)) if each is None or not each.columns]
    if len(lacking) == 2:
        yield Finding(("columns",), "identity_mapping.no_columns", missing=True)
    for name in lacking if len(lacking) == 1 else ():
        yield Finding((name, "columns"), "identity_mapping.no_columns_of", {"table": name}, missing=True)


def _of_columns(place: KeyPath, columns: Mapping[str, Column], *, needs_a_name: bool) -> Iterator[Finding]:
    for notion, column in columns.items():
        names = [column] if isinstance(column, str) else column
        if nir := next(filter(_is_nir, (*names, notion)), ""):
            yield Finding((*place, notion), "identity_mapping.nir", {"column": nir})
        elif notion not in tuple(Notion):
            told = {
                "given": notion,
                "choices": ", ".join(Notion),
                "suggestion": closest(notion, tuple(Notion)),
            }
            yield Finding((*place, notion), "identity_mapping.notion", told)
    if Notion.ID not in columns:
        yield Finding((*place, "id"), "missing_key", {"key": "id"}, missing=True)
    if needs_a_name and not any(name in columns for name in _NAMES):
        yield Finding((*place, "last_name"), "identity_mapping.no_name", missing=True)


def _of_attribute(title: str, section: CompareSection) -> Iterator[Finding]:
    place = ("compare", title)
    if not section.kind:
        yield Finding((*place, "kind"), "missing_key", {"key": "kind"}, missing=True)
    elif section.kind not in tuple(AttributeKind):
        yield _not_one_of((*place, "kind"), section.kind, tuple(AttributeKind))
    if not section.column and not (section.a and section.b):
        yield Finding((*place, "column"), "missing_key", {"key": "column"}, missing=True)
    for key, column in (("column", section.column), ("a", section.a), ("b", section.b)):
        names = [column] if isinstance(column, str) else column
        if nir := next(filter(_is_nir, (*names, title)), ""):
            yield Finding((*place, key), "identity_mapping.nir", {"column": nir})
            return


def _is_nir(name: str) -> bool:
    words = {word.lower() for word in fold_words(_WORD_BEGINS.sub(" ", name))}
    folded = fold(name).lower()
    return any(word in words or folded == word or (len(word) > 4 and word in folded) for word in _NEVER)


_WORD_BEGINS = re.compile(r"_|(?<=[a-z])(?=[A-Z])")
"""Where a word of a column's name begins: num_nir, numNir."""


def _not_one_of(
    path: KeyPath, given: str, choices: tuple[str, ...], message_key: str = "not_one_of"
) -> Finding:
    told = {"given": given, "choices": ", ".join(choices), "suggestion": closest(given, choices)}
    return Finding(path, message_key, told)


def column_findings(mapping: TableMapping, header: tuple[str, ...], file: str) -> Iterator[Finding]:
    """Yield what a mapping asks of a table that the table does not have."""
    if mark := one_column_mark(header):
        yield Finding(mapping.place, "identity_mapping.one_column", {"file": file, "mark": mark})
        return
    asked = [((*mapping.place, notion.value), names) for notion, names in mapping.columns.items()]
    asked += [(("compare", each.name, each.key), each.columns) for each in mapping.attributes]
    known = set(header)
    if asked and known.isdisjoint(name for _place, names in asked for name in names):
        # A first line that has none of the columns is no header: it may be somebody.
        yield Finding(mapping.place, "identity_mapping.no_header", {"file": file, "count": str(len(header))})
        return
    for place, names in asked:
        for name in names:
            if name not in known:
                yield _no_column(place, name, header, file)
            elif header.count(name) > 1:
                yield Finding(place, "identity_mapping.column_twice", {"column": name, "file": file})


def truth_findings(truth: TruthColumns, header: tuple[str, ...], file: str) -> Iterator[Finding]:
    """Yield the columns that a mapping names of the truth file and that it does not have."""
    if len(header) < 2:
        return  # told where the truth is read: no column of it can be right
    for key in ("a", "b", "id", "cluster", "table", "label"):
        name: str = getattr(truth, key)
        if name and name not in header:
            yield _no_column(("truth", key), name, header, file)


def _no_column(place: KeyPath, name: str, header: Sequence[str], file: str) -> Finding:
    told = {"column": name, "file": file, "suggestion": closest(name, header)}
    told["columns"] = ", ".join(header[:_MOST_COLUMNS])
    return Finding(place, "identity_mapping.column", told)


def one_column_mark(header: Sequence[str]) -> str:
    """Return the separator that a first line read as one column holds, as TOML writes it; "" for none."""
    # Not the line itself: in a table without a header it is somebody.
    marks = [mark for mark in SEPARATORS if len(header) == 1 and mark in header[0]]
    return max(marks, key=header[0].count).replace("\t", r"\t") if marks else ""


_MOST_COLUMNS = 30
"""Columns that an error names."""


def columns_left(mapping: TableMapping, header: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of a table that nothing reads."""
    read = {name for names in mapping.columns.values() for name in names}
    read.update(name for each in mapping.attributes for name in each.columns)
    return tuple(name for name in header if name and name not in read)
