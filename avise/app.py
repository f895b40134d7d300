"""The composition root of the window: builds theme, engine and desktop, and ends them in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from avise.engine.engine_process import EngineProcess
from avise.engine.running_engine import RunningEngine
from avise.env import Env, SystemEnv
from avise.models.errors import AviseError
from avise.services.call_links import read_call_link
from avise.services.profile import Profile, load_profile
from avise.store.profile_lock import ProfileLock
from avise.texts import text

os.environ["QT_API"] = "pyside6"

# Qt is imported after the variable that tells qasync which binding to take.
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMessageBox, QWidget
from qasync import QEventLoop

from avise.ui.aio import ask
from avise.ui.announce import Announcer
from avise.ui.application import make_application
from avise.ui.bridge import DeskBridge
from avise.ui.first_frame import ALONE, Share, place
from avise.ui.garbage import GarbageOnQtThread
from avise.ui.shell.desktop import Desktop
from avise.ui.shell.ending_mark import EndingMark
from avise.ui.shell.page import MakeCustomerPage
from avise.ui.theme import theme
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.ui.tour import TourScript

_log = logging.getLogger(__name__)

WORKERS = 4
"""Threads of Qt's loop for what blocks: importing and joining the engine."""

LAST_WORDS_S = 3.0
"""How long the end of the window waits for what is still being kept."""

FAILED = 1


@dataclass(frozen=True, slots=True)
class Opening:
    """What a window is opened on.

    Args:
        profile: what to open.
        env: clock, chance, identifiers.
        lock: held on the profile; released at the end.
        engine: its process, started.
        call_url: a call announced on the command line, "" without.
        check_start: quit as soon as everything has started.
        share: which of how many windows that a demonstration opens together.
    """

    profile: Profile
    env: Env
    lock: ProfileLock
    engine: EngineProcess
    call_url: str
    check_start: bool
    share: Share = ALONE


def open_window(application: QApplication, frame: QWidget | None, opening: Opening) -> int:
    """Open the window of a profile in the place of its first frame; return the exit status."""
    theme().apply_to(application)
    session = WindowSession(application, opening, frame)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        return runner.run(session.run())


def tell_without_window(error: AviseError) -> None:
    """Show why there is no window to whoever started Avise from an icon: nobody reads a terminal there."""
    application = make_application()
    theme().apply_to(application)
    if nobody_looks():
        return

    async def tell() -> None:
        await ask(failure_box(error, None))

    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        runner.run(tell())


def nobody_looks() -> bool:
    """Return whether the window is drawn on no screen: a box would then wait for ever."""
    return QGuiApplication.platformName() in ("offscreen", "minimal")


_ADVICE = {
    "call.bad_link": "call.bad_link_advice",
    "wipe.done": "wipe.advice",
    "wipe.unfinished": "wipe.advice",
}
"""What to do, where starting again is not it."""


def failure_box(error: AviseError, parent: QWidget | None) -> QMessageBox:
    """Return the box that says why Avise cannot start, and what to do."""
    sentence = text(error.message_key, **error.params)
    box = QMessageBox(QMessageBox.Icon.Critical, text("app.name"), sentence, parent=parent)
    box.setInformativeText(text(_ADVICE.get(error.message_key, "app.start_failed")))
    box.addButton(text("app.quit"), QMessageBox.ButtonRole.AcceptRole)
    return box


async def asked_passphrase(window: QWidget) -> str | None:
    """Ask for the passphrase that seals the profile's key; None when the user gives up."""
    box = QInputDialog(window)
    box.setWindowTitle(text("app.name"))
    box.setLabelText(text("key.ask_passphrase"))
    box.setTextEchoMode(QLineEdit.EchoMode.Password)
    box.setOkButtonText(text("app.unlock"))
    box.setCancelButtonText(text("app.quit"))
    typed: list[str] = []
    # Read before the box goes: it is deleted when it closes.
    box.accepted.connect(lambda: typed.append(box.textValue()))
    await ask(box)
    return typed[0] if typed else None


def notice_box(notices: Sequence[AviseError], parent: QWidget) -> QMessageBox:
    """Return the box that says what this start had to set aside."""
    sentences = "\n\n".join(text(notice.message_key, **notice.params) for notice in notices)
    box = QMessageBox(QMessageBox.Icon.Warning, text("app.name"), sentences, parent=parent)
    box.addButton(text("app.understood"), QMessageBox.ButtonRole.AcceptRole)
    return box


