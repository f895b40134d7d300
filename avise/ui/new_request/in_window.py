"""One window's part of new requests: the keys, the sheet where nobody is on screen, the way to the panel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Slot

from avise.env import Env
from avise.models.requests import RequestId
from avise.ui.aio import Report
from avise.ui.bridge import DeskBridge
from avise.ui.theme import theme

if TYPE_CHECKING:
    from avise.services.request_values import RequestActs, RequestForm
    from avise.ui.new_request.sheet import NewRequestSheet
    from avise.ui.requests.in_window import RequestsInWindow
    from avise.ui.shell.actions import WindowActions
    from avise.ui.shell.main_window import MainWindow


class NewRequestsInWindow(QObject):
    """Begins requests in one window, and leads from everywhere to the panel that shows one.

    Args:
        desk: the services.
        window: where it is shown.
        actions: what the user does there.
        requests: the middle office in this window.
        env: the clock.
        report: told of failures that no screen shows.
    """

    def __init__(
        self,
        desk: DeskBridge,
        window: MainWindow,
        actions: WindowActions,
        requests: RequestsInWindow,
        env: Env,
        report: Report,
    ) -> None:
        super().__init__(window)
        self._desk, self._window, self._actions = desk, window, actions
        self._requests, self._env, self._report = requests, env, report
        self._sheet: NewRequestSheet | None = None
        for command in ("new_request", "complaint"):
            actions.commands.bind(command, partial(self._begin, command))
        window.customers.request_requested.connect(self.show_request)
        window.home.request_chosen.connect(self.show_request)
        window.palette_view.request_chosen.connect(self.show_request)

    @Slot(object)
    def show_request(self, request: RequestId) -> None:
        """Show a request in the panel of the middle office, in front of any file in its own window."""
        self._requests.show_request(request)
        if not self._window.isActiveWindow():
            self._window.raise_()
            self._window.activateWindow()

    def _begin(self, command: str) -> None:
        """Begin a request about the customer on screen; about nobody, where nobody is."""
        page = self._window.customers.page(self._actions.detaching.person())
        if page is not None:
            page.run_command(command)
            return
        from avise.ui.new_request.customer_requests import COMPLAINT  # noqa: PLC0415 - not at first paint

        self.sheet().open_for(self._place(), COMPLAINT if command == "complaint" else "")

    def _place(self) -> QPoint:
        px = theme().px
        return QPoint(self._window.rail.width() + px(24), self._window.top_bar.height() + px(24))

    def sheet(self) -> NewRequestSheet:
        """Return the sheet of a request about nobody, built when it is first wanted."""
        if self._sheet is None:
            from avise.ui.new_request.sheet import NewRequestSheet  # noqa: PLC0415 - not at first paint
            from avise.ui.new_request.view_model import NewRequestModel  # noqa: PLC0415 - as above

            model = NewRequestModel(self._desk, None, self._env.now, self._report, self)
            self._sheet = NewRequestSheet(model, self._report, self._window)
            model.sent.connect(self._on_sent)
            self._sheet.open_requested.connect(lambda found: self.show_request(found.id))
            self._sheet.spoken.connect(self._window.announcer.say)
        return self._sheet

    @Slot(object, object)
    def _on_sent(self, acts: RequestActs, form: RequestForm) -> None:
        from avise.ui.new_request.customer_requests import sent_words  # noqa: PLC0415 - as above

        if acts.act is not None:
            then = self.sheet().model.restore
            self._window.undoing.offer(sent_words("", form), acts.act, then, "send")

    async def aclose(self) -> None:
        """End what is under way."""
        if self._sheet is not None:
            self._sheet.model.close()
            await self._sheet.model.aclose()
