"""Reads a description: JSON or YAML, OpenAPI 3.0 or 3.1 or Swagger 2.0, from the file alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from avise.connectors.openapi.document import Document, Node
from avise.connectors.openapi.swagger import as_openapi
from avise.connectors.openapi.yaml_text import read_yaml
from avise.models.errors import AviseError

MAX_SIZE = 30_000_000
"""Bytes: the largest public descriptions have about twelve million."""

_VERSIONS = ("3.0", "3.1")
_SWAGGER = "2."


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


def _is_yaml(content: str, path: Path) -> bool:
    return path.suffix.lower() in {".yaml", ".yml"} or not content.lstrip().startswith(("{", "["))


def _parsed(content: str, path: Path) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        if _is_yaml(content, path):
            return read_yaml(content, path.name)
        raise AviseError("connector_new.not_json", file=path.name) from None


def _checked(root: object, path: Path) -> Node:
    if not isinstance(root, Mapping):
        raise AviseError("connector_new.not_openapi", file=path.name)
    if "swagger" in root:
        if not str(root["swagger"]).startswith(_SWAGGER):
            raise AviseError("connector_new.version", file=path.name, version=str(root["swagger"])[:20])
        return as_openapi(_with_paths(root, path))
    version = root.get("openapi")
    if not isinstance(version, str):
        raise AviseError("connector_new.not_openapi", file=path.name)
    if not version.startswith(_VERSIONS):
        raise AviseError("connector_new.version", file=path.name, version=version[:20])
    return _with_paths(root, path)


def _with_paths(root: Node, path: Path) -> Node:
    if not isinstance(root.get("paths"), Mapping) or not root["paths"]:
        raise AviseError("connector_new.no_paths", file=path.name)
    return root
