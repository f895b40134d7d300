"""Starts that go wrong: the sentence on screen, the exit status, and files left as they were."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from avise.app import FAILED, Opening, WindowSession
from avise.engine.engine_process import EngineProcess
from avise.env import SystemEnv
from avise.models.errors import AviseError
from avise.models.roles import Purpose
from avise.services.customer_updates import CustomerUpdate, HeaderChanged
from avise.services.profile import load_profile
from avise.start import run_window
from avise.store.profile_lock import DOOR_NAME, ProfileLock, send_to_running
from avise.texts import text
from avise.ui.application import make_application
from avise.ui.bridge import DeskBridge
from avise.ui.shell.call_panel import CallPanel
from tests.servers.bad_input.conftest import BadDay
from tests.servers.bad_input.guichet import MEMBER
from tests.servers.bad_input.test_store_files import key_of_another_profile, used
from tests.ui.waiting import until

CALL = "avise://call?number=%2B33639984127"

Run = Callable[[Coroutine[object, object, None]], None]


@pytest.fixture(autouse=True)
def somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have boxes shown: the tests read the platform without a screen as a person reads theirs."""
    monkeypatch.setattr("avise.app.nobody_looks", lambda: False)


def boxes() -> list[QMessageBox]:
    """Return the message boxes on screen."""
    shown = (widget for widget in QApplication.topLevelWidgets() if widget.isVisible())
    return [widget for widget in shown if isinstance(widget, QMessageBox)]


async def answered() -> str:
    """Wait for a box, close it by its button and return what it said."""
    await until(lambda: len(boxes()) == 1)
    box = boxes()[0]
    said = f"{box.text()} {box.informativeText()}"
    box.buttons()[0].click()
    await until(lambda: not boxes())
    return said


def play(run: Run, profile: Path, script: Callable[[WindowSession], Coroutine[object, object, None]]) -> int:
    """Run the window on a profile while a script uses it; return the exit status."""
    statuses: list[int] = []

    async def scenario() -> None:
        env = SystemEnv()
        lock = ProfileLock(profile, env)
        lock.take()
        found = load_profile(profile, device="")
        opening = Opening(found, env, lock, EngineProcess(), call_url="", check_start=False)
        session = WindowSession(make_application(), opening)
        playing = asyncio.create_task(script(session))
        # A script that fails must not leave the window open until the test's time is over.
        playing.add_done_callback(lambda _task: session._stop.set())
        statuses.append(await session.run())
        await playing

    run(scenario())
    return statuses[0]


def test_a_store_of_another_key_is_told_in_a_box_and_left_alone(run: Run, day: BadDay) -> None:
    used(day)
    store = day.profile / "store.db"
    content = store.read_bytes()
    (key,) = [path for path in day.profile.iterdir() if "key" in path.name]
    key.write_bytes(key_of_another_profile(key, day.profile.parent / "other"))

    async def script(_session: WindowSession) -> None:
        said = await answered()
        assert "La clé de ce poste n’ouvre pas le fichier local" in said
        assert "Rien n’a été perdu" in said

    assert play(run, day.profile, script) == FAILED
    assert store.read_bytes() == content


def test_a_foreign_store_is_set_aside_and_told_in_a_box_then_the_window_works(run: Run, day: BadDay) -> None:
    used(day)
    content = b"SQLite format 3\x00" + os.urandom(8_192)
    (day.profile / "store.db").write_bytes(content)

    async def script(session: WindowSession) -> None:
        said = await answered()
        (aside,) = day.profile.glob("store.foreign-*.db")
        assert aside.name in said
        assert aside.read_bytes() == content
        session._stop.set()

    assert play(run, day.profile, script) == 0


@pytest.mark.qt_log_ignore("This plugin does not support raise", "does not support propagateSizeHints")
def test_a_second_start_hands_its_call_over_and_ends(run: Run, day: BadDay) -> None:
    async def script(session: WindowSession) -> None:
        await until((day.profile / DOOR_NAME).exists)
        second = await asyncio.to_thread(started, day.profile, "--call", CALL)
        assert (second.returncode, second.stderr) == (0, "")
        await until(lambda: any(panel.call is not None for panel in panels()))
        session._stop.set()

    assert play(run, day.profile, script) == 0
    assert not send_to_running(day.profile, [])


