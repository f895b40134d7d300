"""A person's own tokens at one tool: renewed before their end, once for all who ask, replaced by a sign-in.

Access tokens live in memory only; the refresh token is sealed by the port, the new one before the old one
is worth nothing. A refresh token that was refused is not shown again: until somebody signs in, every
call ends on AUTH without a word to the provider.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from avise.connectors.contract import ConnectorError
from avise.connectors.endpoints import UserSignIn
from avise.connectors.ports import TokenPort
from avise.connectors.sign_in import MARGIN_S, Secret, header_value
from avise.env import Env
from avise.models.errors import AviseError, ErrorKind, Origin
from avise.models.tool_sign_in import BrowserPage, DeviceCode, SignInStep, SignInWay
from avise.oidc.code_flow import authorised
from avise.oidc.device_flow import authorised_elsewhere
from avise.oidc.errors import ProviderError, SignInError
from avise.oidc.provider import IdentityProvider, ProviderAddresses, ProviderAnswer
from avise.oidc.provider_tokens import ProviderSettings

FLOOR_S = 30.0
"""A token given less than that ago, and refused by the tool, is not replaced by another one like it."""

PATIENCE_S = 1.0
"""Given at the end to a renewal under way: cut, it could lose the token that it was just given."""

Reach = Callable[[ProviderSettings, ProviderAddresses | None], IdentityProvider]
"""Opens the way to a provider: certificates and proxy are the host's."""
Tell = Callable[[SignInStep], None]
"""Told of each step of a sign-in."""


@dataclass(frozen=True, slots=True)
class _Held:
    headers: Mapping[str, str] = field(repr=False)
    given_at: float
    renew_at: float


