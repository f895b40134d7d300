"""A host over one or several test tools, with copies and secrets in memory."""

from __future__ import annotations

import asyncio
import multiprocessing
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from avise.connectors import pipeline
from avise.connectors.flight import Ask
from avise.connectors.host import ConnectorHost
from avise.connectors.instance import Loaded
from avise.connectors.pipeline import Clock
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

PATIENCE_S = 60
"""A busy machine takes its time."""
WAITED_FOR_S = 1.0
"""A shorter deadline is one that its test waits for."""


@dataclass
class MemorySnapshots:
    """Keeps copies in a dictionary."""

    kept: dict[SnapshotKey, Snapshot] = field(default_factory=dict)
    errors: list[Failure] = field(default_factory=list)
    errors_at: dict[SnapshotKey, datetime] = field(default_factory=dict)

    async def get(self, key: SnapshotKey) -> Snapshot | None:
        return self.kept.get(key)

    async def put(self, key: SnapshotKey, snapshot: Snapshot) -> None:
        self.kept[key] = snapshot

    async def note_error(self, key: SnapshotKey, failure: Failure, at: datetime) -> None:
        self.errors.append(failure)
        self.errors_at[key] = at


@dataclass
class MemorySecrets:
    """Gives secrets from a dictionary."""

    values: dict[str, str] = field(default_factory=lambda: {"token": "t0"})
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def get(self, instance: str, name: str) -> str | None:
        self.asked.append((instance, name))
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


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give readings time: few tests hold when a reading is given up."""
    told = pipeline.clock_of

    def clock_of(ask: Ask) -> Clock:
        clock = told(ask)
        return clock if clock.deadline_s < WAITED_FOR_S else replace(clock, deadline_s=PATIENCE_S)

    monkeypatch.setattr(pipeline, "clock_of", clock_of)


@pytest.fixture
def open_desk() -> Opening:
    """Open a host over tools by instance: base URL, or (base URL, loaded connector)."""

    @asynccontextmanager
    async def opening(
        tools: Mapping[str, str], found: Mapping[str, Loaded | Refusal] | None = None, *, badge: str = "t0"
    ) -> AsyncIterator[Desk]:
        env, snapshots, secrets = MovableEnv(), MemorySnapshots(), MemorySecrets({"token": badge})
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
            thread.join(PATIENCE_S)
            left.remove(thread.name) if not thread.is_alive() else None
    assert not left


@pytest.fixture(autouse=True)
def no_process_left() -> Iterator[None]:
    """Fail a test that leaves the worker process behind."""
    yield
    left = multiprocessing.active_children()
    for process in left:
        process.kill()
    assert not left


@pytest.fixture
async def untrusted_tls(tmp_path: Path) -> AsyncIterator[str]:
    """Serve HTTPS with a certificate that nobody signed; gives its base URL."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0, ssl=context)
    yield f"https://localhost:{server.sockets[0].getsockname()[1]}"
    server.close()
