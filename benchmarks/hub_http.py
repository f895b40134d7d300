"""The hub through HTTP: what the door itself costs, and how soon 200 agents see what another one did.

A real `avise hub serve` on a real PostgreSQL; the agents are connections of this process, which shares the
machine with both. An action is timed from the call that sends it to the moment at which another desk has
pulled it.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from avise.env import SystemEnv
from avise.hub import staff
from avise.hub.acting import ActingHub
from avise.hub.api_grants import Signing, signing
from avise.hub.core import HubCore
from avise.hub.dialect import postgres_engine
from avise.hub.migrating import migrate
from avise.hub.port import Actor, HubPort, SequenceGapError
from avise.hub.postgres import PostgresTransactions
from avise.hub.remote import POLL_S, RemoteHub
from avise.hub.remote_line import HubLine
from avise.hub.tokens import issue_person_token
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from avise.models.roles import Role
from benchmarks.measure import Measure, measure, percentile
from tests.hub_house import LONG_AGO, SOINS, Desk
from tests.postgres_server import has_postgres, postgres_server
from tests.servers.hub_http.processes import serving
from tests.servers.hub_http.serving import TLS

QUEUE = f"queue/{SOINS}"
TYPE = "OTHER"
FIELDS: dict[str, JSON] = {
    "subject": "Décompte",
    "topic": "benefits",
    "question": "Merci de revoir ce décompte.",
}
"""A served hub looks at types and forms."""
AGENTS, QUICK_AGENTS = 200, 60
SECONDS, QUICK_SECONDS = 40.0, 12.0
CALLS, QUICK_CALLS = 300, 80
ACTIONS_A_SECOND = 5.0
"""200 agents who each write something every 40 seconds."""
MANAGERS, TEAMS = 20, 9
"""One corbeille is handled by 20 people; the others are agents of nine teams, who ask it."""
BAR_POLL_S, BAR_POKE_S = 5.0, 1.0
"""At p95 (`hub.md` 7, scenario 18)."""
BAR_CALL_MS = 5.0
"""What the door may add to a call, at the median, on a machine that does nothing else."""


def run(*, quick: bool) -> list[Measure]:
    """Measure; nothing where there is no PostgreSQL."""
    return asyncio.run(_run(quick)) if has_postgres() else []


@dataclass
class Office:
    """A served hub, and who works with it."""

    address: str
    direct: PostgresTransactions
    signing: Signing
    opened: AsyncExitStack
    env: SystemEnv = field(default_factory=SystemEnv)

    async def desk(self, actor: Actor) -> Desk:
        """Return somebody's desk, which calls by HTTP."""
        hub = RemoteHub(HubLine(self.address, TLS), Issued(self, actor), self.env)
        self.opened.push_async_callback(hub.aclose)
        await hub.enrol()
        return Desk(hub, actor, self.env)


@dataclass
class Issued:
    """Tokens made here: signing 200 people in would measure argon2."""

    office: Office
    actor: Actor
    token: str = ""

    @property
    def device(self) -> str:
        """The workstation's name at the hub."""
        return self.actor.device

    async def bearer(self) -> str:
        """Return a token that holds for the time of a benchmark."""
        if not self.token:
            found = self.office.signing
            self.token = issue_person_token(
                found.keys, found.hub_id, self.office.env, login=self.actor.login, device=self.actor.device
            )
        return self.token

    async def renewed(self, refused: str) -> str:
        """Return none: a benchmark is short."""
        del refused
        return ""


