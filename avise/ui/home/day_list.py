"""The list of call-backs and tasks: painted rows, each with its one primary action and three others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QMenu, QStyleOptionViewItem, QToolTip, QWidget
from typing_extensions import override

from avise.models.tasks import TaskId
from avise.services.day_values import TaskRow
from avise.texts import text
from avise.ui.home.day_rows import DayAction, DayRow
from avise.ui.shortcuts import keys_of, with_keys
from avise.ui.theme import theme
from avise.ui.widgets.chip import paint_chip
from avise.ui.widgets.painting import CENTRE, RIGHT, draw_badge, draw_box, draw_icon, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel

ROW_HEIGHT, TITLE_HEIGHT, SENTENCE_HEIGHT = 48, 30, 38
ICONS: Mapping[DayAction, str] = {
    DayAction.CALL: "phone-outgoing",
    DayAction.OPEN: "arrow-up-right",
    DayAction.COMPARE: "git-compare",
    DayAction.DONE: "check",
    DayAction.MOVE: "calendar",
    DayAction.ASSIGN: "users",
}
SHORTCUT_OF: Mapping[DayAction, str] = {
    DayAction.CALL: "task_open",
    DayAction.OPEN: "task_open",
    DayAction.COMPARE: "task_open",
    DayAction.DONE: "task_done",
    DayAction.MOVE: "task_move",
    DayAction.ASSIGN: "task_assign",
}
_PADDING, _CHIP, _ICON, _GAP = 14, 104, 15, 10
_BUTTON, _PRIMARY, _ASIDE = 28, 128, 190


class DayTableModel(RowsModel[DayRow]):
    """The rows of the day; the arrows stop on tasks alone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda row: row.sentence, parent)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the arrows stop on tasks alone."""
        if not index.isValid() or self.rows()[index.row()].task is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def action_at(row: DayRow, from_right: float) -> DayAction | None:
    """Return the action under a place, given from the right edge of the row, in pixels at 100 %."""
    place = from_right - _PADDING
    if place < 0:
        return None
    others = [action for action in row.actions if action is not row.primary]
    number = int(place // _BUTTON)
    if number < len(others):
        return others[len(others) - 1 - number]
    start = len(others) * _BUTTON + _GAP
    return row.primary if start <= place < start + _PRIMARY else None


class DayDelegate(RowDelegate):
    """Paints group titles, sentences and tasks."""

    @override
    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Give titles a quiet ground, tasks the one of every list."""
        row: DayRow = index.data(ROW_ROLE)
        if row.task is not None:
            super().paint_ground(painter, rect, look, index)
        elif row.is_title:
            painter.fillRect(rect, theme().colour("bg-subtle"))

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint what a row holds."""
        row: DayRow = index.data(ROW_ROLE)
        px = theme().px
        area = QRectF(rect).adjusted(px(_PADDING), 0, -px(_PADDING), 0)
        if row.task is not None:
            self._paint_task(painter, area, row, current=look.current)
        elif row.is_title:
            _paint_title(painter, area, row)
        else:
            draw_text(painter, area, row.title, "body", "text-2")

    def _paint_task(self, painter: QPainter, area: QRectF, row: DayRow, *, current: bool) -> None:
        px, middle = theme().px, area.center().y()
        if row.chip is not None:
            paint_chip(painter, row.chip, area.left(), middle, px(_CHIP))
        left = area.left() + px(_CHIP + _GAP)
        draw_icon(painter, row.icon, left, middle, _ICON, "text-2")
        left += px(_ICON + _GAP)
        right = _paint_actions(painter, area, row, current=current)
        if row.aside:
            width = min(px(_ASIDE), (right - left) / 3)
            aside = QRectF(right - width, area.top(), width, area.height())
            draw_text(painter, aside, row.aside, "small", "text-3", RIGHT)
            right = aside.left() - px(_GAP)
        if not row.detail:
            place = QRectF(left, area.top(), right - left, area.height())
            draw_text(painter, place, row.title, "strong" if current else "row")
            return
        half = area.height() / 2
        first = QRectF(left, area.top() + px(5), right - left, half - px(4))
        second = QRectF(left, area.top() + half, right - left, half - px(6))
        draw_text(painter, first, row.title, "strong" if current else "row")
        draw_text(painter, second, row.detail, "small", "text-2")

    @override
    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Say what the mark under the mouse does, and its keys."""
        row = index.data(ROW_ROLE) if index.isValid() else None
        if row is None:
            return False
        rect: QRect = option.rect
        action = action_at(row, (rect.right() - event.pos().x()) * 100 / theme().zoom)
        words = with_keys(text(f"day.action.{action}"), SHORTCUT_OF[action]) if action else row.when
        QToolTip.showText(event.globalPos(), words, view)
        return True


def _paint_title(painter: QPainter, area: QRectF, row: DayRow) -> None:
    px = theme().px
    ink = "danger" if row.late else "text-2"
    left = area.left()
    if row.late:
        draw_icon(painter, "triangle-alert", left, area.center().y(), 13, "danger")
        left += px(13 + 6)
    draw_text(painter, area.adjusted(left - area.left(), 0, 0, 0), row.title, "small-strong", ink)
    if row.count:
        end = left + theme().text_width(row.title, "small-strong") + px(8)
        width = max(theme().text_width(row.count, "micro") + px(8), px(16))
        fill = ("danger-bg", "danger") if row.late else ("neutral-bg", "neutral")
        draw_badge(painter, end + width, area.center().y(), row.count, *fill)


