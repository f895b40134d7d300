"""The whole window on a desk, with real customer pages: what acting is tested in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.app import customer_page_maker
from avise.env import Env, FixedEnv
from avise.models.customer import PersonId
from avise.services.desk import Desk
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from avise.ui.outbox.action_form import ActionForm
from avise.ui.shell.desktop import Desktop
from avise.ui.shell.main_window import MainWindow
from avise.ui.shell.sessions import SessionTab
from tests.ui.persona import HELENE, NOW
from tests.ui.waiting import until

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@dataclass
class ActingStage:
    """A window under test."""

    desktop: Desktop
    failures: list[tuple[str, BaseException]]
    closed: list[bool] = field(default_factory=list)

    @property
    def window(self) -> MainWindow:
        """The window shown."""
        return self.desktop.window

    def customer(self) -> CustomerPage:
        """Return the customer's page on screen."""
        page = self.window.stack.currentWidget()
        assert isinstance(page, CustomerPage)
        return page

    def form(self) -> ActionForm:
        """Return the form of the customer on screen."""
        return self.customer().acting.form()

    async def open(self, person: PersonId = HELENE) -> CustomerPage:
        """Open a customer and wait until what can be done is known."""
        self.window.sessions.open(SessionTab(person, "MARCHAND Hélène"))
        page = self.customer()
        await until(lambda: bool(page.acting.intentions))
        return page

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press a key where focus is."""
        QTest.keyClick(self.focused(), key, modifiers)

    def type(self, words: str) -> None:
        """Type where focus is; letters of ASCII only, as the test library can."""
        QTest.keyClicks(self.focused(), words)

    def focused(self) -> QWidget:
        """Return the widget with focus."""
        return QApplication.focusWidget() or self.window

    async def run_from_palette(self, words: str) -> None:
        """Open the palette by its keys, look for a command and take it."""
        self.press(Qt.Key.Key_K, CTRL)
        await until(self.window.palette_view.isVisible)
        self.type(words)
        model = self.window.palette_view.model
        await until(lambda: self.window.palette_model.is_settled and model.rowCount() > 0)
        self.press(Qt.Key.Key_Return)
        await until(lambda: not self.window.palette_view.isVisible())

    def toast(self) -> str:
        """Return what the message says, "" without one."""
        message = self.window.toast.message()
        return message.sentence if message is not None else ""


@asynccontextmanager
async def acting_window(
    desk: Desk, loop: asyncio.AbstractEventLoop | None = None, env: Env | None = None
) -> AsyncIterator[ActingStage]:
    """Show a window on a desk; close it as the program does.

    Args:
        desk: scripted, or an engine's.
        loop: on which it answers; this one unless told.
        env: the clock.
    """
    env = env or FixedEnv(NOW)
    failures: list[tuple[str, BaseException]] = []
    bridge = DeskBridge(desk, loop or asyncio.get_running_loop(), QApplication.instance())
    maker = customer_page_maker(bridge, env)
    desktop = Desktop(bridge, env, maker, lambda name, error: failures.append((name, error)))
    stage = ActingStage(desktop, failures)
    desktop.close_requested.connect(lambda: stage.closed.append(True))
    desktop.window.resize(1440, 900)
    desktop.window.show()
    desktop.window.activateWindow()
    await desktop.start()
    await until(lambda: desktop.outbox.known)
    try:
        yield stage
    finally:
        await desktop.aclose()
        bridge.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=10)
    assert not failures, failures
