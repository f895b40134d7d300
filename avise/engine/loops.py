"""Loops in threads of their own, and the crossing between them.

Three loops run (decision 6): Qt's, the engine's (services, store) and the connectors' (pipeline and
third-party code). Only frozen values cross, by the two functions at the end of this module.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import aclosing
from typing import TypeVar

from avise.models.errors import AviseError

_log = logging.getLogger(__name__)

T = TypeVar("T")

JOIN_SECONDS = 10.0
"""How long tasks may take to end, then the thread, before the log says so and the end goes on."""


class LoopThread:
    """An asyncio loop that runs in a thread until it is stopped.

    Args:
        name: of the thread, as logs and stack dumps show it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._stopped = False
        # What was submitted before the stop is on the loop before its tasks are cancelled.
        self._submitting = threading.Lock()

    @property
    def started(self) -> bool:
        """Whether the thread was started."""
        return self._thread.ident is not None

    def start(self) -> None:
        """Start the thread; the loop takes calls from now on."""
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()

    def submit(self, coroutine: Coroutine[object, object, T]) -> Future[T]:
        """Run a coroutine on this loop from any thread.

        Raises:
            AviseError: `engine.stopped`, after closing the coroutine, when the loop has ended.
        """
        with self._submitting:
            if not self._stopped and not self.loop.is_closed():
                return asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        coroutine.close()
        raise AviseError("engine.stopped")

    async def call(self, coroutine: Coroutine[object, object, T]) -> T:
        """Await a coroutine that runs on this loop from another loop; cancellation is forwarded.

        A cancellation that comes from this loop's side becomes an error: the caller was not
        cancelled (decision 43).
        """
        future = self.submit(coroutine)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise AviseError("engine.stopped") from None

    def stop(self) -> None:
        """Cancel what still runs, end the loop and join its thread; may be called twice."""
        with self._submitting:
            if self._stopped:
                return
            self._stopped = True
        if not self._thread.is_alive():
            self.loop.close()
            return
        ended = asyncio.run_coroutine_threadsafe(cancel_others(), self.loop)
        try:
            ended.result(JOIN_SECONDS)
        except TimeoutError:
            _log.error("%s: tasks go on after their cancellation", self.name)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(JOIN_SECONDS)
        if self._thread.is_alive():
            _log.error("%s: the thread did not end", self.name)


async def cancel_others() -> None:
    """Cancel every other task of the running loop and wait until they have ended."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class _End:
    """Marks the end of an iterator on its way across."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


async def iterate_across(
    thread: LoopThread, make_iterator: Callable[[], AsyncIterator[T]], *, ahead: int = 0
) -> AsyncGenerator[T, None]:
    """Yield, on the calling loop, what an asynchronous iterator gives on another loop.

    Closing this generator closes the iterator on its own loop.

    Args:
        thread: the other loop.
        make_iterator: called there.
        ahead: how many values may wait for their reader; 0 for as many as come.
    """
    home = asyncio.get_running_loop()
    queue: asyncio.Queue[T | _End] = asyncio.Queue()
    room = asyncio.Semaphore(ahead)

    def hand_over(item: T | _End) -> None:
        if not home.is_closed():
            home.call_soon_threadsafe(queue.put_nowait, item)

    async def pump() -> None:
        end = _End(None)
        try:
            iterator = make_iterator()
            async with aclosing(iterator) as items:  # type: ignore[type-var]  # ours are generators
                async for item in items:
                    hand_over(item)
                    if ahead:
                        await room.acquire()
        except Exception as error:  # noqa: BLE001 - every error crosses and is raised on the other side
            end = _End(error)
        finally:
            hand_over(end)

    future = thread.submit(pump())
    try:
        while not isinstance(item := await queue.get(), _End):
            yield item
            if ahead and not thread.loop.is_closed():
                thread.loop.call_soon_threadsafe(room.release)
    finally:
        future.cancel()
    if item.error is not None:
        raise item.error
