from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.demo.faults import (
    RESTORED,
    STATE_FILE,
    Fault,
    FaultKind,
    Garbage,
    ToolNotRunningError,
    break_tool,
    current_fault,
)
from avise.demo.tools.front import GARBAGE_ANSWERS, FaultFront
from tests.servers.tools_a.world import StartTools, bearer, client_of, ids

MEMBER = f"/parties/{ids(1).party}"


@given(
    st.builds(
        Fault,
        st.sampled_from(FaultKind),
        st.floats(0, 3600, allow_nan=False),
        st.floats(1, 1e6, allow_nan=False),
        st.sampled_from(Garbage),
    )
)
def test_a_fault_survives_the_way_to_the_tool(fault: Fault) -> None:
    assert Fault.from_json(fault.to_json()) == fault


async def test_a_tool_that_is_down_refuses_connections_then_comes_back_on_its_port(
    start: StartTools, data_dir: Path
) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        break_tool(data_dir, "parties", Fault(FaultKind.DOWN))
        with pytest.raises(httpx2.ConnectError):
            await client.get(MEMBER)
        break_tool(data_dir, "parties", RESTORED)
        assert (await client.get(MEMBER)).status_code == 200


async def test_going_down_resets_the_connections_that_were_open(start: StartTools, data_dir: Path) -> None:
    async with start("relation") as tools:
        token = tools.secrets()["relation", "token"]
        async with (
            client_of(tools, "relation", Authorization=f"Bearer {token}") as client,
            client.stream("GET", "/calls/stream") as stream,
        ):
            lines = stream.aiter_lines()
            await anext(lines)
            break_tool(data_dir, "relation", Fault(FaultKind.DOWN))
            with pytest.raises(httpx2.TransportError):
                async for _ in lines:
                    pass


async def test_a_slow_tool_answers_after_a_while(start: StartTools, data_dir: Path) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        break_tool(data_dir, "parties", Fault(FaultKind.SLOW, seconds=60))
        with pytest.raises(httpx2.ReadTimeout):
            await client.get(MEMBER, timeout=0.5)
        break_tool(data_dir, "parties", Fault(FaultKind.SLOW, seconds=0.1))
        assert (await client.get(MEMBER)).status_code == 200


async def test_a_tool_that_hangs_accepts_and_says_nothing(start: StartTools, data_dir: Path) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        break_tool(data_dir, "parties", Fault(FaultKind.HANG))
        with pytest.raises(httpx2.ReadTimeout):
            await client.get(MEMBER, timeout=0.5)
        break_tool(data_dir, "parties", RESTORED)
        assert (await client.get(MEMBER)).status_code == 401


async def test_an_answer_that_drips_is_whole_in_the_end(start: StartTools, data_dir: Path) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        whole = (await client.get(MEMBER)).json()
        break_tool(data_dir, "parties", Fault(FaultKind.DRIP, bytes_per_second=2_000))
        assert (await client.get(MEMBER)).json() == whole
        break_tool(data_dir, "parties", Fault(FaultKind.DRIP, bytes_per_second=5))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await client.get(MEMBER)


@pytest.mark.parametrize("garbage", [Garbage.HTML, Garbage.TRUNCATED, Garbage.CHARSET])
async def test_garbage_has_status_200_and_is_not_json(
    start: StartTools, data_dir: Path, garbage: Garbage
) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        break_tool(data_dir, "parties", Fault(FaultKind.GARBAGE, garbage=garbage))
        reply = await client.get(MEMBER)
        assert reply.status_code == 200
        with pytest.raises(ValueError, match=r"."):
            json.loads(reply.content.decode("utf-8"))


async def test_noise_is_not_even_http(start: StartTools, data_dir: Path) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        break_tool(data_dir, "parties", Fault(FaultKind.GARBAGE, garbage=Garbage.NOISE))
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get(MEMBER)


async def test_every_kind_of_garbage_comes_in_turn(start: StartTools, data_dir: Path) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        break_tool(data_dir, "parties", Fault(FaultKind.GARBAGE))
        seen = set()
        for _ in GARBAGE_ANSWERS:
            try:
                seen.add((await client.get(MEMBER)).content[:12])
            except httpx2.RemoteProtocolError:
                seen.add(b"noise")
        assert len(seen) == len(GARBAGE_ANSWERS)


