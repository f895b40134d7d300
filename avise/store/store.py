"""The workstation's encrypted file: one writer thread, three readers, every write whole.

A store belongs to no event loop: it may be called from several, each awaits its own futures.
"""

from __future__ import annotations

import asyncio
import errno
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Connection, insert, select

from avise.store import tables
from avise.store.connections import (
    STORE_PRAGMAS,
    check_library,
    cipher_faults,
    close_quietly,
    open_encrypted,
)
from avise.store.errors import (
    LIBRARY_ERRORS,
    CorruptedFileError,
    DiskFullError,
    ForeignFileError,
    StoreClosedError,
    StoreError,
    UnwritableError,
    WrongKeyError,
    translated,
)
from avise.store.group_commit import PendingChange, waiting, write_together
from avise.store.identity_file import Diagnosis, diagnose, remember
from avise.store.migration import copy_before, current_version, migrate, refuse_newer, version_of
from avise.store.migrations import STEPS, Step
from avise.store.readers import Readers
from avise.store.salvage import Salvaged, restore, salvage, set_aside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from avise.env import Env

T = TypeVar("T")

APPLICATION_ID = 0x41564953
"""Marks the file as ours ("AVIS"), beside what the key proves."""

DAMAGED_SUFFIX = ".damaged"
"""A file of that name asks the next start for a full check of the store."""


