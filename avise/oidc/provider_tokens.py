"""What an identity provider's token says of somebody, once its keys proved that it wrote it (OpenID Connect).

Pure: settings, keys and time come in, an identity goes out. `auth.py` fetches the keys.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from avise.oidc.signed_tokens import (
    Fields,
    TokenFault,
    TokenHeader,
    TokenRefusedError,
    audiences,
    read_header,
    require_current,
    text_field,
    verified_fields,
)

LEEWAY = timedelta(seconds=60)
"""Clocks of the provider and of the hub may differ by that much."""
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"}
)
"""Signatures by a private key only; a shared secret of an application is not a proof to a server."""

_KINDS = frozenset({"", "jwt", "at+jwt"})
"""An identity token or an access token: neither a logout nor a proof of possession is one."""
_LOGIN_FIELDS = ("preferred_username", "sub")
_MOST_KEYS = 64
_SHORTEST_MODULUS = 342
"""Base64 digits of an RSA modulus of 2,048 bits (RFC 7518, section 3.3)."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """The house's identity provider, and what Avise is called there."""

    issuer: str
    """Address that the provider signs as; its discovery document is below it."""
    application: str
    """Avise's own name at the provider (`client_id`)."""
    audience: str = ""
    """For whom its tokens are; the application itself when empty (identity tokens)."""
    login_field: str = ""
    """What the login is read from; `preferred_username`, then `sub`, when empty."""
    secret: str = field(default="", repr=False)
    """Only where the provider insists: a desktop keeps no secret, PKCE protects its sign-in."""
    scopes: tuple[str, ...] = ("openid", "profile")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the provider says."""

    login: str
    subject: str
    """The provider's own identifier, which survives a new login."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderKeys:
    """Public keys with which a provider's tokens are checked."""

    keys: tuple[tuple[Fields, Key], ...]

    @classmethod
    def read(cls, document: object) -> ProviderKeys:
        """Read a key set (RFC 7517); keys of a kind that is not used here are left out."""
        stated = document.get("keys") if isinstance(document, dict) else None
        described = [one for one in stated if isinstance(one, dict)] if isinstance(stated, list) else []
        return cls(tuple(_usable(described[:_MOST_KEYS])))

    def fitting(self, header: TokenHeader) -> tuple[Key, ...]:
        """Return the keys that may have signed a token."""
        return tuple(
            key
            for described, key in self.keys
            if described.get("alg", header.algorithm) == header.algorithm
            and (not header.key_id or described.get("kid", header.key_id) == header.key_id)
        )


def verified_identity(
    token: str, keys: ProviderKeys, settings: ProviderSettings, now: datetime, nonce: str | None = None
) -> Identity:
    """Return who a provider's token is about.

    Args:
        token: an identity token, or an access token that is signed and meant for us.
        keys: of the provider.
        settings: who the provider is, who we are.
        now: our clock.
        nonce: what the sign-in asked the token to repeat; None where nobody asked.

    Raises:
        TokenExpiredError: its end passed more than a minute ago.
        TokenRefusedError: `UNKNOWN_KEY`, or `SIGNATURE` without a key id, may end with newer keys.
    """
    fields = _fields(token, keys)
    if text_field(fields, "iss") != settings.issuer:
        raise TokenRefusedError(TokenFault.OTHER_ISSUER)
    _require_meant_for(fields, settings)
    if nonce is not None and not _same(fields.get("nonce"), nonce):
        raise TokenRefusedError(TokenFault.OTHER_NONCE)
    _, ends = require_current(fields, now, late=LEEWAY, early=LEEWAY)
    return Identity(_login(fields, settings.login_field), text_field(fields, "sub"), ends)


def may_end_with_newer_keys(token: str, fault: TokenFault) -> bool:
    """Tell whether a refusal may come from keys that the provider replaced since they were fetched."""
    if fault is TokenFault.UNKNOWN_KEY:
        return True
    return fault is TokenFault.SIGNATURE and not read_header(token).key_id


def _fields(token: str, keys: ProviderKeys) -> Fields:
    header = read_header(token)
    if header.algorithm not in ALGORITHMS:
        raise TokenRefusedError(TokenFault.ALGORITHM)
    if header.kind not in _KINDS:
        raise TokenRefusedError(TokenFault.KIND)
    fitting = keys.fitting(header)
    if not fitting:
        raise TokenRefusedError(TokenFault.UNKNOWN_KEY)
    refusal = TokenRefusedError(TokenFault.SIGNATURE)
    for key in fitting:
        try:
            return verified_fields(token, key, {header.algorithm})
        except TokenRefusedError as error:
            refusal = error
    raise refusal


def _require_meant_for(fields: Fields, settings: ProviderSettings) -> None:
    """Check audience and authorized party (OpenID Connect Core, section 3.1.3.7, points 3 to 5)."""
    stated = audiences(fields)
    if (settings.audience or settings.application) not in stated:
        raise TokenRefusedError(TokenFault.OTHER_AUDIENCE)
    if "azp" not in fields:
        if len(stated) > 1:
            raise TokenRefusedError(TokenFault.OTHER_PARTY)
    elif not _same(fields["azp"], settings.application):
        raise TokenRefusedError(TokenFault.OTHER_PARTY)


def _login(fields: Fields, chosen: str) -> str:
    for name in (chosen,) if chosen else _LOGIN_FIELDS:
        # Missing is not the same as unfit: only where the house states no name is the next one tried.
        if fields.get(name) not in (None, ""):
            return _fit_login(fields, name)
    raise TokenRefusedError(TokenFault.NO_LOGIN)


def _fit_login(fields: Fields, name: str) -> str:
    if name == "email" and fields.get("email_verified") is not True:
        # Whoever may type an address at the provider would be its owner here.
        raise TokenRefusedError(TokenFault.NO_LOGIN)
    try:
        login = text_field(fields, name)
    except TokenRefusedError:
        raise TokenRefusedError(TokenFault.NO_LOGIN) from None
    if login != login.strip():
        raise TokenRefusedError(TokenFault.NO_LOGIN)
    return login


def _same(stated: object, expected: str) -> bool:
    if not isinstance(stated, str):
        return False
    return hmac.compare_digest(stated.encode("utf-8", "surrogatepass"), expected.encode())


def _usable(described: Iterable[dict[str, object]]) -> Iterable[tuple[Fields, Key]]:
    for one in described:
        if one.get("use", "sig") != "sig" or one.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        if one["kty"] == "RSA" and len(str(one.get("n", ""))) < _SHORTEST_MODULUS:
            continue
        # Never a private half, should a provider publish one by mistake.
        public = {name: value for name, value in one.items() if name in _PUBLIC_MEMBERS}
        try:
            yield one, import_key(public)  # type: ignore[arg-type]  # whatever was fetched; the library judges it
        except (JoseError, ValueError, TypeError, KeyError):
            continue


_PUBLIC_MEMBERS = frozenset({"kty", "n", "e", "crv", "x", "y"})
