"""The left pane: corbeilles and views with their counts, and how the day goes (`ui.md` 5.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QPainter
from PySide6.QtWidgets import QMenu, QWidget
from typing_extensions import override

from avise.resources import resource_folder
from avise.services.request_values import Basket, BasketSection, HourLoad
from avise.texts import plural, text
from avise.ui.requests.day_chart import DayChart
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.painting import LEFT, RIGHT, draw_icon, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel

WIDTH, NARROW_WIDTH = 240, 228
ROW_HEIGHT = 27
SETTLE_MS = 150
"""The arrows go through corbeilles without reading each of them."""
_SCROLL_BAR = 12
_LEFT, _ICON, _LABEL, _LATE, _RIGHT = 12, 15, 36, 32, 10
_LATE_ICON, _LATE_GAP = 23, 8
"""Of the icon before what is late, and before it."""
_UNKNOWN_ICON = "inbox"
_ICONS = {
    "me/waiting": "hourglass",
    "me/sent": "send",
    "view/late": "triangle-alert",
    "view/due_today": "calendar",
    "view/unanswered": "timer",
    "view/fragile": "ear",
}


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A line of the pane: the title of a section, or a corbeille."""

    title: str
    basket: Basket | None = None


def lines_of(baskets: Sequence[Basket]) -> list[BasketLine]:
    """Return the lines: each section that holds something, under its title."""
    found = []
    for section in BasketSection:
        inside = [basket for basket in baskets if basket.section is section]
        if inside:
            found.append(BasketLine(text(f"requests.section.{section}")))
            found += [BasketLine(basket.label, basket) for basket in inside]
    return found


def line_sentence(line: BasketLine) -> str:
    """Return a line as a sentence."""
    basket = line.basket
    if basket is None:
        return line.title
    count = plural("request_panel.basket.count", basket.count) if basket.count is not None else ""
    late = plural("request_panel.basket.late", basket.late) if basket.late else ""
    return ", ".join(filter(None, (basket.label, count, late)))


class BasketModel(RowsModel[BasketLine]):
    """The lines; the arrows stop on corbeilles alone."""

    def __init__(self) -> None:
        super().__init__(line_sentence)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the arrows stop on corbeilles alone."""
        if not index.isValid() or self.rows()[index.row()].basket is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a line, or its sentence: the tooltip says a label that is cut in full."""
        if role == Qt.ItemDataRole.ToolTipRole:
            role = Qt.ItemDataRole.DisplayRole
        return super().data(index, role)

    def show_lines(self, lines: Sequence[BasketLine]) -> bool:
        """Show other lines; return whether they are other corbeilles, not only other counts."""
        before = self.rows()
        same = [_identity(line) for line in lines] == [_identity(line) for line in before]
        if not same:
            self.set_rows(lines)
            return True
        changed = [place for place, line in enumerate(lines) if line != before[place]]
        self._rows = lines
        for place in changed:
            self.dataChanged.emit(self.index(place, 0), self.index(place, 0))
        return False


def _identity(line: BasketLine) -> str:
    return line.basket.id if line.basket is not None else line.title


def late_width(lines: Sequence[BasketLine]) -> int:
    """Return the width of the column of what is late: that of the longest number, so that counts line up."""
    late = [line.basket.late for line in lines if line.basket is not None and line.basket.late]
    longest = max((theme().text_width(str(n), "small-medium", tabular=True) for n in late), default=0)
    return max(theme().px(_LATE), round(longest) + theme().px(_LATE_ICON + _LATE_GAP))


def names_width(lines: Sequence[BasketLine]) -> int:
    """Return the width of the longest name with its icon and its count; a bar to scroll has its room."""
    baskets = [line.basket for line in lines if line.basket is not None]
    names = (theme().text_width(one.label, "strong") for one in baskets)
    counts = (theme().text_width(str(one.count or 0), "small", tabular=True) for one in baskets)
    words = max(names, default=0) + max(counts, default=0)
    return round(words) + theme().px(_LABEL + 8 + _RIGHT + _SCROLL_BAR)


class BasketDelegate(RowDelegate):
    """Paints titles and corbeilles."""

    late = 0
    """Width of the column of what is late."""

    @override
    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Tint the corbeille on screen and the one under the mouse; no line between them."""
        line: BasketLine = index.data(ROW_ROLE)
        if look.current:
            painter.fillRect(rect, theme().colour("bg-selected"))
            bar = QRectF(rect.left(), rect.top(), theme().px(3), rect.height())
            painter.fillRect(bar, theme().colour("accent"))
        elif look.hovered and line.basket is not None:
            painter.fillRect(rect, theme().colour("bg-hover"))

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint a title, or icon, label, count and what is late."""
        px = theme().px
        line: BasketLine = index.data(ROW_ROLE)
        area = QRectF(rect).adjusted(px(_LEFT), 0, -px(_RIGHT), 0)
        if line.basket is None:
            draw_text(painter, area, line.title, "small-medium", "text-3", LEFT)
            return
        basket, middle = line.basket, area.center().y()
        ink = "accent-text" if look.current else "text-2"
        draw_icon(painter, icon_of(basket), area.left(), middle, _ICON, ink)
        right = area.right()
        if basket.late:
            late = QRectF(right - self.late, area.top(), self.late, area.height())
            draw_text(painter, late, str(basket.late), "small-medium", "danger", RIGHT, tabular=True)
            width = theme().text_width(str(basket.late), "small-medium", tabular=True)
            draw_icon(painter, "triangle-alert", right - width - px(17), middle, 12, "danger")
        right -= self.late
        end = right
        if basket.count is not None:
            end -= theme().text_width(str(basket.count), "small", tabular=True)
            count = QRectF(end - px(2), area.top(), right - end + px(2), area.height())
            draw_text(painter, count, str(basket.count), "small", "text-2", RIGHT, tabular=True)
        left = rect.left() + px(_LABEL)
        label = QRectF(left, area.top(), end - px(8) - left, area.height())
        draw_text(painter, label, basket.label, "strong" if look.current else "body")


