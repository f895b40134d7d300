"""The middle office on screen: corbeilles, the list, one request, side by side (`ui.md` 5.8 to 5.11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from shiboken6 import isValid
from typing_extensions import override

from avise.models.requests import Attachment, RequestId
from avise.services.request_values import Basket, RequestQuery
from avise.texts import plural, text
from avise.ui.aio import Report, TaskScope
from avise.ui.announce import Announcer
from avise.ui.requests.action_row import offered
from avise.ui.requests.basket_pane import BasketPane
from avise.ui.requests.columns import Column, read_columns
from avise.ui.requests.composer import NOTE, REQUESTER, Written
from avise.ui.requests.detail_pane import DetailPane
from avise.ui.requests.doing import Doing
from avise.ui.requests.files import asked_files, keep_file
from avise.ui.requests.list_pane import ListPane
from avise.ui.requests.page_keys import PageKeys
from avise.ui.requests.page_shape import page_shape
from avise.ui.requests.view_model import RequestsViewModel
from avise.ui.shell.page import Zone
from avise.ui.theme import theme
from avise.ui.turns import turns
from avise.ui.widgets.layout import row
from avise.ui.widgets.line import VerticalLine
from avise.ui.widgets.pane_splitter import PaneSplitter

LEAST_LIST = 300
MINUTE_MS = 60_000
READ_MS = 120
"""The arrows go through a list without reading each request."""


class RequestsPage(QWidget):
    """The screen.

    Args:
        model: its state.
        announcer: speaks for the window.
        report: told of failures that no screen shows.
        parent: of the widget.

    Signals:
        message: something to say (a `Message`).
        customer_requested: the customer's file is wanted (a `SearchHit`).
    """

    message = Signal(object)
    customer_requested = Signal(object)

    def __init__(
        self, model: RequestsViewModel, announcer: Announcer, report: Report, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model, self._announcer = model, announcer
        self._tasks = TaskScope(self, report)
        self._is_expanded = self._in_detail = False
        self._shape = page_shape(0)
        self._on_screen = False
        self._late: bool | None = None
        """Whether the request on screen was late when it was last told."""
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.baskets = BasketPane()
        self.list = ListPane(model.now, model.session.user)
        self.detail = DetailPane(model.now, model.session)
        self.doing = Doing(model, self._tasks, self)
        self.splitter = PaneSplitter("request", 1)
        self._edge = VerticalLine(strong=True)
        self._minutes = QTimer(self)
        self._minutes.setInterval(MINUTE_MS)
        self._read = QTimer(self)
        self._read.setSingleShot(True)
        self._read.setInterval(READ_MS)
        self._wanted: RequestId | None = None
        self._to_compare: RequestId | None = None
        """Compared as soon as it is read."""
        self._build()
        self._connect()
        self._bind()
        # The list is followed since the window opened: this page comes later.
        self._on_query()
        self._on_board()
        self._on_colleagues()
        if model.failure:
            self.list.show_failure(model.failure)

    def _build(self) -> None:
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(1, 1)
        layout = row(self.baskets, self._edge, self.splitter)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self.doing.set_anchor(self._panel_place)
        self.splitter.installEventFilter(self)

    def _connect(self) -> None:
        model, list_, detail = self.model, self.list, self.detail
        model.query_changed.connect(self._on_query)
        model.board_changed.connect(self._on_board)
        model.board_failed.connect(list_.show_failure)
        model.detail_changed.connect(self._on_detail)
        model.detail_failed.connect(detail.show_failure)
        model.drafts_read.connect(detail.composer.show_drafts)
        model.acted.connect(self._on_acted)
        model.sent.connect(detail.composer.forget_sent)
        model.taken.connect(self._on_taken)
        model.taken_instead.connect(self._on_taken_instead)
        model.colleagues_read.connect(self._on_colleagues)
        self.baskets.chosen.connect(self._on_basket)
        self.baskets.next_requested.connect(model.take_next)
        self.baskets.rename_requested.connect(self._on_rename)
        self.baskets.delete_requested.connect(self._on_delete)
        list_.query_requested.connect(model.show_query)
        list_.current_changed.connect(self._on_current)
        list_.opened.connect(self._open_detail)
        list_.menu_requested.connect(self._show_menu)
        list_.save_requested.connect(self._save_view)
        list_.take_requested.connect(lambda: self._batch("take"))
        list_.transfer_requested.connect(lambda: self._batch("transfer"))
        list_.pause_requested.connect(lambda: self._batch("pause"))
        list_.baskets_requested.connect(self._open_baskets)
        list_.retry_requested.connect(model.follow_again)
        list_.header.columns_changed.connect(self._on_columns)
        detail.step_requested.connect(list_.step)
        detail.expand_requested.connect(self.toggle_expanded)
        detail.back_requested.connect(self._leave_detail)
        detail.escaped.connect(self._leave_detail)
        detail.next_requested.connect(model.take_next)
        detail.action_row.wanted.connect(self.doing.do)
        detail.conversation.file_requested.connect(self._on_file)
        detail.side.file_requested.connect(self._on_form_file)
        detail.side.customer_requested.connect(self.customer_requested)
        detail.side.related_requested.connect(self.show_request)
        composer = detail.composer
        composer.send_requested.connect(self._on_send)
        composer.draft_changed.connect(model.keep_draft)
        composer.writing_changed.connect(lambda writing: model.set_writing(writing=writing))
        composer.files_requested.connect(self._ask_files)
        composer.take_over_requested.connect(self.doing.take_over)
        self.doing.reply_requested.connect(self.reply)
        self.doing.customer_requested.connect(self.customer_requested)
        self.doing.message.connect(self.message)
        self._minutes.timeout.connect(self._tick)
        self._read.timeout.connect(self._read_current)
        theme().changed.connect(self._fit)

    # ---- keys of the screen ----------------------------------------------------------------------
    def _bind(self) -> None:
        """Take the keys of the middle office: they work here, and leave other screens theirs."""
        runs: dict[str, Callable[[], None]] = {
            "request_take": partial(self.run_action, "take"),
            "request_reply": partial(self.run_action, "reply"),
            "request_transfer": partial(self.run_action, "transfer"),
            "request_pause": self._pause_or_resume,
            "request_end": self._end_or_close,
            "request_note": partial(self.reply, NOTE),
            "request_customer": partial(self.run_action, "customer"),
            "request_previous": partial(self.list.step, -1),
            "request_following": partial(self.list.step, 1),
        }
        self._keys = PageKeys(self, runs)

    def run_command(self, identifier: str) -> None:
        """Do what a command of the palette says; "filter_list" looks for words in the list."""
        if identifier == "filter_list":
            self.list.open_search()
        elif identifier == "refresh_block":
            self.list.show_new()
        elif identifier in self._keys.runs:
            self._keys.runs[identifier]()

    def run_action(self, action: str) -> None:
        """Do an action with the request on screen, or with those chosen together; say when it cannot be."""
        if self.list.model.chosen and action in ("take", "transfer", "pause") and not self._in_detail_pane():
            self._batch(action)
            return
        detail = self.model.detail
        if detail is None:
            return
        if any(found.id == action for found in offered(detail)):
            self.doing.do(action)
        else:
            self._announcer.say(text("request_panel.not_now", what=text(f"request_panel.action.{action}")))

    def _in_detail_pane(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.detail.isAncestorOf(focused)

    @Slot()
    def _pause_or_resume(self) -> None:
        self._one_of("pause", "resume")

    @Slot()
    def _end_or_close(self) -> None:
        self._one_of("end", "close")

    def _one_of(self, first: str, second: str) -> None:
        detail = self.model.detail
        found = {action.id for action in offered(detail)} if detail is not None else set()
        self.run_action(second if second in found and first not in found else first)

    # ---- page of the rail ------------------------------------------------------------------------
    def zones(self) -> list[Zone]:
        """Return the zones in the order in which they are seen."""
        found: list[Zone] = []
        if self.baskets.isVisibleTo(self):
            found.append(("zone.baskets", self.baskets))
        if self.list.isVisibleTo(self):
            found.append(("zone.requests", self.list))
        if self.detail.isVisibleTo(self):
            found.append(("zone.request", self.detail))
        return found

    def activate(self) -> None:
        """Come on screen: follow the list, and begin on it."""
        self._on_screen = True
        self.model.start()
        self._minutes.start()
        self._tick()
        self._read_first()
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            # Qt gives it to the first button when the page before goes.
            self.focus_current()

    def focus_current(self) -> None:
        """Take focus where the work starts: the list, or the request where it stands alone."""
        if self.list.isVisibleTo(self):
            self.list.focus_current()
        else:
            self.detail.focus_current()

    def deactivate(self) -> None:
        """Leave the screen: forms close, drafts are kept, nobody is told to be looking any more."""
        self._on_screen = False
        self._minutes.stop()
        self.doing.close_panels()
        self.detail.composer.keep_draft()
        self.model.pause()

    async def aclose(self) -> None:
        """End what is under way."""
        self.deactivate()
        self._read.stop()
        turns().forget(("requests panes", id(self)))
        self.detail.close()
        await self._tasks.aclose()
        await self.model.aclose()

    @property
    def toast_inset(self) -> int:
        """Where messages stand: at the bottom left of the list."""
        return self.list.mapTo(self, QPoint(0, 0)).x() if self.list.isVisibleTo(self) else 0

    # ---- what the model tells --------------------------------------------------------------------
    @Slot()
    def _on_query(self) -> None:
        self.list.show_query(self.model.query)
        self.list.title.setText(self.model.title() or self.list.title.text())
        self.list.show_columns(read_columns(self.model.columns))

    @Slot()
    def _on_board(self) -> None:
        board = self.model.board
        if board is None:
            return
        before = self.baskets.wanted_width()
        self.baskets.show_baskets(board.baskets, board.query.basket, board.hours)
        if self.baskets.wanted_width() != before:
            self._fit()
        self.detail.set_offers_next(offers=board.takes_next)
        self.baskets.next.setVisible(board.takes_next)
        before = self.list.model.waiting
        self.list.show_board(board, self.model.title())
        waiting = self.list.model.waiting
        if waiting > before and self._on_screen:
            self._announcer.say(plural("request_panel.new", waiting))
        self._show_place()

    @Slot()
    def _on_detail(self) -> None:
        detail = self.model.detail
        if detail is None:
            if self.model.wanted is None:
                self.detail.show_nothing()
            return
        is_other = self.detail.detail is None or self.detail.detail.request.id != detail.request.id
        if is_other:
            self._late = None
        self.detail.show_detail(detail)
        self.list.model.refresh_row(detail.row)
        self._show_place()
        self._tell_late()
        if detail.request.id == self._to_compare:
            self._to_compare = None
            self.run_action("compare")

    @Slot(object, object)
    def _on_acted(self, requests: tuple[RequestId, ...], leaves: bool) -> None:
        self.list.model.choose(())
        if not leaves:
            return
        if self._in_detail_pane():
            # What is typed next must not land in the request that comes next.
            self.list.focus_current()
        self.list.expect_gone(requests)

    @Slot(object)
    def _on_taken(self, request: RequestId) -> None:
        self.show_request(request)
        self._open_detail()

    @Slot(object, object)
    def _on_taken_instead(self, lost: RequestId, taken: RequestId) -> None:
        """Go on to the one that is ours, unless the user went elsewhere or writes already."""
        if self.model.wanted == lost and not self.detail.composer.has_words():
            self.show_request(taken)

    @Slot()
    def _on_colleagues(self) -> None:
        self.detail.composer.menus.colleagues = self.model.colleagues

    # ---- the list --------------------------------------------------------------------------------
    @Slot(str)
    def _on_basket(self, basket: str) -> None:
        self.model.show_basket(basket)

    @Slot(object)
    def _on_current(self, request: RequestId | None) -> None:
        """Read the request that the user stops at."""
        self._wanted, self._to_compare = request, None
        if self._shape.is_small and not self._in_detail:
            return
        if request is None or self.model.wanted is None:
            self._read_current()
        else:
            self._read.start()
        self._show_place()

    @Slot()
    def _read_current(self) -> None:
        self._read.stop()
        self.list.wanted = self._wanted
        if self._wanted != self.model.wanted:
            self.model.show_request(self._wanted)

    @Slot(object)
    def show_request(self, request: RequestId) -> None:
        """Show a request: its row becomes the current one where the list holds it."""
        self.list.go_to(request)
        self._wanted = request
        self._read_current()
        self._show_place()

    def compare_request(self, request: RequestId) -> None:
        """Show a request and compare what two people changed in it, once it is read."""
        self.show_request(request)
        self._to_compare = request
        detail = self.model.detail
        if detail is not None and detail.request.id == request:
            self._on_detail()

    def _show_place(self) -> None:
        row_ = self.list.current()
        same = row_ is not None and row_.id == self.model.wanted
        self.detail.show_place(*(self.list.current_place() if same else (0, 0)))

    @Slot()
    def _open_detail(self) -> None:
        """Go from the list to the request."""
        self._read_current()
        if self._shape.is_small:
            self._in_detail = True
            self._read_current()
            self._fit()
        self.detail.focus_current()

    @Slot()
    def _leave_detail(self) -> None:
        self._in_detail = False
        self._fit()
        self.list.focus_current()

    @Slot(QPoint)
    def _show_menu(self, where: QPoint) -> None:
        self._read_current()
        detail = self.model.detail
        row_ = self.list.current()
        if detail is not None and row_ is not None and detail.request.id == row_.id:
            self.detail.action_row.menu().popup(where)

    def _batch(self, action: str) -> None:
        chosen = self.list.model.chosen_in_order()
        does = {
            "take": self.doing.take_all,
            "transfer": self.doing.transfer_all,
            "pause": self.doing.pause_all,
        }
        if chosen:
            does[action](chosen)

    @Slot()
    def _open_baskets(self) -> None:
        board = self.model.board
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(text("request_panel.baskets"))
        for basket in board.baskets if board is not None else ():
            count = f"\t{basket.count}" if basket.count is not None else ""
            action = menu.addAction(f"{basket.label}{count}")
            action.setCheckable(True)
            action.setChecked(basket.id == self.model.query.basket)
            action.triggered.connect(lambda _checked=False, one=basket.id: self._on_basket(one))
        menu.popup(self.list.baskets.mapToGlobal(QPoint(0, self.list.baskets.height())))

    @Slot(object)
    def _on_columns(self, columns: Sequence[Column]) -> None:
        self.model.columns = tuple(column.value for column in columns)

    # ---- views -----------------------------------------------------------------------------------
    @Slot()
    def _save_view(self) -> None:
        columns: list[Column] = list(self.list.header.columns)
        self.doing.save_view([column.value for column in columns])

    @Slot(object)
    def _on_rename(self, basket: Basket) -> None:
        self.doing.rename_view(basket.id, basket.label)

    @Slot(object)
    def _on_delete(self, basket: Basket) -> None:
        self.model.delete_view(basket.id)

    def show_query(self, query: RequestQuery) -> None:
        """Show a list, from elsewhere."""
        self.model.show_query(query)

    # ---- writing ---------------------------------------------------------------------------------
    def reply(self, target: str = "") -> None:
        """Go to the words of a reply."""
        self.detail.show_talk()
        if self._shape.is_small and not self._in_detail:
            self._open_detail()
        self.detail.show_composer()
        self.detail.composer.go_to(target or REQUESTER)

    @Slot(object)
    def _on_send(self, written: Written) -> None:
        self.doing.send(written)

    @Slot()
    def _ask_files(self) -> None:
        self._tasks.spawn(self._add_files(), name="files to join", when_busy="drop")

    async def _add_files(self) -> None:
        files = await asked_files(self)
        if files:
            self.detail.composer.add_files(files)

    @Slot(object)
    def _on_file(self, file: Attachment) -> None:
        self._on_form_file(file.blob)

    @Slot(str)
    def _on_form_file(self, blob: str) -> None:
        request = self.model.wanted
        if request is not None:
            save = partial(self.model.save_file, request, blob)
            self._tasks.spawn(keep_file(save, self, self.message.emit), name="keep a file", when_busy="drop")

    # ---- time ------------------------------------------------------------------------------------
    @Slot()
    def _tick(self) -> None:
        self.list.tick()
        self.detail.tick()
        self._tell_late()

    def _tell_late(self) -> None:
        """Say once, at once, that the request on screen has become late (`ui.md` 8)."""
        detail = self.model.detail
        if detail is None or not detail.request.is_open:
            return
        late = self.model.now() >= detail.clock.due_at and not detail.clock.paused
        before, self._late = self._late, late
        if late and before is False and self._on_screen:
            self._announcer.say_now(text("request_panel.late_now"))

    # ---- shape -----------------------------------------------------------------------------------
    @Slot()
    def toggle_expanded(self) -> None:
        """Show the request alone, or everything again."""
        self._is_expanded = not self._is_expanded
        key = "request_panel.reduce" if self._is_expanded else "request_panel.expand"
        self.detail.expand.setAccessibleName(text(key))
        self.detail.expand.setToolTip(text(key))
        self._fit()
        self.detail.focus_current()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the panes their widths."""
        super().resizeEvent(event)
        self._fit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the room between list and request once it is known."""
        if watched is self.splitter and event.type() == QEvent.Type.Resize:
            turns().soon(("requests panes", id(self)), self._share_room)
        return super().eventFilter(watched, event)

    def _share_room(self) -> None:
        if isValid(self):
            # A window that closes lays out its pages once more.
            self.splitter.place()

    def _panel_place(self) -> QPoint:
        if self.detail.isVisibleTo(self) and self.model.detail is not None:
            under = self.detail.action_row
            return under.mapTo(self, QPoint(0, under.height()))
        return self.list.mapTo(self, QPoint(theme().px(12), theme().px(80)))

    @Slot()
    def _fit(self) -> None:
        px, zoom = theme().px, theme().zoom
        self._shape = found = page_shape(
            round(self.width() * 100 / zoom),
            expanded=self._is_expanded,
            names=round(self.baskets.wanted_width() * 100 / zoom),
        )
        self.baskets.setFixedWidth(px(found.baskets))
        self.baskets.setVisible(found.has_baskets)
        self._edge.setVisible(found.has_baskets)
        self.list.baskets.setVisible(not found.has_baskets)
        self.list.setVisible(not found.alone and not (found.is_small and self._in_detail))
        self.detail.setVisible(not found.is_small or self._in_detail)
        self.detail.back.setVisible(found.is_small)
        self.detail.expand.setVisible(not found.is_small)
        side_by_side = not found.is_small and not found.alone
        self.list.setMinimumWidth(px(LEAST_LIST) if side_by_side else 0)
        if side_by_side:
            self.splitter.set_design(found.detail)
        self._read_first()

    def _read_first(self) -> None:
        """Read the current request of a list that came before this page had room for a request."""
        waits = self._wanted is not None and self.model.wanted is None
        if waits and self._on_screen and not self._shape.is_small:
            self._read.start()
