"""One window's part of the middle office: its page, the rail, the pinned tab, the palette and the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.env import Env
from avise.models.customer import SearchHit
from avise.models.requests import RequestId, request_of_stream
from avise.models.roles import Purpose
from avise.services.request_values import CallKind, RequestCall
from avise.texts import plural, text
from avise.ui.aio import Report
from avise.ui.bridge import DeskBridge
from avise.ui.notifications.centre import Notification, notifications, notify
from avise.ui.requests.commands import COMMANDS

if TYPE_CHECKING:
    from avise.ui.requests.page import RequestsPage
    from avise.ui.requests.view_model import RequestsViewModel
    from avise.ui.shell.actions import WindowActions
    from avise.ui.shell.main_window import MainWindow

PAGE = "requests"
_TODO = "me/todo"
_ICONS = {
    CallKind.MENTION: "user",
    CallKind.REPLY: "reply",
    CallKind.QUESTION: "circle-help",
    CallKind.ESCALATION: "flag",
}


class RequestsInWindow(QObject):
    """Shows the middle office in one window.

    Args:
        desk: the services.
        window: where it is shown.
        actions: what the user does there.
        env: the clock.
        report: told of failures that no screen shows.
    """

    def __init__(
        self, desk: DeskBridge, window: MainWindow, actions: WindowActions, env: Env, report: Report
    ) -> None:
        super().__init__(window)
        self._desk, self._window, self._actions = desk, window, actions
        self._env, self._report = env, report
        self.page: RequestsPage | None = None
        self.model: RequestsViewModel | None = None
        self._told: dict[str, int] = {}
        """How many each notification told of."""
        window.later_pages[PAGE] = self._make_page
        actions.show_request = self.show_request
        bind = actions.commands.bind
        bind("request_take_next", self.take_next)
        for identifier in COMMANDS:
            bind(identifier, self._on_page(identifier))
        window.toast.installEventFilter(self)

    def _on_page(self, identifier: str) -> Callable[[], None]:
        def run() -> None:
            if self.page is not None and self._window.page_name == PAGE:
                self.page.run_command(identifier)

        return run

    # ---- life ------------------------------------------------------------------------------------
    def start(self) -> None:
        """Follow the corbeilles: what waits for this user is counted on the rail, whatever is on screen."""
        self._made_model().start()

    def _made_model(self) -> RequestsViewModel:
        if self.model is None:
            from avise.ui.requests.view_model import RequestsViewModel  # noqa: PLC0415 - not needed by the first paint

            self.model = RequestsViewModel(self._desk, self._env, self._window.undoing, self._report, self)
            self.model.board_changed.connect(self._on_board)
            self.model.message.connect(self._window.toast.show_message)
        return self.model

    def _make_page(self) -> QWidget:
        from avise.ui.requests.page import RequestsPage  # noqa: PLC0415 - not needed by the first paint

        self.page = RequestsPage(self._made_model(), self._window.announcer, self._report)
        self.page.message.connect(self._window.toast.show_message)
        self.page.customer_requested.connect(self._on_customer)
        self._window.top_bar.tabs.pin(text("rail.requests"), "inbox", self.show_page)
        return self.page

    async def aclose(self) -> None:
        """End what is under way."""
        if self.page is not None:
            await self.page.aclose()
        elif self.model is not None:
            await self.model.aclose()

    # ---- what the window asks --------------------------------------------------------------------
    @Slot()
    def show_page(self) -> None:
        """Show the middle office."""
        self._window.show_page(PAGE)

    def show_request(self, request: RequestId) -> None:
        """Show a request, from a card, the palette or a notification."""
        self.show_page()
        if self.page is not None:
            self.page.show_request(request)

    @Slot(str)
    def compare_about(self, about: str) -> None:
        """Show the request that a task names, and compare what two people changed in it."""
        request = request_of_stream(about)
        if request is None:
            return
        self.show_page()
        if self.page is not None:
            self.page.compare_request(request)

    @Slot()
    def take_next(self) -> None:
        """Take the most urgent request of the corbeille shown last, and show it."""
        self.show_page()
        self._made_model().next.take()

    @Slot()
    def _on_board(self) -> None:
        model = self._made_model()
        todo = model.basket(_TODO)
        self._window.rail.button(PAGE).set_badge((todo.count or 0) if todo is not None else 0)
        self._tell_calls()

    def _tell_calls(self) -> None:
        """Tell what asks for this user's eyes, once, and take back what asks no more."""
        board = self._made_model().board
        asks = {call.about: call for call in (board.calls if board is not None else ())}
        for about in self._told.keys() - asks.keys():
            notifications().withdraw(about)
        for about, call in asks.items():
            if call.count > self._told.get(about, 0):
                told = _notification(call, self._env.now())
                # Another window may have told it already.
                if all(
                    (row.last.about, row.last.sentence) != (about, told.sentence)
                    for row in notifications().rows
                ):
                    notify(told)
        self._told = {about: call.count for about, call in asks.items()}

    @Slot(object)
    def _on_customer(self, who: SearchHit) -> None:
        self._actions.opening.open_hit(who, Purpose.REQUEST)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place of a message free under the list while there is one."""
        if self.page is not None and event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            shown = event.type() == QEvent.Type.Show and self._window.page_name == PAGE
            self.page.list.set_inset(shown=shown)
        return False


def _notification(call: RequestCall, now: datetime) -> Notification:
    """Return what is told over whatever is on screen: no number and no name."""
    sentence = plural(f"requests.call.{call.kind.value}", call.count)
    return Notification(
        call.about, sentence, call.where, now, _ICONS[call.kind], page=PAGE, request=call.request
    )
