"""One window's part of the hub: the status bar, the page of sign-in, the strip when a sign-in ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.network import NetworkState
from avise.services.request_values import HubState, HubStatus
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.sign_in.hub_item import HubItem, hub_sentence
from avise.ui.sign_in.strip import SignInStrip
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.ui.shell.actions import WindowActions
    from avise.ui.shell.main_window import MainWindow
    from avise.ui.sign_in.page import SignInPage

PAGE = "sign_in"
_ASKS = (HubState.SIGN_IN_NEEDED, HubState.REFUSED)
_REACHED = (HubState.NONE, HubState.EMBEDDED, HubState.ONLINE)
_NO_SIGN_IN = (HubState.NONE, HubState.STARTING, HubState.SIGN_IN_NEEDED)


def waiting_to_leave(status: HubStatus, shown: Mapping[PersonId, int]) -> Mapping[PersonId, int]:
    """Return what is shown as waiting for the hub, by customer.

    While the hub answers, what is written leaves at once: nothing new is shown, and what was shown goes as
    it leaves.

    Args:
        status: how this station stands.
        shown: what was shown until now.
    """
    waiting = {person: count for person, count in status.unsent.items() if person is not None}
    if status.state not in _REACHED:
        return waiting
    return {person: min(count, shown[person]) for person, count in waiting.items() if person in shown}


class HubInWindow(QObject):
    """Follows the hub for one window.

    Args:
        desk: the services.
        window: where it is shown.
        report: told of failures that no screen shows.
        actions: of that window, where the command that signs out is bound.
        now: the clock.
    """

    def __init__(
        self,
        desk: DeskBridge,
        window: MainWindow,
        report: Report,
        actions: WindowActions | None = None,
        *,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self._tasks = TaskScope(self, report)
        self._watch: Watch | None = None
        self.status: HubStatus | None = None
        self.page: SignInPage | None = None
        self._waiting: Mapping[PersonId, int] = {}
        """What is shown as waiting to leave, by customer."""
        self._back: tuple[str, PersonId | None] = ("home", None)
        """Where the user was before signing in."""
        self.item = HubItem(now)
        self.item.clicked.connect(self._on_item)
        self.strip = SignInStrip()
        self.strip.wanted.connect(self.show_page)
        self.strip.put_off.connect(self._on_strip_put_off)
        window.add_strip(self.strip)
        window.status_bar.add_item(self.item)
        window.later_pages[PAGE] = self._make_page
        if actions is not None:
            actions.commands.bind("sign_out", self.sign_out)

    def start(self) -> None:
        """Follow the hub."""
        if self._watch is None:
            self._watch = self._desk.watch_hub(self.show_status, self._on_failed)

    async def aclose(self) -> None:
        """End what is under way."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        await self._tasks.aclose()

    def _on_failed(self, _error: AviseError) -> None:
        """Show nothing of a hub that this desk has not."""

    def unsent(self) -> int:
        """Return how much of what was written here waits for a hub that is not reached now."""
        if self.status is None or self.status.state in _REACHED:
            return 0
        return sum(self.status.unsent.values())

    # ---- how it stands -----------------------------------------------------------------------
    def show_status(self, status: HubStatus) -> None:
        """Show how this station stands with the hub; ask to sign in when it must."""
        before, self.status = self.status, status
        self.item.show_status(status)
        self._waiting = waiting_to_leave(status, self._waiting)
        self._window.customers.set_unsent(self._waiting)
        asks = status.state is HubState.SIGN_IN_NEEDED
        if self.page is not None:
            self.page.show_way(status.sign_in, status.sentence)
        if asks and (before is None or before.state is not HubState.SIGN_IN_NEEDED):
            self._ask(at_start=before is None or before.state is HubState.STARTING)
        if not asks:
            self.strip.hide()
            if status.state in (HubState.ONLINE, HubState.EMBEDDED):
                self._on_signed_in()

    @Slot(object)
    def show_network(self, network: NetworkState) -> None:
        """Say below since when this machine is without network, whatever the hub's last word was."""
        self.item.show_network(network)

    def _ask(self, *, at_start: bool) -> None:
        """Ask at once when nothing is under way; else say it at the edge, and take nothing away."""
        idle = self._window.page_name == "home" and self._window.sessions.current is None
        if at_start and idle and not self._window.is_locked:
            self.show_page()
            return
        if self._window.page_name != PAGE:
            self.strip.show()
            self._window.announcer.say(self.strip.sentence.text())

    def _on_signed_in(self) -> None:
        if self._window.page_name == PAGE:
            self._leave()
            self._window.toast.show_message(Message(text("sign_in.done"), "circle-check"))

    # ---- the page ----------------------------------------------------------------------------
    def _make_page(self) -> QWidget:
        from avise.ui.sign_in.page import SignInPage  # noqa: PLC0415 - not needed by the first paint

        session = self._desk.session
        self.page = SignInPage(session.display_name, session.user)
        self.page.password_given.connect(self._on_password)
        self.page.browser_wanted.connect(self._on_browser)
        self.page.put_off.connect(self._leave)
        if self.status is not None:
            self.page.show_way(self.status.sign_in, self.status.sentence)
        return self.page

    @Slot()
    def show_page(self) -> None:
        """Show the page of sign-in; where the user was comes back after it."""
        if self._window.page_name != PAGE:
            self._back = (self._window.page_name, self._window.sessions.current)
        self.strip.hide()
        self._window.show_page(PAGE)

    @Slot()
    def _leave(self) -> None:
        """Go back to where the user was."""
        name, person = self._back
        if person is not None and self._window.sessions.tab(person) is not None:
            self._window.sessions.show(person)
        else:
            self._window.show_page(name)

    @Slot()
    def _on_strip_put_off(self) -> None:
        self.strip.hide()
        self._window.focus_page()

    @Slot()
    def _on_item(self) -> None:
        """Lead to where one signs in; else say how the station stands."""
        if self.status is None:
            return
        if self.status.state is HubState.SIGN_IN_NEEDED:
            self.show_page()
        else:
            self._window.toast.show_message(Message(hub_sentence(self.status), "cloud", about="hub"))

    # ---- signing in --------------------------------------------------------------------------
    @Slot(str)
    def _on_password(self, password: str) -> None:
        self._tasks.spawn(self._sign_in(password), name="sign in", when_busy="drop")

    async def _sign_in(self, password: str) -> None:
        page = self.page
        if page is None:
            return
        page.set_busy(busy=True)
        try:
            await self._desk.sign_in(password)
        except AviseError as error:
            self._tell(text(error.message_key, **error.params))
        finally:
            page.set_busy(busy=False)

    @Slot()
    def sign_out(self) -> None:
        """Forget who is signed in at the hub; what is written here stays."""
        self._tasks.spawn(self._sign_out(), name="sign out", when_busy="drop")

    async def _sign_out(self) -> None:
        if self.status is None or not self.status.sign_in or self.status.state in _NO_SIGN_IN:
            self._window.toast.show_message(Message(text("sign_in.nothing_to_leave"), "log-out"))
            return
        try:
            await self._desk.sign_out()
        except AviseError as error:
            self._tell(text(error.message_key, **error.params))
            return
        self._window.toast.show_message(Message(text("sign_in.signed_out"), "log-out"))

    @Slot()
    def _on_browser(self) -> None:
        self._tasks.spawn(self._sign_in_with_provider(), name="sign in", when_busy="drop")

    async def _sign_in_with_provider(self) -> None:
        page = self.page
        if page is None:
            return
        page.set_busy(busy=True)
        try:
            address = await self._desk.sign_in_with_provider()
        except AviseError as error:
            self._tell(text(error.message_key, **error.params))
            return
        finally:
            page.set_busy(busy=False)
        if QDesktopServices.openUrl(QUrl(address)):
            self._tell(text("sign_in.in_browser"), is_error=False)
        else:
            self._tell(text("oidc.sign_in_browser"))

    def _tell(self, sentence: str, *, is_error: bool = True) -> None:
        if self.page is not None:
            self.page.tell(sentence, is_error=is_error)
        say = self._window.announcer.say_now if is_error else self._window.announcer.say
        say(sentence)
