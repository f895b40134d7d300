"""A hub with staff and desks, for tests: the same house on whatever carries the hub.

`House` is what a suite needs; whoever adds a way to reach the hub writes one more of it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection, text

from avise.env import Env, FixedEnv
from avise.hub import staff
from avise.hub.acting import ActingHub
from avise.hub.chain import content_hash
from avise.hub.core import HubCore
from avise.hub.database_roles import SERVER
from avise.hub.dialect import postgres_engine
from avise.hub.local import LocalHub, Opener, SqliteTransactions
from avise.hub.migrating import migrate
from avise.hub.port import Ack, Actor, HubPort, PushedEvent
from avise.hub.postgres import PostgresTransactions
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from avise.models.roles import Role
from avise.store.connections import READER_PRAGMAS, STORE_PRAGMAS, open_encrypted
from tests.postgres_server import PostgresServer

T = TypeVar("T")

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
KEY = bytes(range(32))
SOINS, DENT, TEAM, OTHER_TEAM = "PREST_SOINS", "PREST_DENT", "team/GC-RENNES", "team/GC-BREST"
TERMS: Mapping[str, JSON] = {"target_minutes": 540}


class House(Protocol):
    """A hub, and who works with it."""

    @property
    def env(self) -> FixedEnv:
        """Clock and chance of the house."""

    async def connect(self, actor: Actor) -> HubPort:
        """Return the hub to somebody who is signed in, their device being known."""

    async def set_up(self, work: Callable[[Connection], T]) -> T:
        """Run work on the hub's own tables, in one transaction."""

    async def say_wiped(self, device: str, secret: str) -> None:
        """Tell the hub that a device erased itself, as the device does: signed in no more."""

    async def aclose(self) -> None:
        """End it all."""


def opener(path: Path, key: bytes = KEY) -> Opener:
    """Return what opens a hub's file, as the engine does."""

    def open_file(read_only: bool) -> Connection:
        pragmas = READER_PRAGMAS if read_only else STORE_PRAGMAS
        return open_encrypted(path, key, read_only=read_only, pragmas=pragmas)

    return open_file


