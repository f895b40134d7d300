"""Where a nightly file arrives, and which of those that are there is read."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind


@dataclass(frozen=True, slots=True)
class FileMark:
    """One state of a file: another one means that it must be read again."""

    path: Path
    modified_ns: int
    size: int


@dataclass(frozen=True, slots=True)
class Place:
    """One file, or the files of a folder whose name fits a pattern."""

    path: Path
    pattern: str = ""
    """"" for a single file."""

    def newest(self) -> list[FileMark]:
        """Return the two newest files, newest first: the names sort in the order of the alphabet.

        Raises:
            ConnectorError: UNAVAILABLE when the folder cannot be listed.
        """
        try:
            return [_mark(path) for path in self._candidates()[:2]]
        except OSError as error:
            raise ConnectorError(ErrorKind.UNAVAILABLE, type(error).__name__) from None

    def _candidates(self) -> list[Path]:
        if not self.pattern:
            return [self.path] if self.path.is_file() else []
        fitting = [path for path in self.path.iterdir() if fnmatchcase(path.name, self.pattern)]
        return sorted((path for path in fitting if path.is_file()), key=lambda path: path.name, reverse=True)


def _mark(path: Path) -> FileMark:
    found = path.stat()
    return FileMark(path, found.st_mtime_ns, found.st_size)
