"""The file of the data on board: encrypted with a key of its own, opened while that key is there.

It holds copies of what tools answered and nothing else: a damaged file, or one of a key that is no more,
is deleted and taken again. Erased data are overwritten (`secure_delete`), and nothing of it is ever
written outside the file and its log, which are encrypted alike.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from avise.models.errors import AviseError
from avise.store.connections import check_library, close_quietly, open_encrypted
from avise.store.errors import (
    LIBRARY_ERRORS,
    CorruptedFileError,
    DiskFullError,
    StoreClosedError,
    UnwritableError,
    translated,
)
from avise.store.pack_tables import APPLICATION_ID, INDEXES, TABLES, VERSION
from avise.store.readers import Readers

T = TypeVar("T")

_PRAGMAS = (
    "journal_mode=WAL",
    # A power cut may take the last readings away, never damage the file: they are read again.
    "synchronous=NORMAL",
    "temp_store=MEMORY",
    "secure_delete=ON",
    "foreign_keys=ON",
    "cache_size=-8192",
)
READER_CACHE_KIB = 4096
_BESIDE = ("", "-wal", "-shm", "-journal")


class PackClosedError(AviseError):
    """The data on board cannot be read now: `pack.locked`."""

    def __init__(self) -> None:
        super().__init__("pack.locked")


class PackFile:
    """The file of the packs of a profile; call it from any loop, it belongs to none.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notices: tuple[AviseError, ...] = ()
        """What staff must be told about the last opening."""
        self._writing = ThreadPoolExecutor(1, "avise-pack-writer")
        self._readers: Readers | None = None
        """Of this opening: what is asked while the file closes is answered first."""
        self._writer: Connection | None = None
        self._ended = False

    @property
    def is_open(self) -> bool:
        """Whether it can be read."""
        return self._writer is not None

    @property
    def exists(self) -> bool:
        """Whether there is a file, readable or not."""
        return self.path.exists()

    async def open(self, key: bytes) -> None:
        """Open the file, made when there is none; an unreadable one is deleted, and `notices` says so.

        Raises:
            StoreError: DiskFullError, UnwritableError, StoreBusyError or LibraryTooOldError.
        """
        await self._on_writer(lambda: self._open_blocking(key))

    async def close(self) -> None:
        """Close the file: its key is gone. It may be opened again."""
        await self._on_writer(self._close_blocking)

    async def erase(self) -> None:
        """Close the file and delete it, with its log.

        Raises:
            UnwritableError: the system keeps it; it stays unreadable without its key.
        """
        await self._on_writer(self._erase_blocking)

    async def aclose(self) -> None:
        """End the threads; the file is opened no more."""
        if self._ended:
            return
        self._ended = True
        await asyncio.to_thread(self._end_blocking)

    async def read(self, question: Callable[[Connection], T]) -> T:
        """Run a question on a reader thread, over one consistent state; return its answer.

        Raises:
            PackClosedError: the file is closed.
            StoreError: the library refused.
        """
        readers = self._readers
        if readers is None:
            raise PackClosedError
        try:
            asked = readers.submit(question)
        except (StoreClosedError, RuntimeError):
            # Closed between two lines above.
            raise PackClosedError from None
        with self._errors_translated():
            return await asyncio.shield(asyncio.wrap_future(asked))

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Run a change in a transaction; return its result once it is committed.

        Raises:
            PackClosedError: the file is closed.
            StoreError: DiskFullError and the others; nothing of this change was kept.
        """
        return await self._on_writer(lambda: self._write_blocking(change))

    async def settled(self) -> None:
        """Return once each change asked for so far was kept or refused, whoever still waits for it.

        Raises:
            StoreClosedError: the threads have ended.
        """
        await self._on_writer(lambda: None)

    # ---- on the threads --------------------------------------------------------------------------
    async def _on_writer(self, work: Callable[[], T]) -> T:
        if self._ended:
            raise StoreClosedError
        return await asyncio.shield(asyncio.wrap_future(self._writing.submit(work)))

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        try:
            yield
        except LIBRARY_ERRORS as error:
            raise translated(error) from None
        except OSError as error:
            raise (DiskFullError if error.errno == errno.ENOSPC else UnwritableError) from None

    def _write_blocking(self, change: Callable[[Connection], T]) -> T:
        if self._writer is None:
            raise PackClosedError
        with self._errors_translated(), self._writer.begin():
            return change(self._writer)

    def _open_blocking(self, key: bytes) -> None:
        if self._writer is not None:
            return
        check_library()
        self.notices = ()
        with self._errors_translated():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and not _is_sound(self.path, key):
                self._delete()
                self.notices = (AviseError("pack.unreadable"),)
            writer = _opened(self.path, key)
            readers = Readers("avise-pack-reader", READER_CACHE_KIB)
            try:
                readers.open(self.path, key)
            except BaseException:
                readers.shut_down()
                close_quietly(writer)
                raise
            self._writer, self._readers = writer, readers

    def _close_blocking(self) -> None:
        (writer, self._writer), (readers, self._readers) = (self._writer, None), (self._readers, None)
        if readers is not None:
            readers.shut_down()
        if writer is not None:
            close_quietly(writer)

    def _erase_blocking(self) -> None:
        self._close_blocking()
        with self._errors_translated():
            self._delete()

    def _delete(self) -> None:
        for suffix in _BESIDE:
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def _end_blocking(self) -> None:
        self._writing.shutdown(wait=True)
        self._close_blocking()


def _is_sound(path: Path, key: bytes) -> bool:
    """Say whether a file is one of packs, of this key and of this version.

    Raises:
        StoreError: it cannot be looked at for a reason that is not its content.
    """
    connection = open_encrypted(path, key)
    try:
        with connection.begin():
            tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
            mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            return bool(tables == 0 or (mark == APPLICATION_ID and version == VERSION))
    except LIBRARY_ERRORS as error:
        failure = translated(error)
        if isinstance(failure, CorruptedFileError):
            return False
        raise failure from None
    finally:
        close_quietly(connection)


def _opened(path: Path, key: bytes) -> Connection:
    connection = open_encrypted(path, key, pragmas=_PRAGMAS)
    try:
        with connection.begin():
            if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != VERSION:
                for statement in (*TABLES, *INDEXES):
                    connection.exec_driver_sql(statement)
                connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
                connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
    except BaseException:
        close_quietly(connection)
        raise
    return connection
