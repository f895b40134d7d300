"""The identity provider, reached by HTTP: its addresses, its keys, and what it gives for a code.

With `remote.py` the only module of the hub that speaks HTTP to somebody else. Every call has an
absolute deadline, a bounded answer and no redirect; off loopback only https is spoken. No token, code
or secret is part of a log or of an exception.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import logging
import math
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx2

from avise.env import Env
from avise.hub.kept_document import KeptDocument
from avise.hub.provider_errors import ProviderError, SignInError
from avise.hub.provider_tokens import (
    Identity,
    ProviderKeys,
    ProviderSettings,
    may_end_with_newer_keys,
    verified_identity,
)
from avise.hub.signed_tokens import TokenRefusedError

CALL_S = 8.0
"""A provider that has not answered by then will not."""
LARGEST_ANSWER = 256 * 1024
"""Bytes; a discovery document has about 3 kB, a key set about 10."""
DEFAULT_LIFE_S = 300.0
"""Life of a token whose provider does not say (RFC 6749 recommends saying)."""

_DISCOVERY = "/.well-known/openid-configuration"
_CODES = frozenset(
    {
        "access_denied",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
"""Errors that RFC 6749 names: the only words of a provider that a log may know."""


@dataclass(frozen=True, slots=True)
class ProviderAddresses:
    """What the discovery document says that matters here."""

    authorization: str
    token: str
    keys: str
    methods: tuple[str, ...]
    """How an application with a secret may show it."""


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What the provider gives for a code, or for a refresh token."""

    access_token: str = field(repr=False)
    identity_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime


