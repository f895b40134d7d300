"""Opening SQLCipher files: raw key, the pragmas of the design, explicit transactions.

The standard library's SQLite is never used (decision 7). A raw key opens in 0.9 ms where a
passphrase takes 90; keys therefore come from `avise.store.key_source`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2

from avise.store.errors import LIBRARY_ERRORS, LibraryTooOldError

KEY_BYTES = 32
OLDEST_SQLITE = (3, 51, 3)
"""Older ones lose pages when a WAL is reset under a reader."""
BUSY_MILLISECONDS = 5_000
SALT_BYTES = 16
"""SQLCipher keeps its salt in clear at the head of the file."""


def check_library() -> None:
    """Refuse a SQLCipher that embeds a SQLite known to corrupt files.

    Raises:
        LibraryTooOldError: with the version found.
    """
    if tuple(dbapi2.sqlite_version_info) < OLDEST_SQLITE:
        raise LibraryTooOldError(version=dbapi2.sqlite_version)


def open_encrypted(
    path: Path, key: bytes, *, read_only: bool = False, pragmas: Iterable[str] = ()
) -> Connection:
    """Open an encrypted file and return its connection, which one thread at a time may use.

    Nothing is read yet: a wrong key shows at the first statement.

    Args:
        path: the file, created when absent unless `read_only`.
        key: 32 bytes, used raw.
        read_only: forbid writing through this connection.
        pragmas: statements run after the key, in order.
    """
    if len(key) != KEY_BYTES:
        message = f"a raw SQLCipher key has {KEY_BYTES} bytes"
        raise ValueError(message)
    engine = _engine(path, key, read_only, tuple(pragmas))
    return engine.connect()


def _engine(path: Path, key: bytes, read_only: bool, pragmas: tuple[str, ...]) -> Engine:
    def connect() -> Any:  # noqa: ANN401 - sqlcipher3 has no types
        mode = "?mode=ro" if read_only else "?mode=rwc"
        raw = dbapi2.connect(
            path.absolute().as_uri() + mode, uri=True, isolation_level=None, check_same_thread=False,
            cached_statements=256,
        )  # fmt: skip
        raw.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        raw.execute("PRAGMA cipher_log_level=NONE")
        try:
            for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", *pragmas):
                raw.execute(f"PRAGMA {pragma}").fetchall()
        except dbapi2.Error:
            raw.close()
            raise
        return raw

    # Parameters are personal data: they never enter an exception's text.
    engine = create_engine(
        "sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True, module=dbapi2
    )
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


STORE_PRAGMAS = (
    "journal_mode=WAL",
    # NORMAL lost acknowledged commits in 746 of 800 simulated power cuts, FULL in none.
    "synchronous=FULL",
    "temp_store=MEMORY",
    "secure_delete=ON",
    "foreign_keys=ON",
    "cache_size=-8192",
)
READER_PRAGMAS = ("temp_store=MEMORY", "query_only=ON")


def close_quietly(connection: Connection) -> None:
    """Close a connection and its engine; a damaged file must not keep others from closing."""
    with suppress(*LIBRARY_ERRORS):
        connection.close()
    connection.engine.dispose()


def cipher_faults(connection: Connection) -> int:
    """Return how many pages fail their authentication, plus one when the tree is malformed."""
    faults = len(connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall())
    verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    return faults + int(verdict != "ok")
