"""The engine in a process of its own, at the service of the window that started it.

    avise --engine

Speaks through its standard input and output (`avise.engine.wire`). Ends in order when told so, or when
the window is gone. Nothing here imports Qt: the interpreter that maps answers and keeps the store is
not the one that paints.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from typing import TYPE_CHECKING, cast

from avise.engine.early_desk import EarlyDesk
from avise.engine.finding_desk import FindingDesk
from avise.engine.loops import LoopThread
from avise.engine.opened_store import OpenedStore
from avise.engine.wire import (
    Answer,
    Call,
    Cancel,
    End,
    Failed,
    Follow,
    HistorySender,
    Item,
    Pipe,
    Problem,
    Ready,
    Start,
    Stop,
)
from avise.env import Env, SystemEnv
from avise.models.errors import AviseError
from avise.services.customer_updates import TimelineChanged, update_key
from avise.services.desk import Desk
from avise.services.profile import load_profile
from avise.store.desk_memory import DeskMemory
from avise.texts import set_language

if TYPE_CHECKING:
    from avise.engine.engine import Engine

_log = logging.getLogger(__name__)

NICENESS = 5
"""The window paints first where there are few processors; on Windows, see `EngineProcess`."""

STARTED_PAUSE = 0.01
"""Seconds between two looks at an engine that is being built."""

BURST = 3
PER_SECONDS = 0.3
"""A block is told at most `BURST` times in this while: ten times a second (`connectors.md` C8)."""


def main(dress: Callable[[Desk], Desk] = lambda desk: desk) -> int:
    """Serve one profile; return the exit status.

    Args:
        dress: puts something around the desk, for a benchmark.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the window decides when its engine ends
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    pipe = _own_pipe()
    start = pipe.receive()
    if isinstance(start, Start):
        set_language(start.language)
        serving = _Serving(start, pipe)
        try:
            serving.run(dress)
        except AviseError as error:
            pipe.send(Failed(_problem(error)))
        finally:
            serving.end()
    pipe.close()
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
        self._start, self._pipe = start, pipe
        self._env = SystemEnv()
        self._thread = LoopThread("avise engine")
        self._opened: OpenedStore | None = None
        self._engine: Engine | None = None
        self._server: _Server | None = None

    def run(self, dress: Callable[[Desk], Desk]) -> None:
        """Serve until the window stops us or is gone.

        Raises:
            AviseError: the profile cannot be opened.
        """
        profile = load_profile(self._start.folder, device="")
        self._thread.start()
        passphrase = self._start.passphrase
        ask = None if passphrase is None else lambda: passphrase
        opening = OpenedStore.open(profile, self._env, ask)
        opened = self._opened = self._thread.submit(opening).result()
        desk = self._thread.submit(_early_desk(opened, self._env)).result()
        served = self._thread.submit(_dressed(dress, desk)).result()
        self._server = server = _Server(self._thread.loop, served, self._pipe, self._directory_ready)
        self._pipe.send(Ready(desk.session, tuple(map(_problem, opened.notices()))))
        server.start()
        from avise.engine.engine import Engine  # noqa: PLC0415 - most of a start; people are found meanwhile

        self._engine = engine = Engine(profile, self._env, self._thread, at_desk=True, opened=opened)
        engine.start()
        self._thread.loop.call_soon_threadsafe(desk.become, engine.desk)
        server.wait()

    async def _directory_ready(self) -> None:
        while self._engine is None or not self._engine.started:
            await self._env.sleep(STARTED_PAUSE)
        await self._engine.directory_ready()

    def end(self) -> None:
        """End everything in order, however far it came."""
        if self._server is not None:
            self._server.stop()
        if self._engine is not None:
            self._engine.stop()
        elif self._opened is not None:
            self._thread.submit(self._opened.aclose()).result()
        self._thread.stop()


async def _early_desk(opened: OpenedStore, env: Env) -> EarlyDesk:
    session = opened.profile.session()
    memory = DeskMemory(opened.store, env, session.user)
    return EarlyDesk(FindingDesk(session, opened.directory, memory), asyncio.get_running_loop())


async def _dressed(dress: Callable[[Desk], Desk], desk: Desk) -> Desk:
    """Dress the desk on its own loop."""
    return dress(desk)