def started(profile: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start Avise in another process and wait until it ends."""
    command = [sys.executable, "-m", "avise", "--profile", str(profile), *arguments]
    return subprocess.run(  # noqa: S603 - our own interpreter and module
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "QT_QPA_PLATFORM": "offscreen"},
    )


def panels() -> list[CallPanel]:
    """Return the call panels of the windows shown."""
    return [panel for window in QApplication.topLevelWidgets() for panel in window.findChildren(CallPanel)]


def test_a_profile_held_by_a_window_that_does_not_answer_is_told(
    dressed: QApplication, day: BadDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = ProfileLock(day.profile, SystemEnv())
    lock.take()
    try:
        said, error = refused_start(day.profile)
    finally:
        asyncio.run(lock.release())
    assert error.message_key == "profile.in_use"
    assert "Allez à cette fenêtre" in said


def test_broken_settings_are_told_in_a_box_with_their_place(dressed: QApplication, day: BadDay) -> None:
    settings = day.profile / "settings.toml"
    settings.write_text("[user\n", "utf-8")
    said, error = refused_start(day.profile)
    assert error.message_key == "profile.syntax"
    assert str(settings) in said
    assert "line 1" in said
    assert not (day.profile / "store.db").exists()


def test_a_bad_link_is_told_in_a_box_with_words_of_its_own_and_on_the_error_output(
    dressed: QApplication, day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    said, error = refused_start(day.profile, "avise://foo?x=1")
    assert error.message_key == "call.bad_link"
    assert text("call.bad_link_advice") in said
    assert text("app.start_failed") not in said
    assert capsys.readouterr().err == text("cli.error", sentence=text("call.bad_link")) + "\n"


def refused_start(profile: Path, call_url: str | None = None) -> tuple[str, AviseError]:
    """Start the window on what cannot be used; return what the box said, and the error."""
    said: list[str] = []

    def close_box() -> None:
        for box in boxes():
            said.append(f"{box.text()} {box.informativeText()}")
            box.buttons()[0].click()

    timer = QTimer()
    timer.timeout.connect(close_box)
    timer.start(20)
    try:
        with pytest.raises(AviseError) as refused:
            run_window(profile, call_url=call_url, check_start=False)
    finally:
        timer.stop()
    return " ".join(said), refused.value


@pytest.mark.parametrize("arguments", [[], ["--check-start"]], ids=["window", "check"])
def test_where_nobody_looks_a_start_that_fails_ends_with_its_sentence(
    arguments: list[str], day: BadDay
) -> None:
    (day.profile / "settings.toml").write_text("[user\n", "utf-8")
    ended = started(day.profile, *arguments)
    assert ended.returncode == FAILED
    assert "settings.toml n’est pas un fichier TOML correct" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_window_whose_engine_is_killed_takes_another_and_shows_the_customer_again(
    run: Run, day: BadDay
) -> None:
    async def script(session: WindowSession) -> None:
        await until((day.profile / DOOR_NAME).exists)  # everything has started
        running = session.running
        assert running is not None
        first = running.process
        bridge = DeskBridge(running.desk, running.thread.loop, QApplication.instance())
        told: list[CustomerUpdate] = []
        await running.directory_ready()
        person = await bridge.find_by_identifier("member", MEMBER)
        assert person is not None
        bridge.watch_customer(person, Purpose.SEARCH, "", told.extend)
        await until(lambda: any(isinstance(update, HeaderChanged) for update in told))
        told.clear()
        os.kill(first.process_id, signal.SIGKILL)
        await until(lambda: any(isinstance(update, HeaderChanged) for update in told))
        assert running.process is not first
        assert await bridge.setting("zoom")
        bridge.close()
        session._stop.set()

    assert play(run, day.profile, script) == 0
