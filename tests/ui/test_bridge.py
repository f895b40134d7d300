"""From the engine's loop to Qt's: calls, watches, mailboxes, and what happens when one side stops."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from avise.engine.loops import LoopThread
from avise.models.errors import AviseError
from avise.models.roles import Purpose
from avise.models.source_status import SourceStatus
from avise.services.customer_updates import CustomerUpdate, FacetChanged, HeaderChanged, OpeningSettled
from avise.ui.bridge import DeskBridge
from avise.ui.mailbox import BUDGET_SECONDS, Drain, Mailbox
from tests.ui.persona import HELENE, helene_updates
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@pytest.fixture
def engine() -> Iterator[LoopThread]:
    """Run an engine's loop in a thread of its own."""
    thread = LoopThread("engine")
    thread.start()
    yield thread
    thread.stop()


def test_a_call_runs_in_the_engines_thread_and_answers_here(
    run: Run, engine: LoopThread, qapp: QApplication
) -> None:
    seen: list[str] = []

    class Desk(ScriptedDesk):
        async def setting(self, key: str) -> str:
            assert key == "theme"
            seen.append(threading.current_thread().name)
            return "dark"

    async def scenario() -> None:
        bridge = DeskBridge(Desk(), engine.loop, qapp)
        assert await bridge.setting("theme") == "dark"
        assert seen == ["engine"]

    run(scenario())


def test_an_error_of_the_desk_is_raised_here(run: Run, engine: LoopThread, qapp: QApplication) -> None:
    async def scenario() -> None:
        bridge = DeskBridge(ScriptedDesk(), engine.loop, qapp)
        with pytest.raises(AviseError) as caught:
            await bridge.reveal(HELENE, "nir", "identity-0", "")
        assert caught.value.message_key == "reveal.reason_needed"

    run(scenario())


def test_cancelling_a_call_cancels_it_in_the_engine(run: Run, engine: LoopThread, qapp: QApplication) -> None:
    cancelled = threading.Event()

    class Desk(ScriptedDesk):
        async def setting(self, key: str) -> str:
            try:
                await asyncio.sleep(60 if key else 0)
            except asyncio.CancelledError:
                cancelled.set()
                raise
            return ""

    async def scenario() -> None:
        bridge = DeskBridge(Desk(), engine.loop, qapp)
        call = asyncio.ensure_future(bridge.setting("theme"))
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await until(cancelled.is_set)

    run(scenario())


def test_a_cancellation_by_the_engine_is_an_error_here(
    run: Run, engine: LoopThread, qapp: QApplication
) -> None:
    class Desk(ScriptedDesk):
        async def setting(self, key: str) -> str:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(1)
            return key

    async def scenario() -> None:
        with pytest.raises(AviseError) as caught:
            await DeskBridge(Desk(), engine.loop, qapp).setting("theme")
        assert caught.value.message_key == "engine.stopped"

    run(scenario())


def test_a_call_to_a_stopped_engine_raises_and_leaves_no_coroutine(
    run: Run, engine: LoopThread, qapp: QApplication
) -> None:
    async def scenario() -> None:
        bridge = DeskBridge(ScriptedDesk(), engine.loop, qapp)
        engine.stop()
        with pytest.raises(AviseError):
            await bridge.setting("theme")
        with pytest.raises(AviseError):
            bridge.watch_sources(lambda _sources: None)

    run(scenario())


def test_a_watch_gives_each_kind_and_each_block_on_qts_thread(
    run: Run, engine: LoopThread, qapp: QApplication
) -> None:
    async def scenario() -> None:
        bridge = DeskBridge(ScriptedDesk(), engine.loop, qapp)
        seen: list[CustomerUpdate] = []
        threads: set[str] = set()

        def on_updates(updates: tuple[CustomerUpdate, ...]) -> None:
            seen.extend(updates)
            threads.add(threading.current_thread().name)

        watch = bridge.watch_customer(HELENE, Purpose.CALL, "", on_updates)
        await until(lambda: any(isinstance(update, OpeningSettled) for update in seen))
        watch.close()
        assert isinstance(seen[0], HeaderChanged)
        assert threads == {threading.current_thread().name}
        scripted = {u.view.facet for u in helene_updates() if isinstance(u, FacetChanged)}
        assert {u.view.facet for u in seen if isinstance(u, FacetChanged)} == scripted

    run(scenario())


