"""A desk killed while it hands a message over: the next one says unknown, and sends nothing twice."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from avise.demo.mail_sink import HOST
from avise.env import SystemEnv
from avise.models.outgoing import MessageStatus
from tests.servers.messages.faulty_mail import FaultyMail
from tests.servers.messages.small_desk import LaterEnv, SmallDesk

NOBODY_LISTENS = 1
"""A port of the loopback."""


async def _child(store: Path, port: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.messages.small_desk", str(store), str(port),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )  # fmt: skip


async def _until_taken(sink: FaultyMail, count: int) -> None:
    async with asyncio.timeout(30):
        while len(sink.messages()) < count:  # noqa: ASYNC110 - the sink writes files on its own line
            await asyncio.sleep(0.02)


async def test_a_desk_killed_after_the_last_byte_leaves_one_unknown_message(tmp_path: Path) -> None:
    async with FaultyMail.start(tmp_path / "mail") as sink:
        assert isinstance(sink, FaultyMail)
        sink.answers = {"dot": ""}
        child = await _child(tmp_path / "store.db", sink.port)
        await _until_taken(sink, 1)
        child.kill()
        await child.wait()
        desk = await SmallDesk.open(tmp_path / "store.db", HOST, sink.port, SystemEnv())
        assert await desk.outgoing.recover() == 1
        assert await desk.outgoing.depart_due() == 0
        (message,) = await desk.outgoing.all()
        assert (message.status, message.reason) == (MessageStatus.UNKNOWN, "interrupted")
        await desk.aclose()
        assert len(sink.messages()) == 1


async def test_what_a_killed_desk_could_not_hand_over_is_sent_once_by_the_next(tmp_path: Path) -> None:
    env = LaterEnv()
    async with FaultyMail.start(tmp_path / "mail") as sink:
        child = await _child(tmp_path / "store.db", NOBODY_LISTENS)
        desk = await SmallDesk.open(tmp_path / "store.db", HOST, sink.port, env)
        async with asyncio.timeout(30):
            while [message.reason for message in await desk.outgoing.all()] != ["server_unreachable"]:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
        child.kill()
        await child.wait()
        for _ in range(3):
            env.later()
        assert await desk.outgoing.recover() == 0
        assert await desk.outgoing.depart_due() == 1
        assert await desk.outgoing.depart_due() == 0
        (message,) = await desk.outgoing.all()
        assert (message.status, message.attempts) == (MessageStatus.SENT, 2)
        await desk.aclose()
        assert len(sink.messages()) == 1
