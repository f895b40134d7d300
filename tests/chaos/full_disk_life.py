"""A desk whose disk fills up, or fails, at one write or sync of its life, and is well again afterwards."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from avise.env import SystemEnv
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.store.errors import StoreError
from avise.store.journal import Journal
from avise.store.store import Store
from tests.chaos.file_layer import Watch, watch
from tests.chaos.power_life import KEY, SESSION

T = TypeVar("T")


@dataclass
class Orders:
    """What a life is to do."""

    folder: str
    at: int
    """The write, or the sync, from which on nothing is taken."""
    seed: int
    syncs: bool = False
    writes: int = 25


class Desk:
    """Writes on, and tells what it was told.

    Args:
        orders: of this life.
        disk: that fills up.
    """

    def __init__(self, orders: Orders, disk: Watch) -> None:
        self._orders, self._disk = orders, disk
        self._chance = random.Random(orders.seed)
        self._is_full = True
        if orders.syncs:
            disk.refuse_sync = lambda: self._is_full and disk.syncs >= orders.at
        else:
            disk.refuse_write = lambda: self._is_full and disk.writes >= orders.at

    def tell(self, *words: object) -> None:
        """Add a line to what a person at the screen has seen."""
        with (Path(self._orders.folder) / "told").open("a", encoding="ascii") as told:
            told.write(" ".join(str(word) for word in words) + "\n")

    async def live(self) -> None:
        """Write, and again what could not be written once there is room."""
        env = SystemEnv()
        path = Path(self._orders.folder) / "profile" / "store.db"
        store = await self._until_done(lambda: Store.open(path, KEY, env))
        await self._until_done(lambda: store.write(_fold_often))
        journal = Journal(store, env)
        for _ in range(self._orders.writes):
            body: dict[str, JSON] = {"note": "mot " * self._chance.choice((1, 400, 3_000))}
            kept = await self._until_done(
                partial(journal.append, SESSION, EventKind.CONSULTED, "customer/1", body)
            )
            self.tell("saved", kept.event_id)
        await store.aclose()

    async def _until_done(self, work: Callable[[], Awaitable[T]]) -> T:
        try:
            return await work()
        except StoreError as error:
            self.tell("refused", error.message_key)
            self._is_full = False
            return await work()


def _fold_often(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA wal_autocheckpoint=10").fetchall()


def live(orders: Orders) -> None:
    """Lead one life."""
    asyncio.run(Desk(orders, watch()).live())