def test_closing_a_watch_closes_the_stream_and_delivers_nothing_more(
    run: Run, engine: LoopThread, qapp: QApplication
) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        bridge = DeskBridge(desk, engine.loop, qapp)
        seen: list[CustomerUpdate] = []
        watch = bridge.watch_customer(HELENE, Purpose.CALL, "", seen.extend)
        await until(lambda: bool(seen))
        watch.close()
        count = len(seen)
        await until(lambda: ("closed", HELENE) in desk.asked)
        desk.tell(HELENE, helene_updates()[0])
        await asyncio.sleep(0.05)
        assert len(seen) == count

    run(scenario())


def test_a_dossier_that_cannot_be_opened_says_so(run: Run, engine: LoopThread, qapp: QApplication) -> None:
    async def scenario() -> None:
        bridge = DeskBridge(ScriptedDesk(), engine.loop, qapp)
        errors: list[AviseError] = []
        bridge.watch_customer(DIRECTORY[3].person, Purpose.CALL, "", lambda _updates: None, errors.append)
        await until(lambda: bool(errors))
        assert errors[0].message_key == "open.reason_needed"

    run(scenario())


def test_a_bug_in_a_stream_is_told_by_its_kind_without_its_text(
    run: Run, engine: LoopThread, qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    class Desk(ScriptedDesk):
        async def sources(self) -> AsyncIterator[tuple[SourceStatus, ...]]:
            if self.statuses:
                raise ValueError("MARCHAND 2680344109214")
            yield ()

    async def scenario() -> None:
        bridge = DeskBridge(Desk(), engine.loop, qapp)
        errors: list[AviseError] = []
        bridge.watch_sources(lambda _sources: None, errors.append)
        await until(lambda: bool(errors))
        assert errors[0].message_key == "error.bug"
        assert "MARCHAND" not in caplog.text
        assert "ValueError" in caplog.text

    run(scenario())


def test_the_latest_value_of_a_key_wins_and_nothing_is_delivered_twice(run: Run, qapp: QApplication) -> None:
    async def scenario() -> None:
        drain = Drain(qapp)
        seen: list[int] = []
        box: Mailbox[int] = Mailbox(drain, seen.append)

        def pour() -> None:
            for value in range(10_000):
                box.put(value % 3, value)

        thread = threading.Thread(target=pour)
        thread.start()
        await until(lambda: not thread.is_alive())
        await until(lambda: {9_997, 9_998, 9_999} <= set(seen))
        assert len(seen) == len(set(seen)) < 10_000

    run(scenario())


def test_a_frame_that_is_full_leaves_the_rest_to_the_next(run: Run, qapp: QApplication) -> None:
    async def scenario() -> None:
        drain = Drain(qapp)
        seen: list[int] = []

        def slow(value: int) -> None:
            seen.append(value)
            end = asyncio.get_running_loop().time() + BUDGET_SECONDS
            while asyncio.get_running_loop().time() < end:
                pass

        box: Mailbox[int] = Mailbox(drain, slow)
        for value in range(3):
            box.put(value, value)
        drain._empty()
        assert seen == [0]
        await until(lambda: seen == [0, 1, 2])

    run(scenario())


def test_a_thousand_changes_a_second_reach_the_last_state(
    run: Run, engine: LoopThread, qapp: QApplication
) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        bridge = DeskBridge(desk, engine.loop, qapp)
        seen: list[tuple[SourceStatus, ...]] = []
        watch = bridge.watch_sources(seen.append)
        await until(lambda: bool(seen))
        for count in range(1, 1001):
            desk.show_sources(desk.statuses[: count % 5 + 1])
        await until(lambda: len(seen[-1]) == 1)
        watch.close()
        assert len(seen) < 500

    run(scenario())
