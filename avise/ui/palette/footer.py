"""The keys of the palette, at its foot."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.shortcuts import written
from avise.ui.theme import theme
from avise.ui.widgets.key_cap import key_cap_width, paint_key_cap
from avise.ui.widgets.painting import draw_text

_HINTS = (
    (("Up", "Down"), "palette.key.choose"),
    (("Return",), "palette.key.open"),
    (("Ctrl+Return",), "palette.key.behind"),
)


class Footer(QWidget):
    """A line of keys, decorative: each one is told elsewhere too."""

    HEIGHT = 32

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the keys from the left, and the one that closes on the right."""
        px, middle = theme().px, self.height() / 2
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-subtle"))
            painter.fillRect(QRectF(0, 0, self.width(), 1), theme().colour("border-subtle"))
            left: float = px(14)
            for chords, key in _HINTS:
                for chord in chords:
                    left = paint_key_cap(painter, written(chord), left, middle) + px(5)
                left = self._paint_words(painter, text(key), left) + px(18)
            close = text("palette.key.close")
            width = theme().text_width(close, "small") + 1
            self._paint_words(painter, close, self.width() - px(14) - width)
            cap = written("Esc")
            paint_key_cap(painter, cap, self.width() - px(19) - width - key_cap_width(cap), middle)

    def _paint_words(self, painter: QPainter, words: str, left: float) -> float:
        width = theme().text_width(words, "small") + 1
        draw_text(painter, QRectF(left, 0, width, self.height()), words, "small", "text-2")
        return left + width

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFixedHeight(theme().px(self.HEIGHT))
        self.update()
