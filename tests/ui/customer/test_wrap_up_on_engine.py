"""A call wrapped up in the real window over the real engine: in the history, undone, written again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.app import WindowSession
from avise.env import SystemEnv
from avise.services.desk import CallState, IncomingCall
from avise.store.profile_lock import DOOR_NAME
from avise.texts import text
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from avise.ui.shell.main_window import MainWindow
from avise.ui.shell.sessions import SessionTab
from tests.servers.bad_input.conftest import BadDay, day
from tests.servers.bad_input.guichet import MEMBER
from tests.ui.bad_days.test_start import play
from tests.ui.waiting import until

__all__ = ["day"]

Run = Callable[[Coroutine[object, object, None]], None]
CTRL = Qt.KeyboardModifier.ControlModifier
NIR = "1 85 05 78 006 084 91"


def test_a_call_is_guessed_masked_recorded_shown_in_the_history_and_undone(run: Run, day: BadDay) -> None:
    async def script(session: WindowSession) -> None:
        await until((day.profile / DOOR_NAME).exists)
        running = session.running
        assert running is not None
        bridge = DeskBridge(running.desk, running.thread.loop, QApplication.instance())
        await running.directory_ready()
        person = await bridge.find_by_identifier("member", MEMBER)
        assert person is not None
        (window,) = [found for found in QApplication.topLevelWidgets() if isinstance(found, MainWindow)]
        window.sessions.open(SessionTab(person, ""))
        page = window.customers.page(person)
        assert isinstance(page, CustomerPage)
        taken = SystemEnv().now() - timedelta(seconds=90)
        call = IncomingCall("call-7", CallState.ANSWERED, taken, taken, "", "Remboursements", 0, ())
        page.set_call(call)
        model, panel = page.model.wrap_up, page.rail.wrap_up
        await until(lambda: bool(model.shown().guesses))
        await until(lambda: model.shown().reason == "R01")
        assert model.shown().guesses[0].because == "queue"
        panel.note.setFocus()
        QTest.keyClicks(panel.note, f"Virement confirme {NIR}")
        await until(lambda: bool(model.shown().findings))
        QTest.keyClick(panel.note, Qt.Key.Key_Return, CTRL)
        await until(lambda: text("wrap_up.lack.restricted") in panel.told())
        model.mask()
        await until(lambda: NIR not in panel.text())
        page.set_call(None)
        QTest.keyClick(page, Qt.Key.Key_Return, CTRL)
        await until(lambda: window.undoing.can_undo)
        await until(lambda: _in_history(page))
        assert panel.text() == ""
        window.undoing.undo_last()
        await until(lambda: panel.text().startswith("Virement confirme"))
        await until(lambda: not _in_history(page))
        assert (model.shown().reason, model.shown().confirmed) == ("R01", True)
        bridge.close()
        session._stop.set()

    assert play(run, day.profile, script) == 0


def _in_history(page: CustomerPage) -> bool:
    return any(
        entry.source == "journal" and entry.variant == "call_in" and entry.summary.startswith("Virement")
        for entry in page.model.state.timeline
    )