class UserTokens:
    """The tokens of whoever works here, at one tool (`sign_in.Credentials`).

    Args:
        instance: the tool.
        sign_in: where one signs in, and as which application.
        secret: gives the application's secret, where it has one.
        kept: where the refresh token is sealed.
        reach: opens the way to the provider.
        env: clocks, chance.
    """

    def __init__(
        self, instance: str, sign_in: UserSignIn, secret: Secret, kept: TokenPort, reach: Reach, env: Env
    ) -> None:
        self._wanted = sign_in
        self._instance, self._kept, self._env = instance, kept, env
        self._name = _kept_name(sign_in)
        self._secret, self._reach = secret, reach
        self._provider: IdentityProvider | None = None
        self._held: _Held | None = None
        self._refresh_token: str | None = None
        """Not sealed yet, when the store failed; else it is there only."""
        self._renewing: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        """Held by whoever puts other tokens in the place of these."""
        self._signing: asyncio.Task[object] | None = None
        self.asks = False
        """Nothing but a new sign-in helps."""

    @property
    def way(self) -> SignInWay:
        """Where the person signs in."""
        return SignInWay.DEVICE if self._wanted.by_device else SignInWay.BROWSER

    async def aclose(self) -> None:
        """End a renewal that goes on, and close the connections."""
        if self._renewing is not None:
            await asyncio.wait([self._renewing], timeout=PATIENCE_S)
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)
        await self._leave_provider()

    # ---- of a request (`sign_in.Credentials`) ------------------------------------------------------
    async def headers(self) -> Mapping[str, str]:
        """Return the bearer header, renewed when its end is near.

        Raises:
            ConnectorError: AUTH when somebody has to sign in; what kept the provider from being asked.
        """
        held = self._held
        if held is None or self._env.monotonic() >= held.renew_at:
            held = await self._renewed()
        return held.headers

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Say whether there is another header than the refused one, after asking for it once.

        Raises:
            ConnectorError: as `headers`.
        """
        held = self._held
        if held is not None and held.headers == refused:
            if self._env.monotonic() < held.given_at + FLOOR_S:
                return False
            await self._renewed()
        return True

    async def _renewed(self) -> _Held:
        if self.asks:
            raise nobody_signed_in()
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew(self._held), name=f"renew {self._instance}")
            # Those who waited may all have left: their reading was given up, the token is kept.
            self._renewing.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(self._renewing)
        if self._held is None:
            raise nobody_signed_in()
        return self._held

    async def _renew(self, stale: _Held | None) -> None:
        async with self._changing:
            if self._held is stale:
                await self._exchange()

    async def _exchange(self) -> None:
        token = self._refresh_token or await self._kept.get(self._instance, self._name)
        if not token:
            self._held, self.asks = None, True
            raise nobody_signed_in()
        provider = await self._at_provider()
        grant = {"grant_type": "refresh_token", "refresh_token": token}
        asked_at = self._env.monotonic()
        try:
            answer = await provider.exchange(grant, refused_key="oidc.sign_in_again")
        except SignInError as error:
            self._held, self.asks = None, True
            raise ConnectorError(ErrorKind.AUTH, f"refresh refused, {error.detail}") from None
        except ProviderError as error:
            raise _provider_failed(error) from None
        if answer.refresh_token:
            # A provider that does not turn its refresh tokens over gives none: the old one stays good.
            await self._seal(answer.refresh_token)
        self._use(answer, asked_at)

    async def _seal(self, token: str) -> None:
        self._refresh_token = token
        try:
            await self._kept.put(self._instance, self._name, token)
        except AviseError:
            # A full disk: it is used from memory, and sealed with the next one.
            return
        self._refresh_token = None

    def _use(self, answer: ProviderAnswer, asked_at: float) -> None:
        header = {"Authorization": f"Bearer {header_value(answer.access_token)}"}
        life = max(answer.life_s, 1.0)
        self._held = _Held(header, asked_at, asked_at + max(life - MARGIN_S, life / 2))
        self.asks = False

    # ---- a sign-in -------------------------------------------------------------------------------
    async def sign_in(self, tell: Tell, way: SignInWay) -> None:
        """Sign somebody in; cancelling it frees the port and changes nothing.

        Args:
            tell: told of the page to open, or of the code to type.
            way: in the browser, or with a code.

        Raises:
            AviseError: refused, too late, or the provider cannot be used.
            ConnectorError: CONFIG without the application's secret.
        """
        if self._signing is not None:
            self._signing.cancel()
        mine = self._signing = asyncio.current_task()
        try:
            answer = await self._authorised(tell, way)
            # From here on to the end: what the provider gave is not lost by somebody who closes a panel.
            await asyncio.shield(
                asyncio.create_task(self._take_new(answer), name=f"sign in {self._instance}")
            )
        finally:
            if self._signing is mine:
                self._signing = None

    async def _authorised(self, tell: Tell, way: SignInWay) -> ProviderAnswer:
        # A renewal under way ends first: cut, it could lose the token that it was just given.
        async with self._changing:
            await self._leave_provider()
            provider = await self._at_provider()

        async def open_page(address: str) -> bool:
            tell(BrowserPage(address))
            return True

        async def show_code(code: DeviceCode) -> None:
            tell(code)

        if way is SignInWay.DEVICE or self._wanted.by_device:
            answer, _ = await authorised_elsewhere(provider, show_code, self._env)
        else:
            answer, _ = await authorised(provider, open_page, self._env)
        return answer

    async def _take_new(self, answer: ProviderAnswer) -> None:
        async with self._changing:
            # Also where there is none: that of whoever signed in before must not come back.
            await self._seal(answer.refresh_token)
            self._use(answer, self._env.monotonic())

    async def _at_provider(self) -> IdentityProvider:
        if self._provider is None:
            wanted = self._wanted
            settings = ProviderSettings(
                issuer=wanted.issuer,
                application=wanted.client_id,
                secret=await self._secret(wanted.secret) if wanted.secret else "",
                scopes=wanted.scopes,
            )
            try:
                self._provider = self._reach(settings, _addresses(wanted))
            except ProviderError as error:
                raise _provider_failed(error) from None
        return self._provider

    async def _leave_provider(self) -> None:
        left, self._provider = self._provider, None
        if left is not None:
            await left.aclose()


def nobody_signed_in() -> ConnectorError:
    """Return the error of a tool at which its user has to sign in."""
    return ConnectorError(ErrorKind.AUTH, "sign-in needed", origin=Origin.HOST)


def _provider_failed(error: ProviderError) -> ConnectorError:
    if error.by_the_way:
        return ConnectorError(ErrorKind.CONFIG, error.detail, origin=Origin.HOST)
    if error.unanswered:
        return ConnectorError(ErrorKind.UNAVAILABLE, f"provider unreachable, {error.detail}")
    if error.message_key == "oidc.provider_insecure":
        return ConnectorError(ErrorKind.CONFIG, f"provider insecure, {error.detail}", origin=Origin.HOST)
    return ConnectorError(ErrorKind.BAD_DATA, f"provider answer, {error.detail}")


def _addresses(wanted: UserSignIn) -> ProviderAddresses | None:
    if wanted.issuer:
        return None
    return ProviderAddresses(wanted.authorization_url, wanted.token_url, device=wanted.device_url)


def _kept_name(wanted: UserSignIn) -> str:
    """Name the sealed refresh token after whom it is for: it is never shown to another provider."""
    whom = f"{wanted.issuer}\n{wanted.token_url}\n{wanted.client_id}"
    return f"refresh_token.{hashlib.sha256(whom.encode()).hexdigest()[:16]}"
