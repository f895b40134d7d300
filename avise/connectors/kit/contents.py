"""The files that a connector is made of, and the mark of their contents."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from avise.connectors.contract import ENTRY_POINT_GROUP


def code_used_by(path: Path) -> Sequence[Path]:
    """Return the files of the Python code that a connector file uses, none for one of Avise's own kinds."""
    try:
        header = tomllib.loads(path.read_text("utf-8")).get("connector")
    except (OSError, ValueError):
        return ()
    used = header.get("use") if isinstance(header, dict) else None
    module = _module_of(used) if isinstance(used, str) else ""
    return code_of(module) if module else ()


def _module_of(name: str) -> str:
    """Return the module of a Python connector, "" when it is not installed."""
    from avise.connectors.declarative.build import BUILT_IN  # noqa: PLC0415 - see above

    for point in entry_points(group=ENTRY_POINT_GROUP, name=name):
        return point.module
    return BUILT_IN.get(name, "").partition(":")[0]


def code_of(module: str) -> Sequence[Path]:
    """Return the files of a module, or of the package folder that it stands in; nothing is imported."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return ()
    if spec is None or spec.origin is None:
        return ()
    origin = Path(spec.origin)
    if "." not in module:
        return (origin,)
    return tuple(sorted(file for kind in ("*.py", "*.toml") for file in origin.parent.glob(kind)))


def content_hash(files: Sequence[Path]) -> str:
    """Return what changes when any of these files does; the folder that they are in does not count.

    Raises:
        OSError: one cannot be read.
    """
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda one: one.name):
        body = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{file.name}\n{len(body)}\n".encode())
        digest.update(body)
    return digest.hexdigest()
