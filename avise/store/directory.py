"""The search directory: who exists, found by any key in any form; a file of its own (decision 15).

It is built aside, checked and renamed into place, so that a crash leaves the directory that was
there; changes are then applied to it one batch at a time. It holds nothing that cannot be read again
from the identity master: a damaged one is set aside and asked for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from typing_extensions import override

from avise.directory.keys import Minter
from avise.directory.writing import PartyWriter, write_meta
from avise.env import Env
from avise.models.customer import Party
from avise.models.errors import AviseError
from avise.store.connections import check_library, close_quietly, open_encrypted
from avise.store.directory_building import BUILDING_SUFFIX, DirectoryBuilder, is_sound
from avise.store.directory_line import FileLine
from avise.store.directory_questions import DirectoryQuestions
from avise.store.directory_rekeying import forget_file, put_under
from avise.store.errors import LIBRARY_ERRORS, CorruptedFileError, StoreClosedError, translated
from avise.store.readers import Readers
from avise.store.reading_file import ReadingFile
from avise.store.salvage import set_aside

T = TypeVar("T")

READER_CACHE_KIB = 21 * 1024
"""64 MB for the three readers carried 4.3 million persons under the bar (`platform.md` 6)."""

_CHANGING_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "secure_delete=ON")


class DirectoryNotReadyError(AviseError):
    """There is no directory to look in yet: not the same as finding nobody."""


class Directory(DirectoryQuestions):
    """The search directory of a profile. Make it with `Directory.open`, end it with `aclose`."""

    def __init__(self, path: Path, key: bytes, env: Env, minter: Minter) -> None:
        super().__init__(env, minter)
        self.path = path
        self.notices: tuple[AviseError, ...] = ()
        """What staff must be told about this opening."""
        self._key = key
        self._writing = ThreadPoolExecutor(1, "avise-directory-writer")
        self._readers = Readers("avise-directory-reader", READER_CACHE_KIB)
        self._writer: Connection | None = None
        self._absent_because = DirectoryNotReadyError("directory.building")
        self._locked = False
        self._closed = False

    @classmethod
    async def open(cls, path: Path, key: bytes, env: Env, minter: Minter) -> Directory:
        """Open the directory of a profile; it may not be built yet (`ready`).

        A file that is damaged, of another key or of another version is set aside, and
        `notices` says so: everything in it is read again from the identity master.

        Args:
            path: the file; its folder is created.
            key: 32 raw bytes, the store's.
            env: clock.
            minter: gives persons the site's identifiers.
        """
        directory = cls(path, key, env, minter)
        try:
            await directory._on_writer(directory._open_blocking)
        except BaseException:
            await directory.aclose()
            raise
        return directory

    @classmethod
    def locked(cls, path: Path, env: Env, minter: Minter, because: str) -> Directory:
        """Return a directory whose key is not here: it finds nobody until `unlock`, and says why."""
        directory = cls(path, b"", env, minter)
        directory._locked = True
        directory.say_why_absent(because)
        return directory

    @property
    def is_locked(self) -> bool:
        """Whether its key is not here: nothing may be looked for, nor built."""
        return self._locked

    async def lock(self, because: str) -> None:
        """Close the file: its key is about to go.

        Args:
            because: what whoever searches is told.
        """
        self._locked, self._ready = True, False
        self.say_why_absent(because)
        await self._on_writer(self._end_readers)
        self._key = b""

    async def unlock(self, key: bytes) -> None:
        """Open the file again, with its key; as `open`, it may not be built yet."""
        await self._move(self.path, key)

    async def move(self, path: Path, key: bytes) -> None:
        """Go on in another file under another key, with what is known; the first file is deleted.

        Raises:
            StoreError: DiskFullError and the others; the first file goes on.
        """
        self._ready = False
        source, old = self.path, self._key

        def change() -> None:
            self._end_readers()
            try:
                put_under(source, old, path, key)
            except AviseError:
                self._open_blocking()
                raise

        await self._on_writer(change)
        await self._move(path, key)

    async def begin_anew(self, path: Path, key: bytes) -> None:
        """Forget what is known, and be built again in another file under another key."""
        self._ready = False
        gone = self.path
        await self._on_writer(self._end_readers)
        await self._on_writer(lambda: forget_file(gone))
        await self._move(path, key)

    async def _move(self, path: Path, key: bytes) -> None:
        self.path, self._key, self._locked = path, key, False
        self.say_why_absent("directory.building")
        await self._on_writer(self._open_blocking)

    @property
    def ready(self) -> bool:
        """Whether there is a directory to look in."""
        return self._ready or self._house is not None

    @property
    def absence(self) -> AviseError:
        """Why there is nothing to look in, while `ready` is False."""
        return self._absent_because

    def say_why_absent(self, message_key: str, **params: str) -> None:
        """Say why there is nothing to look in, for whoever searches meanwhile."""
        self._absent_because = DirectoryNotReadyError(message_key, **params)

    # ---- filling ---------------------------------------------------------------------------------

    async def open_reading(self) -> ReadingFile:
        """Return the file of a reading of everybody, beside this one and under its key.

        Raises:
            StoreBusyError: another program reads for the same profile.
            StoreError: it cannot be written.
        """
        found = await ReadingFile.open(self.path, self._key)
        try:
            # Nobody else reads for this profile: what is being built beside it was left by a crash.
            await self._on_writer(lambda: DirectoryBuilder.sweep(found.directory))
        except BaseException:
            await found.aclose()
            raise
        return found

    def rebuild(self) -> DirectoryBuilder:
        """Return a builder of a whole new directory; this one answers until it is finished."""
        return DirectoryBuilder(self.path, self._key, self._env, self._minter, self._on_writer, self._swap)

    async def apply(self, parties: Sequence[Party], cursor: str) -> int:
        """Apply a batch of changes with its cursor, all or nothing; return how many were left out.

        Raises:
            DirectoryNotReadyError: nothing was built yet.
        """
        now = self._env.now().isoformat()

        def change() -> int:
            if self._writer is None:
                raise DirectoryNotReadyError("directory.building")
            with self._errors_translated(), self._writer.begin():
                line = FileLine(self._writer)
                writer = PartyWriter(line, self._minter, bulk=False)
                writer.write(parties)
                write_meta(line, {"cursor": cursor, "as_of": now})
                return writer.left_out

        return await self._on_writer(change)

    async def aclose(self) -> None:
        """Finish what was handed over, end the threads, then close the connections."""
        self._closed = True
        await asyncio.to_thread(self._close_blocking)

    # ---- on the threads --------------------------------------------------------------------------

    @override
    async def _read(self, question: Callable[[Connection], T]) -> T:
        if not self._ready:
            because = self._absent_because
            if self._house is not None:
                raise DirectoryNotReadyError("directory.house_out_of_reach")
            raise DirectoryNotReadyError(because.message_key, **because.params)
        with self._errors_translated():
            return await asyncio.shield(asyncio.wrap_future(self._readers.submit(question)))

    async def _on_writer(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise StoreClosedError
        return await asyncio.shield(asyncio.wrap_future(self._writing.submit(work)))

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        try:
            yield
        except LIBRARY_ERRORS as error:
            failure = translated(error)
            if isinstance(failure, CorruptedFileError):
                # Set aside at the next opening; until then there is nothing to look in.
                self._ready = False
            raise failure from None

    def _open_blocking(self) -> None:
        check_library()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            return
        if not is_sound(self.path, self._key):
            set_aside(self.path, "unreadable", self._env.now())
            self.notices = (AviseError("directory.unreadable"),)
            return
        self._connect()

    def _connect(self) -> None:
        with self._errors_translated():
            self._writer = open_encrypted(self.path, self._key, pragmas=_CHANGING_PRAGMAS)
            self._readers.open(self.path, self._key)
        self._forget_words()
        self._ready = True

    def _disconnect(self) -> None:
        self._readers.close_connections()
        if self._writer is not None:
            close_quietly(self._writer)
            self._writer = None

    def _end_readers(self) -> None:
        """Answer what was asked, then close every connection."""
        self._readers.shut_down()
        self._readers = Readers("avise-directory-reader", READER_CACHE_KIB)
        self._disconnect()

    def _swap(self, built: Path) -> None:
        """Put a built directory in the place of this one; questions under way end first, others wait."""
        if self._locked or built.name != self.path.name + BUILDING_SUFFIX:
            # Begun before the directory went to another file, or its key away.
            built.unlink(missing_ok=True)
            raise DirectoryNotReadyError("directory.building")
        self._disconnect()
        built.replace(self.path)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self._connect()

    def _close_blocking(self) -> None:
        self._writing.shutdown(wait=True)
        self._readers.shut_down()
        self._disconnect()
