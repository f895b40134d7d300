"""A key as it is written on the keyboard, beside what it does."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.painting import CENTRE, draw_box, draw_text

_HEIGHT, _PADDING, _RADIUS = 17, 5, 3


def key_cap_width(text: str) -> int:
    """Return the width of a key cap at the zoom in force."""
    return max(int(theme().text_width(text, "micro") + 2 * theme().px(_PADDING)) + 1, theme().px(_HEIGHT))


def paint_key_cap(
    painter: QPainter, text: str, left: float, middle: float, ink: str = "text-2", edge: str = "border"
) -> float:
    """Paint a key cap whose left edge and middle are given; return its right edge."""
    px = theme().px
    area = QRectF(left, round(middle - px(_HEIGHT) / 2), key_cap_width(text), px(_HEIGHT))
    draw_box(painter, area, px(_RADIUS), edge=edge)
    draw_text(painter, area, text, "micro", ink, CENTRE)
    return area.right()


class KeyCap(QWidget):
    """One key or one chord ("Ctrl K")."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        theme().changed.connect(self._on_theme_changed)

    @property
    def text(self) -> str:
        """The key shown."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another key."""
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the size of the cap."""
        return QSize(key_cap_width(self._text), theme().px(_HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the size of the cap."""
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cap."""
        with QPainter(self) as painter:
            paint_key_cap(painter, self._text, 0, self.height() / 2)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
