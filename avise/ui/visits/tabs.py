"""The parts of a visit, one at a time: words with a line under the one on screen (`ui.md` 5.18)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.painting import CENTRE, draw_text
from avise.ui.widgets.segments import PADDING, Segments

_HEIGHT = 36


class PartTabs(Segments):
    """Tabs of words, moved through with the arrows.

    Args:
        parts: key and word of each.
        name: for people who hear the screen.
        parent: of the widget.

    Signals:
        chosen: key of the part that the user wants.
    """

    chosen = Signal(str)

    def __init__(self, parts: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(QSizePolicy.Policy.Fixed, parent)
        self._parts, self._name = tuple(parts), name
        self._current = self._parts[0][0]
        self._tell()
        self._fit()
        theme().changed.connect(self._fit)

    def set_current(self, key: str) -> None:
        """Show another part as the one on screen; says nothing to listeners."""
        self._current = key
        self._tell()
        self.update()

    @property
    def current(self) -> str:
        """Key of the part on screen."""
        return self._current

    def _tell(self) -> None:
        self.setAccessibleName(f"{self._name}, {dict(self._parts)[self._current]}")

    def _fit(self) -> None:
        self.setFixedHeight(theme().px(_HEIGHT))

    @override
    def count(self) -> int:
        """Return how many parts there are."""
        return len(self._parts)

    @override
    def place(self) -> int | None:
        """Return the place of the part on screen."""
        return next(place for place, (key, _words) in enumerate(self._parts) if key == self._current)

    @override
    def segment_width(self) -> int:
        """Return the room of the widest word."""
        widest = max(theme().text_width(words, "value-strong") for _key, words in self._parts)
        return int(widest) + 1 + 2 * theme().px(PADDING)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, and a line under the one on screen."""
        px = theme().px
        with QPainter(self) as painter:
            for place in range(self.count()):
                area = self._segment(place)
                self.paint_segment(painter, area, place)
                if place == self.place():
                    line = QRectF(area.left() + px(4), area.bottom() - px(2), area.width() - px(8), px(2))
                    painter.fillRect(line, theme().colour("accent"))

    @override
    def paint_segment(self, painter: QPainter, area: QRectF, place: int) -> None:
        """Paint the word of a part."""
        chosen = place == self.place()
        role, style = ("accent-text", "value-strong") if chosen else ("text-2", "value")
        draw_text(painter, area, self._parts[place][1], style, role, CENTRE)

    @override
    def take(self, place: int) -> None:
        """Show a part."""
        key = self._parts[place][0]
        if key != self._current:
            self.set_current(key)
            self.chosen.emit(key)
