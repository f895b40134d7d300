"""The line under the head of the list: filters that can be taken away, and how many requests are left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from avise.services.request_values import RequestFilters, RequestRow
from avise.texts import plural, text
from avise.ui.requests.filters import ICONS, SWITCHES, FilterChoice, active, offered, with_choice, without
from avise.ui.requests.wording import counted
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.chip import ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row
from avise.ui.widgets.painting import draw_icon

HEIGHT = 34
_CROSS, _GAP = 12, 6


class FilterChip(QPushButton):
    """A filter in force; pressing it takes it away."""

    def __init__(self, choice: FilterChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self._spec = ChipSpec(choice.label, Tone.ACCENT, ICONS[choice.field])
        self.setAccessibleName(text("request_panel.filter.remove", what=choice.label))
        self.setToolTip(self.accessibleName())
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def sizeHint(self) -> QSize:
        """Return the room of words and cross; 24 high (WCAG 2.5.8)."""
        return QSize(chip_size(self._spec).width() + theme().px(_CROSS + 5), theme().px(24))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the filter and its cross."""
        with QPainter(self) as painter:
            middle = self.height() / 2
            paint_chip(painter, self._spec, 0, middle, self.width())
            left = self.width() - theme().px(_CROSS + 6)
            draw_icon(painter, "x", left, middle, _CROSS, "accent-text")


class FilterChips(QWidget):
    """The filters in force, as many as there is room for; the others are counted.

    Signals:
        removed: name of a filter that is taken away.
        more_requested: the filters without room are wanted.
    """

    removed = Signal(str)
    more_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[FilterChip] = []
        self._more = Button("", ButtonKind.QUIET, small=True, parent=self)
        self._more.clicked.connect(self.more_requested)
        self._more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_choices(self, choices: Sequence[FilterChoice]) -> None:
        """Show these filters."""
        if [chip.choice for chip in self._chips] == list(choices):
            return
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [FilterChip(choice, self) for choice in choices]
        for chip in self._chips:
            chip.clicked.connect(partial(self.removed.emit, chip.choice.field))
        self._place()

    def chips(self) -> Sequence[FilterChip]:
        """Return the filters shown."""
        return self._chips

    @override
    def sizeHint(self) -> QSize:
        """Return the room of every filter: the least that the line leaves."""
        return QSize(sum(chip.sizeHint().width() + theme().px(_GAP) for chip in self._chips), theme().px(24))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the height alone: filters without room are counted."""
        return QSize(0, theme().px(24))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many filters as there is room for."""
        self._place()

    def _place(self) -> None:
        px, left, hidden = theme().px, 0, 0
        for number, chip in enumerate(self._chips):
            size = chip.sizeHint()
            last = number == len(self._chips) - 1
            room = self.width() - left - (0 if last else px(36))
            fits = not hidden and (size.width() <= room or number == 0)
            hidden += not fits
            chip.setGeometry(left, 0, min(size.width(), max(room, px(24))), size.height())
            chip.setVisible(fits)
            left += size.width() + px(_GAP) if fits else 0
        self._more.setVisible(bool(hidden))
        if hidden:
            self._more.setText(f"+{hidden}")
            self._more.setAccessibleName(plural("request_panel.filter.more", hidden))
            self._more.setGeometry(left, 0, self._more.sizeHint().width(), px(24))


