"""A profile's folder with a store, a directory and packs, at which a representative works."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from typing_extensions import override

from avise.connectors.contract import ConnectorError, Priority
from avise.connectors.readings import FacetReading
from avise.engine.pack_parts import PackParts
from avise.engine.pack_room import PackRoom
from avise.env import FixedEnv
from avise.models.customer import (
    CustomerKey,
    DirectoryEntry,
    IdentityEvidence,
    Party,
    PartyKind,
    PersonId,
)
from avise.models.errors import AviseError
from avise.models.roles import Role, Session
from avise.services.pack_values import PackOrder
from avise.services.packs.visited import Visited
from avise.services.settings_file import OfflineSection
from avise.store.carried_snapshots import CarriedSnapshots
from avise.store.pack_file import PackFile
from avise.store.packs import Packs
from avise.store.snapshots import Snapshots
from avise.store.store import Store
from tests.memory_keys import MemoryPackKey
from tests.unit.services.scripted_sources import ScriptedSources

STORE_KEY, PACK_KEY = bytes(range(32)), bytes(range(32, 64))
REP = Session("bruno.kerhoas", "Bruno Kerhoas", Role.REP, "portable-1")


def customer(number: int, **changes: object) -> DirectoryEntry:
    """Return a member of the portfolio."""
    person = uuid.uuid5(uuid.NAMESPACE_URL, f"customer-{number}")
    values = {"last_name": f"NOM{number}", "member_number": f"{number:010}", **changes}
    return DirectoryEntry(person, person, Party(str(number), PartyKind.MEMBER, **values))  # type: ignore[arg-type]


class PackedSources(ScriptedSources):
    """Tools that say what was asked of them about whom, and stop answering when told."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.asked_about: list[tuple[str, str, PersonId, Priority]] = []
        self.stops_after = 0
        """Questions after which the tools answer no more; 0 for never."""
        self.stopped = False
        self.contents: dict[str, bytes] = {}
        self.busy = asyncio.Event()
        """Set once three questions were asked."""
        self.gate_at = 0
        """Question at which the tools wait until `open_gate`; 0 for none."""
        self.at_gate = asyncio.Event()
        self._gate = asyncio.Event()
        self.numbers_of: set[PersonId] = set()
        """Customers of whom the tools tell a restricted number in the middle of other words."""

    def open_gate(self) -> None:
        """Let the tools answer again."""
        self._gate.set()

    @override
    async def read_facet(
        self,
        instance: str,
        facet: str,
        customer: CustomerKey,
        identity: IdentityEvidence,
        *,
        agent: str,
        purpose: str,
        priority: Priority = Priority.INTERACTIVE,
        force: bool = False,
    ) -> AsyncIterator[FacetReading]:
        self.asked_about.append((instance, facet, customer.avise_id, priority))
        if len(self.asked_about) == 3:
            self.busy.set()
        if self.gate_at and len(self.asked_about) >= self.gate_at:
            self.at_gate.set()
            await self._gate.wait()
        if self.stops_after and len(self.asked_about) > self.stops_after:
            self.stopped = True
            raise AviseError("pack.network_lost")
        stream = super().read_facet(
            instance, facet, customer, identity, agent=agent, purpose=purpose, priority=priority, force=force
        )
        async for reading in stream:
            yield _with_number(reading) if customer.avise_id in self.numbers_of else reading

    async def content(
        self, instance: str, ref: str, *, agent: str, purpose: str
    ) -> AsyncGenerator[bytes, None]:
        del instance, agent, purpose
        found = self.contents.get(ref)
        if isinstance(found, ConnectorError):
            raise found
        if found is not None:
            yield found[: len(found) // 2]
            yield found[len(found) // 2 :]


def _with_number(reading: FacetReading) -> FacetReading:
    odd = [replace(one, data={**one.data, "plan": "voir 1 85 05 99 999 001 81"}) for one in reading.records]
    return replace(reading, records=tuple(odd))


@dataclass
class FakeLender:
    """A hub that lends at once and notes what was asked."""

    persons: list[tuple[PersonId, ...]] = field(default_factory=list)
    taken_over: list[bool] = field(default_factory=list)
    given_back: int = 0
    refusal: AviseError | None = None

    async def check_out(self, persons: Sequence[PersonId], days: int, *, take_over: bool = False) -> int:
        assert days == 7
        self.taken_over.append(take_over)
        if self.refusal is not None:
            raise self.refusal
        self.persons.append(tuple(persons))
        return len(persons)

    async def check_in(self) -> None:
        self.given_back += 1

    def checked_out(self) -> int:
        return len(self.persons[-1]) if self.persons else 0


@dataclass
class PackedDesk:
    """What a test works with."""

    folder: Path
    env: FixedEnv
    store: Store
    packs: Packs
    copies: CarriedSnapshots
    key: MemoryPackKey
    sources: PackedSources
    room: PackRoom
    lender: FakeLender
    portfolio: list[DirectoryEntry]
    visited: list[DirectoryEntry]

    def order(self, **changes: object) -> PackOrder:
        """Return an order for five days from the desk's own day."""
        return PackOrder(self.env.now().date(), **changes)  # type: ignore[arg-type]

    async def prepare(self, **changes: object) -> None:
        """Prepare everything and wait for the end."""
        await self.room.prepare(self.order(**changes))
        await self.room.prepared()


@asynccontextmanager
async def packed_desk(
    folder: Path, sources: PackedSources, offline: OfflineSection | None = None, env: FixedEnv | None = None
) -> AsyncIterator[PackedDesk]:
    """Open everything of a desk in a folder, as a start would."""
    env = env or FixedEnv()
    store = await Store.open(folder / "store.db", STORE_KEY, env)
    packs = Packs(PackFile(folder / "packs.db"))
    copies = CarriedSnapshots(Snapshots(store, env), packs, env)
    key = MemoryPackKey(PACK_KEY, env.now, env.now() + timedelta(days=7))
    portfolio: list[DirectoryEntry] = []
    visited: list[DirectoryEntry] = []

    async def mine() -> Sequence[DirectoryEntry]:
        return portfolio

    async def seen(_order: PackOrder) -> Visited:
        return Visited(tuple(visited))

    parts = PackParts(
        packs, copies, key, sources, REP, offline or OfflineSection(allowed=True), mine, seen, env
    )
    room = PackRoom(parts)
    lender = FakeLender()
    room.lender = lender
    await room.look()
    try:
        yield PackedDesk(folder, env, store, packs, copies, key, sources, room, lender, portfolio, visited)
    finally:
        await room.aclose()
        await store.aclose()
