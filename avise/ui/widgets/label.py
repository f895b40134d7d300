"""A line or a paragraph of text in one style and one tone."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QWidget

from avise.ui.theme import theme


class Label(QLabel):
    """Text that follows the theme.

    Args:
        text: shown as it is, never read as markup.
        style: of `avise.ui.theme.fonts.STYLES`.
        tone: "text", "muted", "meta", "accent", "ok", "warn", "danger", "info", "note".
        wrap: break into lines.
        tabular: figures of one width.
        parent: of the widget.
    """

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        tone: str = "text",
        *,
        wrap: bool = False,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._style_name = style
        self._tabular = tabular
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("tone", tone)
        self.setFont(theme().font(style, tabular=tabular))
        theme().changed.connect(self._on_theme_changed)

    def set_tone(self, tone: str) -> None:
        """Change the colour of the text."""
        if self.property("tone") == tone:
            return
        self.setProperty("tone", tone)
        self.style().unpolish(self)
        self.style().polish(self)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(theme().font(self._style_name, tabular=self._tabular))
