"""The right rail: what is still open, and the wrap-up of the exchange."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from avise.ui.customer.later_parts import LaterParts, Place
from avise.ui.customer.open_items import OpenItemsPanel
from avise.ui.customer.wrap_up_panel import WrapUpPanel
from avise.ui.theme import theme
from avise.ui.widgets.line import HorizontalLine

_MIN_WIDTH = 240


class RightRail(QScrollArea):
    """Open items over the wrap-up; it scrolls only when text is very large.

    Args:
        parts: build its two halves.
        today: the present day.
        parent: of the widget.
    """

    def __init__(self, parts: LaterParts, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inside = QWidget(self.viewport())
        self._parts, self._compact = parts, False
        upper, lower = Place(inside), Place(inside)
        parts.add("open_items", lambda place: OpenItemsPanel(today, place), upper)
        parts.add("wrap_up", WrapUpPanel, lower)
        parts.built.connect(self._on_built)
        inside.setProperty("role", "surface")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(upper)
        box.addWidget(HorizontalLine(strong=True))
        box.addWidget(lower, 1)
        self.setWidget(inside)
        self.setMinimumWidth(theme().px(_MIN_WIDTH))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_compact(self, *, compact: bool) -> None:
        """Leave out what can wait, on small screens."""
        self._compact = compact
        for name in ("open_items", "wrap_up"):
            if self._parts.has(name):
                self._on_built(name)

    @Slot(str)
    def _on_built(self, name: str) -> None:
        if name == "open_items":
            self.open_items.set_compact(compact=self._compact)
        elif name == "wrap_up":
            self.wrap_up.set_compact(compact=self._compact)

    @property
    def open_items(self) -> OpenItemsPanel:
        """What is still open."""
        return cast("OpenItemsPanel", self._parts.part("open_items"))

    @property
    def wrap_up(self) -> WrapUpPanel:
        """The wrap-up of the exchange."""
        return cast("WrapUpPanel", self._parts.part("wrap_up"))
