"""The window on its middle office, with the scene of the design's picture: what its tests stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from avise.env import Env
from avise.models.requests import RequestId
from avise.services.request_values import RequestDeed
from avise.ui.requests.page import RequestsPage
from avise.ui.shell.main_window import MainWindow
from tests.ui.outbox.acting_window import ActingStage, acting_window
from tests.ui.requests import scene
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
MENUS = pytest.mark.qt_log_ignore(r"This plugin does not support (raise\(\)|grabbing the keyboard)")
"""For tests that open menus: the offscreen platform says what it cannot do with them."""
BASKET = "queue/PREST_SOINS"


@dataclass
class RequestsStage:
    """The page under test, and the desk that it stands on."""

    stage: ActingStage
    desk: ScriptedDesk
    page: RequestsPage

    @property
    def window(self) -> MainWindow:
        """The window shown."""
        return self.stage.window

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press a key where focus is."""
        QTest.keyClick(self.focused(), key, modifiers)

    def type(self, words: str) -> None:
        """Type where focus is; letters of ASCII only, as the test library can."""
        QTest.keyClicks(self.focused(), words)

    def focused(self) -> QWidget:
        """Return the widget with focus."""
        return QApplication.focusWidget() or self.window

    def asked(self, name: str) -> list[tuple[object, ...]]:
        """Return what the desk was asked under a name, in order."""
        return [call for call in self.desk.asked if call[0] == name]

    def deeds(self) -> list[RequestDeed]:
        """Return what was done with requests, in order."""
        return [call[2] for call in self.asked("act_on_requests") if isinstance(call[2], RequestDeed)]

    def on(self) -> Sequence[RequestId]:
        """Return the requests of the last deed."""
        found = self.asked("act_on_requests")[-1][1]
        assert isinstance(found, tuple)
        return found

    async def done(self) -> RequestDeed:
        """Wait for one deed and return it."""
        await until(lambda: bool(self.deeds()))
        return self.deeds()[-1]

    async def show(self, request: RequestId) -> None:
        """Show a request, its conversation and its composer included."""
        self.page.show_request(request)
        detail = self.page.detail
        await until(lambda: detail.detail is not None and detail.detail.request.id == request)
        await until(lambda: detail.conversation.exchanges.detail is detail.detail)
        # The composer comes a turn later, and may still write about the request before.
        await until(lambda: detail.composer.detail is detail.detail)

    def shown(self) -> list[RequestId]:
        """Return the requests of the list, in the order of the screen."""
        return [row.id for row in self.page.list.model.rows]

    def toast(self) -> str:
        """Return what the message says."""
        return self.stage.toast()

    def menu(self) -> QMenu:
        """Return the menu on screen."""
        menus = [menu for menu in self.page.findChildren(QMenu) if menu.isVisible()]
        assert menus
        return menus[-1]

    def take(self, words: str) -> None:
        """Take an entry of the menu on screen, and close it."""
        menu = self.menu()
        entry = next(action for action in menu.actions() if action.text().startswith(words))
        menu.close()
        entry.trigger()


@asynccontextmanager
async def requests_window(
    desk: ScriptedDesk | None = None, env: Env | None = None
) -> AsyncIterator[RequestsStage]:
    """Show the window on a corbeille of the middle office, with focus on its list."""
    desk = desk or scene.desk()
    async with acting_window(desk, env=env) as stage:
        stage.desktop.requests.show_page()
        page = stage.desktop.requests.page
        assert page is not None
        page.model.show_basket(BASKET)
        await until(lambda: page.model.board is not None and page.model.board.query.basket == BASKET)
        await until(lambda: page.list.title.text() == "Remboursements")
        page.focus_current()
        found = RequestsStage(stage, desk, page)
        if desk.request_rows:
            await found.show(page.list.model.rows[0].id)
        yield found
