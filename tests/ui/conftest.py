"""Tests of the window: the real theme, the real Qt loop, and nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import itertools
import threading
from collections.abc import Callable, Coroutine, Iterator

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from avise.ui.discretion import discretion
from avise.ui.theme import Density, Scheme, theme

SECONDS = 120
"""A test that waits longer is stuck, also on a machine that others use."""
ENDING_SECONDS = 10
"""A thread that has not ended by then is left behind."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fail on what Qt complains of, but for the offscreen platform's word on windows with a least size."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
        item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"))


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """Dress the application in the light theme at 100 %, whatever the test before did."""
    theme().set_scheme(Scheme.LIGHT)
    theme().set_density(Density.COMPACT)
    theme().set_zoom(100)
    theme().apply_to(qapp)
    yield qapp
    theme().set_scheme(Scheme.LIGHT)
    theme().set_zoom(100)
    discretion().set_on(on=False)


@pytest.fixture
def run(dressed: QApplication) -> Callable[[Coroutine[object, object, None]], None]:
    """Run a coroutine on the Qt loop; fail if it leaves tasks behind."""

    async def guarded(coroutine: Coroutine[object, object, None]) -> None:
        async with asyncio.timeout(SECONDS):
            await coroutine
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks left behind: {[task.get_name() for task in left]}"

    def runner(coroutine: Coroutine[object, object, None]) -> None:
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(dressed)) as loop:
            loop.run(guarded(coroutine))

    return runner


_TESTS_RUN = itertools.count(1)
COLLECT_EVERY = 25
"""Tests between two collections: each takes a while, and garbage only costs memory meanwhile."""


@pytest.fixture(scope="session", autouse=True)
def garbage_on_this_thread() -> Iterator[None]:
    """Keep the collector off the engine's threads, as the window does (`avise.ui.garbage`)."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def collected(garbage_on_this_thread: None) -> Iterator[None]:
    """Collect now and then, on the thread that owns the widgets."""
    yield
    if next(_TESTS_RUN) % COLLECT_EVERY == 0:
        gc.collect()


@pytest.fixture(autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a visible window or a thread behind."""
    before = set(threading.enumerate())
    yield
    left = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    for window in left:
        window.hide()
    assert not left, left
    threads = [thread for thread in threading.enumerate() if thread not in before]
    for thread in threads:
        # One that is ending may wait for its turn on a busy machine.
        thread.join(ENDING_SECONDS)
    names = [thread.name for thread in threads if thread.is_alive()]
    assert not names, names
