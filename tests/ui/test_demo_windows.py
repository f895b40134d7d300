"""The demonstration opens two windows on one hub, and ends with them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from avise.commands.demo_run import FIRST, SECOND, DemoFolder, demo_user
from avise.models.roles import Role
from avise.services.profile import load_profile
from avise.services.settings_file import HubMode

PATIENCE_S = 90.0
WINDOWS = 2


@asynccontextmanager
async def demonstration(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `avise demo` as a user does, where there is no screen."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "avise", "demo", "--preset", "mini", "--folder", str(folder)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def windows_of(folder: Path) -> list[int]:
    """Return the processes that show a window on a profile of the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--profile" in words and any(word.startswith(os.fsencode(folder)) for word in words):
            found.append(int(entry.parent.name))
    return found


async def until(wanted: int, folder: Path) -> None:
    """Wait until so many windows are there."""
    async with asyncio.timeout(PATIENCE_S):
        while len(windows_of(folder)) != wanted:  # noqa: ASYNC110 - processes of others tell nobody
            await asyncio.sleep(0.2)


async def test_two_windows_open_on_one_hub_and_end_with_the_demonstration(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    async with demonstration(tmp_path) as process:
        await until(WINDOWS, tmp_path)
        profiles = [load_profile(folder.profile_of(demo_user(login)), "") for login in (FIRST, SECOND)]
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()
        await until(0, tmp_path)

    assert [profile.settings.user.role for profile in profiles] == [Role.AGENT, Role.CASE_MANAGER]
    assert {profile.settings.hub.mode for profile in profiles} == {HubMode.EMBEDDED}
    assert len({profile.settings.hub.file for profile in profiles}) == 1
    assert folder.house.file.is_file()