def icon_of(basket: Basket) -> str:
    """Return the icon of a corbeille; one that nobody has drawn is that of its kind."""
    return basket.icon if _is_drawn(basket.icon) else _ICONS.get(basket.id, _UNKNOWN_ICON)


@cache
def _is_drawn(icon: str) -> bool:
    return (resource_folder("icons") / f"{icon}.svg").is_file()


class BasketRows(RowsView):
    """The lines on screen.

    Signals:
        menu_requested: the menu of a saved view is wanted, at a point of the screen (a `Basket`).
    """

    menu_requested = Signal(object, QPoint)

    def __init__(self) -> None:
        super().__init__(ROW_HEIGHT, text("request_panel.baskets"), ground="bg-subtle")

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a saved view."""
        index, where = self.currentIndex(), self.mapToGlobal(QPoint(40, 40))
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index, where = self.indexAt(event.pos()), event.globalPos()
        elif index.isValid():
            where = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft() + QPoint(40, 0))
        line: BasketLine | None = index.data(ROW_ROLE) if index.isValid() else None
        if line is not None and line.basket is not None and line.basket.saved:
            self.menu_requested.emit(line.basket, where)


class BasketPane(QWidget):
    """The pane.

    Signals:
        chosen: id of the corbeille or of the view wanted.
        next_requested: the request that is due first and held by nobody is wanted.
        rename_requested, delete_requested: of a saved view (a `Basket`).
    """

    chosen = Signal(str)
    next_requested = Signal()
    rename_requested = Signal(object)
    delete_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "subtle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(text("request_panel.baskets"))
        self._shown = ""
        self._wanted = 0
        self.model = BasketModel()
        self._delegate = BasketDelegate()
        self.rows = BasketRows()
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(self._delegate)
        self.next = Button(text("request_panel.next"), icon="hand", keys=keys_of("request_take_next"))
        self.chart = DayChart()
        self.setLayout(
            column(
                self.rows,
                row(self.next, None, margins=(12, 6, 12, 6)),
                row(self.chart, margins=(12, 6, 12, 10)),
                margins=(0, 6, 0, 0),
            )
        )
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._choose_current)
        self.rows.selectionModel().currentRowChanged.connect(self._on_row)
        self.rows.opened.connect(self._choose_current)
        self.rows.pressed_at.connect(self._choose_current)
        self.rows.menu_requested.connect(self._show_menu)
        self.next.clicked.connect(self.next_requested)
        theme().changed.connect(self._on_theme_changed)

    def show_baskets(self, baskets: Sequence[Basket], shown: str, hours: Sequence[HourLoad]) -> None:
        """Show the corbeilles as they now are, and which one is on screen."""
        lines = lines_of(baskets)
        self._fit(lines)
        is_other = self.model.show_lines(lines)
        if is_other or shown != self._shown:
            self._shown = shown
            self._go_to_shown()
        self.chart.show_hours(hours)

    def wanted_width(self) -> int:
        """Return the width at which every name is read whole, in pixels."""
        return self._wanted

    def _fit(self, lines: Sequence[BasketLine]) -> None:
        width = late_width(lines)
        if width != self._delegate.late:
            self._delegate.late = width
            self.rows.viewport().update()
        self._wanted = names_width(lines) + width

    @Slot()
    def _on_theme_changed(self) -> None:
        self._fit(self.model.rows())

    def _go_to_shown(self) -> None:
        place = next(
            (n for n, line in enumerate(self.model.rows()) if line.basket and line.basket.id == self._shown),
            -1,
        )
        if place >= 0 and not (self._settle.isActive() and self.rows.hasFocus()):
            selection = self.rows.selectionModel()
            selection.blockSignals(True)
            self.rows.go_to(place)
            selection.blockSignals(False)
            self.rows.viewport().update()

    @Slot(QModelIndex, QModelIndex)
    def _on_row(self, _index: QModelIndex, _before: QModelIndex) -> None:
        self._settle.start()

    @Slot()
    def _choose_current(self) -> None:
        self._settle.stop()
        line: BasketLine | None = self.rows.currentIndex().data(ROW_ROLE)
        if line is not None and line.basket is not None and line.basket.id != self._shown:
            self._shown = line.basket.id
            self.chosen.emit(line.basket.id)

    @Slot(object, QPoint)
    def _show_menu(self, basket: Basket, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, signal in (("rename", self.rename_requested), ("delete", self.delete_requested)):
            entry = menu.addAction(text(f"request_panel.view.{key}"))
            entry.triggered.connect(lambda _checked=False, told=signal: told.emit(basket))
        menu.popup(where)

    def focus_current(self) -> None:
        """Take focus on the corbeille on screen."""
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)
