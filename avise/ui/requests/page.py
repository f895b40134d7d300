"""The middle office on screen: corbeilles, the list, one request, side by side (`ui.md` 5.8 to 5.11)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from avise.models.requests import Attachment, RequestId
from avise.services.request_values import Basket, RequestQuery
from avise.texts import plural, text
from avise.ui.aio import Report, TaskScope
from avise.ui.announce import Announcer
from avise.ui.requests.basket_pane import BasketPane
from avise.ui.requests.columns import Column, read_columns
from avise.ui.requests.composer import REQUESTER, Written
from avise.ui.requests.detail_pane import DetailPane
from avise.ui.requests.doing import Doing
from avise.ui.requests.files import asked_files, keep_file
from avise.ui.requests.list_pane import ListPane
from avise.ui.requests.page_actions import PageActions
from avise.ui.requests.page_panes import PagePanes
from avise.ui.requests.view_model import RequestsViewModel
from avise.ui.shell.page import Zone

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
        self._on_screen = False
        self._late: bool | None = None
        """Whether the request on screen was late when it was last told."""
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.baskets = BasketPane()
        self.list = ListPane(model.now, model.session.user)
        self.detail = DetailPane(model.now, model.session)
        self.doing = Doing(model, self._tasks, self)
        self.panes = PagePanes(self, self.baskets, self.list, self.detail)
        self.page_actions = PageActions(
            self, model, self.doing, self.panes, self.list, self.detail, announcer, self.reply
        )
        self._minutes = QTimer(self)
        self._minutes.setInterval(MINUTE_MS)
        self._read = QTimer(self)
        self._read.setSingleShot(True)
        self._read.setInterval(READ_MS)
        self._wanted: RequestId | None = None
        self._to_compare: RequestId | None = None
        """Compared as soon as it is read."""
        self.doing.set_anchor(self.panes.place_of_panels)
        self._connect()
        # The list is followed since the window opened: this page comes later.
        self._on_query()
        self._on_board()
        self._on_colleagues()
        if model.failure:
            self.list.show_failure(model.failure)

    def _connect(self) -> None:
        model, list_, detail = self.model, self.list, self.detail
        model.query_changed.connect(self._on_query)
        model.board_changed.connect(self._on_board)
        model.board_failed.connect(list_.show_failure)
        model.detail_changed.connect(self._on_detail)
        model.detail_failed.connect(detail.show_failure)
        model.drafts_read.connect(detail.composer.show_drafts)
        model.deeds.acted.connect(self._on_acted)
        model.deeds.sent.connect(detail.composer.forget_sent)
        model.next.taken.connect(self._on_taken)
        model.next.taken_instead.connect(self._on_taken_instead)
        model.colleagues_read.connect(self._on_colleagues)
        self.baskets.chosen.connect(self._on_basket)
        self.baskets.next_requested.connect(model.next.take)
        self.baskets.rename_requested.connect(self._on_rename)
        self.baskets.delete_requested.connect(self._on_delete)
        list_.query_requested.connect(model.show_query)
        list_.current_changed.connect(self._on_current)
        list_.opened.connect(self._open_detail)
        list_.menu_requested.connect(self._show_menu)
        list_.save_requested.connect(self._save_view)
        list_.retry_requested.connect(model.follow_again)
        list_.header.columns_changed.connect(self._on_columns)
        detail.step_requested.connect(list_.step)
        detail.expand_requested.connect(self.panes.toggle_expanded)
        detail.back_requested.connect(self.panes.go_to_list)
        detail.escaped.connect(self.panes.go_to_list)
        detail.next_requested.connect(model.next.take)
        detail.action_row.wanted.connect(self.doing.do)
        detail.conversation.file_requested.connect(self._on_file)
        detail.side.file_requested.connect(self._on_form_file)
        detail.side.customer_requested.connect(self.customer_requested)
        detail.side.related_requested.connect(self.show_request)
        composer = detail.composer
        composer.send_requested.connect(self._on_send)
        composer.draft_changed.connect(model.keep_draft)
        composer.writing_changed.connect(lambda writing: model.presence.set_writing(writing=writing))
        composer.files_requested.connect(self._ask_files)
        composer.take_over_requested.connect(self.doing.take_over)
        self.doing.reply_requested.connect(self.reply)
        self.doing.customer_requested.connect(self.customer_requested)
        self.doing.message.connect(self.message)
        self._minutes.timeout.connect(self._tick)
        self._read.timeout.connect(self._read_current)
        self.panes.arranged.connect(self._read_first)

    # ---- what is asked from elsewhere ------------------------------------------------------------
    def run_command(self, identifier: str) -> None:
        """Do what a command of the palette says; "filter_list" looks for words in the list."""
        self.page_actions.run_command(identifier)

    def run_action(self, action: str) -> None:
        """Do an action with the request on screen, or with those chosen together; say when it cannot be."""
        self.page_actions.run_action(action)

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
        self.panes.close()
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
            self.panes.fit()
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
        if self.panes.has_focus_in_detail:
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
        if not self.panes.shows_detail:
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
        self.panes.go_to_detail()
        self.detail.focus_current()

    @Slot(QPoint)
    def _show_menu(self, where: QPoint) -> None:
        self._read_current()
        detail = self.model.detail
        row_ = self.list.current()
        if detail is not None and row_ is not None and detail.request.id == row_.id:
            self.detail.action_row.menu().popup(where)

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
        if not self.panes.shows_detail:
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
    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the panes their widths."""
        super().resizeEvent(event)
        self.panes.fit()

    @Slot()
    def _read_first(self) -> None:
        """Read the current request of a list that came before this page had room for a request."""
        waits = self._wanted is not None and self.model.wanted is None
        if waits and self._on_screen and self.panes.has_room_for_detail:
            self._read.start()
