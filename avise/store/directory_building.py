"""Building a whole directory aside: load, sort, index, check, then rename into place."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from avise.directory.keys import Minter
from avise.directory.tables import APPLICATION_ID, VERSION
from avise.directory.writing import PartyWriter, create_tables, sort_and_index, write_meta
from avise.env import Env
from avise.models.customer import Party
from avise.store.connections import close_quietly, open_encrypted
from avise.store.directory_line import LoadingLine
from avise.store.errors import LIBRARY_ERRORS, CorruptedFileError, translated

T = TypeVar("T")

BUILDING_SUFFIX = ".building"

_PRAGMAS = (
    # The file counts for nothing until it is renamed into place: a crash starts again.
    "journal_mode=OFF", "synchronous=OFF", "temp_store=MEMORY", "locking_mode=EXCLUSIVE",
    # An index is sorted in runs of this size: the larger, the fewer.
    "cache_size=-196608",
    # Two cores sort an index in two thirds of the time.
    "threads=2",
)  # fmt: skip


class OnThread(Protocol):
    """Runs work on the directory's writer thread."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Return what the work returns."""


class DirectoryBuilder:
    """A directory being built aside.

    Call `add` for every page of the identity master, then `finish` once; `abandon` in any other case.

    Args:
        path: of the directory that it will replace.
        key: of both files.
        env: clock.
        minter: gives persons the site's identifiers.
        on_thread: runs work on the writer's thread.
        swap: renames the built file into place.
    """

    def __init__(
        self,
        path: Path,
        key: bytes,
        env: Env,
        minter: Minter,
        on_thread: OnThread,
        swap: Callable[[Path], None],
    ) -> None:
        self._building = path.with_name(path.name + BUILDING_SUFFIX)
        self._key = key
        self._env = env
        self._minter = minter
        self._on_thread = on_thread
        self._swap = swap
        self._connection: Connection | None = None
        self._line: LoadingLine | None = None
        self._writer: PartyWriter | None = None

    @staticmethod
    def sweep(path: Path) -> None:
        """Delete what a crash left of an earlier building: it is a copy of what the master publishes."""
        path.with_name(path.name + BUILDING_SUFFIX).unlink(missing_ok=True)

    async def add(self, parties: Sequence[Party]) -> None:
        """Add a page of parties; a later version of the same party wins.

        Raises:
            StoreError: DiskFullError and the others, of this page or of one before; `abandon` then.
        """
        await self._on_thread(lambda: self._add(parties))

    async def finish(self, cursor: str) -> int:
        """Sort, index and check the file, then put it in place; return how many parties it lists.

        Args:
            cursor: where the next reading of changes starts.

        Raises:
            StoreError: the file did not pass; the directory that was there stays.
        """
        return await self._on_thread(lambda: self._finish(cursor))

    async def abandon(self) -> None:
        """Forget what was built; the directory that was there stays."""
        await self._on_thread(self._abandon)

    # ---- on the writer's thread ------------------------------------------------------------------

    def _add(self, parties: Sequence[Party]) -> None:
        try:
            self._opened().write(parties)
        except LIBRARY_ERRORS as error:
            raise translated(error) from None

    def _opened(self) -> PartyWriter:
        if self._writer is None:
            self._building.unlink(missing_ok=True)
            self._connection = open_encrypted(self._building, self._key, pragmas=_PRAGMAS)
            self._connection.begin()
            self._line = line = LoadingLine(self._connection)
            create_tables(line)
            line.script(f"PRAGMA application_id={APPLICATION_ID}")
            line.script(f"PRAGMA user_version={VERSION}")
            self._writer = PartyWriter(line, self._minter, bulk=True)
        return self._writer

    def _finish(self, cursor: str) -> int:
        try:
            writer = self._opened()
            connection, line = self._connection, self._line
            if connection is None or line is None:
                raise CorruptedFileError
            sort_and_index(line)
            writer.settle()
            write_meta(line, {"cursor": cursor, "as_of": self._env.now().isoformat()})
            count = int(connection.exec_driver_sql("SELECT count(*) FROM party").scalar_one())
            connection.commit()
        except LIBRARY_ERRORS as error:
            self._abandon()
            raise translated(error) from None
        self._close()
        if not is_sound(self._building, self._key, thoroughly=True):
            self._abandon()
            raise CorruptedFileError(file=self._building.name, events="0")
        _flush(self._building)
        self._swap(self._building)
        _flush_folder(self._building.parent)
        return count

    def _close(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None
        if self._connection is not None:
            close_quietly(self._connection)
        self._connection = None
        self._writer = None

    def _abandon(self) -> None:
        self._close()
        self._building.unlink(missing_ok=True)


def is_sound(path: Path, key: bytes, *, thoroughly: bool = False) -> bool:
    """Say whether a file is a directory of this version that this key opens.

    Args:
        path: the file.
        key: of the file.
        thoroughly: walk the whole tree too: seconds for millions of persons.
    """
    connection = None
    try:
        connection = open_encrypted(path, key)
        mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql("SELECT id FROM party NOT INDEXED LIMIT 1").first()
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() if thoroughly else "ok"
    except LIBRARY_ERRORS:
        return False
    else:
        return (mark, version, verdict) == (APPLICATION_ID, VERSION, "ok")
    finally:
        if connection is not None:
            close_quietly(connection)


def _flush(path: Path) -> None:
    """Make sure that a file's bytes are on the disk."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    """Make sure that a rename is on the disk, where the system lets one ask."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
