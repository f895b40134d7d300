"""What an author added to a profile of the demonstration, so that writing it anew keeps it.

Tools take other ports and other secrets at each start, and their settings are written again. Instances
of connectors that are being tried against them are somebody's work: their tables are kept as they were
typed, comments included.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

INSTANCES = "instances"
UNREADABLE = ".unreadable"
"""Added to the name of a file that is no TOML any more; what was typed in it is not lost."""


def read_before(path: Path) -> str:
    """Return what a file of the start before says, "" without one; one that cannot be read is put aside."""
    try:
        written = path.read_text("utf-8")
    except OSError:
        return ""
    except UnicodeDecodeError:
        _put_aside(path)
        return ""
    if _read(written) is None:
        _put_aside(path)
    return written if written.endswith("\n") else f"{written}\n"


def _put_aside(path: Path) -> None:
    path.replace(path.with_name(path.name + UNREADABLE))


def own_instances(written: str, ours: Collection[str]) -> str:
    """Return the `[instances.…]` tables that are not the demonstration's, as they were typed.

    Args:
        written: the settings of the start before.
        ours: names of the demonstration's instances.
    """
    return "".join(table for table in _tables(written) if _is_own(_names(table, INSTANCES), ours))


def own_secrets(written: str, ours: Collection[str]) -> str:
    """Return the tables of secrets that are not the demonstration's, as they were typed.

    Args:
        written: the plain secrets of the start before.
        ours: names of the demonstration's own tables.
    """
    return "".join(table for table in _tables(written) if _is_own(_names(table), ours))


def _is_own(names: Collection[str], ours: Collection[str]) -> bool:
    return bool(names) and not set(names) & set(ours)


def _names(table: str, around: str = "") -> Collection[str]:
    """Return what a table holds, none when it holds anything besides `around`."""
    values = _read(table)
    if not around:
        return values or ()
    inner = values.get(around) if values and set(values) == {around} else None
    return inner if isinstance(inner, dict) else ()


def _read(table: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(table)
    except tomllib.TOMLDecodeError:
        return None


def _tables(written: str) -> Iterator[str]:
    """Yield the tables of a document as they were typed, each with the comments just above it."""
    table, above = "", ""
    for line in written.splitlines(keepends=True):
        # A line within a list or a long text may look like a header, or like a comment: what is before
        # it is no document then.
        first = line.lstrip()[:1]
        is_between = first in ("[", "#") and _read(table) is not None
        if is_between and first == "[":
            yield table
            table, above = above + line, ""
        elif is_between:
            above += line
        else:
            table, above = table + above + line, ""
    yield table + above
