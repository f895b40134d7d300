"""What the HTTP library's exceptions mean, without their texts, which name hosts and addresses."""

from __future__ import annotations

import socket
import ssl

import httpx2

from avise.connectors.contract import ConnectorError
from avise.connectors.retry import NotSentError
from avise.models.errors import ErrorKind, Origin
from avise.transport.faults import PROXY_ACCOUNT, PROXY_REFUSES, PROXY_SILENT, causes, certificate_refused
from avise.transport.web import word_of_web

_Meaning = tuple[type[Exception], type[ConnectorError], ErrorKind, str, Origin]

_MEANINGS: tuple[_Meaning, ...] = (
    (httpx2.PoolTimeout, NotSentError, ErrorKind.UNAVAILABLE, "no free connection", Origin.HOST),
    (httpx2.ConnectTimeout, NotSentError, ErrorKind.TIMEOUT, "no connection in time", Origin.SOURCE),
    (httpx2.TimeoutException, ConnectorError, ErrorKind.TIMEOUT, "no answer in time", Origin.SOURCE),
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

_PROXY = frozenset({PROXY_ACCOUNT, PROXY_REFUSES, PROXY_SILENT})
NOT_ACCEPTED = "client certificate not accepted"


TransportError = httpx2.HTTPError | httpx2.StreamError | httpx2.InvalidURL | ssl.SSLError
TRANSPORT_ERRORS = (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, ssl.SSLError)
"""What the HTTP library raises; an alert that comes in the place of an answer passes through it as it is."""


def error_of(error: TransportError, *, through_proxy: bool = False) -> ConnectorError:
    """Return the error of the closed list for an exception of the HTTP library.

    Args:
        error: of the library.
        through_proxy: whether the request went through a proxy.
    """
    word = word_of_web(error, through_proxy=through_proxy)
    if word in _PROXY:
        return proxy_error(word)
    if isinstance(error, httpx2.ConnectError):
        return _connect_error(error)
    if _refuses_our_certificate(error):
        # With TLS 1.3 the alert comes after the handshake, in the place of an answer.
        return ConnectorError(ErrorKind.AUTH, NOT_ACCEPTED)
    for library_type, our_type, kind, detail, origin in _MEANINGS:
        if isinstance(error, library_type):
            return our_type(kind, detail, origin=origin)
    return ConnectorError(ErrorKind.UNAVAILABLE, "connection broken")


def proxy_error(word: str) -> ConnectorError:
    """Return the error of a proxy that did not lead to the tool: nothing was sent there.

    Args:
        word: of `transport.faults`.
    """
    if word in (PROXY_REFUSES, PROXY_SILENT):
        return NotSentError(ErrorKind.UNAVAILABLE, word, origin=Origin.HOST)
    return ConnectorError(ErrorKind.CONFIG, word, origin=Origin.HOST)


def _refuses_our_certificate(error: BaseException) -> bool:
    return any(
        isinstance(cause, ssl.SSLError) and cause.reason in _OUR_CERTIFICATE_REFUSED
        for cause in causes(error)
    )


def _connect_error(error: httpx2.ConnectError) -> ConnectorError:
    if _refuses_our_certificate(error):
        return ConnectorError(ErrorKind.AUTH, NOT_ACCEPTED)
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ConnectorError(ErrorKind.CONFIG, certificate_refused(cause))
        if isinstance(cause, ssl.SSLError):
            return NotSentError(ErrorKind.UNAVAILABLE, "no secure connection")
        if isinstance(cause, socket.gaierror):
            return NotSentError(ErrorKind.UNAVAILABLE, "name not found")
        if isinstance(cause, ConnectionRefusedError):
            return NotSentError(ErrorKind.UNAVAILABLE, "connection refused")
    return NotSentError(ErrorKind.UNAVAILABLE, "no connection")
