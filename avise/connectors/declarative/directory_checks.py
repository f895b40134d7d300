"""Rules of a `[directory]` that need its statements, or its request, beside its keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from avise.connectors.declarative.kinds import kind_of
from avise.connectors.declarative.problems import Finding, closest

_BIND = re.compile(r"(?<![:\w\\]):([A-Za-z_]\w*)(?!:)")
"""A bound parameter of a statement, as SQLAlchemy's `text` reads it."""

_BOUND = {"query": ("after", "size"), "changes": ("after", "since", "size"), "summary": ()}
"""What Avise binds to each statement of a database's directory; without it the same page comes for ever."""


def check_directory(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong in the directory of a file."""
    section = document.get("directory")
    if not isinstance(section, dict):
        return
    kind = kind_of(document)
    if kind == "sql":
        yield from _statements(section)
    elif kind == "rest":
        yield from _request(section)


def _statements(section: Mapping[str, Any]) -> Iterator[Finding]:
    params = section.get("params", {})
    given = set(params) if isinstance(params, dict) else set()
    used: set[str] = set()
    for name, ours in _BOUND.items():
        statement = section.get(name)
        if not isinstance(statement, str):
            continue
        path = ("directory", name)
        if not re.match(r"\s*(select|with)\b", statement, re.IGNORECASE):
            yield Finding(path, "not_a_select")
        bound = set(_BIND.findall(statement))
        used |= bound
        for lacking in sorted(set(ours) - bound):
            yield Finding(path, "directory_unbound", {"name": lacking, "key": name})
        for unknown in sorted(bound - given - set(ours)):
            suggestion = closest(unknown, [*given, *ours])
            yield Finding(path, "param_missing", {"name": unknown, "suggestion": suggestion})
    for unused in sorted(given - used):
        suggestion = closest(unused, used)
        yield Finding(
            ("directory", "params", unused), "param_unused", {"name": unused, "suggestion": suggestion}
        )


def _request(section: Mapping[str, Any]) -> Iterator[Finding]:
    query = section.get("query", {})
    values = " ".join(map(str, query.values())) if isinstance(query, dict) else ""
    told = f"{section.get('path', '')} {values}"
    for key, name in (("cursor", "cursor"), ("changed", "since")):
        if key in section and f"{{{name}}}" not in told:
            yield Finding(("directory", key), "directory_unasked", {"name": name, "key": key})
