"""The stream of positions: who hears what, and when it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from avise.hub import staff
from avise.hub.api_pokes import PokeBoard
from avise.hub.port import Actor
from tests.hub_house import AGENT, MANAGER, SOINS, STRANGER, TEAM, desk
from tests.servers.hub_http.serving import HttpHouse, token_of

QUEUE = f"queue/{SOINS}"


@dataclass
class Heard:
    """What one stream told so far."""

    told: list[tuple[str, int]] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def positions(self) -> dict[str, int]:
        """The last position of each perimeter."""
        return dict(self.told)

    async def until(self, position: int, *names: str) -> None:
        """Wait until these perimeters are there."""
        async with asyncio.timeout(60):
            while any(self.positions.get(name) != position for name in names):
                self.more.clear()
                await self.more.wait()

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Read lines until the stream ends."""
        # The last chunk has no bytes; the connection itself stays open.
        while (line := await reader.readline()).strip() != b"0" and line:
            if line.startswith(b"data: "):
                value = json.loads(line[6:])
                assert set(value) == {"p", "pos"}
                self.told.append((value["p"], value["pos"]))
                self.more.set()
        self.ended.set()


@asynccontextmanager
async def heard(house: HttpHouse, actor: Actor) -> AsyncIterator[Heard]:
    """Listen as somebody for the time of the block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(house.running.address).port)
    token = token_of(house.running.parts, actor)
    writer.write(f"GET /pokes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    assert b" 200 " in await reader.readline()
    stream = Heard()
    listening = asyncio.create_task(stream.listen(reader))
    try:
        yield stream
    finally:
        listening.cancel()
        writer.transport.abort()
        await asyncio.gather(listening, return_exceptions=True)


async def test_a_stream_tells_where_its_perimeters_are_and_nobody_else_s(house: HttpHouse) -> None:
    lea, _ = await desk(house, AGENT), await desk(house, STRANGER)
    async with heard(house, AGENT) as here, heard(house, STRANGER) as there:
        await lea.create()
        await here.until(1, TEAM)
        await asyncio.sleep(0.6)
        assert {name for name, _ in here.told} == {TEAM}
        assert {name for name, _ in there.told} <= {"team/GC-BREST"}


async def test_a_stream_tells_the_last_position_of_many_and_never_an_older_one(house: HttpHouse) -> None:
    lea, _ = await desk(house, AGENT), await desk(house, MANAGER)
    async with heard(house, MANAGER) as stream:
        for _ in range(5):
            await lea.create()
        await stream.until(5, QUEUE, TEAM)
    for name in (QUEUE, TEAM):
        positions = [position for told, position in stream.told if told == name]
        assert positions == sorted(set(positions))


async def test_one_reading_of_positions_feeds_every_stream(house: HttpHouse) -> None:
    board: PokeBoard = house.running.parts.pokes
    marc = await desk(house, MANAGER)
    readings = 0
    look = board._look

    async def counted() -> None:
        nonlocal readings
        readings += 1
        await look()

    board._look = counted  # type: ignore[method-assign]  # counted where it is done
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(heard(house, MANAGER)) for _ in range(12)]
        await marc.create()
        await asyncio.gather(*(stream.until(1, QUEUE, TEAM) for stream in streams))
        before = readings
        await asyncio.sleep(1)
        assert readings - before < 8


async def test_a_stream_ends_when_a_right_ended(house: HttpHouse) -> None:
    lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
    await marc.hub.head()
    async with heard(house, MANAGER) as stream:
        await lea.create()
        await stream.until(1, QUEUE, TEAM)
        await house.set_up(lambda connection: staff.leave(connection, MANAGER.login, QUEUE, house.env.now()))
        house.env.advance(timedelta(seconds=61))
        await lea.create()
        async with asyncio.timeout(60):
            await stream.ended.wait()
        assert max(stream.positions.values()) == 1


async def test_waiting_ends_when_something_moved_and_when_nothing_does(house: HttpHouse) -> None:
    lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
    seen = (await marc.hub.head()).positions
    assert not await marc.hub.wait_for_change(seen, 0.2)
    waiting = asyncio.create_task(marc.hub.wait_for_change(seen, 30))
    await asyncio.sleep(0.1)
    await lea.create()
    assert await waiting
    forever = asyncio.create_task(marc.hub.wait_for_change((await marc.hub.head()).positions, 3_600))
    await asyncio.sleep(0.1)
    await marc.hub.aclose()
    assert not await forever
