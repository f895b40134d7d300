"""Enter presses the button that has focus, as Space does.

Qt does that in its dialogs alone. Elsewhere Enter on "Annuler" went to the form around it, which was
sent, and Enter on the button of a block opened the block.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QRadioButton, QWidget
from shiboken6 import isValid
from typing_extensions import override


class EnterPresses(QObject):
    """Follows focus in one window.

    Enter on a check box stays the form's, and so does Ctrl+Enter everywhere (`ui.md` 7).
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._button: QAbstractButton | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._button is not None and isValid(self._button):
            self._button.removeEventFilter(self)
        self._button = None
        if not isinstance(new, QAbstractButton) or isinstance(new, QCheckBox | QRadioButton):
            return
        if new.window() is self._window:
            self._button = new
            new.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter alone, and press the button once however long the key is held."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not _is_enter(event, Qt.KeyboardModifier.KeypadModifier):
            return False
        if isinstance(watched, QAbstractButton) and not event.isAutoRepeat():
            watched.click()
        return True


def sends_form(event: QKeyEvent) -> bool:
    """Tell whether a key sends the form around what has focus: Enter, alone or with Ctrl."""
    return _is_enter(event, Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ControlModifier)


def _is_enter(event: QKeyEvent, allowed: Qt.KeyboardModifier) -> bool:
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~allowed
