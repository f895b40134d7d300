"""The level that a connector was found to reach: read by the program, for the Sources page.

The result stands beside the connector, and counts while nothing of it has changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from avise.connectors.kit.contents import code_of, code_used_by, content_hash
from avise.models.conformance import ConformanceLevel

SUFFIX = ".conformance.json"
FORMAT = 1


def result_path(file: Path) -> Path:
    """Return where the result of a connector's file is."""
    return file.with_name(file.stem + SUFFIX)


def level_of(file: Path) -> ConformanceLevel | None:
    """Return the level that a connector's file was found to reach.

    None when it was never tested, when its result cannot be read, or when anything of the connector
    has changed since. Reads files, imports nothing of the connector.

    Args:
        file: the connector's; its result stands beside it.
    """
    return level_in(result_path(file), (file,), code_used_by(file))


def level_of_code(name: str, module: str) -> ConformanceLevel | None:
    """Return the level that a connector of an entry point was found to reach; its result is beside its code.

    Args:
        name: of the entry point.
        module: that it names.
    """
    code = code_of(module)
    return level_in(result_path(code[0].with_name(f"{name}.toml")), (), code) if code else None


def level_in(path: Path, files: Sequence[Path], code: Sequence[Path]) -> ConformanceLevel | None:
    """Return the level in a result file, None unless it is about these very files and this code."""
    try:
        result = json.loads(path.read_text("utf-8"))
        level = ConformanceLevel(result["level"])
        current = result["format"] == FORMAT and result["content"] == content_hash(files)
        current = current and (result["code"] == content_hash(code) or _is_sealed(code))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return level if current else None


def _is_sealed(code: Sequence[Path]) -> bool:
    """Tell whether the code is inside the packaged program, where nobody can read or change it."""
    return not code and hasattr(sys, "_MEIPASS")
