"""What a workstation shows the hub of a house at each call, and how it is renewed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from avise.env import Env
from avise.hub.http_reading import Told, mapping_of
from avise.models.json_types import JSON
from avise.oidc.code_flow import SignedIn, renew_sign_in
from avise.oidc.provider import IdentityProvider
from avise.oidc.provider_tokens import ProviderSettings

EARLY = timedelta(seconds=60)
"""A token is renewed that long before its end: clocks differ, and calls take time."""

Keep = Callable[[str], Awaitable[None]]
"""Keeps the newest refresh token among the workstation's secrets, before the older one is worth nothing."""


class Tokens(Protocol):
    """What a workstation shows."""

    @property
    def device(self) -> str:
        """The workstation's name at the hub."""

    async def bearer(self) -> str:
        """Return a token that holds now."""

    async def renewed(self, refused: str) -> str:
        """Return another token than one that the hub refused; "" when there is none to be had."""


class Post(Protocol):
    """Sends a JSON call that needs no token, and returns what was answered."""

    async def post(self, path: str, value: JSON) -> JSON:
        """Return the answer."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How one may sign in at a hub."""

    hub_id: str
    passwords: bool
    provider: ProviderSettings | None


def read_ways(value: JSON) -> Ways:
    """Read how one may sign in."""
    told = Told(value)
    return Ways(told.text("hub_id"), told.flag("passwords"), _provider(mapping_of(value).get("provider")))


def _provider(value: JSON) -> ProviderSettings | None:
    if value is None:
        return None
    told = Told(value)
    return ProviderSettings(
        issuer=told.text("issuer"),
        application=told.text("application"),
        audience=told.text("audience", ""),
        login_field=told.text("login_field", ""),
        scopes=told.each("scopes", str),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends_at: datetime


class PasswordTokens:
    """Tokens of the hub's own: signed in with a password, or with a refresh token kept since.

    Args:
        line: to the hub.
        device: this workstation.
        env: the clock.
        keep: keeps each newer refresh token; None keeps none.
    """

    def __init__(self, line: Post, device: str, env: Env, keep: Keep | None = None) -> None:
        self._line = line
        self._device = device
        self._env = env
        self._keep = keep
        self._held: _Held | None = None
        self._lock = asyncio.Lock()

    @property
    def device(self) -> str:
        """The workstation's name at the hub."""
        return self._device

    async def sign_in(self, login: str, password: str) -> None:
        """Sign in with a password.

        Raises:
            HubError: refused (`hub.wrong_password`, `hub.locked_out`…), or no answer.
        """
        sent = {"login": login, "password": password, "device": self._device}
        await self._take(await self._line.post("/sign-in", sent))

    async def resume(self, refresh_token: str) -> None:
        """Go on with a refresh token that was kept.

        Raises:
            HubError: `hub.sign_in_again`, or no answer.
        """
        sent = {"refresh_token": refresh_token, "device": self._device}
        await self._take(await self._line.post("/refresh", sent))

    async def sign_out(self) -> None:
        """End the sign-in, here and at the hub."""
        held, self._held = self._held, None
        if held is not None:
            await self._line.post("/sign-out", {"refresh_token": held.refresh})

    async def bearer(self) -> str:
        """Return a token that holds now, "" when nobody is signed in."""
        async with self._lock:
            if self._held is not None and self._env.now() + EARLY >= self._held.ends_at:
                await self.resume(self._held.refresh)
            return "" if self._held is None else self._held.access

    async def renewed(self, refused: str) -> str:
        """Return another token than one that was refused."""
        async with self._lock:
            if self._held is not None and self._held.access == refused:
                await self.resume(self._held.refresh)
            return "" if self._held is None else self._held.access

    async def _take(self, value: JSON) -> None:
        told = Told(value)
        ends_at = self._env.now() + timedelta(seconds=told.number("expires_in"))
        held = _Held(told.text("access_token", most=8192), told.text("refresh_token"), ends_at)
        if self._keep is not None:
            await self._keep(held.refresh)
        self._held = held


class ProviderTokens:
    """Tokens of the house's identity provider.

    Args:
        provider: of the house.
        signed_in: what the sign-in in the browser gave.
        device: this workstation.
        env: the clock.
        keep: keeps each newer refresh token; None keeps none.
    """

    def __init__(
        self, provider: IdentityProvider, signed_in: SignedIn, device: str, env: Env, keep: Keep | None = None
    ) -> None:
        self._provider = provider
        self._signed_in = signed_in
        self._device = device
        self._env = env
        self._keep = keep
        self._lock = asyncio.Lock()

    @property
    def device(self) -> str:
        """The workstation's name at the hub."""
        return self._device

    async def bearer(self) -> str:
        """Return a token that holds now."""
        async with self._lock:
            if self._env.now() + EARLY >= self._signed_in.expires_at and self._signed_in.refresh_token:
                await self._renew()
            return self._shown()

    async def renewed(self, refused: str) -> str:
        """Return another token than one that was refused."""
        async with self._lock:
            if self._shown() == refused and self._signed_in.refresh_token:
                await self._renew()
            shown = self._shown()
            return "" if shown == refused else shown

    def _shown(self) -> str:
        # Its audience is Avise itself; access tokens of many providers are for the provider alone.
        return self._signed_in.identity_token or self._signed_in.access_token

    async def _renew(self) -> None:
        self._signed_in = await renew_sign_in(self._provider, self._signed_in)
        if self._keep is not None:
            await self._keep(self._signed_in.refresh_token)
