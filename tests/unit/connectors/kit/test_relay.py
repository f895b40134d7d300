"""The relay in front of a server that is read without HTTP: who is led there, and what comes back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from avise.connectors.kit.relay import Carries, Relay, addresses_of, led_through

ANSWER = b"x" * 4_000

PATIENCE = 30.0
SILENCE = 0.3
"""How long a server that says nothing is listened to."""


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Give the port of a server that answers each connection and ends it."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def by_the_loop(port: int, seconds: float = PATIENCE) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await asyncio.wait_for(reader.read(), seconds)
    finally:
        writer.close()


def on_a_thread(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        found = b""
        while piece := line.recv(1024):
            found += piece
        return found


async def answered(port: int, relay: Relay, *, thread: bool, seconds: float = PATIENCE) -> bytes:
    with led_through(relay, addresses_of("127.0.0.1")):
        return await (asyncio.to_thread(on_a_thread, port) if thread else by_the_loop(port, seconds))


@pytest.mark.parametrize("thread", [False, True], ids=["loop", "thread"])
async def test_any_library_is_led_through_the_relay_and_back_afterwards(port: int, thread: bool) -> None:
    relay = Relay("127.0.0.1", 0, Carries.ALL)
    await relay.start()
    assert await answered(port, relay, thread=thread) == ANSWER
    assert (relay.port, relay.carried) == (port, len(ANSWER))
    await by_the_loop(port)
    assert relay.carried == len(ANSWER)
    await relay.aclose()


async def test_an_answer_ends_in_its_middle_and_for_good_when_asked(port: int) -> None:
    each, all_of_them = (Relay("127.0.0.1", 0, Carries.A_PART, 2_500, good) for good in (False, True))
    for relay, again in ((each, True), (all_of_them, False)):
        await relay.start()
        first, second = [await answered(port, relay, thread=False) for _ in range(2)]
        assert 2_000 <= len(first) < len(ANSWER)
        assert (len(second) >= 2_000) is again
        await relay.aclose()


@pytest.mark.parametrize("carries", [Carries.NOTHING, Carries.SLOWLY])
async def test_a_silent_or_dripping_server_keeps_whoever_waits(port: int, carries: Carries) -> None:
    relay = Relay("127.0.0.1", 0, carries)
    await relay.start()
    with pytest.raises(TimeoutError):
        await answered(port, relay, thread=False, seconds=SILENCE)
    await relay.aclose()


async def test_nobody_listens_once_it_is_closed(port: int) -> None:
    relay = Relay("127.0.0.1", 0, Carries.ALL)
    await relay.start()
    await relay.aclose()
    with pytest.raises(ConnectionRefusedError):
        await answered(port, relay, thread=False)
