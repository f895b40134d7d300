"""One of two values to keep: a radio button that shows a value whole, in its column."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.painting import LEFT, draw_box, draw_text

_RING, _DOT, _GAP, _PADDING, _HEIGHT = 16, 8, 8, 10, 34


class ValueChoice(QRadioButton):
    """A value to keep.

    Args:
        value: in words, "" for none.
        told: for people who hear the screen: which field, whose value, and what was there before.
        parent: of the widget; the choices of one parent exclude each other.
    """

    def __init__(self, value: str, told: str, parent: QWidget | None = None) -> None:
        super().__init__(value or text("conflict.nothing"), parent)
        self.setAccessibleName(told)
        self.setToolTip(self.text())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self.update)
        theme().changed.connect(self._on_theme_changed)

    @override
    def sizeHint(self) -> QSize:
        """Return the room of ring and words."""
        px = theme().px
        width = theme().text_width(self.text(), "value") + px(_RING + _GAP + 2 * _PADDING)
        return QSize(int(width) + 1, px(_HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the least room: a long value is cut, and told whole by its tip."""
        return QSize(theme().px(140), theme().px(_HEIGHT))

    @override
    def hitButton(self, pos: QPoint) -> bool:
        """Take a press anywhere on the card."""
        return self.rect().contains(pos)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, the ring, its dot and the value."""
        px, chosen = theme().px, self.isChecked()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            card = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            edge = "accent" if chosen else "border-control"
            fill = "accent-bg" if chosen else "bg-surface"
            draw_box(painter, card, px(5), fill, edge, theme().line_width)
            ring = QRectF(px(_PADDING), (self.height() - px(_RING)) / 2, px(_RING), px(_RING))
            draw_box(painter, ring, px(_RING / 2), "bg-surface", edge, theme().line_width)
            if chosen:
                inset = px((_RING - _DOT) / 2)
                dot = ring.adjusted(inset, inset, -inset, -inset)
                draw_box(painter, dot, px(_DOT / 2), "accent", "accent", theme().line_width)
            left = ring.right() + px(_GAP)
            words = QRectF(left, 0, self.width() - left - px(_PADDING), self.height())
            draw_text(painter, words, self.text(), "value-strong" if chosen else "value", "text", LEFT)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
