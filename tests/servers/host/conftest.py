"""A host over one or several test tools, with copies and secrets in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from avise.connectors.host import ConnectorHost
from avise.connectors.instance import Loaded
from avise.connectors.ports import InstanceSettings
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Refusal
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import Failure
from avise.models.snapshot import Snapshot, SnapshotKey
from tests.servers.host.benefits_connector import BenefitsConnector, Found

CUSTOMER = CustomerKey(UUID(int=7), {"benefits.insured": "0042", "member": "0482917350"})
HELENE = IdentityEvidence("MARCHAND", "Hélène", date(1968, 3, 12))


@dataclass
class MemorySnapshots:
    """Keeps copies in a dictionary."""

    kept: dict[SnapshotKey, Snapshot] = field(default_factory=dict)
    errors: list[Failure] = field(default_factory=list)

    async def get(self, key: SnapshotKey) -> Snapshot | None:
        return self.kept.get(key)

    async def put(self, key: SnapshotKey, snapshot: Snapshot) -> None:
        self.kept[key] = snapshot

    async def note_error(self, key: SnapshotKey, failure: Failure, at: datetime) -> None:
        self.errors.append(failure)


@dataclass
class MemorySecrets:
    """Gives secrets from a dictionary."""

    values: dict[str, str] = field(default_factory=lambda: {"token": "t0"})

    async def get(self, instance: str, name: str) -> str | None:
        return self.values.get(name)


class MovableEnv(SystemEnv):
    """The real world, with a date that a test may move."""

    offset = timedelta(0)
    jump_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def monotonic(self) -> float:
        return super().monotonic() + self.jump_s


@dataclass
class Desk:
    """A host and what a test looks at."""

    host: ConnectorHost
    snapshots: MemorySnapshots
    secrets: MemorySecrets
    env: MovableEnv

    async def read(
        self, *, instance: str = "benefits", identity: IdentityEvidence = HELENE, force: bool = False
    ) -> list[FacetReading]:
        """Return every step of one reading."""
        return [
            reading
            async for reading in self.host.read_facet(
                instance, "benefits", CUSTOMER, identity, agent="lea", purpose="call", force=force
            )
        ]

    async def last(self, *, instance: str = "benefits", force: bool = False) -> FacetReading:
        """Return the final reading."""
        return (await self.read(instance=instance, force=force))[-1]


@dataclass
class Shelf:
    """Finds the connectors that a test put there."""

    found: Mapping[str, Loaded | Refusal]

    def find(self, settings: InstanceSettings) -> Loaded | Refusal:
        return self.found[settings.id]


Opening = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
def open_desk() -> Opening:
    """Open a host over tools by instance: base URL, or (base URL, loaded connector)."""

    @asynccontextmanager
    async def opening(
        tools: Mapping[str, str], found: Mapping[str, Loaded | Refusal] | None = None
    ) -> AsyncIterator[Desk]:
        env, snapshots, secrets = MovableEnv(), MemorySnapshots(), MemorySecrets()
        loaded = {name: Found(BenefitsConnector()) for name in tools} | dict(found or {})
        settings = [InstanceSettings(name, name, {"base_url": url}) for name, url in tools.items()]
        host = ConnectorHost(env, snapshots, settings, secrets, connectors=Shelf(loaded))
        await host.start()
        await host.opened()
        try:
            yield Desk(host, snapshots, secrets, env)
        finally:
            await host.aclose()

    return opening


@pytest.fixture(autouse=True)
async def nothing_left() -> AsyncIterator[None]:
    """Fail a test that leaves a task behind."""
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)
    left = {
        task.get_name() for task in asyncio.all_tasks() - before - {asyncio.current_task()} if not task.done()
    }
    assert not left


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread of a connector behind."""
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("connector")]
    for thread in threading.enumerate():
        if thread.name.startswith("connector"):
            thread.join(2)
            left.remove(thread.name) if not thread.is_alive() else None
    assert not left
