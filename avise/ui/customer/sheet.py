"""The middle of the screen: suggested answers over blocks and timeline, or one facet whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from avise.texts import text
from avise.ui.customer.block_content import BlockContent
from avise.ui.customer.facet_detail import FacetDetail
from avise.ui.customer.facet_grid import FacetGrid, FacetsArea
from avise.ui.customer.later_parts import LaterParts, Place
from avise.ui.customer.page_shape import PageShape
from avise.ui.customer.suggestions_panel import SuggestionsPanel
from avise.ui.customer.timeline_panel import TimelinePanel
from avise.ui.theme import theme
from avise.ui.widgets.pane_splitter import PaneSplitter
from avise.ui.widgets.segmented import Segmented

MARGIN, GAP, _HANDLE, _MIN_WIDTH = 8, 8, 6, 260
TABS = ("facets", "timeline", "rail")


class Sheet(QStackedWidget):
    """Blocks and timeline side by side, or one at a time where there is no room for both.

    Args:
        parts: build suggested answers, blocks and timeline.
        content_of: what the block of a facet shows.
        today: the present day.
        parent: of the widget.

    Signals:
        tab_chosen: on a narrow screen, what the user wants to see ("facets", "timeline", "rail").
        detail_closed: the user came back from a facet to the blocks.
    """

    tab_chosen = Signal(str)
    detail_closed = Signal()

    def __init__(
        self,
        parts: LaterParts,
        content_of: Callable[[str], BlockContent],
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        # From the outside in: a tree that changes parent is dressed again, whole.
        front = QWidget(self)
        self.addWidget(front)
        self.splitter = PaneSplitter("timeline", _HANDLE, front)
        self._parts = parts
        answers = Place(front)
        self._facets_place, self._timeline_place = Place(self.splitter), Place(self.splitter)
        parts.add("suggestions", SuggestionsPanel, answers)
        parts.add("facets", lambda place: FacetsArea(content_of, place), self._facets_place)
        parts.add("timeline", lambda place: TimelinePanel(today, place), self._timeline_place)
        parts.built.connect(self._on_built)
        self.detail: FacetDetail | None = None
        self._shape: PageShape | None = None
        self._tab = "facets"
        self._tabs_bar: Segmented | None = None
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self._box = QVBoxLayout(front)
        self._box.setSpacing(theme().px(GAP))
        self._box.setContentsMargins(*(theme().px(MARGIN),) * 4)
        self._box.addWidget(answers)
        self._box.addWidget(self.splitter, 1)
        self.setMinimumWidth(theme().px(_MIN_WIDTH))
        theme().changed.connect(self._on_theme_changed)

    # ---- parts -------------------------------------------------------------------------------
    @property
    def suggestions(self) -> SuggestionsPanel:
        """The suggested answers."""
        return cast("SuggestionsPanel", self._parts.part("suggestions"))

    @property
    def facets(self) -> FacetsArea:
        """The blocks and their scroll bar."""
        return cast("FacetsArea", self._parts.part("facets"))

    @property
    def grid(self) -> FacetGrid:
        """The blocks."""
        return self.facets.grid

    @property
    def timeline(self) -> TimelinePanel:
        """The history."""
        return cast("TimelinePanel", self._parts.part("timeline"))

    @Slot(str)
    def _on_built(self, name: str) -> None:
        if name == "facets" and self._shape is not None:
            self.grid.set_shape(self._shape.columns, wide=self._shape.wide)

    # ---- shape -------------------------------------------------------------------------------
    def set_shape(self, shape: PageShape) -> None:
        """Arrange for a size."""
        before, self._shape = self._shape, shape
        if self._parts.has("facets"):
            self._on_built("facets")
        self.splitter.set_design(shape.timeline)
        tabs = (before.timeline_in_tab, before.rail_in_tab) if before is not None else (False, False)
        if tabs != (shape.timeline_in_tab, shape.rail_in_tab):
            self._make_tabs(shape)
        self.show_tab(self._tab)

    def _make_tabs(self, shape: PageShape) -> None:
        if self._tabs_bar is not None:
            self._tabs_bar.hide()
            self._tabs_bar.deleteLater()
            self._tabs_bar = None
        shown = TABS if shape.rail_in_tab else TABS[:2]
        if not shape.timeline_in_tab:
            self._tab = "facets"
            return
        self._tab = self._tab if self._tab in shown else "facets"
        choices = [(tab, text(f"customer.tab.{tab}")) for tab in shown]
        self._tabs_bar = Segmented(choices, self._tab, text("customer.tabs"))
        self._tabs_bar.chosen.connect(self.tab_chosen)
        self._box.insertWidget(1, self._tabs_bar, 0, Qt.AlignmentFlag.AlignLeft)

    def show_tab(self, tab: str) -> None:
        """On a narrow screen, show the blocks, the timeline, or leave the room to the rail."""
        self._tab = tab
        in_tabs = self._shape is not None and self._shape.timeline_in_tab
        if self._tabs_bar is not None:
            self._tabs_bar.set_current(tab)
        self._facets_place.setVisible(not in_tabs or tab == "facets")
        self._timeline_place.setVisible(not in_tabs or tab == "timeline")

    @property
    def tab(self) -> str:
        """What is shown on a narrow screen."""
        return self._tab

    # ---- one facet whole ---------------------------------------------------------------------
    def open_detail(self, detail: FacetDetail) -> None:
        """Show a facet whole in place of the blocks."""
        self.close_detail()
        self.detail = detail
        frame = QWidget()
        box = QVBoxLayout(frame)
        box.setContentsMargins(*(theme().px(MARGIN),) * 4)
        box.addWidget(detail)
        self.addWidget(frame)
        self.setCurrentWidget(frame)

    def close_detail(self) -> None:
        """Come back to the blocks."""
        if self.detail is None:
            return
        frame = self.detail.parentWidget()
        self.detail = None
        self.setCurrentIndex(0)
        if frame is not None:
            self.removeWidget(frame)
            frame.hide()
            frame.deleteLater()
        self.detail_closed.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        px = theme().px
        self.setMinimumWidth(px(_MIN_WIDTH))
        self._box.setSpacing(px(GAP))
        self._box.setContentsMargins(*(px(MARGIN),) * 4)
