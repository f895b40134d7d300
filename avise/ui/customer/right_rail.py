"""The right rail: requests, what is still open in the tools, and the wrap-up of the exchange."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import cast

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from avise.ui.customer.later_parts import LaterParts, Place
from avise.ui.customer.open_items import OpenItemsPanel
from avise.ui.customer.request_cards import RequestCardsPanel
from avise.ui.customer.wrap_up_panel import WrapUpPanel
from avise.ui.theme import theme
from avise.ui.widgets.line import HorizontalLine

_MIN_WIDTH = 240
ROWS = 4
"""Requests and open items in sight at once: the note keeps its room (`ui.md` 4.2)."""


class _Inside(QWidget):
    """What the rail scrolls: as high as its sentences need at the width in force.

    The scroll area counts their lines at the width without its bar: the last ones would be squeezed.
    """

    def _hold(self) -> None:
        layout = self.layout()
        if layout is None:
            return
        needed = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else 0
        if needed != self.minimumHeight():
            self.setMinimumHeight(max(needed, 0))

    @override
    def event(self, event: QEvent) -> bool:
        """Hold the height again when something inside asks for another."""
        taken = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._hold()
        return taken


def shares(requests: int, items: int, rows: int) -> tuple[int, int]:
    """Return how many requests and how many open items are in sight at once.

    Args:
        requests: that there are.
        items: that there are.
        rows: that there is room for.
    """
    half = (rows + 1) // 2
    shown = min(requests, max(half, rows - items))
    return max(shown, 1), max(min(items, rows - shown), 1)


class RightRail(QWidget):
    """Requests and open items over the wrap-up, which scroll when they must; the button stays in sight.

    Args:
        parts: build its three parts.
        today: the present day.
        now: the clock.
        parent: of the widget.
    """

    def __init__(
        self,
        parts: LaterParts,
        today: Callable[[], date],
        now: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.area = QScrollArea(self)
        inside = _Inside(self.area.viewport())
        self._parts, self._compact = parts, False
        top, upper, lower = Place(inside), Place(inside), Place(inside)
        parts.add("requests", lambda place: RequestCardsPanel(now, place), top)
        parts.add("open_items", lambda place: OpenItemsPanel(today, place), upper)
        parts.add("wrap_up", WrapUpPanel, lower)
        parts.built.connect(self._on_built)
        inside.setProperty("role", "surface")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(top)
        box.addWidget(HorizontalLine(strong=True))
        box.addWidget(upper)
        box.addWidget(HorizontalLine(strong=True))
        box.addWidget(lower, 1)
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._bottom = Place(self)
        self.setMinimumWidth(theme().px(_MIN_WIDTH))
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(0)
        around.addWidget(self.area, 1)
        around.addWidget(HorizontalLine())
        around.addWidget(self._bottom)

    def set_compact(self, *, compact: bool) -> None:
        """Leave out what can wait, on small screens."""
        self._compact = compact
        for name in ("requests", "open_items", "wrap_up"):
            if self._parts.has(name):
                self._on_built(name)

    @Slot(str)
    def _on_built(self, name: str) -> None:
        if name == "requests":
            self.requests.set_compact(compact=self._compact)
            self.requests.counted.connect(self._share, Qt.ConnectionType.UniqueConnection)
        elif name == "open_items":
            self.open_items.set_compact(compact=self._compact)
            self.open_items.counted.connect(self._share, Qt.ConnectionType.UniqueConnection)
            self._share()
        elif name == "wrap_up":
            self.wrap_up.set_compact(compact=self._compact)
            if self.wrap_up.footer.parentWidget() is not self._bottom:
                self._bottom.fill(self.wrap_up.footer)

    @Slot()
    def _share(self) -> None:
        """Share the room over the note between requests and open items."""
        if not (self._parts.has("requests") and self._parts.has("open_items")):
            return
        requests, items = self.requests.model.rowCount(), self.open_items.model.rowCount()
        shown, others = shares(requests, items, ROWS - self._compact)
        self.requests.set_shown(shown)
        self.open_items.set_shown(others)

    @property
    def requests(self) -> RequestCardsPanel:
        """The requests of the dossier."""
        return cast("RequestCardsPanel", self._parts.part("requests"))

    @property
    def open_items(self) -> OpenItemsPanel:
        """What is still open."""
        return cast("OpenItemsPanel", self._parts.part("open_items"))

    @property
    def wrap_up(self) -> WrapUpPanel:
        """The wrap-up of the exchange."""
        return cast("WrapUpPanel", self._parts.part("wrap_up"))