def _paint_actions(painter: QPainter, area: QRectF, row: DayRow, *, current: bool) -> float:
    """Paint the marks from the right edge, then the primary action; return where the words must end."""
    px, middle, right = theme().px, area.center().y(), area.right()
    for action in reversed([action for action in row.actions if action is not row.primary]):
        right -= px(_BUTTON)
        draw_icon(painter, ICONS[action], right + px((_BUTTON - _ICON) / 2), middle, _ICON, "text-2")
    if row.primary is None:
        return right - px(_GAP)
    right -= px(_GAP)
    words = text(f"day.action.{row.primary}")
    place = QRectF(right - px(_PRIMARY), middle - px(12), px(_PRIMARY), px(24))
    if current:
        draw_box(painter, place, px(4), "accent")
    else:
        draw_box(painter, place, px(4), "bg-surface", "border-control", theme().line_width)
    draw_text(painter, place, words, "button", "on-accent" if current else "text", CENTRE)
    return place.left() - px(_GAP)


class DayList(RowsView):
    """The list: Enter opens the file, Space says done, the menu offers the rest.

    Signals:
        action_requested: a task (a `TaskRow`) and what to do with it (a `DayAction`).
    """

    action_requested = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ROW_HEIGHT, text("day.tasks"), parent)
        self.rows_model = DayTableModel(self)
        self.setModel(self.rows_model)
        self.setItemDelegate(DayDelegate(self))
        self.opened.connect(self._on_opened)
        self.pressed_at.connect(self._on_pressed)
        theme().changed.connect(self._set_heights)

    def set_rows(self, rows: Sequence[DayRow]) -> None:
        """Show other rows; the current task stays the current one while it is there."""
        if tuple(rows) == tuple(self.rows_model.rows()):
            return
        before, place = self._current_task(), self.current_row()
        self.rows_model.set_rows(tuple(rows))
        self._set_heights()
        kept = self._place_of(before)
        self.go_to(kept if kept >= 0 else self._nearest(place))

    def wanted_height(self) -> int:
        """Return the height of all rows, in pixels."""
        return sum(self.rowHeight(place) for place in range(self.rows_model.rowCount()))

    @override
    def sizeHint(self) -> QSize:
        """Return the room of every row: the list takes no more, and scrolls in less."""
        return QSize(super().sizeHint().width(), self.wanted_height())

    @override
    def minimumSizeHint(self) -> QSize:
        """Return no height: the page says how many rows are always seen."""
        return QSize(super().minimumSizeHint().width(), 0)

    def current(self) -> TaskRow | None:
        """Return the current task."""
        place = self.current_row()
        return self.rows_model.rows()[place].task if place >= 0 else None

    def request(self, action: DayAction) -> None:
        """Do something with the current task, when it offers that."""
        place = self.current_row()
        row = self.rows_model.rows()[place] if place >= 0 else None
        if row is not None and action in row.actions:
            self.action_requested.emit(row.task, action)

    def _current_task(self) -> TaskId | None:
        found = self.current()
        return found.task.id if found is not None else None

    def _place_of(self, task: TaskId | None) -> int:
        rows = self.rows_model.rows()
        return next((n for n, row in enumerate(rows) if row.task and row.task.task.id == task), -1)

    def _nearest(self, place: int) -> int:
        tasks = [number for number, row in enumerate(self.rows_model.rows()) if row.task is not None]
        return min(tasks, key=lambda number: abs(number - max(place, 0)), default=-1)

    @Slot()
    def _set_heights(self) -> None:
        for place, row in enumerate(self.rows_model.rows()):
            height = TITLE_HEIGHT if row.is_title else ROW_HEIGHT if row.task else SENTENCE_HEIGHT
            self.setRowHeight(place, theme().px(height))

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        row: DayRow = index.data(ROW_ROLE)
        if row.primary is not None:
            self.action_requested.emit(row.task, row.primary)

    @Slot(QModelIndex, int)
    def _on_pressed(self, index: QModelIndex, left: int) -> None:
        row: DayRow = index.data(ROW_ROLE)
        from_right = (self.visualRect(index).width() - left) * 100 / theme().zoom
        action = action_at(row, from_right) if row.task is not None else None
        if action is not None:
            self.action_requested.emit(row.task, action)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space says done, Ctrl+U gives another time, Ctrl+E gives it to somebody."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.key() == Qt.Key.Key_Space:
            self.request(DayAction.DONE)
        elif control and event.key() == Qt.Key.Key_U:
            self.request(DayAction.MOVE)
        elif control and event.key() == Qt.Key.Key_E:
            self.request(DayAction.ASSIGN)
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a task: Maj+F10, the Menu key, the right button."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        menu = self.menu_of(index) if index.isValid() else None
        if menu is not None:
            menu.popup(event.globalPos() if by_mouse else self._under(index))

    def _under(self, index: QModelIndex) -> QPoint:
        return self.viewport().mapToGlobal(self.visualRect(index).bottomLeft() + QPoint(theme().px(24), 0))

    def menu_of(self, index: QModelIndex) -> QMenu | None:
        """Return the menu of a task, None for what offers nothing."""
        row: DayRow = index.data(ROW_ROLE)
        if row.task is None or not row.actions:
            return None
        self.go_to(index.row())
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in row.actions:
            keys = keys_of(SHORTCUT_OF[action])
            entry = menu.addAction(f"{text(f'day.action.{action}')}\t{keys}")
            entry.triggered.connect(
                lambda _checked=False, task=row.task, what=action: self.action_requested.emit(task, what)
            )
        return menu
