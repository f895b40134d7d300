"""One life of a workstation: the real store, journal, feed, sign-in and sync, in a process of its own.

It writes, and what a person would be told was saved is a line of its ledger, written once the journal has
returned. It dies at a labelled step when its orders say so, or from outside. Waiting goes faster than the
clock; calls, sockets, transactions and keys are the real ones.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import random
import signal
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select

from avise.engine.hub_connection import HubConnection
from avise.engine.hub_sync import HubSync
from avise.env import SystemEnv, uuid7_at
from avise.hub import remote, remote_line
from avise.hub.chain import content_hash
from avise.hub.port import Ack, Colleague, Head, HubPort, Presence, Pulled, PushedEvent
from avise.models.errors import AviseError
from avise.models.fed_events import FedEvent, FedPage
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from avise.models.roles import Session
from avise.services.profile import load_profile
from avise.services.request_values import HubStatus
from avise.services.sync import Judgement
from avise.store.attachments import Attachments
from avise.store.feed import Feed, KeptAck
from avise.store.journal import Journal
from avise.store.sealed import SealedSecrets
from avise.store.store import Store
from avise.store.tables import event, hub_event
from tests.hub_house import KEY, SOINS, TEAM, request_body

T = TypeVar("T")

FASTER = 20.0
"""Waiting takes that much less than it would."""
PATIENCE = 60.0
"""Seconds after which what is still to be sent, the network being there, is stuck (invariant I10)."""
STUCK, FAILED = 3, 4
"""How a life ends whose events do not leave, and one that an error ends: its ledger tells which."""
TYPE = "OTHER"
FIELDS: Mapping[str, JSON] = {"subject": "Décompte", "topic": "benefits", "question": "Merci de revoir cela."}

POISONS = ("too_big", "not_utf8", "not_json", "content_sha")
"""Events that the hub can never take, as a defect of another version might have written them."""
STRANGE = ("newer_kind", "newer_version")
"""Events that a newer version writes, and that every hub keeps."""


@dataclass
class Orders:
    """What a life is to do."""

    folder: str
    """The profile."""
    seed: int = 0
    writes: int = 4
    die_at: str = ""
    """A step, "#2" behind it for the second time."""
    settle: bool = False
    """Stay until all is sent and fetched; else a little while."""
    hours_off: float = 0.0
    """How wrong the clock is."""
    jump: float = 0.0
    """By so many hours it changes in the middle."""
    strange: str = ""
    """One of `POISONS` or `STRANGE`, written first."""
    offline: bool = False
    """Write, and do not look for the hub."""
    version: str = ""
    """Of the program; its own when empty."""
    deadline: float = 0.0
    """Seconds of a call, so that a black hole costs a test less; the real ones when 0."""
    patience: float = PATIENCE
    """Seconds to be in step with the hub."""
    mutant: str = ""
    """A defect of `station_mutants`."""


class ChaosEnv(SystemEnv):
    """A clock that is wrong, and waiting that goes faster."""

    def __init__(self, orders: Orders) -> None:
        self._off = timedelta(hours=orders.hours_off)
        self.jump = timedelta(0)

    def now(self) -> datetime:
        """Return what this workstation's clock says."""
        return datetime.now(UTC) + self._off + self.jump

    def uuid7(self) -> uuid.UUID:
        """Return a new identifier, of the wrong time too."""
        return uuid7_at(self.now(), random.SystemRandom().getrandbits(74))

    async def sleep(self, seconds: float) -> None:
        """Wait, faster."""
        await asyncio.sleep(seconds / FASTER)


# ---- steps ---------------------------------------------------------------------------------------
_STEP: ContextVar[str] = ContextVar("step", default="")


class Steps:
    """Kills this process when it reaches the step that it was told to die at."""

    def __init__(self, die_at: str) -> None:
        label, _, times = die_at.partition("#")
        self._label, self._times = label, int(times or "1")
        self._seen: Counter[str] = Counter()

    def reach(self, label: str) -> None:
        """Pass a step, or die there."""
        self._seen[label] += 1
        if label == self._label and self._seen[label] == self._times:
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)

    @asynccontextmanager
    async def around(self, label: str) -> AsyncIterator[None]:
        """Pass the steps before and after something that is kept; the store passes the one inside."""
        self.reach(f"{label}.before")
        before = _STEP.set(label)
        try:
            yield
        finally:
            _STEP.reset(before)
        self.reach(f"{label}.after")


