"""Where a nightly file arrives, and which of those that are there is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.date_format import moment_of
from avise.models.bulk_reading import SMALLEST_SHARE, Doubt, DoubtKind
from avise.models.errors import ErrorKind

T = TypeVar("T")

UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".writing", ".uploading", ".crdownload")
"""Ends of the names under which programs write a file that is not whole yet."""

TAIL = 4096
"""Bytes in which the line that ends a file is looked for."""


class DropFile(Protocol):
    """A file that is read: on this machine, or on a server."""

    @property
    def name(self) -> str:
        """Its name, without its folder."""

    def open(self, mode: Literal["rb"]) -> BufferedReader:
        """Return its bytes, from the first one."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """One state of a file: another one means that it must be read again."""

    path: DropFile
    modified_ns: int
    size: int

    @property
    def edition(self) -> Edition:
        """The same without the file itself."""
        return Edition(self.path.name, self.size, self.modified_ns)


@dataclass(frozen=True, slots=True)
class Edition:
    """A file as it is known again, once it is gone."""

    name: str
    size: int
    modified_ns: int

    @property
    def modified(self) -> datetime:
        """When it was written last."""
        return datetime.fromtimestamp(self.modified_ns / 1e9, tz=UTC)

    @property
    def mark(self) -> str:
        """By which it is known again, without its name."""
        return sha256(f"{self.name}\n{self.size}\n{self.modified_ns}".encode()).hexdigest()[:32]


def file_doubt(before: Edition, newest: Edition) -> Doubt | None:
    """Return the doubt about a file, None when it is not much smaller than the one before (C4)."""
    if newest.size >= before.size * SMALLEST_SHARE:
        return None
    return Doubt(DoubtKind.FILE, newest.mark, before.size, newest.size, before.modified, newest.modified)


class Drop(Protocol):
    """Where files arrive."""

    def newest(self) -> list[FileMark]:
        """Return the two newest complete files, newest first.

        Raises:
            ConnectorError: why they cannot be listed.
        """


@dataclass(frozen=True, slots=True)
class Naming:
    """Which files are read, and which of them is the newest.

    Args:
        pattern: of their names, with `*` and `?`.
        date_format: of the date in a name, see `date_format`; without it the names sort in the order of
            the alphabet.
        end: the line that ends a complete file; "" when nothing does.
        encoding: of that line.
    """

    pattern: str
    date_format: str = ""
    end: str = ""
    encoding: str = "utf-8"

    def newest_first(self, names: Iterable[str]) -> Sequence[str]:
        """Return the names that fit, in order; what is being written under another name is left out."""
        found = []
        for name in names:
            if fnmatchcase(name, self.pattern) and not is_unfinished(name):
                date = self._date(name)
                if date is not None:
                    found.append((date, name))
        return [name for _, name in sorted(found, reverse=True)]

    def _date(self, name: str) -> datetime | None:
        """Return the date in a name, None for a name that has none."""
        if not self.date_format:
            return datetime.min.replace(tzinfo=UTC)
        try:
            return moment_of(name, self.date_format).replace(tzinfo=UTC)
        except ValueError:
            return None

    def is_ended(self, mark: FileMark) -> bool:
        """Say whether a file ends by its last line.

        Raises:
            OSError: it cannot be read.
        """
        if not self.end:
            return True
        with mark.path.open("rb") as stream:
            stream.seek(max(mark.size - TAIL, 0))
            lines = stream.read(TAIL).rstrip().splitlines()
        return bool(lines) and lines[-1].strip() == self.end.encode(self.encoding)


def is_unfinished(name: str) -> bool:
    """Say whether a name is one under which a program writes a file that is not whole yet."""
    return name.startswith((".", "~")) or name.lower().endswith(UNFINISHED)


@dataclass(frozen=True, slots=True)
class Place:
    """One file, or the files of a folder whose name fits a pattern."""

    path: Path
    naming: Naming | None = None
    """None for a single file."""

    def newest(self) -> list[FileMark]:
        """Return the two newest files, newest first.

        Raises:
            ConnectorError: UNAVAILABLE when the folder cannot be listed.
        """
        try:
            return self._marks()
        except OSError as error:
            raise ConnectorError(ErrorKind.UNAVAILABLE, type(error).__name__) from None

    def _marks(self) -> list[FileMark]:
        naming = self.naming
        if naming is None:
            return [_mark(self.path)] if self.path.is_file() else []
        names = naming.newest_first(path.name for path in self.path.iterdir() if path.is_file())
        marks = (_mark(self.path / name) for name in names)
        return first_two(mark for mark in marks if naming.is_ended(mark))


def first_two(items: Iterable[T]) -> list[T]:
    """Return the first two items; the others are not looked at."""
    return [item for _, item in zip(range(2), items, strict=False)]


def _mark(path: Path) -> FileMark:
    found = path.stat()
    return FileMark(path, found.st_mtime_ns, found.st_size)
