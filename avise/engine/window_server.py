"""What answers one window: its calls and the streams that it follows, on the engine's loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from typing import cast

from avise.engine.wire import (
    Answer,
    Call,
    Cancel,
    End,
    Follow,
    HistorySender,
    Item,
    Post,
    Problem,
    frame_of,
)
from avise.models.errors import AviseError
from avise.services.customer_updates import OpeningSettled, TimelineChanged, update_key
from avise.services.desk import Desk
from avise.texts import set_language

_log = logging.getLogger(__name__)

BURST = 3
PER_SECONDS = 0.3
"""A block is told at most `BURST` times in this while: ten times a second (`connectors.md` C8)."""


def problem_of(error: AviseError) -> Problem:
    """Return an error as it crosses to the window."""
    return error.message_key, {name: str(value) for name, value in error.params.items()}


class WindowServer:
    """Answers one window; used on the engine's loop.

    Args:
        loop: the engine's.
        desk: what answers.
        post: to the window.
        directory_ready: waits until the directory holds somebody.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        desk: Desk,
        post: Post,
        directory_ready: Callable[[], Coroutine[object, object, None]],
    ) -> None:
        self._loop, self._desk, self._post = loop, desk, post
        self._directory_ready = directory_ready
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._cancelled: set[int] = set()
        """By the window: whoever asked waits no more."""

    def take_threadsafe(self, message: object) -> None:
        """Obey a message, from another thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
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
                    self._cancelled.add(message.number)
                    task.cancel()
            case _:
                _log.error("a message of an unknown kind")

    def _run(self, number: int, work: Coroutine[object, object, None]) -> None:
        task = self._loop.create_task(work, name=f"window {number}")
        self._tasks[number] = task
        task.add_done_callback(lambda _task: self._forget(number))

    def _forget(self, number: int) -> None:
        self._tasks.pop(number, None)
        self._cancelled.discard(number)

    async def _call(self, message: Call) -> None:
        try:
            value = await self._method(message.method)(*message.arguments, **message.keywords)
        except asyncio.CancelledError:
            self._tell_stopped(message.number)
            raise
        except Exception as error:  # noqa: BLE001 - every failure crosses, by its kind only
            self._send(End(message.number, _told(error)))
        else:
            self._send(Answer(message.number, value))

    def _method(self, name: str) -> Callable[..., Coroutine[object, object, object]]:
        if name == "directory_ready":
            return self._directory_ready
        return cast("Callable[..., Coroutine[object, object, object]]", getattr(self._desk, name))

    async def _follow(self, message: Follow) -> None:
        stream = _Stream(self._post, self._loop, message.number)
        problem: Problem | None = None
        try:
            make = cast("Callable[..., AsyncIterator[object]]", getattr(self._desk, message.method))
            iterator = make(*message.arguments, **message.keywords)
            async with _closing(iterator):
                async for value in iterator:
                    stream.put(value)
        except asyncio.CancelledError:
            self._tell_stopped(message.number)
            raise
        except Exception as error:  # noqa: BLE001 - as above
            problem = _told(error)
        stream.end(End(message.number, problem))

    def _tell_stopped(self, number: int) -> None:
        """Tell a window that did not cancel: the engine is stopping."""
        if number not in self._cancelled:
            self._send(End(number, ("engine.stopped", {})))

    def _send(self, message: Answer | End) -> None:
        self._post.put(lambda: [_safe_frame(message.number, message)])


@contextlib.asynccontextmanager
async def _closing(iterator: AsyncIterator[object]) -> AsyncIterator[None]:
    """Close an iterator that is a generator."""
    try:
        yield
    finally:
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()


def _told(error: Exception) -> Problem:
    if isinstance(error, AviseError):
        return problem_of(error)
    # A bug of ours: told by its kind; its text may hold a person's data.
    _log.error("a call of the window ended on %s", type(error).__name__)
    return "error.bug", {}


def _safe_frame(number: int, message: object) -> bytes:
    """Return a message as it is written, or the end of its call when it cannot be."""
    try:
        return frame_of(message)
    except Exception as error:  # noqa: BLE001 - whatever a value of ours raises when it is pickled
        return frame_of(End(number, _told(error)))


class _Stream:
    """The values of one stream on their way, the latest of each key; used on the engine's loop only."""

    def __init__(self, post: Post, loop: asyncio.AbstractEventLoop, number: int) -> None:
        self._post, self._loop, self._number = post, loop, number
        self._waiting: dict[Hashable, object] = {}
        self._sent: dict[Hashable, deque[float]] = {}
        self._history = HistorySender()

    def put(self, value: object) -> None:
        """Send a value soon: at once, or when its key may speak again."""
        if isinstance(value, OpeningSettled):
            # It counts what came before it.
            self._send_waiting()
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
            value = self._waiting.pop(key)
            self._post.put(lambda: self._frames(value))

    def _send_waiting(self) -> None:
        for key in tuple(self._waiting):
            self._send(key)

    def _frames(self, value: object) -> list[bytes]:
        messages: list[object] = [Item(self._number, value)]
        if isinstance(value, TimelineChanged):
            messages = self._history.messages(self._number, value)
        return [_safe_frame(self._number, message) for message in messages]

    def end(self, message: End) -> None:
        """Send what waits, then the end."""
        self._send_waiting()
        self._post.put(lambda: [frame_of(message)])