class SteppedStore(Store):
    """The real store, with a step inside each transaction, before its commit."""

    steps: Steps

    async def write(self, change: Callable[[Connection], T]) -> T:
        """See `Store.write`."""
        label = _STEP.get()

        def stepped(connection: Connection) -> T:
            result = change(connection)
            if label:
                self.steps.reach(f"{label}.inside")
            return result

        return await super().write(stepped)


class SteppedJournal(Journal):
    """The real journal, with steps."""

    steps: Steps

    async def append_all(
        self, session: Session, *events: NewEvent, beside: Sequence[Callable[[Connection], object]] = ()
    ) -> tuple[EventEnvelope, ...]:
        """See `Journal.append_all`."""
        async with self.steps.around("event"):
            return await super().append_all(session, *events, beside=beside)


class SteppedFeed(Feed):
    """The real feed, with steps."""

    steps: Steps

    async def keep(self, page: FedPage) -> None:
        """See `Feed.keep`."""
        async with self.steps.around("page"):
            await super().keep(page)

    async def acknowledge(self, acks: Iterable[KeptAck], epoch: int, at: datetime | None = None) -> None:
        """See `Feed.acknowledge`."""
        async with self.steps.around("acks"):
            await super().acknowledge(acks, epoch, at)

    async def refuse(self, position: int) -> None:
        """See `Feed.refuse`."""
        async with self.steps.around("refuse"):
            await super().refuse(position)

    async def skip(self, position: int) -> None:
        """See `Feed.skip`."""
        async with self.steps.around("skip"):
            await super().skip(position)

    async def rewind(self, position: int) -> None:
        """See `Feed.rewind`."""
        async with self.steps.around("rewind"):
            await super().rewind(position)

    async def begin_epoch(self, hub_id: uuid.UUID, epoch: int, position: int) -> None:
        """See `Feed.begin_epoch`."""
        async with self.steps.around("epoch"):
            await super().begin_epoch(hub_id, epoch, position)

    async def renew_device(self, position: int) -> str:
        """See `Feed.renew_device`."""
        async with self.steps.around("renew"):
            return await super().renew_device(position)

    async def forget(self, perimeters: Iterable[str]) -> None:
        """See `Feed.forget`."""
        async with self.steps.around("forget"):
            await super().forget(perimeters)


