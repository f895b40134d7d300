"""What is on board, with the hub: taken along, renewed at each contact, given back, or ended by the hub."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from avise.env import Env, ticks_through_sleep
from avise.hub.check_out_values import CheckedOut, CheckOut, CheckOutStanding
from avise.hub.port import Head, HubError, HubPort, HubUnreachableError
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.services.profile import Profile
from avise.services.settings_file import PinRule
from avise.store.key_source import KeyNames, KeySource, key_source
from avise.store.leased_key import LeasedPackKey, Lent
from avise.store.sealed import SealedSecrets
from avise.store.store import Store

T = TypeVar("T")

_log = logging.getLogger(__name__)

LOOK_EVERY = 20.0
"""Seconds between two looks at the end of the lease."""

CHECK_OUT_SECONDS = 30.0
"""A portfolio of 20,000 persons goes up in one call."""

CALL_SECONDS = 10.0

AGAIN_AFTER, LOST_FOR = 600.0, 20.0
"""Seconds before the hub is asked again for what it did not lend, or could not be asked for."""

HALF_KEY = KeyNames("pack", "pack-demo.key", "pack.key")
"""This machine's half."""

ENDED = {
    "hub.no_right": "pack.right_withdrawn",
    "hub.device_revoked": "pack.device_revoked",
    "hub.check_out_ended": "hub.check_out_ended",
    "hub.unknown_device": "pack.device_revoked",
}
"""Refusals after which nothing on board may be read any more, and how it is told."""


async def _nothing() -> None:
    return


def no_hub() -> HubPort:
    """Say that no hub is spoken to.

    Raises:
        HubUnreachableError: always.
    """
    raise HubUnreachableError("hub.unreachable")


def half_source(profile: Profile, env: Env, ask_passphrase: Callable[[], str] | None = None) -> KeySource:
    """Return where this machine's half is kept: as the store's key is, apart from it.

    Raises:
        KeyUnavailableError: `key.unknown_source`, or `key.nobody_to_ask`.
    """
    settings = profile.settings
    return key_source(
        settings.key.source, profile.folder, env,
        synthetic=settings.synthetic, ask_passphrase=ask_passphrase, names=HALF_KEY,
    )  # fmt: skip


