"""A list of choices that opens under its field, with the mark that says so."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_icon


class ChoiceBox(QComboBox):
    """A list as wide as its place, whatever the length of its choices."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, then the mark at its end."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            left = self.width() - theme().px(22)
            draw_icon(painter, "chevron-down", left, self.height() / 2, 14, "text-2")
