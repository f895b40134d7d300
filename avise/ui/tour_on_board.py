"""Scenes of the tour: what is taken on board, a day without network, and the code that opens it."""

from __future__ import annotations

from dataclasses import replace

from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.packs import PackKind
from avise.models.roles import Purpose
from avise.services.pack_values import PackRow, PackState
from avise.texts import text
from avise.ui.customer.page import CustomerPage
from avise.ui.on_board.locked_page import LockedPage
from avise.ui.shell.sessions import SessionTab
from avise.ui.theme import Scheme
from avise.ui.tour_scenes import SMALL, Scenes
from avise.ui.visits.page import VisitsPage

TAKEN = 12
"""Customers of the portfolio that are enough for a picture: the rest is not waited for."""


class OnBoardScenes(Scenes):
    """The representative prepares a round, leaves the network and comes back; what was taken is erased."""

    async def play(self) -> None:
        """Draw the preparation, the day without network, and a key that is away."""
        self.desktop.visits.show_page()
        on_board, commands = self.desktop.on_board, self.desktop.actions.commands
        await self.until(lambda: on_board.model.is_allowed)
        on_board.ask_prepare()
        panel = on_board.preparing
        if panel is None:
            raise TypeError("no panel")
        await self.breath()
        self.draw("prepare.png", "what to take on board", size=SMALL)
        panel.submit()
        await self.until(lambda: self._held(PackKind.VISITS).state is PackState.READY)
        await self.until(lambda: self._held(PackKind.PORTFOLIO).held >= TAKEN)
        await self.breath()
        self.draw("preparing.png", "a preparation under way", size=SMALL)
        self.draw("preparing-dark.png", "a preparation under way, dark", size=SMALL, scheme=Scheme.DARK)
        panel.close_panel()
        on_board.model.pause()
        await self.until(lambda: on_board.model.status is not None and not on_board.model.status.preparing)
        commands.run("work_offline")
        await self.until(lambda: on_board.model.is_offline)
        await self._quiet()
        self.draw("offline.png", "a day without network", size=SMALL)
        self.draw("offline-dark.png", "a day without network, dark", size=SMALL, scheme=Scheme.DARK)
        commands.run("network")
        await self.breath()
        self.draw("network.png", "the choice of the network", size=SMALL)
        commands.run("network")
        await self._customer()
        await self._locked()
        commands.run("work_online")
        await self.until(lambda: not on_board.model.is_offline)
        on_board.model.erase()
        await self.until(lambda: self._held(PackKind.VISITS).state is PackState.ABSENT)
        await self._quiet()

    def _held(self, kind: PackKind) -> PackRow:
        status = self.desktop.on_board.model.status
        rows = status.packs if status is not None else ()
        return next((row for row in rows if row.kind is kind), PackRow(kind, PackState.ABSENT))

    async def _quiet(self) -> None:
        """Close what is said of what was just done."""
        toast = self.desktop.window.toast
        await self.until(lambda: toast.message() is not None)
        await self.breath()
        while toast.message() is not None:
            toast.close_message()

    async def _customer(self) -> None:
        """Draw a customer of the round: what is on board, and what is not."""
        visits = self.desktop.window.current_page()
        if not isinstance(visits, VisitsPage) or visits.model.detail is None:
            raise TypeError("no visit")
        sessions, shown = self.desktop.window.sessions, visits.model.detail.row.person
        rows = [row for day in visits.model.days or () for row in day.visits]
        # Not the one whose sheet was just read: what comes from the pack is to be seen.
        row = next(row for row in rows if row.person not in (None, shown))
        if row.person is None:
            raise TypeError("nobody")
        sessions.open(SessionTab(row.person, row.title, Purpose.VISIT))
        page = self.desktop.window.current_page()
        if not isinstance(page, CustomerPage):
            raise TypeError(type(page).__name__)
        await self.until(lambda: page.model.state.settled is not None)
        await self.until(lambda: page.offline.strip is not None)
        hub = self.desktop.hub
        really = hub.status
        if really is not None:
            # As if two things had been written: the tour leaves nothing behind.
            hub.show_status(replace(really, unsent={row.person: 2}))
        await self.breath()
        self.draw("customer-offline.png", "a customer without network", size=SMALL)
        dark = Scheme.DARK
        self.draw("customer-offline-dark.png", "a customer without network, dark", size=SMALL, scheme=dark)
        if really is not None:
            hub.show_status(really)
        sessions.close(row.person)

    async def _locked(self) -> None:
        """Draw the page that asks for the code, as a wrong one leaves it; nothing is locked."""
        on_board, status = self.desktop.on_board, self.desktop.on_board.model.status
        on_board.show_page()
        page = self.desktop.window.current_page()
        if not isinstance(page, LockedPage) or status is None:
            raise TypeError(type(page).__name__)
        page.show_status(replace(status, lease=LeaseState.PIN_NEEDED, tries_left=8))
        error = AviseError("pack.wrong_pin", left="8")
        page.refuse(error.message_key, text(error.message_key, **error.params))
        await self.breath()
        self.draw("packs-code.png", "the code of what is on board", size=SMALL)
        page.left.emit()
