"""Half a surrogate pair, which JSON may write and no UTF-8 may hold: it becomes "?" where it comes in."""

from __future__ import annotations

import re
from typing import Any

_WRITTEN = re.compile(r"\\u[dD][89a-fA-F]")


def without_half_pairs(value: Any, written: str) -> Any:  # noqa: ANN401 - of any shape, which it keeps
    """Return what was parsed, each half of a pair that stands alone replaced.

    Args:
        value: as JSON gave it.
        written: from which it was parsed; nearly none holds such an escape, and is looked at once.
    """
    return _whole(value) if _WRITTEN.search(written) else value


def _whole(value: Any) -> Any:  # noqa: ANN401 - as above
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case dict():
            return {_whole(name): _whole(each) for name, each in value.items()}
        case list():
            return [_whole(each) for each in value]
        case _:
            return value
