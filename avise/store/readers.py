"""Reader threads, with a connection each, over one encrypted file that may be replaced under them."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from avise.store.connections import READER_PRAGMAS, close_quietly, open_encrypted
from avise.store.errors import StoreClosedError

T = TypeVar("T")

READERS = 3
"""Reader threads of a file (decision 7)."""


class Readers:
    """Runs questions on reader threads, each over one consistent state of the file.

    Args:
        name: of the threads.
        cache_kib: page cache of each connection.
    """

    def __init__(self, name: str, cache_kib: int = 8192) -> None:
        self._executor = ThreadPoolExecutor(READERS, name)
        self._pragmas = (*READER_PRAGMAS, f"cache_size=-{cache_kib}")
        self._idle: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._connections = 0
        self._closed = False

    def open(self, path: Path, key: bytes) -> None:
        """Open the connections; the file exists and its key is right."""
        for _ in range(READERS):
            self._idle.put(open_encrypted(path, key, read_only=True, pragmas=self._pragmas))
            self._connections += 1

    def submit(self, question: Callable[[Connection], T]) -> Future[T]:
        """Hand a question over; it waits its turn.

        Raises:
            StoreClosedError: the readers were shut down.
        """
        if self._closed:
            raise StoreClosedError
        return self._executor.submit(self._ask, question)

    def _ask(self, question: Callable[[Connection], T]) -> T:
        connection = self._idle.get()
        try:
            with connection.begin():
                return question(connection)
        finally:
            self._idle.put(connection)

    def close_connections(self) -> None:
        """Wait for the questions under way, then close every connection; others wait for `open`."""
        while self._connections:
            close_quietly(self._idle.get())
            self._connections -= 1

    def shut_down(self) -> None:
        """End the threads once they have answered, then close the connections (decision 45)."""
        self._closed = True
        self._executor.shutdown(wait=True)
        self.close_connections()
