"""What the room of the packs works with: the hub that lends, the PIN, what is kept beside, and the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from avise.env import Env
from avise.models.customer import DirectoryEntry, PersonId
from avise.models.roles import Session
from avise.services.pack_values import PackOrder
from avise.services.packs.visited import Visited
from avise.services.settings_file import OfflineSection
from avise.services.source_port import SourcePort
from avise.store.carried_snapshots import CarriedSnapshots
from avise.store.pack_key import PackKey
from avise.store.packs import Packs


class Lender(Protocol):
    """The hub, as what is on board needs it."""

    async def check_out(self, persons: Sequence[PersonId], days: int, *, take_over: bool = False) -> int:
        """Check persons out and take the hub's half of the key; return how many are.

        Raises:
            AviseError: there is no hub, it cannot be reached, or it refuses.
        """

    async def check_in(self) -> None:
        """Give everything back; the half of the key is destroyed here.

        Raises:
            AviseError: the hub cannot be reached.
        """

    def checked_out(self) -> int:
        """Return how many customers' requests this user holds."""


class Pin(Protocol):
    """The PIN that protects the key."""

    async def unlock(self, pin: str) -> None:
        """Open the key; see `PackDesk.unlock_packs`."""

    async def lock(self) -> None:
        """Have the PIN typed again before anything is read."""

    async def set_pin(self, old: str, new: str) -> None:
        """See `PackDesk.set_pack_pin`."""

    def pin_set(self) -> bool:
        """Say whether there is one."""

    def tries_left(self) -> int | None:
        """Return the tries left; None when nothing was tried."""


class KeptBeside(Protocol):
    """What is kept under the key of the packs, beside them."""

    async def key_here(self, key: bytes) -> None:
        """Open with the key; does nothing when it is open."""

    async def key_gone(self, because: str) -> None:
        """Close, if it is open: there is no key, or it is about to be destroyed.

        Args:
            because: the sentence of whoever wants to read.
        """

    async def forgotten(self) -> None:
        """Forget what is under the key: nobody will ever read it again."""


class NothingBeside:
    """Nothing is."""

    async def key_here(self, key: bytes) -> None:
        """Do nothing."""

    async def key_gone(self, because: str) -> None:
        """Do nothing."""

    async def forgotten(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class PackParts:
    """What the room works with.

    Args:
        packs: of the profile.
        copies: of the workstation, the packs' beside.
        key: of the packs.
        sources: the tools.
        session: who works here.
        offline: what the profile allows.
        portfolio: gives the customers of this user.
        visited: gives the customers of the visits of some days, in order, and the diary.
        env: the clock.
    """

    packs: Packs
    copies: CarriedSnapshots
    key: PackKey
    sources: SourcePort
    session: Session
    offline: OfflineSection
    portfolio: Callable[[], Awaitable[Sequence[DirectoryEntry]]]
    visited: Callable[[PackOrder], Awaitable[Visited]]
    env: Env
