"""Scenes of the tour: the middle office, a new request, the board of a team, the sign-in."""

from __future__ import annotations

from dataclasses import dataclass

from avise.models.roles import Role
from avise.services.request_values import HubState, HubStatus
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from avise.ui.new_request.customer_requests import COMPLAINT
from avise.ui.requests.page import RequestsPage
from avise.ui.team.page import TeamPage
from avise.ui.theme import Scheme
from avise.ui.tour_scenes import SMALL, Scenes

SEARCH = "REIMB_SEARCH"


@dataclass(frozen=True, slots=True)
class RequestScenes(Scenes):
    """The agent asks, the middle office answers; nothing is sent.

    Args:
        bridge: the services.
    """

    bridge: DeskBridge

    async def play(self, page: CustomerPage) -> None:
        """Draw each screen of the middle office.

        Args:
            page: a customer's, on which a request is begun.
        """
        await self._new_request(page)
        await self._panel()
        if self.bridge.session.role is Role.TEAM_LEAD:
            await self._team()
        await self._sign_in()

    async def _new_request(self, page: CustomerPage) -> None:
        await self.until(lambda: page.parts.has("requests"))
        page.requests.new()
        sheet = page.requests.sheet()
        await self.until(lambda: sheet.types.model.rowCount() > 0)
        await self.breath()
        self.draw("request-types.png", "a new request: the likely types, then all of them")
        sheet.types.chosen.emit(SEARCH)
        await self.until(lambda: sheet.model.form is not None)
        await self.breath()
        self.draw("new-request.png", "a new request, what is known filled in")
        self.draw("new-request-dark.png", "a new request, dark", scheme=Scheme.DARK)
        self.draw("new-request-1366.png", "a new request, 1366 × 768", size=SMALL)
        sheet.types.chosen.emit(COMPLAINT)
        await self.until(lambda: sheet.model.form is not None and sheet.model.form.type == COMPLAINT)
        await self.breath()
        self.draw("complaint.png", "a complaint with its legal clock")
        sheet.close_panel()

    async def _panel(self) -> None:
        """Draw the corbeilles, the list and the request chosen; each half is theirs who work there."""
        self.desktop.requests.show_page()
        page = self.desktop.window.current_page()
        if not isinstance(page, RequestsPage):
            raise TypeError(type(page).__name__)
        await self.until(lambda: page.model.board is not None)
        board = page.model.board
        fullest = max(board.baskets if board is not None else (), key=lambda basket: basket.count or 0)
        page.model.show_basket(fullest.id)
        await self.until(lambda: bool(page.list.model.rows))
        page.show_request(page.list.model.rows[0].id)
        await self.until(lambda: page.model.detail is not None)
        await self.breath()
        self.draw("requests-light.png", "the middle office: corbeilles, list, one request")
        self.draw("requests-dark.png", "the middle office, dark", scheme=Scheme.DARK)
        self.draw("requests-1366.png", "the middle office, 1366 × 768", size=SMALL)
        page.panes.toggle_expanded()
        await self.breath()
        self.draw("request-detail.png", "one request alone")
        page.panes.toggle_expanded()

    async def _team(self) -> None:
        self.desktop.actions.commands.run("go_team")
        page = self.desktop.window.current_page()
        if not isinstance(page, TeamPage):
            raise TypeError(type(page).__name__)
        await self.until(lambda: page.model.board is not None)
        await self.breath()
        self.draw("team.png", "the board of a team")
        self.draw("team-dark.png", "the board of a team, dark", scheme=Scheme.DARK)

    async def _sign_in(self) -> None:
        """Draw what a station shows that is not signed in, then what it really is."""
        hub = self.desktop.hub
        really = hub.status
        hub.show_status(HubStatus(HubState.SIGN_IN_NEEDED, sign_in="local"))
        hub.show_page()
        await self.breath()
        self.draw("sign-in.png", "the sign-in at the hub")
        self.desktop.window.show_page("home")
        hub.show_status(really if really is not None else HubStatus(HubState.STARTING))