class LeaseRoom:
    """Lends what is on board its key: implements `Lender` and `Pin` of `avise.engine.pack_parts`.

    Args:
        profile: with its section `[offline]`.
        store: where the hub's half is sealed.
        secrets: of that store.
        local: gives this machine's half.
        env: clocks and chance.
    """

    def __init__(
        self, profile: Profile, store: Store, secrets: SealedSecrets, local: KeySource, env: Env
    ) -> None:
        required = profile.settings.offline.pin is PinRule.REQUIRED
        self.key = LeasedPackKey(store, secrets, local, env, pin_required=required, ticks=ticks_through_sleep)
        self.hub: Callable[[], HubPort] = no_hub
        """Gives the hub, or raises when it is not reached."""
        self.on_gone: Callable[[], Awaitable[None]] = _nothing
        """Called once nothing on board will ever be read again: what is there is erased."""
        self.on_changed: Callable[[], None] = lambda: None
        self.on_trouble: Callable[[AviseError], None] = lambda _error: None
        """Told why the hub ended what was on board."""
        self.trouble: AviseError | None = None
        """Why the hub ended what was on board; None while it did not."""
        self._env = env
        self._lending = asyncio.Lock()
        self._not_before = 0.0
        self._watching: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Read what is kept, and watch the end of the lease from then on."""
        await self.key.open()
        self._watching = asyncio.create_task(self._watch(), name="watch lease")

    async def aclose(self) -> None:
        """Stop watching."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await self._env.sleep(LOOK_EVERY)
            before = self.key.state()
            try:
                await self.key.look()
            except AviseError as error:
                _log.warning("the lease was not looked at: %s", error.message_key)
            if self.key.state() is not before:
                self.on_changed()

    # ---- taken along, given back ---------------------------------------------------------------
    async def check_out(self, persons: Sequence[PersonId], days: int, *, take_over: bool = False) -> int:
        """Take persons along and the hub's half of the key; return how many are.

        Raises:
            AviseError: `pack.pin_required`, `pack.pin_needed`, `hub.checked_out_elsewhere` (to be asked
                again with `take_over`), the hub cannot be reached, or refuses.
        """
        self.key.refuse_without_pin()
        async with self._lending:
            asked = self.hub().check_out(CheckOut(tuple(persons), days, take_over))
            lent = await _answer(asked, CHECK_OUT_SECONDS)
            await self.key.take(_lent(lent), set(persons).difference(lent.elsewhere))
            self.trouble = None
        self.on_changed()
        return lent.count

    async def check_in(self) -> None:
        """Give everything back; the half of the key is destroyed here first.

        Raises:
            AviseError: the hub cannot be reached: it is told at the next contact.
        """
        async with self._lending:
            await self.key.give_up()
            self.on_changed()
            await _answer(self.hub().check_in(), CALL_SECONDS)

    def checked_out(self) -> int:
        """Return how many customers' requests this user takes first."""
        return self.key.count

    # ---- at each contact -----------------------------------------------------------------------
    async def on_head(self, head: Head, hub: HubPort) -> None:
        """Take the hub's time, and what it says of what is on board; never raises for a hub's refusal."""
        if self._lending.locked():
            return
        async with self._lending:
            await self.key.contact(head.now)
            told = head.check_out
            if self.key.state() is LeaseState.NONE:
                if told is not None and not told.ended:
                    # Given back here while the hub could not be told, or taken along by a program that died.
                    await self._in_turn(hub.check_in)
            elif told is not None and told.ended:
                if self._is_of_before(told):
                    return
                key = "hub.device_revoked" if told.ended == "revoked" else "hub.check_out_ended"
                await self._end(HubError(key))
            elif self.key.wants_renewal():
                await self._renew(hub)

    def _is_of_before(self, told: CheckOutStanding) -> bool:
        """Say whether a head was under way while something was taken along: what had ended was not that."""
        lent_at = self.key.lent_at()
        return lent_at is not None and told.renewed_at < lent_at

    async def _renew(self, hub: HubPort) -> None:
        lent = await self._in_turn(hub.renew_check_out)
        if lent is not None:
            await self.key.renew(_lent(lent), lent.elsewhere)
            self.on_changed()

    async def _in_turn(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """Return an answer, None when there is none: then the hub is left alone for some minutes."""
        if self._env.monotonic() < self._not_before:
            return None
        try:
            return await _answer(ask(), CALL_SECONDS)
        except HubError as error:
            lost = isinstance(error, HubUnreachableError)
            self._not_before = self._env.monotonic() + (LOST_FOR if lost else AGAIN_AFTER)
            _log.warning("what is on board was not lent again: %s", error.message_key)
            if error.message_key in ENDED:
                await self._end(error)
            return None

    async def _end(self, why: HubError) -> None:
        self.trouble = trouble = AviseError(ENDED[why.message_key])
        await self.key.give_up()
        try:
            await self.on_gone()
        except AviseError as error:
            # Unreadable all the same: its key is gone at both ends.
            _log.error("what is on board was not erased: %s", error.message_key)
        self.on_trouble(trouble)
        self.on_changed()

    async def destroy(self) -> None:
        """Destroy the hub's half, and erase what it opened: this workstation is erased."""
        async with self._lending:
            await self.key.give_up()
            self.key.wiped = True
            self.on_changed()
            await self.on_gone()

    # ---- the PIN -------------------------------------------------------------------------------
    async def unlock(self, pin: str) -> None:
        """Open the key; see `PackDesk.unlock_packs`."""
        await self.key.unlock(pin)
        self.on_changed()

    async def lock(self) -> None:
        """Have the PIN typed again: the desk was left."""
        await self.key.lock()
        self.on_changed()

    async def set_pin(self, old: str, new: str) -> None:
        """See `PackDesk.set_pack_pin`."""
        await self.key.set_pin(old, new)
        self._not_before = 0.0
        self.on_changed()

    def pin_set(self) -> bool:
        """Say whether there is one."""
        return self.key.pin_set()

    def tries_left(self) -> int | None:
        """Return the tries left; None without a PIN."""
        return self.key.tries_left()


def _lent(lent: CheckedOut) -> Lent:
    return Lent(lent.half, lent.until, lent.now, lent.count)


async def _answer(call: Awaitable[T], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError:
        raise HubUnreachableError("hub.unreachable") from None
