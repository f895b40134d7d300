"""Places in a tool's answer, written as JMESPath wants them: keys by dots, quoted where they must be."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPECIAL = re.compile(r"""[][(){}|&!=<>,'"`*@?:$\\]""")
"""What an expression says besides keys."""


def expression_of(path: Sequence[str]) -> str:
    """Write a path of keys as JMESPath."""
    return ".".join(key if _PLAIN_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False) for key in path)


def expression_meant(written: str) -> str:
    """Return what was meant by a text that is no expression, as a file writes it; "" for no idea.

    An accent, a space or a hyphen wants quotes (`acte.libellé`); `$.acte[*]` is JSONPath.
    """
    path = written.removeprefix("$.").removesuffix("[*]")
    if _SPECIAL.search(path) or not all(path.split(".")):
        return ""
    meant = expression_of(path.split("."))
    return f"'{meant}'" if '"' in meant else meant
