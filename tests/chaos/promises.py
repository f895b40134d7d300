"""What was promised, held against the hub and every workstation once all is calm (`hub.md` 7, I1 to I10)."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from avise.env import SystemEnv
from avise.hub.auditing import audit
from avise.hub.backing_up import epoch_of
from avise.hub.dialect import Statement, rows
from avise.models.journal import EventKind
from avise.models.requests import request_of_stream
from avise.store.feed import KeptSync, _state
from avise.store.store import Store
from avise.store.tables import event, event_ack, feed, hub_event
from tests.chaos.hub_simulation import SimulationError, held_after
from tests.hub_house import KEY

_EVENTS = Statement(
    "SELECT event_id, device, device_seq, stream, kind, author, effective, ver, content_sha FROM event"
    " ORDER BY stream, ver"
)
_ASIDE = Statement("SELECT event_id, device, content_sha, reason FROM quarantine WHERE settled <> 'adopted'")
_FEED = Statement("SELECT perimeter, pos, event_id FROM feed")
VOID = "void"

Rows: TypeAlias = Sequence[Row[Any]]


class BrokenPromiseError(AssertionError):
    """Something that was promised does not hold."""


@dataclass
class HubTruth:
    """What a hub holds."""

    epoch: int
    events: Rows
    aside: Rows
    feeds: Mapping[str, Mapping[int, uuid.UUID]]
    faults: Sequence[str]

    @property
    def identities(self) -> Counter[uuid.UUID]:
        """Return every event that it has, or keeps aside."""
        return Counter(uuid.UUID(row.event_id) for row in (*self.events, *self.aside))


def read_hub(connection: Connection) -> HubTruth:
    """Return what a hub holds, as its owner reads it."""
    feeds: dict[str, dict[int, uuid.UUID]] = defaultdict(dict)
    for row in rows(connection, _FEED):
        feeds[row.perimeter][row.pos] = uuid.UUID(row.event_id)
    faults = [f"{found.what} {found.where} {found.detail}" for found in audit(connection)]
    return HubTruth(epoch_of(connection), rows(connection, _EVENTS), rows(connection, _ASIDE), feeds, faults)


@dataclass
class StationTruth:
    """What a workstation holds, and what its screen said."""

    name: str
    saved: set[uuid.UUID]
    poison: set[uuid.UUID]
    written: Rows
    acknowledged: set[int]
    """Positions of the journal that the hub answered for, in this epoch."""
    sync: KeptSync
    feeds: Mapping[str, Mapping[int, uuid.UUID]]
    contents: Mapping[uuid.UUID, bytes]
    faults: int
    notices: Sequence[str] = ()


def told_by(folder: Path) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Return what a screen called saved, and the poison that was put beside it."""
    saved: set[uuid.UUID] = set()
    poison: set[uuid.UUID] = set()
    ledger = folder / "ledger"
    # A line that a kill cut was seen by nobody.
    for line in ledger.read_text("ascii").split("\n")[:-1] if ledger.exists() else ():
        what, *words = line.split()
        if what in ("saved", "poison"):
            (saved if what == "saved" else poison).add(uuid.UUID(words[0]))
    return saved, poison


async def read_station(folder: Path) -> StationTruth:
    """Return what a workstation holds, as its next start finds it."""
    saved, poison = told_by(folder)
    store = await Store.open(folder / "store.db", KEY, SystemEnv())
    try:
        written, acks, places, contents, sync = await store.read(_held)
        feeds: dict[str, dict[int, uuid.UUID]] = defaultdict(dict)
        for row in places:
            feeds[row.perimeter][row.pos] = uuid.UUID(bytes=row.event_id)
        return StationTruth(
            folder.name, saved, poison, written,
            {row.device_seq for row in acks if row.epoch == sync.epoch}, sync, feeds,
            {uuid.UUID(bytes=row.event_id): row.content_sha for row in contents}, await store.check(),
            [notice.message_key for notice in store.notices],
        )  # fmt: skip
    finally:
        await store.aclose()


def _held(connection: Connection) -> tuple[Rows, Rows, Rows, Rows, KeptSync]:
    written: Any = connection.execute(
        select(event.c.device_seq, event.c.event_id, event.c.state, event.c.content_sha).order_by(
            event.c.device_seq
        )
    ).all()
    acks = connection.execute(select(event_ack)).all()
    places = connection.execute(select(feed)).all()
    contents: Any = connection.execute(select(hub_event.c.event_id, hub_event.c.content_sha)).all()
    return written, acks, places, contents, _state(connection)


