"""An OpenAPI description in memory: its tables, found by their place or by reference.

Nothing is fetched: a `$ref` outside the file is told and left alone, as is one that goes round in circles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Node = Mapping[Any, Any]
"""A table of a description: JSON of others, of which nothing is certain."""

MAX_HOPS = 20
"""References that lead to one another before they count as a circle."""

_NOTHING: Node = {}


class Document:
    """A description that was read.

    Args:
        root: the whole of it.
    """

    def __init__(self, root: Node) -> None:
        self.root = root
        self.outside: set[str] = set()
        """References to other files or addresses, which nobody followed."""

    def table(self, *keys: str) -> Node:
        """Return the table at a path of keys, an empty one when there is none."""
        node: object = self.root
        for key in keys:
            node = self.followed(node).get(key)
        return self.followed(node)

    def followed(self, node: object) -> Node:
        """Return a table, its reference followed within the file; an empty one for anything else."""
        for _ in range(MAX_HOPS):
            if not isinstance(node, Mapping):
                return _NOTHING
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node
            node = self._target(reference)
        return _NOTHING

    def _target(self, reference: str) -> object:
        if not reference.startswith("#/"):
            self.outside.add(reference)
            return None
        node: object = self.root
        for part in reference[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping):
                node = node.get(key)
            elif isinstance(node, list) and key.isdigit() and int(key) < len(node):
                node = node[int(key)]
            else:
                return None
        return node

    def each(self, nodes: object) -> Iterator[Node]:
        """Yield the tables of a list, their references followed."""
        for node in nodes if isinstance(nodes, list) else ():
            yield self.followed(node)
