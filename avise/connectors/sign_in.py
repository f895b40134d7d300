"""Signing in: the headers that prove who asks, and the one renewal after a refusal."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote_plus, urlencode

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.endpoints import (
    BasicSignIn,
    BearerSignIn,
    ClientCredentialsSignIn,
    HeaderSignIn,
    MutualTlsSignIn,
    NoSignIn,
    SignIn,
    UserSignIn,
)
from avise.env import Env
from avise.models.errors import ErrorKind, Origin

MARGIN_S = 30.0
"""A token is renewed that long before its end, so that it does not expire on the way."""
DEFAULT_LIFE_S = 300.0
"""Life of a token whose server does not say (RFC 6749 recommends saying)."""

Secret = Callable[[str], Awaitable[str]]
"""Gives a secret by name; ConnectorError(CONFIG) when it is missing."""
Again = Callable[[], Awaitable[bool]]
"""Reads the stored secrets again, once for all who ask at the same time."""
Post = Callable[[str, Mapping[str, str], bytes], Awaitable[HttpReply]]
"""Sends a form to the token's address without signing in; returns any status."""


class Credentials(Protocol):
    """Headers for a request, and what to do when the tool refuses them."""

    async def headers(self) -> Mapping[str, str]:
        """Return the headers that sign a request."""

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Try to replace the refused headers; False when there is nothing else to try."""


@dataclass(frozen=True, slots=True)
class FixedCredentials:
    """Credentials that a person gave: nothing, a password, a token or a key."""

    sign_in: NoSignIn | BasicSignIn | BearerSignIn | HeaderSignIn
    secret: Secret
    again: Again

    async def headers(self) -> Mapping[str, str]:
        """Return the header of the scheme."""
        match self.sign_in:
            case BasicSignIn(user, name):
                return {"Authorization": basic(user, await self.secret(name))}
            case BearerSignIn(name):
                return {"Authorization": f"Bearer {header_value(await self.secret(name))}"}
            case HeaderSignIn(header, name):
                return {header: header_value(await self.secret(name))}
            case NoSignIn():
                return {}

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Say whether somebody stored another secret since."""
        await self.again()
        return await self.headers() != refused


class ClientCredentials:
    """OAuth 2 client credentials: one token for all calls of an instance, fetched once at a time.

    Args:
        sign_in: where and as whom.
        secret: gives the client's secret.
        again: reads it again when it is refused.
        post: reaches the token's address.
        env: the clock that ages tokens.
    """

    def __init__(
        self, sign_in: ClientCredentialsSignIn, secret: Secret, again: Again, post: Post, env: Env
    ) -> None:
        self._sign_in = sign_in
        self._secret = secret
        self._again = again
        self._post = post
        self._env = env
        self._lock = asyncio.Lock()
        self._headers: Mapping[str, str] = {}
        self._renew_at = 0.0

    async def headers(self) -> Mapping[str, str]:
        """Return the bearer header, after fetching a token when there is none young enough."""
        async with self._lock:
            if not self._headers or self._env.monotonic() >= self._renew_at:
                await self._fetch()
            return self._headers

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Fetch another token, unless another call already did."""
        async with self._lock:
            if self._headers == refused:
                await self._fetch()
        return True

    async def _fetch(self) -> None:
        self._headers = {}
        secret = await self._secret(self._sign_in.secret)
        try:
            token, life_s = await self._token(secret)
        except ConnectorError as error:
            if error.kind is not ErrorKind.AUTH:
                raise
            await self._again()
            stored = await self._secret(self._sign_in.secret)
            if stored == secret:
                raise
            token, life_s = await self._token(stored)
        self._headers = {"Authorization": f"Bearer {header_value(token)}"}
        self._renew_at = self._env.monotonic() + max(life_s - MARGIN_S, life_s / 2)

    async def _token(self, secret: str) -> tuple[str, float]:
        form = {"grant_type": "client_credentials"}
        if self._sign_in.scope:
            form["scope"] = self._sign_in.scope
        headers = {"Accept": "application/json"}
        if self._sign_in.client_auth == "body":
            form |= {"client_id": self._sign_in.client_id, "client_secret": secret}
        else:
            headers["Authorization"] = basic(_form_encoded(self._sign_in.client_id), _form_encoded(secret))
        return _token_of(await self._post(self._sign_in.token_url, headers, _encoded(form)))


def credentials_for(sign_in: SignIn, secret: Secret, again: Again, post: Post, env: Env) -> Credentials:
    """Return what signs the requests of an instance."""
    if isinstance(sign_in, UserSignIn):
        raise ConnectorError(ErrorKind.BUG, "a person's tokens are the instance's", origin=Origin.HOST)
    if isinstance(sign_in, MutualTlsSignIn):
        # The connection itself says who asks.
        return FixedCredentials(NoSignIn(), secret, again)
    if isinstance(sign_in, ClientCredentialsSignIn):
        return ClientCredentials(sign_in, secret, again, post, env)
    return FixedCredentials(sign_in, secret, again)


def basic(user: str, password: str) -> str:
    """Return the value of a Basic authorization (RFC 7617, UTF-8)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _form_encoded(text: str) -> str:
    # RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
    return quote_plus(text)


def _encoded(form: Mapping[str, str]) -> bytes:
    return urlencode(form).encode("ascii")


def header_value(secret: str) -> str:
    """Return a secret that may stand in a header.

    Raises:
        ConnectorError: CONFIG when it would end the header; it is never part of the message.
    """
    if not secret.isascii() or not secret.isprintable():
        raise ConnectorError(ErrorKind.CONFIG, "secret unfit for a header")
    return secret


def _token_of(reply: HttpReply) -> tuple[str, float]:
    if reply.status in {400, 401, 403}:
        raise ConnectorError(ErrorKind.AUTH, f"token refused, status {reply.status}")
    if reply.status == 429 or reply.status >= 500:
        raise ConnectorError(ErrorKind.UNAVAILABLE, f"token not given, status {reply.status}")
    try:
        answer = json.loads(reply.body)
        token, life_s = str(answer["access_token"]), float(answer.get("expires_in", DEFAULT_LIFE_S))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConnectorError(ErrorKind.BAD_DATA, "no token in the answer") from None
    if not token:
        raise ConnectorError(ErrorKind.BAD_DATA, "empty token")
    return token, max(life_s, 1.0)
