"""The PIN that wraps the hub's half of a key.

The PIN gives, by scrypt, a private key of X25519; only its public key is kept. A half that the hub lends
again while nobody is there is wrapped to that public key without knowing the PIN, and opens with it alone.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from avise.models.errors import AviseError

PIN = re.compile(r"[0-9]{6,12}")

TRIES = 10
"""Wrong PINs in a row before the half is destroyed."""

LONGEST_WAIT_S = 60

COST = 2**17
"""OWASP's recommendation for scrypt: 128 MB and some tenths of a second a try."""

KEY_BYTES = 32
SALT_BYTES = 16
_NONCE_BYTES = 12
_PURPOSE = b"avise pack half v1"


@dataclass(frozen=True, slots=True)
class PinLock:
    """What is kept of a PIN.

    Args:
        salt: of its scrypt.
        cost: of its scrypt.
        public: key that halves are wrapped to.
    """

    salt: bytes
    cost: int
    public: bytes


def refuse_weak(pin: str) -> None:
    """Refuse a PIN that is none, or that anybody would try first.

    Raises:
        AviseError: `pack.weak_pin`.
    """
    if PIN.fullmatch(pin) is None:
        raise AviseError("pack.weak_pin")
    steps = {int(after) - int(before) for before, after in itertools.pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise AviseError("pack.weak_pin")


def wait_after(errors: int) -> int:
    """Return how many seconds the next try waits after some errors in a row: 1, 2, 4… 60."""
    return min(2 ** (errors - 1), LONGEST_WAIT_S) if errors > 0 else 0


def pin_lock(pin: str, salt: bytes, cost: int = COST) -> PinLock:
    """Return what is kept of a PIN; takes as long as a try."""
    return PinLock(salt, cost, _private(pin, salt, cost).public_key().public_bytes_raw())


def opens(lock: PinLock, pin: str) -> X25519PrivateKey | None:
    """Return the private key of a PIN, None when it is not the one kept; takes some tenths of a second."""
    private = _private(pin, lock.salt, lock.cost)
    return private if private.public_key().public_bytes_raw() == lock.public else None


def wrapped(lock: PinLock, half: bytes, chance: bytes) -> bytes:
    """Return a half that the PIN alone opens.

    Args:
        lock: of the PIN.
        half: of the key.
        chance: 32 bytes that nobody can guess, used once.
    """
    once = X25519PrivateKey.from_private_bytes(chance)
    public = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(lock.public))
    key, nonce = _derived(shared, public, lock.public)
    return public + AESGCM(key).encrypt(nonce, half, _PURPOSE)


def unwrapped(private: X25519PrivateKey, content: bytes) -> bytes | None:
    """Return the half that was wrapped to a PIN's public key, None when it was wrapped to another's."""
    public, sealed = content[:KEY_BYTES], content[KEY_BYTES:]
    shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    key, nonce = _derived(shared, public, private.public_key().public_bytes_raw())
    try:
        return AESGCM(key).decrypt(nonce, sealed, _PURPOSE)
    except InvalidTag:
        return None


def _private(pin: str, salt: bytes, cost: int) -> X25519PrivateKey:
    derivation = Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=8, p=1)
    return X25519PrivateKey.from_private_bytes(derivation.derive(pin.encode("utf-8")))


def _derived(shared: bytes, once: bytes, public: bytes) -> tuple[bytes, bytes]:
    """Return a key and a nonce that are used for one half only: the sender's key is used once."""
    derivation = HKDF(SHA256(), KEY_BYTES + _NONCE_BYTES, salt=None, info=_PURPOSE + once + public)
    made = derivation.derive(shared)
    return made[:KEY_BYTES], made[KEY_BYTES:]
