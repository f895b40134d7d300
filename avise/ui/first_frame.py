"""The frame of the window, painted while everything behind it is still being imported.

It needs nothing but Qt and the colours, so that the desk is on screen in about the time that an empty
window takes; the real window then opens in its place.
"""

from __future__ import annotations

import json

from PySide6.QtCore import QEventLoop, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from avise.resources import resource_folder

REFERENCE = QSize(1440, 900)
RAIL, TOP_BAR, STATUS_BAR = 72, 40, 24
"""Widths and heights of the shell (`ui.md` 4.1)."""


class FirstFrame(QWidget):
    """Rail, top bar and status bar, empty, in the colours of the system's scheme.

    Args:
        application: gives the scheme and the screen.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        dark = application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        path = resource_folder("themes") / "tokens.json"
        colours = json.loads(path.read_text(encoding="utf-8"))["dark" if dark else "light"]
        self._chrome, self._page = QColor(colours["bg-chrome"]), QColor(colours["bg-app"])
        self.setWindowTitle("Avise")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setGeometry(place(application))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the surfaces."""
        del event
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._chrome)
            work = self.rect().adjusted(RAIL, TOP_BAR, 0, -STATUS_BAR)
            painter.fillRect(work, self._page)


def place(application: QApplication) -> QRect:
    """Return where the window opens: the reference size, or the whole screen where it is smaller."""
    free = application.primaryScreen().availableGeometry()
    size = REFERENCE.boundedTo(free.size())
    left = free.left() + (free.width() - size.width()) // 2
    return QRect(left, free.top() + (free.height() - size.height()) // 2, size.width(), size.height())


def show_first_frame(application: QApplication) -> FirstFrame:
    """Show the frame and let it be painted."""
    frame = FirstFrame(application)
    frame.show()
    # The only time that events are processed by hand: no loop runs yet, and nothing else waits.
    application.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    return frame
