"""What a workstation keeps of the key of what is on board: one sealed row, written whole."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from avise.store.errors import CorruptedFileError
from avise.store.pack_pin import PinLock
from avise.store.sealed import SealedSecrets

PLACE, LEASE, MARK, TRIES, PERSONS = "pack", "lease", "mark", "tries", "persons"


@dataclass(frozen=True, slots=True)
class KeptLease:
    """The hub's half, where and until when it holds.

    Args:
        until: end of the lease, by the hub's clock; None when nothing is on board.
        renewed_at: when it was last lent, by the hub's clock.
        count: persons whose requests this user takes first.
        half: of the key, in clear; b"" when it is wrapped, or destroyed.
        wrapped: the same, that the PIN alone opens.
        pin: what is kept of the PIN, None without one.
        blocked: whether too many wrong PINs destroyed it: another one is to be chosen.
    """

    until: datetime | None = None
    renewed_at: datetime | None = None
    count: int = 0
    half: bytes = b""
    wrapped: bytes = b""
    pin: PinLock | None = None
    blocked: bool = False

    @property
    def is_here(self) -> bool:
        """Whether the half is on this machine."""
        return bool(self.half or self.wrapped)

    def without_half(self) -> KeptLease:
        """Return the same lease once its half is destroyed."""
        return replace(self, half=b"", wrapped=b"")


class LeaseShelf:
    """Where it is kept.

    Args:
        secrets: of the store.
    """

    def __init__(self, secrets: SealedSecrets) -> None:
        self._secrets = secrets

    async def lease(self) -> KeptLease:
        """Return what is kept.

        Raises:
            CorruptedFileError: it cannot be read.
        """
        kept = await self._secrets.get(PLACE, LEASE)
        return KeptLease() if kept is None else _read(kept)

    async def keep(self, lease: KeptLease) -> None:
        """Keep it in place of what was there."""
        await self._secrets.put(PLACE, LEASE, _written(lease))

    async def mark(self) -> tuple[datetime, timedelta] | None:
        """Return the latest time known to have come, and the offset of the hub's clock."""
        kept = await self._secrets.get(PLACE, MARK)
        if kept is None:
            return None
        told = json.loads(kept)
        return datetime.fromisoformat(told["mark"]), timedelta(microseconds=int(told["offset"]))

    async def keep_mark(self, mark: datetime, offset: timedelta) -> None:
        """Keep the latest time known to have come."""
        told = {"mark": mark.isoformat(), "offset": offset // timedelta(microseconds=1)}
        await self._secrets.put(PLACE, MARK, json.dumps(told))

    async def tries(self) -> int:
        """Return how many wrong PINs were typed in a row."""
        return int(await self._secrets.get(PLACE, TRIES) or 0)

    async def keep_tries(self, tries: int) -> None:
        """Keep how many were."""
        await self._secrets.put(PLACE, TRIES, str(tries))

    async def persons(self) -> frozenset[uuid.UUID]:
        """Return who is on board."""
        kept = base64.b64decode(await self._secrets.get(PLACE, PERSONS) or "")
        return frozenset(uuid.UUID(bytes=kept[at : at + 16]) for at in range(0, len(kept), 16))

    async def keep_persons(self, persons: Collection[uuid.UUID]) -> None:
        """Keep who is on board."""
        content = b"".join(sorted(person.bytes for person in persons))
        await self._secrets.put(PLACE, PERSONS, base64.b64encode(content).decode("ascii"))

    async def forget(self) -> None:
        """Forget everything."""
        for name in (LEASE, PERSONS, TRIES, MARK):
            await self._secrets.forget(PLACE, name)


def _written(lease: KeptLease) -> str:
    pin = lease.pin
    told: dict[str, Any] = {
        "until": lease.until.isoformat() if lease.until else "",
        "renewed_at": lease.renewed_at.isoformat() if lease.renewed_at else "",
        "count": lease.count,
        "half": lease.half.hex(),
        "wrapped": lease.wrapped.hex(),
        "blocked": lease.blocked,
        "pin": None
        if pin is None
        else {"salt": pin.salt.hex(), "cost": pin.cost, "public": pin.public.hex()},
    }
    return json.dumps(told)


def _read(kept: str) -> KeptLease:
    try:
        told = json.loads(kept)
        pin = told["pin"]
        return KeptLease(
            until=datetime.fromisoformat(told["until"]) if told["until"] else None,
            renewed_at=datetime.fromisoformat(told["renewed_at"]) if told["renewed_at"] else None,
            count=int(told["count"]),
            half=bytes.fromhex(told["half"]),
            wrapped=bytes.fromhex(told["wrapped"]),
            pin=None
            if pin is None
            else PinLock(bytes.fromhex(pin["salt"]), int(pin["cost"]), bytes.fromhex(pin["public"])),
            blocked=bool(told["blocked"]),
        )
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise CorruptedFileError from None
