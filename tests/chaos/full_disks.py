"""Disks that fill up at any write: it is said, nothing that was called saved is lost, and work goes on."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from pathlib import Path

from avise.env import SystemEnv
from avise.store.journal import Journal
from avise.store.store import Store
from tests.chaos.full_disk_life import Orders
from tests.chaos.nurseries import Nursery
from tests.chaos.power_life import KEY

SAID = frozenset({"store.full", "store.unwritable"})
FAR = 500
"""Writes, or half as many syncs, of the longest life."""


@dataclass
class Filled:
    """What full disks did."""

    disks: int = 0
    refused: int = 0
    """Lives in which somebody was told."""
    saved: int = 0
    lost: int = 0
    faults: int = 0


async def fill_often(nursery: Nursery, folder: Path, seed: int, disks: int) -> Filled:
    """Fill so many disks, each at another write, or have each fail at another sync."""
    chance, found = random.Random(seed), Filled()
    for number in range(disks):
        place = folder / f"full-{seed}-{number}"
        place.mkdir()
        syncs = number % 4 == 3
        orders = Orders(str(place), chance.randint(1, FAR // 3 if syncs else FAR), seed + number, syncs)
        found.disks += 1
        found.faults += int(await nursery.live(orders) != 0)
        await _look(place, found)
    return found


async def _look(place: Path, found: Filled) -> None:
    told = [line.split() for line in (place / "told").read_text("ascii").splitlines()]
    saved = {uuid.UUID(word) for what, word in told if what == "saved"}
    said = [word for what, word in told if what == "refused"]
    store = await Store.open(place / "profile" / "store.db", KEY, SystemEnv())
    kept = [event.event_id for event in await Journal(store, SystemEnv()).since(0, 100_000)]
    sound = not store.notices and await store.check() == 0 and len(kept) == len(set(kept))
    await store.aclose()
    found.refused += bool(said)
    found.saved += len(saved)
    found.lost += len(saved - set(kept))
    # Called saved or refused: nothing was kept of which nobody was told.
    found.faults += int(not sound or not set(said) <= SAID or set(kept) != saved)
