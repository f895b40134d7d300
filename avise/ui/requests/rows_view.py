"""The list of requests on screen: the arrows move, Espace chooses, Maj and the arrows choose as they go."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.ui.requests.list_model import RequestListModel
from avise.ui.widgets.row_list import RowsView

_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr)


class RequestRows(RowsView):
    """The rows.

    Args:
        model: the requests.
        row_height: at 100 %.
        name: for people who hear the screen.
        parent: of the widget.

    Signals:
        menu_requested: the menu of the current request is wanted, at a point of the screen.
    """

    menu_requested = Signal(QPoint)

    def __init__(
        self, model: RequestListModel, row_height: float, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(row_height, name, parent)
        self._requests = model
        self._anchor = -1
        """Where choosing with Maj began."""
        self._before: frozenset[object] = frozenset()
        self.setModel(model)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Espace and with Maj and the arrows; Échap chooses none."""
        model, key = self._requests, event.key()
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if key in _MODIFIERS:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space and self.current_row() >= 0:
            model.toggle(self.current_row())
            self._anchor = -1
        elif shift and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._extend(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Escape and model.chosen:
            model.choose(())
            self._anchor = -1
        else:
            self._anchor = -1
            super().keyPressEvent(event)

    def _extend(self, step: int) -> None:
        here = self.current_row()
        if here < 0:
            return
        if self._anchor < 0:
            self._anchor, self._before = here, frozenset(self._requests.chosen)
        there = min(max(here + step, 0), self._requests.rowCount() - 1)
        self._choose_to(there)
        self.go_to(there)

    def _choose_to(self, there: int) -> None:
        first, last = sorted((self._anchor, there))
        between = {row.id for row in self._requests.rows[first : last + 1]}
        self._requests.choose(self._before | between)  # type: ignore[arg-type]  # identities of requests

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose with Ctrl and a click, or from the current row with Maj and a click."""
        index = self.indexAt(event.position().toPoint())
        modifiers = event.modifiers()
        if index.isValid() and modifiers & Qt.KeyboardModifier.ControlModifier:
            self._requests.toggle(index.row())
            return
        if index.isValid() and modifiers & Qt.KeyboardModifier.ShiftModifier and self.current_row() >= 0:
            self._anchor, self._before = self.current_row(), frozenset(self._requests.chosen)
            self._choose_to(index.row())
            return
        self._anchor = -1
        super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave a click that chose alone."""
        chose = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if not event.modifiers() & chose:
            super().mouseReleaseEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a request, by the mouse or by the keyboard."""
        index: QModelIndex = self.currentIndex()
        where = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft() + QPoint(40, 0))
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index, where = self.indexAt(event.pos()), event.globalPos()
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_requested.emit(where)
