"""The process of a window's engine, started before anything of it is known here.

Apart from `engine_process`, which speaks to it: the window starts its engine first and paints its first
frame next, and neither needs the values that cross later.
"""

from __future__ import annotations

import subprocess
import sys

from avise.models.errors import AviseError

ENGINE_FLAG = "--engine"
"""Asks `avise` to be the engine of a window instead of a window."""

_APART = sum(
    getattr(subprocess, flag, 0)
    for flag in ("BELOW_NORMAL_PRIORITY_CLASS", "CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW")
)
"""On Windows only."""


def engine_command() -> list[str]:
    """Return the command that starts this very program as an engine, packaged or not."""
    if getattr(sys, "frozen", False):
        return [sys.executable, ENGINE_FLAG]
    return [sys.executable, "-P", "-m", "avise", ENGINE_FLAG]


def start_engine_child(command: list[str] | None = None) -> subprocess.Popen[bytes]:
    """Return an engine's process, which waits on its pipes to be told what to open.

    Args:
        command: that starts it; ours, unless a benchmark serves a desk of its own.

    Raises:
        AviseError: `engine.lost`: the system starts no process.
    """
    try:
        return subprocess.Popen(  # noqa: S603 - this very program
            command or engine_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if sys.stderr is not None else subprocess.DEVNULL,
            creationflags=_APART,
            # Not the terminal's: Ctrl+C there is for the window.
            process_group=None if sys.platform == "win32" else 0,
        )
    except OSError:
        raise AviseError("engine.lost") from None
