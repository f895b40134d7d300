"""What keeping in step with the hub costs a workstation, whatever it stores; a catch-up; an engine at rest.

A synchronisation sends five events and fetches five, over a hub that answers at once: what is measured is
the workstation's own work. The same is done with few and with many events on board, in turns, so that both
meet the same machine (`hub.md` 7).
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from avise.engine.hub_sync import HubSync
from avise.env import SystemEnv
from avise.hub.acting import ActingHub
from avise.hub.chain import link_after
from avise.hub.core import HubCore
from avise.hub.moments import microseconds
from avise.hub.port import (
    MAX_PUSH,
    PAGE,
    Ack,
    Actor,
    Colleague,
    Head,
    HubPort,
    Outcome,
    Page,
    Perimeter,
    Presence,
    Pulled,
    PulledEvent,
    PushedEvent,
    View,
)
from avise.hub.remote import RemoteHub
from avise.models.fed_events import FedEvent
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from avise.models.roles import Role, Session
from avise.services.request_values import HubStatus
from avise.services.sync import Judgement, Rest, SyncCore
from avise.store.attachments import Attachments
from avise.store.feed import Feed
from avise.store.journal import Journal
from avise.store.store import Store
from benchmarks.harness.children import ROOT, child
from benchmarks.hub_http import QUEUE as SERVED_QUEUE
from benchmarks.hub_http import Office, served_office
from benchmarks.measure import Measure, measure, percentile
from tests.hub_house import SOINS, Desk, request_body
from tests.postgres_server import has_postgres
from tests.unit.engine.request_station import KARIM, LEA, WORKERS, Line, Machine, Worker, station

FEW = 1_000
MANY, QUICK_MANY = 1_000_000, 100_000
ROUNDS, QUICK_ROUNDS = 60, 25
CHANGED = 5
BAR_TIMES = 1.3
BEHIND = 3_000
BAR_CATCH_UP_S = 5.0
REST_S, QUICK_REST_S = 20.0, 8.0
BAR_SHARE_PERCENT = 1.0
LIMIT_S = 120.0
DOSSIERS = 60

KEY = bytes(range(32))
HUB = uuid.UUID(int=1)
QUEUE = "queue/ACCUEIL"
LEA_AT_HUB = Actor(LEA.login, LEA.role, "poste-lea")
NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)


def run(*, quick: bool) -> list[Measure]:
    """Measure all three."""
    many, rounds = (QUICK_MANY, QUICK_ROUNDS) if quick else (MANY, ROUNDS)
    found = asyncio.run(_by_size(many, rounds))
    found += asyncio.run(_catch_up(BEHIND))
    if has_postgres():
        found += asyncio.run(_catch_up_by_http(BEHIND))
    return found + _at_rest(QUICK_REST_S if quick else REST_S)


# ---- what is stored and what changes -----------------------------------------------------------------
class InstantHub:
    """A hub that answers at once, and to which colleagues write.

    Args:
        position: of the feed that the station has already.
        received: last number that it took from the station.
    """

    def __init__(self, position: int, received: int) -> None:
        self._position, self._received = position, received
        self._waiting: list[PulledEvent] = []
        self._chain = bytes(32)

    def write(self) -> None:
        """Let colleagues write."""
        for _ in range(CHANGED):
            self._position += 1
            made = PulledEvent(
                QUEUE, self._position, str(uuid.UUID(int=self._position)), "poste-2", self._position,
                request_stream(uuid.UUID(int=self._position % 50)), "request_noted", 1, "ines.moreau",
                "case_manager", microseconds(NOW), 0, b'{"words":"Vu."}', b"", bytes(32), 1, "",
                self._position, "", microseconds(NOW), b"",
            )  # fmt: skip
            self._chain = link_after(self._chain, made)
            self._waiting.append(made._replace(chain=self._chain))

    async def head(self, presence: Sequence[Presence] = ()) -> Head:
        """Return where it is."""
        del presence
        readable = (Perimeter(QUEUE, "queue", can_write=True),)
        now = SystemEnv().now()
        return Head(HUB, 1, "0.0.1", now, readable, {QUEUE: self._position}, self._received)

    async def push(self, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        """Take everything."""
        self._received = events[-1].device_seq
        return tuple(Ack(event.device_seq, Outcome.ACCEPTED, ver=event.device_seq) for event in events)

    async def pull(self, cursors: Mapping[str, int], limit: int = PAGE) -> Pulled:
        """Give what colleagues wrote."""
        del cursors, limit
        events, self._waiting = tuple(self._waiting), []
        return Pulled(events, {QUEUE: self._position})

    async def query(self, view: View, filters: Mapping[str, JSON], cursor: str = "", limit: int = 50) -> Page:
        """Give the list of colleagues: nobody."""
        del view, filters, cursor, limit
        return Page(())

    async def aclose(self) -> None:
        """Nothing is open."""


class Nobody:
    """Shows nothing of what comes."""

    def on_status(self, status: HubStatus) -> None:
        """Take it."""

    async def on_head(self, head: Head) -> None:
        """Take it."""

    async def on_colleagues(self, colleagues: tuple[Colleague, ...]) -> None:
        """Take it."""

    async def on_fed(self, events: Sequence[FedEvent]) -> None:
        """Take it."""

    async def on_judged(self, told: Sequence[tuple[EventEnvelope, Judgement]]) -> None:
        """Take it."""

    async def on_begun(self) -> None:
        """Take it."""

    async def on_forgotten(self) -> None:
        """Take it."""


class Workstation:
    """A store with so many events on board, and its sync."""

    def __init__(
        self, store: Store, hub: InstantHub, core: SyncCore, sync: HubSync, journal: Journal
    ) -> None:
        self.store, self._hub, self._core, self._sync, self._journal = store, hub, core, sync, journal

    @classmethod
    async def open(cls, folder: Path, events: int) -> Workstation:
        """Make a store with so many own and as many fed events."""
        env, session = SystemEnv(), Session(KARIM.login, KARIM.name, KARIM.role, "poste-1")
        store = await Store.open(folder / f"store-{events}.db", KEY, env)
        await store.write(lambda connection: _fill(connection, store.device_id, events))
        feed, journal = Feed(store, env), Journal(store, env)
        hub = InstantHub(events, events)
        kept = await feed.state()
        core = SyncCore(
            HUB, 1, 0, kept.written, kept.sent, dict(kept.cursors), dict(kept.chains), 0, "9.9.9",
        )  # fmt: skip

        async def connect(_device: str) -> HubPort:
            return cast("HubPort", hub)  # of the port, what a sync calls

        sync = HubSync(
            session,
            connect,
            feed,
            journal,
            Attachments(store, KEY, env),
            Nobody(),
            env,
        )
        return cls(store, hub, core, sync, journal)

    async def synchronised(self) -> float:
        """Write on both sides, then bring both in step; return the seconds of the latter."""
        session = self._sync._session  # noqa: SLF001 - the benchmark takes the place of its task
        for _ in range(CHANGED):
            await self._journal.append(
                session, EventKind.REQUEST_NOTED, request_stream(HUB), {"words": "Vu."}
            )
        self._hub.write()
        begins = time.perf_counter()
        self._core.woken()
        while not isinstance(action := self._core.next(0.5), Rest):
            await self._sync._carry_out(self._core, action)  # noqa: SLF001 - as its task does
        seconds = time.perf_counter() - begins
        if not self._core.up_to_date:
            raise RuntimeError("the benchmark's station is not in step")
        return seconds


_SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
_BODY = 'CAST(\'{"words":"Bonjour, le décompte est en cours d’examen."}\' AS BLOB)'
_FILLED = (
    "INSERT INTO event (device_seq, event_id, device_id, stream, kind, schema_v, author, role, occurred_at,"
    " clock_offset_ms, body, salt, content_sha, state) SELECT i, CAST(printf('%016d', i) AS BLOB),"
    " '{device}', 'request/' || (i % 5000), 'request_noted', 1, 'karim.benali', 'case_manager', i, 0,"
    " {body}, zeroblob(16), zeroblob(32), 'acked' FROM n",
    "INSERT INTO event_ack (device_seq, epoch, refusal) SELECT i, 1, '' FROM n",
    "INSERT INTO hub_event (event_id, stream, ver, device, device_seq, kind, schema_v, author, role,"
    " occurred_at, clock_offset_ms, body, content_sha, effective, refusal, number, received_at)"
    " SELECT CAST(printf('f%015d', i) AS BLOB), 'request/' || (i % 5000), i, 'poste-2', i, 'request_noted',"
    " 1, 'ines.moreau', 'case_manager', i, 0, {body}, zeroblob(32), 1, '', '', i FROM n",
    "INSERT INTO feed (perimeter, pos, event_id) SELECT 'queue/ACCUEIL', i,"
    " CAST(printf('f%015d', i) AS BLOB) FROM n",
)


def _fill(connection: Connection, device: str, rows: int) -> None:
    for statement in _FILLED:
        split = statement.index(" SELECT ")
        into, values = statement[:split], statement[split:]
        told = values.replace("{device}", device).replace("{body}", _BODY)
        connection.exec_driver_sql(f"{into} {_SERIES.format(rows=rows)}{told}")
    connection.exec_driver_sql(
        "INSERT INTO feed_cursor (perimeter, pos, chain) VALUES (?, ?, ?)", (QUEUE, rows, bytes(32))
    )


async def _by_size(many: int, rounds: int) -> list[Measure]:
    with tempfile.TemporaryDirectory(prefix="avise-bench-") as folder:
        small = await Workstation.open(Path(folder), FEW)
        big = await Workstation.open(Path(folder), many)
        few, lots = [], []
        for number in range(rounds):
            pair = (await small.synchronised(), await big.synchronised())
            if number:  # the first pair fills caches
                few.append(pair[0])
                lots.append(pair[1])
        for one in (small, big):
            await one.store.aclose()
    ratios = [long / short for short, long in zip(few, lots, strict=True)]
    return [
        measure(f"sync.of_{CHANGED}_on_{FEW}_p50", percentile(few, 0.5) * 1e3, "ms"),
        measure(f"sync.of_{CHANGED}_on_{many}_p50", percentile(lots, 0.5) * 1e3, "ms"),
        measure(f"sync.of_{many}_times_{FEW}", percentile(ratios, 0.5), "×", BAR_TIMES),
    ]


# ---- catching up -------------------------------------------------------------------------------------
async def _catch_up(events: int) -> list[Measure]:
    """Have a desk come back to so many events, from its start until the last request is on screen."""
    with tempfile.TemporaryDirectory(prefix="avise-bench-") as folder:
        async with AsyncExitStack() as stack:
            machine = Machine(Path(folder), stack)
            await machine.hire(*WORKERS)
            hub = await machine.hub(LEA.login, LEA.role, LEA_AT_HUB.device)
            last = await _written(hub, Asking(LEA_AT_HUB, "ACCUEIL", "team/PLATEAU"), events)
            await hub.aclose()
            seconds = await _caught_up(machine, KARIM, QUEUE, last, events)
    return [measure(f"sync.catch_up_of_{events}", seconds, "s", BAR_CATCH_UP_S)]


async def _catch_up_by_http(events: int) -> list[Measure]:
    """The same through a real `avise hub serve` on PostgreSQL."""
    manager, asking = Actor("agent0", Role.CASE_MANAGER, "poste-0"), Actor("agent20", Role.AGENT, "poste-20")
    with tempfile.TemporaryDirectory(prefix="avise-bench-") as folder:
        async with AsyncExitStack() as stack, served_office([manager, asking]) as served:
            machine = FarMachine(Path(folder), stack, office=served)
            await served.desk(asking)
            hub = ActingHub(HubCore(served.env), served.direct, asking, served.env)
            last = await _written(hub, Asking(asking, SOINS, "team/T2"), events)
            worker = Worker(manager.login, "Agent 0", manager.role, (SERVED_QUEUE,))
            seconds = await _caught_up(machine, worker, SERVED_QUEUE, last, events)
    return [measure(f"sync.catch_up_by_http_of_{events}", seconds, "s", BAR_CATCH_UP_S)]


@dataclass
class FarMachine(Machine):
    """A machine whose hub is behind HTTP."""

    office: Office | None = None

    async def hub(self, login: str, role: Role, device: str) -> RemoteHub:  # type: ignore[override]  # of the port, as the other
        """Open the hub as somebody."""
        if self.office is None:
            raise RuntimeError("the benchmark has no hub")
        desk = await self.office.desk(Actor(login, role, device))
        return cast("RemoteHub", desk.hub)


async def _caught_up(machine: Machine, worker: Worker, queue: str, last: uuid.UUID, events: int) -> float:
    begins = time.perf_counter()
    async with station(machine, worker, "desk", Line()) as desk:
        await desk.known(last, lambda request: bool(request.number))
        while (await desk.room.feed.state()).cursors.get(queue, 0) < events:
            await desk.room.changes.wait(desk.room.changes.count, machine.env, 0.005)
        return time.perf_counter() - begins


@dataclass(frozen=True, slots=True)
class Asking:
    """Who writes requests, to which corbeille, for which team."""

    actor: Actor
    queue: str
    team: str


async def _written(hub: HubPort, asking: Asking, events: int) -> uuid.UUID:
    """Write requests to the corbeille; return the last."""
    env = SystemEnv()
    last = env.uuid7()
    author = Desk(hub, asking.actor, env)
    for start in range(0, events, MAX_PUSH):
        batch = []
        for _ in range(min(MAX_PUSH, events - start)):
            last = env.uuid7()
            body = request_body(asking.queue, asking.team, dossier=str(last))
            batch.append(author.written(request_stream(last), EventKind.REQUEST_CREATED, body))
        acks = await hub.push(batch)
        if not all(ack.effective for ack in acks):
            raise RuntimeError("the hub of the benchmark refused a request")
    return last


# ---- at rest -------------------------------------------------------------------------------------------
def _at_rest(seconds: float) -> list[Measure]:
    with (
        tempfile.TemporaryDirectory(prefix="avise-bench-") as folder,
        child("benchmarks.harness.demo_tools", folder, str(DOSSIERS)) as tools,
    ):
        profile = str(tools.told_path("profile"))
        done = subprocess.run(  # noqa: S603 - a module of ours
            [sys.executable, "-m", "benchmarks.harness.resting", profile, str(seconds)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=LIMIT_S, check=True,
        )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return [
        measure("sync.offline_at_rest", told["share"] * 100, "% of a processor", BAR_SHARE_PERCENT),
        measure("sync.offline_wakes", told["wakes"], "/s"),
    ]
