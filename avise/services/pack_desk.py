"""What a desk offers around the data carried on board of a laptop, and the network.

A part of `avise.services.desk.Desk`, which inherits it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Protocol

from avise.models.customer import PersonId

if TYPE_CHECKING:
    from avise.models.network import NetworkMode, NetworkState
    from avise.services.pack_values import CarriedDocument, PackOrder, PacksStatus


class PackDesk(Protocol):
    """What the window asks of the data on board."""

    def follow_packs(self) -> AsyncIterator[PacksStatus]:
        """Follow what is on board: at once, then at each change, at most twice a second."""

    async def prepare_packs(self, order: PackOrder) -> None:
        """Take data on board: check the portfolio out at the hub, then read, in the background.

        What was read is kept at once, so that an interrupted preparation goes on where it was.

        Raises:
            AviseError: `pack.not_allowed`, `pack.offline`, `pack.limited`, `pack.no_hub`, `pack.nobody`,
                `pack.no_diary`, `pack.pin_required`, `pack.pin_needed`, or what the hub refuses.
        """

    async def pause_packs(self) -> None:
        """Stop the preparation under way; what was read stays."""

    async def erase_packs(self) -> None:
        """Erase what is on board and give the portfolio back; nothing written here is lost."""

    async def unlock_packs(self, pin: str) -> None:
        """Open the data on board with the PIN.

        Raises:
            AviseError: `pack.wrong_pin` (with the tries `left`), `pack.pin_blocked`.
        """

    async def lock_packs(self) -> None:
        """Close what is on board until its PIN is typed again: the desk was left.

        Nothing happens without a PIN, nor while a preparation runs: it would be cut short.
        """

    async def set_pack_pin(self, old: str, new: str) -> None:
        """Set, change or (with an empty new one) take away the PIN.

        Raises:
            AviseError: `pack.wrong_pin`, `pack.weak_pin`, `pack.pin_required`.
        """

    async def documents_on_board(self, person: PersonId) -> tuple[CarriedDocument, ...]:
        """Return the documents of a customer that are on board."""

    async def document_on_board(self, person: PersonId, document: str) -> bytes:
        """Return a document's content, from the encrypted pack.

        Raises:
            AviseError: `pack.not_on_board` or `pack.locked`.
        """

    def follow_network(self) -> AsyncIterator[NetworkState]:
        """Follow how much network there is."""

    async def choose_network(self, mode: NetworkMode | None) -> None:
        """Force a mode, or (None) find it out again."""
