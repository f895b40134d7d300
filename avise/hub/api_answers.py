"""What an HTTP call takes and answers: bodies within bounds, values, and refusals as `{"key", "params"}`.

No answer and no line of the log holds the text of an exception: it may name somebody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from avise.hub.http_reading import MalformedError, from_json, to_json
from avise.hub.passwords import LockedOutError
from avise.hub.port import HubError, HubUnreachableError, IdCollisionError
from avise.hub.tokens import ScopeMissingError
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.oidc.errors import ProviderError
from avise.oidc.signed_tokens import TokenRefusedError

_log = logging.getLogger("avise.hub")

MOST_BYTES = 256 * 1024
"""Of the body of an ordinary call."""
MOST_PUSH_BYTES = 20 * 1024 * 1024
"""Of a push: 200 bodies of 64 kB in base64, and their headers."""
BODY_SECONDS = 20.0
"""For a body to arrive; an attachment has three times as long."""
_INLINE = 64 * 1024
"""Larger bodies are read on a thread: 18 MB of JSON hold a loop for a quarter of a second."""

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

_STATUSES = {
    "hub.application_refused": 401,
    "hub.sign_in_again": 401,
    "hub.wrong_password": 401,
    "hub.device_revoked": 403,
    "hub.no_right": 403,
    "hub.open_first": 403,
    "hub.unknown_device": 403,
    "hub.no_call": 404,
    "hub.not_found": 404,
    "hub.unknown_customer": 404,
    "hub.blob_other": 409,
    "hub.copied_device": 409,
    "hub.id_collision": 409,
    "hub.sequence_gap": 409,
    "hub.blob_size": 413,
    "hub.too_large": 413,
    "hub.too_many": 413,
    "hub.blob_type": 415,
    "hub.locked_out": 429,
    "hub.quota": 429,
    "hub.too_often": 429,
    "hub.internal": 500,
    "hub.busy": 503,
    "hub.full": 503,
    "hub.password_unreadable": 503,
    "oidc.provider_unreachable": 503,
    "hub.unreachable": 503,
}
"""Status by key; 400 for any other refusal."""


def status_of(error: AviseError) -> int:
    """Return the HTTP status of a refusal."""
    if isinstance(error, TokenRefusedError):
        return 401
    if isinstance(error, ScopeMissingError):
        return 403
    if isinstance(error, LockedOutError):
        return 429
    if isinstance(error, HubUnreachableError):
        return 503
    if isinstance(error, ProviderError):
        return 503
    return _STATUSES.get(error.message_key, 400)


def refusal(error: AviseError, status: int = 0) -> Response:
    """Return the answer that tells a refusal.

    Args:
        error: why.
        status: another one than its key's.
    """
    params: dict[str, JSON] = dict(error.params)
    if isinstance(error, IdCollisionError):
        params["device_seq"] = str(error.device_seq)
    status = status or status_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, TooOftenError):
        headers["Retry-After"] = str(error.seconds)
    return answer({"key": error.message_key, "params": params}, status, headers)


class TooOftenError(HubError):
    """More calls than this caller may make (`hub.too_often`)."""

    def __init__(self, seconds: int) -> None:
        super().__init__("hub.too_often", seconds=str(seconds))
        self.seconds = seconds


def answer(value: JSON, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer that no proxy keeps."""
    told = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})}
    return Response(to_json(value), status, told, "application/json")


def done() -> Response:
    """Return the answer of a call that has nothing to tell."""
    return Response(None, 204, {"Cache-Control": "no-store"})


def answering(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint whose errors are answers."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except AviseError as error:
            return refusal(error)

    return answered


async def content_of(request: Request, most: int = MOST_BYTES, seconds: float = BODY_SECONDS) -> bytes:
    """Return the body of a call.

    Raises:
        HubError: `hub.too_large` once more came than may; `hub.malformed` when it did not come in time.
    """
    if _stated_length(request.headers) > most:
        raise HubError("hub.too_large")
    chunks, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise HubError("hub.too_large")
                chunks.append(chunk)
    except (TimeoutError, ClientDisconnect):
        raise MalformedError from None
    return b"".join(chunks)


async def value_of(request: Request, most: int = MOST_BYTES) -> JSON:
    """Return the JSON that a call carries.

    Raises:
        HubError: as `content_of`; `hub.malformed` when it is no JSON.
    """
    content = await content_of(request, most)
    if len(content) > _INLINE:
        return await asyncio.to_thread(from_json, content)
    return from_json(content)


def _stated_length(headers: Headers) -> int:
    stated = headers.get("content-length", "0")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0


class Guard:
    """Around everything: whatever fails unforeseen is a short answer and a short line, never a traceback.

    Args:
        app: the application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the last line of defence: its text may hold personal data
            _log.error("call failed: %s", type(error).__name__)
            if not begun:
                await refusal(HubError("hub.internal"))(scope, receive, send)
