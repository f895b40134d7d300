"""The default status table: what an HTTP status means for a read, and for an action (`connectors.md` C8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from avise.connectors.contract import ConnectorError, HttpReply
from avise.models.errors import ErrorKind, Origin
from avise.transport.faults import PROXY_ACCOUNT

_OUR_REQUEST_IS_WRONG = frozenset({400, 405, 406, 411, 413, 414, 415, 422, 431})
_INPUT_IS_WRONG = frozenset({400, 405, 406, 415, 422})
_KINDS: Mapping[int, ErrorKind] = {
    401: ErrorKind.AUTH,
    403: ErrorKind.FORBIDDEN,
    404: ErrorKind.NOT_FOUND,
    408: ErrorKind.TIMEOUT,
    409: ErrorKind.CONFLICT,
    410: ErrorKind.NOT_FOUND,
    412: ErrorKind.CONFLICT,
    429: ErrorKind.RATE_LIMITED,
    501: ErrorKind.UNSUPPORTED,
}
_LONGEST_WAIT = timedelta(hours=1)


def check_status(reply: HttpReply, now: datetime) -> None:
    """Let a success pass and raise what any other status means for a read.

    Args:
        reply: what the tool answered.
        now: aware; a Retry-After date is counted from it.

    Raises:
        ConnectorError: by the default table; 304 passes, it only follows a conditional read.
    """
    error = status_error(reply.status, reply.headers, now)
    if error is not None:
        raise error


def status_error(status: int, headers: Mapping[str, str], now: datetime) -> ConnectorError | None:
    """Return what a status means for a read, None for a success or 304."""
    if 200 <= status < 300 or status == 304:
        return None
    detail = f"status {status}"
    if status in _OUR_REQUEST_IS_WRONG:
        return ConnectorError(ErrorKind.BUG, detail, origin=Origin.CONNECTOR)
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        # Of a proxy alone (RFC 9110, 15.5.8): an http address is asked of it without a tunnel.
        return ConnectorError(ErrorKind.CONFIG, PROXY_ACCOUNT, origin=Origin.HOST)
    kind = _KINDS.get(status)
    if kind is None:
        kind = ErrorKind.UNAVAILABLE if status >= 500 else ErrorKind.BAD_DATA
    waits = kind is ErrorKind.RATE_LIMITED or status == 503
    return ConnectorError(kind, detail, retry_after=retry_after(headers, now) if waits else None)


def action_status_error(status: int, headers: Mapping[str, str], now: datetime) -> ConnectorError | None:
    """Return what a status means for an action, None for a success.

    A request that the tool finds wrong is the agent's input, where that of a read is our mistake.
    """
    if status in _INPUT_IS_WRONG:
        return ConnectorError(ErrorKind.INVALID, f"status {status}")
    if status == HTTPStatus.NOT_MODIFIED:
        return ConnectorError(ErrorKind.BAD_DATA, f"status {status}")
    return status_error(status, headers, now)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read a Retry-After header, in seconds or as a date (RFC 9110, section 10.2.3).

    Returns:
        A wait between zero and one hour; None without the header or when it says nothing readable.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:6])), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), _LONGEST_WAIT)
