from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from avise.engine.loops import LoopThread, iterate_across
from avise.models.errors import AviseError


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    found = LoopThread("test loop")
    found.start()
    yield found
    found.stop()


async def test_a_call_runs_on_the_other_loop(thread: LoopThread) -> None:
    async def where() -> bool:
        return asyncio.get_running_loop() is thread.loop

    assert await thread.call(where())


async def test_cancelling_a_call_cancels_it_on_the_other_loop(thread: LoopThread) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()
    home = asyncio.get_running_loop()

    async def work() -> None:
        home.call_soon_threadsafe(started.set)
        try:
            await asyncio.sleep(30)
        finally:
            home.call_soon_threadsafe(cancelled.set)

    task = asyncio.create_task(thread.call(work()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(cancelled.wait(), 5)


async def test_a_stopped_loop_refuses_calls_and_closes_the_coroutine(thread: LoopThread) -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    thread.stop()
    with pytest.raises(AviseError):
        await thread.call(work())


async def test_an_iterator_crosses_in_order_and_its_error_is_raised_here(thread: LoopThread) -> None:
    async def numbers() -> AsyncIterator[int]:
        yield 1
        yield 2
        raise LookupError

    crossing = iterate_across(thread, numbers)
    assert [await anext(crossing), await anext(crossing)] == [1, 2]
    with pytest.raises(LookupError):
        await anext(crossing)


async def test_closing_here_closes_the_iterator_there(thread: LoopThread) -> None:
    closed = asyncio.Event()
    home = asyncio.get_running_loop()

    async def numbers() -> AsyncIterator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0.001)
        finally:
            home.call_soon_threadsafe(closed.set)

    crossing = iterate_across(thread, numbers)
    assert await anext(crossing) == 1
    await crossing.aclose()
    await asyncio.wait_for(closed.wait(), 5)
