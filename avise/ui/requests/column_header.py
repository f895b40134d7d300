"""The titles of the columns of a wide list: pressing one sorts by it, the menu chooses which are shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget
from typing_extensions import override

from avise.services.request_values import RequestSort
from avise.texts import text
from avise.ui.requests.columns import ALWAYS, SORT_OF, Column, Place, places, title_of
from avise.ui.requests.row_delegate import MARGIN
from avise.ui.theme import theme
from avise.ui.widgets.painting import LEFT, draw_icon, draw_row_line, draw_text

HEIGHT = 28


class ColumnHeader(QWidget):
    """The titles.

    Signals:
        sort_requested: the order wanted (a `RequestSort`).
        columns_changed: the columns wanted (`Column`s, in order).
    """

    sort_requested = Signal(object)
    columns_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[Column, ...] = tuple(Column)
        self._sort = RequestSort.DUE
        self._viewport: QWidget | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()
        theme().changed.connect(self._on_theme_changed)

    def follow(self, viewport: QWidget) -> None:
        """Stand over the rows, whose width the scroll bar changes."""
        self._viewport = viewport
        viewport.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Paint the titles anew when the rows have another width."""
        if event.type() == QEvent.Type.Resize:
            self.update()
        return super().eventFilter(watched, event)

    def _places(self) -> list[Place]:
        width = self._viewport.width() if self._viewport is not None else self.width()
        return places(self._columns, width, theme().zoom / 100, theme().px(MARGIN))

    @property
    def columns(self) -> Sequence[Column]:
        """The columns shown."""
        return self._columns

    def show_columns(self, columns: Sequence[Column], sort: RequestSort) -> None:
        """Show these columns, and by which the list is sorted."""
        self._columns, self._sort = tuple(columns), sort
        self.update()

    def menu(self) -> QMenu:
        """Return the menu that chooses the columns."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(text("request_panel.columns"))
        for column in Column:
            action = menu.addAction(title_of(column))
            action.setCheckable(True)
            action.setChecked(column in self._columns)
            action.setEnabled(column not in ALWAYS)
            action.toggled.connect(lambda on, one=column: self._toggle(one, on=on))
        return menu

    def open_menu(self, where: QPoint) -> None:
        """Offer the columns at a point of the screen."""
        self.menu().popup(where)

    def _toggle(self, column: Column, *, on: bool) -> None:
        wanted = {*self._columns, column} if on else set(self._columns) - {column}
        self.columns_changed.emit(tuple(one for one in Column if one in wanted))

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the titles."""
        return QSize(theme().px(400), theme().px(HEIGHT))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Sort by the column under the mouse; the head of the list does it by the keyboard."""
        for found in self._places():
            inside = found.left <= event.position().x() < found.left + found.width
            if inside and found.column in SORT_OF:
                self.sort_requested.emit(SORT_OF[found.column])

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles, and a mark on the one that sorts."""
        px = theme().px
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-subtle"))
            draw_row_line(painter, self.rect(), "border")
            for found in self._places():
                place = QRectF(found.left, 0, found.width - px(10), self.height())
                words = title_of(found.column)
                is_sort = SORT_OF.get(found.column) is self._sort
                draw_text(painter, place, words, "small-medium", "text-2" if is_sort else "text-3", LEFT)
                if is_sort:
                    left = found.left + theme().text_width(words, "small-medium") + px(4)
                    draw_icon(painter, "arrow-up-narrow-wide", left, self.height() / 2, 12, "text-2")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
