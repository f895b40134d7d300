"""Two desks of one machine on one embedded hub: whole engines, a hub of their own, no tool."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from avise.engine.engine import Engine
from avise.engine.opened_hub import hub_key_source, open_local_hub
from avise.env import Env, SystemEnv
from avise.hub import staff
from avise.hub.core import HubCore
from avise.models.roles import Role, Session
from avise.services.profile import load_profile
from avise.services.request_values import RequestBoard, RequestDetail, RequestQuery

T = TypeVar("T")

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE = 30.0
"""Seconds that anything may take before a test says that it never came."""

_SETTINGS = """
synthetic = true
site_namespace = "5b1f5bb6-0b6b-5d2e-9f3c-0d4b1b7a8f11"
identity_master = "parties"

[user]
login = "{login}"
name = "{name}"
role = "{role}"

[key]
source = "demo"

[hub]
mode = "embedded"
file = "{hub}"
"""


class EnvOf(SystemEnv):
    """The real clock, set to a day.

    Args:
        day: the date that it tells when it is made; time goes on from there.
    """

    def __init__(self, day: datetime) -> None:
        self._shift = day - super().now()

    def now(self) -> datetime:
        """Return the time of that day."""
        return super().now() + self._shift


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works with requests."""

    login: str
    name: str
    role: Role
    writes: tuple[str, ...]
    """Perimeters."""
    reads: tuple[str, ...] = ()


LEA = Worker("lea.girard", "Léa Girard", Role.AGENT, ("team/PLATEAU_NANTES",))
KARIM = Worker(
    "karim.benali",
    "Karim Benali",
    Role.CASE_MANAGER,
    ("queue/ACCUEIL", "queue/PREST_SOINS", "team/PRESTATIONS"),
)
INES = Worker(
    "ines.moreau",
    "Inès Moreau",
    Role.CASE_MANAGER,
    ("queue/ACCUEIL", "queue/PREST_SOINS", "team/PRESTATIONS"),
)
MAUD = Worker(
    "maud.estrelle",
    "Maud Estrelle",
    Role.TEAM_LEAD,
    ("queue/ACCUEIL", "queue/PREST_SOINS", "team/PRESTATIONS"),
)
EVERYBODY = (LEA, KARIM, INES, MAUD)


async def hire(folder: Path, workers: tuple[Worker, ...] = EVERYBODY) -> None:
    """Make the hub of a folder, with people who work there."""
    env = SystemEnv()
    source = hub_key_source("demo", folder, env, synthetic=True)
    session = Session("admin", "Admin", Role.ADMINISTRATOR, "setting-up")
    hub = await open_local_hub(folder, source, HubCore(env), session, env)
    try:
        for worker in workers:
            await hub.setting_up(lambda connection, who=worker: _hire(connection, who))  # type: ignore[misc]  # the worker of this turn
    finally:
        await hub.aclose()


def _hire(connection: object, worker: Worker) -> None:
    staff.save_member(connection, worker.login, worker.name, worker.role)  # type: ignore[arg-type]
    for perimeter in worker.writes:
        staff.join(connection, worker.login, perimeter, LONG_AGO)  # type: ignore[arg-type]
    for perimeter in worker.reads:
        staff.join(connection, worker.login, perimeter, LONG_AGO, can_write=False)  # type: ignore[arg-type]


def write_profile(folder: Path, worker: Worker, hub: Path) -> Path:
    """Write the profile of somebody's desk."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _SETTINGS.format(
        login=worker.login, name=worker.name, role=worker.role.value, hub=(hub / "hub.db").as_posix()
    )
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return folder


@dataclass
class House:
    """The desks of a test, each an engine of its own."""

    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def hub(self) -> Path:
        """The folder of the hub."""
        return self.folder / "hub"

    def desk(self, worker: Worker) -> Engine:
        """Open somebody's desk; ended with the house."""
        return self.stack.enter_context(opened(write_profile(self.folder / worker.login, worker, self.hub)))


@contextmanager
def opened(folder: Path, env: Env | None = None) -> Iterator[Engine]:
    """Open a desk on a profile, as a window's engine is."""
    engine = Engine(load_profile(folder, device=""), env or SystemEnv(), at_desk=True)
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()


async def first(stream: AsyncIterator[T], wanted: Callable[[T], bool]) -> T:
    """Return the first value of a stream that is as wanted."""
    async with asyncio.timeout(PATIENCE), aclosing(stream) as values:  # type: ignore[type-var]
        async for value in values:
            if wanted(value):
                return value
    raise AssertionError("the stream ended")


def board(engine: Engine, query: RequestQuery, wanted: Callable[[RequestBoard], bool]) -> RequestBoard:
    """Wait until a list of a desk is as wanted."""
    return engine.run(first(engine.desk.request_board(query), wanted))


def detail(engine: Engine, request: object, wanted: Callable[[RequestDetail], bool]) -> RequestDetail:
    """Wait until a request is as wanted at a desk."""
    return engine.run(first(engine.desk.follow_request(request), wanted))  # type: ignore[arg-type]


def run(coroutine: Coroutine[object, object, T]) -> T:
    """Run something beside any engine."""
    return asyncio.run(coroutine)
