"""What breaks on the way to the hub: nothing is lost, nothing counts twice, every call ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection

from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.dialect import Statement, rows
from avise.hub.port import Ack, HubUnreachableError, Outcome, PushedEvent
from avise.hub.postgres import PostgresTransactions
from avise.hub.remote import RemoteHub
from avise.hub.remote_line import HubLine
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from tests.hub_house import AGENT, SOINS, TEAM, Desk, desk, hire, postgres_house
from tests.postgres_server import has_postgres, postgres_server
from tests.servers.hub_http.serving import TLS, FreshTokens, HouseEnv, HttpHouse, served

CUTS = 60
CRASHES = 2
_KEPT = Statement("SELECT event_id, device_seq FROM event WHERE device = :device ORDER BY device_seq")


@dataclass
class CuttingProxy:
    """Between a workstation and the hub: passes so many bytes of an answer, or of a call, then cuts.

    Args:
        to: port of the hub.
    """

    to: int
    up: int | None = None
    """Bytes of calls that still pass; None for all."""
    down: int | None = None
    """Bytes of answers that still pass; None for all."""
    silent: bool = False
    """Takes calls and passes nothing on, without closing: a black hole."""
    port: int = 0
    running: set[asyncio.Task[None]] = field(default_factory=set)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until it is cut."""
        task = asyncio.current_task()
        assert task is not None
        self.running.add(task)
        ends = [writer]
        ways: list[asyncio.Task[None]] = []
        try:
            if self.silent:
                await asyncio.sleep(3_600)
            hub_reader, hub_writer = await asyncio.open_connection("127.0.0.1", self.to)
            ends.append(hub_writer)
            ways += [
                asyncio.create_task(self._carry(reader, hub_writer, "up")),
                asyncio.create_task(self._carry(hub_reader, writer, "down")),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in ends:
                end.transport.abort()
            self.running.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        while content := await reader.read(65_536):
            left = getattr(self, way)
            if left is not None:
                setattr(self, way, max(0, left - len(content)))
                writer.write(content[:left])
                await writer.drain()
                if left <= len(content):
                    return
            else:
                writer.write(content)
                await writer.drain()


@asynccontextmanager
async def cutting(address: str) -> AsyncIterator[CuttingProxy]:
    """Put a proxy before a hub for the time of the block."""
    proxy = CuttingProxy(urlsplit(address).port or 0)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in tuple(proxy.running):
            task.cancel()
        await asyncio.gather(*proxy.running, return_exceptions=True)


@asynccontextmanager
async def behind(house: HttpHouse, proxy: CuttingProxy) -> AsyncIterator[Desk]:
    """Return Léa's desk, which reaches the hub through a proxy."""
    line = HubLine(f"http://127.0.0.1:{proxy.port}", TLS)
    hub = RemoteHub(line, FreshTokens(house.running.parts, AGENT), house.env)
    await hub.enrol()
    try:
        yield Desk(hub, AGENT, house.env)
    finally:
        await hub.aclose()


async def until_taken(at: Desk, events: list[PushedEvent]) -> tuple[Ack, ...]:
    """Send as a workstation does: again, until there is an answer."""
    while True:
        try:
            return await at.hub.push(events)
        except HubUnreachableError:
            await asyncio.sleep(0.01)


def kept(connection: Connection) -> list[tuple[str, int]]:
    return [(line.event_id, line.device_seq) for line in rows(connection, _KEPT, device=AGENT.device)]


async def test_a_connection_cut_anywhere_loses_nothing_and_doubles_nothing(house: HttpHouse) -> None:
    chance = random.Random(4)
    async with cutting(house.running.address) as proxy, behind(house, proxy) as lea:
        request, _ = await lea.create()
        cut = 0
        for number in range(CUTS):
            event = lea.written(
                request_stream(request), EventKind.REQUEST_REPLIED, {"words": f"mot {number}"}
            )
            setattr(proxy, chance.choice(("up", "down")), chance.randrange(900))
            (first,) = await asyncio.gather(lea.hub.push([event]), return_exceptions=True)
            cut += isinstance(first, HubUnreachableError)
            proxy.up = proxy.down = None
            (ack,) = await until_taken(lea, [event])
            assert (ack.device_seq, ack.effective) == (event.device_seq, True)
        assert cut > CUTS // 4
        assert [seq for _, seq in await house.set_up(kept)] == list(range(1, CUTS + 2))
        assert (await lea.hub.head()).positions[TEAM] == CUTS + 1
    assert await house.set_up(audit) == ()


async def test_an_answer_lost_after_the_commit_is_given_again(house: HttpHouse) -> None:
    async with cutting(house.running.address) as proxy, behind(house, proxy) as lea:
        event = lea.written(
            request_stream(house.env.uuid7()), EventKind.REQUEST_CREATED,
            {"queue": SOINS, "team": TEAM, "type": "R01", "terms": {"target_minutes": 9}},
        )  # fmt: skip
        proxy.down = 0
        with pytest.raises(HubUnreachableError):
            await lea.hub.push([event])
        proxy.down = None
        (ack,) = await lea.hub.push([event])
        assert ack.outcome is Outcome.DUPLICATE
        assert ack.number


async def test_a_call_into_a_black_hole_ends(house: HttpHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avise.hub.remote.HEAD_S", 0.3)
    async with cutting(house.running.address) as proxy, behind(house, proxy) as lea:
        proxy.silent = True
        for task in tuple(proxy.running):
            task.cancel()
        with pytest.raises(HubUnreachableError):
            await lea.hub.head()
        proxy.silent = False
        monkeypatch.setattr("avise.hub.remote.HEAD_S", 30)
        assert (await lea.hub.head()).last_seq == 0


async def test_a_stream_that_was_cut_is_heard_again(house: HttpHouse) -> None:
    async with cutting(house.running.address) as proxy, behind(house, proxy) as lea:
        jean = await desk(house, AGENT)
        assert not await lea.hub.wait_for_change({TEAM: 0}, 0.5)
        for task in tuple(proxy.running):
            task.cancel()
        await jean.create()
        assert await lea.hub.wait_for_change({TEAM: 0}, 30)


async def test_a_postgresql_that_crashes_loses_nothing_that_was_acknowledged() -> None:
    if not has_postgres():
        pytest.skip("no PostgreSQL binaries on this platform")
    async with AsyncExitStack() as stack:
        server = stack.enter_context(postgres_server(fsync=True))
        env = HouseEnv()
        core = HubCore(env)
        owned = postgres_house(server, core, env)
        stack.push_async_callback(owned.aclose)
        await owned.set_up(hire)
        transactions = PostgresTransactions.to(owned.url, env)
        stack.push_async_callback(transactions.aclose)
        running = await stack.enter_async_context(served(core, transactions, env))
        made = HttpHouse(running, owned.set_up, env)
        stack.push_async_callback(made.aclose)
        lea = await desk(made, AGENT)
        request, _ = await lea.create()
        acknowledged = [1]
        for _ in range(CRASHES):
            writing = asyncio.create_task(_write_on(lea, request_stream(request), acknowledged))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(server.crash)
            await asyncio.to_thread(server.start)
            await writing
        assert (await lea.hub.head()).last_seq == acknowledged[-1]
        assert acknowledged == list(range(1, acknowledged[-1] + 1))
        assert [seq for _, seq in await owned.set_up(kept)] == acknowledged
        assert await owned.set_up(audit) == ()


async def _write_on(lea: Desk, stream: str, acknowledged: list[int]) -> None:
    for number in range(60):
        event = lea.written(stream, EventKind.REQUEST_REPLIED, {"words": str(number)})
        (ack,) = await until_taken(lea, [event])
        assert ack.outcome in (Outcome.ACCEPTED, Outcome.DUPLICATE)
        acknowledged.append(ack.device_seq)
        await asyncio.sleep(0.01)
