"""From Qt's loop to the engine's and back: calls that are awaited, streams that are followed.

A call runs on the engine's loop and is awaited on Qt's; cancelling it cancels it there. A watch
follows one of the desk's streams: a task of the engine puts what comes into a mailbox where the
latest value of each kind wins, and Qt's thread empties it frame by frame (`avise.ui.mailbox`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject

from avise.models.errors import AviseError
from avise.models.roles import Session
from avise.services.desk import Desk
from avise.ui.mailbox import Drain, Mailbox

T = TypeVar("T")

_log = logging.getLogger(__name__)

INTERRUPTED = "engine.interrupted"
"""What a stream ends on when its engine is lost and another one is coming."""

PAUSE_S, PAUSE_AT_MOST_S = 0.05, 1.0
"""Before a stream is followed again, doubled each time."""

Failed = Callable[[AviseError], None]


class _BrokenError(AviseError):
    """Ends a watch: carried through its mailbox, after what came before."""


class Watch:
    """A stream being followed, until it is closed.

    Args:
        mailbox: closed with the watch.
        follower: the engine's task.
    """

    def __init__(self, mailbox: Mailbox[T], follower: Future[None]) -> None:
        self._close_mailbox = mailbox.close
        self._follower = follower

    def close(self) -> None:
        """Stop following: nothing is delivered any more, and the engine closes the stream."""
        self._close_mailbox()
        self._follower.cancel()


class Crossing:
    """What every part of the bridge calls the desk through.

    Args:
        desk: whose methods run on the engine's loop.
        engine_loop: that loop.
        parent: of the Qt object that receives; give the application or a window that outlives the
            engine.
    """

    def __init__(
        self, desk: Desk, engine_loop: asyncio.AbstractEventLoop, parent: QObject | None = None
    ) -> None:
        self._desk = desk
        self._loop = engine_loop
        # Owned by an object of Qt's thread: the last reference may be dropped by the engine's.
        self._drain = Drain(parent or QCoreApplication.instance())
        self._watches: set[Watch] = set()

    @property
    def session(self) -> Session:
        """Who works at this desk."""
        return self._desk.session

    def _submit(self, coroutine: Coroutine[object, object, T]) -> Future[T]:
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError:
            coroutine.close()
            raise AviseError("engine.stopped") from None

    async def _call(self, coroutine: Coroutine[object, object, T]) -> T:
        future = self._submit(coroutine)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # The engine cancelled, not the caller: it is stopping.
            raise AviseError("engine.stopped") from None

    def _watch(
        self,
        make_iterator: Callable[[], AsyncIterator[T]],
        key_of: Callable[[T], Hashable],
        deliver: Callable[[T], None],
        on_failed: Failed | None,
        on_interrupted: Callable[[], None] | None = None,
    ) -> Watch:
        def on_item(item: T | _BrokenError) -> None:
            if not isinstance(item, _BrokenError):
                deliver(item)
            elif item.message_key == INTERRUPTED:
                if on_interrupted is not None:
                    on_interrupted()
            elif on_failed is not None:
                on_failed(item)

        mailbox: Mailbox[T | _BrokenError] = Mailbox(self._drain, on_item)
        try:
            follower = self._submit(_follow(make_iterator, key_of, mailbox))
        except AviseError:
            mailbox.close()
            raise
        watch = Watch(mailbox, follower)
        self._watches.add(watch)
        follower.add_done_callback(lambda _future: self._watches.discard(watch))
        return watch

    def close(self) -> None:
        """Close every watch: first step of the window's end, before the engine stops."""
        for watch in tuple(self._watches):
            watch.close()


async def _follow(
    make_iterator: Callable[[], AsyncIterator[T]],
    key_of: Callable[[T], Hashable],
    mailbox: Mailbox[T | _BrokenError],
) -> None:
    """Put everything that a stream gives into a mailbox; on the engine's loop.

    A stream whose engine was lost is followed again from its beginning: the desk waits for the next engine.
    """
    pause = PAUSE_S
    while await _followed_once(make_iterator(), key_of, mailbox):
        mailbox.put(INTERRUPTED, _BrokenError(INTERRUPTED))
        _log.warning("a stream is followed again on another engine")
        await asyncio.sleep(pause)
        pause = min(2 * pause, PAUSE_AT_MOST_S)


async def _followed_once(
    iterator: AsyncIterator[T], key_of: Callable[[T], Hashable], mailbox: Mailbox[T | _BrokenError]
) -> bool:
    """Follow a stream to its end; return whether its engine was lost."""
    try:
        async for item in iterator:
            mailbox.put(key_of(item), item)
    except AviseError as error:
        if error.message_key == INTERRUPTED:
            return True
        mailbox.put("failed", _BrokenError(error.message_key, **error.params))
    except Exception as error:
        # A bug of ours: told on screen by its kind; its text may hold a person's data.
        _log.error("a watch ended on %s", type(error).__name__)
        mailbox.put("failed", _BrokenError("error.bug"))
        raise
    finally:
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()
    return False
