"""The mouse of a test that runs on the Qt loop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

NOTHING = Qt.MouseButton.NoButton


def move_mouse(over: QWidget | QWindow, at: QPoint, held: Qt.MouseButton = NOTHING) -> None:
    """Move the mouse over a widget or a window, with a button held where something is dragged.

    Sent, not played: `QTest.mouseMove` turns the loop, which inside a coroutine loses a task's step
    (`docs/decisions/022`).
    """
    place, modifiers = QPointF(at), Qt.KeyboardModifier.NoModifier
    moved = QMouseEvent(QEvent.Type.MouseMove, place, over.mapToGlobal(place), NOTHING, held, modifiers)
    QApplication.sendEvent(over, moved)
