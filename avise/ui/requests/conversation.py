"""The conversation of a request on screen: the arrows go from one exchange to the next (`ui.md` 5.10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QPointF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QWidget
from typing_extensions import override

from avise.models.requests import Attachment
from avise.services.request_values import RequestDetail
from avise.texts import text
from avise.ui.discretion import discretion
from avise.ui.requests.conversation_delegate import SYSTEM_HEIGHT, ConversationDelegate
from avise.ui.requests.conversation_model import ConversationModel
from avise.ui.requests.wording import (
    shown_words,
)
from avise.ui.theme import theme
from avise.ui.widgets.row_list import RowsView


class Conversation(RowsView):
    """The conversation on screen: the arrows go from one exchange to the next, Entrée opens its file.

    Args:
        now: the present.
        parent: of the widget.

    Signals:
        file_requested: a file joined to an exchange is wanted (an `Attachment`).
    """

    file_requested = Signal(object)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(SYSTEM_HEIGHT, text("request_panel.conversation"), parent)
        self.exchanges = ConversationModel(now, self)
        self._delegate = ConversationDelegate(self.exchanges, now)
        self.setModel(self.exchanges)
        self.setItemDelegate(self._delegate)
        self._width = 0
        self.opened.connect(self._open_file)
        discretion().changed.connect(self._measure_all)
        theme().changed.connect(self._measure_all)

    def show_detail(self, detail: RequestDetail) -> None:
        """Show a request; what is new comes into sight when the last words already were."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - theme().px(24)
        is_other, changed = self.exchanges.show_detail(detail)
        self._measure(changed)
        if is_other or (at_end and changed):
            self.scrollToBottom()

    def tick(self) -> None:
        """Tell times again."""
        self.viewport().update()

    # ---- heights ---------------------------------------------------------------------------------
    def _measure(self, places: Sequence[int]) -> None:
        width = self.viewport().width()
        for place in places:
            exchange = self.exchanges.exchange(place)
            if exchange is not None:
                self.setRowHeight(place, self._delegate.measured(exchange, width).height)

    @Slot()
    def _measure_all(self) -> None:
        self._measure(range(self.exchanges.rowCount()))
        self.viewport().update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words anew in another width."""
        super().resizeEvent(event)
        if self.viewport().width() != self._width:
            at_end = self.verticalScrollBar().value() == self.verticalScrollBar().maximum()
            self._width = self.viewport().width()
            self._measure_all()
            if at_end:
                self.scrollToBottom()

    # ---- what the user does ----------------------------------------------------------------------
    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the current exchange with Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_current()
            return
        super().keyPressEvent(event)

    def copy_current(self) -> None:
        """Copy the words of the current exchange, as they are shown."""
        exchange = self.exchanges.exchange(self.current_row())
        if exchange is not None:
            QGuiApplication.clipboard().setText(
                shown_words(exchange.words) or self.exchanges.sentence(self.current_row())
            )

    @Slot(QModelIndex)
    def _open_file(self, index: QModelIndex) -> None:
        exchange = self.exchanges.exchange(index.row())
        if exchange is not None and exchange.attachments:
            self.file_requested.emit(exchange.attachments[0])

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the file under the mouse."""
        super().mouseReleaseEvent(event)
        file = self.file_at(event.position().toPoint())
        if file is not None and event.button() == Qt.MouseButton.LeftButton:
            self.file_requested.emit(file)

    def file_at(self, point: QPoint) -> Attachment | None:
        """Return the file painted under a point of the view."""
        index = self.indexAt(point)
        exchange = self.exchanges.exchange(index.row()) if index.isValid() else None
        if exchange is None or not exchange.attachments:
            return None
        places = self._delegate.files(exchange, self.visualRect(index))
        return next((file for file, place in places if place.contains(QPointF(point))), None)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy the exchange and to keep its files."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        exchange = self.exchanges.exchange(index.row()) if index.isValid() else None
        if exchange is None:
            return
        self.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(text("request_panel.copy")).triggered.connect(self.copy_current)
        for file in exchange.attachments:
            entry = menu.addAction(text("request_panel.keep_file", name=file.name))
            entry.triggered.connect(lambda _checked=False, one=file: self.file_requested.emit(one))
        where = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft() + QPoint(40, 0))
        menu.popup(event.globalPos() if by_mouse else where)
