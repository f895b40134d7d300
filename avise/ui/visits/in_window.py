"""One window's part of Ma tournée: its page and its place on the rail, for a representative."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.env import Env
from avise.models.customer import PersonId
from avise.models.roles import Purpose, Role
from avise.texts import text
from avise.ui.aio import Report
from avise.ui.bridge import DeskBridge
from avise.ui.shell.sessions import SessionTab
from avise.ui.visits.commands import COMMANDS

if TYPE_CHECKING:
    from avise.ui.outbox.view_model import OutboxViewModel
    from avise.ui.shell.actions import WindowActions
    from avise.ui.shell.main_window import MainWindow
    from avise.ui.visits.page import VisitsPage
    from avise.ui.visits.view_model import VisitsViewModel

PAGE = "visits"


class VisitsInWindow(QObject):
    """Shows the visits in one window.

    Args:
        desk: the services.
        window: where they are shown.
        actions: what the user does there.
        outbox: of this user.
        env: the clock.
        report: told of failures that no screen shows.

    Signals:
        page_made: the page was built (a `VisitsPage`): others may put something there.
    """

    page_made = Signal(object)

    def __init__(
        self,
        desk: DeskBridge,
        window: MainWindow,
        actions: WindowActions,
        outbox: OutboxViewModel,
        env: Env,
        report: Report,
    ) -> None:
        super().__init__(window)
        self._desk, self._window, self._actions, self._outbox = desk, window, actions, outbox
        self._env, self._report = env, report
        self.page: VisitsPage | None = None
        self.model: VisitsViewModel | None = None
        self.is_rep = desk.session.role is Role.REP
        window.rail.button(PAGE).setVisible(self.is_rep)
        window.later_pages[PAGE] = self._make_page
        if self.is_rep:
            actions.commands.bind("go_visits", self.show_page)
            for identifier in COMMANDS:
                actions.commands.bind(identifier, self._on_page(identifier))

    def _on_page(self, identifier: str) -> Callable[[], None]:
        def run() -> None:
            if self.page is not None and self._window.page_name == PAGE:
                self.page.run_command(identifier)

        return run

    @Slot()
    def show_page(self) -> None:
        """Show the visits."""
        self._window.show_page(PAGE)

    def begin(self) -> None:
        """Begin the day on the visits, when nothing else was begun meanwhile."""
        if self.is_rep and self._window.page_name == "home":
            self.show_page()

    def _make_page(self) -> QWidget:
        from avise.ui.visits.page import VisitsPage  # noqa: PLC0415 - not needed by the first paint
        from avise.ui.visits.view_model import VisitsViewModel  # noqa: PLC0415 - as above

        window = self._window
        self.model = VisitsViewModel(self._desk, self._env.now, self._report, self)
        self.page = VisitsPage(self.model)
        self.model.message.connect(window.toast.show_message)
        self.page.customer_requested.connect(self._on_customer)
        self.page.outbox_requested.connect(self._on_outbox)
        self._outbox.changed.connect(self._show_outbox)
        window.top_bar.tabs.pin(text("rail.visits"), "route", self.show_page)
        self._show_outbox()
        self.page_made.emit(self.page)
        return self.page

    @Slot()
    def _show_outbox(self) -> None:
        if self.page is not None:
            self.page.show_outbox(self._outbox.items)

    @Slot()
    def _on_outbox(self) -> None:
        self._window.show_page("outbox")

    @Slot(object, str)
    def _on_customer(self, person: PersonId, title: str) -> None:
        self._actions.opening.open_tab(SessionTab(person, title, Purpose.VISIT))

    async def aclose(self) -> None:
        """Keep what was typed, and end what is under way."""
        if self.model is not None:
            await self.model.aclose()