@asynccontextmanager
async def served_office(agents: list[Actor]) -> AsyncIterator[Office]:
    """Serve a hub, with everybody at work, until the block ends."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgres_server(fsync=True))
        url, env = server.url(server.database()), SystemEnv()

        def make(connection: Connection) -> Signing:
            migrate(connection, env)
            for actor in agents:
                staff.save_member(connection, actor.login, actor.login, actor.role)
                staff.join(connection, actor.login, _perimeter(actor), LONG_AGO)
            return signing(connection, env.now())

        owner = postgres_engine(url, 1)
        with owner.begin() as connection:
            signed = make(connection)
        owner.dispose()
        direct = PostgresTransactions.to(url, env)
        stack.push_async_callback(direct.aclose)
        served = await stack.enter_async_context(serving(folder, "--workers", "2", database=url))
        opened = await stack.enter_async_context(AsyncExitStack())
        yield Office(served.address, direct, signed, opened)


async def _run(quick: bool) -> list[Measure]:
    count, seconds, calls = (QUICK_AGENTS, QUICK_SECONDS, QUICK_CALLS) if quick else (AGENTS, SECONDS, CALLS)
    agents = [
        Actor(f"agent{n}", Role.CASE_MANAGER if n < MANAGERS else Role.AGENT, f"poste-{n}")
        for n in range(count)
    ]
    async with served_office(agents) as office:
        found = await _costs(office, agents[-1], calls)
        desks = [await office.desk(actor) for actor in agents]
        streams = {}
        for desk in desks[MANAGERS : MANAGERS + TEAMS]:
            team = _perimeter(desk.actor)
            request, ack = await desk.create(team=team, type=TYPE, fields=FIELDS)
            if not ack.effective:
                raise RuntimeError(ack)
            streams[team] = request_stream(request)
        for name, wait, bar in (("poll", _polled, BAR_POLL_S), ("poke", _poked, BAR_POKE_S)):
            seen = await _watched(desks, streams, wait, seconds)
            found.append(measure(f"hub_http.seen_by_{name}_p95", percentile(seen, 0.95), "s", bar))
            found.append(measure(f"hub_http.seen_by_{name}_p50", percentile(seen, 0.5), "s"))
        return found


def _perimeter(actor: Actor) -> str:
    """Return where somebody works: the corbeille, or one of the teams."""
    number = int(actor.login.removeprefix("agent"))
    return QUEUE if number < MANAGERS else f"team/T{number % TEAMS}"


# ---- one call --------------------------------------------------------------------------------------


async def _costs(office: Office, actor: Actor, calls: int) -> list[Measure]:
    """Return what HTTP adds to a call, by rounds that alternate with the same call made directly."""
    by_http = await office.desk(Actor(actor.login, actor.role, "poste-http"))
    other = Actor(actor.login, actor.role, "poste-direct")
    acting = ActingHub(HubCore(office.env), office.direct, other, office.env)
    await acting.enrol()
    directly = Desk(acting, other, office.env)
    found = []
    for name, call in (("head", _head), ("push", _push)):
        times: dict[str, list[float]] = {"http": [], "direct": []}
        for number in range(calls):
            for way, desk in (("http", by_http), ("direct", directly)):
                began = time.perf_counter()
                await call(desk)
                if number >= calls // 10:
                    times[way].append((time.perf_counter() - began) * 1_000)
        http, direct = (percentile(times[way], 0.5) for way in ("http", "direct"))
        found.append(measure(f"hub_http.{name}_added_p50", http - direct, "ms", BAR_CALL_MS))
        found.append(measure(f"hub_http.{name}_p50", http, "ms"))
    return found


async def _head(desk: Desk) -> None:
    await desk.hub.head()


async def _push(desk: Desk) -> None:
    await desk.create(team=_perimeter(desk.actor), type=TYPE, fields=FIELDS)


# ---- many agents -----------------------------------------------------------------------------------

Wait = Callable[[HubPort, dict[str, int]], Coroutine[Any, Any, None]]
"""Waits until there may be something to pull."""


async def _polled(hub: HubPort, seen: dict[str, int]) -> None:
    """Ask the head every few seconds, until a position moved."""
    while True:
        await asyncio.sleep(POLL_S * random.uniform(0.85, 1.15))
        head = await hub.head()
        if any(position > seen.get(name, 0) for name, position in head.positions.items()):
            return


async def _poked(hub: HubPort, seen: dict[str, int]) -> None:
    await hub.wait_for_change(seen, 30)


async def _watched(desks: list[Desk], streams: dict[str, str], wait: Wait, seconds: float) -> list[float]:
    """Let desks write for some seconds while all watch; return how long each action took to be seen."""
    sent: dict[str, float] = {}
    delays: list[float] = []
    watching = [asyncio.create_task(_watch(desk, wait, sent, delays)) for desk in desks]
    await asyncio.sleep(2)
    until = time.perf_counter() + seconds
    writing = []
    while time.perf_counter() < until:
        desk = random.choice(desks[MANAGERS:])
        stream = streams[_perimeter(desk.actor)]
        writing.append(asyncio.create_task(_act(desk, stream, sent)))
        await asyncio.sleep(random.expovariate(ACTIONS_A_SECOND))
    await asyncio.gather(*writing)
    await asyncio.sleep(BAR_POLL_S + 1)
    for task in watching:
        task.cancel()
    for end in await asyncio.gather(*watching, return_exceptions=True):
        if isinstance(end, Exception):
            raise end
    return delays


async def _act(desk: Desk, stream: str, sent: dict[str, float]) -> None:
    # A desk numbers what it writes when it writes it: the next one waits for its turn.
    event = desk.written(stream, EventKind.REQUEST_REPLIED, {"words": "Bien reçu."})
    sent[str(event.event_id)] = time.perf_counter()
    while True:
        try:
            (ack,) = await desk.hub.push([event])
        except SequenceGapError:
            # Until the one before has arrived.
            await asyncio.sleep(0.01)
        else:
            if not ack.effective:
                raise RuntimeError(ack)
            return


async def _watch(desk: Desk, wait: Wait, sent: dict[str, float], delays: list[float]) -> None:
    name = _perimeter(desk.actor)
    seen = dict((await desk.hub.head()).positions)
    while True:
        await wait(desk.hub, seen)
        page = await desk.hub.pull({name: seen[name]})
        seen.update(page.through)
        now = time.perf_counter()
        delays += [
            now - sent[str(event.event_id)]
            for event in page.events
            if event.author != desk.actor.login and str(event.event_id) in sent
        ]
