"""The desk around the data on board of a laptop, and the network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from avise.engine.local_requests import LocalRequests
from avise.engine.pack_room import PackRoom
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.network import NetworkMode, NetworkState
from avise.models.packs import PackKind
from avise.services.customer_rights import refuse_without_right
from avise.services.pack_values import CarriedDocument, PackOrder, PackRow, PacksStatus, PackState
from avise.store.packs import Packs

NOTHING = PacksStatus(LeaseState.NONE, packs=tuple(PackRow(kind, PackState.ABSENT) for kind in PackKind))


class FollowsNetwork(Protocol):
    """Says how much network there is."""

    def follow(self) -> AsyncIterator[NetworkState]:
        """Yield the state at once, then at each change."""

    async def choose(self, mode: NetworkMode | None) -> None:
        """Force a mode, or find it out again."""


class LocalPacks(LocalRequests):
    """Implements `avise.services.pack_desk.PackDesk`; `LocalDesk` is one."""

    _pack_room: PackRoom | None = None
    _packs: Packs | None = None
    _network: FollowsNetwork | None = None

    def use_packs(self, room: PackRoom, packs: Packs) -> None:
        """Carry data on board of this workstation."""
        self._pack_room, self._packs = room, packs

    def use_network(self, network: FollowsNetwork) -> None:
        """Follow the network."""
        self._network = network

    def _on_board(self) -> PackRoom:
        if self._pack_room is None:
            raise AviseError("pack.not_allowed")
        return self._pack_room

    # ---- what is on board ----------------------------------------------------------------------
    async def follow_packs(self) -> AsyncIterator[PacksStatus]:
        """Follow what is on board."""
        if self._pack_room is None:
            yield NOTHING
            return
        async for status in self._pack_room.follow():
            yield status

    async def prepare_packs(self, order: PackOrder) -> None:
        """Take data on board."""
        refuse_without_right(self.session.role)
        await self._on_board().prepare(order)

    async def pause_packs(self) -> None:
        """Stop the preparation under way."""
        await self._on_board().pause()

    async def erase_packs(self) -> None:
        """Erase what is on board and give the portfolio back."""
        await self._on_board().erase()

    async def unlock_packs(self, pin: str) -> None:
        """Open the data on board with the PIN."""
        await self._on_board().open_with_pin(pin)

    async def lock_packs(self) -> None:
        """Close what is on board until its PIN is typed again."""
        if self._pack_room is not None:
            await self._pack_room.lock()

    async def set_pack_pin(self, old: str, new: str) -> None:
        """Set, change or take away the PIN."""
        pin = self._on_board().pin
        if pin is None:
            raise AviseError("pack.not_allowed")
        await pin.set_pin(old, new)
        self._on_board().changes.tell()

    # ---- documents -----------------------------------------------------------------------------
    async def documents_on_board(self, person: PersonId) -> tuple[CarriedDocument, ...]:
        """Return the documents of a customer that are on board."""
        refuse_without_right(self.session.role)
        if self._packs is None or self._pack_room is None:
            return ()
        rows = await self._packs.documents(person, self._pack_room.now())
        return tuple(
            CarriedDocument(row.person, row.document, row.title, row.size, row.read_at) for row in rows
        )

    async def document_on_board(self, person: PersonId, document: str) -> bytes:
        """Return a document's content; the customer's file is open, and the journal says so."""
        refuse_without_right(self.session.role)
        if all(person not in (shown, dossier.entry.dossier) for shown, dossier in self._dossiers.items()):
            raise AviseError("open.nobody")
        content = None
        if self._packs is not None and self._pack_room is not None:
            content = await self._packs.document(person, document, self._pack_room.now())
        if content is None:
            raise AviseError("pack.not_on_board")
        return content

    # ---- network -------------------------------------------------------------------------------
    async def follow_network(self) -> AsyncIterator[NetworkState]:
        """Follow how much network there is."""
        if self._network is None:
            yield NetworkState(NetworkMode.ONLINE, forced=False, since=self._env.now())
            return
        async for state in self._network.follow():
            yield state

    async def choose_network(self, mode: NetworkMode | None) -> None:
        """Force a mode, or find it out again."""
        if self._network is not None:
            await self._network.choose(mode)
