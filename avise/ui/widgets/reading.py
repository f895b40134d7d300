"""What a block shows while its tool is being read: a moving line and a still skeleton (`ui.md` 9)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.theme.motion import is_motion_reduced

LOOP_MS = 1600
_FRAME_MS = 33
_SHARE = 0.34
"""Part of the width that the line takes."""


class ReadingLine(QWidget):
    """A line two pixels high that goes from left to right while something is read.

    It keeps its place when nothing is read, so that nothing moves.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = 0
        self._reading = False
        self._still = is_motion_reduced()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._on_tick)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(2)

    def set_reading(self, reading: bool, *, still: bool = False) -> None:
        """Show or hide the line; `still` stops its motion ("Réduire les animations")."""
        self._reading, self._still = reading, still or is_motion_reduced()
        if reading and not self._still and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()
        self.update()

    @override
    def showEvent(self, event: object) -> None:
        """Move again when the block comes on screen."""
        if self._reading and not self._still:
            self._timer.start()

    @override
    def hideEvent(self, event: object) -> None:
        """Cost nothing while nobody looks."""
        self._timer.stop()

    @Slot()
    def _on_tick(self) -> None:
        self._step = (self._step + _FRAME_MS) % LOOP_MS
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line where it stands."""
        if not self._reading:
            return
        with QPainter(self) as painter:
            width = self.width() * _SHARE
            share = 0.22 if self._still else self._step / LOOP_MS
            left = -width + (self.width() + width) * share if not self._still else self.width() * share
            painter.fillRect(QRectF(left, 0, width, self.height()), theme().colour("accent"))


class Skeleton(QWidget):
    """Still grey bars in the place of rows to come.

    Args:
        rows: how many.
        row_height: of each, in pixels at 100 %.
        parent: of the widget.
    """

    def __init__(self, rows: int = 3, row_height: float = 21, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._row_height = rows, row_height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the rows to come."""
        return QSize(theme().px(120), theme().px(self._row_height) * self._rows)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint three bars a row, of lengths that do not look like a grid."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme().colour("bg-sunken"))
            colour = theme().colour("bg-hover" if theme().is_dark else "bg-sunken")
            painter.setPen(colour)
            painter.setBrush(colour)
            for index in range(self._rows):
                self._paint_row(painter, index)

    def _paint_row(self, painter: QPainter, index: int) -> None:
        px = theme().px
        height, bar = px(self._row_height), px(8)
        top = index * height + (height - bar) / 2
        lengths = (0.62, 0.48, 0.68)[index % 3], (0.16, 0.20, 0.15)[index % 3]
        painter.drawRoundedRect(QRectF(0, top, px(32), bar), 3, 3)
        painter.drawRoundedRect(QRectF(px(40), top, (self.width() - px(40)) * lengths[0], bar), 3, 3)
        right = self.width() * lengths[1]
        painter.drawRoundedRect(QRectF(self.width() - right, top, right - 1, bar), 3, 3)
