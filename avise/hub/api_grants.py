"""What signing in keeps: the hub's signing keys, refresh tokens by digest, and applications of the house."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from avise.env import Env
from avise.hub import staff
from avise.hub.dialect import Statement, change, row, rows
from avise.hub.moments import microseconds, moment
from avise.hub.port import Actor, HubError
from avise.hub.refusals import KeptRefusalError
from avise.hub.stream_state import team_perimeter
from avise.hub.tokens import (
    REFRESH_LONGEST,
    HubKeys,
    IssuedRefresh,
    RefreshGrant,
    RefreshRefusedError,
    Scope,
    check_refresh,
    new_signing_key,
    next_refresh,
    refresh_digest,
)
from avise.models.roles import Role

_COLUMNS = "digest, family, login, device, signed_in_at, issued_at, replaced_at, revoked_at"
_KEYS = Statement("SELECT jwk FROM signing_key ORDER BY made_at DESC, kid")
_KEEP_KEY = Statement("INSERT INTO signing_key (kid, jwk, made_at) VALUES (:kid, :jwk, :now)")
_FORGET_KEYS = Statement("DELETE FROM signing_key WHERE made_at < :old")
_GRANT = Statement(f"SELECT {_COLUMNS} FROM refresh_grant WHERE digest = :digest FOR NO KEY UPDATE")  # noqa: S608 - our own names
_KEEP_GRANT = Statement(
    f"INSERT INTO refresh_grant ({_COLUMNS}) VALUES (:digest, :family, :login, :device, :signed_in_at,"  # noqa: S608 - our own names
    " :issued_at, NULL, NULL)"
)
_REPLACE_GRANT = Statement("UPDATE refresh_grant SET replaced_at = :at WHERE digest = :digest")
_REVOKE_FAMILY = Statement(
    "UPDATE refresh_grant SET revoked_at = coalesce(revoked_at, :at) WHERE family = :family"
)
_REVOKE_LOGIN = Statement(
    "UPDATE refresh_grant SET revoked_at = coalesce(revoked_at, :at) WHERE login = :login"
)
_FORGET_GRANTS = Statement("DELETE FROM refresh_grant WHERE issued_at < :old")
_HUB_ID = Statement("SELECT value FROM meta WHERE name = 'hub_id'")

_APPLICATION = Statement("SELECT name, digest, scopes, team, revoked_at FROM application WHERE name = :name")
_APPLICATIONS = Statement("SELECT name, digest, scopes, team, revoked_at FROM application ORDER BY name")
_KEEP_APPLICATION = Statement(
    "INSERT INTO application (name, digest, scopes, team, made_at)"
    " VALUES (:name, :digest, :scopes, :team, :now) ON CONFLICT (name) DO UPDATE SET"
    " digest = excluded.digest, scopes = excluded.scopes, team = excluded.team,"
    " made_at = excluded.made_at, revoked_at = NULL"
)
_REVOKE_APPLICATION = Statement("UPDATE application SET revoked_at = :now WHERE name = :name")
_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")


# ---- keys ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs: the hub's name, and its keys."""

    hub_id: str
    keys: HubKeys


def make_key(connection: Connection, now: datetime) -> None:
    """Make the key that signs from now on; the one before still checks what it signed, for a month."""
    made = new_signing_key()
    change(connection, _KEEP_KEY, kid=str(made["kid"]), jwk=json.dumps(made), now=microseconds(now))
    change(connection, _FORGET_KEYS, old=microseconds(now - REFRESH_LONGEST))


def signing(connection: Connection, now: datetime) -> Signing:
    """Return who signs; the first key is made when there is none."""
    if not rows(connection, _KEYS):
        make_key(connection, now)
    kept = [json.loads(line.jwk) for line in rows(connection, _KEYS)]
    found = row(connection, _HUB_ID)
    if found is None:
        raise HubError("hub.not_made")
    return Signing(str(found[0]), HubKeys.read(kept[0], kept[1:]))


# ---- refresh tokens --------------------------------------------------------------------------------


def keep_refresh(connection: Connection, issued: IssuedRefresh, now: datetime) -> None:
    """Keep the digest of a refresh token; those too old to be worth anything are forgotten."""
    grant = issued.grant
    change(
        connection, _KEEP_GRANT, digest=grant.digest, family=grant.family, login=grant.login,
        device=grant.device, signed_in_at=microseconds(grant.signed_in_at),
        issued_at=microseconds(grant.issued_at),
    )  # fmt: skip
    change(connection, _FORGET_GRANTS, old=microseconds(now - REFRESH_LONGEST - timedelta(days=1)))


