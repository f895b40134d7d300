"""Choices side by side in one box: tint, bold and a bar of two pixels on the one in force (`ui.md` 5.18)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_box

PADDING = 12


class Segments(QWidget):
    """Segments of one width, moved through with the arrows; a subclass says what they are.

    Args:
        across: whether it takes the room that is left, or that of its words.
        parent: of the widget.
    """

    def __init__(self, across: QSizePolicy.Policy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heard_as(self, Role.RadioButton)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    # ---- what a subclass says ------------------------------------------------------------------
    def count(self) -> int:
        """Return how many segments there are."""
        raise NotImplementedError

    def place(self) -> int | None:
        """Return the place of the segment in force, None when there is none."""
        raise NotImplementedError

    def usable(self) -> Sequence[int]:
        """Return the places that can be taken."""
        return range(self.count())

    def segment_width(self) -> int:
        """Return the room that the widest segment needs."""
        raise NotImplementedError

    def paint_segment(self, painter: QPainter, area: QRectF, place: int) -> None:
        """Paint the words of a segment."""
        raise NotImplementedError

    def take(self, place: int) -> None:
        """Take a segment: the user wants it."""
        raise NotImplementedError

    # ---- what all have -------------------------------------------------------------------------
    @override
    def sizeHint(self) -> QSize:
        """Return the room of the widest segment for each."""
        return QSize(self.segment_width() * max(self.count(), 1), theme().height_of("control"))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the room of the words."""
        return self.sizeHint()

    def _segment(self, place: int) -> QRectF:
        width = self.width() / max(self.count(), 1)
        return QRectF(place * width, 0, width, self.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, the lines between segments, and the one in force."""
        px = theme().px
        with QPainter(self) as painter:
            draw_box(painter, self.rect(), px(4), "bg-surface")
            for place in range(self.count()):
                area = self._segment(place)
                if place == self.place():
                    self._paint_current(painter, area)
                if place:
                    line = QRectF(area.left(), 0, 1, self.height())
                    painter.fillRect(line, theme().colour("border-control"))
                self.paint_segment(painter, area, place)
            draw_box(painter, self.rect(), px(4), edge="border-control", width=theme().line_width)

    def _paint_current(self, painter: QPainter, area: QRectF) -> None:
        painter.save()
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), theme().px(4), theme().px(4))
        painter.setClipPath(clip)
        painter.fillRect(area, theme().colour("bg-selected"))
        bar = QRectF(area.left(), area.bottom() - 3, area.width(), 2)
        painter.fillRect(bar, theme().colour("accent"))
        painter.restore()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the segment under the mouse, when it can be."""
        under = (place for place in self.usable() if self._segment(place).contains(event.position()))
        if (place := next(under, None)) is not None:
            self.take(place)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the segment before or after with the arrows; those that cannot be taken are passed over."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        usable, current = list(self.usable()), self.place()
        wanted = usable.index(current) + step if current in usable else 0
        if 0 <= wanted < len(usable):
            self.take(usable[wanted])

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
