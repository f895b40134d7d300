"""Headers of sections that are misspelt or missing, where the parser only sees a table written twice."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from avise.connectors.declarative.problems import ProblemAt, closest

_HEADER = re.compile(r"^[ \t]*(\[\[?)[ \t]*([A-Za-z0-9_-]+)", re.MULTILINE)


def header_problem(text: str, sections: Collection[str], lists: Collection[str]) -> ProblemAt | None:
    """Return the first header that explains why a table seems to be written twice, None when none does.

    Args:
        text: of the file.
        sections: what the first part of a header may be.
        lists: those of them that are written in double brackets.
    """
    begun: set[str] = set()
    for line, column, brackets, name in _headers(text):
        if name not in sections and (meant := closest(name, sections)):
            params = {"key": name, "suggestion": meant}
            return ProblemAt(line, column, name, "connector_check.unknown_key", params)
        if brackets == "[[":
            begun.add(name)
        elif name in lists and name not in begun:
            params = {"header": f"[[{name}]]"}
            return ProblemAt(line, column, name, "connector_check.header_before", params)
    return None


def _headers(text: str) -> Iterator[tuple[int, int, str, str]]:
    for found in _HEADER.finditer(text):
        start = found.start(1)
        line_start = text.rfind("\n", 0, start) + 1
        yield text.count("\n", 0, start) + 1, start - line_start + 1, found[1], found[2]
