"""What the errors of SQLite, PostgreSQL and MariaDB mean, read from their codes; their texts stay here."""

from __future__ import annotations

import sqlite3
import ssl
from collections.abc import Mapping

from avise.connectors.contract import ConnectorError
from avise.connectors.transport_errors import proxy_error
from avise.models.errors import ErrorKind, Origin
from avise.transport.faults import TunnelError, certificate_refused

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

_MARIADB: Mapping[int, ErrorKind] = {
    **dict.fromkeys((1045, 1698, 1820, 1862, 4151), ErrorKind.AUTH),
    **dict.fromkeys((1044, 1142, 1143, 1227, 1370), ErrorKind.FORBIDDEN),
    # Unknown database, host not allowed, plugin of sign-in unknown, TLS wanted by the server.
    **dict.fromkeys((1049, 1130, 1251, 2026, 2059, 3159), ErrorKind.CONFIG),
    **dict.fromkeys((1969, 3024, 1317), ErrorKind.TIMEOUT),
    **dict.fromkeys((1040, 1203, 1226), ErrorKind.RATE_LIMITED),
    # Lock wait, deadlock, gone away, lost: the same statement may do better.
    **dict.fromkeys((1205, 1213, 1053, 1927, 2002, 2003, 2005, 2006, 2013, 2014), ErrorKind.UNAVAILABLE),
}
"""https://mariadb.com/kb/en/mariadb-error-code-reference/ and PyMySQL's own from 2000 on; of those of the
server that are not here, all tell of the statement: BUG."""

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
    if type(error).__module__.startswith("pymysql."):
        return _mariadb_error(error, stopped=stopped)
    state = getattr(error, "sqlstate", None)
    if state:
        kind = next((kind for start, kind in _POSTGRESQL if state.startswith(start)), ErrorKind.UNAVAILABLE)
        return _error(kind, f"sqlstate {state}")
    if stopped:
        return ConnectorError(ErrorKind.TIMEOUT, "statement stopped")
    told = str(error)
    kind = next((kind for words, kind in _REFUSED if words in told), ErrorKind.UNAVAILABLE)
    return ConnectorError(kind, type(error).__name__)


def _mariadb_error(error: BaseException | None, *, stopped: bool) -> ConnectorError:
    code = error.args[0] if error is not None and error.args and isinstance(error.args[0], int) else 0
    original = getattr(error, "original_exception", None)
    if isinstance(original, TunnelError):
        return proxy_error(original.word)
    if isinstance(original, ssl.SSLCertVerificationError):
        return _error(ErrorKind.CONFIG, certificate_refused(original))
    if isinstance(original, ssl.SSLError):
        return _error(ErrorKind.CONFIG, "no secure connection")
    kind = _MARIADB.get(code, ErrorKind.BUG if 1000 <= code < 2000 else ErrorKind.UNAVAILABLE)
    if stopped and kind is ErrorKind.UNAVAILABLE:
        return _error(ErrorKind.TIMEOUT, f"mariadb {code}")
    return _error(kind, f"mariadb {code}")


def _error(kind: ErrorKind, detail: str) -> ConnectorError:
    origin = Origin.CONNECTOR if kind is ErrorKind.BUG else Origin.SOURCE
    return ConnectorError(kind, detail, origin=origin)
