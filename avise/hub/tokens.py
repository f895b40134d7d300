"""The hub's own tokens: an access token that lasts minutes, and what renews it on one device.

An access token is signed (Ed25519 or ECDSA P-256) and checked without asking the database; it says who
calls, from which device, or which application of the house with which rights. A refresh token is
opaque: the caller keeps its digest and the rules here say what it is worth. Nothing here reads or
writes: keys, grants and time come in, values go out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, import_key

from avise.env import Env
from avise.models.errors import AviseError
from avise.oidc.signed_tokens import (
    Fields,
    TokenFault,
    TokenRefusedError,
    audiences,
    read_header,
    require_current,
    text_field,
    verified_fields,
)

AUDIENCE = "avise-hub"
ACCESS_LIFE = timedelta(minutes=15)
"""At most (`hub.md` S1): somebody whose rights were taken back keeps them no longer."""
CLOCK_SKEW = timedelta(seconds=30)
"""A token that another process of the hub just issued may come from that far in the future."""
REFRESH_IDLE = timedelta(days=7)
"""A device that was not heard of for so long signs in again (the offline key's lease, `hub.md` S13)."""
REFRESH_LONGEST = timedelta(days=30)
"""From a sign-in to the next one, however much the device was used meanwhile."""
REFRESH_GRACE = timedelta(seconds=60)
"""A refresh token may be shown again that long after it was replaced: the answer may have been lost."""

_KIND = "at+jwt"
"""RFC 9068: no other token signed with the same key is taken for an access token."""


class Scope(StrEnum):
    """What an application of the house may do through `/v360`."""

    V360_READ = "v360:read"
    V360_WRITE = "v360:write"


class KeyUnfitError(AviseError):
    """A key that cannot sign the hub's tokens."""

    def __init__(self) -> None:
        super().__init__("hub.key_unfit")


class ScopeMissingError(AviseError):
    """A good token without the right that this call needs."""

    def __init__(self) -> None:
        super().__init__("hub.scope_missing")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """Who calls, as a checked token says."""

    holder: str
    """Login of a person, or name of an application."""
    device: str
    """Empty for an application."""
    id: str
    issued_at: datetime
    expires_at: datetime
    is_application: bool = False
    scopes: frozenset[Scope] = frozenset()

    def require_person(self) -> None:
        """Refuse the token of an application where staff act.

        Raises:
            ScopeMissingError: it is one.
        """
        if self.is_application:
            raise ScopeMissingError

    def require_scope(self, scope: Scope) -> None:
        """Refuse a token that does not carry a right of `/v360`.

        Raises:
            ScopeMissingError: it does not.
        """
        if scope not in self.scopes:
            raise ScopeMissingError


@dataclass(frozen=True, slots=True)
class HubKeys:
    """The key that signs, and those that still check what they signed before they were replaced."""

    signing: OKPKey | ECKey = field(repr=False)
    checking: Mapping[str, Key] = field(repr=False)
    """By key id; the signing one is among them."""

    @classmethod
    def read(cls, signing: Fields, retired: Iterable[Fields] = ()) -> HubKeys:
        """Read keys kept as JWK (RFC 7517).

        Args:
            signing: a private key, as `new_signing_key` returns one.
            retired: keys replaced less than a token's life ago; their public half is enough.

        Raises:
            KeyUnfitError: unreadable, not of a kind that signs here, or without its private half.
        """
        key = _read_key(signing)
        if not key.is_private:
            raise KeyUnfitError
        known = [key, *map(_read_key, retired)]
        return cls(key, {_key_id(one): one for one in known})

    def algorithm(self) -> str:
        """Return how this hub signs."""
        return _algorithm(self.signing)

    def published(self) -> dict[str, list[dict[str, object]]]:
        """Return the public halves, as a key set that anybody may read."""
        return {"keys": [_public_half(key) for key in self.checking.values()]}


def new_signing_key() -> dict[str, object]:
    """Return a new private key as a JWK: Ed25519, named after its own thumbprint.

    Its randomness is the system's: keys are never replayed, not even in a simulation.
    """
    return dict(OKPKey.generate_key("Ed25519", private=True, auto_kid=True).as_dict(private=True))


def issue_person_token(
    keys: HubKeys, hub_id: str, env: Env, *, login: str, device: str, life: timedelta = ACCESS_LIFE
) -> str:
    """Return an access token for somebody on one device.

    Args:
        keys: of this hub.
        hub_id: that issues.
        env: clock and identifiers.
        login: of the person.
        device: that the person signed in on.
        life: at most a quarter of an hour, longer is cut.
    """
    return _issued(keys, hub_id, env, life, {"sub": login, "device": device})


def issue_application_token(
    keys: HubKeys,
    hub_id: str,
    env: Env,
    *,
    application: str,
    scopes: Collection[Scope],
    life: timedelta = ACCESS_LIFE,
) -> str:
    """Return an access token for another application of the house, with these rights and no other."""
    return _issued(keys, hub_id, env, life, {"sub": application, "scope": " ".join(sorted(scopes))})


def verify_access_token(keys: HubKeys, hub_id: str, token: str, now: datetime) -> AccessToken:
    """Return who calls, when this hub issued the token and it holds now.

    Args:
        keys: of this hub.
        hub_id: that should have issued it.
        token: as it came.
        now: the hub's clock.

    Raises:
        TokenExpiredError: its time has passed.
        TokenRefusedError: anything else that is wrong with it.
    """
    header = read_header(token)
    if header.algorithm not in _ALGORITHMS:
        raise TokenRefusedError(TokenFault.ALGORITHM)
    key = keys.checking.get(header.key_id)
    if key is None:
        raise TokenRefusedError(TokenFault.UNKNOWN_KEY)
    fields = verified_fields(token, key, {_algorithm(key)})
    if header.kind != _KIND:
        raise TokenRefusedError(TokenFault.KIND)
    if text_field(fields, "iss") != hub_id:
        raise TokenRefusedError(TokenFault.OTHER_ISSUER)
    if audiences(fields) != {AUDIENCE}:
        raise TokenRefusedError(TokenFault.OTHER_AUDIENCE)
    issued_at, expires_at = require_current(fields, now, early=CLOCK_SKEW)
    if expires_at - issued_at > ACCESS_LIFE:
        raise TokenRefusedError(TokenFault.TOO_LONG_LIVED)
    is_application = "scope" in fields
    return AccessToken(
        holder=text_field(fields, "sub"),
        device="" if is_application else text_field(fields, "device"),
        id=text_field(fields, "jti"),
        issued_at=issued_at,
        expires_at=expires_at,
        is_application=is_application,
        # A right that this version does not know gives nothing; the token stays an application's.
        scopes=_scopes(text_field(fields, "scope")) if is_application else frozenset(),
    )


@dataclass(frozen=True, slots=True)
class RefreshGrant:
    """What the hub keeps of a refresh token."""

    digest: str = field(repr=False)
    family: str
    """Tokens that descend from one sign-in: they are revoked together."""
    login: str
    device: str
    signed_in_at: datetime
    issued_at: datetime
    replaced_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """When it is worth nothing any more."""
        return min(self.issued_at + REFRESH_IDLE, self.signed_in_at + REFRESH_LONGEST)


@dataclass(frozen=True, slots=True)
class IssuedRefresh:
    """A refresh token as the device gets it, once, and what the hub keeps of it."""

    secret: str = field(repr=False)
    grant: RefreshGrant


@dataclass(frozen=True, slots=True)
class RenewedRefresh:
    """What to keep in the place of a grant that was used, and the token that follows it."""

    replaced: RefreshGrant
    issued: IssuedRefresh


class RefreshRefusedError(TokenRefusedError):
    """A refresh token that renews nothing: the person signs in again."""

    def __init__(self, fault: TokenFault) -> None:
        super().__init__(fault, "hub.sign_in_again")

    @property
    def ends_family(self) -> bool:
        """Whether somebody else may hold the token: the caller revokes its whole family (RFC 9700, 4.14)."""
        return self.fault in {TokenFault.REPLACED, TokenFault.OTHER_DEVICE}


def first_refresh(env: Env, *, login: str, device: str) -> IssuedRefresh:
    """Return the refresh token of a sign-in."""
    now = env.now()
    return _refresh(env, RefreshGrant("", str(env.uuid7()), login, device, now, now))


def next_refresh(grant: RefreshGrant, env: Env) -> RenewedRefresh:
    """Return the token that replaces one that `check_refresh` accepted.

    A second renewal within the grace gives a sibling, and does not make the grace longer.
    """
    return RenewedRefresh(
        replaced=replace(grant, replaced_at=grant.replaced_at or env.now()),
        issued=_refresh(env, replace(grant, issued_at=env.now(), replaced_at=None)),
    )


def refresh_digest(secret: str) -> str:
    """Return what is kept of a refresh token, and what it is looked up by.

    256 random bits need no salt and no slow hash: nobody tries them all.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def check_refresh(grant: RefreshGrant | None, secret: str, device: str, now: datetime) -> RefreshGrant:
    """Return the grant of a refresh token, when this device may still use it.

    Args:
        grant: found by `refresh_digest`, None when there is none.
        secret: as it came.
        device: that showed it, proved by the caller.
        now: the hub's clock.

    Raises:
        RefreshRefusedError: unknown, revoked, another device's, replaced too long ago, or too old.
    """
    if grant is None or not hmac.compare_digest(grant.digest, refresh_digest(secret)):
        raise RefreshRefusedError(TokenFault.UNKNOWN)
    if grant.revoked_at is not None:
        raise RefreshRefusedError(TokenFault.REVOKED)
    if not hmac.compare_digest(grant.device.encode(), device.encode("utf-8", "surrogatepass")):
        raise RefreshRefusedError(TokenFault.OTHER_DEVICE)
    if grant.replaced_at is not None and now - grant.replaced_at > REFRESH_GRACE:
        raise RefreshRefusedError(TokenFault.REPLACED)
    if now >= grant.ends_at:
        raise RefreshRefusedError(TokenFault.EXPIRED)
    return grant


_ALGORITHMS = frozenset({"Ed25519", "ES256"})


def _issued(keys: HubKeys, hub_id: str, env: Env, life: timedelta, said: dict[str, str]) -> str:
    begins = int(env.now().timestamp())
    ends = begins + int(min(life, ACCESS_LIFE).total_seconds())
    fields = {"iss": hub_id, "aud": AUDIENCE, "jti": str(env.uuid7()), "iat": begins, "exp": ends, **said}
    header = {"alg": keys.algorithm(), "kid": _key_id(keys.signing), "typ": _KIND}
    return jwt.encode(header, fields, keys.signing, [keys.algorithm()])


def _read_key(kept: Fields) -> OKPKey | ECKey:
    try:
        key = import_key(dict(kept))  # type: ignore[arg-type]  # whatever was kept; the library judges it
    except (JoseError, ValueError, TypeError, KeyError):
        raise KeyUnfitError from None
    if isinstance(key, OKPKey) and key.curve_name == "Ed25519":
        return key
    if isinstance(key, ECKey) and key.curve_name == "P-256":
        return key
    raise KeyUnfitError


def _algorithm(key: Key) -> str:
    return "Ed25519" if isinstance(key, OKPKey) else "ES256"


def _key_id(key: Key) -> str:
    return key.kid or key.thumbprint()


def _public_half(key: Key) -> dict[str, object]:
    return {**key.as_dict(private=False), "kid": _key_id(key), "alg": _algorithm(key), "use": "sig"}


def _scopes(stated: str) -> frozenset[Scope]:
    known = {scope.value: scope for scope in Scope}
    return frozenset(known[word] for word in stated.split() if word in known)


def _refresh(env: Env, grant: RefreshGrant) -> IssuedRefresh:
    secret = env.token() + env.token()
    return IssuedRefresh(secret, replace(grant, digest=refresh_digest(secret)))
