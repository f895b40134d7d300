"""Starts Radicale on loopback over the prepared calendars, and changes its password while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from avise.demo.tools.appointments.loader import OWNER, STORAGE

USER = "avise"

_ATTEMPTS = 5
"""Radicale refuses port 0; another program may take the free port that was found before it does."""
_READY_S = 20.0
_END_S = 2.0
_POLL_S = 0.02

_CONFIG = """[server]
hosts = 127.0.0.1:{port}
max_connections = 32
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = from_file
file = {folder}/rights
permit_delete_collection = False
permit_overwrite_collection = False
[storage]
type = multifilesystem
filesystem_folder = {storage}
filesystem_cache_folder = {folder}
use_cache_subfolder_for_item = True
use_cache_subfolder_for_history = True
use_cache_subfolder_for_synctoken = True
use_mtime_and_size_for_item_cache = True
[web]
type = none
[logging]
level = critical
"""

_RIGHTS = f"""[collections]
user: {USER}
collection: ({OWNER})?
permissions: R
[calendars]
user: {USER}
collection: {OWNER}/[^/]+
permissions: rw
"""


class RadicaleError(Exception):
    """Radicale did not start."""


class Radicale:
    """The files that Radicale is started with, and its one account, which writes events and no calendar.

    Args:
        data: the tool's prepared data; nothing is written there.
        run: folder of the run, where Radicale keeps its own calendars and its cache.
    """

    def __init__(self, data: Path, run: Path) -> None:
        self.password = secrets.token_urlsafe(24)
        self._folder = (run / "radicale").resolve()
        self._folder.mkdir(mode=0o700)
        self._storage = self._folder / STORAGE
        _copy_tree(data / STORAGE, self._storage)
        (self._folder / "rights").write_text(_RIGHTS, "utf-8")
        self._set_password(self.password)

    async def refuse_password(self) -> None:
        """Change the account's password, as after a theft; Radicale reads it at each request."""
        self._set_password(secrets.token_urlsafe(24))

    async def accept_password(self) -> None:
        """Take the first password back."""
        self._set_password(self.password)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Run Radicale for the time of the block, and give its port.

        Raises:
            RadicaleError: it ended at once, several times; its own words are on the error output.
        """
        process, port = await self._start()
        try:
            yield port
        finally:
            await _end(process)

    async def _start(self) -> tuple[asyncio.subprocess.Process, int]:
        for _ in range(_ATTEMPTS):
            port = _free_port()
            process = await self._process(port)
            if await _answers(process, port):
                return process, port
            await _end(process)
        raise RadicaleError

    async def _process(self, port: int) -> asyncio.subprocess.Process:
        config = self._folder / "config"
        config.write_text(_CONFIG.format(port=port, folder=self._folder, storage=self._storage), "utf-8")
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "avise.demo.tools.appointments.radicale_process"),
            *("--config", str(config)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )

    def _set_password(self, password: str) -> None:
        aside = self._folder / "users.new"
        aside.touch(mode=0o600)
        aside.write_text(f"{USER}:{password}\n", "utf-8")
        aside.replace(self._folder / "users")


def _copy_tree(prepared: Path, own: Path) -> None:
    """Copy the calendars for the run, by links where the disk has them: thousands of files take a moment.

    Radicale replaces files and never writes in one, so that what is prepared stays as it is.
    """
    shutil.copytree(prepared, own, copy_function=_link)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port: int = asking.getsockname()[1]
        return port


async def _answers(process: asyncio.subprocess.Process, port: int) -> bool:
    """Wait until the port accepts connections; False when the process ended, or takes too long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_READY_S):
            while process.returncode is None:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    return True
                await asyncio.sleep(_POLL_S)
    return False


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _END_S)
    except TimeoutError:
        process.kill()
        await process.wait()
