"""One process per profile: a lock on its folder, and a hand-over of arguments to whoever holds it.

The first start takes the lock and listens on a local socket; the second finds the lock taken, hands
its arguments over and ends (decision 5). The lock dies with the process, however it ends.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from avise.env import Env
from avise.models.errors import AviseError

if TYPE_CHECKING:
    import asyncio

LOCK_NAME = "profile.lock"
DOOR_NAME = "profile.door"
MAX_MESSAGE_BYTES = 16 * 1024
SECONDS = 2.0
"""A running instance answers in milliseconds; a frozen one must not hold the second start."""
_ANSWER = b"taken\n"


class ProfileInUseError(AviseError):
    """Another process holds the profile."""


class ProfileLock:
    """The right to use a profile's folder, and the door where a second start knocks.

    Args:
        folder: the profile's folder.
        env: mints the token that a second start must show.
        name: of the lock's file; the window's own unless told.
    """

    def __init__(self, folder: Path, env: Env, name: str = LOCK_NAME) -> None:
        self._folder, self._name = folder, name
        self._env = env
        self._held: BinaryIO | None = None
        self._server: asyncio.Server | None = None

    def take(self) -> None:
        """Take the lock.

        Raises:
            ProfileInUseError: `profile.in_use` when another process holds it.
            AviseError: `store.full` or `store.unwritable` when the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            stream = (self._folder / self._name).open("ab")
        except OSError as error:
            raise AviseError("store.full" if error.errno == errno.ENOSPC else "store.unwritable") from None
        try:
            _lock(stream)
        except OSError:
            stream.close()
            raise ProfileInUseError("profile.in_use") from None
        self._held = stream

    async def listen(self, on_arguments: Callable[[Sequence[str]], None]) -> None:
        """Answer later starts: each hands over its command line's arguments.

        Args:
            on_arguments: called on this loop, once a hand-over.
        """
        import asyncio  # noqa: PLC0415 - the first frame of a window does without

        token = self._env.token()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                async with asyncio.timeout(SECONDS):
                    arguments = _arguments_of(await reader.readline(), token)
                if arguments is not None:
                    on_arguments(arguments)
                    writer.write(_ANSWER)
                    await writer.drain()
            except (TimeoutError, OSError, ValueError):
                # Whoever knocked sees no answer and says so; nothing here depends on it.
                return
            finally:
                writer.close()

        self._server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=MAX_MESSAGE_BYTES)
        port = self._server.sockets[0].getsockname()[1]
        _write_door(self._folder / DOOR_NAME, port, token)

    async def release(self) -> None:
        """Close the door and give the lock back; may be called twice."""
        if self._server is not None:
            (self._folder / DOOR_NAME).unlink(missing_ok=True)
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        self.give_back()

    def give_back(self) -> None:
        """Give the lock back; for who never listened. May be called twice."""
        if self._held is not None:
            self._held.close()
            self._held = None


def send_to_running(folder: Path, arguments: Sequence[str]) -> bool:
    """Hand this start's arguments to the process that holds the profile; say whether it took them.

    The arguments may carry a telephone number (`avise://call?number=…`): they go through a loopback
    socket to the same user's process and are written nowhere.

    Args:
        folder: the profile's folder.
        arguments: the command line, without the program.
    """
    try:
        door = json.loads((folder / DOOR_NAME).read_text("utf-8"))
        port, token = int(door["port"]), str(door["token"])
        message = json.dumps({"token": token, "arguments": list(arguments)}).encode("utf-8") + b"\n"
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
            connection.sendall(message)
            return connection.recv(len(_ANSWER)) == _ANSWER
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _arguments_of(line: bytes, token: str) -> Sequence[str] | None:
    """Return the arguments of a message, None when it does not show the token."""
    import hmac  # noqa: PLC0415 - somebody knocks long after the start

    try:
        message = json.loads(line)
        shown, arguments = message["token"], message["arguments"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(shown, str) or not hmac.compare_digest(shown.encode("utf-8"), token.encode("ascii")):
        return None
    if not isinstance(arguments, list):
        return None
    return [str(argument) for argument in arguments]


def _write_door(path: Path, port: int, token: str) -> None:
    """Write where to knock, readable by this user alone."""
    aside = path.with_name(path.name + ".new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump({"port": port, "token": token}, stream)
    aside.replace(path)


if sys.platform == "win32":  # pragma: no cover - the same promise, by the system's own lock
    import msvcrt

    def _lock(stream: BinaryIO) -> None:
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(stream: BinaryIO) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
