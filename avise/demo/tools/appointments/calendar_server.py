"""Starts a Radicale server over prepared calendars, and changes its password while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from avise.demo.tools.appointments.loader import COLLECTIONS, OWNER

USER = "avise"

_LISTENING = b"Listening on "
_READY_S = 25.0
_END_S = 2.0
_MOST_TRIES = 4

_CONFIG = """[server]
hosts = 127.0.0.1:{port}
max_connections = 20
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = from_file
file = {folder}/rights
[storage]
filesystem_folder = {folder}
filesystem_cache_folder = {folder}/cache
use_cache_subfolder_for_item = True
use_cache_subfolder_for_history = True
use_cache_subfolder_for_synctoken = True
[web]
type = none
[logging]
level = info
"""

_RIGHTS = f"""[root]
user: {USER}
collection: ({OWNER})?
permissions: R
[calendars]
user: {USER}
collection: {OWNER}/[^/]+
permissions: r
"""


class CalendarServerError(Exception):
    """Radicale did not start."""


class CalendarAccounts:
    """The file of the one account, which the server reads at each sign-in.

    Args:
        folder: where the server's files are.
        password: of the account.
    """

    def __init__(self, folder: Path, password: str) -> None:
        self._path = folder / "users"
        self._password = password

    def write(self, password: str) -> None:
        """Give the account that password."""
        aside = self._path.with_suffix(".new")
        aside.write_text(f"{USER}:{password}\n", "utf-8")
        aside.chmod(0o600)
        aside.replace(self._path)

    async def refuse(self) -> None:
        """Change the password, as after a theft."""
        self.write(f"not-{self._password}")

    async def accept(self) -> None:
        """Take the first password back."""
        self.write(self._password)


@contextlib.asynccontextmanager
async def calendar_server(prepared: Path, folder: Path, accounts: CalendarAccounts) -> AsyncIterator[int]:
    """Serve the calendars on a free port of loopback, and give that port.

    Args:
        prepared: what `Loader` wrote; read only.
        folder: where the server keeps its own files.
        accounts: of the same folder.

    Raises:
        CalendarServerError: the server did not start.
    """
    await accounts.accept()
    absolute = await asyncio.to_thread(_lay_out, prepared, folder)
    process, port = await _start(absolute)
    assert process.stderr is not None  # noqa: S101 - opened as a pipe
    draining = asyncio.create_task(_drain(process.stderr))
    try:
        yield port
    finally:
        await _end(process)
        await draining


def _lay_out(prepared: Path, folder: Path) -> Path:
    """Put the rights in the folder, the calendars where the server looks for them; return its full path."""
    (folder / "rights").write_text(_RIGHTS, "utf-8")
    (folder / COLLECTIONS).symlink_to(prepared.resolve() / COLLECTIONS, target_is_directory=True)
    return folder.resolve()


async def _start(folder: Path) -> tuple[asyncio.subprocess.Process, int]:
    """Start the server, again on another port when somebody took the first one meanwhile.

    Radicale refuses port 0, so that a free port is looked for and let go just before.
    """
    told = b""
    for _ in range(_MOST_TRIES):
        port = _free_port()
        (folder / "config").write_text(_CONFIG.format(folder=folder, port=port), "utf-8")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "avise.demo.tools.appointments.radicale_process"),
            *("--config", str(folder / "config")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None  # noqa: S101 - opened as a pipe just above
        told = await _until_listening(process.stderr)
        if not told:
            return process, port
        await _end(process)
    raise CalendarServerError(told.decode("utf-8", "replace")[-2000:])


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _until_listening(errors: asyncio.StreamReader) -> bytes:
    """Return nothing once the server listens, what it said when it ended instead."""
    told = bytearray()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_READY_S):
            while line := await errors.readline():
                told += line
                if _LISTENING in line:
                    return b""
    return bytes(told) or b"no word"


async def _drain(errors: asyncio.StreamReader) -> None:
    """Throw the server's log away: it names the calendars that are read."""
    while await errors.read(65536):
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    for insist in (None, process.kill):
        if insist is not None:
            with contextlib.suppress(ProcessLookupError):
                insist()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _END_S)
            return
