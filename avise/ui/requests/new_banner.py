"""Says that new requests came, and shows them when it is pressed: the list never moves by itself."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from avise.texts import plural
from avise.ui.theme import theme
from avise.ui.widgets.painting import LEFT, draw_icon, draw_row_line, draw_text

HEIGHT, _ICON, _GAP = 26, 13, 8


class NewBanner(QPushButton):
    """The banner; hidden while nothing waits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()
        theme().changed.connect(self._on_theme_changed)

    def show_count(self, count: int) -> None:
        """Show how many requests wait."""
        self.setText(plural("request_panel.new", count))
        self.setVisible(count > 0)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the banner."""
        return QSize(theme().px(200), theme().px(HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words in the middle of a tint."""
        px = theme().px
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("accent-bg"))
            draw_row_line(painter, self.rect(), "border")
            words = theme().text_width(self.text(), "small-medium") + 1
            left = (self.width() - words - px(_ICON + _GAP)) / 2
            draw_icon(painter, "arrow-up", left, self.height() / 2, _ICON, "accent-text")
            place = self.rect().adjusted(round(left + px(_ICON + _GAP)), 0, 0, 0)
            draw_text(painter, place, self.text(), "small-medium", "accent-text", LEFT)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
