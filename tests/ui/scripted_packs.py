"""The part of the scripted desk around data on board and the network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.network import NetworkMode, NetworkState
from avise.models.packs import PackKind
from avise.services.pack_values import CarriedDocument, PackOrder, PackRow, PacksStatus, PackState
from tests.ui.stream import Stream

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
NOTHING = PacksStatus(LeaseState.NONE, packs=tuple(PackRow(kind, PackState.ABSENT) for kind in PackKind))
ONLINE = NetworkState(NetworkMode.ONLINE, forced=False, since=NOW)


@dataclass(kw_only=True)
class ScriptedPacks:
    """Implements `PackDesk` from values; a test changes them and reads `asked`."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    packs: PacksStatus = NOTHING
    pack_error: AviseError | None = None
    pack_pin: str = ""
    pack_documents: dict[PersonId, tuple[CarriedDocument, ...]] = field(default_factory=dict)
    pack_contents: dict[str, bytes] = field(default_factory=dict)
    pack_stream: Stream = field(default_factory=Stream)
    network: NetworkState = ONLINE
    network_stream: Stream = field(default_factory=Stream)

    # ---- what a test plays -------------------------------------------------------------------
    def show_packs(self, status: PacksStatus) -> None:
        """Change what is on board."""
        self.packs = status
        self.pack_stream.tell(status)

    def show_network(self, state: NetworkState) -> None:
        """Change how much network there is."""
        self.network = state
        self.network_stream.tell(state)

    # ---- the desk ----------------------------------------------------------------------------
    def follow_packs(self) -> AsyncIterator[PacksStatus]:
        """Yield what is on board, then what a test changes."""
        return cast("AsyncIterator[PacksStatus]", self.pack_stream.follow(self.packs))

    async def prepare_packs(self, order: PackOrder) -> None:
        """Note the order and begin."""
        self._refuse()
        self.asked.append(("prepare_packs", order))
        self.show_packs(replace(self.packs, preparing=True))

    async def pause_packs(self) -> None:
        """Note the pause."""
        self.asked.append(("pause_packs",))
        self.show_packs(replace(self.packs, preparing=False))

    async def erase_packs(self) -> None:
        """Show nothing on board."""
        self._refuse()
        self.asked.append(("erase_packs",))
        rows = tuple(PackRow(kind, PackState.ABSENT) for kind in PackKind)
        self.show_packs(replace(self.packs, packs=rows, lease=LeaseState.NONE, preparing=False))

    async def unlock_packs(self, pin: str) -> None:
        """Compare the PIN."""
        self.asked.append(("unlock_packs",))
        if pin != self.pack_pin:
            tries = (self.packs.tries_left or 10) - 1
            self.show_packs(replace(self.packs, tries_left=tries))
            raise AviseError("pack.wrong_pin", left=str(tries))
        self.show_packs(replace(self.packs, lease=LeaseState.HELD, tries_left=None))

    async def lock_packs(self) -> None:
        """Ask for the PIN again, when there is one."""
        self.asked.append(("lock_packs",))
        if self.packs.pin_set and not self.packs.preparing:
            self.show_packs(replace(self.packs, lease=LeaseState.PIN_NEEDED))

    async def set_pack_pin(self, old: str, new: str) -> None:
        """Keep a PIN."""
        self._refuse()
        if old != self.pack_pin:
            raise AviseError("pack.wrong_pin", left="9")
        self.pack_pin = new
        self.show_packs(replace(self.packs, pin_set=bool(new)))

    async def documents_on_board(self, person: PersonId) -> tuple[CarriedDocument, ...]:
        """Return the scripted documents."""
        return self.pack_documents.get(person, ())

    async def document_on_board(self, person: PersonId, document: str) -> bytes:
        """Return a scripted content."""
        self.asked.append(("document_on_board", person, document))
        if document not in self.pack_contents:
            raise AviseError("pack.not_on_board")
        return self.pack_contents[document]

    def follow_network(self) -> AsyncIterator[NetworkState]:
        """Yield the network, then what a test changes."""
        return cast("AsyncIterator[NetworkState]", self.network_stream.follow(self.network))

    async def choose_network(self, mode: NetworkMode | None) -> None:
        """Note the choice and obey."""
        self.asked.append(("choose_network", mode))
        found = NetworkMode.ONLINE if mode is None else mode
        self.show_network(replace(self.network, mode=found, forced=mode is not None))

    def _refuse(self) -> None:
        if self.pack_error is not None:
            raise self.pack_error