@dataclass
class LocalHouse:
    """A hub in one file, each user being a process of their own that opens it."""

    path: Path
    core: HubCore
    env: FixedEnv
    opened: list[LocalHub] = field(default_factory=list)
    owner: SqliteTransactions | None = None

    async def connect(self, actor: Actor) -> HubPort:
        hub = await LocalHub.open(opener(self.path), self.core, actor, self.env)
        self.opened.append(hub)
        return hub

    async def set_up(self, work: Callable[[Connection], T]) -> T:
        if self.owner is None:
            self.owner = SqliteTransactions(opener(self.path), self.env)
            await self.owner.open()
        return await self.owner.write(work)

    async def say_wiped(self, device: str, secret: str) -> None:
        await self.set_up(lambda connection: self.core.confirm_wipe(connection, device, secret))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that reads, once something was set up."""
        assert self.owner is not None
        return await self.owner.read(work)

    async def aclose(self) -> None:
        for hub in self.opened:
            await hub.aclose()
        if self.owner is not None:
            await self.owner.aclose()


@dataclass
class Desk:
    """Somebody at a workstation: numbers what they write, as the journal does."""

    hub: HubPort
    actor: Actor
    env: Env
    seq: int = 0

    def written(
        self, stream: str, kind: EventKind | str, body: Mapping[str, JSON] | bytes | None = None, *,
        author: str = "", schema_v: int = 1, at: datetime | None = None,
    ) -> PushedEvent:  # fmt: skip
        """Return the next event of this desk."""
        self.seq += 1
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        salt = bytes.fromhex(self.env.token())
        return PushedEvent(
            event_id=self.env.uuid7(), device_seq=self.seq, stream=stream, kind=str(kind), schema_v=schema_v,
            author=author or self.actor.login, occurred_at=at or self.env.now(), clock_offset_ms=0,
            body=content, salt=salt, content_sha=content_hash(salt, content),
        )  # fmt: skip

    async def send(self, stream: str, kind: EventKind | str, body: Mapping[str, JSON] | None = None) -> Ack:
        """Write one event and hand it over."""
        return (await self.hub.push([self.written(stream, kind, body)]))[0]

    async def create(self, queue: str = SOINS, team: str = TEAM, **more: JSON) -> tuple[uuid.UUID, Ack]:
        """Create a request; return its identity and the answer."""
        request = self.env.uuid7()
        body = request_body(queue, team, **more)
        return request, await self.send(request_stream(request), EventKind.REQUEST_CREATED, body)


def request_body(queue: str = SOINS, team: str = TEAM, **more: JSON) -> Mapping[str, JSON]:
    """Return the body that creates a request."""
    made: dict[str, JSON] = {
        "queue": queue, "team": team, "type": "R01", "title": "Décompte à revoir", "channel": "phone_in",
        "priority": "P3", "terms": TERMS, "words": "Merci de revoir ce décompte.",
    }  # fmt: skip
    return made | more


AGENT = Actor("lea.girard", Role.AGENT, "poste-lea")
MANAGER = Actor("marc.petit", Role.CASE_MANAGER, "poste-marc")
SECOND = Actor("ines.roux", Role.CASE_MANAGER, "poste-ines")
LEAD = Actor("paul.noel", Role.TEAM_LEAD, "poste-paul")
STRANGER = Actor("jean.dupuis", Role.AGENT, "poste-jean")
AUDITOR = Actor("anne.loup", Role.AUDITOR, "poste-anne")
ADMINISTRATOR = Actor("yves.blanc", Role.ADMINISTRATOR, "poste-yves")

MEMBERSHIPS = {
    AGENT: (TEAM,),
    MANAGER: (f"queue/{SOINS}", TEAM),
    SECOND: (f"queue/{SOINS}", f"queue/{DENT}"),
    LEAD: (f"queue/{SOINS}", f"queue/{DENT}", TEAM),
    STRANGER: (OTHER_TEAM,),
    AUDITOR: (),
    ADMINISTRATOR: (),
}

ACTORS_BY_LOGIN = {actor.login: actor for actor in MEMBERSHIPS}


def hire(connection: Connection) -> None:
    """Make the staff of the house known, with their perimeters."""
    for actor, perimeters in MEMBERSHIPS.items():
        staff.save_member(connection, actor.login, actor.login.title().replace(".", " "), actor.role)
        for perimeter in perimeters:
            staff.join(connection, actor.login, perimeter, LONG_AGO)


async def desk(house: House, actor: Actor) -> Desk:
    """Return somebody's desk."""
    return Desk(await house.connect(actor), actor, house.env)


AN_HOUR = timedelta(hours=1)


@dataclass
class PostgresHouse:
    """A hub in a PostgreSQL, each user calling it through a pool that they share, as the server's role."""

    url: str
    owner_url: str
    core: HubCore
    env: FixedEnv
    shared: PostgresTransactions | None = None
    owner: PostgresTransactions | None = None

    async def connect(self, actor: Actor) -> HubPort:
        if self.shared is None:
            self.shared = PostgresTransactions.to(self.url, self.env)
        hub = ActingHub(self.core, self.shared, actor, self.env)
        await hub.enrol()
        return hub

    async def set_up(self, work: Callable[[Connection], T]) -> T:
        if self.owner is None:
            self.owner = PostgresTransactions.to(self.owner_url, self.env, 1)
        return await self.owner.write(work)

    async def say_wiped(self, device: str, secret: str) -> None:
        assert self.shared is not None
        await self.shared.write(lambda connection: self.core.confirm_wipe(connection, device, secret))

    async def aclose(self) -> None:
        for transactions in (self.shared, self.owner):
            if transactions is not None:
                await transactions.aclose()
        self.shared = self.owner = None


def postgres_house(server: PostgresServer, core: HubCore, env: FixedEnv) -> PostgresHouse:
    """Make a hub in a new database of a server, which a role without more rights than it needs calls."""
    server.template = server.template or _template(server)
    name = server.database(server.template)
    owner = postgres_engine(server.url(name), 1)
    with owner.begin() as connection:
        named = text("UPDATE meta SET value = :hub WHERE name = 'hub_id'")
        connection.execute(named, {"hub": str(env.uuid7())})
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD 'hub' IN ROLE {SERVER}")
    owner.dispose()
    return PostgresHouse(server.url(name, name, "hub"), server.url(name), core, env)


def _template(server: PostgresServer) -> str:
    """Make a hub that nobody works with, to be copied."""
    name = server.database()
    owner = postgres_engine(server.url(name), 1)
    with owner.begin() as connection:
        migrate(connection, FixedEnv())
    owner.dispose()
    return name
