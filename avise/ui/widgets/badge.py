"""A count beside a title."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_badge

_HEIGHT = 18


class CountBadge(QWidget):
    """A number, or "2 sur 3", in a grey mark; hidden when empty."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setVisible(bool(text))
        theme().changed.connect(self._on_theme_changed)

    def set_text(self, text: str) -> None:
        """Show another count; "" hides the mark."""
        if text == self._text:
            return
        self._text = text
        self.setVisible(bool(text))
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """Return what is shown."""
        return self._text

    @override
    def sizeHint(self) -> QSize:
        """Return the size of the mark."""
        width = int(theme().text_width(self._text, "micro") + theme().px(10)) + 1
        return QSize(max(width, theme().px(_HEIGHT)), theme().px(_HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the size of the mark."""
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark."""
        with QPainter(self) as painter:
            draw_badge(painter, self.width(), self.height() / 2, self._text, "neutral-bg", "neutral")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