@dataclass
class Account:
    """What was found; nothing wrong, or which invariant does not hold."""

    saved: int = 0
    lost: int = 0
    doubled: int = 0
    aside: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)

    def hold(self, invariant: str, true: bool) -> None:
        """Note an invariant that does not hold."""
        if not true:
            self.broken.append(invariant)

    def require(self) -> None:
        """Refuse an account in which something is broken.

        Raises:
            BrokenPromiseError: it names what does not hold.
        """
        if self.broken:
            raise BrokenPromiseError(f"{'; '.join(self.broken)} (lost {self.lost}, doubled {self.doubled})")


def account_of(
    hub: HubTruth, stations: Sequence[StationTruth], *, calm: bool = True,
    archives: Sequence[StationTruth] = (),
) -> Account:  # fmt: skip
    """Hold everything that was promised against what there is.

    Args:
        hub: as it is now.
        stations: all that ever wrote to it.
        calm: whether everything has been sent and fetched.
        archives: of workstations before their files were damaged.
    """
    found = Account()
    promised = set().union(*(station.saved for station in stations))
    poison = set().union(*(station.poison for station in stations))
    there = hub.identities
    found.saved, found.aside = len(promised), len(hub.aside)
    if calm:
        found.lost = len(promised - there.keys())
        found.hold("I1 what was called saved is at the hub", not found.lost)
        _written_once(found, hub, (*stations, *archives), poison)
        for station in stations:
            _in_step(found, hub, station)
    found.hold(f"I3 I4 I5 I9 the hub is what its events say: {list(hub.faults)[:3]}", not hub.faults)
    found.hold("I8 nobody takes what somebody holds", _one_holder(hub))
    for station in stations:
        found.hold(f"I7 the file of {station.name} is sound", not station.faults and not station.notices)
        if station.sync.epoch == hub.epoch:
            _answered(found, there, station)
    return found


def _written_once(
    found: Account, hub: HubTruth, stations: Sequence[StationTruth], poison: set[uuid.UUID]
) -> None:
    """Compare contents: each is sealed with chance of its own, so that two are never alike (I2)."""
    seals = Counter(row.content_sha for row in hub.events if row.kind != VOID)
    seals.update(row.content_sha for row in hub.aside)
    found.doubled = sum(times - 1 for times in seals.values())
    found.hold("I2 nothing is there twice", not found.doubled)
    own = {row.content_sha for station in stations for row in station.written}
    found.hold("I2 nothing is there that nobody wrote", seals.keys() <= own)
    found.refused = len(poison)
    found.hold("poison stays out", not poison & hub.identities.keys())


def _in_step(found: Account, hub: HubTruth, station: StationTruth) -> None:
    sent = station.sync.written <= station.sync.sent
    waiting = [row for row in station.written if row.state == "pending"]
    found.hold(f"I10 nothing of {station.name} waits", sent and not waiting)
    found.hold(f"{station.name} knows the epoch", station.sync.epoch == hub.epoch)
    for perimeter, position in station.sync.cursors.items():
        own, theirs = station.feeds.get(perimeter, {}), hub.feeds.get(perimeter, {})
        found.hold(f"I6 {perimeter} of {station.name} is the hub's", own == theirs)
        found.hold(f"I6 the cursor of {station.name} is at its end", position == len(theirs))
    seals = {uuid.UUID(row.event_id): row.content_sha for row in hub.events}
    same = all(seals.get(identity) == seal for identity, seal in station.contents.items())
    found.hold(f"I6 the events of {station.name} are the hub's", same)


def _answered(found: Account, there: Mapping[uuid.UUID, int], station: StationTruth) -> None:
    """See that what a station was answered for is there, at any moment: the hub answers what is durable."""
    told = [
        uuid.UUID(bytes=row.event_id)
        for row in station.written
        if row.device_seq in station.acknowledged and row.state in ("acked", "quarantined")
    ]
    found.hold(f"what {station.name} was answered for is at the hub", set(told) <= there.keys())


def _one_holder(hub: HubTruth) -> bool:
    holders: dict[str, str] = {}
    try:
        for row in hub.events:
            if row.effective and request_of_stream(row.stream) is not None:
                holder = holders.get(row.stream, "")
                holders[row.stream] = held_after(holder, EventKind(row.kind), row.author)
    except SimulationError:
        return False
    return True
