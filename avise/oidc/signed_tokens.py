"""Reading signed tokens: size, form, algorithm, key and signature, before a word of them is believed.

What the hub issues itself (`tokens.py`) and what an identity provider issues (`provider_tokens.py`) go
through here. Only signatures by a private key are known: a token that asks for "none", or for a
shared secret made of a public key (RFC 8725, section 2.1), names an algorithm that nobody reads.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry, deserialize_compact

from avise.models.errors import AviseError

LONGEST_TOKEN = 8 * 1024
"""Characters; more is refused before it is read."""
LONGEST_TEXT = 256
"""Of a login, a device or an identifier inside a token."""
_LONGEST_HEADER = 2 * 1024
_LAST_SECOND = 253_402_300_799
"""End of the year 9999, the last that a date can tell."""

Fields = Mapping[str, object]
"""What a token says, once its signature is checked."""


class TokenFault(StrEnum):
    """Why a token is refused: for a log, never for the one who sent it."""

    OVERSIZED = "oversized"
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"
    KIND = "kind"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    TOO_LONG_LIVED = "too_long_lived"
    OTHER_ISSUER = "other_issuer"
    OTHER_AUDIENCE = "other_audience"
    OTHER_PARTY = "other_party"
    OTHER_NONCE = "other_nonce"
    OTHER_DEVICE = "other_device"
    NO_LOGIN = "no_login"
    OTHER_LOGIN = "other_login"
    UNKNOWN = "unknown"
    REPLACED = "replaced"
    REVOKED = "revoked"


class TokenRefusedError(AviseError):
    """A token that proves nothing; `fault` says why, the sentence does not."""

    def __init__(self, fault: TokenFault, message_key: str = "hub.token_refused") -> None:
        super().__init__(message_key)
        self.fault = fault


class TokenExpiredError(TokenRefusedError):
    """A token that was good until a while ago: signing in again, or renewing, helps."""

    def __init__(
        self, fault: TokenFault = TokenFault.EXPIRED, message_key: str = "hub.token_expired"
    ) -> None:
        super().__init__(fault, message_key)


@dataclass(frozen=True, slots=True)
class TokenHeader:
    """How a token says that it was signed; believed only to choose a key."""

    algorithm: str
    key_id: str
    kind: str


class _Registry(JWSRegistry):
    """Header members that we do not know are let be; sizes are ours."""

    max_header_length = _LONGEST_HEADER
    max_payload_length = LONGEST_TOKEN
    max_signature_length = 2 * 1024


def read_header(token: str) -> TokenHeader:
    """Return how a token says that it was signed.

    Raises:
        TokenRefusedError: oversized, or not three parts of which the first can be read.
    """
    if len(token) > LONGEST_TOKEN:
        raise TokenRefusedError(TokenFault.OVERSIZED)
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii() or len(parts[0]) > _LONGEST_HEADER:
        raise TokenRefusedError(TokenFault.MALFORMED)
    try:
        padded = parts[0] + "=" * (-len(parts[0]) % 4)
        header = json.loads(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise TokenRefusedError(TokenFault.MALFORMED) from None
    if not isinstance(header, dict):
        raise TokenRefusedError(TokenFault.MALFORMED)
    algorithm, key_id, kind = header.get("alg"), header.get("kid", ""), header.get("typ", "")
    if not isinstance(algorithm, str) or not isinstance(key_id, str) or not isinstance(kind, str):
        raise TokenRefusedError(TokenFault.MALFORMED)
    return TokenHeader(algorithm, key_id, kind.lower().removeprefix("application/"))


def verified_fields(token: str, key: Key, algorithms: Collection[str]) -> Fields:
    """Return what a token says, once a key proved who wrote it.

    Args:
        token: read by `read_header` before.
        key: public key of the one who should have signed.
        algorithms: that this key may be used with.

    Raises:
        TokenRefusedError: another algorithm, another signature, or nothing readable under a good one.
    """
    if read_header(token).algorithm not in algorithms:
        raise TokenRefusedError(TokenFault.ALGORITHM)
    registry = _Registry(algorithms=algorithms, strict_check_header=False)
    try:
        signed = deserialize_compact(token, key, registry=registry)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise TokenRefusedError(TokenFault.SIGNATURE) from None
    try:
        fields = json.loads(signed.payload)
    except (ValueError, RecursionError):
        raise TokenRefusedError(TokenFault.MALFORMED) from None
    if not isinstance(fields, dict):
        raise TokenRefusedError(TokenFault.MALFORMED)
    return fields


def require_current(
    fields: Fields, now: datetime, *, late: timedelta = timedelta(0), early: timedelta = timedelta(0)
) -> tuple[datetime, datetime]:
    """Return when a token was issued and when it ends, if it holds now.

    Args:
        fields: what it says.
        now: the reader's clock.
        late: how long after its end it is still taken, for clocks that differ.
        early: how long before its beginning.

    Raises:
        TokenExpiredError: its end has passed.
        TokenRefusedError: its beginning has not come, or a time cannot be read.
    """
    issued, ends = time_field(fields, "iat"), time_field(fields, "exp")
    begins = max(issued, time_field(fields, "nbf")) if "nbf" in fields else issued
    if now >= ends + late:
        raise TokenExpiredError
    if begins > now + early:
        raise TokenRefusedError(TokenFault.NOT_YET_VALID)
    return issued, ends


def text_field(fields: Fields, name: str) -> str:
    """Return a short text that a token must state.

    Raises:
        TokenRefusedError: missing, empty, too long, or not made of printable characters.
    """
    value = fields.get(name)
    if (
        not isinstance(value, str)
        or not value.strip()
        or len(value) > LONGEST_TEXT
        or not value.isprintable()
    ):
        raise TokenRefusedError(TokenFault.MALFORMED)
    return value


def time_field(fields: Fields, name: str) -> datetime:
    """Return a time that a token must state, in seconds since 1970 (RFC 7519, section 2).

    Raises:
        TokenRefusedError: missing, not a number, or outside what a date can tell.
    """
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefusedError(TokenFault.MALFORMED)
    # NaN compares false with everything: a token that ends at NaN would never end.
    if isinstance(value, float) and not math.isfinite(value):
        raise TokenRefusedError(TokenFault.MALFORMED)
    if not 0 <= value <= _LAST_SECOND:
        raise TokenRefusedError(TokenFault.MALFORMED)
    return datetime.fromtimestamp(value, UTC)


def audiences(fields: Fields) -> frozenset[str]:
    """Return for whom a token was issued: one text or a list (RFC 7519, section 4.1.3).

    Raises:
        TokenRefusedError: missing, or something else than texts.
    """
    value = fields.get("aud")
    stated = value if isinstance(value, list) else [value]
    if not stated or not all(isinstance(one, str) and one for one in stated):
        raise TokenRefusedError(TokenFault.MALFORMED)
    return frozenset(stated)
