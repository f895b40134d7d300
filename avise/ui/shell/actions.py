"""What the user does in one window: commands, pages, customers, calls."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from avise.models.customer import PersonId, SearchHit
from avise.models.requests import RequestId
from avise.models.roles import Purpose
from avise.services.day_values import TaskRow
from avise.services.desk import CallState, IncomingCall
from avise.texts import text
from avise.ui.bridge import DeskBridge
from avise.ui.discretion import discretion
from avise.ui.help.helping import Helping
from avise.ui.home.asked_in_window import AskedInWindow
from avise.ui.home.view_model import reminder_sentence
from avise.ui.notifications.centre import Notification, notify
from avise.ui.outbox.chips import COMMANDS as OUTBOX_COMMANDS
from avise.ui.people.in_window import PeopleInWindow
from avise.ui.requests.commands import COMMANDS as REQUEST_COMMANDS
from avise.ui.shell.calls import Calls
from avise.ui.shell.commands import Commands, is_typing
from avise.ui.shell.detaching import Detaching
from avise.ui.shell.main_window import CUSTOMERS, MainWindow
from avise.ui.shell.opening import Opening
from avise.ui.shell.screen_places import ScreenPlaces
from avise.ui.shell.sessions import MAX_SESSIONS, SessionTab
from avise.ui.shell.zones import ZoneWalk
from avise.ui.shortcuts import SHORTCUTS, Scope, keys_of
from avise.ui.theme import Scheme, theme
from avise.ui.visits.commands import COMMANDS as VISIT_COMMANDS
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.ui.identity.deciding import DecidingRecords

LANGUAGE_COMMANDS = ("fr", "en")


class WindowActions(QObject):
    """Connects a window's widgets to what they do.

    Args:
        window: whose widgets.
        desk: the services.
        calls: this agent's calls.
        places: where detached sessions stood.

    Signals:
        setting_changed: key and value of a setting that the user chose.
        lock_requested: the user leaves the desk.
    """

    setting_changed = Signal(str, str)
    lock_requested = Signal()

    def __init__(self, window: MainWindow, desk: DeskBridge, calls: Calls, places: ScreenPlaces) -> None:
        super().__init__(window)
        self._window, self._desk, self._calls = window, desk, calls
        self._wrap_ups: dict[PersonId, int] = {}
        """Seconds left of each wrap-up."""
        self._armed: Message | None = None
        """What the first press of the keys that end a call says."""
        self.helping = Helping(window, window.tasks)
        self.helping.keys_requested.connect(self._page_opener("keys"))
        self._follows_panel = False
        """The panel of notifications, made when it was first wanted, is listened to."""
        self.show_request: Callable[[RequestId], None] = lambda _request: None
        """Shows a request that a notification tells of; of the middle office, once it is there."""
        self._idle: frozenset[str] = frozenset()
        """Commands of the palette that would do nothing now, by the network and what is on board."""
        self.opening = Opening(window)
        self.commands = Commands(window)
        self.detaching = Detaching(window, self.commands, places)
        self.people = PeopleInWindow(desk, window.my_day.now, window.undoing, window.tasks, window)
        self.asked = AskedInWindow(window)
        self._walk = ZoneWalk(window.zones, window.announcer)
        self._met = ""
        """The call that was announced last, names and all."""
        self._connect_widgets()
        self._connect_calls()
        self._bind()

    def _show_same_person(self) -> None:
        self.records.show_proposals()

    @cached_property
    def records(self) -> DecidingRecords:
        """What is decided of records that may be one person's, made at its first use."""
        from avise.ui.identity.deciding import DecidingRecords  # noqa: PLC0415 - not needed by the first paint

        window = self._window
        deciding = DecidingRecords(self._desk, window.my_day.now, window.tasks, window)
        deciding.acted.connect(window.undoing.offer)
        deciding.opened.connect(self._on_recent_chosen)
        window.undoing.undone.connect(deciding.read_again)
        return deciding

    def _connect_widgets(self) -> None:
        window = self._window
        window.rail.chosen.connect(self._on_rail)
        window.top_bar.search_requested.connect(self.search)
        window.top_bar.tabs.new_requested.connect(self.search)
        window.top_bar.tabs.shown.connect(window.sessions.show)
        window.top_bar.tabs.close_requested.connect(window.sessions.close)
        window.top_bar.bell.clicked.connect(self.show_notifications)
        window.top_bar.discreet.clicked.connect(self._toggle_discretion)
        window.status_bar.counts.clicked.connect(self._show_sources)
        window.palette_view.customer_chosen.connect(self._on_customer_chosen)
        window.settings_made.connect(lambda page: page.changed.connect(self.setting_changed))
        window.sources.message.connect(window.toast.show_message)
        for page in (window.home, window.nobody):
            page.search_requested.connect(self.search)
            page.customer_chosen.connect(self._on_recent_chosen)
        window.home.sources_requested.connect(self._show_sources)
        window.home.call_chosen.connect(self._on_call_back)
        window.home.person_chosen.connect(self._on_person_chosen)
        window.my_day.message.connect(window.toast.show_message)
        window.my_day.reminder_due.connect(self._on_reminder_due)
        window.undoing.message.connect(window.toast.show_message)
        window.call_panel.person_chosen.connect(self._on_caller_chosen)
        window.call_panel.search_requested.connect(self.search)
        window.call_panel.prospect_requested.connect(self._new_prospect)
        window.call_panel.exchange_requested.connect(self._new_exchange)
        window.home.unlinked_requested.connect(self.people.show_unlinked)
        self.people.message.connect(window.toast.show_message)
        self.people.person_added.connect(self._on_person_added)
        self.people.person_removed.connect(window.sessions.close)
        self.people.exchange_kept.connect(window.call_panel.hide)
        window.call_panel.end_requested.connect(self._end_call)
        window.customers.call_end_requested.connect(self._end_call)
        window.sessions.current_changed.connect(self._on_current_changed)
        window.customers.open_requested.connect(self._on_recent_chosen)
        window.customers.message.connect(window.toast.show_message)
        window.customers.message.connect(window.undoing.remember)
        window.customers.acted.connect(window.undoing.offer)
        window.customers.wrap_up_ticked.connect(self._on_wrap_up_ticked)

    def _connect_calls(self) -> None:
        self._calls.rang.connect(self._on_rang)
        self._calls.answered.connect(self._on_answered)
        self._calls.changed.connect(self._on_changed)
        self._calls.ended.connect(self._on_ended)
        self._calls.state_changed.connect(self._window.top_bar.show_agent)
        self._calls.ticked.connect(self._window.top_bar.tabs.set_call_seconds)

    def _bind(self) -> None:
        window, bind = self._window, self.commands.bind
        for name in ("palette", "new_session"):
            bind(name, self.search)
        for name, page in (
            ("keys", "keys"),
            ("settings", "settings"),
            ("go_home", "home"),
            ("go_customers", CUSTOMERS),
            ("go_requests", "requests"),
            ("go_sources", "sources"),
        ):
            bind(name, self._page_opener(page))
        bind("bulk_decide", self._show_held)
        bind("undo", window.undoing.undo_last)
        bind("new_prospect", self._new_prospect)
        bind("new_exchange", self._new_exchange)
        bind("unlinked", self.people.show_unlinked)
        bind("same_person", self._show_same_person)
        for name, form in (
            ("new_task", window.home.add_task),
            ("absence", window.home.declare_absence),
            ("confirmation", self.asked.show_first),
        ):
            bind(name, self._on_home(form))
        bind("help", self._help)
        bind("notifications", self.show_notifications)
        bind("discreet", self._toggle_discretion)
        bind("lock", self.lock_requested.emit)
        bind("next_zone", lambda: self._walk.go(1))
        bind("previous_zone", lambda: self._walk.go(-1))
        bind("message", window.toast.take_focus)
        bind("zoom_in", lambda: self._zoom(1))
        bind("zoom_out", lambda: self._zoom(-1))
        bind("zoom_reset", lambda: self._zoom(0))
        bind("full_screen", self._toggle_full_screen)
        bind("next_session", lambda: window.sessions.step(1))
        bind("previous_session", lambda: window.sessions.step(-1))
        self.commands.bind_sessions(self._show_session)
        bind("detach_session", self.detaching.toggle)
        bind("close_session", self._close_session)
        bind("reopen_session", self._reopen_session)
        bind("pick_up", window.call_panel.pick_up)
        bind("end_call", self._end_call, by_keys=self._on_end_keys)
        for scheme in Scheme:
            bind(f"theme_{scheme}", self._setter("theme", scheme))
        for code in LANGUAGE_COMMANDS:
            bind(f"language_{code}", self._setter("language", code))
        for declared in SHORTCUTS:
            if declared.scope is Scope.CUSTOMER and not declared.handled_by_view:
                bind(declared.id, self._customer_command(declared.id))

    # ---- commands ----------------------------------------------------------------------------
    @Slot()
    def search(self) -> None:
        """Open the palette."""
        window = self._window
        useless = {"pick_up"} if window.call_panel.isHidden() else set()
        useless |= set() if self._calls.may_end else {"end_call"}
        useless |= set() if window.page_name == "outbox" else OUTBOX_COMMANDS
        useless |= set() if window.page_name == "requests" else REQUEST_COMMANDS
        useless |= set() if window.page_name == "visits" else VISIT_COMMANDS
        useless |= set() if window.undoing.can_undo else {"undo"}
        useless |= self._idle
        person = self.detaching.person()
        offered = self.commands.offered(with_customer=person is not None, without=useless)
        shown = window.customers.page(person)
        offered += shown.commands() if shown is not None else []
        window.palette_view.open(offered, {tab.person for tab in window.sessions.tabs})

    def set_idle(self, *commands: str, idle: Collection[str]) -> None:
        """Say which of some commands would do nothing now: the palette leaves those out."""
        self._idle = self._idle - set(commands) | frozenset(idle)

    def _page_opener(self, page: str) -> Callable[[], None]:
        return lambda: self._window.show_page(page)

    def _on_home(self, form: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            self._window.show_page("home")
            form()

        return run

    def _setter(self, key: str, value: str) -> Callable[[], None]:
        return lambda: self.setting_changed.emit(key, value)

    def _customer_command(self, identifier: str) -> Callable[[], None]:
        def run() -> None:
            page = self._window.customers.page(self.detaching.person())
            if page is not None:
                page.run_command(identifier)
            elif identifier in ("refresh_block", "refresh_all") and self._window.page_name == "sources":
                self._window.sources.refresh(everything=identifier == "refresh_all")
            elif identifier in ("refresh_block", "filter_list") and self._window.page_name == "requests":
                run_command = getattr(self._window.current_page(), "run_command", None)
                if run_command is not None:
                    run_command(identifier)
            elif identifier == "refresh_block" and self._window.page_name == "outbox":
                self.commands.run("outbox_verify")

        return run

    def _zoom(self, direction: int) -> None:
        if direction:
            theme().step_zoom(direction)
        else:
            theme().set_zoom(100)
        self.setting_changed.emit("zoom", str(theme().zoom))

    def _help(self) -> None:
        """Show the help of the screen; a customer's page has its own."""
        is_customer = self.detaching.person() is not None
        self.helping.toggle("customer" if is_customer else self._window.page_name)

    @Slot()
    def show_notifications(self) -> None:
        """Open the panel of notifications, or close it."""
        panel = self._window.notification_panel
        if panel.isVisible():
            panel.close_panel()
            return
        if not self._follows_panel:
            self._follows_panel = True
            panel.opened.connect(self._on_notification_opened)
        panel.open_under(self._window.top_bar.bell)

    @Slot(object)
    def _on_notification_opened(self, found: Notification) -> None:
        if found.person is not None:
            self.opening.open_tab(SessionTab(found.person, ""))
        elif found.request is not None:
            self.show_request(found.request)
        elif found.page:
            self._window.show_page(found.page)

    @Slot()
    def _toggle_discretion(self) -> None:
        discretion().set_on(on=not discretion().is_on)
        told = text("discreet.on" if discretion().is_on else "discreet.off")
        # The later one takes the place of the earlier: a message must not say the mode that was left.
        self._window.toast.show_message(Message(told, "eye", about="discreet"))

    def _toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def _show_session(self, number: int) -> None:
        # The session comes under the eyes, not behind the palette.
        self._window.palette_view.close_palette()
        self._window.sessions.show_number(number)

    def _close_session(self) -> None:
        current = self.detaching.person()
        if current is not None:
            self._window.sessions.close(current)

    def _reopen_session(self) -> None:
        tab = self._window.sessions.reopen()
        if tab is not None:
            self.opening.open_tab(tab)

    @Slot(str)
    def _on_rail(self, page: str) -> None:
        self._window.show_page(page)
        self._window.rail.set_current(self._window.page_name)

    def _show_held(self) -> None:
        self._show_sources()
        self._window.sources.show_held()

    @Slot()
    def _show_sources(self) -> None:
        self._window.show_page("sources")

    # ---- customers ---------------------------------------------------------------------------
    @Slot(object, bool)
    def _on_customer_chosen(self, hit: SearchHit, behind: bool) -> None:
        on_call = self._calls.call is not None and self._calls.person is None
        if on_call and not behind:
            self._take_call_with(hit)
        else:
            self.opening.open_hit(hit, Purpose.SEARCH, behind=behind)

    @Slot(object)
    def _on_recent_chosen(self, hit: SearchHit) -> None:
        self.opening.open_hit(hit, Purpose.SEARCH)

    @Slot(object)
    def _on_call_back(self, hit: SearchHit) -> None:
        self.opening.open_hit(hit, Purpose.CALL)

    @Slot(object)
    def _on_reminder_due(self, row: TaskRow) -> None:
        """Say that a task comes due; the list is one press away, and no name is on the screen."""
        see = Message(
            reminder_sentence(row),
            "bell",
            action=text("day.reminder.see"),
            on_action=self._page_opener("home"),
        )
        self._window.toast.show_message(see)
        at, place = self._calls.now(), text("rail.home")
        about = f"task/{row.task.id}"
        notify(Notification(about, reminder_sentence(row), place, at, "clock", page="home"))

    @Slot(object)
    def _on_person_chosen(self, person: PersonId) -> None:
        # The page says its name when it is read; until then the tab has none.
        self.opening.open_tab(SessionTab(person, ""))

    @Slot()
    def _on_current_changed(self) -> None:
        current = self._window.sessions.current
        if current is not None and current == self._calls.person:
            self._calls.concerns(current)
            self._window.customers.set_call(current, self._calls.call)

    @Slot()
    def _new_prospect(self) -> None:
        self.people.add_prospect(self._unknown_call())

    @Slot()
    def _new_exchange(self) -> None:
        self.people.keep_exchange(self._unknown_call())

    def _unknown_call(self) -> IncomingCall | None:
        """Return the call under way, when nobody's file was opened for it."""
        return self._calls.call if self._calls.person is None else None

    @Slot(object, str)
    def _on_person_added(self, person: PersonId, name: str) -> None:
        on_call = self._calls.call is not None and self._calls.person is None
        if on_call:
            self._calls.concerns(person)
            self._window.call_panel.hide()
        self.opening.open_tab(SessionTab(person, name, Purpose.CALL if on_call else Purpose.REQUEST))
        if on_call:
            self._mark_call(person)

    # ---- calls -------------------------------------------------------------------------------
    @Slot(object)
    def _on_rang(self, call: IncomingCall) -> None:
        if self._window.is_locked:
            # Whoever stands before the screen may not learn who calls; told again once it is open.
            self._window.announcer.say_locked(text("lock.call"))
            return
        self._met = call.call_id
        sentence = self._window.call_panel.show_call(call)
        self._window.announcer.say_now(sentence)
        if len(call.matches) == 1 and self._can_open_behind(call.matches[0]):
            # Opened behind the page shown: what is being typed keeps its place.
            hit = call.matches[0]
            self.opening.open_hit(hit, Purpose.CALL, behind=True)
            self._mark_call(hit.entry.person)

    def _can_open_behind(self, hit: SearchHit) -> bool:
        """Return whether a file opens without a question: nothing may take the keyboard unasked."""
        sessions = self._window.sessions
        is_open = sessions.tab(hit.entry.person) is not None
        return is_open or (not hit.entry.party.restricted and len(sessions.tabs) < MAX_SESSIONS)

    @Slot(object)
    def _on_answered(self, _call: IncomingCall) -> None:
        person = self._calls.person
        if self._window.is_locked or person is None or self._window.sessions.tab(person) is None:
            return
        self._mark_call(person)
        if not is_typing():
            self._window.call_panel.hide()
            self._window.sessions.show(person)

    @Slot(object)
    def _on_caller_chosen(self, hit: SearchHit) -> None:
        self._take_call_with(hit)

    def meet_call(self) -> None:
        """Show the call that came while the desk was locked, when it still rings or was answered.

        One that was announced before the lock is not announced again.
        """
        call = self._calls.call
        if call is None:
            return
        if call.call_id != self._met:
            self._on_rang(call)
        if call.state is not CallState.RINGING:
            self._on_answered(call)

    def _take_call_with(self, hit: SearchHit) -> None:
        self._calls.concerns(hit.entry.person)
        self._window.call_panel.hide()
        self.opening.open_hit(hit, Purpose.CALL)
        self._mark_call(hit.entry.person)

    def _mark_call(self, person: PersonId) -> None:
        for tab in self._window.sessions.tabs:
            self._window.sessions.mark(tab.person, on_call=tab.person == person)
        self._window.customers.set_call(person, self._calls.call)

    @Slot(object)
    def _on_changed(self, call: IncomingCall) -> None:
        if self._calls.person is not None:
            self._window.customers.set_call(self._calls.person, call)
        self._window.call_panel.follow(call)

    @Slot()
    def _end_call(self) -> None:
        """End the call that no telephony follows; the note and its draft stay."""
        if self._calls.end():
            self._say(text("call.ended"), "phone-off")

    def _on_end_keys(self) -> None:
        """Arm at the first press, end at the second: the keys of hanging up (`ui.md` 7)."""
        if self._calls.call is None:
            return
        if not self._calls.may_end:
            self._say(text("call.followed"), "phone")
            return
        is_over = self._calls.end_at_second_press()
        if self._armed is not None and self._window.toast.message() is self._armed:
            self._window.toast.close_message()
        self._armed = None
        if is_over:
            self._say(text("call.ended"), "phone-off")
        else:
            self._armed = Message(text("call.end_armed", keys=keys_of("end_call")), "phone")
            self._window.toast.show_message(self._armed)

    def _say(self, sentence: str, icon: str) -> None:
        self._window.toast.show_message(Message(sentence, icon))

    @Slot(object)
    def _on_ended(self, person: PersonId | None) -> None:
        self._window.call_panel.hide()
        if person is not None:
            self._window.sessions.mark(person, on_call=False)
            self._window.customers.set_call(person, None)

    @Slot(object, int)
    def _on_wrap_up_ticked(self, person: PersonId, seconds: int) -> None:
        """Count the wrap-up on its tab and on the agent's state; a call has that place first."""
        self._window.top_bar.tabs.set_wrap_up_seconds(person, seconds)
        self._wrap_ups = {**self._wrap_ups, person: seconds}
        if self._calls.call is None:
            # Two at once: the last one begun has most time left.
            self._window.top_bar.show_wrap_up(max(self._wrap_ups.values()))
