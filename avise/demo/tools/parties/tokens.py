"""The OAuth2 token endpoint of the parties tool: client credentials (RFC 6749, section 4.4)."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import time
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

TOKEN_LIFE_S = 300
"""Tokens live five minutes, so that an ordinary afternoon sees many renewals."""


class TokenDesk:
    """Hands out tokens and knows which are still good.

    Args:
        client_id: of the one client.
        client_secret: its secret.
        life_s: seconds that a token lives.
    """

    def __init__(self, client_id: str, client_secret: str, life_s: float = TOKEN_LIFE_S) -> None:
        self._client = (client_id, client_secret)
        self._life_s = life_s
        self._good_until: dict[str, float] = {}

    def accepts(self, token: str) -> bool:
        """Return whether the token was handed out and has not expired."""
        return self._good_until.get(token, 0.0) > time.monotonic()

    async def expire_all(self) -> None:
        """Stop accepting every token handed out so far."""
        self._good_until.clear()

    async def endpoint(self, request: Request) -> Response:
        """Answer `POST /oauth/token`; the client signs in by Basic or in the form."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode("utf-8")).items()}
        client = _basic_client(request.headers.get("authorization", "")) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        if not hmac.compare_digest("\n".join(client).encode(), "\n".join(self._client).encode()):
            return JSONResponse({"error": "invalid_client"}, HTTPStatus.UNAUTHORIZED)
        if form.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, HTTPStatus.BAD_REQUEST)
        return JSONResponse(self._new_token(), headers={"Cache-Control": "no-store"})

    def _new_token(self) -> dict[str, object]:
        now = time.monotonic()
        self._good_until = {token: until for token, until in self._good_until.items() if until > now}
        token = secrets.token_urlsafe(24)
        self._good_until[token] = now + self._life_s
        return {"access_token": token, "token_type": "Bearer", "expires_in": int(self._life_s)}


def _basic_client(header: str) -> tuple[str, str] | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, secret
