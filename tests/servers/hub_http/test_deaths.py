"""`avise hub serve` dies at every step of a call, desks send again: nothing is lost, nothing counts twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from avise.env import Env, SystemEnv
from avise.hub.api_grants import Signing, signing
from avise.hub.core import HubCore
from avise.hub.port import Ack, Actor, HubUnreachableError, Pulled, PushedEvent
from avise.hub.remote import RemoteHub
from avise.hub.remote_line import HubLine
from avise.hub.steps import Step
from avise.hub.tokens import issue_person_token
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from tests.hub_deaths import ROUNDS, faults
from tests.hub_house import LEAD, MANAGER, SECOND, SOINS, TEAM, Desk, hire, postgres_house, request_body
from tests.postgres_server import PostgresServer
from tests.servers.hub_http.serving import TLS, HouseEnv

T = TypeVar("T")

QUEUE = f"queue/{SOINS}"
FORM: dict[str, JSON] = {"subject": "Décompte", "topic": "benefits", "question": "Merci de revoir."}
CONTENT = b"Justificatif de test.\n"


@dataclass
class Servers:
    """The program that serves, and dies, and serves again."""

    program: asyncio.subprocess.Process
    address: str = ""
    pid: int = 0

    async def start(self, step: str = "never", nth: int = 1) -> None:
        """Serve, until a step is reached for the nth time."""
        assert self.program.stdin is not None
        self.program.stdin.write(f"{step} {nth}\n".encode())
        self.pid = int(await self._told("pid "))
        self.address = await self._told("ready: ")

    async def end(self) -> int:
        """Return how the server ended, once it has."""
        status = int(await self._told("ended "))
        self.pid = 0
        return status

    async def _told(self, mark: str) -> str:
        assert self.program.stdout is not None
        async with asyncio.timeout(90):
            while line := (await self.program.stdout.readline()).decode():
                if mark in line:
                    return line.partition(mark)[2].strip()
        raise AssertionError(mark)


@asynccontextmanager
async def servers(database: str) -> AsyncIterator[Servers]:
    """Have a program ready to serve for the time of the block."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.hub_http.dying_servers",
        cwd=Path(__file__).parents[3], env=os.environ | {"AVISE_HUB_DATABASE": database},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    running = Servers(program)
    try:
        yield running
    finally:
        if running.pid:
            with suppress(ProcessLookupError):
                os.kill(running.pid, signal.SIGKILL)
        program.kill()
        await program.wait()


@dataclass
class Shown:
    """Tokens that outlive servers, as the hub's key does."""

    signing: Signing
    actor: Actor
    env: Env

    @property
    def device(self) -> str:
        return self.actor.device

    async def bearer(self) -> str:
        keys, hub = self.signing.keys, self.signing.hub_id
        return issue_person_token(keys, hub, self.env, login=self.actor.login, device=self.actor.device)

    async def renewed(self, refused: str) -> str:
        del refused
        return ""


@dataclass
class Insisting:
    """Somebody at a workstation who sends again until there is an answer, and pulls what others wrote."""

    servers: Servers
    tokens: Shown
    others: list[uuid.UUID]
    """Requests that everybody wants."""
    chance: random.Random
    hub: RemoteHub | None = None
    address: str = ""
    written: list[PushedEvent] = field(default_factory=list)
    told: dict[tuple[str, int], Ack] = field(default_factory=dict)
    pulled: list[tuple[int, str]] = field(default_factory=list)
    blobs: dict[str, uuid.UUID] = field(default_factory=dict)
    cut: int = 0

    async def insist(self, call: Callable[[RemoteHub], Awaitable[T]]) -> T:
        """Call until there is an answer, whichever server gives it."""
        while True:
            try:
                return await call(await self._hub())
            except HubUnreachableError:
                self.cut += 1
                await asyncio.sleep(0.03)

    async def _hub(self) -> RemoteHub:
        if self.hub is None or self.address != self.servers.address:
            await self.aclose()
            self.address = self.servers.address
            self.hub = RemoteHub(HubLine(self.address, TLS), self.tokens, self.tokens.env)
            await self.hub.enrol()
        return self.hub

    async def work(self, over: asyncio.Event) -> None:
        """Make requests, take those of others, read, until it is over."""
        at = Desk(await self.insist(_itself), self.tokens.actor, self.tokens.env)
        while not over.is_set():
            await self._make(at)
            await self._take(at)
            await self.pull()

    async def _make(self, at: Desk) -> None:
        request, blob = at.env.uuid7(), uuid.uuid4().hex
        content = CONTENT + blob.encode()
        await self.insist(lambda hub: hub.put_blob(blob, content))
        self.blobs[blob] = request
        joined: JSON = [{"blob": blob, "name": "a.txt", "media_type": "text/plain", "size": len(content)}]
        body = request_body(SOINS, TEAM, type="OTHER", fields=FORM, attachments=joined)
        stream = request_stream(request)
        await self._send(
            at.written(stream, EventKind.REQUEST_CREATED, body),
            at.written(stream, EventKind.REQUEST_NOTED, {"words": "Vu."}),
        )
        self.others.append(request)

    async def _take(self, at: Desk) -> None:
        taken = self.chance.sample(self.others[-6:], min(3, len(self.others)))
        kinds = (EventKind.REQUEST_CLAIMED, EventKind.REQUEST_RESOLVED)
        await self._send(
            *(at.written(request_stream(one), kind, {"outcome": "done"}) for one in taken for kind in kinds)
        )

    async def _send(self, *events: PushedEvent) -> None:
        self.written += events
        for ack in await self.insist(lambda hub: hub.push(events)):
            self.told[self.tokens.device, ack.device_seq] = ack

    async def pull(self) -> None:
        """Read what follows in the corbeille, to its end."""
        more = True
        while more:
            after = self.pulled[-1][0] if self.pulled else 0
            page = await self.insist(partial(_pulled, after))
            self.pulled += [(event.pos, event.identity) for event in page.events]
            more = page.more

    async def aclose(self) -> None:
        if self.hub is not None:
            await self.hub.aclose()
            self.hub = None


