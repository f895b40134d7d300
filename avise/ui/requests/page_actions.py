"""What keys and the palette do in the middle office: with the request on screen, or with those chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QMenu, QWidget

from avise.texts import text
from avise.ui.announce import Announcer
from avise.ui.requests.action_row import offered
from avise.ui.requests.composer import NOTE
from avise.ui.requests.detail_pane import DetailPane
from avise.ui.requests.doing import Doing
from avise.ui.requests.list_pane import ListPane
from avise.ui.requests.page_keys import PageKeys
from avise.ui.requests.page_panes import PagePanes
from avise.ui.requests.view_model import RequestsViewModel


class PageActions(QObject):
    """Does what is asked by a key, by the palette or by a menu.

    Args:
        page: whose keys they are.
        model: of the screen.
        doing: does things with requests.
        panes: of the page.
        list_: the list.
        detail: the request.
        announcer: speaks for the window.
        reply: goes to the words of a reply, for a target.
    """

    def __init__(
        self,
        page: QWidget,
        model: RequestsViewModel,
        doing: Doing,
        panes: PagePanes,
        list_: ListPane,
        detail: DetailPane,
        announcer: Announcer,
        reply: Callable[[str], None],
    ) -> None:
        super().__init__(page)
        self._page, self._model, self._doing, self._panes = page, model, doing, panes
        self._list, self._detail, self._announcer = list_, detail, announcer
        runs: dict[str, Callable[[], None]] = {
            "request_take": partial(self.run_action, "take"),
            "request_reply": partial(self.run_action, "reply"),
            "request_transfer": partial(self.run_action, "transfer"),
            "request_pause": self._pause_or_resume,
            "request_end": self._end_or_close,
            "request_note": partial(reply, NOTE),
            "request_customer": partial(self.run_action, "customer"),
            "request_previous": partial(self._list.step, -1),
            "request_following": partial(self._list.step, 1),
        }
        # They work here, and leave other screens theirs.
        self._keys = PageKeys(page, runs)
        list_.take_requested.connect(lambda: self.do_with_chosen("take"))
        list_.transfer_requested.connect(lambda: self.do_with_chosen("transfer"))
        list_.pause_requested.connect(lambda: self.do_with_chosen("pause"))
        list_.baskets_requested.connect(self._open_baskets)

    def run_command(self, identifier: str) -> None:
        """Do what a command of the palette says; "filter_list" looks for words in the list."""
        if identifier == "filter_list":
            self._list.open_search()
        elif identifier == "refresh_block":
            self._list.show_new()
        elif identifier in self._keys.runs:
            self._keys.runs[identifier]()

    def run_action(self, action: str) -> None:
        """Do an action with the request on screen, or with those chosen together; say when it cannot be."""
        if (
            self._list.model.chosen
            and action in ("take", "transfer", "pause")
            and not self._panes.has_focus_in_detail
        ):
            self.do_with_chosen(action)
            return
        detail = self._model.detail
        if detail is None:
            return
        if any(found.id == action for found in offered(detail)):
            self._doing.do(action)
        else:
            self._announcer.say(text("request_panel.not_now", what=text(f"request_panel.action.{action}")))

    @Slot()
    def _pause_or_resume(self) -> None:
        self._one_of("pause", "resume")

    @Slot()
    def _end_or_close(self) -> None:
        self._one_of("end", "close")

    def _one_of(self, first: str, second: str) -> None:
        detail = self._model.detail
        found = {action.id for action in offered(detail)} if detail is not None else set()
        self.run_action(second if second in found and first not in found else first)

    def do_with_chosen(self, action: str) -> None:
        """Do an action with all the requests chosen in the list."""
        chosen = self._list.model.chosen_in_order()
        does = {
            "take": self._doing.take_all,
            "transfer": self._doing.transfer_all,
            "pause": self._doing.pause_all,
        }
        if chosen:
            does[action](chosen)

    @Slot()
    def _open_baskets(self) -> None:
        board = self._model.board
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(text("request_panel.baskets"))
        for basket in board.baskets if board is not None else ():
            count = f"\t{basket.count}" if basket.count is not None else ""
            action = menu.addAction(f"{basket.label}{count}")
            action.setCheckable(True)
            action.setChecked(basket.id == self._model.query.basket)
            action.triggered.connect(lambda _checked=False, one=basket.id: self._model.show_basket(one))
        menu.popup(self._list.baskets.mapToGlobal(QPoint(0, self._list.baskets.height())))
