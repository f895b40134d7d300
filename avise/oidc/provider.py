"""An identity provider: its addresses, its keys, and what it gives for a code."""

from __future__ import annotations

import base64
import math
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote_plus, urlsplit

import httpx2

from avise.env import Env
from avise.oidc.errors import ProviderError, SignInError
from avise.oidc.kept_document import KeptDocument
from avise.oidc.line import ProviderLine, json_object, require_protected, unfit_status
from avise.oidc.provider_tokens import (
    Identity,
    ProviderKeys,
    ProviderSettings,
    may_end_with_newer_keys,
    verified_identity,
)
from avise.oidc.signed_tokens import TokenRefusedError

DEFAULT_LIFE_S = 300.0
"""Life of a token whose provider does not say (RFC 6749 recommends saying)."""

NO_DEVICE = "no device authorization"
"""Detail of the error of a provider that gives no code to type."""

_DEVICE = "device_authorization_endpoint"
_DISCOVERY = "/.well-known/openid-configuration"
_CODES = frozenset(
    {
        "access_denied",
        "authorization_pending",
        "expired_token",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "slow_down",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
"""Errors that RFC 6749 and RFC 8628 name: the only words of a provider that a log may know."""


@dataclass(frozen=True, slots=True)
class ProviderAddresses:
    """What the discovery document says that matters here."""

    authorization: str
    token: str
    keys: str = ""
    """"" where it signs nothing: it then proves no identity, and gives tokens only."""
    methods: tuple[str, ...] = ()
    """How an application with a secret may show it."""
    device: str = ""
    """Where a code is asked for a sign-in on another device; "" where the provider has none."""


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What the provider gives for a code, or for a refresh token."""

    access_token: str = field(repr=False)
    identity_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    life_s: float
    """Of the access token, counted from the question: no clock of another machine is asked."""


class IdentityProvider:
    """One identity provider, for as long as the hub or a workstation runs.

    Args:
        settings: who it is, who we are.
        env: clocks.
        tls: the context shared by all connections of the process; verification is never switched off.
        addresses: of a provider that does not describe itself; None asks it (OpenID Connect Discovery).
        proxy: through which it is reached; None reaches it directly.

    Raises:
        ProviderError: `oidc.provider_insecure`.
    """

    def __init__(
        self,
        settings: ProviderSettings,
        env: Env,
        tls: ssl.SSLContext,
        *,
        addresses: ProviderAddresses | None = None,
        proxy: httpx2.Proxy | None = None,
    ) -> None:
        if addresses is None:
            require_protected(settings.issuer)
        else:
            for address in (addresses.authorization, addresses.token, addresses.keys, addresses.device):
                if address:
                    require_protected(address)
        self.settings = settings
        self._env = env
        self._line = ProviderLine(tls, proxy)
        self._known = addresses
        self._addresses = KeptDocument(self._fetch_addresses, env)
        self._keys = KeptDocument(self._fetch_keys, env)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._line.aclose()

    async def addresses(self) -> ProviderAddresses:
        """Return where the provider signs people in and gives tokens.

        Raises:
            ProviderError: it cannot be asked, or describes itself wrongly.
        """
        return self._known or await self._addresses.get()

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
        body = await self._answered(addresses.token, form, headers, refused_key)
        return _read_answer(json_object(body), self._env.now())

    async def ask_device_code(self, form: Mapping[str, str], *, refused_key: str) -> Mapping[str, object]:
        """Return what the provider answers to whoever wants a code for another device (RFC 8628).

        Raises:
            SignInError: the provider refuses.
            ProviderError: it cannot be asked, or has no such thing.
        """
        addresses = await self.addresses()
        if not addresses.device:
            raise ProviderError("oidc.provider_answer", NO_DEVICE)
        named, headers = _named(dict(form), self.settings, addresses.methods)
        # Section 3.1: the name stands in the form however the application proves itself.
        named = {**named, "client_id": self.settings.application}
        return json_object(await self._answered(addresses.device, named, headers, refused_key))

    async def _answered(
        self, address: str, form: Mapping[str, str], headers: Mapping[str, str], refused_key: str
    ) -> bytes:
        status, body = await self._line.post_form(address, form, headers)
        if status in {400, 401, 403}:
            raise SignInError(refused_key, _code_of(body))
        if status != 200:
            raise unfit_status(status)
        return body

    async def _fetch_addresses(self) -> ProviderAddresses:
        document = await self._line.fetch_object(self.settings.issuer.rstrip("/") + _DISCOVERY)
        if document.get("issuer") != self.settings.issuer:
            raise ProviderError("oidc.provider_answer", "issuer differs")
        challenges = document.get("code_challenge_methods_supported")
        if isinstance(challenges, list) and "S256" not in challenges:
            raise ProviderError("oidc.provider_answer", "no S256")
        methods = document.get("token_endpoint_auth_methods_supported")
        return ProviderAddresses(
            authorization=self._address(document, "authorization_endpoint"),
            token=self._address(document, "token_endpoint"),
            keys=self._address(document, "jwks_uri"),
            methods=tuple(map(str, methods)) if isinstance(methods, list) else (),
            device=self._address(document, _DEVICE) if _DEVICE in document else "",
        )

    async def _fetch_keys(self) -> ProviderKeys:
        addresses = await self.addresses()
        keys = ProviderKeys.read(await self._line.fetch_object(addresses.keys))
        if not keys.keys:
            raise ProviderError("oidc.provider_answer", "no usable key")
        return keys

    def _address(self, document: Mapping[str, object], name: str) -> str:
        address = document.get(name)
        if not isinstance(address, str):
            raise ProviderError("oidc.provider_answer", f"no {name}")
        require_protected(address)
        if urlsplit(address).scheme != urlsplit(self.settings.issuer).scheme:
            # A provider of the house does not send us to this very machine.
            raise ProviderError("oidc.provider_insecure", name)
        return address


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


def _code_of(body: bytes) -> str:
    try:
        code = json_object(body).get("error")
    except ProviderError:
        return "no code"
    return code if isinstance(code, str) and code in _CODES else "another code"


def _read_answer(document: Mapping[str, object], now: datetime) -> ProviderAnswer:
    access, kind = document.get("access_token"), document.get("token_type")
    if not isinstance(access, str) or not access:
        raise ProviderError("oidc.provider_answer", "no access token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise ProviderError("oidc.provider_answer", "token of another type")
    identity, refresh = document.get("id_token", ""), document.get("refresh_token", "")
    if not isinstance(identity, str) or not isinstance(refresh, str):
        raise ProviderError("oidc.provider_answer", "token unreadable")
    life_s = _life_s(document.get("expires_in"))
    return ProviderAnswer(access, identity, refresh, now + timedelta(seconds=life_s), life_s)


def _life_s(stated: object) -> float:
    if isinstance(stated, bool) or not isinstance(stated, int | float | str):
        return DEFAULT_LIFE_S
    try:
        life = float(stated)
    except (ValueError, OverflowError):
        return DEFAULT_LIFE_S
    return min(max(life, 0.0), 86_400.0) if math.isfinite(life) else DEFAULT_LIFE_S
