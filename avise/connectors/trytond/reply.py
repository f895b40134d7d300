"""An answer of a Tryton server: its result, or the error that it tells with status 200."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.declarative.json_reply import parse_json
from avise.models.errors import ErrorKind

_ERRORS: Mapping[str, ErrorKind] = {
    "LoginException": ErrorKind.AUTH,
    "RateLimitException": ErrorKind.RATE_LIMITED,
    "UserError": ErrorKind.FORBIDDEN,
    "UserWarning": ErrorKind.REJECTED,
    "ConcurrencyException": ErrorKind.CONFLICT,
}
"""Names of the server's own exceptions (trytond/exceptions.py).

A search that only reads meets a UserError when it may not read, an AccessError being one. A warning asks
something of a person, whom nobody can ask here.
"""


class SessionEndedError(ConnectorError):
    """The server does not know the session, or the password."""


def result_of(reply: HttpReply, call: str) -> object:
    """Return the result of a call.

    Args:
        reply: of the server, 401 and 404 among the statuses.
        call: identifier of the request; an answer to another one is refused.

    Raises:
        SessionEndedError: AUTH for a 401.
        ConnectorError: what the error in the body means; CONFIG for a database that is not there, BAD_DATA
            for what is no answer of such a server.
    """
    if reply.status == HTTPStatus.UNAUTHORIZED:
        raise SessionEndedError(ErrorKind.AUTH, "session or password refused")
    if reply.status == HTTPStatus.NOT_FOUND:
        raise ConnectorError(ErrorKind.CONFIG, "no such database, or another path")
    answer = parse_json(reply)
    if not isinstance(answer, dict) or answer.get("id") != call:
        raise ConnectorError(ErrorKind.BAD_DATA, "no answer to this request")
    if answer.get("error") is not None:
        raise _told(answer["error"])
    if "result" not in answer:
        raise ConnectorError(ErrorKind.BAD_DATA, "neither result nor error")
    result: object = answer["result"]
    return result


def _told(error: object) -> ConnectorError:
    """Return what an error means by its name; its sentences, which hold names, are left where they are."""
    name = error[0] if isinstance(error, list) and error else ""
    kind = _ERRORS.get(name) if isinstance(name, str) else None
    if kind is None:
        return ConnectorError(ErrorKind.UNAVAILABLE, "the server failed, told in the body")
    return ConnectorError(kind, "told in the body", source_code=str(name))
