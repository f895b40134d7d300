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


_OUR_CERTIFICATE_REFUSED = frozenset(
    {
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "TLSV1_ALERT_ACCESS_DENIED",
        "TLSV1_ALERT_UNKNOWN_CA",
    }
)
"""What OpenSSL calls the alerts of a server that wants another certificate of ours, or one at all."""

NOT_ACCEPTED = "client certificate not accepted"
PROXY_ACCOUNT = "proxy asks for an account"


TRANSPORT_ERRORS = (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, ssl.SSLError)
"""What the HTTP library raises; an alert that comes in the place of an answer passes through it as it is."""


def error_of(
    error: httpx2.HTTPError | httpx2.StreamError | httpx2.InvalidURL | ssl.SSLError,
) -> ConnectorError:
    """Return the error of the closed list for an exception of the HTTP library."""
    if isinstance(error, httpx2.ConnectError):
        return _connect_error(error)
    if isinstance(error, httpx2.ProxyError) and str(error).startswith("407"):
        return ConnectorError(ErrorKind.CONFIG, PROXY_ACCOUNT, origin=Origin.HOST)
    if _refuses_our_certificate(error):
        # With TLS 1.3 the alert comes after the handshake, in the place of an answer.
        return ConnectorError(ErrorKind.AUTH, NOT_ACCEPTED)
    for library_type, our_type, kind, detail, origin in _MEANINGS:
        if isinstance(error, library_type):
            return our_type(kind, detail, origin=origin)
    return ConnectorError(ErrorKind.UNAVAILABLE, "connection broken")


def _refuses_our_certificate(error: BaseException) -> bool:
    return any(
        isinstance(cause, ssl.SSLError) and cause.reason in _OUR_CERTIFICATE_REFUSED
        for cause in _causes(error)
    )


def _connect_error(error: httpx2.ConnectError) -> ConnectorError:
    if _refuses_our_certificate(error):
        return ConnectorError(ErrorKind.AUTH, NOT_ACCEPTED)
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
