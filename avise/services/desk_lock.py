"""The code that opens a locked desk: kept as a salted hash, refused longer after each error (`hub.md` S15).

The hash is in the sealed store, as every setting. So is the count of errors: ending the program and
starting it again gives no new tries.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import re
from dataclasses import dataclass

from avise.env import Env
from avise.models.errors import AviseError
from avise.services.ports import DeskMemoryPort

PIN = re.compile(r"[0-9]{4,12}")
CLOSING_ERRORS = 5
"""So many errors in a row close the sessions; their drafts are kept."""
LONGEST_WAIT_S = 60
KEPT_PIN, KEPT_ERRORS = "lock_pin", "lock_errors"

COST, _BLOCK, _PARALLEL, _LENGTH = 2**15, 8, 1, 32
"""About 32 MB and a tenth of a second a try."""


@dataclass(frozen=True, slots=True)
class Unlocking:
    """Answer to a code."""

    opened: bool
    errors: int = 0
    """In a row."""
    wait_s: int = 0
    """Seconds before the next try."""
    sessions_closed: bool = False
    """The errors are so many that nobody's file may stay open."""


def wait_after(errors: int) -> int:
    """Return how many seconds the next try waits after some errors in a row: 1, 2, 4, 8, then 60."""
    if errors <= 0:
        return 0
    return LONGEST_WAIT_S if errors >= CLOSING_ERRORS else 2 ** (errors - 1)


def refuse_weak(pin: str) -> None:
    """Refuse a code that is not one, or that anybody would try first.

    Raises:
        AviseError: `lock.pin_form` or `lock.pin_weak`.
    """
    if PIN.fullmatch(pin) is None:
        raise AviseError("lock.pin_form")
    steps = {int(after) - int(before) for before, after in itertools.pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise AviseError("lock.pin_weak")


def sealed(pin: str, salt: bytes, cost: int = COST) -> str:
    """Return the hash of a code as the setting keeps it."""
    found = hashlib.scrypt(
        pin.encode(), salt=salt, n=cost, r=_BLOCK, p=_PARALLEL, dklen=_LENGTH, maxmem=cost * _BLOCK * 256
    )
    return f"scrypt:{cost}:{salt.hex()}:{found.hex()}"


def opens(pin: str, kept: str) -> bool:
    """Return whether a code is the one kept."""
    _, cost, salt, _found = kept.split(":")
    return hmac.compare_digest(sealed(pin, bytes.fromhex(salt), int(cost)), kept)


class DeskLock:
    """Keeps the code of one person's desk and says whether another one opens it.

    Args:
        memory: where the hash and the errors are kept.
        env: clock and chance.
        ignores_code: the code kept opens nothing and is asked of nobody: it was forgotten.
    """

    def __init__(self, memory: DeskMemoryPort, env: Env, *, ignores_code: bool = False) -> None:
        self._memory, self._env = memory, env
        self._ignores_code = ignores_code
        self._not_before = 0.0
        self._trying = asyncio.Lock()

    async def has_pin(self) -> bool:
        """Return whether a code was set; without one, the lock is a cover that any key lifts."""
        return not self._ignores_code and bool(await self._memory.setting(KEPT_PIN))

    async def keep(self, pin: str, current: str = "") -> None:
        """Set the code, or take it away with an empty one.

        Raises:
            AviseError: `lock.pin_form`, `lock.pin_weak`; `lock.pin_wrong` or `lock.wait` when the
                current one is not right.
        """
        if pin:
            refuse_weak(pin)
        if await self.has_pin():
            answer = await self.unlock(current)
            if not answer.opened:
                raise AviseError("lock.pin_wrong")
        salt = bytes.fromhex(self._env.token())
        kept = await asyncio.to_thread(sealed, pin, salt) if pin else ""
        await self._memory.change_setting(KEPT_PIN, kept)
        await self._count(0)

    async def unlock(self, pin: str) -> Unlocking:
        """Say whether a code opens the desk; an error is counted before it is told.

        Raises:
            AviseError: `lock.wait` when it is too early to try again.
        """
        async with self._trying:
            kept = await self._memory.setting(KEPT_PIN)
            if not kept or self._ignores_code:
                return Unlocking(opened=True)
            left = self._not_before - self._env.monotonic()
            if left > 0:
                raise AviseError("lock.wait", seconds=str(int(left) + 1))
            errors = int(await self._memory.setting(KEPT_ERRORS) or 0)
            if await asyncio.to_thread(opens, pin, kept):
                await self._count(0)
                return Unlocking(opened=True)
            await self._count(errors + 1)
            wait = wait_after(errors + 1)
            self._not_before = self._env.monotonic() + wait
            return Unlocking(False, errors + 1, wait, errors + 1 >= CLOSING_ERRORS)

    async def _count(self, errors: int) -> None:
        await self._memory.change_setting(KEPT_ERRORS, str(min(errors, 99)))
