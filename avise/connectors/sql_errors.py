"""What the errors of SQLite and PostgreSQL mean, read from their codes; their texts go no further."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind, Origin

_SQLITE: Mapping[int, ErrorKind] = {
    sqlite3.SQLITE_ERROR: ErrorKind.BUG,
    sqlite3.SQLITE_RANGE: ErrorKind.BUG,
    sqlite3.SQLITE_MISMATCH: ErrorKind.BUG,
    sqlite3.SQLITE_READONLY: ErrorKind.BUG,
    sqlite3.SQLITE_AUTH: ErrorKind.FORBIDDEN,
    sqlite3.SQLITE_PERM: ErrorKind.FORBIDDEN,
    sqlite3.SQLITE_CORRUPT: ErrorKind.BAD_DATA,
    sqlite3.SQLITE_NOTADB: ErrorKind.BAD_DATA,
    sqlite3.SQLITE_INTERRUPT: ErrorKind.TIMEOUT,
}
"""Primary result codes; anything else (locked, cannot open, input or output error) is UNAVAILABLE."""

_POSTGRESQL: tuple[tuple[str, ErrorKind], ...] = (
    ("57014", ErrorKind.TIMEOUT),
    ("42501", ErrorKind.FORBIDDEN),
    ("25006", ErrorKind.BUG),
    ("28", ErrorKind.AUTH),
    ("3D", ErrorKind.CONFIG),
    ("22", ErrorKind.BUG),
    ("42", ErrorKind.BUG),
    ("53300", ErrorKind.RATE_LIMITED),
)
"""Beginnings of SQLSTATE, the first that fits; anything else is UNAVAILABLE."""

_REFUSED: tuple[tuple[str, ErrorKind], ...] = (
    ("password authentication failed", ErrorKind.AUTH),
    ("no password supplied", ErrorKind.AUTH),
    ("does not exist", ErrorKind.CONFIG),
)
"""libpq gives no SQLSTATE for a connection that the server refused, only words; those of a server that
speaks another language are not known, and mean UNAVAILABLE."""


def connector_error(error: BaseException | None, *, stopped: bool) -> ConnectorError:
    """Return what a driver's error means for a read.

    Args:
        error: the driver's own exception.
        stopped: the statement was told to stop because its time was over.
    """
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        return _error(_SQLITE.get(code, ErrorKind.UNAVAILABLE), f"sqlite {code}")
    state = getattr(error, "sqlstate", None)
    if state:
        kind = next((kind for start, kind in _POSTGRESQL if state.startswith(start)), ErrorKind.UNAVAILABLE)
        return _error(kind, f"sqlstate {state}")
    if stopped:
        return ConnectorError(ErrorKind.TIMEOUT, "statement stopped")
    told = str(error)
    kind = next((kind for words, kind in _REFUSED if words in told), ErrorKind.UNAVAILABLE)
    return ConnectorError(kind, type(error).__name__)


def _error(kind: ErrorKind, detail: str) -> ConnectorError:
    origin = Origin.CONNECTOR if kind is ErrorKind.BUG else Origin.SOURCE
    return ConnectorError(kind, detail, origin=origin)
