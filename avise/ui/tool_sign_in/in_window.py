"""Signing in again at a tool, in one window: which tool asks, the browser or the code, and the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from avise.models.errors import AviseError
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import BrowserPage, DeviceCode, SignInStep, SignInWay
from avise.texts import text
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.sources.sentences import asks_sign_in
from avise.ui.theme import theme
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.ui.shell.actions import WindowActions
    from avise.ui.shell.main_window import MainWindow
    from avise.ui.tool_sign_in.panel import ToolSignInPanel

RECONNECT = "reconnect_tool"
"""Command of the palette."""


class ToolSignInsInWindow(QObject):
    """Signs the user in at tools, one at a time, from one window.

    Args:
        desk: the services.
        window: over which the panel stands.
        actions: of that window, where the command is bound.
        now: the clock.
    """

    def __init__(
        self, desk: DeskBridge, window: MainWindow, actions: WindowActions, now: Callable[[], datetime]
    ) -> None:
        super().__init__(window)
        self._desk, self._window, self._actions, self._now = desk, window, actions, now
        self._sources: Sequence[SourceStatus] = ()
        self._instance = ""
        self._page: BrowserPage | DeviceCode | None = None
        self._watch: Watch | None = None
        self.panel: ToolSignInPanel | None = None
        window.customers.sign_in_requested.connect(self.open)
        window.sources.sign_in_requested.connect(self.open)
        actions.commands.bind(RECONNECT, self.open_first)
        actions.set_idle(RECONNECT, idle={RECONNECT})

    def close(self) -> None:
        """Abandon what is under way."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def show_sources(self, sources: Sequence[SourceStatus]) -> None:
        """Take the tools as they are now: the palette offers what one of them asks for."""
        self._sources = sources
        self._actions.set_idle(RECONNECT, idle=set() if any(map(asks_sign_in, sources)) else {RECONNECT})

    # ---- beginning -----------------------------------------------------------------------------
    @Slot()
    def open_first(self) -> None:
        """Sign in at the first tool that asks for it."""
        asking = [source.instance for source in self._sources if asks_sign_in(source)]
        if asking:
            self.open(asking[0])
        else:
            self._window.toast.show_message(Message(text("tool_sign_in.nobody_asks"), "circle-check"))

    @Slot(str)
    def open(self, instance: str) -> None:
        """Sign in at a tool."""
        from avise.ui.tool_sign_in.panel import ToolSignInPanel  # noqa: PLC0415 - not for the first paint

        if self.panel is not None and self.panel.isVisible() and instance == self._instance:
            return
        self._leave_panel()
        self._instance = instance
        self.panel = panel = ToolSignInPanel(self._name(), self._window, self._now)
        panel.closed.connect(self._on_closed)
        panel.page_wanted.connect(self._open_page)
        panel.way_wanted.connect(self._begin)
        search = self._window.top_bar.search
        panel.open_under(search.mapTo(self._window, QPoint(0, search.height() + theme().px(4))))
        self._begin(SignInWay.DEVICE if self._way() is SignInWay.DEVICE else SignInWay.BROWSER)

    @Slot(object)
    def _begin(self, way: SignInWay) -> None:
        self.close()
        panel = self.panel
        if panel is None:
            return
        panel.show_preparing(way, may_change=self._way() is not SignInWay.DEVICE)
        try:
            self._watch = self._desk.watch_tool_sign_in(
                self._instance, way, self._on_step, self._on_failed, self._on_interrupted
            )
        except AviseError as error:
            self._on_failed(error)

    # ---- steps ---------------------------------------------------------------------------------
    def _on_step(self, step: SignInStep) -> None:
        panel = self.panel
        if panel is None:
            return
        if isinstance(step, BrowserPage):
            self._page = step
            panel.show_browser()
            self._window.announcer.say(panel.sentence.text())
            self._open_page()
        elif isinstance(step, DeviceCode):
            self._page = step
            panel.show_code(step)
            self._window.announcer.say(f"{panel.sentence.text()} {panel.code.accessibleName()}")
        else:
            self._watch = None
            panel.close_panel()
            sentence = text("tool_sign_in.done", source=self._name())
            self._window.toast.show_message(Message(sentence, "circle-check"))
            self._window.announcer.say(sentence)

    @Slot()
    def _open_page(self) -> None:
        """Open the page in the user's browser; without one, go on with a code."""
        page, panel = self._page, self.panel
        if page is None or panel is None:
            return
        address = page.address
        if isinstance(page, DeviceCode) and page.complete_address:
            address = page.complete_address
        if QDesktopServices.openUrl(QUrl(address)):
            return
        self._window.announcer.say(text("tool_sign_in.no_browser"))
        if isinstance(page, BrowserPage):
            self._begin(SignInWay.DEVICE)

    def _on_failed(self, error: AviseError) -> None:
        self._watch = None
        self._tell(text(error.message_key, **error.params))

    def _on_interrupted(self) -> None:
        # Followed again, the stream would open the browser by itself.
        self.close()
        self._tell(text("tool_sign_in.interrupted", source=self._name()))

    def _tell(self, sentence: str) -> None:
        if self.panel is not None:
            self.panel.show_failure(sentence)
        self._window.announcer.say_now(sentence)

    @Slot()
    def _on_closed(self) -> None:
        self.close()
        self._page = None

    def _leave_panel(self) -> None:
        panel, self.panel = self.panel, None
        if panel is not None:
            panel.close_panel()
            panel.deleteLater()
        self.close()

    # ---- the tool ------------------------------------------------------------------------------
    def _source(self) -> SourceStatus | None:
        return next((one for one in self._sources if one.instance == self._instance), None)

    def _name(self) -> str:
        source = self._source()
        return source.name if source is not None else self._instance

    def _way(self) -> SignInWay:
        source = self._source()
        return source.sign_in if source is not None else SignInWay.NONE
