"""A workstation on a hub of its machine, behind a line that a test cuts: the real store, desk and hub."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from avise.directory.keys import Minter
from avise.engine.local_desk import LocalDesk
from avise.engine.opened_hub import hub_opener
from avise.engine.opened_store import OpenedStore
from avise.engine.request_room import DeskParts, RequestRoom
from avise.env import Env, SystemEnv
from avise.hub import staff
from avise.hub.check_out_values import CheckedOut, CheckOut
from avise.hub.core import HubCore
from avise.hub.local import LocalHub
from avise.hub.port import (
    PAGE,
    Ack,
    Actor,
    Head,
    HubPort,
    HubUnreachableError,
    Page,
    Presence,
    Pulled,
    PushedEvent,
    SubjectOpened,
    View,
)
from avise.models.customer import Party, PartyKind, PersonId
from avise.models.json_types import JSON
from avise.models.requests import Request, RequestId
from avise.models.roles import Purpose, Role, Session
from avise.services.profile import Profile
from avise.services.request_values import NewRequest, RequestBoard, RequestDetail, RequestQuery, RequestRow
from avise.services.settings_file import HubMode, HubSection, SettingsFile, UserSection
from avise.store.desk_memory import DeskMemory
from avise.store.directory import Directory
from avise.store.journal import Journal
from avise.store.sealed import SealedSecrets
from avise.store.snapshots import Snapshots
from avise.store.store import Store
from tests.unit.services.scripted_sources import ScriptedSources

T = TypeVar("T")

KEY = bytes(range(32))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE = 30.0
HELENE = Party("1", PartyKind.MEMBER, "MARCHAND", "Hélène", member_number="0482917350", city="Nantes")
PROTECTED = Party("2", PartyKind.MEMBER, "DELORME", "Anne", member_number="0482917351", restricted=True)
NEW = NewRequest(
    "EMAIL_CONTACT", None, {"subject": "Carte", "received_on": "2026-03-20", "words": "Où est-elle ?"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works with requests, and where they write."""

    login: str
    name: str
    role: Role
    writes: tuple[str, ...]
    reads: tuple[str, ...] = ()

    @property
    def session(self) -> Session:
        """Return who it is at a desk."""
        return Session(self.login, self.name, self.role, "")


LEA = Worker("lea.girard", "Léa Girard", Role.AGENT, ("team/PLATEAU",))
KARIM = Worker("karim.benali", "Karim Benali", Role.CASE_MANAGER, ("queue/ACCUEIL", "team/PRESTATIONS"))
INES = Worker("ines.moreau", "Inès Moreau", Role.CASE_MANAGER, ("queue/ACCUEIL", "team/PRESTATIONS"))
MAUD = Worker("maud.estrelle", "Maud Estrelle", Role.TEAM_LEAD, ("queue/ACCUEIL", "team/PRESTATIONS"))
WORKERS = (LEA, KARIM, INES, MAUD)


@dataclass
class Line:
    """The way of one station to the hub."""

    cut: bool = False
    loses_answers: bool = False
    """What is pushed arrives, and its answer does not."""
    pushes: int = 0
    spoiled: Callable[[PushedEvent], PushedEvent] | None = None
    """Changes what is pushed on its way."""

    def require(self) -> None:
        """Refuse to carry anything while it is cut."""
        if self.cut:
            raise HubUnreachableError("hub.unreachable")


