"""What sends a floating form by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from avise.ui.form_panel import Field, FormPanel
from avise.ui.widgets import Button

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, KEYPAD = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier


class Form(FormPanel):
    """Counts how often it is sent."""

    def __init__(self, page: QWidget) -> None:
        super().__init__("Rappel", "calendar", "Enregistrer", page)
        self.edit = Field("Motif").edit
        self.cancel = Button("Annuler")
        self.content.addWidget(self.edit)
        self.button_row.addWidget(self.cancel)
        self.sent = 0

    def submit(self) -> None:
        """Note it."""
        self.sent += 1


@pytest.fixture
def form(qtbot: QtBot, dressed: QApplication) -> Iterator[Form]:
    """Show a form over a page."""
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    shown = Form(page)
    shown.open_at(QPoint(20, 20))
    yield shown
    page.hide()


@pytest.mark.parametrize("at", ["edit", "cancel"])
@pytest.mark.parametrize(
    ("key", "modifiers", "sent"),
    [
        (Qt.Key.Key_Return, NONE, 1),
        (Qt.Key.Key_Enter, KEYPAD, 1),
        (Qt.Key.Key_Return, CTRL, 1),
        (Qt.Key.Key_Return, SHIFT, 0),
        (Qt.Key.Key_Return, CTRL | SHIFT, 0),
    ],
)
def test_enter_alone_or_with_ctrl_sends_the_form(
    form: Form, at: str, key: Qt.Key, modifiers: Qt.KeyboardModifier, sent: int
) -> None:
    widget: QWidget = getattr(form, at)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(widget, key, modifiers)
    assert form.sent == sent
