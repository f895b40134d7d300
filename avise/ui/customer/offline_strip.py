"""The line under a customer's header while there is no network: how much of it was taken along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from avise.models.facets import FacetState, FacetView
from avise.models.freshness import Aboard, aboard
from avise.services.facts import READABLE
from avise.texts import plural, text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.customer.facet_layouts import LAYOUTS
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row

_WORST_FIRST = (Aboard.ABSENT, Aboard.KEPT, Aboard.CARRIED)
_KEPT_STATES = READABLE | {FacetState.EMPTY}
"""States of a reading that is told without asking its tool again."""


def offline_words(views: Mapping[str, Mapping[str, FacetView]], now: datetime) -> str:
    """Return how much of a customer can be told without network, once for all blocks; "" with a network.

    Args:
        views: the readings, by facet and by tool.
        now: the present.
    """
    known = [tuple(by_source.values()) for facet, by_source in views.items() if facet in LAYOUTS]
    if not any(aboard(view, now) for found in known for view in found):
        return ""
    counts = Counter(kind for found in known if (kind := _worst(found, now)) is not None)
    told = [
        plural(f"customer.offline.{kind}", counts[kind]) for kind in reversed(_WORST_FIRST) if counts[kind]
    ]
    return text("customer.offline", parts=", ".join(told))


def _worst(views: Iterable[FacetView], now: datetime) -> Aboard | None:
    """Return what a block has to tell: one part that lacks makes it lack."""
    found = {aboard(view, now) or (Aboard.KEPT if view.state in _KEPT_STATES else None) for view in views}
    return next((kind for kind in _WORST_FIRST if kind in found), None)


class OfflineStrip(QWidget):
    """The line; it asks for nothing, since nothing can be done before the network is back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        heard_as(self, Role.StaticText)
        self.words = Label("", "small", "muted", wrap=True)
        line = row(Icon("cloud-off", 14, "text-2"), self.words, gap=8, margins=(16, 5, 12, 5))
        line.setStretch(1, 1)
        self.setLayout(line)
        self.hide()

    def show_words(self, words: str) -> None:
        """Say something else; "" leaves the page."""
        self.words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))


class OfflineOnPage(QObject):
    """Shows the line on a page, made when it is first needed.

    Args:
        model: of the customer.
        grid: of the page.
        place: row of the grid that is the line's.
    """

    def __init__(self, model: CustomerViewModel, grid: QGridLayout, place: int) -> None:
        super().__init__(model)
        self._model, self._grid, self._place = model, grid, place
        self.strip: OfflineStrip | None = None
        model.facet_changed.connect(self._show)

    @Slot()
    def _show(self) -> None:
        words = offline_words(self._model.state.views, self._model.moment().now)
        if self.strip is None and words:
            self.strip = OfflineStrip(self._grid.parentWidget())
            self._grid.addWidget(self.strip, self._place, 0, 1, 3)
        if self.strip is not None and words != self.strip.words.text():
            self.strip.show_words(words)