class LinedHub:
    """A hub at the end of a line; implements the port."""

    def __init__(self, hub: HubPort, line: Line) -> None:
        self._hub, self._line = hub, line

    async def head(self, presence: Sequence[Presence] = ()) -> Head:
        """See the port."""
        self._line.require()
        return await self._hub.head(presence)

    async def push(self, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        """See the port."""
        self._line.require()
        self._line.pushes += 1
        spoil = self._line.spoiled
        acks = await self._hub.push([spoil(event) for event in events] if spoil else events)
        if self._line.loses_answers:
            self._line.loses_answers = False
            raise HubUnreachableError("hub.unreachable")
        return acks

    async def pull(self, cursors: Mapping[str, int], limit: int = PAGE) -> Pulled:
        """See the port."""
        self._line.require()
        return await self._hub.pull(cursors, limit)

    async def open_subject(self, dossier: uuid.UUID, purpose: Purpose, reason: str = "") -> SubjectOpened:
        """See the port."""
        self._line.require()
        return await self._hub.open_subject(dossier, purpose, reason)

    async def query(self, view: View, filters: Mapping[str, JSON], cursor: str = "", limit: int = 50) -> Page:
        """See the port."""
        self._line.require()
        return await self._hub.query(view, filters, cursor, limit)

    async def put_blob(self, name: str, content: bytes) -> None:
        """See the port."""
        self._line.require()
        await self._hub.put_blob(name, content)

    async def get_blob(self, name: str, request: uuid.UUID) -> bytes:
        """See the port."""
        self._line.require()
        return await self._hub.get_blob(name, request)

    async def check_out(self, wanted: CheckOut) -> CheckedOut:
        """See the port."""
        self._line.require()
        return await self._hub.check_out(wanted)

    async def renew_check_out(self) -> CheckedOut:
        """See the port."""
        self._line.require()
        return await self._hub.renew_check_out()

    async def check_in(self) -> None:
        """See the port."""
        self._line.require()
        await self._hub.check_in()

    async def begin_wipe(self, receipt: str) -> None:
        """See the port."""
        self._line.require()
        await self._hub.begin_wipe(receipt)

    async def wait_for_change(self, seen: Mapping[str, int], seconds: float) -> bool:
        """See the port."""
        self._line.require()
        return await self._hub.wait_for_change(seen, seconds)

    async def aclose(self) -> None:
        """See the port."""
        await self._hub.aclose()


@dataclass
class Station:
    """One workstation at work."""

    worker: Worker
    store: Store
    journal: Journal
    desk: LocalDesk
    room: RequestRoom
    line: Line
    directory: Directory

    async def row(self, wanted: Callable[[RequestRow], bool], basket: str = "queue/ACCUEIL") -> RequestRow:
        """Wait for a row of a list."""

        def found(board: RequestBoard) -> RequestRow | None:
            return next((row for row in board.rows if wanted(row)), None)

        board = await first(
            self.desk.request_board(RequestQuery(basket)), lambda told: found(told) is not None
        )
        row = found(board)
        assert row is not None
        return row

    async def detail(self, request: RequestId, wanted: Callable[[RequestDetail], bool]) -> RequestDetail:
        """Wait for a request to be as wanted."""
        return await first(self.desk.follow_request(request), wanted)

    async def known(self, request: RequestId, wanted: Callable[[Request], bool]) -> Request:
        """Wait for a request of this station to be as wanted, whoever may see it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = self.room.changes.count
                found = self.room.known.get(request)
                if found is not None and wanted(found):
                    return found
                await self.room.changes.wait(seen, SystemEnv(), 0.2)

    async def gone(self, request: RequestId) -> None:
        """Wait until a request is on this station no more."""
        async with asyncio.timeout(PATIENCE):
            while self.room.known.get(request) is not None:
                await self.room.changes.wait(self.room.changes.count, SystemEnv(), 0.05)

    async def settled(self) -> None:
        """Wait until everything that was written is acknowledged and everything told is here."""
        async with asyncio.timeout(PATIENCE):
            while not (await self._is_settled()):
                await self.room.changes.wait(self.room.changes.count, SystemEnv(), 0.02)

    async def _is_settled(self) -> bool:
        state = await self.room.feed.state()
        return state.hub_id is not None and state.sent == state.written

    async def person(self, party: Party) -> PersonId:
        """Return somebody's identity."""
        found = (await self.directory.search(f"{party.last_name} {party.first_name}")).hits
        return found[0].entry.person


@dataclass
class Machine:
    """One machine: a hub, and the stations of its people."""

    folder: Path
    stack: AsyncExitStack
    env: Env = field(default_factory=SystemEnv)

    @property
    def hub_path(self) -> Path:
        """The hub's file."""
        return self.folder / "hub.db"

    async def hub(self, login: str, role: Role, device: str) -> LocalHub:
        """Open the hub as somebody."""
        opener = hub_opener(self.hub_path, KEY)
        return await LocalHub.open(opener, HubCore(self.env), Actor(login, role, device), self.env)

    async def port(self, actor: Actor) -> HubPort:
        """Open the hub for somebody's station."""
        return await self.hub(actor.login, actor.role, actor.device)

    async def hire(self, *workers: Worker) -> None:
        """Let people work there."""
        hub = await self.hub("admin", Role.ADMINISTRATOR, "setting-up")
        try:
            for worker in workers:
                await hub.setting_up(lambda connection, who=worker: _hire(connection, who))  # type: ignore[misc]  # of this turn
        finally:
            await hub.aclose()

    async def station(self, worker: Worker, name: str = "", line: Line | None = None) -> Station:
        """Start somebody's station; ended with the machine."""
        opened = station(self, worker, name or worker.login, line or Line())
        return await self.stack.enter_async_context(opened)


def _hire(connection: Any, worker: Worker) -> None:  # noqa: ANN401 - of the hub's library
    staff.save_member(connection, worker.login, worker.name, worker.role)
    for perimeter in worker.writes:
        staff.join(connection, worker.login, perimeter, LONG_AGO)
    for perimeter in worker.reads:
        staff.join(connection, worker.login, perimeter, LONG_AGO, can_write=False)


@asynccontextmanager
async def station(machine: Machine, worker: Worker, name: str, line: Line) -> AsyncIterator[Station]:
    """Start a station on its own store, on the machine's hub."""
    env, folder = machine.env, machine.folder / name
    folder.mkdir(exist_ok=True)
    store = await Store.open(folder / "store.db", KEY, env)
    minter = Minter(uuid.UUID(int=5), "parties.party")
    directory = await Directory.open(folder / "directory.db", KEY, env, minter)
    if not await directory.count():
        builder = directory.rebuild()
        await builder.add([HELENE, PROTECTED])
        await builder.finish("c1")
    settings = SettingsFile(
        uuid.UUID(int=5), "parties", UserSection(worker.login, worker.name, worker.role),
        synthetic=True, hub=HubSection(HubMode.EMBEDDED),
    )  # fmt: skip
    profile = Profile(folder, settings, store.device_id)
    session = profile.session()
    journal, memory = Journal(store, env), DeskMemory(store, env, session.user)
    desk = LocalDesk(session, ScriptedSources([]), directory, journal, memory, Snapshots(store, env), env)
    parts = DeskParts(
        desk.everybody, journal, desk.about_request, desk.known_of_request, desk.add_task,
        desk.take_shared, desk.take_confirmations, desk, desk.beside_request, desk.absences,
    )  # fmt: skip
    opened = OpenedStore(profile, KEY, store, directory)
    room = RequestRoom(profile, opened, SealedSecrets(store, KEY, env), parts, env)

    async def connect(device: str) -> HubPort:
        line.require()
        return LinedHub(await machine.port(Actor(worker.login, worker.role, device)), line)

    await room.open(connect)
    desk.use_requests(room.desk, directory.family, room.on_written)
    try:
        yield Station(worker, store, journal, desk, room, line, directory)
    finally:
        await room.aclose()
        await directory.aclose()
        await store.aclose()


async def first(stream: AsyncIterator[T], wanted: Callable[[T], bool]) -> T:
    """Return the first value of a stream that is as wanted."""
    async with asyncio.timeout(PATIENCE), aclosing(stream) as values:  # type: ignore[type-var]  # a generator
        async for value in values:
            if wanted(value):
                return value
    raise AssertionError("the stream ended")
