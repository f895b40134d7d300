"""A hub in a file and the workstations around it: processes that live, die, are copied and come back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from avise.env import SystemEnv
from avise.hub.backing_up import back_up_file, begin_epoch, epoch_of, publish
from avise.hub.local import SqliteTransactions
from avise.hub.port import Actor
from avise.store.errors import CorruptedFileError
from avise.store.store import Store
from tests.chaos.nurseries import KILLED, Nursery
from tests.chaos.promises import Account, BrokenPromiseError, account_of, read_hub, read_station
from tests.chaos.station import PATIENCE, Orders
from tests.hub_house import KEY, LEAD, MANAGER, SECOND, hire, opener

T = TypeVar("T")

SETTINGS = """
synthetic = true
site_namespace = "5b1f5bb6-0b6b-5d2e-9f3c-0d4b1b7a8f11"
identity_master = "parties"

[user]
login = "{login}"
name = "{login}"
role = "{role}"

[key]
source = "demo"

[hub]
{hub}
"""


def profile_at(folder: Path, actor: Actor, hub: str) -> Path:
    """Write a profile; return its folder."""
    folder.mkdir(parents=True)
    settings = SETTINGS.format(login=actor.login, role=actor.role.value, hub=hub)
    (folder / "settings.toml").write_text(settings, "utf-8")
    return folder


@dataclass
class Yard:
    """One folder with a hub in a file, and the workstations that were ever there.

    Args:
        folder: empty.
        nursery: where stations are born.
        mutant: a defect of every life, of `station_mutants`.
        seed: of what is written.
        patience: seconds that a life has to be in step.
    """

    folder: Path
    nursery: Nursery
    mutant: str = ""
    seed: int = 0
    patience: float = PATIENCE
    stations: dict[str, Path] = field(default_factory=dict)
    kills: int = 0
    lives: int = 0
    restores: int = 0
    archives: list[Path] = field(default_factory=list)
    """Workstations as they were before something happened to their files: what they had written."""

    async def open(self) -> None:
        """Make the hub and its staff, and a workstation for each of three people."""
        (self.folder / "hub").mkdir(parents=True)
        (self.folder / "hub" / "hub-demo.key").write_text(KEY.hex(), "ascii")
        await self.on_hub(hire)
        for actor in (LEAD, MANAGER, SECOND):
            self.add(actor.login, actor)

    def add(self, name: str, actor: Actor) -> None:
        """Set up a workstation."""
        self.stations[name] = profile_at(self.folder / name, actor, self.way())

    def way(self) -> str:
        """Return what a profile says of the way to the hub."""
        return f'mode = "embedded"\nfile = "{self.folder / "hub" / "hub.db"}"'

    async def on_hub(self, work: Callable[[Connection], T], *, reading: bool = False) -> T:
        """Run work on the hub's tables."""
        transactions = SqliteTransactions(opener(self.folder / "hub" / "hub.db"), SystemEnv())
        await transactions.open()
        try:
            return await (transactions.read(work) if reading else transactions.write(work))
        finally:
            await transactions.aclose()

    # ---- lives -----------------------------------------------------------------------------------
    async def live(self, name: str, *, kill_after: float | None = None, **orders: Any) -> int:  # noqa: ANN401 - fields of Orders
        """Let a workstation live; return how it ended.

        Raises:
            BrokenPromiseError: it ended by an error, or what it wrote never leaves (I10).
        """
        self.lives += 1
        self.seed += 1
        wanted = Orders(
            str(self.stations[name]),
            self.seed,
            patience=self.patience,
            mutant=self.mutant,
            **orders,
        )
        status = await self.nursery.live(wanted, kill_after=kill_after)
        self.kills += status == KILLED
        if status not in (0, KILLED):
            raise BrokenPromiseError(f"I10 everything leaves and comes: {name} {status}")
        return status

    async def die(self, name: str, step: str, **orders: Any) -> None:  # noqa: ANN401 - fields of Orders
        """Let a workstation live until it dies at a step.

        Raises:
            BrokenPromiseError: it never came there.
        """
        if await self.live(name, die_at=step, settle=True, **orders) != KILLED:
            raise BrokenPromiseError(f"nobody comes to {step}")
        await self.look()

    async def settle(self) -> None:
        """Let all of them live until everything is sent and fetched."""
        for _ in range(2):
            await asyncio.gather(*(self.live(name, writes=0, settle=True) for name in self.stations))

    # ---- what happens to them --------------------------------------------------------------------
    def copy(self, name: str, copied: str) -> None:
        """Copy a workstation's whole folder, as an image of a machine does; its ledger stays with people."""
        shutil.copytree(self.stations[name], self.folder / copied)
        (self.folder / copied / "ledger").unlink(missing_ok=True)
        self.stations[copied] = self.folder / copied

    def archive(self, name: str) -> Path:
        """Keep what a workstation has written, whatever becomes of its file; return its folder."""
        kept = self.folder / f"archive-{len(self.archives)}"
        shutil.copytree(self.stations[name], kept)
        self.archives.append(kept)
        return self.stations[name]

    async def try_to_live(self, name: str, **orders: Any) -> None:  # noqa: ANN401 - fields of Orders
        """Let a workstation live that may be unable to."""
        self.seed += 1
        await self.nursery.live(Orders(str(self.stations[name]), self.seed, **orders))

    async def check_up(self, name: str) -> None:
        """Look at every page of a workstation's file, as `avise doctor` does; the next start mends it."""
        try:
            store = await Store.open(self.stations[name] / "store.db", KEY, SystemEnv())
        except CorruptedFileError:
            return
        try:
            if await store.check():
                store._ask_for_check()
        finally:
            await store.aclose()

    async def back_up(self) -> None:
        """Copy the hub's file while nobody looks."""
        target = self.folder / "backup.db"
        target.unlink(missing_ok=True)
        positions = await self.on_hub(partial(_copied, target), reading=True)
        await self.on_hub(partial(publish, positions=positions))

    async def restore(self) -> None:
        """Put the backup in the hub's place, as an administrator does after a disaster."""
        replaced = await self.on_hub(epoch_of, reading=True)
        for suffix in ("", "-wal", "-shm"):
            (self.folder / "hub" / f"hub.db{suffix}").unlink(missing_ok=True)
        shutil.copy(self.folder / "backup.db", self.folder / "hub" / "hub.db")
        await self.on_hub(partial(begin_epoch, replaced=replaced))
        self.restores += 1

    async def calm(self) -> Account:
        """Let everything be sent and fetched, then hold it against what was promised."""
        await self.settle()
        return await self.look(calm=True)

    # ---- what must hold --------------------------------------------------------------------------
    async def look(self, *, calm: bool = False) -> Account:
        """Hold what was promised against what there is.

        Raises:
            BrokenPromiseError: which invariant does not hold.
        """
        hub = await self.on_hub(read_hub, reading=True)
        there = [folder for folder in self.stations.values() if (folder / "store.db").exists()]
        archives = [await read_station(folder) for folder in self.archives]
        stations = [await read_station(folder) for folder in there]
        found = account_of(hub, stations, calm=calm, archives=archives)
        found.require()
        return found


def _copied(path: Path, source: Connection) -> dict[str, int]:
    target = opener(path)(False)
    try:
        return dict(back_up_file(source, target))
    finally:
        target.close()
        target.engine.dispose()
