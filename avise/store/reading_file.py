"""What a bulk reading has read so far, page after page, in an encrypted file beside the directory.

A directory being built is worth nothing before its end; these pages are. After a crash they are put into
a new one, and the source is asked only for what follows the last page that was committed. The file holds
nothing that the source would not give again: a damaged one is deleted.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from avise.directory.restricted import any_restricted, holds_restricted
from avise.models.bulk_reading import KeptReading
from avise.models.customer import Party
from avise.models.party_rows import party_rows, read_party_rows
from avise.store.connections import close_quietly, open_encrypted
from avise.store.errors import LIBRARY_ERRORS, CorruptedFileError, StoreBusyError, translated

T = TypeVar("T")

READING_SUFFIX = ".reading"

_PRAGMAS = (
    # Another program that reads for the same profile is told at once, not after five seconds.
    "busy_timeout=0",
    "locking_mode=EXCLUSIVE",
    "journal_mode=WAL",
    # A power cut may take the last pages, never half of one: the source is asked for them again.
    "synchronous=NORMAL",
    "temp_store=MEMORY",
    "auto_vacuum=FULL",
)
_TABLES = (
    "CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS page (number INTEGER PRIMARY KEY, parties BLOB NOT NULL)",
)


class ReadingFile:
    """The file of one directory. Make it with `ReadingFile.open`, end it with `aclose`.

    Args:
        directory: path of the directory that is filled; this file is beside it.
        key: of the file.
    """

    def __init__(self, directory: Path, key: bytes) -> None:
        self.directory = directory
        """Path of the directory that is filled."""
        self._path = directory.with_name(directory.name + READING_SUFFIX)
        self._key = key
        self._thread = ThreadPoolExecutor(1, "avise-reading-file")
        self._connection: Connection | None = None
        self.kept = KeptReading()
        """What the file says, as last committed."""

    @classmethod
    async def open(cls, directory: Path, key: bytes) -> ReadingFile:
        """Open the file, made when it is not there; one of another key is deleted.

        Args:
            directory: path of the directory that is filled.
            key: of the file.

        Raises:
            StoreBusyError: another program reads for the same profile.
            StoreError: the file cannot be written.
        """
        file = cls(directory, key)
        try:
            file.kept = await file._run(file._open_blocking)
        except BaseException:
            await file.aclose()
            raise
        return file

    async def begin(self, now: datetime, *, started_over: bool = False) -> None:
        """Forget every page: a reading begins. What somebody decided is kept.

        Args:
            now: the time.
            started_over: the source no longer knew where the reading before had stopped.
        """
        kept = replace(
            self.kept,
            began=now,
            place="",
            count=0,
            total=None,
            complete=False,
            started_over=started_over,
            doubt=None,
        )
        await self._commit(kept, forget=True)

    async def append(
        self, parties: Sequence[Party], place: str, *, read: int, total: int | None, complete: bool
    ) -> None:
        """Commit a page with the place that follows it, both or neither.

        Args:
            parties: of the page.
            place: where the source goes on after it.
            read: persons that the source gave, of whom some may not be listed here.
            total: how many the source says there are.
            complete: nothing follows.
        """
        count = self.kept.count + read
        kept = replace(self.kept, place=place, count=count, total=total, complete=complete)
        await self._commit(kept, parties)

    async def note(self, **changes: object) -> None:
        """Change what is noted of the reading, as `KeptReading` names it; the pages stay."""
        await self._commit(replace(self.kept, **changes))  # type: ignore[arg-type]  # names of its fields

    async def end(self) -> None:
        """Forget the reading: the directory has it, or nobody wants it."""
        kept = KeptReading(
            kept_against=self.kept.kept_against,
            kept_at=self.kept.kept_at,
            kept_file_at=self.kept.kept_file_at,
        )
        await self._commit(kept, forget=True)

    async def pages(self) -> AsyncIterator[tuple[Party, ...]]:
        """Yield the pages committed so far, in order."""
        number = 0
        while (found := await self._run(partial(self._page_after, number))) is not None:
            number, parties = found
            yield parties

    async def moved(self, open_other: Callable[[], Awaitable[ReadingFile]]) -> ReadingFile:
        """Return another file that holds the same; this one is closed and deleted.

        Args:
            open_other: opens the file beside another directory, under its key.
        """
        other = await open_other()
        try:
            await other.end()
            async for parties in self.pages():
                await other.append(parties, "", read=0, total=None, complete=False)
            # Said last: killed before it, the other file holds pages of no reading.
            await other.note(**{field.name: getattr(self.kept, field.name) for field in fields(KeptReading)})
        except BaseException:
            await other.aclose()
            raise
        await self.aclose()
        await asyncio.to_thread(self._delete)
        return other

    async def aclose(self) -> None:
        """Close the file; may be called twice."""
        await asyncio.to_thread(self._close_blocking)

    # ---- on the thread ---------------------------------------------------------------------------

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.shield(asyncio.wrap_future(self._thread.submit(work)))
        except LIBRARY_ERRORS as error:
            raise translated(error) from None

    async def _commit(
        self, kept: KeptReading, parties: Sequence[Party] = (), *, forget: bool = False
    ) -> None:
        await self._run(lambda: self._commit_blocking(kept, parties, forget=forget))
        self.kept = kept

    def _open_blocking(self) -> KeptReading:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._read_blocking()
        except LIBRARY_ERRORS as error:
            if not isinstance(translated(error), CorruptedFileError):
                raise
        self._close_connection()
        self._delete()
        return self._read_blocking()

    def _delete(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _read_blocking(self) -> KeptReading:
        self._connection = open_encrypted(self._path, self._key, pragmas=_PRAGMAS)
        with self._connection.begin():
            for statement in _TABLES:
                self._connection.exec_driver_sql(statement)
            value = self._connection.exec_driver_sql("SELECT value FROM note WHERE name = 'kept'").scalar()
        return KeptReading.of_text(value) if value is not None else KeptReading()

    def _commit_blocking(self, kept: KeptReading, parties: Sequence[Party], *, forget: bool) -> None:
        connection = self._opened_connection()
        with connection.begin():
            if forget:
                connection.exec_driver_sql("DELETE FROM page")
            if parties:
                connection.exec_driver_sql("INSERT INTO page (parties) VALUES (?)", (_packed(parties),))
            connection.exec_driver_sql("INSERT OR REPLACE INTO note VALUES ('kept', ?)", (kept.to_text(),))

    def _page_after(self, number: int) -> tuple[int, tuple[Party, ...]] | None:
        statement = "SELECT number, parties FROM page WHERE number > ? ORDER BY number LIMIT 1"
        connection = self._opened_connection()
        with connection.begin():
            found = connection.exec_driver_sql(statement, (number,)).first()
        return None if found is None else (found[0], _unpacked(found[1]))

    def _opened_connection(self) -> Connection:
        if self._connection is None:
            raise StoreBusyError
        return self._connection

    def _close_connection(self) -> None:
        if self._connection is not None:
            close_quietly(self._connection)
            self._connection = None

    def _close_blocking(self) -> None:
        self._thread.shutdown(wait=True)
        self._close_connection()


def _packed(parties: Sequence[Party]) -> bytes:
    # A NIR is never at rest (decision 4): the directory leaves those parties out too.
    if any_restricted(parties):
        parties = [party for party in parties if not holds_restricted(party)]
    return zlib.compress(party_rows(parties), 1)


def _unpacked(page: bytes) -> tuple[Party, ...]:
    return tuple(read_party_rows(zlib.decompress(page)))
