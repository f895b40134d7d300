"""A desk that writes while its disk is recorded: events, pages of feeds, answers of the hub, drafts."""

from __future__ import annotations

import asyncio
import random
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from avise.env import SystemEnv
from avise.models.fed_events import FedEvent, FedPage
from avise.models.journal import EventKind
from avise.models.roles import Role, Session
from avise.store.connections import STORE_PRAGMAS
from avise.store.desk_memory import DeskMemory
from avise.store.feed import Feed, KeptAck
from avise.store.journal import Journal
from avise.store.store import Store
from tests.chaos.file_layer import Watch, watch

KEY = bytes(range(32))
SESSION = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-lea")
TEAM = "team/GC-RENNES"
NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
SAVED = "saved"


@dataclass
class Orders:
    """What a life is to do."""

    folder: str
    record: str
    seed: int
    writes: int = 40
    synchronous: str = "FULL"
    """"NORMAL" and "OFF" are the defects that must show."""


class Writer:
    """Writes all that a desk writes, and notes what it would call saved.

    Args:
        orders: of this life.
        disk: the record.
    """

    def __init__(self, orders: Orders, disk: Watch) -> None:
        self._disk = disk
        self._orders = orders
        self._chance = random.Random(orders.seed)
        self._env = SystemEnv()

    async def live(self) -> None:
        """Write, close, open again and write on; the file's log is folded in often."""
        writes = self._orders.writes
        for part in (writes // 2, writes - writes // 2):
            store = await Store.open(Path(self._orders.folder) / "store.db", KEY, self._env)
            await store.write(_fold_often)
            await self._write(store, part)
            await store.aclose()

    async def _write(self, store: Store, times: int) -> None:
        journal, feed = Journal(store, self._env), Feed(store, self._env)
        memory = DeskMemory(store, self._env, SESSION.user)
        for _ in range(times):
            draws = self._chance.randint(1, 3)
            await asyncio.gather(*(self._save(journal) for _ in range(draws)))
            match self._chance.randrange(4):
                case 0:
                    await self._pull(feed)
                case 1:
                    written = (await feed.state()).written
                    await feed.acknowledge([KeptAck(written, "acked")], 1)
                case 2:
                    await memory.save_draft(uuid.UUID(int=7), "mot " * self._chance.randrange(900))

    async def _save(self, journal: Journal) -> None:
        body = {"note": "mot " * self._chance.choice((1, 20, 400, 3_000))}
        kept = await journal.append(SESSION, EventKind.CONSULTED, "customer/1", body)
        self._disk.mark(f"{SAVED} {kept.event_id}")

    async def _pull(self, feed: Feed) -> None:
        since = (await feed.state()).cursors.get(TEAM, 0)
        events = tuple(self._fed(since + number) for number in range(1, self._chance.randint(2, 40)))
        through = since + len(events)
        places = tuple((TEAM, event.ver, event.event_id) for event in events)
        await feed.keep(FedPage(events, places, {TEAM: since}, {TEAM: through}, {TEAM: bytes(32)}))
        self._disk.mark(f"reached {through}")

    def _fed(self, position: int) -> FedEvent:
        return FedEvent(
            self._env.uuid7(), "customer/2", position, "poste-marc", position, "consulted", 1, "marc.petit",
            "agent", NOW, 0, b'{"note": "%s"}' % (b"x" * self._chance.randrange(500)), bytes(32), True, "",
            "", NOW,
        )  # fmt: skip


def _fold_often(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA wal_autocheckpoint=25").fetchall()


def live(orders: Orders) -> None:
    """Lead one life and save the record."""
    wanted = f"synchronous={orders.synchronous}"
    pragmas = tuple(wanted if p.startswith("synchronous=") else p for p in STORE_PRAGMAS)
    vars(sys.modules[Store.__module__])["STORE_PRAGMAS"] = pragmas
    disk = watch()
    asyncio.run(Writer(orders, disk).live())
    disk.save(Path(orders.record))