class FilterBar(QWidget):
    """The line.

    Signals:
        filters_changed: the filters wanted (a `RequestFilters`).
        save_requested: this list is to be kept under a name.
    """

    filters_changed = Signal(object)
    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters, self._rows = RequestFilters(), tuple[RequestRow, ...]()
        self.chips = FilterChips()
        self.add = Button(text("request_panel.filter"), icon="plus", small=True)
        self.add.setAccessibleName(text("request_panel.filter.add"))
        self.count = Label("", "small", "muted", tabular=True)
        self.setFixedHeight(theme().px(HEIGHT))
        layout = row(self.chips, self.add, None, self.count, gap=6, margins=(12, 0, 12, 0))
        layout.setStretch(0, 0)
        self.setLayout(layout)
        self.chips.removed.connect(self._on_removed)
        self.chips.more_requested.connect(self.open_menu)
        self.add.clicked.connect(self.open_menu)
        theme().changed.connect(self._on_theme_changed)

    def show_filters(
        self, filters: RequestFilters, rows: Sequence[RequestRow], total: int, all_: int
    ) -> None:
        """Show the filters in force, and how many requests they leave."""
        self._filters, self._rows = filters, tuple(rows)
        self.chips.show_choices(active(filters, rows))
        self.chips.setVisible(filters != RequestFilters())
        self.count.setText(counted(total, all_))

    @Slot(str)
    def _on_removed(self, name: str) -> None:
        # The cross that was pressed goes: focus stays on the line.
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.filters_changed.emit(without(self._filters, name))

    @Slot()
    def open_menu(self) -> None:
        """Offer every filter."""
        self.menu().popup(self.add.mapToGlobal(QPoint(0, self.add.height())))

    def menu(self) -> QMenu:
        """Return the menu of filters, those in force ticked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(text("request_panel.filter.add"))
        for name in SWITCHES:
            choice = FilterChoice(name, value=True, label=text(f"request_panel.filter.{name}"))
            self._offer(menu, choice)
        menu.addSeparator()
        for name, choices in offered(self._rows):
            below = menu.addMenu(text(f"request_panel.filter.{name}"))
            for choice in choices:
                self._offer(below, choice)
        menu.addSeparator()
        _entry(menu, text("request_panel.view.save"), self.save_requested.emit)
        clear = _entry(menu, text("request_panel.filter.clear"), self._clear)
        clear.setEnabled(self._filters != RequestFilters())
        return menu

    def _offer(self, menu: QMenu, choice: FilterChoice) -> None:
        is_on = getattr(self._filters, choice.field) == choice.value
        wanted = without(self._filters, choice.field) if is_on else with_choice(self._filters, choice)
        entry = _entry(menu, choice.label, lambda: self.filters_changed.emit(wanted))
        entry.setCheckable(True)
        entry.setChecked(is_on)

    def _clear(self) -> None:
        self.filters_changed.emit(RequestFilters())

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))


def _entry(menu: QMenu, words: str, run: Callable[[], object]) -> QAction:
    action = menu.addAction(words)
    action.triggered.connect(lambda _checked=False: run())
    return action


class BatchBar(QWidget):
    """What can be done with the requests chosen together; it takes the place of the filters.

    Signals:
        take_requested, transfer_requested, pause_requested, clear_requested: of all of them.
    """

    take_requested = Signal()
    transfer_requested = Signal()
    pause_requested = Signal()
    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "selected")
        self._count = Label("", "small-strong", "accent", tabular=True)
        self.take = Button(text("request_panel.batch.take"), icon="hand", small=True)
        self.transfer = Button(text("request_panel.batch.transfer"), icon="arrow-right-left", small=True)
        self.pause = Button(text("request_panel.batch.pause"), icon="pause", small=True)
        self.clear = Button(
            icon="x", kind=ButtonKind.QUIET, small=True, name=text("request_panel.batch.clear")
        )
        self.setFixedHeight(theme().px(HEIGHT))
        self.setLayout(
            row(
                self._count,
                None,
                self.take,
                self.transfer,
                self.pause,
                self.clear,
                gap=4,
                margins=(12, 0, 6, 0),
            )
        )
        self.take.clicked.connect(self.take_requested)
        self.transfer.clicked.connect(self.transfer_requested)
        self.pause.clicked.connect(self.pause_requested)
        self.clear.clicked.connect(self.clear_requested)
        theme().changed.connect(self._on_theme_changed)

    def show_count(self, count: int) -> None:
        """Show how many are chosen."""
        self._count.setText(plural("request_panel.batch.chosen", count))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Tint the line: it is about the rows of this tint."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-selected"))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))


class WordsField(QLineEdit):
    """Looks for words of a title, or a number, in the list.

    Signals:
        left: Échap was pressed: the field is not wanted any more.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(text("request_panel.search.hint"))
        self.setAccessibleName(text("request_panel.search"))
        self.setClearButtonEnabled(True)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Échap."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)
