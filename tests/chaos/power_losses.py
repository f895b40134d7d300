"""Power cuts at any moment of a recorded life: what was called saved is there, and the file is sound."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avise.env import SystemEnv
from avise.models.errors import AviseError
from avise.store.feed import Feed
from avise.store.journal import Journal
from avise.store.store import Store
from tests.chaos.file_layer import Operation, recorded
from tests.chaos.nurseries import Nursery
from tests.chaos.power_cut import Disk, written_to
from tests.chaos.power_life import KEY, SAVED, TEAM, Orders


@dataclass
class Losses:
    """What power cuts did."""

    cuts: int = 0
    saved: int = 0
    """Events that were called saved before a cut, over all cuts."""
    lost: int = 0
    unsound: int = 0
    """Files with a bad page, or that could not be opened as they were."""

    def add(self, other: Losses) -> None:
        """Add what others did."""
        self.cuts += other.cuts
        self.saved += other.saved
        self.lost += other.lost
        self.unsound += other.unsound


async def recorded_life(nursery: Nursery, folder: Path, seed: int, synchronous: str = "FULL") -> Path:
    """Let a desk write; return the record of its disk."""
    record = folder / f"record-{seed}"
    orders = Orders(str(folder / f"life-{seed}"), str(record), seed, synchronous=synchronous)
    assert await nursery.live(orders) == 0
    return record


async def cut_often(record: Path, folder: Path, seed: int, cuts: int) -> Losses:
    """Cut the power so many times during a recorded life, and look at what is left.

    Half of the cuts come right after something was called saved, the others anywhere.
    """
    chance, found = random.Random(seed), Losses()
    operations = recorded(record)
    marks = [at for at, operation in enumerate(operations, 1) if operation.what == "mark"]
    moments = sorted(
        chance.choice(marks) if chance.random() < 0.5 else chance.randint(1, len(operations))
        for _ in range(cuts)
    )
    disk, at = Disk(), 0
    for number, moment in enumerate(moments):
        disk.take(operations[at:moment])
        at = moment
        place = folder / f"left-{seed}-{number}"
        written_to(place, disk.left(chance))
        found.add(await _looked_at(place, disk.said))
    return found


async def _looked_at(folder: Path, said: Sequence[str]) -> Losses:
    """Start on what is left, as the next morning does."""
    told = [line.split() for line in said]
    saved = {uuid.UUID(word) for what, word in told if what == SAVED}
    reached = max((int(word) for what, word in told if what == "reached"), default=0)
    found = Losses(cuts=1, saved=len(saved))
    try:
        store = await Store.open(folder / "store.db", KEY, SystemEnv())
    except AviseError:
        return Losses(cuts=1, saved=len(saved), lost=len(saved), unsound=1)
    try:
        found.unsound = int(bool(store.notices) or await store.check() != 0)
        kept = await Journal(store, SystemEnv()).since(0, 100_000)
        dense = [event.device_seq for event in kept] == list(range(1, len(kept) + 1))
        cursor = (await Feed(store, SystemEnv()).state()).cursors.get(TEAM, 0)
        found.unsound |= int(not dense)
        found.lost = len(saved - {event.event_id for event in kept}) + int(cursor < reached)
    except AviseError:
        found.unsound, found.lost = 1, len(saved)
    finally:
        await store.aclose()
    return found


def counted(operations: Sequence[Operation], what: str) -> int:
    """Return how many operations of a kind a record has."""
    return sum(operation.what == what for operation in operations)
