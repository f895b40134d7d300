"""Signing in over HTTP: a password of the hub's own, its renewal, its end; and which ways there are."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from avise.hub.api_answers import answer, answering, done, value_of
from avise.hub.api_callers import Bearer, newcomer
from avise.hub.api_grants import end_family, keep_refresh, renew
from avise.hub.api_parts import Parts, parts_of
from avise.hub.http_reading import Told
from avise.hub.password_tries import begin_try, end_try, kept_password
from avise.hub.passwords import Attempts, PasswordVerdict, hash_password, verify_password
from avise.hub.port import HubError
from avise.hub.tokens import ACCESS_LIFE, IssuedRefresh, first_refresh, issue_person_token

MOST_HASHES = 2
"""At once in one process: each takes 64 MiB and a processor for 50 ms."""
MOST_WAITING = 32
"""Sign-ins that wait for one; the next is told to come back."""
MOST_STRANGERS = 10_000
"""Logins that nobody has, whose tries are counted: they are locked out as any other."""

_SIGN_IN = frozenset(("login", "password", "device"))
_REFRESH = frozenset(("refresh_token", "device"))
_SIGN_OUT = frozenset(("refresh_token",))
_LONGEST_PASSWORD = 4_096


@dataclass(slots=True)
class Doors:
    """What keeps guessing slow, in one process."""

    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_HASHES))
    waiting: int = 0
    strangers: OrderedDict[str, Attempts] = field(default_factory=OrderedDict)

    def try_stranger(self, login: str, now: datetime) -> None:
        """Count a try under a login that nobody has, so that it answers as one that somebody has.

        Raises:
            LockedOutError: too many.
        """
        attempts = self.strangers.pop(login, Attempts())
        self.strangers[login] = attempts.after_failure(now)
        while len(self.strangers) > MOST_STRANGERS:
            self.strangers.popitem(last=False)
        # Before this try, as for those who exist.
        attempts.require_open(now)

    async def verify(self, kept: str | None, password: str) -> PasswordVerdict:
        """Check a password on a thread, a few at once.

        Raises:
            HubError: `hub.busy`, too many wait already.
        """
        if self.waiting >= MOST_WAITING:
            raise HubError("hub.busy")
        self.waiting += 1
        try:
            async with self.hashing:
                return await asyncio.to_thread(verify_password, kept, password)
        finally:
            self.waiting -= 1


def doors_of(parts: Parts) -> Doors:
    """Return the doors of this process."""
    doors = parts.state.setdefault("doors", Doors())
    if not isinstance(doors, Doors):
        raise TypeError
    return doors


async def ways(request: Request) -> Response:
    """Tell how one may sign in here; anybody may ask."""
    parts = parts_of(request)
    settings = None if parts.provider is None else parts.provider.settings
    return answer(
        {
            "hub_id": parts.callers.signing.hub_id,
            "passwords": parts.passwords,
            "provider": None
            if settings is None
            else {
                "issuer": settings.issuer,
                "application": settings.application,
                "audience": settings.audience,
                "login_field": settings.login_field,
                "scopes": list(settings.scopes),
            },
        }
    )


async def sign_in(request: Request) -> Response:
    """Give tokens for a login and its password."""
    parts = parts_of(request)
    told = Told(await value_of(request), _SIGN_IN)
    login, device = told.text("login", most=256), told.text("device", most=256)
    password = told.text("password", most=_LONGEST_PASSWORD)
    if not parts.passwords:
        raise HubError("hub.no_passwords")
    kept = await _begin(parts, login)
    verdict = await doors_of(parts).verify(kept, password)
    if not verdict.accepted:
        raise HubError("hub.wrong_password")
    rehashed = await asyncio.to_thread(hash_password, password, parts.env) if verdict.needs_rehash else ""

    def end(connection: Connection) -> IssuedRefresh:
        newcomer(connection, Bearer(login, device))
        end_try(connection, login, rehashed)
        issued = first_refresh(parts.env, login=login, device=device)
        keep_refresh(connection, issued, parts.env.now())
        return issued

    return _tokens(parts, await parts.transactions.write(end))


async def _begin(parts: Parts, login: str) -> str | None:
    """Count a try before it is looked at, so that many at once are not more than many; return what is kept.

    Raises:
        LockedOutError: too many wrong ones.
    """
    now = parts.env.now()
    member = await parts.transactions.write(lambda connection: begin_try(connection, login, now))
    if member is None:
        doors_of(parts).try_stranger(login, now)
    return kept_password(member)


async def refresh(request: Request) -> Response:
    """Give newer tokens for a refresh token, to the device that it was given to."""
    parts = parts_of(request)
    told = Told(await value_of(request), _REFRESH)
    secret, device = told.text("refresh_token", most=256), told.text("device", most=256)

    def renewed(connection: Connection) -> IssuedRefresh:
        issued = renew(connection, secret, device, parts.env)
        newcomer(connection, Bearer(issued.grant.login, issued.grant.device), revoked_too=True)
        return issued

    return _tokens(parts, await parts.transactions.write(renewed))


async def sign_out(request: Request) -> Response:
    """End a sign-in; a token that is worth nothing is no error."""
    parts = parts_of(request)
    secret = Told(await value_of(request), _SIGN_OUT).text("refresh_token", most=256)
    await parts.transactions.write(lambda connection: end_family(connection, secret, parts.env.now()))
    return done()


def _tokens(parts: Parts, issued: IssuedRefresh) -> Response:
    signing, grant = parts.callers.signing, issued.grant
    access = issue_person_token(
        signing.keys, signing.hub_id, parts.env, login=grant.login, device=grant.device
    )
    return answer(
        {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "refresh_token": issued.secret,
            "login": grant.login,
        }
    )


ROUTES = (
    Route("/sign-in/ways", answering(ways), methods=["GET"]),
    Route("/sign-in", answering(sign_in), methods=["POST"]),
    Route("/refresh", answering(refresh), methods=["POST"]),
    Route("/sign-out", answering(sign_out), methods=["POST"]),
)
