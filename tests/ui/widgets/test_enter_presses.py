"""Enter presses the button that has focus, and no longer sends the form around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from avise.ui.widgets import Button, CheckBox, Link, row
from avise.ui.widgets.enter_presses import EnterPresses, sends_form

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Form(QWidget):
    """Takes every Enter that nobody inside takes."""

    def __init__(self) -> None:
        super().__init__()
        self.button, self.link, self.box = Button("Annuler"), Link("Voir la copie"), CheckBox("Rappel")
        self.setLayout(row(self.button, self.link, self.box))
        self.pressed: list[str] = []
        self.button.clicked.connect(lambda: self.pressed.append("button"))
        self.link.clicked.connect(lambda: self.pressed.append("link"))
        self.box.clicked.connect(lambda: self.pressed.append("box"))
        EnterPresses(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Be sent with Enter."""
        if sends_form(event):
            self.pressed.append("sent")


@pytest.fixture
def form(qtbot: QtBot, dressed: QApplication) -> Iterator[Form]:
    """Show a form."""
    shown = Form()
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    shown.hide()


@pytest.mark.parametrize(
    ("at", "key", "modifiers", "taken"),
    [
        ("button", Qt.Key.Key_Return, NONE, ["button"]),
        ("button", Qt.Key.Key_Enter, KEYPAD, ["button"]),
        ("button", Qt.Key.Key_Space, NONE, ["button"]),
        ("button", Qt.Key.Key_Return, CTRL, ["sent"]),
        ("button", Qt.Key.Key_Enter, CTRL | KEYPAD, ["sent"]),
        ("button", Qt.Key.Key_Return, SHIFT, []),
        ("button", Qt.Key.Key_Return, CTRL | SHIFT, []),
        ("button", Qt.Key.Key_A, NONE, []),
        ("link", Qt.Key.Key_Return, NONE, ["link"]),
        ("box", Qt.Key.Key_Return, NONE, ["sent"]),
    ],
)
def test_enter_presses_what_has_focus(
    form: Form, at: str, key: Qt.Key, modifiers: Qt.KeyboardModifier, taken: list[str]
) -> None:
    widget: QWidget = getattr(form, at)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(widget, key, modifiers)
    assert form.pressed == taken


def test_a_key_that_is_held_presses_once(form: Form) -> None:
    form.button.setFocus(Qt.FocusReason.TabFocusReason)
    for repeated in (False, True, True):
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, NONE, "", repeated)
        QApplication.sendEvent(form.button, held)
    assert form.pressed == ["button"]
