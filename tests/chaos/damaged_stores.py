"""Stores that are damaged while nobody looks: flipped bits, cut files, an older file, another key.

A damage is detected when Avise says so, at once or at the first reading of what was hit; it is silent
when something is read that nobody wrote.
"""

from __future__ import annotations

import random
import shutil
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from avise.env import SystemEnv
from avise.models.errors import AviseError
from avise.models.fed_events import FedEvent, FedPage
from avise.models.journal import EventKind
from avise.store.errors import CorruptedFileError, WrongKeyError
from avise.store.feed import Feed, KeptAck
from avise.store.journal import Journal, is_intact
from avise.store.salvage import salvage
from avise.store.store import Store
from tests.chaos.power_life import KEY, NOW, SESSION, TEAM

EVENTS, FED = 160, 120
STORE, LOG = "store.db", "store.db-wal"


@dataclass
class Damaged:
    """What damages did."""

    damages: Counter[str] = field(default_factory=Counter)
    detected: Counter[str] = field(default_factory=Counter)
    set_back: Counter[str] = field(default_factory=Counter)
    """Files that are whole and older: only the hub can tell, and does (`drills.set_backs`)."""
    silent: Counter[str] = field(default_factory=Counter)
    events: int = 0
    """Own events in files of which a page was damaged."""
    salvaged: int = 0
    altered: int = 0
    """Salvaged events that nobody wrote so."""


@dataclass
class Original:
    """A store before anything happens to it: at rest, under way, and as it was an hour before."""

    folder: Path
    kept: dict[str, dict[uuid.UUID, bytes]] = field(default_factory=dict)
    """By copy: the seal of each event."""
    fed: int = 0

    async def make(self) -> None:
        """Write the store."""
        env, chance = SystemEnv(), random.Random(3)
        path = self.folder / "life" / STORE
        written: dict[uuid.UUID, bytes] = {}
        for part in range(3):
            store = await Store.open(path, KEY, env)
            journal, feed = Journal(store, env), Feed(store, env)
            for number in range(EVENTS // 3):
                body = {"note": "mot " * chance.choice((1, 5, 20, 2_000 if number % 20 == 0 else 9))}
                kept = await journal.append(SESSION, EventKind.CONSULTED, "customer/1", dict(body))
                written[kept.event_id] = kept.content_sha
            await feed.keep(self._page(env, self.fed, FED // 3))
            await feed.acknowledge([KeptAck(len(written) // 2, "acked")], 1)
            if part == 0:
                await store.aclose()
                self._keep("old", written)
            elif part == 1:
                self._keep("under way", written)
                await store.aclose()
            else:
                await store.aclose()
                self._keep("at rest", written)

    def _keep(self, name: str, written: Mapping[uuid.UUID, bytes]) -> None:
        shutil.copytree(self.folder / "life", self.folder / name)
        self.kept[name] = dict(written)

    def _page(self, env: SystemEnv, since: int, count: int) -> FedPage:
        events = tuple(
            FedEvent(
                env.uuid7(), "customer/2", since + number, "poste-marc", since + number, "consulted", 1,
                "marc.petit", "agent", NOW, 0, b'{"note": "mot"}', bytes(32), True, "", "", NOW,
            )
            for number in range(1, count + 1)
        )  # fmt: skip
        self.fed = since + count
        places = tuple((TEAM, event.ver, event.event_id) for event in events)
        return FedPage(events, places, {TEAM: since}, {TEAM: self.fed}, {TEAM: bytes(32)})


def flip(path: Path, chance: random.Random) -> None:
    """Flip one bit anywhere in a file."""
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    content[at] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut(path: Path, chance: random.Random) -> None:
    """Cut a file anywhere."""
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(1, len(content))])


KINDS = ("flip",) * 12 + ("log flip", "log cut", "cut", "old", "key", "log flip", "log cut", "cut")


async def damage_often(original: Original, seed: int, times: int) -> Damaged:
    """Damage copies of a store so many times, and look at each."""
    chance, found = random.Random(seed), Damaged()
    for number in range(times):
        kind = KINDS[number % len(KINDS)]
        place = original.folder / f"damaged-{seed}-{number}"
        source = "under way" if kind.startswith("log") else "at rest"
        shutil.copytree(original.folder / source, place)
        key = KEY
        match kind:
            case "flip":
                flip(place / STORE, chance)
            case "cut":
                cut(place / STORE, chance)
            case "log flip":
                flip(place / LOG, chance)
            case "log cut":
                cut(place / LOG, chance)
            case "old":
                shutil.copy(original.folder / "old" / STORE, place / STORE)
            case "key":
                key = bytes(chance.randrange(256) for _ in range(32))
        found.damages[kind] += 1
        await _look(place, key, kind, original.kept[source], found)
        shutil.rmtree(place)
    return found


async def _look(
    place: Path, key: bytes, kind: str, written: Mapping[uuid.UUID, bytes], found: Damaged
) -> None:
    """Start on a damaged file, as the next morning does, and read all of it."""
    said, wrong, short = await _read(place, key, written)
    if wrong:
        found.silent[kind] += 1
    elif said:
        found.detected[kind] += 1
        if kind == "flip":
            _salvage(place, written, found)
    elif short:
        found.set_back[kind] += 1
    else:
        # What was hit is not a part of the store any more: all of it is there.
        found.detected[kind] += kind.startswith("log")
        found.silent[kind] += not kind.startswith("log")


async def _read(place: Path, key: bytes, written: Mapping[uuid.UUID, bytes]) -> tuple[bool, bool, bool]:
    """Return whether the damage is told, whether something is wrong, and whether something lacks."""
    try:
        store = await Store.open(place / STORE, key, SystemEnv())
    except (WrongKeyError, CorruptedFileError):
        return True, False, False
    said = bool(store.notices)
    try:
        kept = await Journal(store, SystemEnv()).since(0, 100_000)
        cursor = (await Feed(store, SystemEnv()).state()).cursors.get(TEAM, 0)
        fed = await Feed(store, SystemEnv()).events(("customer/",))
        wrong = any(written.get(event.event_id) != event.content_sha for event in kept)
        wrong = wrong or not all(is_intact(event) for event in kept) or (not said and cursor != len(fed))
        short = len(kept) < len(written)
        said = said or await store.check() > 0
    except AviseError:
        return True, False, False
    finally:
        await store.aclose()
    return said, wrong, short


def _salvage(place: Path, written: Mapping[uuid.UUID, bytes], found: Damaged) -> None:
    """See how many of our own events come back, once somebody was told."""
    store_path = next((path for path in place.glob("store.corrupted-*.db")), place / STORE)
    rows = salvage(store_path, KEY).rows.get("event", [])
    found.events += len(written)
    found.salvaged += len(rows)
    found.altered += sum(written.get(uuid.UUID(bytes=row["event_id"])) != row["content_sha"] for row in rows)