def _own_pipe() -> Pipe:
    """Take standard input and output for messages; what anything prints goes to the error output."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    # A worker of ours must neither read nor write them.
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - no path of ours
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return Pipe(incoming, outgoing)


def _problem(error: AviseError) -> Problem:
    return error.message_key, {name: str(value) for name, value in error.params.items()}


class _Server:
    """Answers one window.

    Args:
        loop: the engine's.
        desk: what answers.
        pipe: to the window.
        directory_ready: waits until the directory holds somebody.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        desk: Desk,
        pipe: Pipe,
        directory_ready: Callable[[], Coroutine[object, object, None]],
    ) -> None:
        self._loop, self._desk, self._pipe = loop, desk, pipe
        self._directory_ready = directory_ready
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._post = _Post(pipe, loop)
        self._reader = threading.Thread(target=self._read, name="avise engine pipe", daemon=True)

    def start(self) -> None:
        """Read the window's messages, in a thread, until it stops us or is gone."""
        self._post.start()
        self._reader.start()

    def wait(self) -> None:
        """Wait until the window stops us or is gone."""
        self._reader.join()

    def stop(self) -> None:
        """Send what waits and end the thread that sends; nothing is read any more."""
        self._post.stop()

    def _read(self) -> None:
        while True:
            message = self._pipe.receive()
            if message is None or isinstance(message, Stop):
                break
            self._loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: object) -> None:
        if isinstance(message, Call | Follow):
            # Sentences are written on this side; the window may have changed its language meanwhile.
            set_language(message.language)
        match message:
            case Call():
                self._run(message.number, self._call(message))
            case Follow():
                self._run(message.number, self._follow(message))
            case Cancel():
                task = self._tasks.get(message.number)
                if task is not None:
                    task.cancel()
            case _:
                _log.error("a message of an unknown kind")

    def _run(self, number: int, work: Coroutine[object, object, None]) -> None:
        task = self._loop.create_task(work, name=f"window {number}")
        self._tasks[number] = task
        task.add_done_callback(lambda _task: self._tasks.pop(number, None))

    async def _call(self, message: Call) -> None:
        try:
            value = await self._method(message.method)(*message.arguments, **message.keywords)
        except Exception as error:  # noqa: BLE001 - every failure crosses, by its kind only
            self._post.put(End(message.number, _told(error)))
        else:
            self._post.put(Answer(message.number, value))

    def _method(self, name: str) -> Callable[..., Coroutine[object, object, object]]:
        if name == "directory_ready":
            return self._directory_ready
        return cast("Callable[..., Coroutine[object, object, object]]", getattr(self._desk, name))

    async def _follow(self, message: Follow) -> None:
        make = cast("Callable[..., AsyncIterator[object]]", getattr(self._desk, message.method))
        iterator = make(*message.arguments, **message.keywords)
        stream = self._post.stream(message.number)
        problem: Problem | None = None
        try:
            async for value in iterator:
                stream.put(value)
        except Exception as error:  # noqa: BLE001 - as above
            problem = _told(error)
        finally:
            close = getattr(iterator, "aclose", None)
            if close is not None:
                await close()
            stream.end(End(message.number, problem))


def _told(error: Exception) -> Problem:
    if isinstance(error, AviseError):
        return _problem(error)
    # A bug of ours: told by its kind; its text may hold a person's data.
    _log.error("a call of the window ended on %s", type(error).__name__)
    return "error.bug", {}


class _Stream:
    """The values of one stream on their way, the latest of each key; used on the engine's loop only."""

    def __init__(self, post: _Post, number: int) -> None:
        self._post, self._number = post, number
        self._loop = post.loop
        self._waiting: dict[Hashable, object] = {}
        self._sent: dict[Hashable, deque[float]] = {}
        self.history = HistorySender()

    def put(self, value: object) -> None:
        """Send a value soon: at once, or when its key may speak again."""
        key = update_key(value)
        known = key in self._waiting
        self._waiting[key] = value
        if not known:
            sent = self._sent.setdefault(key, deque(maxlen=BURST))
            delay = sent[0] + PER_SECONDS - self._loop.time() if len(sent) == BURST else 0.0
            if delay > 0:
                self._loop.call_later(delay, self._send, key)
            else:
                self._send(key)

    def _send(self, key: Hashable) -> None:
        if key in self._waiting:
            self._sent[key].append(self._loop.time())
            self._post.put(_Parcel(self, self._number, self._waiting.pop(key)))

    def end(self, message: End) -> None:
        """Send what waits, then the end."""
        for key in tuple(self._waiting):
            self._send(key)
        self._post.put(message)


class _Parcel:
    """A value of a stream, made into messages by the thread that sends."""

    def __init__(self, stream: _Stream, number: int, value: object) -> None:
        self._stream, self._number, self._value = stream, number, value

    def messages(self) -> list[object]:
        """Return what to send, in order."""
        if isinstance(self._value, TimelineChanged):
            return self._stream.history.messages(self._number, self._value)
        return [Item(self._number, self._value)]


class _Post:
    """A thread that sends: pickling and a full pipe hold up nobody else.

    Args:
        pipe: to the window.
        loop: the engine's.
    """

    def __init__(self, pipe: Pipe, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._pipe = pipe
        self._letters: deque[object] = deque()
        self._something = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._deliver, name="avise engine post", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Send what waits, then end the thread."""
        self.put(None)
        self._thread.join()

    def stream(self, number: int) -> _Stream:
        """Return the way for the values of a stream."""
        return _Stream(self, number)

    def put(self, letter: object) -> None:
        """Send a message, or a parcel of them, after those put before."""
        self._letters.append(letter)
        self._something.release()

    def _deliver(self) -> None:
        while True:
            self._something.acquire()
            letter = self._letters.popleft()
            if letter is None:
                return
            messages = letter.messages() if isinstance(letter, _Parcel) else [letter]
            if not all(self._pipe.send(message) for message in messages):
                return