class IdentityProvider:
    """One identity provider, for as long as the hub or a workstation runs.

    Args:
        settings: who it is, who we are.
        env: clocks.
        tls: the context shared by all connections of the process; verification is never switched off.
    """

    def __init__(self, settings: ProviderSettings, env: Env, tls: ssl.SSLContext) -> None:
        require_protected(settings.issuer)
        for name in ("httpx2", "httpcore2"):
            # At level DEBUG the library logs headers.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.settings = settings
        self._env = env
        self._speaker = httpx2.AsyncClient(
            verify=tls, follow_redirects=False, trust_env=False, timeout=CALL_S
        )
        self._addresses = KeptDocument(self._fetch_addresses, env)
        self._keys = KeptDocument(self._fetch_keys, env)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._speaker.aclose()

    async def addresses(self) -> ProviderAddresses:
        """Return where the provider signs people in and gives tokens.

        Raises:
            ProviderError: it cannot be asked, or describes itself wrongly.
        """
        return await self._addresses.get()

    async def verify(self, token: str, *, nonce: str | None = None) -> Identity:
        """Return who a token of the provider is about; its keys are fetched when there are none that fit.

        Args:
            token: as somebody showed it.
            nonce: what it has to repeat, where the one who asks began the sign-in.

        Raises:
            TokenRefusedError: it proves nothing.
            ProviderError: its keys cannot be fetched.
        """
        keys = await self._keys.get()
        try:
            return verified_identity(token, keys, self.settings, self._env.now(), nonce)
        except TokenRefusedError as error:
            if not may_end_with_newer_keys(token, error.fault):
                raise
        newer = await self._keys.renewed()
        return verified_identity(token, newer, self.settings, self._env.now(), nonce)

    async def exchange(self, grant: Mapping[str, str], *, refused_key: str) -> ProviderAnswer:
        """Return the tokens that the provider gives for a code or for a refresh token.

        Args:
            grant: the fields of the form, without what names the application.
            refused_key: sentence for a refusal.

        Raises:
            SignInError: the provider refuses.
            ProviderError: it cannot be asked, or its answer cannot be used.
        """
        addresses = await self.addresses()
        form, headers = _named(dict(grant), self.settings, addresses.methods)
        status, body = await self._send("POST", addresses.token, form, headers)
        if status in {400, 401, 403}:
            raise SignInError(refused_key, _code_of(body))
        if status != 200:
            raise _unfit_status(status)
        return _read_answer(_json_object(body), self._env.now())

    async def _fetch_addresses(self) -> ProviderAddresses:
        document = await self._fetch_object(self.settings.issuer.rstrip("/") + _DISCOVERY)
        if document.get("issuer") != self.settings.issuer:
            raise ProviderError("hub.provider_answer", "issuer differs")
        challenges = document.get("code_challenge_methods_supported")
        if isinstance(challenges, list) and "S256" not in challenges:
            raise ProviderError("hub.provider_answer", "no S256")
        methods = document.get("token_endpoint_auth_methods_supported")
        return ProviderAddresses(
            authorization=self._address(document, "authorization_endpoint"),
            token=self._address(document, "token_endpoint"),
            keys=self._address(document, "jwks_uri"),
            methods=tuple(map(str, methods)) if isinstance(methods, list) else (),
        )

    async def _fetch_keys(self) -> ProviderKeys:
        addresses = await self.addresses()
        keys = ProviderKeys.read(await self._fetch_object(addresses.keys))
        if not keys.keys:
            raise ProviderError("hub.provider_answer", "no usable key")
        return keys

    def _address(self, document: Mapping[str, object], name: str) -> str:
        address = document.get(name)
        if not isinstance(address, str):
            raise ProviderError("hub.provider_answer", f"no {name}")
        require_protected(address)
        if urlsplit(address).scheme != urlsplit(self.settings.issuer).scheme:
            # A provider of the house does not send us to this very machine.
            raise ProviderError("hub.provider_insecure", name)
        return address

    async def _fetch_object(self, address: str) -> Mapping[str, object]:
        status, body = await self._send("GET", address)
        if status != 200:
            raise _unfit_status(status)
        return _json_object(body)

    async def _send(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        content = None if form is None else urlencode(form).encode("ascii")
        ours = {"Accept": "application/json", "User-Agent": "Avise", **(headers or {})}
        if content is not None:
            ours["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            async with asyncio.timeout(CALL_S):
                return await self._transfer(method, address, content, ours)
        except TimeoutError:
            raise ProviderError("hub.provider_unreachable", f"over {CALL_S:.3g} s") from None
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            # Its text may name addresses; its type says enough.
            raise ProviderError("hub.provider_unreachable", type(error).__name__) from None

    async def _transfer(
        self, method: str, address: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        request = self._speaker.build_request(method, address, content=content, headers=dict(headers))
        response = await self._speaker.send(request, stream=True)
        try:
            chunks, size = [], 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    raise ProviderError("hub.provider_answer", "answer too large")
                chunks.append(chunk)
            return response.status_code, b"".join(chunks)
        finally:
            await response.aclose()


def require_protected(address: str) -> None:
    """Refuse an address where what is said could be read or changed on the way.

    Raises:
        ProviderError: neither https, nor http on this very machine; or a password in the address.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise ProviderError("hub.provider_insecure", "address unreadable") from None
    if not host or parts.username is not None or parts.fragment:
        raise ProviderError("hub.provider_insecure", "address unfit")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return
    raise ProviderError("hub.provider_insecure", "no https")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _named(
    form: dict[str, str], settings: ProviderSettings, methods: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, str]]:
    """Add who asks: its name alone, or its secret in the way that the provider takes (RFC 6749, 2.3)."""
    if not settings.secret:
        return {**form, "client_id": settings.application}, {}
    if methods and "client_secret_basic" not in methods:
        return {**form, "client_id": settings.application, "client_secret": settings.secret}, {}
    pair = f"{quote_plus(settings.application)}:{quote_plus(settings.secret)}"
    return form, {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode("ascii")}


def _json_object(body: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ProviderError("hub.provider_answer", "not JSON") from None
    if not isinstance(document, dict):
        raise ProviderError("hub.provider_answer", "not an object")
    return document


def _code_of(body: bytes) -> str:
    try:
        code = _json_object(body).get("error")
    except ProviderError:
        return "no code"
    return code if isinstance(code, str) and code in _CODES else "another code"


def _unfit_status(status: int) -> ProviderError:
    unreachable = status == 429 or status >= 500
    return ProviderError(
        "hub.provider_unreachable" if unreachable else "hub.provider_answer", f"status {status}"
    )


def _read_answer(document: Mapping[str, object], now: datetime) -> ProviderAnswer:
    access, kind = document.get("access_token"), document.get("token_type")
    if not isinstance(access, str) or not access:
        raise ProviderError("hub.provider_answer", "no access token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise ProviderError("hub.provider_answer", "token of another type")
    identity, refresh = document.get("id_token", ""), document.get("refresh_token", "")
    if not isinstance(identity, str) or not isinstance(refresh, str):
        raise ProviderError("hub.provider_answer", "token unreadable")
    return ProviderAnswer(
        access, identity, refresh, now + timedelta(seconds=_life_s(document.get("expires_in")))
    )


def _life_s(stated: object) -> float:
    if isinstance(stated, bool) or not isinstance(stated, int | float | str):
        return DEFAULT_LIFE_S
    try:
        life = float(stated)
    except (ValueError, OverflowError):
        return DEFAULT_LIFE_S
    return min(max(life, 0.0), 86_400.0) if math.isfinite(life) else DEFAULT_LIFE_S
