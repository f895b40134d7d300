"""Where the parts of a customer's page stand: header and call over sheet and rail, at every size."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from avise.env import Env
from avise.models.roles import Role
from avise.services.desk import IncomingCall
from avise.ui.customer.call_panel import CallPanel
from avise.ui.customer.customer_header import CustomerHeader
from avise.ui.customer.offline_strip import OfflineOnPage
from avise.ui.customer.page_shape import RAIL_OF_WINDOW, PageShape, page_shape
from avise.ui.customer.right_rail import RightRail
from avise.ui.customer.sheet import Sheet
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.theme import theme
from avise.ui.widgets.line import HorizontalLine, VerticalLine
from avise.ui.widgets.pane_splitter import PaneSplitter

COLLISIONS = 3
"""Row of the page, under its header, that says what the office changed too."""
_OFFLINE, _SHEET = 2, 4


class PagePanes(QObject):
    """Places header, call, sheet and rail. The last two come from the page: `hold` them once.

    Args:
        page: that they are on.
        model: of the customer.
        role: of the user.
        env: the clock.
    """

    sheet: Sheet
    rail: RightRail
    offline: OfflineOnPage

    def __init__(self, page: QWidget, model: CustomerViewModel, role: Role, env: Env) -> None:
        super().__init__(page)
        self._page, self._model = page, model
        self.shape = PageShape(2, 320, 420)
        # From the outside in: a tree that changes parent is dressed again, whole.
        self.header = CustomerHeader(role, page)
        self.call_panel = CallPanel(env, page)
        self._call_edge = VerticalLine(strong=True, parent=page)
        self._call_line = HorizontalLine(strong=True, parent=page)
        self.splitter = PaneSplitter("rail", 1, page)

    def hold(self, sheet: Sheet, rail: RightRail) -> QGridLayout:
        """Place a sheet and a rail, made in the splitter; return the rows of the page."""
        self.sheet, self.rail = sheet, rail
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.placed.connect(self._align_call)
        grid = QGridLayout(self._page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.header, 0, 0)
        grid.addWidget(self._call_edge, 0, 1)
        grid.addWidget(self.call_panel, 0, 2)
        grid.addWidget(self._call_line, 1, 0, 1, 3)
        self.offline = OfflineOnPage(self._model, grid, _OFFLINE)
        grid.addWidget(self.splitter, _SHEET, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(_SHEET, 1)
        self.show_call(None)
        return grid

    def show_call(self, call: IncomingCall | None) -> None:
        """Show a call beside the header, none when there is none."""
        if call is not None:
            self.call_panel.set_call(call)
        self.call_panel.setVisible(call is not None)
        self._call_edge.setVisible(call is not None)
        self._align_call()

    @Slot()
    def _align_call(self) -> None:
        width = self.rail.width() if self.rail.isVisible() else theme().px(self.shape.rail)
        self.call_panel.setFixedWidth(max(width, theme().px(240)))

    @Slot()
    def reshape(self) -> None:
        """Arrange for the size that the page has now."""
        zoom = theme().zoom / 100
        width = self._page.width() / zoom + RAIL_OF_WINDOW
        height = self._page.window().height() / zoom
        shape = page_shape(width, height)
        self.shape = shape
        self._model.set_wide(wide=shape.wide)
        self.rail.set_compact(compact=shape.compact)
        self.sheet.set_shape(shape)
        self.show_tab(self.sheet.tab)
        self.splitter.set_design(shape.rail)
        self._align_call()

    @Slot(str)
    def show_tab(self, tab: str) -> None:
        """Bring a tab to the front: facets, timeline, or the rail where it is one."""
        self.sheet.show_tab(tab)
        self.rail.setVisible(not self.shape.rail_in_tab or tab == "rail")
