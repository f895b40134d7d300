"""What stands behind the proxy: the running tool, what was recorded of it, or both at once."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx2

from avise.connectors.kit.messages import Answer, Request, end_to_end
from avise.models.errors import AviseError
from avise.models.json_types import JSON

ANSWER_S = 30.0
"""The tool behind the proxy has that long; how long a connector waits is its own deadline."""
EXCHANGES_FILE = "exchanges.json"
_TOKENS = ("access_token", "refresh_token", "id_token")


class Upstream(Protocol):
    """Answers requests in the tool's place or by asking it."""

    @property
    def origin(self) -> str:
        """Scheme, host and port under which the tool names itself in its answers."""

    async def answer(self, request: Request) -> Answer:
        """Return what the tool says.

        Raises:
            OSError: it cannot be reached.
        """

    async def aclose(self) -> None:
        """Let go of the connections."""


class LiveTool:
    """Asks a running tool.

    Args:
        origin: its scheme, host and port.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._client = httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=ANSWER_S)

    async def answer(self, request: Request) -> Answer:
        """Ask the tool.

        Raises:
            OSError: it cannot be reached.
        """
        # Passed on decoded. Not "identity": Tryton then says that what it sends as it is, is compressed.
        headers = end_to_end(request.headers) | {"accept-encoding": "gzip"}
        headers.pop("host", None)
        try:
            reply = await self._client.request(
                request.method, self.origin + request.target, headers=headers, content=request.body or None
            )
        except httpx2.HTTPError as error:
            raise OSError(type(error).__name__) from None
        return Answer(reply.status_code, end_to_end(dict(reply.headers)), reply.content)

    async def aclose(self) -> None:
        """Close the pool."""
        await self._client.aclose()


@dataclass(slots=True)
class Recorder:
    """Asks a tool and keeps what it answered, secrets and tokens taken out.

    Args:
        tool: that is asked.
        tape: where exchanges are added.
    """

    tool: Upstream
    tape: Tape

    @property
    def origin(self) -> str:
        """Scheme, host and port of the tool."""
        return self.tool.origin

    async def answer(self, request: Request) -> Answer:
        """Ask the tool, and keep its answer.

        Raises:
            OSError: it cannot be reached.
        """
        answer = await self.tool.answer(request)
        self.tape.keep(request, answer)
        return answer

    async def aclose(self) -> None:
        """Let go of the tool."""
        await self.tool.aclose()


@dataclass(slots=True)
class Recording:
    """Answers from a tape, over and over: the last answer to a request is given again."""

    tape: Tape
    _places: dict[str, int] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Scheme, host and port that the tool had."""
        return self.tape.origin

    async def answer(self, request: Request) -> Answer:
        """Return what was recorded of the same request, 404 when nothing was."""
        mark = mark_of(request)
        kept = self.tape.exchanges.get(mark)
        if not kept:
            return Answer(404, {"content-type": "application/json", "x-not-recorded": "1"}, b"{}")
        place = self._places.get(mark, 0)
        self._places[mark] = min(place + 1, len(kept) - 1)
        await asyncio.sleep(0)
        return as_reply_to(request, kept[place])

    async def aclose(self) -> None:
        """Nothing is held."""


@dataclass(slots=True)
class Tape:
    """Exchanges with a tool, by request.

    Args:
        origin: scheme, host and port of the tool.
        secrets: values that must not be written.
    """

    origin: str
    secrets: Sequence[str] = ()
    exchanges: dict[str, list[Answer]] = field(default_factory=dict)

    def keep(self, request: Request, answer: Answer) -> None:
        """Add one exchange; the same answer again says nothing more."""
        kept = self.exchanges.setdefault(mark_of(request), [])
        clean = answer.with_body(self._without_secrets(answer))
        if not kept or kept[-1] != clean:
            kept.append(clean)

    def _without_secrets(self, answer: Answer) -> bytes:
        body = answer.body
        for secret in self.secrets:
            body = body.replace(secret.encode(), b"recorded") if secret else body
        if answer.is_json and any(name.encode() in body for name in _TOKENS):
            value = json.loads(body)
            if isinstance(value, dict):
                value |= {name: "recorded" for name in _TOKENS if name in value}
            body = json.dumps(value, ensure_ascii=False).encode()
        return body

    def write(self, folder: Path) -> None:
        """Write the tape in a folder, created when missing."""
        folder.mkdir(parents=True, exist_ok=True)
        plain = {
            mark: [
                {"status": one.status, "headers": dict(one.headers), "body": one.body.decode("latin-1")}
                for one in answers
            ]
            for mark, answers in sorted(self.exchanges.items())
        }
        text = json.dumps({"origin": self.origin, "exchanges": plain}, ensure_ascii=False, indent=1) + "\n"
        (folder / EXCHANGES_FILE).write_text(text, encoding="utf-8")


def read_tape(folder: Path) -> Tape:
    """Return what was recorded in a folder.

    Raises:
        AviseError: nothing was, or it cannot be read.
    """
    try:
        plain = json.loads((folder / EXCHANGES_FILE).read_text("utf-8"))
        kept = plain["exchanges"].items()
        exchanges = {mark: [_answer_of(one) for one in answers] for mark, answers in kept}
        return Tape(str(plain["origin"]), exchanges=exchanges)
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise AviseError("kit.no_recording", folder=str(folder)) from None


def _answer_of(plain: Mapping[str, JSON]) -> Answer:
    status, headers, body = plain["status"], plain["headers"], plain["body"]
    if not (isinstance(status, int) and isinstance(headers, dict) and isinstance(body, str)):
        raise TypeError("exchange")
    return Answer(status, {name: str(value) for name, value in headers.items()}, body.encode("latin-1"))


def mark_of(request: Request) -> str:
    """Return what tells a request from another: what is asked, not who asks nor under which number."""
    body = request.body
    call = _call_of(request)
    if call is not None:
        params = call.get("params")
        plain = {"method": call.get("method"), "params": _without_session(params)}
        body = json.dumps(plain, sort_keys=True).encode()
    condition = request.headers.get("if-none-match", "")
    digest = hashlib.sha256(body + condition.encode()).hexdigest()[:16] if body or condition else "-"
    return f"{request.method} {request.target} {digest}"


def _without_session(params: JSON) -> JSON:
    """Leave out what changes from one session to the next: the longest opaque words."""
    if not isinstance(params, dict):
        return params
    return {
        name: value for name, value in params.items() if not (isinstance(value, str) and len(value) >= 24)
    }


def _call_of(request: Request) -> dict[str, JSON] | None:
    """Return a JSON-RPC call of whatever version, None for any other request."""
    if not all(key in request.body for key in (b'"id"', b'"method"', b'"params"')):
        return None
    try:
        call = json.loads(request.body)
    except ValueError:
        return None
    return call if isinstance(call, dict) else None


def as_reply_to(request: Request, answer: Answer) -> Answer:
    """Return an answer that was given to the same call, with the number of the call that is made now."""
    call = _call_of(request)
    if call is None or not answer.is_json:
        return answer
    value = json.loads(answer.body)
    if not isinstance(value, dict) or "id" not in value:
        return answer
    return answer.with_body(json.dumps({**value, "id": call.get("id")}, ensure_ascii=False).encode())
