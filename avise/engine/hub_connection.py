"""Opens the hub of a profile, and signs its user in where the hub asks for it.

What proves a sign-in is sealed in the store, and leaves it only for the hub that gave it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from avise.connectors.ports import SecretPort
from avise.engine.embedded_sign_in import EmbeddedSignIn
from avise.engine.opened_hub import HUB_NAME, hub_key_source, open_local_hub
from avise.engine.outward import way_out
from avise.env import Env
from avise.hub.core import HubCore
from avise.hub.local import LocalHub
from avise.hub.port import HubError, HubPort, HubUnreachableError
from avise.hub.remote import RemoteHub
from avise.hub.remote_line import HubLine
from avise.hub.remote_sign_in import PasswordTokens, ProviderTokens, Tokens
from avise.models.errors import AviseError
from avise.models.roles import Session
from avise.oidc.code_flow import SignedIn, renew_sign_in, sign_in
from avise.oidc.provider import IdentityProvider
from avise.oidc.provider_tokens import ProviderSettings
from avise.services.profile import Profile
from avise.services.request_type_files import shipped_request_types
from avise.services.requests.created_check import created_check
from avise.services.settings_file import HubMode, HubSignIn
from avise.transport.outward import Outward

SECRETS, REFRESH, IDENTITY = "hub", "refresh_token", "identity_token"

PASSWORD = "password"  # noqa: S105 - the name of a secret, not one
"""Of a demonstration's user, in the plain secrets of a synthetic profile: nobody types it."""