async def test_tokens_expire_all_at_once_and_new_ones_are_good(start: StartTools, data_dir: Path) -> None:
    async with start("parties") as tools, client_of(tools, "parties") as client:
        client.headers.update(await bearer(tools, client))
        break_tool(data_dir, "parties", Fault(FaultKind.EXPIRE_TOKEN))
        assert (await client.get(MEMBER)).status_code == 401
        client.headers.update(await bearer(tools, client))
        assert (await client.get(MEMBER)).status_code == 200


@pytest.mark.parametrize(("tool", "header", "secret"), [
    ("benefits", "X-Cle-Api", "api_key"),
    ("relation", "Authorization", "token"),
])  # fmt: skip
async def test_a_key_that_expired_is_good_again_once_restored(
    start: StartTools, data_dir: Path, tool: str, header: str, secret: str
) -> None:
    path = "/etat" if tool == "benefits" else "/about"
    async with start(tool) as tools, client_of(tools, tool) as client:
        value = tools.secrets()[tool, secret]
        client.headers[header] = value if tool == "benefits" else f"Bearer {value}"
        statuses = [(await client.get(path)).status_code]
        for fault in (Fault(FaultKind.EXPIRE_TOKEN), RESTORED):
            break_tool(data_dir, tool, fault)
            statuses.append((await client.get(path)).status_code)
        assert statuses == [200, 401, 200]


async def test_the_fault_in_force_can_be_read(start: StartTools, data_dir: Path) -> None:
    async with start("parties"):
        fault = Fault(FaultKind.SLOW, seconds=3.5)
        break_tool(data_dir, "parties", fault)
        assert current_fault(data_dir, "parties") == fault


async def test_the_token_of_another_run_breaks_nothing(
    start: StartTools, data_dir: Path, tmp_path: Path
) -> None:
    async with start("parties"):
        _copy_with_another_token(data_dir, tmp_path)
        with pytest.raises(ToolNotRunningError):
            break_tool(tmp_path, "parties", Fault(FaultKind.DOWN))
        assert current_fault(data_dir, "parties") == RESTORED


def _copy_with_another_token(data_dir: Path, elsewhere: Path) -> None:
    state = json.loads((data_dir / STATE_FILE).read_text("utf-8"))
    (elsewhere / STATE_FILE).write_text(json.dumps({**state, "token": "0" * 32}), "utf-8")


async def test_a_tool_that_does_not_run_cannot_be_broken(start: StartTools, data_dir: Path) -> None:
    async with start("parties"):
        with pytest.raises(ToolNotRunningError):
            break_tool(data_dir, "benefits", Fault(FaultKind.DOWN))
    with pytest.raises(ToolNotRunningError):
        break_tool(data_dir, "parties", Fault(FaultKind.DOWN))


async def test_a_tool_without_tokens_answers_unauthorized_until_restored() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
        writer.close()

    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        front = FaultFront(server.sockets[0].getsockname()[1])
        await front.start()
        try:
            assert await _exchange(front.port, b"bonjour") == b"bonjour"
            await front.set_fault(Fault(FaultKind.EXPIRE_TOKEN))
            assert (await _exchange(front.port, b"bonjour")).startswith(b"HTTP/1.1 401")
            await front.set_fault(RESTORED)
            large = bytes(range(256)) * 2_000
            assert await _exchange(front.port, large) == large
        finally:
            await front.aclose()


async def test_answers_leave_without_waiting_for_one_another() -> None:
    accepted: list[int] = []

    async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(b"bonjour"))
        accepted.append(_nodelay(writer))
        writer.close()

    async with await asyncio.start_server(tell, sock=FaultFront._bind(0)) as server:
        await _exchange(server.sockets[0].getsockname()[1], b"bonjour")
    assert accepted == [1]


def _nodelay(writer: asyncio.StreamWriter) -> int:
    raw: socket.socket = writer.get_extra_info("socket")
    return raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def _exchange(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    received = b""
    while len(received) < len(sent):
        chunk = await reader.read(65_536)
        if not chunk:
            break
        received += chunk
    writer.close()
    return received
