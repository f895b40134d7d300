"""The right rail: what is still open, and the note of the exchange."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from avise.ui.customer.note_panel import NotePanel
from avise.ui.customer.open_items import OpenItemsPanel
from avise.ui.theme import theme
from avise.ui.widgets.line import HorizontalLine

_MIN_WIDTH = 240


class RightRail(QScrollArea):
    """Open items over the note; it scrolls only when text is very large.

    Args:
        today: the present day.
        parent: of the widget.
    """

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inside = QWidget(self.viewport())
        self.open_items = OpenItemsPanel(today, inside)
        self.note = NotePanel(inside)
        inside.setProperty("role", "surface")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.open_items)
        box.addWidget(HorizontalLine(strong=True))
        box.addWidget(self.note, 1)
        self.setWidget(inside)
        self.setMinimumWidth(theme().px(_MIN_WIDTH))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_compact(self, *, compact: bool) -> None:
        """Leave out what can wait, on small screens."""
        self.open_items.set_compact(compact=compact)
        self.note.set_compact(compact=compact)
