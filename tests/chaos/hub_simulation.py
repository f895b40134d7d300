"""A hub and its workstations in one thread, from one seed: every fault, and everything that must hold after.

The hub is `HubCore` on a SQLite in memory, a station is `SyncCore` with what its disk holds. A step is one
action of one station; the seed says which, what the network does with it, and where a station dies.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2

from avise.env import FixedEnv
from avise.hub.auditing import audit
from avise.hub.backing_up import begin_epoch, epoch_of, publish
from avise.hub.chain import content_hash
from avise.hub.core import HubCore
from avise.hub.migrating import migrate
from avise.hub.port import Actor, HubError, HubUnreachableError, Pulled, PushedEvent
from avise.hub.remaking import streams
from avise.models.journal import EventKind
from avise.models.requests import request_of_stream, request_stream
from avise.services.sync import (
    Action,
    Ask,
    Begin,
    Fetch,
    Forget,
    Judgement,
    Rename,
    Renew,
    Rest,
    Rewind,
    Send,
    Skip,
    SyncCore,
)
from tests.hub_house import DENT, LEAD, MANAGER, SECOND, SOINS, TEAM, hire, request_body

T = TypeVar("T")

ACTORS = (MANAGER, SECOND, LEAD)
AT_ONCE = 6
"""Events of one push: small, so that cuts fall everywhere."""


class CrashError(Exception):
    """The station dies here: what its disk does not hold is gone."""


class LostError(HubUnreachableError):
    """The network gave no answer."""

    def __init__(self) -> None:
        super().__init__("hub.unreachable")


class SimulationError(AssertionError):
    """Something that must hold does not."""


def memory_hub() -> Connection:
    """Return a connection to a hub that lives as long as the connection."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: dbapi2.connect(":memory:", isolation_level=None, check_same_thread=False),
        poolclass=StaticPool,
        module=dbapi2,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine.connect()


@dataclass
class Disk:
    """What a station keeps when it dies."""

    journal: list[PushedEvent] = field(default_factory=list)
    """By position, from 1; sequence numbers are given when they are sent."""
    void: set[int] = field(default_factory=set)
    hub_id: uuid.UUID | None = None
    epoch: int = 0
    base: int = 0
    sent: int = 0
    copied: int = 0
    device: str = ""
    feed: dict[str, dict[int, uuid.UUID]] = field(default_factory=dict)
    cursors: dict[str, int] = field(default_factory=dict)
    chains: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Faults:
    """How often each thing goes wrong, of 1."""

    request_lost: float = 0.08
    answer_lost: float = 0.08
    twice: float = 0.05
    replayed: float = 0.03
    crash: float = 0.03
    restore: float = 0.004
    backup: float = 0.02
    written: float = 0.5


CALM = Faults(0, 0, 0, 0, 0, 0, 0, 0)


