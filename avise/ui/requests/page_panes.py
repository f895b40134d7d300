"""The panes of the middle office side by side: which ones there is room for, and how wide they are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid
from typing_extensions import override

from avise.texts import text
from avise.ui.requests.basket_pane import BasketPane
from avise.ui.requests.detail_pane import DetailPane
from avise.ui.requests.list_pane import ListPane
from avise.ui.requests.page_shape import page_shape
from avise.ui.theme import theme
from avise.ui.turns import turns
from avise.ui.widgets.layout import row
from avise.ui.widgets.line import VerticalLine
from avise.ui.widgets.pane_splitter import PaneSplitter

LEAST_LIST = 300


class PagePanes(QObject):
    """Arranges corbeilles, list and request in the page.

    Args:
        page: in which they stand.
        baskets: the corbeilles.
        list_: the list.
        detail: the request.

    Signals:
        arranged: the panes have other widths, or others are there.
    """

    arranged = Signal()

    def __init__(self, page: QWidget, baskets: BasketPane, list_: ListPane, detail: DetailPane) -> None:
        super().__init__(page)
        self._page, self._baskets, self._list, self._detail = page, baskets, list_, detail
        self._is_expanded = self._in_detail = False
        self._shape = page_shape(0)
        self._edge = VerticalLine(strong=True)
        self.splitter = PaneSplitter("request", 1)
        self.splitter.addWidget(list_)
        self.splitter.addWidget(detail)
        self.splitter.setStretchFactor(1, 1)
        layout = row(baskets, self._edge, self.splitter)
        layout.setStretch(2, 1)
        page.setLayout(layout)
        self.splitter.installEventFilter(self)
        theme().changed.connect(self.fit)

    @property
    def shows_detail(self) -> bool:
        """Whether a request has its place on screen: beside the list, or instead of it."""
        return not self._shape.is_small or self._in_detail

    @property
    def has_room_for_detail(self) -> bool:
        """Whether a request has its place beside the list."""
        return not self._shape.is_small

    @property
    def has_focus_in_detail(self) -> bool:
        """Whether what is typed goes to the request."""
        focused = QApplication.focusWidget()
        return focused is not None and self._detail.isAncestorOf(focused)

    def go_to_detail(self) -> None:
        """Show the request instead of the list, where there is no room for both."""
        if self._shape.is_small:
            self._in_detail = True
            self.fit()

    def go_to_list(self) -> None:
        """Show the list again, and take focus on it."""
        self._in_detail = False
        self.fit()
        self._list.focus_current()

    @Slot()
    def toggle_expanded(self) -> None:
        """Show the request alone, or everything again."""
        self._is_expanded = not self._is_expanded
        key = "request_panel.reduce" if self._is_expanded else "request_panel.expand"
        self._detail.expand.setAccessibleName(text(key))
        self._detail.expand.setToolTip(text(key))
        self.fit()
        self._detail.focus_current()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the room between list and request once it is known."""
        if watched is self.splitter and event.type() == QEvent.Type.Resize:
            turns().soon(("requests panes", id(self)), self._share_room)
        return super().eventFilter(watched, event)

    def _share_room(self) -> None:
        if isValid(self):
            # A window that closes lays out its pages once more.
            self.splitter.place()

    def place_of_panels(self) -> QPoint:
        """Return where panels stand: under the actions of the request, or over the list."""
        if self._detail.isVisibleTo(self._page) and self._detail.detail is not None:
            under = self._detail.action_row
            return under.mapTo(self._page, QPoint(0, under.height()))
        return self._list.mapTo(self._page, QPoint(theme().px(12), theme().px(80)))

    @Slot()
    def fit(self) -> None:
        """Give the panes their widths."""
        px, zoom = theme().px, theme().zoom
        self._shape = found = page_shape(
            round(self._page.width() * 100 / zoom),
            expanded=self._is_expanded,
            names=round(self._baskets.wanted_width() * 100 / zoom),
        )
        self._baskets.setFixedWidth(px(found.baskets))
        self._baskets.setVisible(found.has_baskets)
        self._edge.setVisible(found.has_baskets)
        self._list.baskets.setVisible(not found.has_baskets)
        self._list.setVisible(not found.alone and not (found.is_small and self._in_detail))
        self._detail.setVisible(not found.is_small or self._in_detail)
        self._detail.back.setVisible(found.is_small)
        self._detail.expand.setVisible(not found.is_small)
        side_by_side = not found.is_small and not found.alone
        self._list.setMinimumWidth(px(LEAST_LIST) if side_by_side else 0)
        if side_by_side:
            self.splitter.set_design(found.detail)
        self.arranged.emit()

    def close(self) -> None:
        """Forget what waits for a turn."""
        turns().forget(("requests panes", id(self)))
