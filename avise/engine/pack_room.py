"""The data on board of one desk: opened with their key, prepared, told of, erased at their end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from avise.engine.pack_parts import KeptBeside, Lender, NothingBeside, PackParts, Pin
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.network import NetworkMode, NetworkState
from avise.models.packs import PackKind
from avise.services.change_signal import ChangeSignal
from avise.services.open_customer import log_error
from avise.services.pack_values import PackOrder, PackRow, PacksStatus, PackState
from avise.services.packs.plan import PackPlan, plan_of
from avise.services.packs.preparation import MEGABYTE, Preparation, PreparationParts
from avise.services.packs.reading import CustomerReader
from avise.store.errors import DiskFullError
from avise.store.pack_key import PackLockedError
from avise.store.pack_rows import PackCount

_log = logging.getLogger(__name__)

TOLD_EVERY = 0.5
"""Seconds between two states told to whoever follows."""

_PASSES = frozenset({"pack.network_lost", "pack.limited", "pack.offline", "hub.unreachable"})
"""Why a preparation stops that goes on by itself later."""

LOOK_EVERY = 30.0
"""Seconds between two looks at the end of packs, and at a key that came back."""


class PackRoom:
    """What is on board of one desk, from `open` to `aclose`; every method runs on the engine's loop.

    Args:
        parts: what it works with.
    """

    def __init__(self, parts: PackParts) -> None:
        self._parts = parts
        self._packs, self._env, self._key = parts.packs, parts.env, parts.key
        self.lender: Lender | None = None
        """The hub, once it is spoken to; nothing is taken on board without one."""
        self.pin: Pin | None = None
        self.network: Callable[[], NetworkMode] = lambda: NetworkMode.ONLINE
        self.beside: KeptBeside = NothingBeside()
        """What else is opened and closed with the key."""
        self.key_gone: Callable[[], None] = no_listener
        """Told once each time that the key goes: what was read with it is remembered by nobody."""
        self._key_was_here = False
        self.changes = ChangeSignal()
        self._trouble: AviseError | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._ordering = asyncio.Lock()
        """Held while a preparation is begun: the user's and one that goes on by itself never run together."""
        self._watching: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._resuming: asyncio.Task[None] | None = None
        self._locks_after = False
        """Whether the desk was left during a preparation: its PIN is asked for once that has ended."""
        self._waiting: PackOrder | None = None
        """What a bad network stopped."""
        self._key.on_ended(self._close)

    # ---- life ----------------------------------------------------------------------------------
    async def open(self) -> None:
        """Open what is on board if its key is there, erase what has ended, and watch over both."""
        await self.look()
        self._watching = asyncio.create_task(self._watch(), name="watch packs")
        self._watching.add_done_callback(log_error)

    async def aclose(self) -> None:
        """Stop preparing and close the file."""
        tasks = [
            task
            for task in (self._resuming, self._preparing, self._watching, self._looking)
            if task is not None
        ]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._packs.file.aclose()

    async def look(self) -> None:
        """Open the file when its key has come, and erase the packs whose end has passed."""
        try:
            await self._open_file()
            await self._drop_ended()
        except PackLockedError as error:
            if self._packs.file.is_open:
                # Whatever kept it open when its key went: it is read no longer.
                await self._close()
            await self._gone(error.message_key)
        except AviseError as error:
            _log.warning("packs not looked at: %s", error.message_key)
            self._trouble = _told(error)
            self.changes.tell()

    async def _watch(self) -> None:
        while True:
            await self._env.sleep(LOOK_EVERY)
            await self.look()

    def key_changed(self) -> None:
        """Look soon: the key came, or went."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self.look(), name="look at packs")
        self.changes.tell()

    async def _open_file(self, *, create: bool = False) -> None:
        file = self._packs.file
        key = await self._key.key()
        self._key_was_here = True
        await self.beside.key_here(key)
        if file.is_open or not (create or file.exists):
            return
        await file.open(key)
        if self._key.state() is not LeaseState.HELD:
            # It went while the file was being opened, and whoever told so closed nothing.
            await file.close()
            await self._gone("pack.locked")
            raise PackLockedError("pack.locked")
        if file.notices:
            self._trouble = file.notices[-1]
        self.changes.tell()

    async def _drop_ended(self) -> None:
        if self._packs.file.is_open and await self._packs.drop_ended(self._key.now()):
            self.changes.tell()

    async def _close(self) -> None:
        """Close everything that the key opened: it is about to be destroyed."""
        await self.pause()
        await self._packs.file.close()
        await self._gone("pack.locked")
        self.changes.tell()

    async def _gone(self, because: str) -> None:
        await self.beside.key_gone(because)
        if self._key_was_here:
            self._key_was_here = False
            self.key_gone()

    # ---- what is on board ----------------------------------------------------------------------
    def now(self) -> datetime:
        """Return the time by which what is on board ends."""
        return self._key.now()

    async def follow(self) -> AsyncIterator[PacksStatus]:
        """Yield what is on board at once, then at each change, at most twice a second."""
        told: PacksStatus | None = None
        while True:
            seen = self.changes.count
            status = await self.status()
            if status != told:
                told = status
                yield status
            await self._env.sleep(TOLD_EVERY)
            await self.changes.wait(seen, self._env, LOOK_EVERY)

    async def status(self) -> PacksStatus:
        """Return what is on board now."""
        counts = {count.kind: count for count in await self._packs.counts()}
        expired = await self._packs.expired()
        lease, until = self._key.state(), self._key.lease_until()
        closed = self._packs.file.exists and not self._packs.file.is_open
        rows = []
        for kind in PackKind:
            count = counts.get(kind)
            if count is not None:
                rows.append(self._row(count, until))
            elif kind in expired:
                rows.append(PackRow(kind, PackState.EXPIRED))
            else:
                rows.append(PackRow(kind, PackState.LOCKED if closed else PackState.ABSENT))
        pin = self.pin
        return PacksStatus(
            lease=lease,
            lease_until=until,
            checked_out=self.lender.checked_out() if self.lender is not None else 0,
            packs=tuple(rows),
            size_limit=self._parts.offline.max_megabytes * MEGABYTE,
            preparing=self.is_preparing,
            trouble=self._trouble,
            pin_set=pin is not None and pin.pin_set(),
            tries_left=None if pin is None or lease is not LeaseState.PIN_NEEDED else pin.tries_left(),
        )

    def _row(self, count: PackCount, until: datetime | None) -> PackRow:
        if not count.ended:
            state = PackState.PREPARING if self.is_preparing else PackState.PAUSED
        else:
            state = PackState.PARTIAL if count.failed else PackState.READY
        end = count.ends_at if until is None else min(count.ends_at, until)
        return PackRow(
            count.kind, state, count.wanted, count.held, count.failed, count.bytes, count.prepared_at, end
        )

    # ---- preparing -----------------------------------------------------------------------------
    @property
    def is_preparing(self) -> bool:
        """Whether a preparation runs."""
        return self._preparing is not None and not self._preparing.done()

    async def prepare(self, order: PackOrder) -> None:
        """Check the portfolio out, then read in the background; another preparation under way ends first.

        Raises:
            AviseError: `pack.offline`, `pack.limited`, `pack.no_hub`, `pack.nobody`, or what the hub or the
                key refuses.
        """
        async with self._ordering:
            await self._begin(order)

    async def _begin(self, order: PackOrder) -> None:
        mode = self.network()
        if mode is not NetworkMode.ONLINE:
            raise AviseError("pack.offline" if mode is NetworkMode.OFFLINE else "pack.limited")
        if self.lender is None:
            raise AviseError("pack.no_hub")
        await self.pause()
        plan = await self._plan(order)
        if not plan.persons():
            raise AviseError("pack.nobody")
        days = self._parts.offline.lease_days
        await self.lender.check_out(plan.persons(), days, take_over=order.take_over)
        await self._open_file(create=True)
        self._trouble, self._waiting = None, None
        self._preparing = asyncio.create_task(self._prepare(plan, order), name="prepare packs")
        self._preparing.add_done_callback(log_error)
        self.changes.tell()

    async def prepared(self) -> None:
        """Wait until the preparation under way has ended, well or not."""
        if self._preparing is not None:
            await asyncio.wait([self._preparing])

    async def _plan(self, order: PackOrder) -> PackPlan:
        parts = self._parts
        portfolio = await parts.portfolio() if order.portfolio else ()
        visited = await parts.visited(order)
        return plan_of(order, portfolio, visited, parts.session.role, parts.offline.pack_days)

    async def _prepare(self, plan: PackPlan, order: PackOrder) -> None:
        parts = self._parts
        work = PreparationParts(
            parts.packs,
            CustomerReader(parts.sources, parts.copies, parts.session),
            parts.sources,
            parts.session,
            parts.env,
            parts.offline.max_megabytes * MEGABYTE,
            self.changes.tell,
            self.network,
        )
        try:
            await Preparation(work, plan, documents=order.documents).run()
        except AviseError as error:
            # What was read stays; the sentence says what to do before going on.
            _log.warning("preparation stopped: %s", error.message_key)
            self._trouble = _told(error)
            self._waiting = order if _passes(error) else None
        finally:
            parts.copies.forget_readers()
            # What the stop found half way is kept all the same: it counts as soon as the stop is told.
            await self._packs.file.settled()
            self.changes.tell()
        if self._locks_after and self.pin is not None:
            self._locks_after = False
            await self.pin.lock()
            self.changes.tell()

    def network_changed(self, state: NetworkState) -> None:
        """Go on with a preparation that a bad network stopped, once it is good again."""
        order, self._waiting = self._waiting, None
        if order is None:
            return
        if state.mode is not NetworkMode.ONLINE:
            self._waiting = order
        elif self._resuming is None or self._resuming.done():
            self._resuming = asyncio.create_task(self._resume(order), name="resume packs")

    async def _resume(self, order: PackOrder) -> None:
        try:
            await self.prepare(order)
        except AviseError as error:
            self._trouble = _told(error)
            # The hub is heard a moment after the tools.
            self._waiting = order if _passes(error) else None
            self.changes.tell()

    async def pause(self) -> None:
        """Stop the preparation under way; what was read stays."""
        self._waiting = None
        preparing, self._preparing = self._preparing, None
        if preparing is not None and preparing is not asyncio.current_task():
            preparing.cancel()
            await asyncio.gather(preparing, return_exceptions=True)
        self.changes.tell()

    async def erase(self) -> None:
        """Erase what is on board and give the portfolio back.

        Raises:
            AviseError: what the hub refuses, or that it cannot be reached; everything was erased here.
        """
        await self.forget()
        self._trouble = None
        if self.lender is not None:
            await self.lender.check_in()
            self.changes.tell()

    def tell(self, trouble: AviseError) -> None:
        """Say why what was on board is no more, until the next preparation."""
        self._trouble = trouble
        self.changes.tell()

    async def forget(self) -> None:
        """Erase what is on board; nobody is told.

        Raises:
            StoreError: the system keeps the file; it stays unreadable without its key.
        """
        await self.pause()
        await self._packs.file.erase()
        await self.beside.forgotten()
        self._key_was_here = False
        self.key_gone()
        self.changes.tell()

    async def lock(self) -> None:
        """Close what is on board until its PIN is typed again: after the preparation under way, if any."""
        if self.is_preparing:
            self._locks_after = True
        elif self.pin is not None:
            await self.pin.lock()
            self.changes.tell()

    async def open_with_pin(self, pin: str) -> None:
        """Open what is on board with the PIN; see `PackDesk.unlock_packs`."""
        if self.pin is None:
            raise AviseError("pack.not_allowed")
        try:
            await self.pin.unlock(pin)
            self._locks_after = False
        finally:
            await self.look()
            self.changes.tell()


def no_listener() -> None:
    """Do nothing: nobody remembers anything."""


def _told(error: AviseError) -> AviseError:
    """Return why a preparation stopped, in words of what is on board; it crosses to the window."""
    if isinstance(error, DiskFullError):
        return AviseError("pack.disk_full")
    return AviseError(error.message_key, **error.params)


def _passes(error: AviseError) -> bool:
    # A certificate or a proxy on the way to the hub is another network's, more often than not.
    return error.message_key in _PASSES or error.message_key.startswith("transport.")
