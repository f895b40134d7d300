"""A directory in a file, read as a thread of the workstation reads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from avise.store.connections import READER_PRAGMAS, close_quietly, open_encrypted
from avise.store.directory import READER_CACHE_KIB
from avise.store.directory_line import FileLine
from benchmarks.harness.system_cache import read_once
from benchmarks.search import KEY


@contextmanager
def opened_file(path: Path) -> Iterator[FileLine]:
    """Open a directory for the time of a `with` block; what was read is remembered for as long.

    Its pages are in the system's memory, none is deciphered yet.
    """
    read_once(path)
    pragmas = (*READER_PRAGMAS, f"cache_size=-{READER_CACHE_KIB}")
    connection = open_encrypted(path, KEY, read_only=True, pragmas=pragmas)
    try:
        with connection.begin():
            yield FileLine(connection)
    finally:
        close_quietly(connection)
