"""A request made in the real window over the real engine: sent, numbered, in the history, taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.app import WindowSession
from avise.models.interaction import TimelineEntry
from avise.models.requests import RequestStatus
from avise.store.profile_lock import DOOR_NAME
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from avise.ui.shell.main_window import MainWindow
from avise.ui.shell.sessions import SessionTab
from tests.servers.bad_input.conftest import BadDay, day
from tests.servers.bad_input.guichet import MEMBER
from tests.servers.requests.desks import hire
from tests.ui.bad_days.test_start import play
from tests.ui.waiting import until

__all__ = ["day"]

Run = Callable[[Coroutine[object, object, None]], None]
CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_certificate_is_asked_numbered_shown_and_taken_back(run: Run, day: BadDay, tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    asyncio.run(hire(hub))
    settings = day.profile / "settings.toml"
    told = settings.read_text("utf-8")
    file = (hub / "hub.db").as_posix()
    settings.write_text(f'{told}\n[hub]\nmode = "embedded"\nfile = "{file}"\n', "utf-8")

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
        await until(lambda: page.model.state.settled is not None)
        page.run_command("new_request")
        sheet = page.requests.sheet()
        await until(lambda: any(kind.id == "CERTIFICATE" for kind in sheet.model.types))
        sheet.types.chosen.emit("CERTIFICATE")
        await until(lambda: sheet.model.form is not None)
        sheet.send.click()
        await until(lambda: bool(sheet.told()))
        assert sheet.form.fields["certificate"].problem()
        for field in sheet.form.fields.values():
            if field.problem():
                codes = [code for code, _label in field.asked.choices]
                sheet.model.write(field.asked.id, codes[0] if codes else "C-2014-00871")

        def pressed() -> bool:
            # Refused, in words, until the hub has said for which team this user asks.
            if sheet.model.form is not None and not sheet.model.is_sending:
                QTest.keyClick(sheet, Qt.Key.Key_Return, CTRL)
            return window.undoing.can_undo

        await until(pressed)
        await until(lambda: any(found.number for found in page.requests.rows))
        (sent,) = page.requests.rows
        assert sent.status is RequestStatus.SENT
        assert any(entry.variant == "request" for entry in _history(page))
        assert page.rail.requests.open_count() == 1
        window.undoing.undo_last()
        await until(lambda: page.rail.requests.open_count() == 0)
        assert sheet.model.draft.values["certificate"]
        bridge.close()
        session._stop.set()

    assert play(run, day.profile, script) == 0


def _history(page: CustomerPage) -> list[TimelineEntry]:
    model = page.sheet.timeline.model
    return [model.entry(place) for place in range(model.rowCount())]
