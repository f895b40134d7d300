"""The frame of the window, painted while everything behind it is still being imported.

It needs nothing but Qt and the colours, so that the desk is on screen in about the time that an empty
window takes; the real window then opens in its place.
"""

from __future__ import annotations

import json

from PySide6.QtCore import QEventLoop, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from avise.resources import resource_folder

REFERENCE = QSize(1440, 900)
SMALLEST = QSize(960, 600)
"""The least that the shell takes: without it for each, windows stand one under another."""
STEP = 48
"""Between the corners of windows that stand one under another."""
Share = tuple[int, int]
"""Number of a window among those that open together, from 1, and how many they are."""
ALONE: Share = (1, 1)
RAIL, TOP_BAR, STATUS_BAR = 72, 40, 24
"""Widths and heights of the shell (`ui.md` 4.1)."""


class FirstFrame(QWidget):
    """Rail, top bar and status bar, empty, in the colours of the system's scheme.

    Args:
        application: gives the scheme and the screen.
        share: which of how many windows that open together.
    """

    def __init__(self, application: QApplication, share: Share = ALONE) -> None:
        super().__init__()
        dark = application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        path = resource_folder("themes") / "tokens.json"
        colours = json.loads(path.read_text(encoding="utf-8"))["dark" if dark else "light"]
        self._chrome, self._page = QColor(colours["bg-chrome"]), QColor(colours["bg-app"])
        self.setWindowTitle("Avise")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setGeometry(place(application, share))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the surfaces."""
        del event
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._chrome)
            work = self.rect().adjusted(RAIL, TOP_BAR, 0, -STATUS_BAR)
            painter.fillRect(work, self._page)


def place(application: QApplication, share: Share = ALONE) -> QRect:
    """Return where the window opens: the reference size, or the whole screen where it is smaller.

    Args:
        application: gives the screen.
        share: which of how many windows that open together.
    """
    free = application.primaryScreen().availableGeometry()
    return shared_place(free, share)


def shared_place(free: QRect, share: Share) -> QRect:
    """Return the place of a window: side by side with others, or one under another without room."""
    number, count = share
    if free.width() >= count * SMALLEST.width():
        column = QRect(
            free.left() + (number - 1) * free.width() // count,
            free.top(),
            free.width() // count,
            free.height(),
        )
        return _centred(REFERENCE.boundedTo(column.size()), column)
    steps = STEP * (count - 1)
    size = REFERENCE.boundedTo(QSize(free.width() - steps, free.height() - steps))
    found = _centred(QSize(size.width() + steps, size.height() + steps), free)
    return QRect(found.topLeft() + QPoint(STEP, STEP) * (number - 1), size)


def _centred(size: QSize, inside: QRect) -> QRect:
    found = QRect(inside.topLeft(), size)
    found.moveCenter(inside.center())
    return found


def show_first_frame(application: QApplication, share: Share = ALONE) -> FirstFrame:
    """Show the frame and let it be painted."""
    frame = FirstFrame(application, share)
    frame.show()
    # The only time that events are processed by hand: no loop runs yet, and nothing else waits.
    application.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    return frame
