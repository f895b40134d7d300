"""A word that leads somewhere, inside a sentence or at the end of a row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.painting import LEFT, draw_text


class Link(QPushButton):
    """A button that looks like a link; underlined under the mouse.

    Args:
        text: what it leads to.
        role: of its colour.
        underlined: always underlined, for a link on a tinted strip.
        parent: of the widget.
    """

    def __init__(
        self,
        text: str,
        role: str = "accent-text",
        *,
        underlined: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._role = role
        self._underlined = underlined
        self._hovered = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        theme().changed.connect(self._on_theme_changed)

    @override
    def sizeHint(self) -> QSize:
        """Return the width of the words; at least 24 high (WCAG 2.5.8)."""
        return QSize(int(theme().text_width(self.text(), "button")) + 1, theme().px(24))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the size of the words."""
        return self.sizeHint()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        """Underline."""
        self._hovered = True
        super().enterEvent(event)
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Stop underlining."""
        self._hovered = False
        super().leaveEvent(event)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words."""
        with QPainter(self) as painter:
            role = self._role if self.isEnabled() else "text-disabled"
            draw_text(painter, self.rect(), self.text(), "button", role, LEFT)
            if self._underlined or self._hovered:
                metrics = theme().metrics("button")
                base = round(self.height() / 2 + (metrics.ascent() - metrics.descent()) / 2) + theme().px(2)
                painter.fillRect(0, base, self.sizeHint().width() - 1, 1, theme().colour(role))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
