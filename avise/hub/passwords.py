"""Passwords of the local sign-in: how one is kept, how one is checked, and when somebody has to wait.

Only the embedded hub uses them; a house signs in at its own identity provider. Everything here is
pure: the caller keeps the hash and the attempts. Hashing takes some 50 ms and 64 MiB on purpose
(argon2id, RFC 9106 section 4, second recommended option): call it on a thread.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from avise.env import Env
from avise.models.errors import AviseError

SHORTEST = 12
"""Characters of a password (CNIL, deliberation 2022-100: length is what counts)."""
LONGEST = 256
"""More is not a password: it would only make the server hash for nothing."""
MOST_TRIES = 10
"""Wrong passwords in a row before somebody has to wait (`hub.md` S1)."""
FIRST_WAIT = timedelta(minutes=15)
"""After ten wrong passwords; each further ten double it."""
LONGEST_WAIT = timedelta(hours=4)
FORGOTTEN_AFTER = timedelta(hours=24)
"""A series of wrong passwords is forgotten that long after its last one."""

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$YXZpc2Utbm9ib2R5ISEhIQ$Tm9ib2R5J3MgcGFzc3dvcmQgaGFzIG5vIGhhc2ggISE"
"""Hash that no password gives, of the same cost as real ones: an unknown login takes as long as another."""


class PasswordUnfitError(AviseError):
    """A password that nobody may choose; the sentence says which rule it breaks."""


class PasswordUnreadableError(AviseError):
    """What is kept of a password cannot be checked: damaged, or no memory left. Nobody is to blame."""

    def __init__(self) -> None:
        super().__init__("hub.password_unreadable")


class LockedOutError(AviseError):
    """Too many wrong passwords: `until` says when the next one is looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__("hub.locked_out")
        self.until = until


@dataclass(frozen=True, slots=True)
class PasswordVerdict:
    """Whether a password is the right one, and whether what is kept of it has to be renewed."""

    accepted: bool
    needs_rehash: bool = False
    """Kept with an older cost: hash the password again while it is at hand."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong passwords of one login since the last right one; kept by the caller between tries."""

    failures: int = 0
    last: datetime | None = None

    @classmethod
    def folded(cls, failures: Iterable[datetime]) -> Attempts:
        """Return the attempts that these wrong passwords make, whatever the order they are told in."""
        attempts = cls()
        for moment in sorted(failures):
            attempts = attempts.after_failure(moment)
        return attempts

    def after_failure(self, moment: datetime) -> Attempts:
        """Count a wrong password; one typed while locked out was not looked at and does not count.

        So nobody keeps somebody else locked out by going on.
        """
        if self.locked_until(moment) is not None:
            return self
        if self.last is None or moment - self.last >= FORGOTTEN_AFTER:
            return Attempts(1, moment)
        return replace(self, failures=self.failures + 1, last=max(self.last, moment))

    def locked_until(self, now: datetime) -> datetime | None:
        """Return when the next password is looked at, None for now."""
        tens, rest = divmod(self.failures, MOST_TRIES)
        if self.last is None or tens == 0 or rest != 0:
            return None
        until = self.last + min(FIRST_WAIT * 2 ** min(tens - 1, 16), LONGEST_WAIT)
        return until if now < until else None

    def require_open(self, now: datetime) -> None:
        """Refuse to look at a password before its time.

        Raises:
            LockedOutError: too many wrong ones.
        """
        until = self.locked_until(now)
        if until is not None:
            raise LockedOutError(until)


def check_new_password(login: str, password: str) -> None:
    """Refuse a password that is too short, too long, one character repeated, or the login itself.

    Raises:
        PasswordUnfitError: which rule it breaks.
    """
    normal = _normal(password)
    if len(normal) < SHORTEST:
        raise PasswordUnfitError("hub.password_short", least=str(SHORTEST))
    if len(normal) > LONGEST:
        raise PasswordUnfitError("hub.password_long", most=str(LONGEST))
    if len(set(normal)) == 1:
        raise PasswordUnfitError("hub.password_repeated")
    if login and _letters(login) in {_letters(normal), _letters(normal)[::-1]}:
        raise PasswordUnfitError("hub.password_is_login")


def hash_password(password: str, env: Env) -> str:
    """Return what is kept of a password: argon2id with its cost and a salt of its own.

    Args:
        password: as it was typed; `check_new_password` comes before.
        env: chance, for the salt.
    """
    return _HASHER.hash(_bytes(_normal(password)), salt=bytes.fromhex(env.token()))


def verify_password(kept: str | None, password: str) -> PasswordVerdict:
    """Tell whether a password is the one that was kept.

    Args:
        kept: the hash; None for an unknown login, which takes as long and is never accepted.
        password: as it was typed.

    Raises:
        PasswordUnreadableError: the hash is damaged, or there is no memory to compute it.
    """
    normal = _normal(password)
    if len(normal) > LONGEST:
        # Never kept, so never right; its length says nothing of who exists.
        return PasswordVerdict(accepted=False)
    try:
        _HASHER.verify(_NOBODY if kept is None else kept, _bytes(normal))
    except VerifyMismatchError:
        return PasswordVerdict(accepted=False)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        raise PasswordUnreadableError from None
    if kept is None:
        return PasswordVerdict(accepted=False)
    return PasswordVerdict(accepted=True, needs_rehash=_HASHER.check_needs_rehash(kept))


def _normal(password: str) -> str:
    """Write a letter with its accent one way: keyboards differ (NIST SP 800-63B, section 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    # A lone surrogate is no text, yet a program may send one: a wrong password, not an error.
    return password.encode("utf-8", "surrogatepass")


def _letters(text: str) -> str:
    """Return what is left of a text without case, dots and signs."""
    return "".join(character for character in _normal(text).casefold() if character.isalnum())
