"""The counters over the table: how many tools in each state, and how quick readings are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.models.source_status import SourceStatus
from avise.texts import text
from avise.ui.shell.status_bar import STATE_LOOKS, counted
from avise.ui.sources.sentences import overall
from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_icon, draw_text

HEIGHT = 56
_PADDING, _ICON, _GAP = 16, 18, 7


class Counters(QWidget):
    """Tiles side by side, each a figure over a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: list[tuple[str, str, str, str]] = []
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def show_sources(self, sources: Sequence[SourceStatus]) -> None:
        """Count the tools again."""
        self._tiles = []
        for state, count in counted(sources):
            look = STATE_LOOKS[state]
            role = "ok-solid" if look.role == "ok" else look.role
            self._tiles.append((look.icon, role, str(count), text(f"source_state.{state}")))
        median, share = overall(sources)
        if median:
            self._tiles.append(("", "", median, text("sources.median_of_all")))
            self._tiles.append(("", "", share, text("sources.share_quick")))
        self.setAccessibleName(", ".join(f"{figure} {words}" for _i, _r, figure, words in self._tiles))
        self.update()

    def _tile_width(self, icon: str, figure: str, words: str) -> float:
        figure_width = theme().text_width(figure, "counter", tabular=True)
        if icon:
            figure_width += theme().px(_ICON + _GAP)
        return max(figure_width, theme().text_width(words, "small")) + theme().px(2 * _PADDING) + 1

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the tiles."""
        return QSize(theme().px(400), theme().px(HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles that fit, a line after each."""
        px = theme().px
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-surface"))
            left = 0.0
            for icon, role, figure, words in self._tiles:
                width = self._tile_width(icon, figure, words)
                if left + width > self.width():
                    break
                start = left + px(_PADDING)
                place = QRectF(start, px(6), width, px(26))
                if icon:
                    draw_icon(painter, icon, start, place.center().y(), _ICON, role)
                    place.setLeft(start + px(_ICON + _GAP))
                draw_text(painter, place, figure, "counter", tabular=True)
                draw_text(painter, QRectF(start, px(32), width, px(18)), words, "small", "text-2")
                left += width
                painter.fillRect(QRectF(left - 1, 0, 1, self.height()), theme().colour("border-subtle"))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))
        self.update()
