"""Signing in at an identity provider from a workstation: code and PKCE, in the user's own browser.

The password is typed at the provider, never in Avise (RFC 8252). Three values drawn for one sign-in tie
its steps together: the state (this browser answers this window), the nonce (this token answers this
sign-in) and the verifier (whoever read the code on the way cannot use it, RFC 7636). There is no Qt
here: the caller says how a browser is opened.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

from avise.env import Env
from avise.oidc.errors import ProviderError, SignInError
from avise.oidc.provider import IdentityProvider, ProviderAddresses, ProviderAnswer
from avise.oidc.provider_tokens import Identity, ProviderSettings
from avise.oidc.redirect_listener import listening
from avise.oidc.signed_tokens import TokenFault, TokenRefusedError

WAIT_S = 300.0
"""For the person to sign in at the provider, second factor included."""

OpenBrowser = Callable[[str], Awaitable[bool]]
"""Opens an address in the user's browser; False when there is none. The address holds no secret of ours."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who signed in, and what proves it for a while."""

    login: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    """Empty where the provider gives none."""
    expires_at: datetime
    """Of the access token."""
    identity_token: str = field(default="", repr=False)
    """What the hub checks where the provider's access tokens are opaque; the last one given."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is drawn for one sign-in and never used again."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @classmethod
    def new(cls, env: Env) -> Self:
        # 64 digits: within the 43 to 128 characters that RFC 7636 wants, of 256 random bits.
        return cls(env.token(), env.token(), env.token() + env.token())

    def challenge(self) -> str:
        """Return what the provider may know of the verifier before the end (S256)."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


async def sign_in(
    provider: IdentityProvider, open_browser: OpenBrowser, env: Env, *, wait_s: float = WAIT_S
) -> SignedIn:
    """Return who signed in, after the browser went to the provider and came back.

    Args:
        provider: of the house.
        open_browser: opens an address.
        env: chance.
        wait_s: how long the person may take.

    Raises:
        SignInError: no browser, no port, too late, or refused.
        ProviderError: the provider cannot be asked, or its answer cannot be used.
        TokenRefusedError: it gave a token that is not about this sign-in.
    """
    answer, identity = await authorised(provider, open_browser, env, wait_s=wait_s)
    if identity is None:
        raise ProviderError("oidc.provider_answer", "no identity token")
    return _signed_in(identity.login, answer, answer.refresh_token, answer.identity_token)


async def authorised(
    provider: IdentityProvider, open_browser: OpenBrowser, env: Env, *, wait_s: float = WAIT_S
) -> tuple[ProviderAnswer, Identity | None]:
    """Return what the provider gave at the end of a sign-in in the browser, and whom it is about.

    Whom is None where the provider proves no identity (OAuth 2 alone): tokens then are all there is.
    Cancelling it frees the port at once; nothing is left behind.

    Args:
        provider: of the house, or of a tool.
        open_browser: opens an address.
        env: chance.
        wait_s: how long the person may take.

    Raises:
        SignInError: no browser, no port, too late, or refused.
        ProviderError: the provider cannot be asked, or its answer cannot be used.
        TokenRefusedError: it gave a token that is not about this sign-in.
    """
    drawn = _Drawn.new(env)
    addresses = await provider.addresses()
    async with listening(drawn.state, provider.settings.issuer) as listener:
        redirect = listener.address
        try:
            async with asyncio.timeout(wait_s):
                if not await open_browser(_page_address(addresses, provider.settings, drawn, redirect)):
                    raise SignInError("oidc.sign_in_browser")
                code = await listener.code()
        except TimeoutError:
            raise SignInError("oidc.sign_in_late") from None
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": drawn.verifier,
    }
    answer = await provider.exchange(grant, refused_key="oidc.sign_in_refused")
    return answer, await _identity(provider, answer, drawn.nonce)


async def _identity(provider: IdentityProvider, answer: ProviderAnswer, nonce: str) -> Identity | None:
    """Return whom the answer is about; whoever asked for an identity gets one, or nothing."""
    if "openid" not in provider.settings.scopes:
        return None
    if not answer.identity_token:
        raise ProviderError("oidc.provider_answer", "no identity token")
    return await provider.verify(answer.identity_token, nonce=nonce)


async def renew_sign_in(provider: IdentityProvider, signed_in: SignedIn) -> SignedIn:
    """Return the same person with newer tokens, without a browser.

    Args:
        provider: of the house.
        signed_in: what the last sign-in or renewal gave.

    Raises:
        SignInError: the provider does not renew it any more; the person signs in again.
        ProviderError: the provider cannot be asked.
        TokenRefusedError: it answered about somebody else.
    """
    if not signed_in.refresh_token:
        raise SignInError("oidc.sign_in_again", "no refresh token")
    grant = {"grant_type": "refresh_token", "refresh_token": signed_in.refresh_token}
    answer = await provider.exchange(grant, refused_key="oidc.sign_in_again")
    identity_token = answer.identity_token or signed_in.identity_token
    if answer.identity_token:
        identity = await provider.verify(answer.identity_token)
        if identity.login != signed_in.login:
            raise TokenRefusedError(TokenFault.OTHER_LOGIN)
    # A provider that does not turn its refresh tokens over gives none: the old one stays good.
    return _signed_in(
        signed_in.login, answer, answer.refresh_token or signed_in.refresh_token, identity_token
    )


def _page_address(
    addresses: ProviderAddresses, settings: ProviderSettings, drawn: _Drawn, redirect: str
) -> str:
    query = {
        "response_type": "code",
        "client_id": settings.application,
        "redirect_uri": redirect,
        "state": drawn.state,
        "code_challenge": drawn.challenge(),
        "code_challenge_method": "S256",
    }
    if settings.scopes:
        query["scope"] = " ".join(settings.scopes)
    if "openid" in settings.scopes:
        query["nonce"] = drawn.nonce
    joint = "&" if "?" in addresses.authorization else "?"
    return addresses.authorization + joint + urlencode(query)


def _signed_in(login: str, answer: ProviderAnswer, refresh_token: str, identity_token: str) -> SignedIn:
    return SignedIn(login, answer.access_token, refresh_token, answer.expires_at, identity_token)
