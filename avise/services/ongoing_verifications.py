"""Who was verified in the call that is going on, found again when the engine is replaced meanwhile.

Kept in the encrypted store, one line a file, until the file is left, another call begins, or a call would
have ended long ago. An engine that ends in order leaves nothing; one that was killed leaves what the
caller proved, and the wrong answers too: a locked verification stays locked.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from avise.env import Env
from avise.models.callers import Caller, CallerKind
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.services.customer_updates import Verification, VerificationLevel
from avise.services.ports import DeskMemoryPort
from avise.services.verification import ANSWERS_NEEDED, CallerVerification

SETTING = "ongoing_verifications"
LONGEST_CALL = timedelta(hours=2)
MOST_FILES = 3
"""The newest ones: a call is about one person, sometimes two or three."""


class OngoingVerifications:
    """Keeps and finds again the verifications of one person's desk.

    Args:
        memory: where they are kept.
        env: the clock.
    """

    def __init__(self, memory: DeskMemoryPort, env: Env) -> None:
        self._memory, self._env = memory, env
        self._reading = asyncio.Lock()
        self._kept: dict[str, JSON] | None = None
        """By file, as they are written; None until the first question."""

    async def found(self, person: PersonId) -> CallerVerification:
        """Return where the verification of a file stands: anew, unless the last engine was stopped short."""
        row = (await self._all()).get(str(person))
        return _verification(row, self._env.now()) or CallerVerification()

    async def keep(self, person: PersonId, verification: CallerVerification) -> None:
        """Keep a verification that just changed."""
        kept = await self._all()
        kept.pop(str(person), None)
        kept[str(person)] = _row(verification, self._env.now())
        while len(kept) > MOST_FILES:
            del kept[next(iter(kept))]
        await self._write()

    async def forget(self, person: PersonId) -> None:
        """Forget a file's: it was left, or another call begins."""
        if (await self._all()).pop(str(person), None) is not None:
            await self._write()

    async def _all(self) -> dict[str, JSON]:
        async with self._reading:
            if self._kept is None:
                self._kept = _read(await self._written())
            return self._kept

    async def _written(self) -> str:
        try:
            return await self._memory.setting(SETTING)
        except AviseError:
            # The file opens all the same: whoever calls is asked again.
            return ""

    async def _write(self) -> None:
        words = json.dumps(self._kept, ensure_ascii=False) if self._kept else ""
        await self._memory.change_setting(SETTING, words)


def _read(written: str) -> dict[str, JSON]:
    try:
        found = json.loads(written or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _row(verification: CallerVerification, now: datetime) -> Mapping[str, JSON]:
    state, caller = verification.state, verification.state.caller
    return {
        "kept": now.isoformat(),
        "right": sorted(verification.right),
        "wrong": str(state.wrong),
        "level": state.level.value,
        "at": state.at.isoformat() if state.at is not None else "",
        "caller": caller.kind.value,
        "name": caller.name,
        "scope": caller.scope,
        "until": caller.until.isoformat() if caller.until is not None else "",
    }


def _verification(row: JSON, now: datetime) -> CallerVerification | None:
    """Return what a line tells, None when it is too old or not one of ours."""
    if not isinstance(row, dict):
        return None
    told = {name: value for name, value in row.items() if isinstance(value, str)}
    right = row.get("right")
    try:
        if not timedelta(0) <= now - datetime.fromisoformat(told["kept"]) < LONGEST_CALL:
            return None
        answered = frozenset(str(question) for question in right) if isinstance(right, list) else frozenset()
        until = date.fromisoformat(told["until"]) if told["until"] else None
        state = Verification(
            level=VerificationLevel(told["level"]),
            correct=len(answered),
            wrong=int(told["wrong"]),
            needed=ANSWERS_NEEDED,
            at=datetime.fromisoformat(told["at"]) if told["at"] else None,
            caller=Caller(CallerKind(told["caller"]), told["name"], told["scope"], until),
        )
    except (KeyError, ValueError):
        return None
    return CallerVerification(state, answered)
