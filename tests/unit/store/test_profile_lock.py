"""One process per profile; the second start hands over to the first."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from avise.env import FixedEnv, SystemEnv
from avise.store.profile_lock import DOOR_NAME, ProfileInUseError, ProfileLock, send_to_running

HOLDER = """
import sys
from pathlib import Path
from avise.env import SystemEnv
from avise.store.profile_lock import ProfileLock
lock = ProfileLock(Path(sys.argv[1]), SystemEnv())
lock.take()
print("taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[tuple[ProfileLock, list[Sequence[str]]]]:
    lock = ProfileLock(tmp_path, SystemEnv())
    lock.take()
    received: list[Sequence[str]] = []
    await lock.listen(received.append)
    yield lock, received
    await lock.release()


async def test_a_second_start_hands_its_arguments_to_the_first(
    tmp_path: Path, held: tuple[ProfileLock, list[Sequence[str]]]
) -> None:
    with pytest.raises(ProfileInUseError):
        ProfileLock(tmp_path, SystemEnv()).take()
    arguments = ["avise://call?number=+33639984127", "--été"]
    assert await asyncio.to_thread(send_to_running, tmp_path, arguments)
    assert held[1] == [arguments]


async def test_who_does_not_show_the_token_is_not_heard(
    tmp_path: Path, held: tuple[ProfileLock, list[Sequence[str]]]
) -> None:
    door = tmp_path / DOOR_NAME
    assert stat.S_IMODE(door.stat().st_mode) == 0o600
    known = json.loads(door.read_text())
    door.write_text(json.dumps(known | {"token": "0" * 32}))
    assert not await asyncio.to_thread(send_to_running, tmp_path, ["--show"])
    for knock in (b"\n", b"[]\n", b'{"token": 3}\n', b"x" * 20_000, b"\xff\xfe\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", known["port"])
        writer.write(knock)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
    assert held[1] == []


async def test_after_release_the_profile_is_free(tmp_path: Path) -> None:
    first = ProfileLock(tmp_path, SystemEnv())
    first.take()
    await first.listen(lambda _arguments: None)
    await first.release()
    await first.release()
    assert not send_to_running(tmp_path, [])
    second = ProfileLock(tmp_path, SystemEnv())
    second.take()
    await second.release()


async def test_a_killed_process_frees_the_profile(tmp_path: Path) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"taken\n"
    lock = ProfileLock(tmp_path, FixedEnv())
    with pytest.raises(ProfileInUseError):
        lock.take()
    assert not send_to_running(tmp_path, ["--show"])
    holder.kill()
    await holder.wait()
    lock.take()
    await lock.release()
