"""One window's part of the data on board: card, panels, the page of a key that is away, the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QWidget

from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.network import NetworkState
from avise.services.visit_values import VisitDay
from avise.texts import plural, text
from avise.texts.formats import local
from avise.ui.aio import Report
from avise.ui.bridge import DeskBridge
from avise.ui.crossing import Watch
from avise.ui.on_board.strip import OnBoardStrip
from avise.ui.on_board.view_model import ABOUT, OnBoardViewModel
from avise.ui.on_board.wording import customers_on_board, is_empty
from avise.ui.theme import theme
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.ui.on_board.card import OnBoardCard
    from avise.ui.on_board.code_panel import OnBoardCodePanel
    from avise.ui.on_board.locked_page import LockedPage
    from avise.ui.on_board.panel import OnBoardPanel
    from avise.ui.on_board.prepare_panel import PreparePanel
    from avise.ui.shell.actions import WindowActions
    from avise.ui.shell.main_window import MainWindow
    from avise.ui.shell.settings_page import SettingsPage
    from avise.ui.visits.page import VisitsPage

PAGE, VISITS = "on_board", "visits"
SHOW, PREPARE, PAUSE, ERASE, CODE = "on_board", "packs_prepare", "packs_pause", "packs_erase", "packs_code"
"""Commands of the palette."""

_AWAY = (LeaseState.PIN_NEEDED, LeaseState.ENDED)
_DAYS = 7
"""Days of visits whose sheets are looked at."""


class OnBoardInWindow(QObject):
    """Shows the data on board in one window.

    Args:
        desk: the services.
        window: where they are shown.
        actions: what the user does there.
        now: the clock.
        report: told of failures that no screen shows.
    """

    def __init__(
        self,
        desk: DeskBridge,
        window: MainWindow,
        actions: WindowActions,
        now: Callable[[], datetime],
        report: Report,
    ) -> None:
        super().__init__(window)
        self._desk, self._window, self._actions, self._now = desk, window, actions, now
        self.model = OnBoardViewModel(desk, now, report, self)
        self.card: OnBoardCard | None = None
        self.page: LockedPage | None = None
        self.panel: OnBoardPanel | None = None
        self.preparing: PreparePanel | None = None
        self._code: OnBoardCodePanel | None = None
        self._days: Watch | None = None
        self._lease: LeaseState | None = None
        """Where the key was when it was last told."""
        self._back: tuple[str, PersonId | None] = ("home", None)
        self.strip = OnBoardStrip()
        self.strip.wanted.connect(self.show_page)
        self.strip.put_off.connect(self._on_strip_put_off)
        window.add_strip(self.strip)
        window.later_pages[PAGE] = self._make_page
        window.settings_made.connect(self._on_settings_made)
        self.model.changed.connect(self._show)
        self.model.message.connect(window.toast.show_message)
        self.model.refused.connect(self._on_refused)
        self.model.pin_refused.connect(self._on_pin_refused)
        self.model.pin_kept.connect(self._on_pin_kept)
        self.model.pin_not_kept.connect(self._on_pin_not_kept)
        bind = actions.commands.bind
        bind(SHOW, self.show_on_board)
        bind(PREPARE, self.ask_prepare)
        bind(PAUSE, self.model.pause)
        bind(ERASE, self.ask_erase)
        bind(CODE, self.show_page)
        self._show_idle()

    def start(self) -> None:
        """Follow what is on board."""
        self.model.start()

    async def aclose(self) -> None:
        """End what is under way."""
        self._on_prepare_closed()
        await self.model.aclose()

    @Slot()
    def lock(self) -> None:
        """Close what is on board while nobody is there, where a code opens it again."""
        self.model.lock()

    @Slot()
    def unlock(self) -> None:
        """Ask for the code as soon as somebody is back."""
        if self.model.lease is LeaseState.PIN_NEEDED and self._window.page_name != PAGE:
            self._ask(LeaseState.PIN_NEEDED)

    @Slot(object)
    def show_network(self, network: NetworkState) -> None:
        """Take how much network there is."""
        self.model.show_network(network)

    @Slot(object)
    def on_visits_made(self, page: VisitsPage) -> None:
        """Put the card where the visits are."""
        from avise.ui.on_board.card import OnBoardCard  # noqa: PLC0415 - not needed by the first paint

        self.card = OnBoardCard(self.model)
        self.card.prepare_requested.connect(self.ask_prepare)
        self.card.code_requested.connect(self.show_page)
        page.set_on_board(self.card)
        self.card.show_status()

    # ---- how it stands -------------------------------------------------------------------------
    @Slot()
    def _show(self) -> None:
        self._show_idle()
        self._show_search()
        if self._code is not None:
            self._code.show_status(self.model.status)
        if self.page is not None and self.model.status is not None:
            self.page.show_status(self.model.status)
        if self.model.status is not None:
            self._show_lease(self.model.lease)

    def _show_idle(self) -> None:
        """Leave out of the palette what would do nothing now."""
        status, idle = self.model.status, set[str]()
        if status is None or not self.model.is_allowed:
            idle = {SHOW, PREPARE, PAUSE, ERASE, CODE}
        else:
            idle |= {PREPARE} if status.preparing else {PAUSE}
            idle |= {ERASE} if is_empty(status) else set()
            idle |= set() if status.lease is LeaseState.PIN_NEEDED else {CODE}
        self._actions.set_idle(SHOW, PREPARE, PAUSE, ERASE, CODE, idle=idle)

    def _show_search(self) -> None:
        """Say how many customers a search reaches without network."""
        held = customers_on_board(self.model.status) if self.model.is_offline else 0
        words = plural("on_board.search", held) if held else text("search.placeholder")
        if words != self._window.top_bar.search.text():
            self._window.top_bar.search.show_words(words)
            field = self._window.palette_view.field
            field.setPlaceholderText(words if held else text("palette.placeholder"))

    def _show_lease(self, lease: LeaseState) -> None:
        before, self._lease = self._lease, lease
        if lease is before:
            return
        if lease in _AWAY:
            self._ask(lease)
            return
        self.strip.hide()
        if self._window.page_name == PAGE:
            self._leave()
        if before in _AWAY and lease is LeaseState.HELD:
            self._window.toast.show_message(Message(text("on_board.opened"), "circle-check", about=ABOUT))

    def _ask(self, lease: LeaseState) -> None:
        """Ask at once when nothing is under way; else say it at the edge, and take nothing away."""
        window = self._window
        if window.page_name == PAGE:
            return
        idle = window.page_name in ("home", VISITS) and window.sessions.current is None
        if idle and not window.is_locked:
            self.show_page()
            return
        window.announcer.say(self.strip.show_lease(lease))

    # ---- the page of a key that is away --------------------------------------------------------
    def _make_page(self) -> QWidget:
        from avise.ui.on_board.locked_page import LockedPage  # noqa: PLC0415 - not needed by the first paint

        self.page = LockedPage()
        self.page.pin_given.connect(self.model.unlock)
        self.page.left.connect(self._leave)
        if self.model.status is not None:
            self.page.show_status(self.model.status)
        return self.page

    @Slot()
    def show_page(self) -> None:
        """Show where the code is typed; where the user was comes back after it."""
        if self._window.page_name != PAGE:
            self._back = (self._window.page_name, self._window.sessions.current)
        self.strip.hide()
        self._close_panels()
        self._window.show_page(PAGE)

    @Slot()
    def _leave(self) -> None:
        """Go back to where the user was."""
        name, person = self._back
        if person is not None and self._window.sessions.tab(person) is not None:
            self._window.sessions.show(person)
        else:
            self._window.show_page(name if name != "customers" else "home")

    @Slot()
    def _on_strip_put_off(self) -> None:
        self.strip.hide()
        self._window.focus_page()

    @Slot(str, str)
    def _on_pin_refused(self, key: str, sentence: str) -> None:
        if self.page is not None:
            self.page.refuse(key, sentence)
            if self.model.status is not None:
                self.page.show_status(self.model.status)
        self._window.announcer.say_now(sentence)

    # ---- panels --------------------------------------------------------------------------------
    def _corner(self) -> QPoint:
        window, px = self._window, theme().px
        left = window.rail.width() + px(16)
        if window.page_name == VISITS and self.card is not None:
            # Beside the list and its card, which say the same in few words.
            left += self.card.width()
        return QPoint(left, window.top_bar.height() + px(44))

    def _close_panels(self) -> None:
        for panel in (self.panel, self.preparing):
            if panel is not None:
                panel.close_panel()

    @Slot()
    def show_on_board(self) -> None:
        """Show what is on board: the card where the visits are, a panel over other pages."""
        if self._window.page_name == VISITS and self.card is not None and self.card.isVisible():
            self.card.first().setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._shown_panel().open_near(self._corner())

    def _shown_panel(self) -> OnBoardPanel:
        if self.panel is None:
            from avise.ui.on_board.panel import OnBoardPanel  # noqa: PLC0415 - not needed by the first paint

            self.panel = OnBoardPanel(self.model, self._window)
            self.panel.card.prepare_requested.connect(self.ask_prepare)
            self.panel.card.code_requested.connect(self.show_page)
        return self.panel

    @Slot()
    def ask_erase(self) -> None:
        """Ask whether what is on board is to be erased, where it is shown."""
        if self._window.page_name == VISITS and self.card is not None and self.card.isVisible():
            self.card.ask_erase()
            return
        self._shown_panel().open_near(self._corner())
        self._shown_panel().card.ask_erase()

    @Slot()
    def ask_prepare(self) -> None:
        """Ask what to take along."""
        if self.preparing is None:
            from avise.ui.on_board.prepare_panel import PreparePanel  # noqa: PLC0415 - as above

            self.preparing = PreparePanel(self.model, self._window)
            self.preparing.closed.connect(self._on_prepare_closed)
            self.preparing.pin_wanted.connect(self._on_pin_wanted)
            self.preparing.code_wanted.connect(self.show_page)
        if self.panel is not None:
            self.panel.close_panel()
        if self._days is None:
            today = local(self._now()).date()
            self._days = self._desk.watch_visits(today, _DAYS, self._on_days, self._on_days_failed)
        self.preparing.open_near(self._corner())

    def _on_days(self, days: Sequence[VisitDay]) -> None:
        if self.preparing is not None:
            self.preparing.show_days(days)

    def _on_days_failed(self, _error: AviseError) -> None:
        """Say nothing of days that are not known; the preparation says what it lacks."""

    @Slot()
    def _on_prepare_closed(self) -> None:
        if self._days is not None:
            self._days.close()
            self._days = None

    @Slot(str, str)
    def _on_refused(self, _key: str, sentence: str) -> None:
        self._window.announcer.say_now(sentence)
        if self.preparing is None or not self.preparing.isVisible():
            message = Message(sentence, "circle-alert", is_error=True, about=ABOUT)
            self._window.toast.show_message(message)

    # ---- the code ------------------------------------------------------------------------------
    @Slot(object)
    def _on_settings_made(self, page: SettingsPage) -> None:
        from avise.ui.on_board.code_panel import OnBoardCodePanel  # noqa: PLC0415 - not needed by the first paint

        self._code = OnBoardCodePanel()
        self._code.wanted.connect(self.model.set_pin)
        page.add_panel(self._code)
        self._code.show_status(self.model.status)

    @Slot()
    def _on_pin_wanted(self) -> None:
        """Go to where the code is chosen."""
        self._close_panels()
        self._window.show_page("settings")
        if self._code is not None:
            self._code.come_into_view()
            self._code.new.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(bool)
    def _on_pin_kept(self, is_set: bool) -> None:
        if self._code is not None:
            self._code.say(text("on_board.code_kept" if is_set else "on_board.code_removed"), is_error=False)

    @Slot(str)
    def _on_pin_not_kept(self, sentence: str) -> None:
        if self._code is not None:
            self._code.say(sentence, is_error=True)
        self._window.announcer.say_now(sentence)
