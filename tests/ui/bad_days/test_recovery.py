"""A window that is killed while somebody types: the next one says so, and gives back what was open."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

from PySide6.QtWidgets import QApplication, QPlainTextEdit

from avise.app import WindowSession
from avise.ui.shell.ending_mark import MARK_NAME, EndingMark
from avise.ui.shell.main_window import MainWindow
from tests.servers.bad_input.conftest import BadDay
from tests.ui.bad_days.test_start import play
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
TYPED = "canaryword "
ENOUGH = 150
"""Characters at fifty a second: longer than the two seconds that may be lost."""

CHILD = """
import asyncio, os, sys
from pathlib import Path
import qasync
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from avise.app import Opening, WindowSession
from avise.engine.engine_process import EngineProcess
from avise.env import SystemEnv
from avise.services.profile import load_profile
from avise.store.profile_lock import ProfileLock
from avise.ui.application import make_application
from avise.ui.shell.main_window import MainWindow
from avise.ui.shell.sessions import SessionTab
from avise.ui.theme import theme

async def until(condition):
    while not condition():
        await asyncio.sleep(0.02)

async def type_for_ever(session):
    await until(lambda: session.running is not None and session.running.desk.is_ready)
    running = session.running
    await running.directory_ready()
    found = await asyncio.wrap_future(
        asyncio.run_coroutine_threadsafe(running.desk.search("marchand"), running.thread.loop))
    person = found.hits[0].entry.person
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    window.sessions.open(SessionTab(person, "MARCHAND Hélène"))
    page = window.customers.prepare(person)
    await until(lambda: page.findChildren(QPlainTextEdit))
    note = page.findChildren(QPlainTextEdit)[0]
    typed = 0
    while True:
        for character in "canaryword ":
            QTest.keyClick(note, character)
            typed += 1
            await asyncio.sleep(0.02)
        print(typed, flush=True)

async def main(folder):
    env = SystemEnv()
    lock = ProfileLock(folder, env)
    lock.take()
    opening = Opening(load_profile(folder, device=""), env, lock, EngineProcess(), "", False)
    session = WindowSession(application, opening)
    # Never left behind, whatever becomes of who started it.
    asyncio.get_running_loop().call_later(180, lambda: os._exit(1))
    typing = asyncio.create_task(type_for_ever(session))
    await session.run()
    await typing

application = make_application()
theme().apply_to(application)
with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
    runner.run(main(Path(sys.argv[1])))
"""


def killed_while_typing(profile: Path) -> int:
    """Kill a window in the middle of a note; return how many characters were typed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(  # noqa: S603 - our own interpreter, on the script above
        [sys.executable, "-c", CHILD, str(profile)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as child:
        assert child.stdout is not None
        typed = 0
        for line in child.stdout:
            typed = int(line)
            if typed >= ENOUGH:
                os.kill(child.pid, signal.SIGKILL)
                break
    return typed


def test_a_window_killed_while_typing_is_told_and_given_back(run: Run, day: BadDay) -> None:
    typed = killed_while_typing(day.profile)
    assert typed >= ENOUGH
    assert (day.profile / MARK_NAME).read_bytes() == b""
    told: list[str] = []
    notes: list[str] = []

    async def script(_session: WindowSession) -> None:
        await until(lambda: bool(windows()) and windows()[0].toast.message() is not None)
        (window,) = windows()
        message = window.toast.message()
        assert message is not None
        told.append(message.sentence)
        (tab,) = window.sessions.tabs
        window.sessions.show(tab.person)
        page = window.customers.prepare(tab.person)
        await until(lambda: any(note.toPlainText() for note in page.findChildren(QPlainTextEdit)))
        notes.append(page.findChildren(QPlainTextEdit)[0].toPlainText())

    assert play(run, day.profile, script) == 0
    assert told == ["Avise ne s’était pas fermé normalement. Retrouvés\u00a0: 1 session, 1 brouillon."]
    # Two seconds at most are lost.
    assert notes[0].startswith(TYPED)
    assert len(notes[0]) >= typed - 120
    assert not (day.profile / MARK_NAME).exists()
    for path in (day.profile / "logs").iterdir():
        written = path.read_text("utf-8")
        assert "canary" not in written
        assert "MARCHAND" not in written


def test_a_window_that_ends_well_is_not_told(run: Run, day: BadDay) -> None:
    async def script(_session: WindowSession) -> None:
        await until(lambda: bool(windows()) and (day.profile / MARK_NAME).exists())
        await asyncio.sleep(0.3)
        assert windows()[0].toast.message() is None

    for _ in range(2):
        assert play(run, day.profile, script) == 0
        assert not (day.profile / MARK_NAME).exists()


def test_a_run_that_never_began_leaves_the_mark_of_the_one_before(tmp_path: Path) -> None:
    assert not EndingMark(tmp_path).begin_blocking()
    EndingMark(tmp_path).end_blocking()
    assert EndingMark(tmp_path).begin_blocking()


def windows() -> list[MainWindow]:
    """Return the windows on screen."""
    shown = (widget for widget in QApplication.topLevelWidgets() if widget.isVisible())
    return [widget for widget in shown if isinstance(widget, MainWindow)]