def report(name: str, error: BaseException) -> None:
    """Write down a failure that no screen shows: its type, never its text."""
    _log.error("task failed: %s (%s)", name, type(error).__name__)


class WindowSession:
    """One run of the window, from the first paint to the last thread joined.

    Args:
        application: dressed, its loop running.
        opening: what to open.
        frame: what stands on screen until the window does.
    """

    def __init__(self, application: QApplication, opening: Opening, frame: QWidget | None = None) -> None:
        self._frame = frame
        self._application = application
        self._profile, self._env = opening.profile, opening.env
        self._lock, self._process = opening.lock, opening.engine
        self._call_url, self._check_start = opening.call_url, opening.check_start
        self._share = opening.share
        if self._share != ALONE:
            # Windows of several desks on one screen: Qt ends each title with whose desk it is, never a name.
            self._application.setApplicationDisplayName(text(f"demo.window.{self._profile.session().role}"))
        self._stop = asyncio.Event()
        self._mark = EndingMark(self._profile.folder)
        self._erased: AviseError | None = None
        self.running: RunningEngine | None = None
        """Since the window is on screen."""

    async def run(self) -> int:
        """Show the window until the user closes it; return the exit status."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(WORKERS, "avise-window"))
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._stop.set)
        garbage = GarbageOnQtThread(self._application, self._env)
        running = self.running = RunningEngine(self._profile, self._env, self._process)
        bridge = DeskBridge(running.desk, running.thread.loop, self._application)
        site = self._profile.settings.desk
        make_page = customer_page_maker(bridge, self._env)
        desktop = Desktop(
            bridge, self._env, make_page, report, site.idle_minutes_at_most, call_with=site.call_with
        )
        desktop.close_requested.connect(self._stop.set)
        desktop.window.setGeometry(place(self._application, self._share))
        desktop.window.show()
        if self._frame is not None:
            self._frame.close()
            self._frame.deleteLater()
        status = 0
        try:
            if await self._started(running, bridge, desktop) and not self._check_start:
                await self._stop.wait()
            if self._erased is not None:
                # One sentence and nothing else: what was on screen is nobody's any more.
                desktop.window.hide()
                raise self._erased
        except AviseError as error:
            status = FAILED
            await self._tell_failure(desktop.window, error)
        await self._end(running, bridge, desktop)
        garbage.stop()
        return status

    async def _started(self, running: RunningEngine, bridge: DeskBridge, desktop: Desktop) -> bool:
        """Start everything behind the window; False when the user closed it meanwhile."""
        starting = asyncio.ensure_future(self._after_first_paint(running, bridge, desktop))
        closing = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({starting, closing}, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if not starting.done():
            if not running.desk.is_ready:
                running.abandon()
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return False
        await starting
        return True

    async def _after_first_paint(self, running: RunningEngine, bridge: DeskBridge, desktop: Desktop) -> None:
        # Two turns of the loop: the window is on screen before the interpreter is busy importing.
        await asyncio.sleep(0.01)
        if self._profile.settings.key.source == "passphrase":
            running.passphrase = await asked_passphrase(desktop.window)
        await asyncio.get_running_loop().run_in_executor(None, running.build_blocking)
        await asyncio.get_running_loop().run_in_executor(None, running.log_blocking)
        ended_badly = await asyncio.get_running_loop().run_in_executor(None, self._mark.begin_blocking)
        # What start-up made lives as long as the program: full collections need not walk it.
        gc.freeze()
        await desktop.start()
        self._tell_notices(running.process.notices, desktop)
        loop = asyncio.get_running_loop()
        running.on_notices = lambda notices: _threadsafe(loop, lambda: self._tell_notices(notices, desktop))
        running.on_erased = lambda error: _threadsafe(loop, lambda: self._on_erased(error))
        if ended_badly:
            _log.warning("the last window did not end well")
            await desktop.tell_recovery()
        await self._lock.listen(lambda arguments: self._take_arguments(bridge, desktop, arguments))
        if self._call_url:
            self._take_arguments(bridge, desktop, [self._call_url])

    def _on_erased(self, error: AviseError) -> None:
        """Leave: the hub had this profile erased."""
        self._erased = error
        self._stop.set()

    def _take_arguments(self, bridge: DeskBridge, desktop: Desktop, arguments: Sequence[str]) -> None:
        """A second start: come to the front, and take the call that it announced."""
        window = desktop.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        for argument in arguments:
            try:
                link = read_call_link(argument)
            except AviseError as error:
                window.toast.show_message(Message(text(error.message_key), is_error=True))
                continue
            window.tasks.spawn(
                bridge.announce_call(link.number, link.call_id), name="announced call", when_busy="parallel"
            )

    def _tell_notices(self, notices: Sequence[AviseError], desktop: Desktop) -> None:
        """Say what a start of the engine set aside; the tools are read meanwhile."""
        for notice in notices:
            _log.warning("start notice: %s", notice.message_key)
        if notices and not self._check_start and not nobody_looks():
            desktop.window.tasks.spawn(ask(notice_box(notices, desktop.window)), name="start notices")

    async def _tell_failure(self, window: QWidget, error: AviseError) -> None:
        """Say why the desk cannot be opened, and what to do; the window then closes."""
        sentence = text(error.message_key, **error.params)
        _log.error("start failed: %s", error.message_key)
        if self._check_start or nobody_looks():
            sys.stderr.write(sentence + "\n")
            return
        await ask(failure_box(error, window if window.isVisible() else None))

    async def _end(self, running: RunningEngine, bridge: DeskBridge, desktop: Desktop) -> None:
        bridge.close()
        if not running.desk.is_ready:
            # Nothing will answer any more: what waits for the desk must end, or closing would wait too.
            running.thread.loop.call_soon_threadsafe(running.desk.give_up, AviseError("engine.stopped"))
        await desktop.aclose()
        await _last_words()
        await asyncio.get_running_loop().run_in_executor(None, running.stop_blocking)
        await asyncio.get_running_loop().run_in_executor(None, self._mark.end_blocking)
        await self._lock.release()


def _threadsafe(loop: asyncio.AbstractEventLoop, step: Callable[[], None]) -> None:
    """Run a step on Qt's loop, from another thread, unless the window has ended."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(step)