def renew(connection: Connection, secret: str, device: str, env: Env) -> IssuedRefresh:
    """Return the refresh token that follows one.

    Raises:
        KeptRefusalError: `hub.sign_in_again`; a token that somebody else may hold ends its whole family.
    """
    found = row(connection, _GRANT, digest=refresh_digest(secret))
    try:
        grant = check_refresh(None if found is None else _grant(found), secret, device, env.now())
    except RefreshRefusedError as refusal:
        if refusal.ends_family and found is not None:
            change(connection, _REVOKE_FAMILY, family=found.family, at=microseconds(env.now()))
        raise KeptRefusalError(refusal.message_key) from None
    renewed = next_refresh(grant, env)
    at = renewed.replaced.replaced_at or env.now()
    change(connection, _REPLACE_GRANT, digest=grant.digest, at=microseconds(at))
    keep_refresh(connection, renewed.issued, env.now())
    return renewed.issued


def end_family(connection: Connection, secret: str, now: datetime) -> None:
    """End a sign-in: its refresh tokens renew nothing any more."""
    found = row(connection, _GRANT, digest=refresh_digest(secret))
    if found is not None:
        change(connection, _REVOKE_FAMILY, family=found.family, at=microseconds(now))


def end_sign_ins(connection: Connection, login: str, now: datetime) -> None:
    """End every sign-in of somebody: a lost password, a departure."""
    change(connection, _REVOKE_LOGIN, login=login, at=microseconds(now))


def _grant(found: Row[Any]) -> RefreshGrant:
    return RefreshGrant(
        digest=found.digest,
        family=found.family,
        login=found.login,
        device=found.device,
        signed_in_at=moment(found.signed_in_at),
        issued_at=moment(found.issued_at),
        replaced_at=None if found.replaced_at is None else moment(found.replaced_at),
        revoked_at=None if found.revoked_at is None else moment(found.revoked_at),
    )


# ---- applications ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Application:
    """Another application of the house, and what it may do."""

    name: str
    scopes: frozenset[Scope]
    team: str
    """Perimeter that its requests are followed from."""
    revoked: bool

    @property
    def actor(self) -> Actor:
        """Who acts when it writes: never somebody who can sign in."""
        return Actor(
            f"app:{self.name}",
            Role.AGENT,
            f"app:{self.name}",
            frozenset(scope.value for scope in self.scopes),
        )


def make_application(
    connection: Connection, name: str, scopes: Collection[Scope], team: str, env: Env
) -> str:
    """Let an application in, or give it another secret; return the secret, which is told once.

    Raises:
        HubError: `hub.application_name`, `hub.application_team`.
    """
    if _NAME.fullmatch(name) is None:
        raise HubError("hub.application_name")
    if Scope.V360_WRITE in scopes and not team:
        raise HubError("hub.application_team")
    secret, now = env.token() + env.token(), env.now()
    change(
        connection, _KEEP_APPLICATION, name=name, digest=_digest(secret), now=microseconds(now),
        scopes=" ".join(sorted(scopes)), team=team,
    )  # fmt: skip
    actor = Application(name, frozenset(scopes), team, revoked=False).actor
    staff.save_member(connection, actor.login, name, actor.role)
    if team:
        staff.join(connection, actor.login, team_perimeter(team), now)
    staff.enrol(connection, actor, now)
    return secret


def revoke_application(connection: Connection, name: str, now: datetime) -> None:
    """Let an application do nothing any more.

    Raises:
        HubError: `hub.no_application`.
    """
    if change(connection, _REVOKE_APPLICATION, name=name, now=microseconds(now)) == 0:
        raise HubError("hub.no_application")
    staff.lock_out(connection, f"app:{name}", locked=True)


def application(connection: Connection, name: str) -> Application | None:
    """Return an application by its name, None when there is none."""
    found = row(connection, _APPLICATION, name=name)
    return None if found is None else _application(found)


def applications(connection: Connection) -> tuple[Application, ...]:
    """Return every application, in the order of their names."""
    return tuple(_application(found) for found in rows(connection, _APPLICATIONS))


def check_application(connection: Connection, name: str, secret: str) -> Application:
    """Return the application that a secret is of.

    Raises:
        HubError: `hub.application_refused`: unknown, revoked, or another secret.
    """
    found = row(connection, _APPLICATION, name=name)
    kept = found.digest if found is not None else ""
    same = hmac.compare_digest(kept, _digest(secret))
    if found is None or not same or found.revoked_at is not None:
        raise HubError("hub.application_refused")
    return _application(found)


def _application(found: Row[Any]) -> Application:
    known = {scope.value: scope for scope in Scope}
    scopes = frozenset(known[word] for word in found.scopes.split() if word in known)
    return Application(found.name, scopes, found.team, found.revoked_at is not None)


def _digest(secret: str) -> str:
    """256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
