"""The part of a starting desk around data on board and the network: every intention waits for the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from avise.engine.awaited_desk import AwaitedDesk
from avise.models.customer import PersonId

if TYPE_CHECKING:
    from avise.models.network import NetworkMode, NetworkState
    from avise.services.pack_values import CarriedDocument, PackOrder, PacksStatus


class StartingPacks(AwaitedDesk):
    """Implements `avise.services.pack_desk.PackDesk` by waiting for the real desk."""

    def follow_packs(self) -> AsyncIterator[PacksStatus]:
        """See `PackDesk.follow_packs`."""
        return self._follow(lambda desk: desk.follow_packs())

    async def prepare_packs(self, order: PackOrder) -> None:
        """See `PackDesk.prepare_packs`."""
        await (await self._desk()).prepare_packs(order)

    async def pause_packs(self) -> None:
        """See `PackDesk.pause_packs`."""
        await (await self._desk()).pause_packs()

    async def erase_packs(self) -> None:
        """See `PackDesk.erase_packs`."""
        await (await self._desk()).erase_packs()

    async def unlock_packs(self, pin: str) -> None:
        """See `PackDesk.unlock_packs`."""
        await (await self._desk()).unlock_packs(pin)

    async def lock_packs(self) -> None:
        """See `PackDesk.lock_packs`."""
        await (await self._desk()).lock_packs()

    async def set_pack_pin(self, old: str, new: str) -> None:
        """See `PackDesk.set_pack_pin`."""
        await (await self._desk()).set_pack_pin(old, new)

    async def documents_on_board(self, person: PersonId) -> tuple[CarriedDocument, ...]:
        """See `PackDesk.documents_on_board`."""
        return await (await self._desk()).documents_on_board(person)

    async def document_on_board(self, person: PersonId, document: str) -> bytes:
        """See `PackDesk.document_on_board`."""
        return await (await self._desk()).document_on_board(person, document)

    def follow_network(self) -> AsyncIterator[NetworkState]:
        """See `PackDesk.follow_network`."""
        return self._follow(lambda desk: desk.follow_network())

    async def choose_network(self, mode: NetworkMode | None) -> None:
        """See `PackDesk.choose_network`."""
        await (await self._desk()).choose_network(mode)
