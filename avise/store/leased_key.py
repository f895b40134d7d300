"""The key of what is on board, made of two halves: this machine's, and one that the hub lends.

    key = HKDF(local half || hub half)

The hub's half lives here until the end of its lease, by a time that never goes back; then it is destroyed
and the log of the store emptied, so that no copy of it stays. With a PIN it is wrapped, and in clear in
memory only once the PIN was typed. What whoever holds the machine and the user's session can still read is
told in `docs/decisions/016-lease-of-the-key.md`.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from avise.env import Env
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.store import pack_pin
from avise.store.kept_lease import KeptLease, LeaseShelf
from avise.store.key_source import KeySource, KeyUnavailableError
from avise.store.lease_clock import LeaseClock, Ticks, no_ticks
from avise.store.pack_key import LeaseEnded, PackLockedError
from avise.store.sealed import SealedSecrets
from avise.store.store import Store

_log = logging.getLogger(__name__)

RENEWED_AFTER = timedelta(days=1)
"""A lease that is older is renewed at the next contact."""

MARKED_EVERY = timedelta(minutes=1)
"""Between two writings of the latest time known: what a machine that is switched off may win back."""

TOLD_SECONDS = 10.0
"""How long what uses the key may take to close before it is destroyed all the same."""

_PURPOSE = b"avise pack key v1"


@dataclass(frozen=True, slots=True)
class Lent:
    """What the hub lent.

    Args:
        half: its half of the key.
        until: end of the lease, by its clock.
        now: its clock.
        count: persons whose requests this user takes first.
    """

    half: bytes
    until: datetime
    now: datetime
    count: int


class LeasedPackKey:
    """Implements `PackKey`; every method runs on the engine's loop.

    Args:
        store: where the hub's half is sealed.
        secrets: the same store's.
        local: gives this machine's half.
        env: clocks and chance.
        pin_required: whether nothing is lent to somebody without a PIN.
        pin_cost: of a try; less in tests.
        ticks: a clock that goes on through a sleep.
    """

    def __init__(
        self, store: Store, secrets: SealedSecrets, local: KeySource, env: Env, *,
        pin_required: bool = False, pin_cost: int = pack_pin.COST, ticks: Ticks = no_ticks,
    ) -> None:  # fmt: skip
        self._store = store
        self._shelf = LeaseShelf(secrets)
        self._local_source = local
        self._env = env
        self._pin_required, self._pin_cost = pin_required, pin_cost
        self._kept = KeptLease()
        self._clock = LeaseClock(env, env.now(), ticks=ticks)
        self._saved_mark = self._clock.mark
        self._local = b""
        self._half = b""
        """The hub's half in clear, once the PIN was typed; always, without one."""
        self._typed = False
        """Whether the PIN was typed since this program began, or since the desk was left."""
        self._going = False
        """Whether it is being destroyed: what it opened closes, and nothing is opened any more."""
        self._tries = 0
        self._not_before = 0.0
        self._persons: frozenset[uuid.UUID] = frozenset()
        self._told: list[LeaseEnded] = []
        self.wiped = False
        """Whether the hub had this machine erased."""
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Read what is kept; a lease that ended meanwhile ends here."""
        self._kept = await self._shelf.lease()
        self._persons = await self._shelf.persons()
        self._tries = await self._shelf.tries()
        self._not_before = self._env.monotonic() + pack_pin.wait_after(self._tries)
        marked = await self._shelf.mark()
        if marked is not None:
            self._clock.resume(*marked)
            self._saved_mark = marked[0]
        if self._kept.pin is None:
            self._half = self._kept.half
        await self.look()

    # ---- the key -------------------------------------------------------------------------------
    async def key(self) -> bytes:
        """Return the key of what is on board.

        Raises:
            PackLockedError: `pack.locked` or `pack.pin_needed`.
            AviseError: `pack.half_lost`, this machine's half is gone: take everything on board again.
        """
        await self.look()
        self._refuse_locked()
        local = await self._local_half(create=False)
        # It may have gone while the keyring was asked.
        self._refuse_locked()
        return HKDF(SHA256(), pack_pin.KEY_BYTES, salt=None, info=_PURPOSE).derive(local + self._half)

    def _refuse_locked(self) -> None:
        if self._going or not self._kept.is_here:
            raise PackLockedError("pack.locked")
        if not self._half:
            raise PackLockedError("pack.pin_needed")

    async def _local_half(self, *, create: bool) -> bytes:
        if not self._local:
            try:
                self._local = await self._local_source.key(create=create)
            except KeyUnavailableError as error:
                if error.message_key == "key.missing":
                    raise AviseError("pack.half_lost") from None
                raise
        return self._local

    def state(self) -> LeaseState:
        """Return where the key is, as last known."""
        kept = self._kept
        if kept.until is None:
            return LeaseState.WIPED if self.wiped else LeaseState.NONE
        if self._going or not kept.is_here:
            return LeaseState.ENDED
        return LeaseState.HELD if self._half else LeaseState.PIN_NEEDED

    def lease_until(self) -> datetime | None:
        """Return the end of the lease; None without one."""
        return self._kept.until

    def lent_at(self) -> datetime | None:
        """Return when it was last lent, by the hub's clock; None without a lease."""
        return self._kept.renewed_at

    def now(self) -> datetime:
        """Return the hub's time as far as it is known here; it never goes back."""
        return self._clock.now()

    def on_ended(self, told: LeaseEnded) -> None:
        """Have something told, each time, before the key is destroyed or locked."""
        self._told.append(told)

    # ---- what is lent --------------------------------------------------------------------------
    @property
    def count(self) -> int:
        """Persons whose requests this user takes first, while the lease lasts."""
        return self._kept.count if self._kept.is_here else 0

    def carries(self, person: uuid.UUID | None) -> bool:
        """Say whether somebody was taken along, and the lease lasts."""
        until = self._kept.until
        return person in self._persons and until is not None and self._clock.now() < until

    def refuse_without_pin(self) -> None:
        """Refuse to take anything along before the PIN was chosen, where the site wants one, and typed.

        Raises:
            AviseError: `pack.pin_required`.
            PackLockedError: `pack.pin_needed`.
        """
        if self._lacks_pin:
            raise AviseError("pack.pin_required")
        if self._kept.pin is not None and not self._typed:
            raise PackLockedError("pack.pin_needed")

    @property
    def _lacks_pin(self) -> bool:
        return self._kept.pin is None and (self._pin_required or self._kept.blocked)

    async def take(self, lent: Lent, persons: Collection[uuid.UUID]) -> None:
        """Keep what the hub lent to somebody who is here; this machine's half is made when there is none.

        Raises:
            AviseError: `pack.pin_required`, or this machine's half cannot be kept.
        """
        async with self._changing:
            self.refuse_without_pin()
            await self._local_half(create=not self._kept.is_here)
            await self._shelf.keep_persons(persons)
            self._persons = frozenset(persons)
            await self._lend(lent)

    async def renew(self, lent: Lent, elsewhere: Collection[uuid.UUID] = ()) -> None:
        """Keep what the hub lent again: nobody may be here, and a PIN that was not typed stays untyped.

        Args:
            lent: by the hub.
            elsewhere: whom a colleague took along while the lease was over.
        """
        async with self._changing:
            if self._lacks_pin:
                return
            if elsewhere:
                left = self._persons.difference(elsewhere)
                await self._shelf.keep_persons(left)
                self._persons = left
            await self._lend(lent)

    async def _lend(self, lent: Lent) -> None:
        self._clock.contact(lent.now)
        pin = self._kept.pin
        half, sealed = (lent.half, b"") if pin is None else (b"", self._wrapped(pin, lent.half))
        await self._keep(KeptLease(lent.until, lent.now, lent.count, half, sealed, pin, blocked=False))
        self._half = lent.half if pin is None or self._typed else b""
        await self._save_mark()

    def _wrapped(self, pin: pack_pin.PinLock, half: bytes) -> bytes:
        return pack_pin.wrapped(pin, half, self._chance(pack_pin.KEY_BYTES))

    def wants_renewal(self) -> bool:
        """Say whether the hub is to be asked again, as far as this machine knows."""
        kept = self._kept
        if kept.until is None or kept.renewed_at is None or self._lacks_pin:
            return False
        return not kept.is_here or self._clock.now() - kept.renewed_at >= RENEWED_AFTER

    # ---- time ----------------------------------------------------------------------------------
    async def contact(self, hub_now: datetime) -> None:
        """Take the hub's word of what time it is."""
        if self._kept.until is None:
            return
        self._clock.contact(hub_now)
        await self.look()

    async def look(self) -> None:
        """Look at the time: end a lease that is over, and note how late it is."""
        if self._kept.until is None:
            return
        now = self._clock.now()
        if abs(self._clock.mark - self._saved_mark) >= MARKED_EVERY:
            await self._save_mark()
        if self._is_over(now):
            _log.warning("the lease of the key of what is on board has ended")
            async with self._changing:
                # It may have been lent again meanwhile.
                if self._is_over(self._clock.now()):
                    await self._destroy(self._kept.without_half())

    def _is_over(self, now: datetime) -> bool:
        until = self._kept.until
        return self._kept.is_here and until is not None and now >= until

    async def _save_mark(self) -> None:
        self._saved_mark = self._clock.mark
        await self._shelf.keep_mark(self._clock.mark, self._clock.offset)

    # ---- the PIN -------------------------------------------------------------------------------
    def pin_set(self) -> bool:
        """Say whether a PIN wraps the hub's half."""
        return self._kept.pin is not None

    def tries_left(self) -> int | None:
        """Return the tries left before the half is destroyed; None without a PIN."""
        return pack_pin.TRIES - self._tries if self._kept.pin is not None else None

    async def unlock(self, pin: str) -> None:
        """Open the hub's half with the PIN; a try is counted on the disk before it is looked at.

        Raises:
            AviseError: `pack.wrong_pin` (with the tries left), `pack.pin_wait`, `pack.pin_blocked`.
        """
        await self.look()
        async with self._changing:
            if self._kept.blocked:
                raise AviseError("pack.pin_blocked")
            if not self._typed:
                await self._try(pin)

    async def set_pin(self, old: str, new: str) -> None:
        """Set, change or (with an empty new one) take away the PIN.

        Raises:
            AviseError: `pack.wrong_pin`, `pack.pin_wait`, `pack.pin_blocked`, `pack.weak_pin`, or
                `pack.pin_required` when the site wants one.
        """
        async with self._changing:
            if new:
                pack_pin.refuse_weak(new)
            elif self._pin_required:
                raise AviseError("pack.pin_required")
            if self._kept.pin is not None:
                await self._try(old)
            salt = self._chance(pack_pin.SALT_BYTES)
            lock = await asyncio.to_thread(pack_pin.pin_lock, new, salt, self._pin_cost) if new else None
            kept = replace(self._kept, pin=lock, half=b"", wrapped=b"", blocked=False)
            if self._half:
                kept = (
                    replace(kept, half=self._half)
                    if lock is None
                    else replace(kept, wrapped=self._wrapped(lock, self._half))
                )
            await self._keep(kept)
            self._typed = lock is not None
            await self._store.empty_log()

    async def _try(self, pin: str) -> None:
        """Open the half with a PIN, or raise."""
        lock = self._kept.pin
        if lock is None:
            return
        left = self._not_before - self._env.monotonic()
        if left > 0:
            raise AviseError("pack.pin_wait", seconds=str(int(left) + 1))
        await self._count(self._tries + 1)
        private = await asyncio.to_thread(pack_pin.opens, lock, pin) if pin else None
        if private is not None:
            await self._count(0)
            self._typed = True
            if self._kept.wrapped:
                self._half = pack_pin.unwrapped(private, self._kept.wrapped) or b""
            return
        if self._tries >= pack_pin.TRIES:
            _log.warning("too many wrong PINs: the half of the key is destroyed")
            await self._destroy(replace(self._kept.without_half(), pin=None, blocked=True))
            await self._count(0)
            raise AviseError("pack.pin_blocked")
        self._not_before = self._env.monotonic() + pack_pin.wait_after(self._tries)
        raise AviseError("pack.wrong_pin", left=str(pack_pin.TRIES - self._tries))

    async def _count(self, tries: int) -> None:
        self._tries = tries
        await self._shelf.keep_tries(tries)

    async def lock(self) -> None:
        """Ask for the PIN again: the desk was left."""
        async with self._changing:
            if self._kept.pin is None:
                return
            self._typed = False
            if self._half:
                self._half = b""
                await self._tell()

    # ---- the end -------------------------------------------------------------------------------
    async def end(self) -> None:
        """Destroy the hub's half here; the lease may be given again at the next contact."""
        async with self._changing:
            await self._destroy(self._kept.without_half())

    async def give_up(self) -> None:
        """Destroy the hub's half and forget the lease: it is not given again. The PIN stays."""
        async with self._changing:
            await self._destroy(KeptLease(pin=self._kept.pin, blocked=self._kept.blocked))
            await self._shelf.keep_persons(())
            self._persons = frozenset()

    async def _destroy(self, kept: KeptLease) -> None:
        self._going = True
        try:
            await self._tell()
            await self._keep(kept)
            self._half = b""
        finally:
            self._going = False
        await self._store.empty_log()

    async def _tell(self) -> None:
        for told in self._told:
            try:
                async with asyncio.timeout(TOLD_SECONDS):
                    await told()
            except (AviseError, TimeoutError) as error:
                # The key goes all the same: what is still open is closed with the program.
                _log.error("what the key opened was not closed: %s", type(error).__name__)

    async def _keep(self, kept: KeptLease) -> None:
        await self._shelf.keep(kept)
        self._kept = kept

    def _chance(self, count: int) -> bytes:
        return bytes.fromhex(self._env.token() + self._env.token())[:count]