async def _last_words() -> None:
    """Let the drafts that closing pages keep reach the store before the engine ends."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=LAST_WORDS_S)


def customer_page_maker(bridge: DeskBridge, env: Env) -> MakeCustomerPage:
    """Return what builds a customer's page."""

    def make(announcer: Announcer, parent: QWidget) -> QWidget:
        from avise.ui.customer.page import CustomerPage  # noqa: PLC0415 - not needed by the first paint

        return CustomerPage(bridge, env, announcer, parent)

    return make


def run_tour(folder: Path, script: TourScript) -> int:
    """Draw the main screens of a profile to PNG files; return the exit status."""
    profile = load_profile(folder, device="")
    application = make_application()
    theme().apply_to(application)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        return runner.run(_tour(application, profile, SystemEnv(), script))


async def _tour(application: QApplication, profile: Profile, env: Env, script: TourScript) -> int:
    from avise.ui.tour import REFERENCE, Tour  # noqa: PLC0415 - only the tour needs it

    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(WORKERS, "avise-window"))
    started = env.monotonic()
    garbage = GarbageOnQtThread(application, env)
    running = RunningEngine(profile, env)
    bridge = DeskBridge(running.desk, running.thread.loop, application)
    desktop = Desktop(bridge, env, customer_page_maker(bridge, env), report)
    tour = Tour(desktop, bridge, env, script)
    try:
        desktop.window.resize(REFERENCE)
        desktop.window.show()
        await asyncio.sleep(0.01)
        tour.timings["first paint"] = round((env.monotonic() - started) * 1000)
        await loop.run_in_executor(None, running.build_blocking)
        await desktop.start()
        tour.timings["engine built"] = round((env.monotonic() - started) * 1000)
        await running.directory_ready()
        tour.timings["directory ready"] = round((env.monotonic() - started) * 1000)
        await tour.play()
    finally:
        bridge.close()
        await desktop.aclose()
        await loop.run_in_executor(None, running.stop_blocking)
        garbage.stop()
    return 0
