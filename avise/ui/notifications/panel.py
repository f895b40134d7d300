"""The panel of notifications: one row an object, Enter opens it, Échap closes the panel."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import plural, text
from avise.texts.formats import format_time
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.notifications.centre import NotificationRow, notifications
from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.link import Link
from avise.ui.widgets.painting import RIGHT, draw_icon, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel

WIDTH, ROW = 360, 44
_SHOWN, _ICON, _PADDING = 8, 16, 12


def row_sentence(found: NotificationRow) -> str:
    """Return a row as one sentence."""
    parts = [found.last.sentence, found.last.where, format_time(found.last.at)]
    if found.count > 1:
        parts.append(plural("notifications.times", found.count))
    if found.unread:
        parts.append(text("notifications.new"))
    return ", ".join(part for part in parts if part)


class NotificationModel(RowsModel[NotificationRow]):
    """The rows as Qt's table sees them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(row_sentence, parent)


class NotificationDelegate(RowDelegate):
    """Paints icon, sentence, where and when."""

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint the sentence over its place and time; what was not seen stands out."""
        found, px = index.data(ROW_ROLE), theme().px
        left: float = rect.left() + px(_PADDING)
        role = "accent-text" if found.unread else "text-3"
        draw_icon(painter, found.last.icon, left, rect.center().y(), _ICON, role)
        left += px(_ICON + 10)
        half = rect.height() / 2
        time = format_time(found.last.at)
        right = rect.right() - px(_PADDING)
        room = right - left
        style = "value-strong" if found.unread else "value"
        first = QRectF(left, rect.top() + px(3), room, half - px(2))
        draw_text(painter, first, found.last.sentence, style)
        below = QRectF(left, rect.top() + half, room, half - px(4))
        times = plural("notifications.times", found.count) if found.count > 1 else ""
        where = " · ".join(part for part in (found.last.where, times) if part)
        draw_text(painter, below.adjusted(0, 0, -px(44), 0), where, "small", "text-2")
        draw_text(painter, below, time, "small", "text-2", RIGHT, tabular=True)


class NotificationPanel(FloatingPanel):
    """The panel, under the bell.

    Args:
        window: over which it stands.

    Signals:
        opened: a notification whose object the user wants (a `Notification`).
    """

    opened = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(text("notifications.title"), "bell", WIDTH, window)
        self._window = window
        self.model = NotificationModel(self)
        self.rows = RowsView(ROW, text("notifications.title"))
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(NotificationDelegate(self.rows))
        self.rows.opened.connect(self._on_opened)
        self._empty = Label(text("notifications.empty"), "value", "muted", wrap=True)
        self._empty_row = QWidget(self)
        self._empty_row.setLayout(row(self._empty, margins=(12, 12, 12, 12)))
        self.read_all = Link(text("notifications.read_all"))
        self.read_all.clicked.connect(notifications().read_all)
        self._foot = QWidget(self)
        self._foot.setLayout(row(None, self.read_all, margins=(12, 4, 12, 4)))
        self.body.addLayout(column(self.rows, self._empty_row, self._foot))
        notifications().changed.connect(self._on_changed)

    def open_under(self, bell: QWidget) -> None:
        """Come on screen under the bell, with focus on the latest."""
        self._show_rows()
        corner = bell.mapTo(self._window, QPoint(bell.width(), bell.height() + theme().px(4)))
        self.open_at(QPoint(corner.x() - theme().px(WIDTH), corner.y()))
        if self.model.rowCount():
            self.rows.setFocus(Qt.FocusReason.PopupFocusReason)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _show_rows(self) -> None:
        current = max(self.rows.current_row(), 0)
        self.model.set_rows(notifications().rows)
        count = self.model.rowCount()
        self.rows.go_to(min(current, count - 1))
        self.rows.setVisible(count > 0)
        self.rows.setFixedHeight(min(count, _SHOWN) * self.rows.row_height())
        self._empty_row.setVisible(count == 0)
        self._foot.setVisible(notifications().unread > 0)
        self.count.set_text(str(notifications().unread or ""))

    @Slot()
    def _on_changed(self) -> None:
        if self.isVisible():
            self._show_rows()
            self.fit()

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        found: NotificationRow = index.data(ROW_ROLE)
        self.close_panel()
        notifications().read(found.last.about)
        self.opened.emit(found.last)
