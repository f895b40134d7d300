"""A check box of 16 in a target of 24 (`ui.md` 5.18)."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.painting import LEFT, draw_box, draw_icon, draw_text

_BOX, _TARGET, _GAP = 16, 24, 8


class CheckBox(QCheckBox):
    """A choice that is on or off."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        theme().changed.connect(self._on_theme_changed)

    @override
    def sizeHint(self) -> QSize:
        """Return the size of box and words."""
        px = theme().px
        width = px(_BOX + _GAP) + int(theme().text_width(self.text(), "body")) + 1
        return QSize(width, px(_TARGET))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the size of box and words."""
        return self.sizeHint()

    @override
    def hitButton(self, pos: QPoint) -> bool:
        """Take a press on the box or on the words."""
        return self.rect().contains(pos)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, its tick and the words."""
        px = theme().px
        with QPainter(self) as painter:
            box = QRectF(0, (self.height() - px(_BOX)) / 2, px(_BOX), px(_BOX))
            checked = self.checkState() == Qt.CheckState.Checked
            ink = "text" if self.isEnabled() else "text-disabled"
            edge = "accent" if checked else "border-control"
            draw_box(painter, box, px(3), "accent" if checked else "bg-surface", edge, theme().line_width)
            if checked:
                draw_icon(painter, "check", box.left() + px(2), self.height() / 2, 12, "on-accent")
            words = QRectF(px(_BOX + _GAP), 0, self.width() - px(_BOX + _GAP), self.height())
            draw_text(painter, words, self.text(), "body", ink, LEFT)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
