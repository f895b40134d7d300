"""What the HTTP library's exceptions mean, without their texts, which name hosts and addresses."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx2

from avise.connectors.contract import ConnectorError
from avise.connectors.retry import NotSentError
from avise.models.errors import ErrorKind, Origin

_Meaning = tuple[type[Exception], type[ConnectorError], ErrorKind, str, Origin]

_MEANINGS: tuple[_Meaning, ...] = (
    (httpx2.PoolTimeout, NotSentError, ErrorKind.UNAVAILABLE, "no free connection", Origin.HOST),
    (httpx2.ConnectTimeout, NotSentError, ErrorKind.TIMEOUT, "no connection in time", Origin.SOURCE),
    (httpx2.TimeoutException, ConnectorError, ErrorKind.TIMEOUT, "no answer in time", Origin.SOURCE),
    (httpx2.ProxyError, NotSentError, ErrorKind.UNAVAILABLE, "proxy refuses", Origin.HOST),
    (httpx2.DecodingError, ConnectorError, ErrorKind.BAD_DATA, "body not decodable", Origin.SOURCE),
    (httpx2.UnsupportedProtocol, ConnectorError, ErrorKind.CONFIG, "protocol unknown", Origin.HOST),
    (httpx2.LocalProtocolError, ConnectorError, ErrorKind.BUG, "request malformed", Origin.CONNECTOR),
    (httpx2.InvalidURL, ConnectorError, ErrorKind.BUG, "address malformed", Origin.CONNECTOR),
)
"""First match wins: subclasses stand before their parents."""


def error_of(error: httpx2.HTTPError | httpx2.StreamError | httpx2.InvalidURL) -> ConnectorError:
    """Return the error of the closed list for an exception of the HTTP library."""
    if isinstance(error, httpx2.ConnectError):
        return _connect_error(error)
    for library_type, our_type, kind, detail, origin in _MEANINGS:
        if isinstance(error, library_type):
            return our_type(kind, detail, origin=origin)
    return ConnectorError(ErrorKind.UNAVAILABLE, "connection broken")


def _connect_error(error: httpx2.ConnectError) -> ConnectorError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ConnectorError(ErrorKind.CONFIG, f"certificate refused ({cause.verify_code})")
        if isinstance(cause, ssl.SSLError):
            return NotSentError(ErrorKind.UNAVAILABLE, "no secure connection")
        if isinstance(cause, socket.gaierror):
            return NotSentError(ErrorKind.UNAVAILABLE, "name not found")
        if isinstance(cause, ConnectionRefusedError):
            return NotSentError(ErrorKind.UNAVAILABLE, "connection refused")
    return NotSentError(ErrorKind.UNAVAILABLE, "no connection")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk to what the operating system said, through exception groups too."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting += [current.__cause__, current.__context__]
