"""The part of the bridge around the data on board of a laptop, and the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from avise.models.customer import PersonId
from avise.ui.crossing import Crossing, Failed, Watch

if TYPE_CHECKING:
    from avise.models.network import NetworkMode, NetworkState
    from avise.services.pack_values import CarriedDocument, PackOrder, PacksStatus


class PackBridge(Crossing):
    """The intentions of `avise.services.pack_desk.PackDesk`, as the window calls them."""

    # ---- watches -----------------------------------------------------------------------------
    def watch_packs(self, on_status: Callable[[PacksStatus], None], on_failed: Failed | None = None) -> Watch:
        """Follow what is on board, the latest state of it."""
        return self._watch(self._desk.follow_packs, lambda _status: "packs", on_status, on_failed)

    def watch_network(
        self, on_state: Callable[[NetworkState], None], on_failed: Failed | None = None
    ) -> Watch:
        """Follow how much network there is."""
        return self._watch(self._desk.follow_network, lambda _state: "network", on_state, on_failed)

    # ---- what is on board --------------------------------------------------------------------
    async def prepare_packs(self, order: PackOrder) -> None:
        """Take data on board, in the background."""
        await self._call(self._desk.prepare_packs(order))

    async def pause_packs(self) -> None:
        """Stop the preparation under way; what was read stays."""
        await self._call(self._desk.pause_packs())

    async def erase_packs(self) -> None:
        """Erase what is on board and give the portfolio back."""
        await self._call(self._desk.erase_packs())

    async def unlock_packs(self, pin: str) -> None:
        """Open the data on board with the PIN."""
        await self._call(self._desk.unlock_packs(pin))

    async def lock_packs(self) -> None:
        """Close what is on board until its PIN is typed again."""
        await self._call(self._desk.lock_packs())

    async def set_pack_pin(self, old: str, new: str) -> None:
        """Set, change or (with an empty new one) take away the PIN."""
        await self._call(self._desk.set_pack_pin(old, new))

    async def documents_on_board(self, person: PersonId) -> tuple[CarriedDocument, ...]:
        """Return the documents of a customer that are on board."""
        return await self._call(self._desk.documents_on_board(person))

    async def document_on_board(self, person: PersonId, document: str) -> bytes:
        """Return a document's content, from the encrypted pack."""
        return await self._call(self._desk.document_on_board(person, document))

    # ---- network -----------------------------------------------------------------------------
    async def choose_network(self, mode: NetworkMode | None) -> None:
        """Force a mode, or (None) find it out again."""
        await self._call(self._desk.choose_network(mode))
