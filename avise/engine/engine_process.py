"""The engine's process, as the window sees it: started early, spoken to, watched, ended.

The window's interpreter paints and nothing else: whatever a connector or the store costs is paid in the
other process (`docs/decisions/008-engine-in-a-process.md`).
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import subprocess
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from avise.engine.engine_child import start_engine_child
from avise.engine.wire import (
    Answer,
    Call,
    Cancel,
    End,
    EntriesPage,
    Failed,
    Follow,
    HistoryPatch,
    HistoryReceiver,
    Item,
    Pipe,
    Post,
    Problem,
    Ready,
    Start,
    Stop,
    frame_of,
)
from avise.models.errors import AviseError
from avise.models.roles import Session
from avise.services.desk import Desk
from avise.texts import language

START_SECONDS = 120.0
"""How long an engine may take to open its store (a migration copies it first) before it is given up."""

END_SECONDS = 20.0
"""How long an engine may take to end in order before it is ended by force: it gives itself 15."""

POST_SECONDS = 2.0
"""How long the last word may wait for an engine that reads slowly."""


@dataclass(frozen=True, slots=True)
class Notify:
    """Whom an engine's process tells; all are called on the loop that it was given.

    Args:
        ready: with the desk, before anything else is told.
        lost: the process ended without being told to; what still waits for the desk fails right after.
    """

    ready: Callable[[Desk], None]
    lost: Callable[[], None]


class EngineProcess:
    """One engine in a process of its own.

    Args:
        child: already started (`engine_child`); None to start one.

    Raises:
        AviseError: `engine.lost`: the system starts no process.
    """

    def __init__(self, child: subprocess.Popen[bytes] | None = None) -> None:
        self._process = child or start_engine_child()
        incoming, outgoing = self._process.stdout, self._process.stdin
        if incoming is None or outgoing is None:
            raise RuntimeError("the engine's process was started without its pipes")
        self._incoming = incoming
        self._pipe = Pipe(incoming, outgoing)
        # An engine that reads no more is of no use: its end is noticed, and another takes its place.
        self._post = Post(self._pipe, "avise window post", self.kill)
        self._reader: threading.Thread | None = None
        self._notify: Notify | None = None
        self._ending = False
        self._remote: _Remote | None = None
        self.notices: tuple[AviseError, ...] = ()

    def start_blocking(
        self, folder: Path, loop: asyncio.AbstractEventLoop, passphrase: str | None, notify: Notify
    ) -> None:
        """Have the engine open a profile and wait for it; run in a thread, takes about half a second.

        `kill` from another thread ends the wait.

        Args:
            folder: the profile's.
            loop: on which the desk's methods run in this process.
            passphrase: typed by the user, for a profile whose key is sealed by one.
            notify: whom to tell.

        Raises:
            AviseError: the profile cannot be opened, or `engine.lost`.
        """
        self._post.put_frame(frame_of(Start(folder, language(), passphrase)))
        patience = threading.Timer(START_SECONDS, self.kill)
        patience.daemon = True
        patience.start()
        try:
            told = self._pipe.receive()
        finally:
            patience.cancel()
        if isinstance(told, Failed):
            raise _error(told.problem)
        if not isinstance(told, Ready):
            raise AviseError("engine.lost")
        self.notices = tuple(_error(problem) for problem in told.notices)
        self._notify = notify
        self._remote = remote = _Remote(told.session, self._post, loop)
        # In this order on the loop, whatever the process does next.
        remote.hand_over(notify.ready, cast("Desk", remote))
        self._reader = threading.Thread(
            target=self._read, args=(remote,), name="avise engine pipe", daemon=True
        )
        self._reader.start()

    def _read(self, remote: _Remote) -> None:
        try:
            while (message := self._pipe.receive()) is not None:
                if not remote.hand_over(remote.take, message):
                    break
        finally:
            remote.hand_over(self._lose, remote)

    def _lose(self, remote: _Remote) -> None:
        if not self._ending and self._notify is not None:
            self._notify.lost()
        remote.lose()

    async def directory_ready(self) -> None:
        """Wait until the directory holds somebody, or until its tool was asked in vain."""
        if self._remote is None:
            raise AviseError("engine.stopped")
        await self._remote.ask("directory_ready")

    @property
    def process_id(self) -> int:
        """Identifier of the process, for whoever measures or kills it."""
        return self._process.pid

    def kill(self) -> None:
        """End the process at once; from any thread."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def stop_blocking(self) -> None:
        """End the engine in order, by force when it takes too long; may be called twice."""
        self._ending = True
        self._post.put_frame(frame_of(Stop()))
        self._post.stop(POST_SECONDS)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        if self._reader is not None:
            self._reader.join(END_SECONDS)
        self._incoming.close()


