"""A real window killed at random moments of typing and closing: what the screen called saved is there.

Four kills in the ordinary run; AVISE_CHAOS_KILLS=200 kills as often as wanted, on one profile.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from avise.commands.show import find_person
from avise.engine.engine import Engine
from avise.models.roles import Purpose
from avise.services.customer_updates import OpeningSettled, TimelineChanged
from tests.servers.bad_input.conftest import BadDay
from tests.servers.bad_input.guichet import MEMBER
from tests.ui.bad_days.test_killed_window import PATIENCE_S, gone
from tests.ui.bad_days.writing_window import word

KILLS = int(os.environ.get("AVISE_CHAOS_KILLS", "4"))
ROOT = Path(__file__).parents[3]
STARTING_S, WRITING_S = 3.0, 1.5
SEED = 20260324


@dataclass
class Told:
    """What one window said before it was killed."""

    typed: int
    kept: int
    recorded: int
    engine: int


def killed(profile: Path, first: int, chance: random.Random) -> Told:
    """Run a window and kill it some time after it was started, or first typed, kept or recorded something."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.ui.bad_days.writing_window", str(profile), MEMBER, str(first)]
    told = Told(first - 1, first - 1, 0, 0)
    since = chance.choice(("start", "typed", "kept", "recorded"))
    with subprocess.Popen(  # noqa: S603 - our own interpreter, on the module above
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as window:
        assert window.stdout is not None
        after = chance.random() * (STARTING_S if since == "start" else WRITING_S)
        ending = threading.Timer(after, window.send_signal, (signal.SIGKILL,))
        if since == "start":
            ending.start()
        for line in window.stdout:
            what, _, number = line.strip().partition(" ")
            if not number.isdecimal():
                continue  # cut in the middle of a line
            setattr(told, what, int(number))
            if what == since and ending.ident is None:
                ending.start()
        assert ending.ident is not None, "the window ended by itself"
        ending.join(PATIENCE_S)
        assert window.wait(PATIENCE_S) == -signal.SIGKILL, "the window ended by itself"
    limit = time.monotonic() + PATIENCE_S
    while told.engine and not gone(told.engine):
        assert time.monotonic() < limit, "the engine outlives its window"
        time.sleep(0.05)
    return told


def written(profile: Path) -> tuple[list[str], list[str]]:
    """Return the words of the draft that a profile holds, and those of the notes in its journal."""
    with Engine.open(profile) as engine:

        async def read() -> tuple[str, list[str]]:
            await engine.directory_ready()
            person = await find_person(engine.desk, MEMBER)
            draft = await engine.desk.wrap_up_draft(person)
            notes: list[str] = []
            updates = engine.desk.open_customer(person, Purpose.CALL)
            async with aclosing(updates) as told:  # type: ignore[type-var]  # desks give generators
                async for update in told:
                    if isinstance(update, TimelineChanged):
                        notes = [entry.summary for entry in update.entries]
                    if isinstance(update, OpeningSettled):
                        break
            return draft.wrap_up.note if draft is not None else "", notes

        draft, notes = engine.run(read())
    return _words(draft), [found for note in notes for found in _words(note)]


def _words(text: str) -> list[str]:
    return [found for found in text.split() if found.startswith("mot")]


def test_what_the_screen_called_saved_is_there_after_each_kill(day: BadDay) -> None:
    chance, number = random.Random(SEED), 1
    kept: set[str] = set()
    recorded: set[str] = set()
    for _ in range(KILLS):
        told = killed(day.profile, number, chance)
        kept |= {word(one) for one in range(number, told.kept + 1)}
        recorded |= {word(one) for one in range(number, told.recorded + 1)}
        draft, notes = written(day.profile)
        assert recorded <= set(notes), "a wrap-up that was recorded is gone"
        assert kept <= {*draft, *notes}, "a word that was kept is gone"
        assert max(Counter([*draft, *notes]).values(), default=1) == 1, "a word is there twice"
        assert {*draft, *notes} <= kept | {word(told.typed)}, "nobody typed this"
        number = told.typed + 1
        kept = {*draft, *notes}
    assert kept
