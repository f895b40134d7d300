"""The middle pane: the head of the list, its filters, what is new, and the requests (`ui.md` 5.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QMenu, QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.requests import RequestId
from avise.services.request_values import (
    HubState,
    RequestBoard,
    RequestFilters,
    RequestQuery,
    RequestRow,
    RequestSort,
)
from avise.texts import plural, text
from avise.ui.requests.column_header import ColumnHeader
from avise.ui.requests.columns import WIDE_FROM, Column
from avise.ui.requests.filter_bar import BatchBar, FilterBar, WordsField
from avise.ui.requests.list_model import RequestListModel
from avise.ui.requests.new_banner import NewBanner
from avise.ui.requests.notice import Notice
from avise.ui.requests.row_delegate import (
    ROW_HEIGHT,
    TABLE_ROW_HEIGHT,
    TALL_ROW_HEIGHT,
    RequestRowDelegate,
)
from avise.ui.requests.rows_view import RequestRows
from avise.ui.requests.wording import hub_sentence
from avise.ui.shortcuts import keys_of
from avise.ui.theme import Density, theme
from avise.ui.widgets.badge import CountBadge
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.reading import Skeleton

WIDTH, NARROW_WIDTH = 376, 344
HEADER_HEIGHT, TOAST_INSET = 42, 52
SKELETON_MS = 200
"""Sooner, the list before stays: a flash of grey would only tire (`ui.md` 11)."""
MORE = 200
"""Requests that each press brings beyond those shown."""
SEARCH_MS = 250
"""Words are looked for once the user pauses."""


class ListPane(QWidget):
    """The pane.

    Args:
        now: the present.
        user: login of whoever works here.
        parent: of the widget.

    Signals:
        query_requested: another list is wanted (a `RequestQuery`).
        current_changed: another request is the current one (its identity, or None).
        opened: the current request is wanted with the keyboard.
        menu_requested: the menu of the current request, at a point of the screen.
        save_requested: this list is to be kept under a name.
        take_requested, transfer_requested, pause_requested: of the requests chosen together.
        baskets_requested: the corbeilles are wanted, in a window without room for their pane.
        retry_requested: the list could not be followed, and is wanted again.
    """

    query_requested = Signal(object)
    current_changed = Signal(object)
    opened = Signal()
    menu_requested = Signal(QPoint)
    save_requested = Signal()
    take_requested = Signal()
    transfer_requested = Signal()
    pause_requested = Signal()
    baskets_requested = Signal()
    retry_requested = Signal()

    def __init__(self, now: Callable[[], datetime], user: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._query: RequestQuery | None = None
        self._board: RequestBoard | None = None
        self.wanted: RequestId | None = None
        """The request on screen: it stays the current one in a list that holds it."""
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = RequestListModel(now, self)
        self.rows = RequestRows(self.model, ROW_HEIGHT, text("request_panel.list"))
        self.delegate = RequestRowDelegate(now, user)
        self.rows.setItemDelegate(self.delegate)
        self.baskets = Button(icon="inbox", kind=ButtonKind.QUIET, name=text("request_panel.baskets.show"))
        self.title = ElidedLabel("", "list-title")
        self.count = CountBadge()
        self.sort = Button("", ButtonKind.QUIET, icon="arrow-up-narrow-wide")
        self.choose = Button(icon="list-checks", kind=ButtonKind.QUIET, name=text("request_panel.choose_all"))
        self.search = Button(
            icon="search",
            kind=ButtonKind.QUIET,
            name=text("request_panel.search"),
            keys=keys_of("filter_list"),
        )
        self.columns = Button(
            icon="sliders-horizontal", kind=ButtonKind.QUIET, name=text("request_panel.columns")
        )
        self.filters = FilterBar()
        self.words = WordsField()
        self.batch = BatchBar()
        self.banner = NewBanner()
        self.header = ColumnHeader()
        self.header.follow(self.rows.viewport())
        self.notice = Notice()
        self.state = Label("", "small", "muted", wrap=True)
        self._search = QTimer(self)
        self._search.setSingleShot(True)
        self._search.setInterval(SEARCH_MS)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SKELETON_MS)
        self.more = Button("", ButtonKind.QUIET, icon="chevron-down")
        self.more.hide()
        self._build()
        self._connect()
        self._on_theme_changed()

    def _build(self) -> None:
        self._head = QWidget()
        head = row(
            self.baskets, self.title, self.count, None, self.sort, self.columns, self.choose, self.search,
            gap=6, margins=(12, 0, 8, 0),
        )  # fmt: skip
        self._head.setLayout(head)
        self._words_line = QWidget()
        self._words_line.setLayout(row(self.words, margins=(12, 2, 12, 4)))
        self._state_line = QWidget()
        self._state_icon = Icon("cloud-off", 13, "text-3")
        state = row(self._state_icon, self.state, gap=6, margins=(12, 4, 12, 4))
        state.setStretch(1, 1)
        self._state_line.setLayout(state)
        self._inset = QWidget()
        self._skeleton = QWidget()
        self._skeleton.setLayout(column(Skeleton(6, ROW_HEIGHT), None, margins=(15, 6, 12, 0)))
        self._body = QWidget()
        self._pages = QStackedLayout(self._body)
        rows = QWidget()
        rows.setLayout(
            column(self.header, self.rows, row(self.more, None, margins=(8, 2, 8, 2)), self._inset)
        )
        for page in (rows, self.notice, self._skeleton):
            self._pages.addWidget(page)
        lines: list[QWidget] = [
            self._head, HorizontalLine(), self.filters, self.batch, self._words_line, self._state_line,
            HorizontalLine(), self.banner, self._body,
        ]  # fmt: skip
        layout: QVBoxLayout = column(*lines)
        layout.setStretch(len(lines) - 1, 1)
        self.setLayout(layout)
        for hidden in (
            self.batch,
            self._words_line,
            self._state_line,
            self._inset,
            self.baskets,
            self.columns,
        ):
            hidden.hide()
        self._pages.setCurrentIndex(2)

    def _connect(self) -> None:
        self.sort.clicked.connect(self._open_sorts)
        self.choose.clicked.connect(self._choose_all)
        self.search.clicked.connect(self.open_search)
        self.columns.clicked.connect(self._open_columns)
        self.baskets.clicked.connect(self.baskets_requested)
        self.filters.filters_changed.connect(self._on_filters)
        self.filters.save_requested.connect(self.save_requested)
        self.words.textEdited.connect(self._search.start)
        self.words.returnPressed.connect(self._focus_rows)
        self.words.left.connect(self.close_search)
        self._search.timeout.connect(self._on_words)
        self._slow.timeout.connect(self._show_skeleton)
        self.more.clicked.connect(self._on_more)
        self.batch.take_requested.connect(self.take_requested)
        self.batch.transfer_requested.connect(self.transfer_requested)
        self.batch.pause_requested.connect(self.pause_requested)
        self.batch.clear_requested.connect(self._choose_none)
        self.banner.clicked.connect(self.show_new)
        self.header.sort_requested.connect(self._on_sort)
        self.header.columns_changed.connect(self.show_columns)
        self.notice.acted.connect(self._on_notice)
        self.rows.opened.connect(self.opened)
        self.rows.menu_requested.connect(self.menu_requested)
        self.rows.selectionModel().currentRowChanged.connect(self._on_row)
        self.model.waiting_changed.connect(self.banner.show_count)
        self.model.chosen_changed.connect(self._on_chosen)
        theme().changed.connect(self._on_theme_changed)

    # ---- content ---------------------------------------------------------------------------------
    def show_query(self, query: RequestQuery) -> None:
        """Show that another list is being read; its rows come in a moment."""
        same = self._query is not None and replace(query, limit=self._query.limit) == self._query
        if not same:
            self._board = None
            self._slow.start()
        self._query = query
        self._fit_head()
        name = text("request_panel.sort", order=text(f"requests.sort.{query.sort}"))
        self.sort.setAccessibleName(name)
        self.sort.setToolTip(name)
        self.header.show_columns(self.header.columns, query.sort)

    def show_board(self, board: RequestBoard, title: str) -> None:
        """Show the list as it now is: rows change in place, unless it is another list."""
        is_other = self._board is None or self._board.query != board.query
        before = self.current()
        self._slow.stop()
        self._board = board
        self.title.setText(title)
        self._fit_head()
        self.count.set_text(str(board.basket_total) if board.basket_total else "")
        self.filters.show_filters(board.query.filters, board.rows, board.total, board.basket_total)
        if is_other:
            self._replace(lambda: self.model.replace_rows(board.rows), before)
        else:
            self.model.update_rows(board.rows)
        left = board.total - len(board.rows)
        self.more.setVisible(left > 0)
        self.more.setText(plural("request_panel.show_more", left) if left > 0 else "")
        self.more.updateGeometry()
        self._show_state(board)
        self._show_page()

    def _fit_head(self) -> None:
        """Say the order in words where the title of the list has its room as well."""
        if self._query is None:
            return
        px = theme().px
        words = text(f"requests.sort.{self._query.sort}")
        self.sort.setText(words)
        parts = (self.baskets, self.title, self.count, self.sort, self.columns, self.choose, self.search)
        shown = [part for part in parts if not part.isHidden()]
        wanted = sum(part.sizeHint().width() + px(6) for part in shown) + px(12 + 8)
        self.sort.setText(words if wanted <= self.width() else "")
        self.sort.updateGeometry()

    def show_failure(self, sentence: str) -> None:
        """Say why the list cannot be followed."""
        self._board = None
        self._slow.stop()
        self.notice.show_notice(
            text("request_panel.failed"), sentence, icon="circle-x", action=text("request_panel.retry")
        )
        self._pages.setCurrentIndex(1)

    def _show_state(self, board: RequestBoard) -> None:
        sentence = hub_sentence(board.hub, self._now())
        self.state.setText(sentence)
        offline = board.hub.state in (HubState.OFFLINE, HubState.NONE)
        self._state_icon.set_icon(
            "cloud-off" if offline else "cloud-upload" if board.hub.pending else "circle-alert"
        )
        self._state_line.setVisible(bool(sentence) and bool(board.rows))

    @Slot()
    def _show_skeleton(self) -> None:
        if self._board is None:
            self._pages.setCurrentIndex(2)

    @Slot()
    def _on_more(self) -> None:
        if self._query is not None:
            self._ask(limit=self._query.limit + MORE)

    def _show_page(self) -> None:
        board = self._board
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self._body.isAncestorOf(focused)
        if board is None or self.model.rowCount():
            self._pages.setCurrentIndex(0 if board is not None else 2)
            return
        sentence = hub_sentence(board.hub, self._now())
        if board.query.filters != RequestFilters():
            self.notice.show_notice(
                text("request_panel.none_left"),
                text("request_panel.none_left.sentence"),
                action=text("request_panel.filter.clear"),
            )
        elif board.hub.state in (HubState.NONE, HubState.SIGN_IN_NEEDED, HubState.REFUSED):
            self.notice.show_notice(text("request_panel.no_hub"), sentence, icon="lock")
        else:
            told = sentence or text("request_panel.empty.sentence")
            self.notice.show_notice(text("request_panel.empty"), told, icon="circle-check")
        self._pages.setCurrentIndex(1)
        if had_focus:
            self.notice.focus_current()

    @Slot()
    def _on_notice(self) -> None:
        if self._board is None:
            self.retry_requested.emit()
        else:
            self._on_filters(RequestFilters())

    def tick(self) -> None:
        """Tell clocks and ages again: a minute went by."""
        self.model.tick()
        if self._board is not None:
            self._show_state(self._board)

    # ---- the current request ---------------------------------------------------------------------
    def current(self) -> RequestRow | None:
        """Return the current request."""
        return self.model.row_at(self.rows.current_row())

    def current_place(self) -> tuple[int, int]:
        """Return the place of the current request, from 1, and how many are shown."""
        return self.rows.current_row() + 1, self.model.rowCount()

    def go_to(self, request: RequestId) -> bool:
        """Make a request the current one; return whether it is in the list."""
        place = self.model.place_of(request)
        if place >= 0:
            self.rows.go_to(place)
        return place >= 0

    def step(self, by: int) -> None:
        """Go to the next request of the list, or to the one before."""
        self.rows.go_to(self.rows.current_row() + by)

    def _replace(self, replace_rows: Callable[[], None], before: RequestRow | None) -> None:
        """Show other rows; the request on screen stays the current one where they hold it."""
        self._is_replacing = True
        replace_rows()
        kept = (self.wanted, before.id if before is not None else None)
        place = next((found for one in kept if (found := self.model.place_of(one)) >= 0), 0)
        self.rows.go_to(place)
        self._is_replacing = False
        row_ = self.current()
        self.current_changed.emit(row_.id if row_ is not None else None)

    _is_replacing = False

    @Slot(QModelIndex, QModelIndex)
    def _on_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        if not self._is_replacing:
            row_ = self.model.row_at(index.row())
            self.current_changed.emit(row_.id if row_ is not None else None)

    @Slot()
    def show_new(self) -> None:
        """Show what is new, in the present order; the current request stays the current one."""
        self._replace(self.model.show_waiting, self.current())
        self._focus_rows()

    @Slot()
    def _focus_rows(self) -> None:
        self.focus_current()

    def focus_current(self) -> None:
        """Take focus on the list, or on what stands in its place."""
        if self._pages.currentIndex() == 1:
            self.notice.focus_current()
        else:
            self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def expect_gone(self, requests: Sequence[RequestId]) -> None:
        """Let these leave the list: the user sent them away."""
        self.model.expect_gone(requests)
        self._show_page()

    # ---- several at once -------------------------------------------------------------------------
    @Slot()
    def _choose_all(self) -> None:
        if self.model.chosen:
            self.model.choose(())
        else:
            self.model.choose(row_.id for row_ in self.model.rows)

    @Slot()
    def _choose_none(self) -> None:
        self.model.choose(())
        self._focus_rows()

    @Slot()
    def _on_chosen(self) -> None:
        count = len(self.model.chosen)
        self.batch.show_count(count)
        self.batch.setVisible(count > 0)
        self.filters.setVisible(count == 0)

    # ---- another list ----------------------------------------------------------------------------
    def _ask(self, **changed: object) -> None:
        if self._query is not None:
            self.query_requested.emit(replace(self._query, **changed))  # type: ignore[arg-type]  # its own fields

    @Slot(object)
    def _on_filters(self, filters: RequestFilters) -> None:
        if not filters.words and not self.words.hasFocus():
            self.words.clear()
            self._words_line.hide()
        self._ask(filters=filters)

    @Slot(object)
    def _on_sort(self, sort: RequestSort) -> None:
        self._ask(sort=sort)

    @Slot()
    def _open_sorts(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for sort in RequestSort:
            action = menu.addAction(text(f"requests.sort.{sort}"))
            action.setCheckable(True)
            action.setChecked(self._query is not None and self._query.sort is sort)
            action.triggered.connect(lambda _checked=False, one=sort: self._ask(sort=one))
        menu.popup(self.sort.mapToGlobal(QPoint(0, self.sort.height())))

    @Slot()
    def open_search(self) -> None:
        """Look for words in the list."""
        self._words_line.show()
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()

    @Slot()
    def close_search(self) -> None:
        """Look for nothing any more."""
        self._search.stop()
        self.words.clear()
        self._words_line.hide()
        self._focus_rows()
        self._on_words()

    @Slot()
    def _on_words(self) -> None:
        if self._query is not None and self._query.filters.words != self.words.text().strip():
            self._ask(filters=replace(self._query.filters, words=self.words.text().strip()))

    # ---- shape -----------------------------------------------------------------------------------
    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns while the list is wide."""
        self.header.show_columns(columns, self._query.sort if self._query is not None else RequestSort.DUE)
        self._shape()

    def set_inset(self, *, shown: bool) -> None:
        """Keep the place of a message free, so that it covers no row."""
        self._inset.setFixedHeight(theme().px(TOAST_INSET))
        self._inset.setVisible(shown)

    @property
    def is_wide(self) -> bool:
        """Whether the list is a table."""
        return self.delegate.columns is not None

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Become a table, or two lines a request, by the width."""
        super().resizeEvent(event)
        self._shape()

    def _shape(self) -> None:
        wide = self.width() >= theme().px(WIDE_FROM)
        tall = theme().density is not Density.COMPACT
        self.delegate.columns = self.header.columns if wide else None
        self.header.setVisible(wide)
        self.columns.setVisible(wide)
        self.rows.set_row_height(TABLE_ROW_HEIGHT if wide else TALL_ROW_HEIGHT if tall else ROW_HEIGHT)
        self.rows.viewport().update()
        if self._query is not None:
            self.show_query(self._query)

    @Slot()
    def _open_columns(self) -> None:
        self.header.open_menu(self.columns.mapToGlobal(QPoint(0, self.columns.height())))

    @Slot()
    def _on_theme_changed(self) -> None:
        self._head.setFixedHeight(theme().px(HEADER_HEIGHT))
        self._shape()