def _error(problem: Problem) -> AviseError:
    key, params = problem
    return AviseError(key, **params)


class _Remote:
    """Implements `avise.services.desk.Desk`: each method is a message; used on one loop of the window.

    Args:
        session: who works here.
        post: to the engine.
        loop: the one that it is used on.
    """

    def __init__(self, session: Session, post: Post, loop: asyncio.AbstractEventLoop) -> None:
        self.session = session
        self._post = post
        self._loop = loop
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[object]] = {}
        self._streams: dict[int, asyncio.Queue[object]] = {}
        self._lost = False

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object] | AsyncGenerator[object, None]]:
        """Return what sends one of the desk's methods."""
        method = getattr(Desk, name, None)
        if name.startswith("_") or method is None:
            raise AttributeError(name)
        if inspect.iscoroutinefunction(method):
            return lambda *arguments, **keywords: self.ask(name, *arguments, **keywords)
        return lambda *arguments, **keywords: self._followed(name, arguments, keywords)

    # ---- asked on the loop -------------------------------------------------------------------
    async def ask(self, method: str, *arguments: object, **keywords: object) -> object:
        """Call a method in the engine; cancelling cancels it there.

        Raises:
            AviseError: what the engine answered, or `engine.interrupted`.
        """
        number = next(self._numbers)
        answer = self._answers[number] = self._loop.create_future()
        try:
            self._send(Call(number, method, arguments, keywords, language()))
            return await answer
        except asyncio.CancelledError:
            self._post.put_frame(frame_of(Cancel(number)))
            raise
        finally:
            self._answers.pop(number, None)

    async def _followed(
        self, method: str, arguments: tuple[object, ...], keywords: Mapping[str, object]
    ) -> AsyncGenerator[object, None]:
        number = next(self._numbers)
        queue = self._streams[number] = asyncio.Queue()
        history = HistoryReceiver()
        ended = False
        try:
            self._send(Follow(number, method, arguments, keywords, language()))
            while not ended:
                message = await queue.get()
                match message:
                    case Item():
                        yield message.value
                    case EntriesPage():
                        history.take_page(message)
                    case HistoryPatch():
                        yield history.value(message)
                    case End():
                        ended = True
                        if message.problem is not None:
                            raise _error(message.problem)
        finally:
            self._streams.pop(number, None)
            if not ended:
                self._post.put_frame(frame_of(Cancel(number)))

    def _send(self, message: object) -> None:
        if self._lost:
            raise AviseError("engine.interrupted")
        # Pickled here: what cannot cross is the caller's bug, and told to the caller.
        self._post.put_frame(frame_of(message))

    # ---- told by the reading thread ------------------------------------------------------------
    def hand_over(self, step: Callable[..., None], *arguments: object) -> bool:
        """Run a step on the loop; return False when the loop has ended."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(step, *arguments)
            return True
        return False

    def take(self, message: object) -> None:
        """Give a message to whoever waits for it; nobody does when it was cancelled meanwhile."""
        match message:
            case Answer():
                answer = self._answers.get(message.number)
                if answer is not None and not answer.done():
                    answer.set_result(message.value)
            case End() if message.number in self._answers:
                self._fail(message.number, _error(message.problem or ("error.bug", {})))
            case Item() | EntriesPage() | HistoryPatch() | End():
                queue = self._streams.get(message.number)
                if queue is not None:
                    queue.put_nowait(message)

    def _fail(self, number: int, error: AviseError) -> None:
        answer = self._answers.get(number)
        if answer is not None and not answer.done():
            answer.set_exception(error)

    def lose(self) -> None:
        """End everything that waits: the process is gone."""
        self._lost = True
        for number in tuple(self._answers):
            self._fail(number, AviseError("engine.interrupted"))
        for number, queue in tuple(self._streams.items()):
            queue.put_nowait(End(number, ("engine.interrupted", {})))
