"""Reads an OpenAPI description: JSON, version 3.0 or 3.1, from the file alone.

Nothing is fetched: a `$ref` outside the file is told and left alone, as is one that goes round in circles.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from avise.models.errors import AviseError

Node = Mapping[Any, Any]
"""A table of a description: JSON of others, of which nothing is certain."""

MAX_SIZE = 30_000_000
"""Bytes: the largest public descriptions have about twelve million."""

MAX_HOPS = 20
"""References that lead to one another before they count as a circle."""

_NOTHING: Node = {}
_VERSIONS = ("3.0", "3.1")


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


def read_description(path: Path) -> Document:
    """Return the description in a file.

    Raises:
        AviseError: `connector_new.…`, each saying what to do.
    """
    try:
        if path.stat().st_size > MAX_SIZE:
            raise AviseError("connector_new.too_long", file=path.name, limit=str(MAX_SIZE // 1_000_000))
        content = path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise AviseError("connector_new.no_spec", file=str(path)) from None
    except UnicodeDecodeError:
        raise AviseError("connector_new.not_json", file=path.name) from None
    return Document(_checked(_parsed(content, path), path))


def _parsed(content: str, path: Path) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        yaml = path.suffix.lower() in {".yaml", ".yml"} or content.lstrip().startswith(
            ("openapi:", "swagger:")
        )
        raise AviseError("connector_new.yaml" if yaml else "connector_new.not_json", file=path.name) from None


def _checked(root: object, path: Path) -> Node:
    if not isinstance(root, Mapping):
        raise AviseError("connector_new.not_openapi", file=path.name)
    if "swagger" in root:
        raise AviseError("connector_new.swagger", file=path.name)
    version = root.get("openapi")
    if not isinstance(version, str):
        raise AviseError("connector_new.not_openapi", file=path.name)
    if not version.startswith(_VERSIONS):
        raise AviseError("connector_new.version", file=path.name, version=version[:20])
    if not isinstance(root.get("paths"), Mapping) or not root["paths"]:
        raise AviseError("connector_new.no_paths", file=path.name)
    return root
