"""The window killed at any moment while a call is wrapped up: what it said was kept is there afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from avise.commands.show import find_person
from avise.engine.engine import Engine
from avise.models.interaction import Direction
from avise.models.wrap_up import WrapUp
from avise.services.day_values import WrapUpDraft
from avise.texts import text
from tests.servers.bad_input.conftest import BadDay
from tests.servers.bad_input.guichet import MEMBER

LAUNCHER = '''
"""A real window on a profile: opens a member, takes a call, and types a wrap-up until it is killed."""
import asyncio, sys
from datetime import timedelta
from pathlib import Path

import qasync
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.app import Opening, WindowSession
from avise.engine.engine_process import EngineProcess
from avise.env import SystemEnv
from avise.services.desk import CallState, IncomingCall
from avise.services.profile import load_profile
from avise.store.profile_lock import DOOR_NAME, ProfileLock
from avise.ui.application import make_application
from avise.ui.bridge import DeskBridge
from avise.ui.shell.main_window import MainWindow
from avise.ui.shell.sessions import SessionTab
from avise.ui.theme import theme

profile, member = Path(sys.argv[1]), sys.argv[2]
said = lambda *words: print(*words, flush=True)

async def until(condition):
    while not condition():
        await asyncio.sleep(0.01)

async def work(session):
    await until((profile / DOOR_NAME).exists)
    running = session.running
    bridge = DeskBridge(running.desk, running.thread.loop, QApplication.instance())
    await running.directory_ready()
    person = await bridge.find_by_identifier("member", member)
    (window,) = [found for found in QApplication.topLevelWidgets() if isinstance(found, MainWindow)]
    window.sessions.open(SessionTab(person, ""))
    page = window.customers.page(person)
    taken = SystemEnv().now() - timedelta(seconds=90)
    page.set_call(IncomingCall("call-7", CallState.ANSWERED, taken, taken, "", "", 0, ()))
    page.model.note_deed("verified", "3")
    model, panel = page.model.wrap_up, page.rail.wrap_up
    await until(lambda: model.shown().reasons)
    model.choose_reason("R06")
    said("engine", running.process.process_id)
    number = 0
    while True:
        number += 1
        if number == 4:
            page.set_call(None)
        panel.note.setFocus()
        QTest.keyClicks(panel.note, f"{number} ")
        said("typed", number)
        await until(lambda: model._kept.note == panel.note.words())
        said("kept", number)

async def main():
    env = SystemEnv()
    lock = ProfileLock(profile, env)
    lock.take()
    found = load_profile(profile, device="")
    opening = Opening(found, env, lock, EngineProcess(), call_url="", check_start=False)
    session = WindowSession(QApplication.instance(), opening)
    working = asyncio.create_task(work(session))
    working.add_done_callback(lambda _task: session._stop.set())
    await session.run()
    await working

if __name__ == "__main__":
    application = make_application()
    theme().apply_to(application)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
        runner.run(main())
'''
PATIENCE_S = 120


def gone(process_id: int) -> bool:
    """Return whether a process has ended."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    # An orphan that has ended stays a zombie until whoever adopted it looks.
    stat = Path(f"/proc/{process_id}/stat")
    return stat.exists() and stat.read_text("utf-8").rpartition(")")[2].split()[0] == "Z"


def killed(script: Path, profile: Path, kept: int, chance: random.Random) -> int:
    """Run a window, kill it some time after it said that a number was kept; return the last one said."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(script), str(profile), MEMBER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as window:  # noqa: S603 - ours
        assert window.stdout is not None
        last, engine = 0, 0
        for line in window.stdout:
            word, number = line.split()
            engine = int(number) if word == "engine" else engine
            last = int(number) if word == "kept" else last
            if last >= kept:
                break
        assert last >= kept, "the window ended by itself"
        time.sleep(chance.random() * 0.8)
        window.send_signal(signal.SIGKILL)
        for line in window.stdout:
            word, _, number = line.strip().partition(" ")
            last = int(number) if word == "kept" and number.isdecimal() else last
        window.wait(PATIENCE_S)
    limit = time.monotonic() + PATIENCE_S
    while not gone(engine):
        assert time.monotonic() < limit, "the engine outlives its window"
        time.sleep(0.05)
    return last


def draft_left(profile: Path) -> WrapUp:
    """Return the draft that a profile holds."""
    with Engine.open(profile) as engine:

        async def read() -> WrapUpDraft | None:
            person = await find_person(engine.desk, MEMBER)
            return await engine.desk.wrap_up_draft(person)

        found = engine.run(read())
    assert found is not None
    return found.wrap_up


@pytest.mark.parametrize("kept", [1, 5])
def test_a_killed_window_leaves_the_wrap_up_as_it_last_said_that_it_was_kept(
    day: BadDay, tmp_path: Path, kept: int
) -> None:
    script = tmp_path / "killed_window.py"
    script.write_text(LAUNCHER, "utf-8")
    last = killed(script, day.profile, kept, random.Random(kept))
    left = draft_left(day.profile)
    numbers = [int(word) for word in left.note.split()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) in (last, last + 1)
    assert (left.reason, left.confirmed, left.call_id) == ("R06", True, "call-7")
    assert left.direction is Direction.IN
    assert [deed.kind for deed in left.deeds] == ["verified"]
    assert left.duration_s is not None
    assert left.duration_s >= 90
    assert text(f"reason.{left.reason}") == "Devis ou PEC optique"
