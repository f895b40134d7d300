"""How a simulated tool takes its own data out of the generated population."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from avise.demo.population.entities import Dossier
from avise.demo.population.spec import WorldSpec


class ToolLoader(Protocol):
    """Writes a tool's data, one dossier after the other, in one pass over the population."""

    def add(self, dossier: Dossier) -> None:
        """Take what the tool knows of this dossier."""

    def close(self) -> None:
        """Write what is pending and close the files."""


class LoaderFactory(Protocol):
    """Builds a loader: a class whose constructor takes these two arguments will do."""

    def __call__(self, folder: Path, spec: WorldSpec) -> ToolLoader:
        """Return a loader that writes in `folder`, which exists and is empty."""


@dataclass(frozen=True, slots=True)
class ToolKind:
    """One of the eight tools."""

    name: str
    module: str
    """Started by `python -m`."""
    loader: str
    """"module:name" of its `LoaderFactory`."""
    data_format: int = 1
    """Raised when the loader writes something else: the prepared data are then made again."""

    def open_loader(self, folder: Path, spec: WorldSpec) -> ToolLoader:
        """Import the tool's loader and build it."""
        module, _, name = self.loader.partition(":")
        factory = cast("LoaderFactory", getattr(importlib.import_module(module), name))
        return factory(folder, spec)


def _kind(name: str, data_format: int = 1) -> ToolKind:
    module = f"avise.demo.tools.{name}"
    return ToolKind(name, module, f"{module}.loader:Loader", data_format)


TOOL_KINDS: tuple[ToolKind, ...] = (
    _kind("parties", data_format=2),
    _kind("benefits", data_format=2),
    _kind("contributions"),
    _kind("documents"),
    _kind("appointments", data_format=2),
    _kind("noemie"),
    _kind("relation", data_format=3),
    _kind("complaints", data_format=2),
)


def tool_kinds(names: Iterable[str] | None = None) -> Sequence[ToolKind]:
    """Return the tools of these names, all of them by default; KeyError for an unknown name."""
    if names is None:
        return TOOL_KINDS
    known = {kind.name: kind for kind in TOOL_KINDS}
    return [known[name] for name in names]


class SqliteWriter:
    """Fills the SQLite file of a tool by large batches, without the safety of a file that matters.

    Args:
        path: the file, which must not exist.
        schema: the statements that create tables; indexes come in `indexes`, made at the end.
        indexes: statements run after the last row.
    """

    _BATCH = 2_000

    def __init__(self, path: Path, schema: str, indexes: str = "") -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript("pragma journal_mode = off; pragma synchronous = off;" + schema)
        self._connection.execute("begin")
        self._indexes = indexes
        self._pending: dict[str, list[Sequence[object]]] = {}

    def insert(self, table: str, row: Sequence[object]) -> None:
        """Add one row, its values in the order of the table's columns. `table` is our own text."""
        rows = self._pending.setdefault(table, [])
        rows.append(row)
        if len(rows) >= self._BATCH:
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows = self._pending.pop(table, [])
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            statement = f"insert into {table} values ({marks})"  # noqa: S608 - names written in our code
            self._connection.executemany(statement, rows)

    def close(self) -> None:
        """Write the last rows, then the indexes."""
        for table in tuple(self._pending):
            self._flush(table)
        self._connection.execute("commit")
        self._connection.executescript(self._indexes)
        self._connection.close()
