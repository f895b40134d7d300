"""One user's desktop: settings, sessions kept from one start to the next, tools and calls followed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from avise.env import Env
from avise.models.errors import AviseError
from avise.models.source_status import SourceState, SourceStatus
from avise.services.desk import IncomingCall
from avise.services.settings_file import CallWith
from avise.texts import language, plural, set_language, text
from avise.texts.formats import format_time_with_seconds
from avise.texts.imposed import is_language_imposed
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.lock.lockable import LockableWindow
from avise.ui.lock.locking import Locking
from avise.ui.network.in_window import NetworkInWindow
from avise.ui.new_request.in_window import NewRequestsInWindow
from avise.ui.notifications.centre import Notification, notifications, notify
from avise.ui.on_board.in_window import OnBoardInWindow
from avise.ui.outbox.in_window import OutboxInWindow
from avise.ui.outbox.view_model import OutboxViewModel
from avise.ui.pane_widths import pane_widths
from avise.ui.requests.in_window import RequestsInWindow
from avise.ui.shell.actions import WindowActions
from avise.ui.shell.calls import Calls
from avise.ui.shell.dialling import Dialling
from avise.ui.shell.main_window import MainWindow
from avise.ui.shell.page import MakeCustomerPage
from avise.ui.shell.relabelling import keys_written, relabel
from avise.ui.shell.screen_places import ScreenPlaces
from avise.ui.shell.sessions import SessionTab
from avise.ui.shell.setting_choices import DEFAULTS, IDLE_MINUTES
from avise.ui.shortcuts import read_kept, remap
from avise.ui.sign_in.in_window import HubInWindow
from avise.ui.sources.file_news import FileNews
from avise.ui.sources.sentences import is_held
from avise.ui.team.in_window import TeamInWindow
from avise.ui.theme import Density, Scheme, theme
from avise.ui.theme.motion import reduce_motion
from avise.ui.tool_sign_in.in_window import ToolSignInsInWindow
from avise.ui.visits.in_window import VisitsInWindow
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.ui.shell.settings_page import SettingsPage

SAVE_TABS_MS = 500
"""Tabs and widths of panes are kept half a second after the last change."""

_DIRECTORY = "directory"
"""What the notification of a directory that waits is about."""


class Desktop(QObject):
    """The window and everything that moves it.

    Args:
        desk: the services.
        env: the clock.
        make_customer_page: builds a customer's page.
        report: told of failures that no screen shows.
        idle_at_most: minutes without a key or the mouse that the profile allows before the desk locks.
        call_with: what the workstation's telephone answers to.

    Signals:
        close_requested: the user closes the window.
    """

    close_requested = Signal()

    def __init__(
        self,
        desk: DeskBridge,
        env: Env,
        make_customer_page: MakeCustomerPage,
        report: Report,
        idle_at_most: int = IDLE_MINUTES[-1],
        *,
        call_with: CallWith = CallWith.TEL,
    ) -> None:
        super().__init__()
        self._idle_at_most = idle_at_most
        self._desk, self._env = desk, env
        self._make_customer_page, self._report = make_customer_page, report
        self._tasks = TaskScope(self, report)
        self._watches: list[Watch] = []
        self._leaving = TaskScope(self, report)
        """Windows in another language, on their way out: closing one is not cut short."""
        self._sources: Sequence[SourceStatus] | None = None
        """None while nobody knows the tools: no tool at all is another thing."""
        self._directory_waits = False
        self._values = dict(DEFAULTS)
        """Settings in force that the theme does not know."""
        self._save_tabs = QTimer(self)
        self._save_tabs.setSingleShot(True)
        self._save_tabs.setInterval(SAVE_TABS_MS)
        self._save_tabs.timeout.connect(self._on_save_tabs)
        self._save_panes = QTimer(self)
        self._save_panes.setSingleShot(True)
        self._save_panes.setInterval(SAVE_TABS_MS)
        self._save_panes.timeout.connect(self._on_save_panes)
        pane_widths().changed.connect(self._save_panes.start)
        self._places = ScreenPlaces()
        self.calls = Calls(env, self)
        self.calls.missed.connect(self._on_call_missed)
        self.calls.rang.connect(self._on_rang)
        self.beep: Callable[[], None] = QApplication.beep
        """The one sound: somebody calls (`ui.md` 5.15)."""
        self._dialling = Dialling(call_with, self._tell, self)
        self._file_news = FileNews()
        self._failing: frozenset[str] | None = None
        """Tools that do not answer, once they were told of."""
        self.locking = Locking(desk, env, self.calls, self._tasks, self._windows, self)
        self.locking.locked.connect(self._on_locked)
        self.locking.unlocked.connect(self._on_unlocked)
        self.locking.sessions_refused.connect(self._on_sessions_refused)
        self.outbox = OutboxViewModel(desk, self)
        self._outboxes: dict[MainWindow, OutboxInWindow] = {}
        self._requests: dict[MainWindow, RequestsInWindow] = {}
        self._new_requests: dict[MainWindow, NewRequestsInWindow] = {}
        self._hubs: dict[MainWindow, HubInWindow] = {}
        self._networks: dict[MainWindow, NetworkInWindow] = {}
        self._teams: dict[MainWindow, TeamInWindow] = {}
        self._visits: dict[MainWindow, VisitsInWindow] = {}
        self._on_board: dict[MainWindow, OnBoardInWindow] = {}
        self._tool_sign_ins: dict[MainWindow, ToolSignInsInWindow] = {}
        self.window, self.actions = self._new_window()

    def _new_window(self) -> tuple[MainWindow, WindowActions]:
        window = MainWindow(self._desk, self._env, self._make_customer_page, self._report, self._idle_at_most)
        actions = WindowActions(window, self._desk, self.calls, self._places)
        actions.detaching.moved.connect(self._on_detached_moved)
        actions.setting_changed.connect(self._on_setting_changed)
        actions.lock_requested.connect(self._on_lock_requested)
        window.settings_made.connect(self._on_settings_made)
        outbox = OutboxInWindow(self.outbox, window, actions, self._env, self._report)
        outbox.close_requested.connect(self.close_requested)
        window.home.call_chosen.connect(self._dialling.call)
        self._outboxes[window] = outbox
        requests = RequestsInWindow(self._desk, window, actions, self._env, self._report)
        self._requests[window] = requests
        for room in (outbox, requests):
            window.home.compare_requested.connect(room.compare_about)
        self._hubs[window] = HubInWindow(self._desk, window, self._report, actions, now=self._env.now)
        outbox.written = self._hubs[window].unsent
        network = NetworkInWindow(self._desk, window, self._report, actions, self._env.now)
        network.state_changed.connect(self._hubs[window].show_network)
        self._networks[window] = network
        self._teams[window] = TeamInWindow(self._desk, window, actions, requests, self._env, self._report)
        self._visits[window] = VisitsInWindow(
            self._desk, window, actions, self.outbox, self._env, self._report
        )
        on_board = OnBoardInWindow(self._desk, window, actions, self._env.now, self._report)
        network.state_changed.connect(on_board.show_network)
        self._visits[window].page_made.connect(on_board.on_visits_made)
        self._on_board[window] = on_board
        self._new_requests[window] = NewRequestsInWindow(
            self._desk, window, actions, requests, self._env, self._report
        )
        self._tool_sign_ins[window] = ToolSignInsInWindow(self._desk, window, actions, self._env.now)
        window.sessions.changed.connect(self._save_tabs.start)
        window.sessions.current_changed.connect(self._on_current_changed)
        return window, actions

    def _tell(self, message: Message) -> None:
        self.window.toast.show_message(message)

    @property
    def requests(self) -> RequestsInWindow:
        """The middle office in the present window."""
        return self._requests[self.window]

    @property
    def visits(self) -> VisitsInWindow:
        """The visits of a representative in the present window."""
        return self._visits[self.window]

    @property
    def on_board(self) -> OnBoardInWindow:
        """The data on board in the present window."""
        return self._on_board[self.window]

    @property
    def network(self) -> NetworkInWindow:
        """The network in the present window."""
        return self._networks[self.window]

    @property
    def hub(self) -> HubInWindow:
        """The hub in the present window."""
        return self._hubs[self.window]

    @property
    def tool_sign_ins(self) -> ToolSignInsInWindow:
        """The sign-ins at tools from the present window."""
        return self._tool_sign_ins[self.window]

    # ---- start and end -----------------------------------------------------------------------
    async def start(self) -> None:
        """Take the settings and the tabs of the last start, then follow tools and calls."""
        await self._restore_settings()
        self.locking.idle.start()
        if await self._show_pin_state():
            # Ending the program and starting it again does not open a locked desk.
            self.locking.lock()
        self._watches = [
            self._desk.watch_sources(self._on_sources),
            self._desk.watch_calls(self.calls.take, self._on_calls_failed, self.calls.interrupt),
        ]
        self.outbox.start()
        self.requests.start()
        self.hub.start()
        self._networks[self.window].start()
        self._on_board[self.window].start()
        self.window.my_day.start()
        await self._restore_tabs()
        self.visits.begin()
        await self._read_recents()

    async def tell_recovery(self) -> None:
        """Say that the last window did not end well, and what came back of it."""
        sessions, drafts = len(self.window.sessions.tabs), len(await self._desk.unfinished_wrap_ups())
        found = {"recovery.sessions": sessions, "recovery.drafts": drafts}
        parts = [plural(key, count) for key, count in found.items() if count]
        sentence = text("recovery.told", found=", ".join(parts)) if parts else text("recovery.nothing")
        # Not an error, but it stays until somebody works again: nobody looks at the screen at that moment.
        self.window.toast.show_message(Message(sentence, "history", is_error=True, gives_way=True))

    async def aclose(self) -> None:
        """Keep the tabs, stop following, close every page. The engine still runs."""
        self.actions.detaching.attach_all()
        self._save_tabs.stop()
        self.locking.idle.stop()
        pane_widths().changed.disconnect(self._save_panes.start)
        panes_wait = self._save_panes.isActive()
        self._save_panes.stop()
        for watch in self._watches:
            watch.close()
        self.outbox.close()
        await self._tasks.aclose()
        try:
            await self._desk.save_tabs(self.window.sessions.saved())
            if panes_wait:
                await self._desk.change_setting("panes", pane_widths().words())
        except AviseError as error:
            self._report("save tabs", error)
        await self._leaving.finished()
        await self._close_window(self.window)

    async def _close_window(self, window: MainWindow) -> None:
        window.palette_view.close_palette()
        await window.tasks.aclose()
        await window.palette_model.aclose()
        await window.sources.aclose()
        await self._outboxes.pop(window).aclose()
        await self._requests.pop(window).aclose()
        await self._new_requests.pop(window).aclose()
        await self._hubs.pop(window).aclose()
        await self._networks.pop(window).aclose()
        await self._teams.pop(window).aclose()
        await self._visits.pop(window).aclose()
        await self._on_board.pop(window).aclose()
        self._tool_sign_ins.pop(window).close()
        await window.my_day.aclose()
        window.customers.close_all()
        window.hide()
        window.deleteLater()

    async def _restore_settings(self) -> None:
        kept = ("theme", "density", "zoom", *DEFAULTS, "shortcuts")
        # What the command line asks for holds for this run; the setting is left as it is.
        for key in kept if is_language_imposed() else ("language", *kept):
            self._apply(key, await self._desk.setting(key))
        pane_widths().restore(await self._desk.setting("panes"))
        self._places.restore(await self._desk.setting("detached"))

    async def _restore_tabs(self) -> None:
        saved = sorted(await self._desk.saved_tabs(), key=lambda tab: tab.position)
        sessions = self.window.sessions
        for tab in saved:
            sessions.open(SessionTab(tab.person, tab.label), show=False)
            if await self._desk.draft(tab.person) is not None:
                sessions.mark(tab.person, has_draft=True)
        active = next((tab.person for tab in saved if tab.active), None)
        if active is not None:
            sessions.show(active)

    # ---- settings ----------------------------------------------------------------------------
    def _apply(self, key: str, value: str) -> None:
        """Put a setting in force; a value that means nothing leaves things as they are."""
        if key == "theme" and value in tuple(Scheme):
            theme().set_scheme(Scheme(value))
        elif key == "density" and value in tuple(Density):
            theme().set_density(Density(value))
        elif key == "zoom" and value.isdigit():
            theme().set_zoom(int(value))
        elif key == "language" and value and value != language():
            self._speak(value)
        elif key == "shortcuts":
            self._give_keys(value)
        elif key in DEFAULTS and value:
            self._values[key] = value
            reduce_motion(asked=self._values["reduce_motion"] == "on")
            self.locking.idle.set_minutes(min(int(self._values["idle_minutes"]), self._idle_at_most))
            self._show_values()

    def _give_keys(self, kept: str) -> None:
        """Give commands the user's own keys, and say them everywhere on screen."""
        before = keys_written()
        remap(read_kept(kept))
        self.actions.commands.rebind()
        for shown in self._windows():
            relabel(shown, before)
        self._show_values()

    def _speak(self, code: str) -> None:
        """Speak another language: the window is built again around the same sessions."""
        self.actions.detaching.attach_all()
        set_language(code)
        old = self.window
        self.window, self.actions = self._new_window()
        sessions = self.window.sessions
        for tab in old.sessions.tabs:
            sessions.open(tab, show=False)
        self.window.resize(old.size())
        self.window.move(old.pos())
        if old.isVisible():
            self.window.setWindowState(old.windowState())
            self.window.show()
        if old.sessions.current is not None:
            sessions.show(old.sessions.current)
        else:
            self.window.show_page(old.page_name)
        self._show_sources()
        self.calls.tell_again()
        self.window.focus_page()
        self.requests.start()
        self.hub.start()
        self._networks[self.window].start()
        self._on_board[self.window].start()
        self.window.my_day.start()
        old.hide()
        self._leaving.spawn(self._close_window(old), name="close the old window", when_busy="parallel")
        self._tasks.spawn(self._read_recents(), name="recents")

    def _show_values(self) -> None:
        """Show the settings in force, where the page was built."""
        if self.window.has_settings:
            self.window.settings.show_values(self._values)

    @Slot(object)
    def _on_settings_made(self, page: SettingsPage) -> None:
        page.show_values(self._values)
        page.pin.wanted.connect(self._on_pin_wanted)
        self._tasks.spawn(self._show_pin_state(), name="state of the code")

    # ---- lock --------------------------------------------------------------------------------
    def _windows(self) -> list[LockableWindow]:
        return [self.window, *self.actions.detaching.windows]

    @Slot()
    def _on_lock_requested(self) -> None:
        if not self.locking.lock():
            self.window.toast.show_message(Message(text("lock.on_call"), "lock"))

    @Slot()
    def _on_locked(self) -> None:
        self.actions.commands.silence(silenced=True)
        self.on_board.lock()

    @Slot()
    def _on_unlocked(self) -> None:
        self.actions.commands.silence(silenced=False)
        self.actions.meet_call()
        self.on_board.unlock()

    @Slot()
    def _on_sessions_refused(self) -> None:
        for tab in self.window.sessions.tabs:
            self.window.sessions.close(tab.person)
        self.window.sessions.forget_closed()

    @Slot(str, str)
    def _on_pin_wanted(self, pin: str, current: str) -> None:
        self._tasks.spawn(self._keep_pin(pin, current), name="keep the code", when_busy="drop")

    async def _keep_pin(self, pin: str, current: str) -> None:
        try:
            await self._desk.keep_pin(pin, current)
        except AviseError as error:
            self.window.settings.pin.say(text(error.message_key, **error.params), is_error=True)
            return
        self.window.settings.pin.say(text("lock.kept" if pin else "lock.removed"), is_error=False)
        await self._show_pin_state()

    async def _show_pin_state(self) -> bool:
        has_pin = await self._desk.has_pin()
        if self.window.has_settings:
            self.window.settings.pin.show_code(is_set=has_pin)
        return has_pin

    # ---- settings kept -----------------------------------------------------------------------
    @Slot(str, str)
    def _on_setting_changed(self, key: str, value: str) -> None:
        self._apply(key, value)
        self._tasks.spawn(self._desk.change_setting(key, value), name=f"keep {key}")

    @Slot()
    def _on_detached_moved(self) -> None:
        places = self._places.words()
        self._tasks.spawn(self._desk.change_setting("detached", places), name="keep the place")

    @Slot()
    def _on_save_panes(self) -> None:
        self._tasks.spawn(self._desk.change_setting("panes", pane_widths().words()), name="keep the panes")

    # ---- what the engine tells ---------------------------------------------------------------
    def _on_sources(self, sources: Sequence[SourceStatus]) -> None:
        self._sources = sources
        self._tell_failing(sources)
        self._tell_held(sources)
        self._file_news.tell(sources, self._env.now())
        self._show_sources()

    def _tell_failing(self, sources: Sequence[SourceStatus]) -> None:
        """Tell a tool that answers no more since the last look, and take it back when it does again."""
        failing = {source.instance: source for source in sources if source.state is SourceState.FAILING}
        before, self._failing = self._failing, frozenset(failing)
        for instance in before or ():
            if instance not in failing:
                notifications().withdraw(f"source/{instance}")
        for instance, source in failing.items():
            if before is not None and instance not in before:
                told = text("notifications.failing")
                about, now = f"source/{instance}", self._env.now()
                notify(Notification(about, told, source.name, now, "circle-x", page="sources"))

    def _tell_held(self, sources: Sequence[SourceStatus]) -> None:
        """Tell of a directory that waits for a decision, until somebody has taken it."""
        held = next(filter(is_held, sources), None)
        if held is None and self._directory_waits:
            notifications().withdraw(_DIRECTORY)
        elif held is not None and not self._directory_waits:
            told, now = text("notifications.directory_waits"), self._env.now()
            notify(Notification(_DIRECTORY, told, held.name, now, "triangle-alert", page="sources"))
        self._directory_waits = held is not None
        self.actions.set_idle("bulk_decide", idle=() if held is not None else ("bulk_decide",))

    @Slot(object)
    def _on_call_missed(self, call: IncomingCall) -> None:
        where = text("notifications.queue", queue=call.queue) if call.queue else ""
        about, now = f"call/{call.call_id}", self._env.now()
        notify(Notification(about, text("notifications.missed"), where, now, "phone-incoming", page="home"))

    @Slot(object)
    def _on_rang(self, _call: IncomingCall) -> None:
        if self._values["sounds"] == "on":
            self.beep()

    def _show_sources(self) -> None:
        seen = format_time_with_seconds(self._env.now())
        self.window.status_bar.show_sources(self._sources, seen)
        self.window.home.show_sources(self._sources)
        self.window.sources.show_sources(self._sources)
        self.tool_sign_ins.show_sources(self._sources or ())

    def _on_calls_failed(self, error: AviseError) -> None:
        # Without telephony the window works; only the agent's state is not known any more.
        self.calls.lose_telephony()
        self._report("calls", error)

    # ---- sessions ----------------------------------------------------------------------------
    @Slot()
    def _on_current_changed(self) -> None:
        if self.window.sessions.current is None:
            self._tasks.spawn(self._read_recents(), name="recents")

    async def _read_recents(self) -> None:
        recents = await self._desk.recents()
        self.window.home.show_recents(recents)
        self.window.nobody.show_recents(recents)

    @Slot()
    def _on_save_tabs(self) -> None:
        self._tasks.spawn(self._desk.save_tabs(self.window.sessions.saved()), name="keep the tabs")