class Store:
    """The workstation's store. Build it with `Store.open`, end it with `aclose`."""

    def __init__(self, path: Path, key: bytes, env: Env) -> None:
        self.path = path
        self.device_id = ""
        """Names this workstation in the journal; minted with the file."""
        self.notices: tuple[StoreError, ...] = ()
        """What staff must be told about this opening (a file set aside, and what came back)."""
        self._key = key
        self._env = env
        self._writing = ThreadPoolExecutor(1, "avise-store-writer")
        self._pending: queue.SimpleQueue[PendingChange] = queue.SimpleQueue()
        self._readers = Readers("avise-store-reader")
        self._writer: Connection | None = None
        self._closed = False

    @classmethod
    async def open(cls, path: Path, key: bytes, env: Env, *, steps: Sequence[Step] = STEPS) -> Store:
        """Open the store of a profile, creating or migrating it as needed.

        A foreign or damaged file is set aside under a dated name, never deleted: the store starts
        anew with what could be salvaged, and `notices` says so.

        Args:
            path: the file; its folder is created.
            key: 32 raw bytes from a `KeySource`.
            env: clock and identifiers.
            steps: migrations, for tests.

        Raises:
            StoreError: WrongKeyError, NewerVersionError, DiskFullError, UnwritableError,
                StoreBusyError, MigrationError or LibraryTooOldError; nothing was changed.
        """
        store = cls(path, key, env)
        try:
            await asyncio.shield(asyncio.wrap_future(store._writing.submit(store._open_blocking, steps)))
        except BaseException:
            await store.aclose()
            raise
        return store

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Run a change on the writer thread, in an immediate transaction; return its result.

        The change is committed whole or not at all, even when the caller is cancelled meanwhile:
        what was handed over is written. Changes that wait together are committed together, and each
        caller is told after the commit; a change is run again, alone, when one beside it failed, so
        that it must depend on nothing but the store.

        Raises:
            StoreError: DiskFullError and the others; nothing of this change was kept.
        """
        if self._closed:
            raise StoreClosedError
        pending = PendingChange(change)
        self._pending.put(pending)
        try:
            self._writing.submit(self._write_pending)
        except RuntimeError:
            # The store was closed between two lines above; the last writing may still have taken it.
            if pending.done.cancel():
                raise StoreClosedError from None
        return cast("T", await asyncio.shield(asyncio.wrap_future(pending.done)))

    async def read(self, question: Callable[[Connection], T]) -> T:
        """Run a question on a reader thread, over one consistent state; return its answer."""
        with self._errors_translated():
            return await asyncio.shield(asyncio.wrap_future(self._readers.submit(question)))

    async def check(self) -> int:
        """Check every page's authentication and the tree; return how many faults there are.

        Where there are any, the next start takes what is readable into a new file.
        """
        faults = await self.read(cipher_faults)
        if faults:
            await asyncio.to_thread(self._ask_for_check)
        return faults

    async def empty_log(self) -> None:
        """Write the log into the file and empty it: what was deleted leaves no copy of itself there.

        A reader that is busy for long keeps the log until the next call.
        """
        if self._closed:
            raise StoreClosedError
        await asyncio.shield(asyncio.wrap_future(self._writing.submit(self._empty_log)))

    async def aclose(self) -> None:
        """Finish what was handed over, end the threads, then close the connections (decision 45)."""
        self._closed = True
        await asyncio.to_thread(self._close_blocking)

    # ---- on the threads --------------------------------------------------------------------------

    def _write_pending(self) -> None:
        """Write what waits; what a call before this one has written already waits no more."""
        if batch := waiting(self._pending):
            write_together(batch, self._write)

    def _write(self, change: Callable[[Connection], T]) -> T:
        if self._writer is None:
            raise StoreClosedError
        with self._errors_translated(), self._writer.begin():
            return change(self._writer)

    def _empty_log(self) -> None:
        if self._writer is None:
            raise StoreClosedError
        # Of the driver: a checkpoint is no part of a transaction.
        raw: Any = self._writer.connection.driver_connection
        with self._errors_translated():
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        try:
            yield
        except LIBRARY_ERRORS as error:
            failure = translated(error)
            if isinstance(failure, CorruptedFileError):
                self._ask_for_check()
            raise failure from None

    def _ask_for_check(self) -> None:
        """Leave a mark: the next start checks every page before anything relies on them."""
        self._damaged_mark.touch()

    @property
    def _damaged_mark(self) -> Path:
        return self.path.with_name(self.path.name + DAMAGED_SUFFIX)

    def _open_blocking(self, steps: Sequence[Step]) -> None:
        check_library()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            reason = self._unusable_because(steps)
            salvaged = self._start_anew(reason) if reason is not None else None
            with self._errors_translated():
                self._writer = self._open_writer(steps, salvaged)
                remember(self.path, self._key)
                self._readers.open(self.path, self._key)
        except OSError as error:
            failure = DiskFullError if error.errno == errno.ENOSPC else UnwritableError
            raise failure from None

    def _unusable_because(self, steps: Sequence[Step]) -> Diagnosis | None:
        """Look at the file before trusting it; None when it is absent or sound.

        Raises:
            WrongKeyError: when it is ours under another key.
            NewerVersionError: when a later version wrote it.
        """
        if not self.path.exists() or self.path.stat().st_size == 0:
            return None
        found = self._looked_at(steps)
        if found is Diagnosis.WRONG_KEY:
            raise WrongKeyError
        return found

    def _looked_at(self, steps: Sequence[Step]) -> Diagnosis | None:
        connection = None
        try:
            connection = open_encrypted(self.path, self._key)
            count = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
            mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            if count and mark != APPLICATION_ID:
                return Diagnosis.FOREIGN
            refuse_newer(connection, steps)
            if self._damaged_mark.exists() and cipher_faults(connection):
                return Diagnosis.CORRUPTED
        except LIBRARY_ERRORS as error:
            failure = translated(error)
            if not isinstance(failure, CorruptedFileError):
                raise failure from None
            return diagnose(self.path, self._key)
        finally:
            if connection is not None:
                close_quietly(connection)
        self._damaged_mark.unlink(missing_ok=True)
        return None

    def _start_anew(self, reason: Diagnosis) -> Salvaged | None:
        aside = set_aside(self.path, reason.value, self._env.now())
        self._damaged_mark.unlink(missing_ok=True)
        if reason is Diagnosis.FOREIGN:
            self.notices = (ForeignFileError(file=aside.name),)
            return None
        salvaged = salvage(aside, self._key)
        self.notices = (CorruptedFileError(file=aside.name, events=str(salvaged.events)),)
        return salvaged

    def _open_writer(self, steps: Sequence[Step], salvaged: Salvaged | None) -> Connection:
        connection = open_encrypted(self.path, self._key, pragmas=STORE_PRAGMAS)
        try:
            with connection.begin():
                version = version_of(connection)
            if version < current_version(steps):
                connection = self._migrated(connection, version, steps)
            if salvaged is not None:
                restore(connection, salvaged)
            with connection.begin():
                self.device_id = self._device_id(connection)
        except BaseException:
            close_quietly(connection)
            raise
        return connection

    def _migrated(self, connection: Connection, version: int, steps: Sequence[Step]) -> Connection:
        if version > 0:
            # Closing the last connection empties the WAL into the file: the copy is whole.
            close_quietly(connection)
            copy_before(self.path, version, self._env.now())
            connection = open_encrypted(self.path, self._key, pragmas=STORE_PRAGMAS)
        migrate(connection, steps, APPLICATION_ID)
        return connection

    def _device_id(self, connection: Connection) -> str:
        found = connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == "device_id"))
        if found:
            return str(found)
        minted = str(self._env.uuid7())
        connection.execute(insert(tables.meta).values(name="device_id", value=minted))
        return minted

    def _close_blocking(self) -> None:
        self._writing.shutdown(wait=True)
        self._readers.shut_down()
        if self._writer is not None:
            close_quietly(self._writer)
            self._writer = None
