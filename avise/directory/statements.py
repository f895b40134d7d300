"""Statements written once for SQLite and PostgreSQL, and the line through which they are asked.

Marks of our own, translated when a module is loaded: `:name` for a parameter, `FROM [name] AS w` for a list
of numbers bound as one parameter (`[[name]]` for texts; the column is `w.value`), and `<…>` for what SQLite
alone reads (its planner is told the index; PostgreSQL's counts for itself).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

Bound: TypeAlias = int | str | Sequence[int] | Sequence[str]
Row: TypeAlias = tuple[Any, ...]

_LISTED = re.compile(r"\[(\[)?(\w+)\]?\] AS (\w+)")
_ONE_ENGINE = re.compile(r"<((?:NOT INDEXED|INDEXED BY \w+))>")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")


class Statement:
    """One statement, in the words of both engines."""

    __slots__ = ("postgres", "sqlite")

    def __init__(self, text: str) -> None:
        self.sqlite = _ONE_ENGINE.sub(r"\1", _LISTED.sub(r"json_each(:\2) AS \3", text))
        listed = _LISTED.sub(_unnested, _ONE_ENGINE.sub("", text))
        self.postgres = _PARAMETER.sub(r"%(\1)s", listed.replace("%", "%%"))


def _unnested(found: re.Match[str]) -> str:
    kind = "text" if found[1] else "bigint"
    return f"unnest(CAST(:{found[2]} AS {kind}[])) AS {found[3]}(value)"


def for_sqlite(values: Mapping[str, Bound]) -> dict[str, int | str]:
    """Return parameters as SQLite takes them: lists as JSON."""
    return {
        name: value if isinstance(value, (int, str)) else json.dumps(list(value))
        for name, value in values.items()
    }


class Line(Protocol):
    """A connection to a directory, of either engine, in a transaction that its owner ends."""

    @property
    def is_postgres(self) -> bool:
        """Whether PostgreSQL is at the other end."""

    def rows(self, statement: Statement, **values: Bound) -> list[Row]:
        """Run a statement and return its rows."""

    def run(self, statement: Statement, **values: Bound) -> None:
        """Run a statement that returns nothing."""

    def script(self, statement: str) -> None:
        """Run a statement without parameters, in the words of this engine."""

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row], *, bulk: bool) -> None:
        """Add rows; those that are there already are left, unless `bulk`, which checks nothing."""
