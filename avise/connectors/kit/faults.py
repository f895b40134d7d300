"""The ways in which the proxy makes a tool fail, as values."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum

from avise.connectors.http_connection import SAFE_METHODS
from avise.connectors.kit.messages import Answer, Request, json_answer
from avise.models.json_types import JSON

Change = Callable[[Request, Answer], Answer]


class Way(StrEnum):
    """What the proxy does with a request."""

    PASS = "pass"  # noqa: S105 - no password
    REFUSE = "refuse"
    """Nobody listens any more."""
    RESET = "reset"
    """The connection is reset in the middle of the body."""
    DRIP = "drip"
    """The answer comes byte by byte, for ever."""
    HOLD = "hold"
    """The request is taken and never answered: a black hole."""
    INSTEAD = "instead"
    """Something else is answered in the tool's place."""
    CHANGE = "change"
    """The tool's own answer is altered on its way."""
    STREAM = "stream"
    """An answer in pieces, in the tool's place, whose end is not told beforehand."""
    LOSE_ANSWER = "lose_answer"
    """The tool acts, and its answer never comes."""
    LOSE_REQUEST = "lose_request"
    """The request never reaches the tool."""


class Ending(StrEnum):
    """What becomes of a stream once its pieces were sent."""

    OPEN = "open"
    """It stays open, and nothing more comes."""
    END = "end"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that comes in pieces.

    Args:
        content_type: of it.
        pieces: sent one by one.
        ending: what follows them.
    """

    content_type: str
    pieces: Sequence[bytes]
    ending: Ending


@dataclass(frozen=True, slots=True)
class Fault:
    """How the tool fails from now on.

    Args:
        way: what is done.
        instead: for INSTEAD.
        change: for CHANGE.
        stream: for STREAM.
        times: requests to which it happens, None for all.
        writes_only: requests that only read pass.
        delay_s: the tool takes that much longer.
    """

    way: Way = Way.PASS
    instead: Answer | None = None
    change: Change | None = None
    stream: Stream | None = None
    times: int | None = None
    writes_only: bool = False
    delay_s: float = 0.0

    def concerns(self, request: Request) -> bool:
        """Return whether it happens to a request, by its method."""
        return not self.writes_only or request.method not in SAFE_METHODS


WORKING = Fault()
BYTES_PER_SECOND = 20


def instead(answer: Answer, times: int | None = None) -> Fault:
    """Return the fault that answers in the tool's place."""
    return Fault(Way.INSTEAD, instead=answer, times=times)


def changing(change: Change) -> Fault:
    """Return the fault that alters the tool's own answers."""
    return Fault(Way.CHANGE, change=change)


def streaming(content_type: str, pieces: Sequence[bytes], ending: Ending) -> Fault:
    """Return the fault that streams in the tool's place."""
    return Fault(Way.STREAM, stream=Stream(content_type, pieces, ending))


# ---- answers in the tool's place -----------------------------------------------------------------

_PAGE = (
    "<!doctype html><html lang='fr'><head><title>Portail - Connexion</title></head><body>"
    "<form method='post' action='/login'><input name='user'><input name='password' type='password'>"
    "</form></body></html>"
)
SIGN_IN_PAGE = Answer(200, {"content-type": "text/html; charset=utf-8"}, _PAGE.encode())
FORBIDDEN = json_answer({"error": "forbidden"}, 403)
UNAUTHORIZED = json_answer({"error": "unauthorized"}, 401)
ERROR_IN_200 = json_answer({"ok": False, "status": "error", "error": {"code": "E-500", "message": "panne"}})
RETRY_AFTER_S = 97
"""Longer than any deadline, so that nobody may wait for it; no round figure, so that it is recognised."""


def server_error(words: str = "panne") -> Answer:
    """Return an error of the tool's own."""
    return json_answer({"error": words}, 500)


def limited(moment: datetime | None = None) -> Answer:
    """Return a 429 that says when to come back: in seconds, or at a date."""
    when = format_datetime(moment, usegmt=True) if moment is not None else str(RETRY_AFTER_S)
    return Answer(429, {"content-type": "application/json", "retry-after": when}, b"{}")


def elsewhere(address: str) -> Answer:
    """Return a redirection."""
    return Answer(302, {"location": address}, b"")


# ---- changes of the tool's own answer ------------------------------------------------------------


def cut(request: Request, answer: Answer) -> Answer:
    """Return the answer ended in the middle, as if it were whole."""
    del request
    return answer.with_body(answer.body[: len(answer.body) * 2 // 3])


def miswritten(request: Request, answer: Answer) -> Answer:
    """Return the answer with a letter in Latin-1 where UTF-8 is announced."""
    del request
    kind = answer.headers.get("content-type", "application/json").partition(";")[0]
    at = answer.body.rfind(b'"') if answer.is_json else answer.body.rfind(b"</")
    body = answer.body[:at] + b"\xe9" + answer.body[at:] if at > 0 else answer.body + b"\xe9"
    return Answer(answer.status, {**answer.headers, "content-type": f"{kind}; charset=utf-8"}, body)


def with_host(origin: str, other: str, targets: Collection[str] = ()) -> Change:
    """Return the change that makes every address of the tool, in an answer or its headers, another host's.

    Args:
        origin: of the tool.
        other: of the other host.
        targets: paths that the tool may tell without its origin.
    """

    def moved(text: bytes) -> bytes:
        for target in targets:
            for before, after in (('"', '"'), ("<", ">")):
                whole = f"{before}{target}{after}".encode()
                text = text.replace(whole, f"{before}{other}{target}{after}".encode())
        return text.replace(origin.encode(), other.encode())

    def change(_: Request, answer: Answer) -> Answer:
        headers = {name: moved(value.encode()).decode() for name, value in answer.headers.items()}
        return Answer(answer.status, headers, moved(answer.body))

    return change


def recoded(codes: Mapping[str, str]) -> Change:
    """Return the change that puts unknown codes in the place of known ones, in any JSON or XML answer."""

    def change(_: Request, answer: Answer) -> Answer:
        if answer.is_json:
            try:
                value = answer.json()
            except ValueError:
                return answer
            return answer.with_body(json.dumps(_recoded(value, codes), ensure_ascii=False).encode())
        body = answer.body
        for old, new in codes.items():
            body = body.replace(f">{old}<".encode(), f">{new}<".encode())
            body = body.replace(f":{old}\r\n".encode(), f":{new}\r\n".encode())
            body = body.replace(f":{old}\n".encode(), f":{new}\n".encode())
        return answer.with_body(body)

    return change


def _recoded(value: JSON, codes: Mapping[str, str]) -> JSON:
    if isinstance(value, dict):
        return {name: _recoded(inner, codes) for name, inner in value.items()}
    if isinstance(value, list):
        return [_recoded(inner, codes) for inner in value]
    return codes.get(value, value) if isinstance(value, str) else value