@dataclass
class Station:
    """One workstation: its disk, and what it would lose."""

    world: World
    actor: Actor
    disk: Disk = field(default_factory=Disk)
    skew: timedelta = timedelta(0)
    promised: list[uuid.UUID] = field(default_factory=list)
    """Events of which the screen said "enregistré": kept by the person who saw it."""
    core: SyncCore = field(init=False)

    def __post_init__(self) -> None:
        self.disk.device = self.actor.device
        self.start()

    def start(self) -> None:
        """Begin again from what the disk holds."""
        disk = self.disk
        self.core = SyncCore(
            hub_id=disk.hub_id, epoch=disk.epoch, base=disk.base, written=len(disk.journal), sent=disk.sent,
            cursors=dict(disk.cursors), chains=dict(disk.chains), copied=disk.copied, version="9.9.9",
        )  # fmt: skip

    # ---- what its user does --------------------------------------------------------------------
    def write(self) -> None:
        """Write one event on some request, and see that it is kept."""
        world = self.world
        kind, stream, body = world.something()
        content = json.dumps(body).encode()
        salt = bytes.fromhex(world.env.token())
        made = PushedEvent(
            event_id=world.env.uuid7(), device_seq=0, stream=stream, kind=kind, schema_v=1,
            author=self.actor.login, occurred_at=world.env.now() + self.skew, clock_offset_ms=0, body=content,
            salt=salt, content_sha=content_hash(salt, content),
        )  # fmt: skip
        self.save(made)
        self.promised.append(made.event_id)
        if kind == EventKind.REQUEST_CREATED.value:
            world.requests.append(stream)

    def save(self, made: PushedEvent) -> None:
        """Put an event on the disk."""
        self.disk.journal.append(made)
        self.core.wrote(len(self.disk.journal))

    # ---- one action ----------------------------------------------------------------------------
    def step(self) -> None:
        """Carry out what comes next; die where the seed says so."""
        action = self.core.next(0.5)
        try:
            self._carry_out(action)
        except CrashError:
            self.start()
        except HubError as error:
            self.core.failed(error)

    def _carry_out(self, action: Action) -> None:
        match action:
            case Rest():
                self.core.woken()
            case Ask():
                actor = self._as()
                self.core.asked(self.world.call(lambda hub: self.world.head(hub, actor)))
            case Send():
                self.send(action)
            case Fetch():
                pulled = self.world.call(
                    lambda hub: self.world.core.pull(hub, self._as(), action.cursors, 7), reading=True
                )
                self.keep(action, pulled)
            case _:
                self._repair(action)

    def _as(self) -> Actor:
        return replace(self.actor, device=self.disk.device)

    def send(self, action: Send) -> None:
        """Send some events and keep what was answered."""
        events = self.outgoing(action)
        acks = self.world.call(lambda hub: self.world.core.push(hub, self._as(), events), sent=(self, events))
        self.world.may_crash("after the answer")
        self.acknowledge(self.core.sent_events(acks))

    def outgoing(self, action: Send) -> list[PushedEvent]:
        """Return the next events, under their sequence numbers."""
        part = self.disk.journal[action.after : action.after + AT_ONCE]
        return [
            replace(made, device_seq=action.after + number - action.base)
            for number, made in enumerate(part, 1)
        ]

    def acknowledge(self, told: tuple[Judgement, ...]) -> None:
        """Keep answers, in one transaction of the disk."""
        for judgement in told:
            if judgement.state == "void":
                raise SimulationError("nothing here can never be taken")
            self.disk.sent = max(self.disk.sent, judgement.position)
        self.world.may_crash("acknowledgements are kept")
        self.core.acknowledged(told)

    def keep(self, action: Fetch, pulled: Pulled) -> None:
        """Keep a page: rows and cursors together."""
        page = self.core.fetched(action, pulled)
        self.world.may_crash("before the page is kept")
        self.keep_rows(page.places)
        self.keep_cursors(page.through, page.chains)
        self.core.kept(page, more=pulled.more)

    def keep_rows(self, places: tuple[tuple[str, int, uuid.UUID], ...]) -> None:
        """Put rows of feeds on the disk."""
        for perimeter, position, identity in places:
            self.disk.feed.setdefault(perimeter, {})[position] = identity

    def keep_cursors(self, through: Mapping[str, int], chains: Mapping[str, bytes]) -> None:
        """Put cursors on the disk."""
        self.disk.cursors |= dict(through)
        self.disk.chains = dict(chains)

    def _repair(self, action: Action) -> None:
        disk = self.disk
        match action:
            case Begin():
                disk.hub_id, disk.epoch, disk.sent = action.hub_id, action.epoch, action.position
                disk.feed, disk.cursors, disk.chains = {}, {}, {}
                self.core.begun(action)
            case Rewind():
                disk.sent = min(disk.sent, action.position)
                self.core.rewound(action)
            case Renew():
                disk.device = f"{self.actor.device}.{self.world.env.token()[:8]}"
                disk.base = disk.sent = action.position
                disk.copied = len(disk.journal)
                self.core.renewed(action)
            case Rename():
                made = disk.journal[action.position - 1]
                disk.journal[action.position - 1] = replace(made, event_id=self.world.env.uuid7())
                self.core.renamed()
            case Skip():
                self.core.skipped()
            case Forget():
                for perimeter in action.perimeters:
                    disk.feed.pop(perimeter, None)
                    disk.cursors.pop(perimeter, None)
                    disk.chains.pop(perimeter, None)
                self.core.forgotten(action)
            case _:
                raise SimulationError(f"{type(action).__name__} is not carried out")


