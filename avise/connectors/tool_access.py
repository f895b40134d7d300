"""How one instance reaches its HTTP tool: certificates, proxy, and the tokens of whoever signs in there."""

from __future__ import annotations

import asyncio
import ssl
from concurrent.futures import Executor
from datetime import datetime

from avise.connectors.client_certificate import Mark, Shown, mark_of, read_files, show
from avise.connectors.endpoints import HttpEndpoint, MutualTlsSignIn, SignIn, UserSignIn
from avise.connectors.http_connection import HttpConnection
from avise.connectors.instance_secrets import InstanceSecrets
from avise.connectors.ports import TokenPort
from avise.connectors.user_tokens import UserTokens
from avise.env import Env
from avise.oidc.provider import IdentityProvider, ProviderAddresses
from avise.oidc.provider_tokens import ProviderSettings
from avise.transport.outward import Outward


class ToolAccess:
    """Makes the connections of one instance, and keeps what outlives them.

    Args:
        instance: whose.
        secrets: of that instance.
        tokens: where a person's refresh token is sealed.
        tls: the context that all instances share.
        outward: certificates and proxies of the house.
        proxy: what this instance's settings say instead of the house's.
        env: clocks, chance.
        user_agent: how Avise names itself.
    """

    def __init__(
        self,
        instance: str,
        secrets: InstanceSecrets,
        tokens: TokenPort,
        tls: ssl.SSLContext,
        outward: Outward,
        proxy: str,
        env: Env,
        user_agent: str,
    ) -> None:
        self._instance, self._secrets, self._tokens = instance, secrets, tokens
        self._tls, self._outward, self._proxy = tls, outward, proxy
        self._env, self._user_agent = env, user_agent
        self._files: tuple[str, ...] = ()
        self._marks: tuple[Mark | None, ...] = ()
        self.user_tokens: UserTokens | None = None
        """Of the person who signs in there by themselves; known once the endpoint is."""
        self.certificate_ends: datetime | None = None
        """Of ours that the tool is shown; None where it is shown none."""

    async def connect(self, endpoint: HttpEndpoint, pool: Executor) -> HttpConnection:
        """Return a connection to the tool.

        Args:
            endpoint: where it is and how one signs in.
            pool: for what blocks.

        Raises:
            ConnectorError: CONFIG: a certificate of ours that cannot be shown, a secret that lacks.
        """
        tls = self._tls
        if isinstance(endpoint.sign_in, MutualTlsSignIn):
            tls = await self._showing(endpoint.sign_in, pool)
        self.user_tokens = self.user_tokens or self._tokens_for(endpoint.sign_in)
        return HttpConnection(
            endpoint,
            tls,
            self._secrets.get,
            self._secrets.again,
            self._env,
            self._user_agent,
            credentials=self.user_tokens,
            proxy=self._outward.proxy_to(endpoint.base_url, tls, self._proxy),
        )

    async def changed(self) -> bool:
        """Say whether something else than before would be shown: other secrets, another certificate."""
        other_files = bool(self._files) and await asyncio.to_thread(mark_of, *self._files) != self._marks
        return await self._secrets.again() or other_files

    async def aclose(self) -> None:
        """End a renewal that goes on."""
        if self.user_tokens is not None:
            await self.user_tokens.aclose()

    async def _showing(self, sign_in: MutualTlsSignIn, pool: Executor) -> ssl.SSLContext:
        """Return a context of this tool alone: another one must not be shown its certificate."""
        password = await self._secrets.get(sign_in.password_secret) if sign_in.password_secret else ""
        sealed = await self._secrets.get(sign_in.secret) if sign_in.secret else ""
        self._files = tuple(file for file in (sign_in.certificate, sign_in.key) if file)

        def build() -> tuple[ssl.SSLContext, tuple[Mark | None, ...], datetime]:
            marks = mark_of(*self._files)
            if sealed:
                shown = Shown(sealed.encode(), sealed.encode(), password)
            else:
                shown = read_files(sign_in.certificate, sign_in.key, password)
            context = self._outward.context()
            return context, marks, show(context, shown, self._env.now())

        context, self._marks, self.certificate_ends = await asyncio.get_running_loop().run_in_executor(
            pool, build
        )
        return context

    def _tokens_for(self, sign_in: SignIn) -> UserTokens | None:
        if not isinstance(sign_in, UserSignIn):
            return None

        def reach(settings: ProviderSettings, addresses: ProviderAddresses | None) -> IdentityProvider:
            asked = settings.issuer if addresses is None else addresses.token
            proxy = self._outward.proxy_to(asked, self._tls, self._proxy)
            return IdentityProvider(settings, self._env, self._tls, addresses=addresses, proxy=proxy)

        return UserTokens(self._instance, sign_in, self._secrets.get, self._tokens, reach, self._env)
