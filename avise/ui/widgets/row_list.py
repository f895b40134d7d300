"""Long lists: a table of one column with rows of one height, painted by a delegate (decision 40)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.face import drawn_within_budget
from avise.ui.widgets.painting import draw_focus, draw_row_line

AT_ONCE = 3
"""Rows that are painted whatever the turn has done already: a list that scrolls never waits."""

Index = QModelIndex | QPersistentModelIndex
_BAR = 3
"""Width of the bar on the left of the current row."""


@dataclass(frozen=True, slots=True)
class RowLook:
    """How a row stands at the moment it is painted."""

    current: bool
    hovered: bool
    focused: bool


class RowDelegate(QStyledItemDelegate):
    """Paints the ground, the bar and the ring of a row; a subclass paints what is on it."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row: its ground, then its content, then its marks."""
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        view = option.widget
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = chosen and view.hasFocus()
        look = RowLook(chosen, bool(state & QStyle.StateFlag.State_MouseOver), focused)
        painter.save()
        self.paint_ground(painter, rect, look, index)
        self.paint_row(painter, rect, look, index)
        if look.focused:
            draw_focus(painter, rect)
        painter.restore()

    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook, _index: Index) -> None:
        """Paint what is behind a row: tint and bar when current, tint when under the mouse, a line."""
        if look.current:
            painter.fillRect(rect, theme().colour("bg-selected"))
            bar = QRectF(rect.left(), rect.top(), theme().px(_BAR), rect.height())
            painter.fillRect(bar, theme().colour("accent"))
        elif look.hovered:
            painter.fillRect(rect, theme().colour("bg-hover"))
        draw_row_line(painter, rect)

    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint what a row holds.

        Raises:
            NotImplementedError: the subclass does not say.
        """
        raise NotImplementedError

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return a size that the view ignores: its rows have one height."""
        return QSize(0, 0)


class RowsView(QTableView):
    """A list of rows of one height with one current row.

    Signals:
        opened: the row that Enter, or a double click, opens.
        pressed_at: a row and the place of the click inside it, in pixels.

    Args:
        row_height: at 100 %.
        name: for people who hear the screen.
        ground: role of the colour under the rows; "" lets what lies below show through. With a ground,
            scrolling draws only the rows that come on screen (1.2 ms a frame against 6.5).
    """

    opened = Signal(QModelIndex)
    pressed_at = Signal(QModelIndex, int)

    def __init__(
        self, row_height: float, name: str, parent: QWidget | None = None, *, ground: str = "bg-surface"
    ) -> None:
        super().__init__(parent)
        self._row_height = row_height
        self._ground = ground
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, bool(ground))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def row_height(self) -> int:
        """Return the height of a row in pixels at the zoom in force."""
        return theme().px(self._row_height)

    def set_row_height(self, height: float) -> None:
        """Give rows another height, in pixels at 100 %."""
        self._row_height = height
        self._on_theme_changed()

    def go_to(self, row: int) -> None:
        """Make a row the current one and bring it on screen."""
        model = self.model()
        if 0 <= row < model.rowCount():
            self.setCurrentIndex(model.index(row, 0))

    def current_row(self) -> int:
        """Return the current row, -1 when there is none."""
        return self.currentIndex().row()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the current row with Enter, go to the first or last with Home and End."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            # Ctrl+Enter validates the form around (`ui.md` 7).
            event.ignore()
            return
        if is_enter and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
            return
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers():
            # A table goes through columns with these keys, and there is one.
            self._go_to_end(last=event.key() == Qt.Key.Key_End)
            return
        super().keyPressEvent(event)

    def _go_to_end(self, *, last: bool) -> None:
        model = self.model()
        rows = range(model.rowCount())
        for place in reversed(rows) if last else rows:
            if model.flags(model.index(place, 0)) & Qt.ItemFlag.ItemIsEnabled:
                self.go_to(place)
                return

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell where a row was pressed, for the links that it holds."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.pressed_at.emit(index, int(event.position().x()) - self.visualRect(index).left())

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the row under the mouse."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.opened.emit(index)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, then the rows: many rows at once only when the turn has time for them."""
        if self._ground:
            with QPainter(self.viewport()) as painter:
                painter.fillRect(event.rect(), theme().colour(self._ground))
        if event.rect().height() > AT_ONCE * self.row_height():
            drawn_within_budget(self.viewport(), lambda: super(RowsView, self).paintEvent(event))
        else:
            super().paintEvent(event)

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        """Repaint the current row when focus comes or goes."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.viewport().update()
        return super().viewportEvent(event)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.row_height())