class World:
    """A hub, its stations, its network and its clock.

    Args:
        seed: of everything.
        faults: how often each thing goes wrong.
        station: what stations are made of; a mutant gives its own.
    """

    def __init__(self, seed: int, faults: Faults | None = None, station: type[Station] = Station) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.env = FixedEnv(seed=seed)
        self.faults = faults or Faults()
        self.core = HubCore(self.env)
        self.hub = memory_hub()
        with self.hub.begin():
            migrate(self.hub, self.env)
            hire(self.hub)
        self.requests: list[str] = []
        self.replayable: list[tuple[Station, list[PushedEvent]]] = []
        self.backup: tuple[Connection, Mapping[str, int]] | None = None
        self.labels: dict[str, int] = {}
        self.restores = 0
        self.stations = [station(self, actor) for actor in ACTORS]
        for number, at in enumerate(self.stations):
            at.skew = timedelta(hours=(-50, 0, 31)[number])

    # ---- the network ---------------------------------------------------------------------------
    def call(
        self, work: Callable[[Connection], T], *, reading: bool = False,
        sent: tuple[Station, list[PushedEvent]] | None = None,
    ) -> T:  # fmt: skip
        """Carry a call to the hub and its answer back, unless something happens on the way."""
        if self.chance.random() < self.faults.request_lost:
            raise LostError
        answer = self._answer(work)
        if sent is not None:
            self.replayable.append(sent)
        if not reading and self.chance.random() < self.faults.twice:
            answer = self._answer(work)
        self.may_crash("before the answer")
        if self.chance.random() < self.faults.answer_lost:
            raise LostError
        return answer

    def _answer(self, work: Callable[[Connection], T]) -> T:
        with self.hub.begin():
            return work(self.hub)

    def may_crash(self, label: str) -> None:
        """Let the seed kill the station at a labelled step."""
        self.labels[label] = self.labels.get(label, 0) + 1
        if self.chance.random() < self.faults.crash:
            raise CrashError(label)

    def head(self, hub: Connection, actor: Actor) -> Any:  # noqa: ANN401 - a head
        """Answer a head; a device that was never met is made known."""
        self.core.enrol(hub, actor)
        return self.core.head(hub, actor)

    # ---- what happens --------------------------------------------------------------------------
    def something(self) -> tuple[str, str, Mapping[str, Any]]:
        """Return what somebody writes next."""
        if not self.requests or self.chance.random() < 0.2:
            body = dict(request_body(self.chance.choice((SOINS, DENT)), TEAM))
            return EventKind.REQUEST_CREATED.value, request_stream(self.env.uuid7()), body
        stream = self.chance.choice(self.requests[-6:])
        kinds: dict[EventKind, Mapping[str, Any]] = {
            EventKind.REQUEST_CLAIMED: {},
            EventKind.REQUEST_RELEASED: {},
            EventKind.REQUEST_TRANSFERRED: {"queue": self.chance.choice((SOINS, DENT))},
            EventKind.REQUEST_NOTED: {"words": "note"},
            EventKind.REQUEST_REPLIED: {"words": "mots"},
            EventKind.REQUEST_RESOLVED: {"outcome": "done"},
            EventKind.REQUEST_CLOSED: {},
            EventKind.REQUEST_REOPENED: {},
        }
        kind = self.chance.choice(list(kinds))
        return kind.value, stream, kinds[kind]

    def run(self, steps: int) -> None:
        """Let things happen, then be calm until everything is where it belongs, and look."""
        for _ in range(steps):
            self._happen()
            self.chance.choice(self.stations).step()
        self.faults = CALM
        self._settle()
        self.check()

    def _happen(self) -> None:
        faults, chance = self.faults, self.chance
        self.env.advance(timedelta(seconds=chance.randrange(1, 120)))
        if chance.random() < faults.written:
            chance.choice(self.stations).write()
        if self.replayable and chance.random() < faults.replayed:
            self._replay()
        if chance.random() < faults.backup:
            self._back_up()
        if self.backup is not None and chance.random() < faults.restore:
            self._restore()

    def _replay(self) -> None:
        """Deliver again a push of long ago, which nobody waits for."""
        at, events = self.chance.choice(self.replayable)
        device = replace(at.actor, device=at.disk.device)
        try:
            self._answer(lambda hub: self.core.push(hub, device, events))
        except HubError:
            return

    def _back_up(self) -> None:
        target = memory_hub()
        raw: Any = self.hub.connection.driver_connection
        raw.backup(target.connection.driver_connection)
        with self.hub.begin():
            positions = {
                row[0]: row[1] for row in self.hub.exec_driver_sql("SELECT perimeter, pos FROM head")
            }
            publish(self.hub, positions)
        if self.backup is not None:
            _close(self.backup[0])
        self.backup = (target, positions)

    def _restore(self) -> None:
        """Put the backup in the hub's place, as an administrator does after a disaster."""
        if self.backup is None:
            return
        with self.hub.begin():
            replaced = epoch_of(self.hub)
        _close(self.hub)
        self.hub, self.backup = self.backup[0], None
        with self.hub.begin():
            self.begin_epoch(self.hub, replaced)
        self.restores += 1
        # What a replay would deliver now was sent to the hub that is gone.
        self.replayable.clear()

    def begin_epoch(self, hub: Connection, replaced: int) -> None:
        """Begin an epoch in the restored hub."""
        begin_epoch(hub, replaced)

    def _settle(self) -> None:
        for _ in range(4_000):
            for at in self.stations:
                at.step()
            if all(self._is_done(at) for at in self.stations):
                return
        raise SimulationError("the queues never drain")

    def _is_done(self, at: Station) -> bool:
        """Say whether a station has nothing to do, as it and the hub see it."""
        if not at.core.up_to_date or at.core.epoch != self._epoch():
            return False
        with self.hub.begin():
            head = self.core.head(self.hub, replace(at.actor, device=at.disk.device))
        behind = any(head.positions[name] > at.core.cursors.get(name, 0) for name in head.positions)
        return not behind and head.last_seq == at.core.sent - at.core.base

    def _epoch(self) -> int:
        with self.hub.begin():
            return epoch_of(self.hub)

    # ---- what must hold ------------------------------------------------------------------------
    def check(self) -> None:
        """Look at everything that must hold once all is calm (`hub.md` 7, I1 to I10)."""
        with self.hub.begin():
            differences = audit(self.hub)
            if differences:
                raise SimulationError(f"audit: {differences[:3]}")
            self._nothing_lost()
            self._one_holder()
            self._same_feeds()

    def _nothing_lost(self) -> None:
        query = (
            "SELECT event_id FROM event UNION ALL SELECT event_id FROM quarantine WHERE settled <> 'adopted'"
        )
        there = [uuid.UUID(row[0]) for row in self.hub.exec_driver_sql(query)]
        promised = [identity for at in self.stations for identity in at.promised]
        lost = set(promised) - set(there)
        if lost:
            raise SimulationError(f"{len(lost)} of {len(promised)} events are lost")
        if len(there) != len(set(there)) or set(there) != set(promised):
            raise SimulationError(f"{len(there)} events for {len(promised)} that were written")

    def _one_holder(self) -> None:
        """Follow each request by who took it: nobody takes what somebody holds."""
        for stream, events in streams(self.hub):
            if request_of_stream(stream) is None:
                continue
            holder = ""
            for row in events:
                if row["effective"]:
                    holder = held_after(holder, EventKind(row["kind"]), row["author"])

    def _same_feeds(self) -> None:
        for at in self.stations:
            for perimeter in at.core.reached():
                rows = self.hub.exec_driver_sql(
                    "SELECT pos, event_id FROM feed WHERE perimeter = :name", {"name": perimeter}
                )
                if {row[0]: uuid.UUID(row[1]) for row in rows} != at.disk.feed.get(perimeter, {}):
                    raise SimulationError("a station's feed is not the hub's")

    def close(self) -> None:
        """Let the hubs go."""
        _close(self.hub)
        if self.backup is not None:
            _close(self.backup[0])


def held_after(holder: str, kind: EventKind, author: str) -> str:
    """Return who holds a request after an event that counted; two may not."""
    if kind is EventKind.REQUEST_CLAIMED and holder:
        raise SimulationError("two people hold one request")
    if kind is EventKind.REQUEST_CLAIMED:
        return author
    gone = kind in (EventKind.REQUEST_RELEASED, EventKind.REQUEST_TRANSFERRED)
    reopened = kind is EventKind.REQUEST_REOPENED and holder != author
    return "" if gone or reopened else holder


def _close(hub: Connection) -> None:
    hub.close()
    hub.engine.dispose()


def simulate(
    seed: int, steps: int = 150, faults: Faults | None = None, station: type[Station] = Station
) -> World:
    """Run one history; what fails tells its seed.

    Raises:
        SimulationError: something that must hold does not.
    """
    world = World(seed, faults, station)
    try:
        world.run(steps)
    except SimulationError as error:
        raise SimulationError(f"seed {seed}: {error}") from error
    finally:
        world.close()
    return world
