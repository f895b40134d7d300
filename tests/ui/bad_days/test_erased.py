"""A window whose profile the hub had erased: one sentence, nothing else on screen, and no second start."""

from __future__ import annotations

import json

from PySide6.QtWidgets import QApplication

from avise.app import FAILED, WindowSession
from avise.engine.running_engine import _nothing_to_say
from avise.services.profile import WIPE_MARK
from avise.ui.shell.main_window import MainWindow
from tests.servers.bad_input.conftest import BadDay
from tests.servers.bad_input.test_store_files import used
from tests.ui.bad_days.test_start import Run, answered, boxes, play, somebody_looks
from tests.ui.waiting import until

__all__ = ["somebody_looks"]


def test_a_window_that_is_erased_under_its_user_says_one_sentence_and_shows_nothing_else(
    run: Run, day: BadDay
) -> None:
    used(day)

    async def script(session: WindowSession) -> None:
        await until(lambda: session.running is not None)
        assert session.running is not None
        running = session.running
        # Set once the window has started.
        await until(lambda: running.on_erased is not _nothing_to_say)
        told = {"device": "x", "secret": "0" * 64, "begun": False, "told": False}
        (day.profile / WIPE_MARK).write_text(json.dumps(told), "utf-8")
        running.process.kill()
        await until(lambda: len(boxes()) == 1)
        assert not [widget for widget in QApplication.topLevelWidgets() if _is_window(widget)]
        assert "a été effacé à la demande du siège" in await answered()

    assert play(run, day.profile, script) == FAILED
    assert not list(day.profile.glob("store.db*"))

    async def again(_session: WindowSession) -> None:
        assert "a été effacé à la demande du siège" in await answered()

    assert play(run, day.profile, again) == FAILED


def _is_window(widget: object) -> bool:
    return isinstance(widget, MainWindow) and widget.isVisible()
