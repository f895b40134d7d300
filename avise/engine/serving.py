"""The engine in a process of its own, at the service of the window that started it.

    avise --engine

Speaks through its standard input and output (`avise.engine.wire`). Ends in order when told so, or when
the window is gone. Nothing here imports Qt: the interpreter that maps answers and keeps the store is
not the one that paints.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from avise.engine.early_desk import EarlyDesk
from avise.engine.finding_desk import FindingDesk
from avise.engine.loops import LoopThread
from avise.engine.opened_store import OpenedStore
from avise.engine.window_server import WindowServer, problem_of
from avise.engine.wire import (
    Failed,
    Pipe,
    Post,
    Ready,
    Start,
    Stop,
    frame_of,
)
from avise.env import Env, SystemEnv
from avise.models.errors import AviseError
from avise.services.desk import Desk
from avise.services.profile import load_profile
from avise.store.desk_memory import DeskMemory
from avise.store.profile_lock import ProfileInUseError, ProfileLock
from avise.texts import set_language

if TYPE_CHECKING:
    from avise.engine.engine import Engine

NICENESS = 5
"""The window paints first where there are few processors; on Windows, see `EngineProcess`."""

LOOK_SECONDS = 0.05
"""Between two looks at the lock of an engine that is ending: nothing tells when another process lets go."""

ENGINE_LOCK_NAME = "engine.lock"
"""Held by the engine itself: the window's lock goes with the window, its engine may still be ending."""

END_SECONDS = 15.0
"""How long an end in order may take."""

HANG_UP = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()


def main(dress: Callable[[Desk], Desk] = lambda desk: desk) -> int:
    """Serve one profile; return the exit status.

    Args:
        dress: puts something around the desk, for a benchmark.
    """
    # The window decides when its engine ends and closes the pipe: no terminal and no log-off does.
    for number in (signal.SIGINT, signal.SIGTERM, *HANG_UP):
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    pipe = _own_pipe()
    start = pipe.receive()
    if not isinstance(start, Start):
        pipe.close()
        return 0
    set_language(start.language)
    serving = _Serving(start, pipe)
    try:
        serving.run(dress)
    except AviseError as error:
        serving.post.put_frame(frame_of(Failed(problem_of(error))))
    finally:
        serving.end()
    return 0


class _Serving:
    """One engine, from the opened store to its end.

    The desk is served as soon as people can be found in it; connectors, rules and what they import come
    behind (`avise.engine.early_desk`).

    Args:
        start: what to open.
        pipe: to the window.
    """

    def __init__(self, start: Start, pipe: Pipe) -> None:
        self._start = start
        self._env = SystemEnv()
        self._thread = LoopThread("avise engine")
        self._opened: OpenedStore | None = None
        self._engine: Engine | None = None
        self._built = asyncio.Event()
        """Set on the engine's loop once the engine stands: what needs it waits, and looks at nothing."""
        self._lock = ProfileLock(start.folder, self._env, ENGINE_LOCK_NAME)
        self.post = Post(pipe, "avise engine post")
        # From the first moment: a window that is gone ends an engine that hangs while it starts.
        self._window = _Window(pipe)

    def run(self, dress: Callable[[Desk], Desk]) -> None:
        """Serve until the window stops us or is gone.

        Raises:
            AviseError: the profile cannot be opened.
        """
        profile = load_profile(self._start.folder, device="")
        self._thread.start()
        self._thread.submit(self._take_lock()).result()
        passphrase = self._start.passphrase
        ask = None if passphrase is None else lambda: passphrase
        opening = OpenedStore.open(profile, self._env, ask)
        opened = self._opened = self._thread.submit(opening).result()
        desk = self._thread.submit(_early_desk(opened, self._env)).result()
        served = self._thread.submit(_dressed(dress, desk)).result()
        server = WindowServer(self._thread.loop, served, self.post, self._directory_ready)
        ready = Ready(desk.session, tuple(map(problem_of, opened.notices())))
        self.post.put_frame(frame_of(ready))
        self._window.deliver_to(server.take_threadsafe)
        from avise.engine.engine import Engine  # noqa: PLC0415 - most of a start; people are found meanwhile

        self._engine = engine = Engine(
            profile, self._env, self._thread, ask_passphrase=ask, at_desk=True, opened=opened
        )
        engine.on_over = self._window.leave
        engine.start()
        self._thread.loop.call_soon_threadsafe(desk.become, engine.desk)
        self._thread.loop.call_soon_threadsafe(self._built.set)
        self._window.wait()

    async def _take_lock(self) -> None:
        """Wait until the engine of a killed window has ended: two must not send the same commands."""
        until = self._env.monotonic() + END_SECONDS
        while True:
            try:
                self._lock.take()
            except ProfileInUseError:
                if self._env.monotonic() > until:
                    raise
                await self._env.sleep(LOOK_SECONDS)
            else:
                return

    async def _directory_ready(self) -> None:
        await self._built.wait()
        if self._engine is not None:
            await self._engine.directory_ready()

    def end(self) -> None:
        """End everything in order, however far it came."""
        if self._engine is not None:
            self._engine.stop()
        elif self._opened is not None:
            self._thread.submit(self._opened.aclose()).result()
        if self._thread.started:
            self._thread.stop()
        self.post.stop(END_SECONDS)
        self._lock.give_back()


class _Window:
    """Reads what the window says, in a thread, until it stops us or is gone.

    Args:
        pipe: from the window.
    """

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._waiting: list[object] = []
        self._deliver: Callable[[object], None] | None = None
        self._lock = threading.Lock()
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._read, name="avise engine pipe", daemon=True)
        self._thread.start()

    def deliver_to(self, deliver: Callable[[object], None]) -> None:
        """Give messages to a function, those first that came before."""
        with self._lock:
            self._deliver = deliver
            for message in self._waiting:
                deliver(message)
            self._waiting = []

    def wait(self) -> None:
        """Wait until the window stops us or is gone, or the engine has nothing more to serve."""
        self._left.wait()

    def leave(self) -> None:
        """Wait for the window no longer; from any thread."""
        self._left.set()

    def _read(self) -> None:
        try:
            while (message := self._pipe.receive()) is not None and not isinstance(message, Stop):
                with self._lock:
                    if self._deliver is None:
                        self._waiting.append(message)
                    else:
                        self._deliver(message)
        finally:
            self._left.set()
            # An end in order takes seconds; one that hangs must not outlive its window.
            ending = threading.Timer(END_SECONDS, os._exit, [1])
            ending.daemon = True
            ending.start()


async def _early_desk(opened: OpenedStore, env: Env) -> EarlyDesk:
    session = opened.profile.session()
    memory = DeskMemory(opened.store, env, session.user)
    return EarlyDesk(FindingDesk(session, opened.directory, memory), asyncio.get_running_loop())


async def _dressed(dress: Callable[[Desk], Desk], desk: Desk) -> Desk:
    """Dress the desk on its own loop."""
    return dress(desk)


def _own_pipe() -> Pipe:
    """Take standard input and output for messages; what anything prints goes to the error output."""
    try:
        os.fstat(2)
    except OSError:
        # Without an error output, the next file opened would become it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    # A worker of ours must neither read nor write them.
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - no path of ours
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return Pipe(incoming, outgoing)
