"""The files of a server as the readers of nightly files want them: from a thread, as a stream of bytes.

Nothing of a file is written on the workstation: pieces come when they are read, and a connection that is
lost is opened again at the byte where it was.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any, Literal, TypeVar

from typing_extensions import Buffer, override

from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.csv_place import FileMark, Naming, first_two
from avise.connectors.sftp.connection import RemoteEntry, SftpConnection
from avise.models.errors import ErrorKind

T = TypeVar("T")

PIECE = 1 << 20
"""Bytes asked for at once."""

LOOK_EVERY = timedelta(seconds=20)
"""The folder is not listed again sooner: every block of every screen asks which file is the newest."""


class RemoteFile:
    """A file on the server (`csv_place.DropFile`); known by its name, like a path.

    Args:
        entry: as it was listed.
        drop: reads it.
    """

    def __init__(self, entry: RemoteEntry, drop: SftpDrop) -> None:
        self.name = entry.name
        self._entry = entry
        self._drop = drop

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemoteFile) and other.name == self.name

    @override
    def __hash__(self) -> int:
        return hash(self.name)

    def open(self, mode: Literal["rb"]) -> io.BufferedReader:
        """Return its bytes, from the first one."""
        del mode
        return io.BufferedReader(_RemoteBytes(self._entry, self._drop), PIECE)


class _RemoteBytes(io.RawIOBase):
    def __init__(self, entry: RemoteEntry, drop: SftpDrop) -> None:
        self._entry, self._drop = entry, drop
        self._at = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._at

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._entry.size}[whence]
        self._at = start + offset
        return self._at

    @override
    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer).cast("B")
        piece = self._drop.piece(self._entry, self._at, len(view))
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


class SftpDrop:
    """Where files arrive on a server (`csv_place.Drop`); used from threads while the loop runs.

    Args:
        connection: to the server.
        naming: which files are read.
        settled: a file without a last line that ends it is whole once it has not changed for that long.
        largest: bytes; a larger file is refused.
    """

    def __init__(
        self, connection: SftpConnection, naming: Naming, *, settled: timedelta, largest: int
    ) -> None:
        self._connection = connection
        self._naming = naming
        self._settled = settled
        self._largest = largest
        self._loop = asyncio.get_running_loop()
        self._now: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC)
        self._seen: dict[RemoteEntry, datetime] = {}
        self._whole: set[RemoteEntry] = set()
        self._looked_at: datetime | None = None
        self._found: list[FileMark] = []
        self._last: tuple[RemoteEntry | None, int, bytes] = (None, 0, b"")
        """The piece read last: the pages of a directory begin where it is not used up."""
        self._closed = Event()
        self._waiting: set[Future[Any]] = set()
        """What threads wait for."""

    def ask_time(self, now: Callable[[], datetime]) -> None:
        """Take the clock of the call under way."""
        self._now = now

    def newest(self) -> list[FileMark]:
        """Return the two newest complete files, newest first.

        Raises:
            ConnectorError: the server cannot be reached or read; BAD_DATA for a file that is too large.
        """
        now = self._now()
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            entries = {entry.name: entry for entry in self._wait(self._connection.entries())}
            self._seen = {entry: self._seen.get(entry, now) for entry in entries.values()}
            self._whole &= set(self._seen)
            names = self._naming.newest_first(entries)
            self._found = first_two(
                self._mark(entries[name]) for name in names if self._is_whole(entries[name], now)
            )
            self._looked_at = now
        if self._found and self._found[0].size > self._largest:
            raise ConnectorError(ErrorKind.BAD_DATA, "the file is larger than the connector file allows")
        return self._found

    def _is_whole(self, entry: RemoteEntry, now: datetime) -> bool:
        if entry in self._whole:
            return True
        mark = self._mark(entry)
        if self._naming.end:
            whole = self._naming.is_ended(mark)
        else:
            # By the server's date where the clocks agree, else by what was seen here.
            whole = max(now - mark.edition.modified, now - self._seen[entry]) >= self._settled
        if whole:
            self._whole.add(entry)
        return whole

    def _mark(self, entry: RemoteEntry) -> FileMark:
        return FileMark(RemoteFile(entry, self), entry.modified_ns, entry.size)

    def piece(self, entry: RemoteEntry, offset: int, size: int) -> bytes:
        """Return a piece of a file, "" at its end; what is left of the piece read last is not asked again.

        Raises:
            ConnectorError: the server cannot be reached or read.
        """
        last, start, body = self._last
        if last == entry and start <= offset < start + len(body):
            return body[offset - start :][:size]
        body = self._wait(self._connection.read(entry.name, offset, size))
        self._last = (entry, offset, body)
        return body

    async def aclose(self) -> None:
        """Close the connection: whoever reads is told that the file cannot be read."""
        self._closed.set()
        for waiting in tuple(self._waiting):
            waiting.cancel()
        await self._connection.aclose()

    def _wait(self, work: Coroutine[object, object, T]) -> T:
        """Have the loop do something, and wait for it on this thread."""
        if self._closed.is_set() or self._loop.is_closed():
            work.close()
            raise ConnectorError(ErrorKind.UNAVAILABLE, "closed")
        waiting: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._waiting.add(waiting)
        if self._closed.is_set():  # meanwhile
            waiting.cancel()
        try:
            return waiting.result()
        except CancelledError:
            raise ConnectorError(ErrorKind.UNAVAILABLE, "closed") from None
        finally:
            self._waiting.discard(waiting)
