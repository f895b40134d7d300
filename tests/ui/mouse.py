"""The mouse of a test that runs on the Qt loop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget


def move_mouse(over: QWidget | QWindow, at: QPoint) -> None:
    """Move the mouse over a widget or a window.

    Sent, not played: `QTest.mouseMove` turns the loop, which inside a coroutine loses a task's step
    (`docs/decisions/022`).
    """
    place, none = QPointF(at), Qt.MouseButton.NoButton
    moved = QMouseEvent(
        QEvent.Type.MouseMove, place, over.mapToGlobal(place), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(over, moved)
