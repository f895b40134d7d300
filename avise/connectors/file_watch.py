"""Notices that the files of connectors changed, and waits until whoever writes them has finished.

Looks at a handful of files once a second: that works on a network share too, where the system tells
nothing, and costs a few microseconds. A file is only read once two looks in a row find it the same: an
editor writes in several steps, or puts another file in its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

Mark = tuple[int, int, int]
"""Changes whenever a file is written or replaced."""


class Look(StrEnum):
    """What a look at a file that is not as it was finds."""

    CHANGED = "changed"
    GONE = "gone"


@dataclass(slots=True)
class _Watched:
    """One file, as it was when it was last taken or refused."""

    path: Path
    mark: Mark | None
    digest: bytes
    seen: Mark | bool | None = False
    """What the last look saw when it was something else; False when it was nothing else."""


class FileWatch:
    """Remembers what files looked like. Every method reads files: call it on a thread."""

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}

    def look(self, files: Mapping[str, Path | None]) -> Mapping[str, Look]:
        """Return what has changed and come to rest since the last answer about it.

        Args:
            files: by instance; None where there is no file now. One that is new to us is as it should be.
        """
        found = {}
        for name, path in files.items():
            watched = self._watched.get(name)
            if watched is None:
                if path is not None:
                    self._watched[name] = _Watched(path, mark_of(path), _digest(path))
            elif (told := self._look_at(watched, path)) is not None:
                found[name] = told
        return found

    def expect(self, name: str) -> None:
        """Tell of a file that is not there yet as a change once it comes."""
        self._watched.setdefault(name, _Watched(Path(), None, b""))

    def _look_at(self, watched: _Watched, path: Path | None) -> Look | None:
        mark = None if path is None else mark_of(path)
        if mark == watched.mark:
            watched.seen = False
            return None
        if watched.seen is False or mark != watched.seen:
            watched.seen = mark
            return None
        watched.seen, watched.mark = False, mark
        if mark is None or path is None:
            watched.digest = b""
            return Look.GONE
        watched.path, before = path, watched.digest
        watched.digest = _digest(path)
        # Touched, or saved as it was: nobody is told.
        return None if watched.digest == before else Look.CHANGED


def mark_of(path: Path) -> Mark | None:
    """Return what changes when a file is written again, None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest(path: Path) -> bytes:
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).digest()
    except OSError:
        return b""
