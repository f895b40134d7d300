"""The small file beside an encrypted file that tells a wrong key from a damaged or foreign file.

SQLCipher says "file is not a database" to all three. This file remembers, without any secret, the
salt that the store was created with and a fingerprint of its key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from avise.store.connections import SALT_BYTES

SUFFIX = ".id"
_FINGERPRINT_LABEL = b"avise store key fingerprint v1"
_PLAIN_SQLITE = b"SQLite format 3\x00"


class Diagnosis(StrEnum):
    """Why a file does not open."""

    WRONG_KEY = "wrong_key"
    FOREIGN = "foreign"
    CORRUPTED = "corrupted"


@dataclass(frozen=True, slots=True)
class IdentityFile:
    """What is remembered of an encrypted file: its salt, and a fingerprint of its key."""

    salt: str
    fingerprint: str


def identity_path(path: Path) -> Path:
    """Return where the identity of an encrypted file is kept."""
    return path.with_name(path.name + SUFFIX)


def _fingerprint(key: bytes, salt: str) -> str:
    return hmac.new(key, _FINGERPRINT_LABEL + salt.encode("ascii"), hashlib.sha256).hexdigest()[:32]


def _salt_of(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(SALT_BYTES).hex()


def remember(path: Path, key: bytes) -> None:
    """Write the identity of a file that has just been opened with this key, if it is not there."""
    salt = _salt_of(path)
    wanted = IdentityFile(salt, _fingerprint(key, salt))
    if _read(path) == wanted:
        return
    target = identity_path(path)
    aside = target.with_name(target.name + ".new")
    aside.write_text(json.dumps({"salt": wanted.salt, "fingerprint": wanted.fingerprint}), "utf-8")
    aside.replace(target)


def _read(path: Path) -> IdentityFile | None:
    try:
        found = json.loads(identity_path(path).read_text("utf-8"))
        return IdentityFile(str(found["salt"]), str(found["fingerprint"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def diagnose(path: Path, key: bytes) -> Diagnosis:
    """Say why a file does not open with a key.

    Without an identity, an unreadable file of SQLCipher's shape is taken for one whose key is
    wrong: that answer moves nothing.
    """
    salt = _salt_of(path)
    if bytes.fromhex(salt) == _PLAIN_SQLITE:
        return Diagnosis.FOREIGN
    known = _read(path)
    if known is None:
        return Diagnosis.WRONG_KEY if path.stat().st_size % 512 == 0 else Diagnosis.FOREIGN
    if hmac.compare_digest(known.fingerprint, _fingerprint(key, known.salt)):
        # The right key: the head was overwritten, wholly (another file) or in part (a damaged one).
        return Diagnosis.CORRUPTED if known.salt == salt else Diagnosis.FOREIGN
    return Diagnosis.WRONG_KEY
