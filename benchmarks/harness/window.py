"""The real window on a profile, for the time of a measure: engine, bridge, desktop, Qt's loop."""

from __future__ import annotations

import asyncio
import functools
import gc
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget
from qasync import QEventLoop
from typing_extensions import override

from avise.app import customer_page_maker
from avise.engine.engine_child import ENGINE_FLAG, start_engine_child
from avise.engine.engine_process import EngineProcess
from avise.engine.running_engine import RunningEngine
from avise.env import Env, SystemEnv
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.roles import Purpose
from avise.services.profile import load_profile
from avise.ui.application import make_application
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from avise.ui.garbage import GarbageOnQtThread
from avise.ui.shell.desktop import Desktop
from avise.ui.shell.sessions import SessionTab
from avise.ui.theme import theme

T = TypeVar("T")

SIZE = (1920, 1080)
WORKERS = 4


@dataclass(frozen=True, slots=True)
class BenchWindow:
    """A window at work.

    Args:
        desktop: the window and what moves it.
        bridge: towards the engine.
        engine: running, in its own process.
        env: the clock.
    """

    desktop: Desktop
    bridge: DeskBridge
    engine: RunningEngine
    env: Env

    def open(self, person: PersonId, purpose: Purpose = Purpose.SEARCH) -> CustomerPage:
        """Open a customer in a tab, as a chosen search result does, and return its page."""
        self.desktop.window.sessions.open(SessionTab(person, "…", purpose))
        page = self.page(person)
        if page is None:
            raise RuntimeError("the customer has no page")
        return page

    def page(self, person: PersonId) -> CustomerPage | None:
        """Return the page of an open customer."""
        found = self.desktop.window.customers.page(person)
        return found if isinstance(found, CustomerPage) else None

    def close(self, person: PersonId) -> None:
        """Close a customer's tab."""
        self.desktop.window.sessions.close(person)


class OnScreen(QObject):
    """Says when what was asked to be drawn has been drawn.

    Signals:
        painted: the window's content was just brought up to date.
    """

    painted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.begun = self.done = 0
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come back right after the event by which Qt draws every part that changed."""
        if event.type() == QEvent.Type.UpdateRequest:
            self.begun += 1
            QTimer.singleShot(0, self, functools.partial(self._on_drawn, self.begun))
        return super().eventFilter(watched, event)

    def _on_drawn(self, number: int) -> None:
        self.done = number
        self.painted.emit()


def in_window(
    folder: Path,
    work: Callable[[BenchWindow], Coroutine[object, object, T]],
    engine_module: str = "avise",
) -> T:
    """Show the window of a profile, run a measure in Qt's loop, end everything.

    Args:
        folder: the profile's.
        work: the measure.
        engine_module: what runs as the engine; a benchmark may serve a desk of its own.
    """
    application = make_application()
    theme().apply_to(application)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        return runner.run(_shown(application, folder, work, engine_module))


async def _shown(
    application: QApplication,
    folder: Path,
    work: Callable[[BenchWindow], Coroutine[object, object, T]],
    engine_module: str,
) -> T:
    """Do what the program does around its window, in the same order."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(WORKERS, "bench-window"))
    env = SystemEnv()
    garbage = GarbageOnQtThread(application, env)
    process = EngineProcess(start_engine_child([sys.executable, "-m", engine_module, ENGINE_FLAG]))
    running = RunningEngine(load_profile(folder, device=""), env, process)
    bridge = DeskBridge(running.desk, running.thread.loop, QCoreApplication.instance())
    desktop = Desktop(bridge, env, customer_page_maker(bridge, env), _report)
    desktop.window.resize(*SIZE)
    desktop.window.show()
    try:
        await loop.run_in_executor(None, running.build_blocking)
        gc.freeze()
        await desktop.start()
        await running.directory_ready()
        return await work(BenchWindow(desktop, bridge, running, env))
    finally:
        bridge.close()
        await desktop.aclose()
        await loop.run_in_executor(None, running.stop_blocking)
        garbage.stop()


def _report(name: str, error: BaseException) -> None:
    key = error.message_key if isinstance(error, AviseError) else ""
    print(f"task failed: {name} ({type(error).__name__} {key})")


async def until(signal: object, seconds: float, condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, looking each time a Qt signal is emitted.

    Raises:
        TimeoutError: it did not hold in time.
    """
    if condition():
        return
    held = asyncio.get_running_loop().create_future()

    def look(*_values: object) -> None:
        if not held.done() and condition():
            held.set_result(None)

    signal.connect(look)  # type: ignore[attr-defined]  # a bound Qt signal, which has no public type
    try:
        await asyncio.wait_for(held, seconds)
    finally:
        signal.disconnect(look)  # type: ignore[attr-defined]  # as above
