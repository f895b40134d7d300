"""One window's part of the board of a team: its page and its place on the rail, for whoever leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from avise.env import Env
from avise.models.roles import Role
from avise.ui.aio import Report
from avise.ui.bridge import DeskBridge

if TYPE_CHECKING:
    from avise.ui.requests.in_window import RequestsInWindow
    from avise.ui.shell.actions import WindowActions
    from avise.ui.shell.main_window import MainWindow
    from avise.ui.team.page import TeamPage
    from avise.ui.team.view_model import TeamViewModel

PAGE = "team"


class TeamInWindow(QObject):
    """Shows the board in one window.

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
        self._desk, self._window, self._requests = desk, window, requests
        self._env, self._report = env, report
        self.page: TeamPage | None = None
        self.model: TeamViewModel | None = None
        leads = desk.session.role is Role.TEAM_LEAD
        window.rail.button(PAGE).setVisible(leads)
        window.later_pages[PAGE] = self._make_page
        if leads:
            actions.commands.bind("go_team", lambda: window.show_page(PAGE))

    def _make_page(self) -> QWidget:
        from avise.ui.team.page import TeamPage  # noqa: PLC0415 - not needed by the first paint
        from avise.ui.team.view_model import TeamViewModel  # noqa: PLC0415 - as above

        window = self._window
        self.model = TeamViewModel(self._desk, self._env.now, self._report, self)
        self.page = TeamPage(self.model, window.announcer)
        self.model.message.connect(window.toast.show_message)
        self.model.message.connect(window.undoing.remember)
        self.page.request_opened.connect(self._requests.show_request)
        return self.page

    async def aclose(self) -> None:
        """End what is under way."""
        if self.model is not None:
            await self.model.aclose()
