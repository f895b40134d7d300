"""One choice among a few, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.painting import CENTRE, draw_text
from avise.ui.widgets.segments import PADDING, Segments


class Segmented(Segments):
    """Segments of words.

    Args:
        choices: key and word of each.
        current: key of the one in force.
        name: for people who hear the screen.
        parent: of the widget.

    Signals:
        chosen: key of the segment that the user took.
    """

    chosen = Signal(str)

    def __init__(
        self, choices: Sequence[tuple[str, str]], current: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(QSizePolicy.Policy.Fixed, parent)
        self._choices = tuple(choices)
        self._current = current
        self._name = name
        self._tell()

    @property
    def current(self) -> str:
        """Key of the segment in force."""
        return self._current

    def set_current(self, key: str) -> None:
        """Show another segment as the one in force; says nothing to listeners."""
        self._current = key
        self._tell()
        self.update()

    def _tell(self) -> None:
        shown = dict(self._choices).get(self._current, "")
        self.setAccessibleName(f"{self._name}, {shown}" if shown else self._name)

    @override
    def count(self) -> int:
        """Return how many choices there are."""
        return len(self._choices)

    @override
    def place(self) -> int | None:
        """Return the place of the choice in force."""
        keys = (place for place, (key, _words) in enumerate(self._choices) if key == self._current)
        return next(keys, None)

    @override
    def segment_width(self) -> int:
        """Return the room of the widest word."""
        widest = max(theme().text_width(words, "value-strong") for _key, words in self._choices)
        return int(widest) + 1 + 2 * theme().px(PADDING)

    @override
    def paint_segment(self, painter: QPainter, area: QRectF, place: int) -> None:
        """Paint the word of a choice."""
        style, role = ("value-strong", "accent-text") if place == self.place() else ("value", "text-2")
        draw_text(painter, area, self._choices[place][1], style, role, CENTRE)

    @override
    def take(self, place: int) -> None:
        """Put a choice in force, and tell it."""
        key = self._choices[place][0]
        if key != self._current:
            self.set_current(key)
            self.chosen.emit(key)
