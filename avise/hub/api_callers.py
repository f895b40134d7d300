"""Who calls: what a bearer token proves, and what the database says of its holder at that moment.

Identity comes from the token alone. A token of the hub names its device; one of the house's identity
provider does not, and the device that the call names must be enrolled for that very login.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.requests import Request

from avise.env import Env
from avise.hub.api_grants import Signing, application
from avise.hub.dialect import Statement, row
from avise.hub.port import Actor, HubError
from avise.hub.tokens import AccessToken, Scope, verify_access_token
from avise.models.roles import Role
from avise.oidc.provider import IdentityProvider
from avise.oidc.signed_tokens import LONGEST_TOKEN, TokenFault, TokenRefusedError, read_header

MOST_KNOWN = 10_000
"""Tokens whose signature was checked, in one process; then all are checked again (0.2 ms each)."""
DEVICE_HEADER = "avise-device"
"""Names the device, beside a token of the identity provider."""

_CALLER = Statement(
    "SELECT s.role, s.locked, d.login AS owner, d.revoked_at FROM staff s"
    " LEFT JOIN device d ON d.device = :device WHERE s.login = :login"
)


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a token proves: somebody, on a device."""

    login: str
    device: str


class Callers:
    """Tells who calls.

    Args:
        signing: the hub's own tokens.
        provider: the house's identity provider, None when there is none.
        env: the hub's clock.
    """

    def __init__(self, signing: Signing, provider: IdentityProvider | None, env: Env) -> None:
        self.signing = signing
        self._provider = provider
        self._env = env
        self._good: dict[str, AccessToken] = {}

    async def bearer(self, request: Request) -> Bearer:
        """Return who a call's token is about.

        Raises:
            TokenRefusedError: no token, or one that proves nothing.
            ScopeMissingError: an application's.
            ProviderError: the identity provider cannot be asked for its keys.
        """
        token = token_in(request)
        if self._is_ours(token):
            access = self._checked(token)
            access.require_person()
            return Bearer(access.holder, access.device)
        if self._provider is None:
            raise TokenRefusedError(TokenFault.UNKNOWN_KEY)
        identity = await self._provider.verify(token)
        return Bearer(identity.login, request.headers.get(DEVICE_HEADER, ""))

    def application(self, request: Request, scope: Scope) -> str:
        """Return the name of the application that calls.

        Raises:
            TokenRefusedError: no token, or one that proves nothing.
            ScopeMissingError: a token without that right.
        """
        access = self._checked(token_in(request))
        access.require_scope(scope)
        return access.holder

    def _is_ours(self, token: str) -> bool:
        return self._provider is None or read_header(token).key_id in self.signing.keys.checking

    def _checked(self, token: str) -> AccessToken:
        """Check a token; one whose signature was good a moment ago has only its end looked at again."""
        now = self._env.now()
        known = self._good.get(token)
        if known is not None and known.issued_at <= now < known.expires_at:
            return known
        found = verify_access_token(self.signing.keys, self.signing.hub_id, token, now)
        if len(self._good) >= MOST_KNOWN:
            self._good.clear()
        self._good[token] = found
        return found


def token_in(request: Request) -> str:
    """Return the bearer token of a call.

    Raises:
        TokenRefusedError: none, or too long to be one.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefusedError(TokenFault.MALFORMED)
    if len(token) > LONGEST_TOKEN:
        raise TokenRefusedError(TokenFault.OVERSIZED)
    return token


def actor_of(connection: Connection, bearer: Bearer, *, revoked_too: bool = False) -> Actor:
    """Return who acts, as the database knows them in this very transaction.

    Args:
        connection: in a transaction.
        bearer: authenticated.
        revoked_too: for the few calls that a revoked device may still make.

    Raises:
        HubError: `hub.no_right` for nobody of the staff, `hub.unknown_device` for a device that is not
            enrolled or is somebody else's, `hub.device_revoked`.
    """
    found = row(connection, _CALLER, login=bearer.login, device=bearer.device)
    if found is None:
        raise HubError("hub.no_right")
    # Whoever is locked out is judged by the core: they read nothing, what they send is put aside.
    if found.owner != bearer.login:
        raise HubError("hub.unknown_device")
    if found.revoked_at is not None and not revoked_too:
        raise HubError("hub.device_revoked")
    return Actor(bearer.login, Role(found.role), bearer.device)


def newcomer(connection: Connection, bearer: Bearer, *, revoked_too: bool = False) -> Actor:
    """Return who acts, whose device may not be enrolled yet.

    Args:
        connection: in a transaction.
        bearer: authenticated.
        revoked_too: a revoked device still says that it destroyed what it held.

    Raises:
        HubError: `hub.no_right`; `hub.unknown_device` when the device is somebody else's.
    """
    found = row(connection, _CALLER, login=bearer.login, device=bearer.device)
    if found is None or found.locked:
        raise HubError("hub.no_right")
    if found.owner not in (None, bearer.login):
        raise HubError("hub.unknown_device")
    if found.revoked_at is not None and not revoked_too:
        raise HubError("hub.device_revoked")
    return Actor(bearer.login, Role(found.role), bearer.device)


def application_actor(connection: Connection, name: str) -> Actor:
    """Return who acts when an application calls.

    Raises:
        HubError: `hub.application_refused` once it is revoked.
    """
    found = application(connection, name)
    if found is None or found.revoked:
        raise HubError("hub.application_refused")
    return found.actor
