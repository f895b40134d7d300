"""Opening customers: from a search, a call or another file; with a reason when the file is protected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog

from avise.models.customer import SearchHit
from avise.models.roles import Purpose
from avise.ui.aio import ask
from avise.ui.shell.dialogs import ReasonDialog, TenthDialog
from avise.ui.shell.sessions import SessionTab, tab_of

if TYPE_CHECKING:
    from avise.ui.shell.main_window import MainWindow


class Opening(QObject):
    """Opens customers in the window's session tabs.

    Args:
        window: whose tabs.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.sessions.full.connect(self._on_full)

    def open_hit(self, hit: SearchHit, purpose: Purpose, *, behind: bool = False) -> None:
        """Open a result of a search; `behind` leaves the page shown where it is."""
        self.open_tab(tab_of(hit, purpose), behind=behind)

    def open_tab(self, tab: SessionTab, *, behind: bool = False) -> None:
        """Open a customer; a protected file asks for a reason first, unless it is open already."""
        sessions = self._window.sessions
        if tab.restricted and not tab.reason and sessions.tab(tab.person) is None:
            self._window.tasks.spawn(self._ask_reason(tab, behind=behind), name="ask a reason")
            return
        if sessions.open(tab, show=not behind) and behind:
            # Read ahead: the file is there when the agent goes to it.
            self._window.customers.prepare(tab.person)

    async def _ask_reason(self, tab: SessionTab, *, behind: bool) -> None:
        dialog = ReasonDialog(tab.label, self._window)
        if await ask(dialog) == QDialog.DialogCode.Accepted:
            self._open_for(tab, dialog.reason, behind=behind)

    def _open_for(self, tab: SessionTab, reason: str, *, behind: bool) -> None:
        opened = SessionTab(tab.person, tab.label, tab.purpose, reason, tab.birth_year, tab.restricted)
        self.open_tab(opened, behind=behind)

    @Slot(object)
    def _on_full(self, wanted: SessionTab) -> None:
        self._window.tasks.spawn(self._ask_which(wanted), name="ask which to close")

    async def _ask_which(self, wanted: SessionTab) -> None:
        sessions = self._window.sessions
        named = [(tab.person, sessions.label_of(tab)) for tab in sessions.tabs]
        dialog = TenthDialog(wanted, named, self._window)
        if await ask(dialog) == QDialog.DialogCode.Accepted and dialog.closed is not None:
            sessions.close(dialog.closed)
            sessions.open(wanted)