BROWSER_SECONDS = 10.0
"""How long the provider may take to say which page to open."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _File:
    """One file of a disk, whatever is put in its place later."""

    path: Path
    disk: int
    number: int


async def _enrolled(hub: RemoteHub) -> None:
    """Make this workstation known; a revoked one is known, and hears what is asked of it by the head."""
    try:
        await hub.enrol()
    except HubError as error:
        if error.message_key != "hub.device_revoked":
            raise


def _file_at(path: Path) -> _File | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _File(path, found.st_dev, found.st_ino)


class Secrets(Protocol):
    """Where the refresh token is sealed."""

    async def get(self, instance: str, name: str) -> str | None:
        """Return a secret."""

    async def put(self, instance: str, name: str, secret: str) -> None:
        """Seal a secret."""

    async def forget(self, instance: str, name: str) -> None:
        """Forget a secret."""


class HubConnection:
    """The way to one hub; `connect` is the sync's, the rest is `SignIn`.

    Args:
        profile: whose hub it is.
        session: who works here.
        secrets: where tokens are sealed.
        env: the clock.
        plain: secrets of a demonstration's profile.
        ask_passphrase: for an embedded hub whose key is sealed by one.
    """

    def __init__(
        self,
        profile: Profile,
        session: Session,
        secrets: Secrets,
        env: Env,
        plain: SecretPort | None = None,
        ask_passphrase: Callable[[], str] | None = None,
    ) -> None:
        self._profile = profile
        self._section = profile.settings.hub
        self._session = session
        self._secrets = secrets
        self._env = env
        self._plain = plain
        self._ask_passphrase = ask_passphrase
        self._reached: tuple[Outward, ssl.SSLContext] | None = None
        """How the house's servers are; known once the hub was looked for."""
        self._provider: IdentityProvider | None = None
        self._signed_in: Tokens | None = None
        self._signing: asyncio.Task[None] | None = None
        self._signed_out = False
        self._here = EmbeddedSignIn(session.user, secrets, env)
        self._file: _File | None = None
        self.device = session.device
        self.on_changed: Callable[[AviseError | None], None] = lambda _error: None
        """Called once somebody signed in or out, or could not."""

    async def aclose(self) -> None:
        """End a sign-in that is under way."""
        if self._signing is not None:
            self._signing.cancel()
            await asyncio.gather(self._signing, return_exceptions=True)
        if self._provider is not None:
            await self._provider.aclose()

    # ---- the hub -------------------------------------------------------------------------------
    async def connect(self, device: str) -> HubPort:
        """Open the hub as a device.

        Raises:
            HubError: `hub.sign_in_needed`, or it cannot be used.
        """
        if device != self.device:
            self.device, self._signed_in = device, None
        if self._section.mode is HubMode.EMBEDDED:
            return await self._embedded()
        line = await self._line()
        try:
            if self._signed_in is None:
                self._signed_in = await self._resumed(line)
            hub = RemoteHub(line, self._signed_in, self._env)
            await _enrolled(hub)
        except BaseException:
            await line.aclose()
            raise
        return hub

    async def _embedded(self) -> LocalHub:
        hub = await self._opened()
        try:
            await self._here.admitted(hub, None if self._signed_out else await self._demo_password())
        except BaseException:
            await hub.aclose()
            raise
        return hub

    async def _opened(self) -> LocalHub:
        settings = self._profile.settings
        folder = (self._profile.folder / self._section.file).parent
        path = folder / HUB_NAME
        found = await asyncio.to_thread(_file_at, path)
        if found is None:
            # An empty hub made in its place would know nobody, and take the place of what is restored.
            raise HubError("hub.file_missing")
        source = hub_key_source(
            settings.key.source,
            folder,
            self._env,
            synthetic=settings.synthetic,
            ask_passphrase=self._ask_passphrase,
        )
        session = replace(self._session, device=self.device)
        types = await asyncio.to_thread(shipped_request_types)
        core = HubCore(self._env, created_check(types.book, self._env))
        hub = await open_local_hub(folder, source, core, session, self._env)
        self._file = found
        return hub

    def is_lost(self) -> bool:
        """Say whether the open hub is no longer the file that stands in its place: moved, or restored."""
        return self._file is not None and _file_at(self._file.path) != self._file

    async def _line(self) -> HubLine:
        outward, tls = await self._way_out()
        return HubLine(self._section.url, tls, outward.proxy_to(self._section.url, tls))

    async def _way_out(self) -> tuple[Outward, ssl.SSLContext]:
        if self._reached is None:
            self._reached = await way_out(self._profile, self._plain or self._secrets)
        return self._reached

    async def _resumed(self, line: HubLine) -> Tokens:
        """Return what a kept refresh token still gives."""
        kept = await self._secrets.get(SECRETS, REFRESH)
        if self._section.sign_in is HubSignIn.LOCAL:
            return await self._resumed_locally(line, kept)
        if not kept:
            raise HubError("hub.sign_in_needed")
        provider = await self._identity_provider(line)
        # A provider that renews without an identity token leaves the last one to be shown.
        identity = await self._secrets.get(SECRETS, IDENTITY) or ""
        before = SignedIn(self._session.user, "", kept, _LONG_AGO, identity)
        signed_in = await renew_sign_in(provider, before)
        return await self._provider_tokens(provider, signed_in)

    async def _resumed_locally(self, line: HubLine, kept: str | None) -> Tokens:
        tokens = PasswordTokens(line, self.device, self._env, self._keep)
        password = await self._demo_password() if not self._signed_out else None
        try:
            if kept:
                await tokens.resume(kept)
                return tokens
        except HubUnreachableError:
            raise
        except HubError:
            if not password:
                raise
        if not password:
            raise HubError("hub.sign_in_needed")
        await tokens.sign_in(self._session.user, password)
        return tokens

    async def _demo_password(self) -> str | None:
        if not self._profile.settings.synthetic or self._plain is None:
            return None
        return await self._plain.get(SECRETS, PASSWORD)

    async def _keep(self, token: str) -> None:
        await self._secrets.put(SECRETS, REFRESH, token)

    # ---- signing in ----------------------------------------------------------------------------
    async def sign_in(self, password: str) -> None:
        """Sign this station's user in with a password of the hub's own.

        Raises:
            HubError: refused, or no answer.
        """
        if self._section.mode is HubMode.EMBEDDED:
            await self._sign_in_here(password)
            return
        self._require(HubSignIn.LOCAL)
        line = await self._line()
        # The line of the tokens lives as long as they do: it is closed with the hub that takes it over.
        tokens = PasswordTokens(line, self.device, self._env, self._keep)
        try:
            await tokens.sign_in(self._session.user, password)
        finally:
            await line.aclose()
        self._signed_in = None
        self.on_changed(None)

    async def _sign_in_here(self, password: str) -> None:
        hub = await self._opened()
        try:
            await self._here.sign_in(hub, password)
        finally:
            await hub.aclose()
        self.on_changed(None)

    async def sign_in_with_provider(self) -> str:
        """Begin a sign-in at the identity provider; return the address of its page.

        Raises:
            HubError: the provider does not answer.
        """
        self._require(HubSignIn.OIDC)
        if self._signing is not None:
            self._signing.cancel()
        page: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._signing = asyncio.create_task(self._sign_in_in_browser(page), name="hub sign-in")
        try:
            async with asyncio.timeout(BROWSER_SECONDS):
                return await page
        except TimeoutError:
            raise HubError("oidc.provider_unreachable") from None

    async def _sign_in_in_browser(self, page: asyncio.Future[str]) -> None:
        async def open_page(address: str) -> bool:
            if not page.done():
                page.set_result(address)
            return True

        try:
            line = await self._line()
            try:
                provider = await self._identity_provider(line)
            finally:
                await line.aclose()
            signed_in = await sign_in(provider, open_page, self._env)
            self._signed_in = await self._provider_tokens(provider, signed_in)
        except AviseError as error:
            if not page.done():
                page.set_exception(error)
            else:
                self.on_changed(error)
        else:
            self.on_changed(None)

    async def sign_out(self) -> None:
        """Forget the tokens of this station, and tell the hub when it answers."""
        tokens, self._signed_in = self._signed_in, None
        self._signed_out = True
        for name in (REFRESH, IDENTITY):
            await self._secrets.forget(SECRETS, name)
        await self._here.forget()
        if isinstance(tokens, PasswordTokens):
            with contextlib.suppress(AviseError):
                await tokens.sign_out()
        self.on_changed(None)

    async def _identity_provider(self, line: HubLine) -> IdentityProvider:
        if self._provider is None:
            told = (await line.ways()).provider
            own = ProviderSettings(self._section.issuer, self._section.application)
            # The workstation's own settings decide whom a person gives their password to.
            settings = replace(told, issuer=own.issuer, application=own.application) if told else own
            outward, tls = await self._way_out()
            proxy = outward.proxy_to(settings.issuer, tls)
            self._provider = IdentityProvider(settings, self._env, tls, proxy=proxy)
        return self._provider

    async def _provider_tokens(self, provider: IdentityProvider, signed_in: SignedIn) -> Tokens:
        if signed_in.login != self._session.user:
            raise HubError("hub.other_login")
        if signed_in.refresh_token:
            await self._keep(signed_in.refresh_token)
        if signed_in.identity_token:
            await self._secrets.put(SECRETS, IDENTITY, signed_in.identity_token)
        return ProviderTokens(provider, signed_in, self.device, self._env, self._keep)

    def _require(self, way: HubSignIn) -> None:
        if self._section.mode is not HubMode.REMOTE or self._section.sign_in is not way:
            raise HubError("hub.no_sign_in")
