"""A second `avise demo` on the same folder leaves the tools, and the profile, to the first."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from avise.commands.demo import ALREADY_RUNNING
from avise.commands.demo_run import DemoFolder
from avise.demo.faults import is_running, running_tools
from avise.demo.only_run import RECORD_FILE, AlreadyRunningError, OnlyRun, Run, recorded_run
from avise.demo.profile import SECRETS_FILE, SETTINGS_FILE
from avise.env import SystemEnv

READY_S = 60.0
Serve = Callable[[], AbstractAsyncContextManager[asyncio.subprocess.Process]]


async def started(*arguments: str) -> asyncio.subprocess.Process:
    """Start `avise` as a user does."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "avise", "--language", "fr", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
    )


async def ran(*arguments: str) -> tuple[int | None, str, str]:
    """Run `avise` to its end; return its status and what it wrote."""
    process = await started(*arguments)
    async with asyncio.timeout(READY_S):
        out, errors = await process.communicate()
    return process.returncode, out.decode("utf-8"), errors.decode("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    """Give one folder to all tests: the population is invented once."""
    return DemoFolder(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def serve(folder: DemoFolder) -> Serve:
    """Serve the tools in a process of their own, for the time of a block."""

    @asynccontextmanager
    async def serving() -> AsyncIterator[asyncio.subprocess.Process]:
        process = await started("demo", "--serve", "--preset", "mini", "--folder", str(folder.root))
        assert process.stdout is not None
        async with asyncio.timeout(READY_S):
            while not (await process.stdout.readline()).startswith("Profil prêt".encode()):
                assert process.returncode is None
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.communicate()

    return serving


def again(folder: DemoFolder, *arguments: str) -> tuple[str, ...]:
    return ("demo", "--preset", "mini", "--folder", str(folder.root), *arguments)


async def test_a_second_start_says_who_runs_the_tools_and_changes_nothing(
    serve: Serve, folder: DemoFolder, tmp_path: Path
) -> None:
    async with serve() as first:
        settings = (folder.profile / SETTINGS_FILE).read_bytes()
        tools = running_tools(folder.data)
        for way in (("--serve",), ("--tour", str(tmp_path / "tour"))):
            status, told, errors = await ran(*again(folder, *way))
            assert status == ALREADY_RUNNING == 3
            assert f"processus {first.pid}, dossier {folder.root}" in errors
            assert str(folder.profile) in told
        assert (folder.profile / SETTINGS_FILE).read_bytes() == settings
        assert running_tools(folder.data) == tools
        assert is_running(folder.data)
        call = ("demo", "call", "--folder", str(folder.root))
        assert (await ran(*call, "--answer"))[0] != 0
        assert (await ran(*call))[0] == 0
        assert (await ran(*call, "--answer"))[:2] == (
            0,
            "L’appel est pris. Pour raccrocher\u00a0: avise demo call --end\n",
        )
        assert (await ran(*call, "--end"))[:2] == (0, "L’appel est terminé.\n")
        status, _, errors = await ran(*call, "--end")
        assert status == 1
        assert "Aucun appel n’est en cours" in errors
        assert first.returncode is None
    assert not (folder.root / RECORD_FILE).exists()


async def test_what_a_dead_process_left_is_taken_over(serve: Serve, folder: DemoFolder) -> None:
    async with serve() as first:
        before = tomllib.loads((folder.profile / SECRETS_FILE).read_text("utf-8"))
        first.kill()
        await first.wait()
        assert recorded_run(folder.root) == Run(first.pid, ready=True)
        async with serve() as second:
            assert recorded_run(folder.root) == Run(second.pid, ready=True)
            after = tomllib.loads((folder.profile / SECRETS_FILE).read_text("utf-8"))
            assert is_running(folder.data)
    assert before["parties"] != after["parties"]


async def test_a_start_beside_tools_that_are_not_ready_opens_no_window(tmp_path: Path) -> None:
    with OnlyRun.taken(tmp_path, SystemEnv()):
        status, _, errors = await ran(*again(DemoFolder(tmp_path)))
    assert status == ALREADY_RUNNING
    assert f"processus {os.getpid()}" in errors


@pytest.mark.parametrize("record", [b"", b"[]", b'{"pid": "x"}', b'{"pid": null, "ready": 1}', b"\xff"])
def test_a_record_that_cannot_be_read_keeps_nobody_from_knowing_that_the_tools_run(
    tmp_path: Path, record: bytes
) -> None:
    with OnlyRun.taken(tmp_path, SystemEnv()):
        (tmp_path / RECORD_FILE).write_bytes(record)
        with pytest.raises(AlreadyRunningError) as caught, OnlyRun.taken(tmp_path, SystemEnv()):
            pass
    assert caught.value.run == Run(0, ready=False)
    assert caught.value.params["pid"] == "?"
