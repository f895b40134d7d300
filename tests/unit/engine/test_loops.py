from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future

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
    await asyncio.wait_for(cancelled.wait(), 30)


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
    await asyncio.wait_for(closed.wait(), 30)


def test_stopping_goes_on_when_a_task_refuses_to_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("avise.engine.loops.JOIN_SECONDS", 0.05)
    stubborn = LoopThread("stubborn loop")
    stubborn.start()
    started, released = threading.Event(), asyncio.Event()

    async def refuse() -> None:
        started.set()
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    stubborn.submit(refuse())
    started.wait(30)
    stubborn.loop.call_later(0.2, released.set)
    stubborn.stop()
    assert "stubborn loop" in caplog.text


def test_what_is_submitted_while_the_loop_stops_is_settled_one_way_or_the_other() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 1

    for _ in range(20):
        racing = LoopThread("racing loop")
        racing.start()
        futures: list[Future[int]] = []

        def submit(thread: LoopThread = racing, into: list[Future[int]] = futures) -> None:
            with contextlib.suppress(AviseError):
                while True:
                    into.append(thread.submit(work()))

        submitting = threading.Thread(target=submit)
        submitting.start()
        racing.stop()
        submitting.join(30)
        assert not submitting.is_alive()
        assert all(future.done() for future in futures)
