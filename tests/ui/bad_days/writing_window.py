"""A real window on a profile where somebody types and closes wrap-ups until it is killed.

    python -m tests.ui.bad_days.writing_window PROFILE MEMBER FIRST

It says each word that the screen called kept, and each wrap-up that the screen called recorded.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import qasync
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.app import Opening, WindowSession
from avise.engine.engine_process import EngineProcess
from avise.env import SystemEnv
from avise.models.roles import Purpose
from avise.services.profile import load_profile
from avise.store.profile_lock import ProfileLock
from avise.ui.application import make_application
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from avise.ui.customer.wrap_up_model import WrapUpModel
from avise.ui.shell.main_window import MainWindow
from avise.ui.shell.sessions import SessionTab
from avise.ui.theme import theme

WORDS_A_NOTE = 2
LONGEST_S = 180
_LETTERS = str.maketrans("0123456789", "abcdefghij")


def word(number: int) -> str:
    """Return a word for a number: digits may look like a number that a note must not hold."""
    return "mot" + str(number).translate(_LETTERS)


def say(*words: object) -> None:
    """Tell the test."""
    sys.stdout.write(" ".join(str(part) for part in words) + "\n")
    sys.stdout.flush()


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    while not condition():  # noqa: ASYNC110 - painted frames and other processes set no asyncio event
        await asyncio.sleep(0.005)


async def write(session: WindowSession, member: str, first: int) -> None:
    """Type words for ever; close the wrap-up after every few."""
    await until(lambda: session.running is not None and session.running.desk.is_ready)
    running = session.running
    assert running is not None
    say("engine", running.process.process_id)
    await running.directory_ready()
    bridge = DeskBridge(running.desk, running.thread.loop, QApplication.instance())
    person = await bridge.find_by_identifier("member", member)
    assert person is not None
    (window,) = [found for found in QApplication.topLevelWidgets() if isinstance(found, MainWindow)]
    window.sessions.open(SessionTab(person, "", Purpose.CALL))
    page = window.customers.page(person)
    assert isinstance(page, CustomerPage)
    model, note, number = page.model.wrap_up, page.rail.wrap_up.note, first
    recorded: list[str] = []
    model.recorded.connect(lambda sentence, _act: recorded.append(sentence))
    await until(lambda: model.shown().reasons)
    while True:
        QTest.keyClicks(note, word(number) + " ")
        say("typed", number)
        await until(lambda: is_kept(model, note.words()))
        say("kept", number)
        number += 1
        if number % WORDS_A_NOTE == 0:
            model.choose_reason("R06")
            closed = len(recorded)
            model.record()
            await until(lambda at=closed: len(recorded) > at)  # type: ignore[misc]  # of this turn
            say("recorded", number - 1)


def is_kept(model: WrapUpModel, words: str) -> bool:
    """Say whether the screen tells that what is written is kept: an hour, and nothing that waits."""
    return model.shown().saved_at is not None and model.is_kept and model.shown().note == words


async def main(application: QApplication, profile: Path, member: str, first: int) -> None:
    """Run the window."""
    env = SystemEnv()
    lock = ProfileLock(profile, env)
    lock.take()
    found = load_profile(profile, device="")
    opening = Opening(found, env, lock, EngineProcess(), call_url="", check_start=False)
    session = WindowSession(application, opening)
    # Never left behind, whatever becomes of who started it.
    asyncio.get_running_loop().call_later(LONGEST_S, os._exit, 1)
    writing = asyncio.create_task(write(session, member, first))
    # A fault ends the window, and is told.
    writing.add_done_callback(lambda _task: os._exit(1))
    await session.run()


if __name__ == "__main__":
    shown = make_application()
    theme().apply_to(shown)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(shown)) as runner:
        runner.run(main(shown, Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
