"""An HTTP reply as JSON without floats, and the errors that a tool tells in its body."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NoReturn

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.declarative.mapping import ErrorRule
from avise.connectors.declarative.rows import search
from avise.connectors.half_pairs import without_half_pairs
from avise.connectors.http_status import retry_after
from avise.connectors.sentences import shown_sentence
from avise.models.errors import ErrorKind

_MAY_SPEAK = frozenset({ErrorKind.REJECTED, ErrorKind.INVALID, ErrorKind.CONFLICT})


def parse_json(reply: HttpReply) -> object:
    """Return the body as JSON, its decimal numbers as `Decimal`.

    Raises:
        ConnectorError: BAD_DATA when it is not JSON in the declared charset.
    """
    try:
        written = reply.body.decode(reply.charset)
        return without_half_pairs(
            json.loads(written, parse_float=Decimal, parse_constant=_no_number), written
        )
    except (ValueError, LookupError, RecursionError):
        raise ConnectorError(ErrorKind.BAD_DATA, f"not JSON ({reply.content_type})") from None


def json_or_none(reply: HttpReply) -> object:
    """Return the body as JSON for the error rules, None when it is none."""
    try:
        return parse_json(reply)
    except ConnectorError:
        return None


def _no_number(name: str) -> NoReturn:
    """Refuse NaN and infinities, which are no JSON."""
    raise ValueError(name)


def told_error(
    rules: Sequence[ErrorRule], answer: object, reply: HttpReply, now: datetime
) -> ConnectorError | None:
    """Return the error that the first matching rule finds in a body, None when no rule matches."""
    for rule in rules:
        if _matches(rule.when, answer):
            return _error(rule, answer, reply, now)
    return None


def _matches(expression: str, answer: object) -> bool:
    try:
        return search(expression, answer) is True
    except ConnectorError:
        return False


def _error(rule: ErrorRule, answer: object, reply: HttpReply, now: datetime) -> ConnectorError:
    kind = ErrorKind(rule.means)
    return ConnectorError(
        kind,
        f"told in the body (status {reply.status})",
        retry_after=retry_after(reply.headers, now) if kind is ErrorKind.RATE_LIMITED else None,
        source_code=shown_sentence(_words(rule.code, answer))[:40],
        user_message=shown_sentence(_words(rule.message, answer)) if kind in _MAY_SPEAK else "",
    )


def _words(expression: str | None, answer: object) -> str:
    if expression is None:
        return ""
    try:
        found = search(expression, answer)
    except ConnectorError:
        return ""
    return str(found).strip() if isinstance(found, str | int) else ""
