"""The kind of a connector file, even where the file does not say it right.

Whatever is judged by the kind is judged by this one: a misspelt kind hides no other error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from avise.connectors.declarative.problems import meant_of

KINDS = ("rest", "sql", "files", "python")

_SECTION_OF_KIND = (("sql", "sql"), ("csv", "files"), ("options", "python"), ("http", "rest"))
_KEY_OF_KIND = (("on_404", "rest"), ("paging", "rest"), ("params", "sql"), ("key", "files"))
"""Of a facet, where no section betrays the kind."""


def kind_of(document: Mapping[str, Any]) -> str:
    """Return the kind that a document says, else the one that it means; "" when nothing tells.

    A misspelt kind stands for the one that its error suggests.
    """
    header = document.get("connector")
    header = header if isinstance(header, dict) else {}
    told = header.get("kind")
    if isinstance(told, str) and (meant := told if told in KINDS else meant_of(told, KINDS)):
        return meant
    if "use" in header:
        return "python"
    betrayed = [kind for section, kind in _SECTION_OF_KIND if section in document]
    facets = document.get("facet")
    for facet in facets if isinstance(facets, list) else ():
        betrayed += [kind for key, kind in _KEY_OF_KIND if isinstance(facet, dict) and key in facet]
    return next(iter(betrayed), "")