class SteppedHub:
    """The real way to the hub, with steps; implements what the sync needs of the port."""

    def __init__(self, hub: HubPort, steps: Steps) -> None:
        self.hub, self.steps = hub, steps

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of the port
        return getattr(self.hub, name)

    async def head(self, presence: Sequence[Presence] = ()) -> Head:
        """See the port."""
        told = await self.hub.head(presence)
        self.steps.reach("head.after")
        return told

    async def push(self, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        """See the port."""
        self.steps.reach("push.before")
        calling = asyncio.ensure_future(self.hub.push(events))
        await asyncio.sleep(0.001)
        self.steps.reach("push.sent")
        acks = await calling
        self.steps.reach("push.after")
        return acks

    async def pull(self, cursors: Mapping[str, int], limit: int = 7) -> Pulled:
        """See the port; pages are short, so that kills fall between them."""
        pulled = await self.hub.pull(cursors, limit)
        self.steps.reach("pull.after")
        return pulled


STEPS = (
    "event.before", "event.inside", "event.after", "head.after", "push.before", "push.sent", "push.after",
    "acks.before", "acks.inside", "acks.after", "pull.after", "page.before", "page.inside", "page.after",
)  # fmt: skip
"""Of a life in which nothing is repaired."""
REPAIRS = {
    "epoch": ("epoch.before", "epoch.inside", "epoch.after"),
    "renew": ("renew.before", "renew.inside", "renew.after"),
    "refuse": ("refuse.before", "refuse.inside", "refuse.after"),
}
"""By what has to be repaired."""


class Silent:
    """Shows nothing; implements `SyncListener`."""

    def __init__(self) -> None:
        self.status: HubStatus | None = None

    def on_status(self, status: HubStatus) -> None:
        """Keep how this station stands."""
        self.status = status

    async def on_head(self, head: Head) -> None:
        """Show nothing."""

    async def on_colleagues(self, colleagues: tuple[Colleague, ...]) -> None:
        """Show nothing."""

    async def on_fed(self, events: Sequence[FedEvent]) -> None:
        """Show nothing."""

    async def on_judged(self, told: Sequence[tuple[EventEnvelope, Judgement]]) -> None:
        """Show nothing."""

    async def on_begun(self) -> None:
        """Show nothing."""

    async def on_forgotten(self) -> None:
        """Show nothing."""


class Station:
    """One life."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.folder = Path(orders.folder)
        self.env = ChaosEnv(orders)
        self.steps = Steps(orders.die_at)
        self.chance = random.Random(orders.seed)
        self.store: Store
        self.journal: Journal
        self.feed: Feed
        self.session: Session
        self.sync: HubSync | None = None

    async def live(self) -> int:
        """Write and be in step with the hub; return the exit status."""
        await self._open()
        profile = load_profile(self.folder, self.store.device_id)
        self.session = profile.session()
        secrets = SealedSecrets(self.store, KEY, self.env)
        connection = HubConnection(profile, self.session, secrets, self.env, Passwords())

        async def connect(device: str) -> HubPort:
            return SteppedHub(await connection.connect(device), self.steps)

        attachments = Attachments(self.store, KEY, self.env)
        self.sync = HubSync(
            self.session, connect, self.feed, self.journal, attachments, Silent(), self.env, "local"
        )
        embedded = not profile.settings.hub.url
        self.journal.on_written = self.sync.poke
        if not self.orders.offline:
            await self.sync.start(embedded=embedded)
        await self._work()
        settled = await self._stay(self.sync)
        self.steps.reach("settled")
        await self.sync.aclose()
        await connection.aclose()
        await self.store.aclose()
        return 0 if settled else STUCK

    async def _open(self) -> None:
        store = await SteppedStore.open(self.folder / "store.db", KEY, self.env)
        journal, feed = SteppedJournal(store, self.env), SteppedFeed(store, self.env)
        assert isinstance(store, SteppedStore)
        store.steps = journal.steps = feed.steps = self.steps
        if store.notices:
            self.tell("notices", *(notice.message_key for notice in store.notices))
        self.store, self.journal, self.feed = store, journal, feed

    def tell(self, *words: object) -> None:
        """Add a line to the ledger: what a person at the screen has seen."""
        with (self.folder / "ledger").open("ab", buffering=0) as ledger:
            ledger.write((" ".join(str(word) for word in words) + "\n").encode("ascii"))

    # ---- what its user does ----------------------------------------------------------------------
    async def _work(self) -> None:
        if self.orders.strange:
            await self.write_strangely(self.orders.strange)
        for number in range(self.orders.writes):
            await self.save(await self._something())
            if number == self.orders.writes // 2:
                self.env.jump = timedelta(hours=self.orders.jump)
            await asyncio.sleep(self.chance.random() * 0.01)

    async def save(self, new: NewEvent) -> None:
        """Write one event; it is told once it is kept."""
        (kept,) = await self.journal.append_all(self.session, new)
        self.tell("saved", kept.event_id)

    async def _something(self) -> NewEvent:
        """Return what is written next: requests that all race for, and what is said of customers."""
        known = await self.store.read(_streams)
        if not known or self.chance.random() < 0.25:
            body = request_body(SOINS, TEAM, type=TYPE, fields=dict(FIELDS))
            return NewEvent(request_stream(self.env.uuid7()), EventKind.REQUEST_CREATED, body)
        if self.chance.random() < 0.2:
            return NewEvent(f"customer/{self.env.uuid7()}", EventKind.CONSULTED, {"purpose": "call"})
        deeds: tuple[tuple[EventKind, Mapping[str, JSON]], ...] = (
            (EventKind.REQUEST_CLAIMED, {}),
            (EventKind.REQUEST_CLAIMED, {}),
            (EventKind.REQUEST_RELEASED, {}),
            (EventKind.REQUEST_NOTED, {"words": "note"}),
            (EventKind.REQUEST_REPLIED, {"words": "mots"}),
            (EventKind.REQUEST_RESOLVED, {"outcome": "done"}),
            (EventKind.REQUEST_REOPENED, {}),
        )
        kind, body = self.chance.choice(deeds)
        return NewEvent(self.chance.choice(known), kind, body)

    async def write_strangely(self, what: str) -> None:
        """Put an event into the journal that this version would not write."""
        body, version, kind = b'{"note": "mot"}', 1, EventKind.CONSULTED.value
        match what:
            case "too_big":
                body = b'{"note": "%s"}' % (b"x" * 65_536)
            case "not_utf8":
                body = b'{"note": "\xff\xfe"}'
            case "not_json":
                body = b"[1, 2"
            case "newer_kind":
                kind = "written_by_a_newer_version"
            case "newer_version":
                version = 99
        salt = bytes.fromhex(self.env.token())
        seal = content_hash(salt, body) if what != "content_sha" else bytes(32)
        minted = self.env.uuid7()
        row = {
            "event_id": minted.bytes, "device_id": self.store.device_id,
            "stream": f"customer/{self.env.uuid7()}", "kind": kind, "schema_v": version,
            "author": self.session.user, "role": self.session.role.value,
            "occurred_at": int(self.env.now().timestamp() * 1e6), "clock_offset_ms": 0, "body": body,
            "salt": salt, "content_sha": seal, "state": "pending",
        }  # fmt: skip

        def put(connection: Connection) -> None:
            last = connection.exec_driver_sql("SELECT coalesce(max(device_seq), 0) FROM event").scalar_one()
            connection.execute(insert(event).values(row | {"device_seq": last + 1}))

        await self.store.write(put)
        self.tell("poison" if what in POISONS else "saved", minted)
        self.journal.on_written()

    # ---- until it ends ---------------------------------------------------------------------------
    async def _stay(self, sync: HubSync) -> bool:
        """Stay a little, or until all is in step; False when it never is."""
        if not self.orders.settle:
            await self._until_in_step(sync, 0.4)
            return True
        return await self._until_in_step(sync, self.orders.patience)

    async def _until_in_step(self, sync: HubSync, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if await self._is_in_step(sync):
                return True
            await asyncio.sleep(0.02)
        return False

    async def _is_in_step(self, sync: HubSync) -> bool:
        core = sync._core
        if core is None or core._repair is not None:
            return False
        if core.too_old:
            # It sends, and reads nothing more.
            return (await self.feed.state()).written == core.sent
        if not core.up_to_date or core.trouble is not None:
            return False
        try:
            told = await sync.hub.head()
        except AviseError:
            return False
        behind = any(told.positions[name] > core.cursors.get(name, 0) for name in told.positions)
        written = (await self.feed.state()).written
        return not behind and told.epoch == core.epoch and core.base + told.last_seq == core.sent == written


class Passwords:
    """The plain secrets of a demonstration; implements the connectors' port."""

    async def get(self, instance: str, name: str) -> str | None:
        """Return the sentence that everybody signs in with."""
        del instance, name
        return SENTENCE

    async def put(self, instance: str, name: str, secret: str) -> None:
        """Keep nothing."""


SENTENCE = "une phrase que personne ne dit"


def _streams(connection: Connection) -> list[str]:
    """Return some requests that this station knows, newest last."""
    found = [hub_event.c.stream, event.c.stream]
    names: list[str] = []
    for column in found:
        rows = select(column).where(column.like("request/%")).distinct().limit(400)
        names += connection.scalars(rows).all()
    return sorted(set(names))[-6:]


def live(orders: Orders) -> None:
    """Lead one life in this process."""
    logging.disable(logging.CRITICAL)
    # A life that never ends says where it stands, and ends.
    faulthandler.dump_traceback_later(orders.patience + 20, exit=True)
    if orders.mutant:
        from tests.chaos import station_mutants  # noqa: PLC0415 - it imports this module

        station_mutants.MUTANTS[orders.mutant].spoil()
    if orders.deadline:
        for module in (remote, remote_line):
            vars(module).update(HEAD_S=orders.deadline, CALL_S=orders.deadline)
    if orders.version:
        vars(sys.modules[HubSync.__module__])["__version__"] = orders.version
    station = Station(orders)
    try:
        status = asyncio.run(station.live())
    except AviseError as error:
        station.tell("failed", error.message_key)
        status = FAILED
    if status:
        os._exit(status)
