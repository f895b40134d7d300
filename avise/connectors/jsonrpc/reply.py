"""A JSON-RPC 2.0 answer: its result, or the error that it tells with status 200."""

from __future__ import annotations

from collections.abc import Mapping

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.declarative.json_reply import parse_json
from avise.connectors.sentences import shown_sentence
from avise.models.errors import ErrorKind, Origin

_RESERVED = range(-32768, -31999)
"""Codes of the protocol and of servers (JSON-RPC 2.0, section 5.1)."""
_OURS: Mapping[int, ErrorKind] = {
    -32700: ErrorKind.BUG,
    -32600: ErrorKind.BUG,
    -32601: ErrorKind.UNSUPPORTED,
    -32602: ErrorKind.BUG,
}
"""Errors of the protocol that our request, or the version of the tool, causes."""
_OUTSIDE_LATIN_1 = frozenset("œŒŸ’‘“”…–—€\u202f\u2009")
"""Characters of French texts that latin-1 has not."""
_MAY_SPEAK = frozenset({ErrorKind.REJECTED, ErrorKind.INVALID, ErrorKind.CONFLICT})


def result_of(reply: HttpReply, call: str, meanings: Mapping[int, ErrorKind]) -> object:
    """Return the result of a call.

    Args:
        reply: of the service.
        call: identifier of the request; an answer to another one is refused.
        meanings: what the codes of this service mean.

    Raises:
        ConnectorError: what the error in the body means; BAD_DATA for what is no JSON-RPC answer.
    """
    answer = parse_json(reply)
    if not isinstance(answer, dict):
        raise ConnectorError(ErrorKind.BAD_DATA, "no JSON-RPC answer")
    error = answer.get("error")
    if error is not None:
        # An error may lack the identifier: a request that was not understood has none.
        raise _told(error, meanings)
    if "result" not in answer:
        raise ConnectorError(ErrorKind.BAD_DATA, "neither result nor error")
    if answer.get("id") != call:
        raise ConnectorError(ErrorKind.BAD_DATA, "answer to another request")
    result: object = answer["result"]
    return result


class ToolError(ConnectorError):
    """An error told in the body, with its code."""

    code = 0


def _told(error: object, meanings: Mapping[int, ErrorKind]) -> ConnectorError:
    code = error.get("code") if isinstance(error, dict) else None
    if not isinstance(error, dict) or not isinstance(code, int) or isinstance(code, bool):
        return ConnectorError(ErrorKind.BAD_DATA, "error without a code")
    kind = meanings.get(code) or _OURS.get(code)
    if kind is None:
        kind = ErrorKind.UNAVAILABLE if code in _RESERVED else ErrorKind.REJECTED
    ours = kind is ErrorKind.BUG
    told = ToolError(
        kind,
        "told in the body",
        origin=Origin.CONNECTOR if ours else Origin.SOURCE,
        source_code=str(code),
        user_message=_sentence(error.get("message")) if kind in _MAY_SPEAK else "",
    )
    told.code = code
    return told


def _sentence(message: object) -> str:
    return shown_sentence(message) if isinstance(message, str) else ""


def put_right(value: object) -> object:
    """Return a value whose texts that were UTF-8 read as latin-1 are text again.

    A text is changed only when its characters, as latin-1 bytes, are UTF-8 for characters that French is
    written with: ordinary French never is ("LIBERTÉ" before a no-break space is UTF-8, but for a letter of
    another alphabet).
    """
    if isinstance(value, str):
        return _put_right(value)
    if isinstance(value, dict):
        return {key: put_right(item) for key, item in value.items()}
    if isinstance(value, list):
        return [put_right(item) for item in value]
    return value


def _put_right(text: str) -> str:
    if text.isascii():
        return text
    try:
        meant = text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
    return meant if all(_is_french(character) for character in meant) else text


def _is_french(character: str) -> bool:
    return character.isascii() or "\u00a0" <= character <= "\u00ff" or character in _OUTSIDE_LATIN_1
