"""The history of the customer: title and period, filters, and the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.texts import text
from avise.ui.customer.channel_filter import ChannelFilter
from avise.ui.customer.discreet import Veil
from avise.ui.customer.timeline_delegate import TimelineDelegate
from avise.ui.customer.timeline_model import PERIODS, TimelineFilter, TimelineModel, since_of
from avise.ui.shortcuts import with_keys
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.panel import Panel
from avise.ui.widgets.row_list import RowsView

ROW_HEIGHT = 44
DEFAULT_PERIOD = "12m"
_PREPARED_AT_ONCE = 500
"""Rows whose words are folded between two events: about three milliseconds."""


class TimelinePanel(Panel):
    """The unified timeline.

    Args:
        today: the present day.
        parent: of the widget.

    Signals:
        entry_opened: an exchange that the user wants to see whole.
    """

    entry_opened = Signal(object)

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(text("customer.history"), "history", parent)
        self._today = today
        self._period = DEFAULT_PERIOD
        self._groups: frozenset[TimelineGroup] = frozenset()
        self.model = TimelineModel()
        self.model.set_filter(TimelineFilter(since=since_of(self._period, today())))
        self.channels = ChannelFilter()
        self.words = QLineEdit()
        self.rows = RowsView(ROW_HEIGHT, text("customer.history"))
        self._delegate = TimelineDelegate(self.model, today)
        self._preparing = QTimer(self)
        self._preparing.setInterval(0)
        self._preparing.timeout.connect(self._on_prepare)
        self._notice = Label("", "small", "warn", wrap=True)
        self._empty = Label("", "body", "muted", wrap=True)
        self._build()
        self._connect()
        self._show_state(known=False)
        self.veil = Veil(self)

    def _build(self) -> None:
        self._period_button = Button("", ButtonKind.QUIET, icon="chevron-down", small=True)
        self._search_button = Button(
            "", ButtonKind.QUIET, icon="search", small=True,
            name=with_keys(text("timeline.search"), "filter_list"),
        )  # fmt: skip
        self.right.addWidget(self._period_button)
        self.right.addWidget(self._search_button)
        self._show_period()
        self.words.setPlaceholderText(text("timeline.search_hint"))
        self.words.setAccessibleName(text("timeline.search"))
        self.words.setClearButtonEnabled(True)
        self.words.installEventFilter(self)
        self._words_row = QWidget()
        inner = QVBoxLayout(self._words_row)
        inner.addWidget(self.words)
        inner.setContentsMargins(8, 6, 8, 6)
        self._words_row.hide()
        self._notice_row, self._empty_row = QWidget(self), QWidget(self)
        self._notice_row.setLayout(row(self._notice, margins=(10, 6, 10, 6)))
        self._notice_row.hide()
        self._empty_row.setLayout(column(self._empty, None, margins=(12, 14, 12, 14)))
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(self._delegate)
        for widget in (
            self.channels,
            self._words_row,
            HorizontalLine(),
            self._notice_row,
            self._empty_row,
            self.rows,
        ):
            self.body.addWidget(widget)
        self.body.setStretchFactor(self.rows, 1)
        self.body.setStretchFactor(self._empty_row, 1)

    def _connect(self) -> None:
        self.channels.changed.connect(self._on_channels_changed)
        self.words.textEdited.connect(lambda _words: self._apply())
        self._search_button.clicked.connect(self.search)
        self._period_button.clicked.connect(self._choose_period)
        self.rows.opened.connect(lambda index: self.entry_opened.emit(self.model.entry(index.row())))
        theme().changed.connect(self._delegate.forget)

    # ---- content -----------------------------------------------------------------------------
    def set_entries(
        self, entries: Sequence[TimelineEntry], names: Mapping[str, str], missing: Sequence[str], *, cut: bool
    ) -> None:
        """Show the history.

        Args:
            entries: newest first.
            names: what staff call each tool.
            missing: tools that could not be read.
            cut: a tool gave less than it holds.
        """
        self.model.set_source_names(names)
        self.model.set_entries(entries)
        self._show_notice(missing, cut=cut)
        self._show_state(known=True)

    def _show_notice(self, missing: Sequence[str], *, cut: bool) -> None:
        sentences = []
        if missing:
            sentences.append(text("timeline.missing", sources=", ".join(missing)))
        if cut:
            sentences.append(text("timeline.truncated"))
        self._notice.setText(" ".join(sentences))
        self._notice_row.setVisible(bool(sentences))

    def _show_state(self, *, known: bool) -> None:
        self.count.set_text(str(self.model.total()) if known and self.model.total() else "")
        self.channels.set_counts(self.model.counts())
        empty = self.model.rowCount() == 0
        self.rows.setVisible(not empty)
        self._empty_row.setVisible(empty)
        if not known:
            self._empty.setText(text("timeline.reading"))
        elif self.model.total() == 0:
            self._empty.setText(text("timeline.empty"))
        else:
            self._empty.setText(text("timeline.nothing_matches"))

    def show_today(self) -> None:
        """Write the days again: midnight passed."""
        self._delegate.forget()
        self.rows.viewport().update()

    # ---- filters -----------------------------------------------------------------------------
    def _apply(self) -> None:
        chosen = TimelineFilter(self._groups, self.words.text(), since_of(self._period, self._today()))
        self.model.set_filter(chosen)
        self._show_state(known=True)

    @Slot(frozenset)
    def _on_channels_changed(self, groups: frozenset[TimelineGroup]) -> None:
        self._groups = groups
        self._apply()

    @Slot()
    def search(self) -> None:
        """Show the field of the text filter and give it focus."""
        self._words_row.show()
        self._preparing.start()
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()

    @Slot()
    def _on_prepare(self) -> None:
        if not self.model.prepare_search(_PREPARED_AT_ONCE):
            self._preparing.stop()

    def stop_search(self) -> None:
        """Empty and hide the field; focus goes back to the rows."""
        self.words.clear()
        self._words_row.hide()
        self._apply()
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_period(self, period: str) -> None:
        """Show a period: a key of `PERIODS`."""
        self._period = period
        self._show_period()
        self._apply()

    def _show_period(self) -> None:
        words = text(f"timeline.period.{self._period}")
        self._period_button.setText(words)
        self._period_button.setAccessibleName(f"{text('timeline.period')}, {words}")

    @Slot()
    def _choose_period(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for period in PERIODS:
            action = menu.addAction(text(f"timeline.period.{period}"))
            action.setCheckable(True)
            action.setChecked(period == self._period)
            action.triggered.connect(lambda _checked, chosen=period: self.set_period(chosen))
        menu.popup(self._period_button.mapToGlobal(self._period_button.rect().bottomLeft()))

    def focus_current(self) -> None:
        """Give focus to the rows, the first one current."""
        target: QWidget = self.rows if self.model.rowCount() else self.channels
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.rows.current_row() < 0:
            self.rows.go_to(0)

    def current_entry(self) -> TimelineEntry | None:
        """Return the exchange of the current row."""
        current = self.rows.current_row()
        return self.model.entry(current) if 0 <= current < self.model.rowCount() else None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Échap leaves the field, Down goes to the rows."""
        if watched is self.words and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.stop_search()
                return True
            if event.key() == Qt.Key.Key_Down:
                self.focus_current()
                return True
        return super().eventFilter(watched, event)