async def _pulled(after: int, hub: RemoteHub) -> Pulled:
    return await hub.pull({QUEUE: after})


async def _itself(hub: RemoteHub) -> RemoteHub:
    return hub


def fed(connection: Connection) -> list[tuple[int, str]]:
    query = f"SELECT pos, event_id FROM feed WHERE perimeter = '{QUEUE}' ORDER BY pos"  # noqa: S608 - our own name
    return [(line[0], line[1]) for line in connection.exec_driver_sql(query)]


async def test_a_server_that_dies_at_any_step_loses_nothing_and_doubles_nothing(
    server: PostgresServer,
) -> None:
    env, chance = SystemEnv(), random.Random(8)
    owned = postgres_house(server, HubCore(env), HouseEnv(env.now()))
    await owned.set_up(hire)
    keys = await owned.set_up(lambda connection: signing(connection, env.now()))
    wanted: list[uuid.UUID] = []
    over = asyncio.Event()
    async with servers(owned.url) as running:
        desks = [
            Insisting(running, Shown(keys, actor, env), wanted, random.Random(number))
            for number, actor in enumerate((MANAGER, SECOND, LEAD))
        ]
        await running.start(Step.PUSH_RECEIVED, 2)
        working = [asyncio.create_task(desk.work(over)) for desk in desks]
        assert await running.end() == -signal.SIGKILL
        for step in [step for step in Step for _ in range(ROUNDS)]:
            await running.start(step, chance.randint(1, 3))
            assert await running.end() == -signal.SIGKILL, step
        await running.start()
        over.set()
        await asyncio.gather(*working)
        for desk in desks:
            await desk.pull()
            for blob, request in desk.blobs.items():
                content = await desk.insist(lambda hub, name=blob, of=request: hub.get_blob(name, of))  # type: ignore[misc]  # bound now
                assert content == CONTENT + blob.encode()
            await desk.aclose()
    assert all(desk.cut for desk in desks)
    written = {desk.tokens.device: desk.written for desk in desks}
    told = {place: ack for desk in desks for place, ack in desk.told.items()}
    assert len(told) == sum(map(len, written.values())) > ROUNDS * len(Step)
    assert await owned.set_up(lambda connection: faults(connection, written, told)) == []
    feed = await owned.set_up(fed)
    assert [pos for pos, _ in feed] == list(range(1, len(feed) + 1))
    assert all(desk.pulled == feed for desk in desks)
    await owned.aclose()


@pytest.mark.parametrize("step", [Step.PUSH_WRITTEN, Step.PUSH_COMMITTED])
async def test_what_a_death_leaves_is_what_was_committed(server: PostgresServer, step: Step) -> None:
    env = SystemEnv()
    owned = postgres_house(server, HubCore(env), HouseEnv(env.now()))
    await owned.set_up(hire)
    keys = await owned.set_up(lambda connection: signing(connection, env.now()))
    async with servers(owned.url) as running:
        await running.start(step)
        hub = RemoteHub(HubLine(running.address, TLS), Shown(keys, MANAGER, env), env)
        await hub.enrol()
        stream = request_stream(env.uuid7())
        body = request_body(SOINS, TEAM, type="OTHER", fields=FORM)
        event = Desk(hub, MANAGER, env).written(stream, EventKind.REQUEST_CREATED, body)
        with pytest.raises(HubUnreachableError):
            await hub.push([event])
        assert await running.end() == -signal.SIGKILL
        await hub.aclose()
    assert len(await owned.set_up(fed)) == (1 if step is Step.PUSH_COMMITTED else 0)
    await owned.aclose()
