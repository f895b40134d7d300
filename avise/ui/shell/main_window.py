"""The window: rail, top bar, pages, status bar, and what lies over them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget
from typing_extensions import override

from avise.env import Env
from avise.models.customer import PersonId
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.announce import Announcer
from avise.ui.bridge import DeskBridge
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.discretion import discretion
from avise.ui.home.nobody import NobodyPage
from avise.ui.home.page import HomePage
from avise.ui.home.view_model import MyDayViewModel
from avise.ui.lock.lockable import LockableWindow
from avise.ui.palette.view import PaletteView
from avise.ui.palette.view_model import PaletteViewModel
from avise.ui.shell.call_panel import CallPanel
from avise.ui.shell.customer_pages import CustomerPages
from avise.ui.shell.discreet_page import DiscreetPage, is_hidden
from avise.ui.shell.keys_page import KeysPage
from avise.ui.shell.page import MakeCustomerPage, Page, Zone
from avise.ui.shell.rail import ENTRIES, Rail
from avise.ui.shell.sessions import Sessions
from avise.ui.shell.setting_choices import IDLE_MINUTES
from avise.ui.shell.status_bar import StatusBar
from avise.ui.shell.top_bar import TopBar
from avise.ui.shell.zones import take_focus
from avise.ui.sources.page import SourcesPage
from avise.ui.theme import theme
from avise.ui.undoing import Undoing
from avise.ui.widgets.enter_presses import EnterPresses
from avise.ui.widgets.focus_ring import FocusRing
from avise.ui.widgets.layout import column, rescale_inside, row
from avise.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from avise.ui.notifications.panel import NotificationPanel
    from avise.ui.shell.settings_page import SettingsPage

NARROW, MIN_WIDTH, MIN_HEIGHT = 1280, 960, 600
"""Under the first width the rail loses its words and the search field is shorter (`ui.md` 4.3)."""

CUSTOMERS = "customers"


class MainWindow(LockableWindow):
    """The window of one user.

    `Desktop` (`avise.ui.shell.desktop`) drives it; it only shows.

    Args:
        desk: the services.
        env: the clock.
        make_customer_page: builds a customer's page.
        report: told of failures that no screen shows.
        idle_at_most: minutes without a key or the mouse that the profile allows before the desk locks.

    Signals:
        close_requested: the user closes the window; it stays until the program lets it go.
        entered: this is the window with focus.
        settings_made: the page of settings was built (a `SettingsPage`).
    """

    close_requested = Signal()
    entered = Signal()
    settings_made = Signal(object)

    def __init__(
        self,
        desk: DeskBridge,
        env: Env,
        make_customer_page: MakeCustomerPage,
        report: Report,
        idle_at_most: int = IDLE_MINUTES[-1],
    ) -> None:
        super().__init__()
        self.setWindowTitle(text("app.name"))
        self.setProperty("role", "app")
        self.setMinimumSize(MIN_WIDTH, MIN_HEIGHT)
        self.announcer = Announcer(self)
        self.tasks = TaskScope(self, report)
        self.sessions = Sessions(self)
        self.stack = QStackedWidget()
        self.customers = CustomerPages(self.sessions, self.stack, make_customer_page, self.announcer, self)
        self.rail = Rail()
        self.top_bar = TopBar(self.sessions, desk.session.display_name)
        self.status_bar = StatusBar()
        self.undoing = Undoing(desk, env, self.tasks, self)
        self.my_day = MyDayViewModel(desk, env, self.undoing, report, self)
        self.home = HomePage(self.my_day)
        self.nobody = NobodyPage()
        self.sources = SourcesPage(desk, env, report)
        self._idle_at_most = idle_at_most
        self._settings: SettingsPage | None = None
        self.is_locked = False
        self._rail_pages: dict[str, QWidget] = {
            "home": self.home,
            CUSTOMERS: self.nobody,
            "sources": self.sources,
        }
        # Many small widgets that the first paint must not wait for.
        self.later_pages: dict[str, Callable[[], QWidget]] = {
            "keys": KeysPage,
            "settings": lambda: self.settings,
        }
        for page in self._rail_pages.values():
            self.stack.addWidget(page)
        self._work = column(self.top_bar, self.stack)
        self.setLayout(column(row(self.rail, self._work), self.status_bar))
        self.call_panel = CallPanel(self)
        self.toast = Toast(self)
        self.palette_model = PaletteViewModel(desk, env, report, self)
        self.palette_view = PaletteView(self.palette_model, self.announcer, self)
        self.focus_ring = FocusRing(self)
        EnterPresses(self)
        self.page_name = "home"
        self.sessions.current_changed.connect(self._on_current_changed)
        self.toast.told.connect(self._on_told)
        discretion().changed.connect(self._on_discretion_changed)
        theme().changed.connect(self._on_theme_changed)
        self.show_page("home")

    # ---- pages -------------------------------------------------------------------------------
    def show_page(self, name: str) -> None:
        """Show a page of the rail; "customers" shows the customer seen last when there is one."""
        if name == CUSTOMERS and self.sessions.last_shown is not None:
            self.sessions.show(self.sessions.last_shown)
            return
        self.sessions.show(None)
        self._bring(name, self._rail_page(name))

    def _rail_page(self, name: str) -> QWidget:
        """Return a page of the rail; some are built when they are first wanted."""
        if name not in self._rail_pages:
            self._rail_pages[name] = self.later_pages[name]()
            self.stack.addWidget(self._rail_pages[name])
        return self._rail_pages[name]

    @property
    def has_settings(self) -> bool:
        """Whether the page of settings was built."""
        return self._settings is not None

    @property
    def settings(self) -> SettingsPage:
        """The page of settings, built when it is first wanted."""
        if self._settings is None:
            from avise.ui.shell.settings_page import SettingsPage  # noqa: PLC0415 - not at first paint

            self._settings = SettingsPage(self._idle_at_most)
            self.settings_made.emit(self._settings)
        return self._settings

    def current_page(self) -> Page:
        """Return the page on screen."""
        return self.stack.currentWidget()  # type: ignore[return-value]  # only pages are in the stack

    @Slot()
    def _on_current_changed(self) -> None:
        person = self.sessions.current
        if person is not None:
            self._bring(CUSTOMERS, self.customers.prepare(person))
        elif self.page_name == CUSTOMERS:
            self._bring(CUSTOMERS, self.nobody)

    def show_current_again(self) -> None:
        """Show what stands for the current customer now: its page, or the way to its own window."""
        if self.sessions.current is not None:
            self._bring(CUSTOMERS, self.customers.prepare(self.sessions.current))

    def add_strip(self, strip: QWidget) -> None:
        """Give a strip its place under the top bar; it says what concerns every page."""
        self._work.insertWidget(1, strip)

    def toast_origin(self) -> QPoint:
        """Return the corner over which toasts stand: bottom left of the work area, or of its active pane."""
        left = self.rail.width() + getattr(self.current_page(), "toast_inset", 0)
        return QPoint(left, self.height() - self.status_bar.height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Note that this is the window with focus."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.entered.emit()

    @Slot()
    def _on_discretion_changed(self) -> None:
        """Hide the page of the rail that is on screen, or show it again."""
        if self.sessions.current is None:
            self._bring(self.page_name, self._rail_page(self.page_name))

    @cached_property
    def _discreet(self) -> DiscreetPage:
        page = DiscreetPage()
        self.stack.addWidget(page)
        return page

    def _bring(self, name: str, page: QWidget) -> None:
        page = self._discreet if is_hidden(page) else page
        before = self.stack.currentWidget()
        keeps_focus = self._has_focus_elsewhere(before)
        if before is not page:
            self.current_page().deactivate()
        self.page_name = name
        self.stack.setCurrentWidget(page)
        self.current_page().activate()
        self.rail.set_current(name)
        is_customer = self.sessions.current is not None
        icon = next((entry.icon for entry in ENTRIES if entry.id == name), "lock")
        self.top_bar.tabs.set_page("" if is_customer else text(f"rail.{name}"), icon)
        self._name_window(self.sessions.current)
        if not keeps_focus and not self._has_focus(page):
            self.focus_page()
        if self.toast.parentWidget() is self:
            self.toast.place(self.toast_origin())

    def _has_focus(self, page: QWidget) -> bool:
        """Return whether the page took focus itself, where its work starts."""
        focused = QApplication.focusWidget()
        return focused is not None and page.isAncestorOf(focused)

    def _has_focus_elsewhere(self, page: QWidget | None) -> bool:
        """Return whether focus is neither on the page that leaves nor on the rail that was pressed."""
        focused = QApplication.focusWidget()
        if focused is None or page is None:
            return False
        return not page.isAncestorOf(focused) and not self.rail.isAncestorOf(focused)

    def focus_page(self) -> None:
        """Put focus on the first zone of the page on screen."""
        zones = self.current_page().zones()
        if zones:
            take_focus(zones[0][1])

    def _name_window(self, person: PersonId | None) -> None:
        # A window's title is read by task bars, screen sharing and crash reports: no name there.
        if self.is_locked:
            self.setWindowTitle(text("lock.window"))
            return
        page = text("rail.customers") if person is not None else text(f"rail.{self.page_name}")
        self.setWindowTitle(f"{page} – {text('app.name')}")

    def zones(self) -> list[Zone]:
        """Return the zones of the window in the order in which they are seen."""
        around: list[Zone] = [
            ("zone.rail", self.rail),
            ("zone.tabs", self.top_bar.tabs),
            ("zone.search", self.top_bar.search),
        ]
        if self.call_panel.isVisible():
            around.append(("zone.call", self.call_panel))
        if "notification_panel" in self.__dict__ and self.notification_panel.isVisible():
            around.append(("zone.notifications", self.notification_panel.rows))
        told = self.__dict__.get("notification_panel")
        panels: list[Zone] = [("zone.panel", panel) for panel in self._open_panels() if panel is not told]
        return [*around, *panels, *self.current_page().zones(), ("zone.status", self.status_bar.counts)]

    def _open_panels(self) -> list[FloatingPanel]:
        """Return the panels over the page on screen, the uppermost last."""
        page = self.stack.currentWidget()
        panels = page.findChildren(FloatingPanel) if page is not None else []
        panels += [panel for panel in self.children() if isinstance(panel, FloatingPanel)]
        return [panel for panel in panels if panel.isVisible()]

    @cached_property
    def notification_panel(self) -> NotificationPanel:
        """What happened meanwhile, made when it is first wanted."""
        from avise.ui.notifications.panel import NotificationPanel  # noqa: PLC0415 - not at first paint

        return NotificationPanel(self)

    @override
    def set_locked(self, *, locked: bool) -> None:
        """Mask what was revealed and fall silent; or show the page again. The cover hides the rest."""
        self.is_locked = self.announcer.is_muted = locked
        if locked:
            self.palette_view.close_palette()
            self.current_page().deactivate()
        else:
            self.current_page().activate()
        self._name_window(self.sessions.current)

    # ---- what lies over ----------------------------------------------------------------------
    @Slot(str, bool)
    def _on_told(self, sentence: str, is_error: bool) -> None:
        if is_error:
            self.announcer.say_now(sentence)
        else:
            self.announcer.say(sentence)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Start with focus on the page, not on the first button of the rail."""
        super().showEvent(event)
        if not self._has_focus_elsewhere(self.stack.currentWidget()):
            self.focus_page()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the rules of width, and keep what lies over the pages in place."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        narrow = self.width() < theme().px(NARROW)
        self.rail.set_narrow(narrow=narrow)
        self.top_bar.search.set_narrow(narrow=narrow)
        if self.palette_view.parentWidget() is self:
            self.palette_view.setGeometry(self.rect())
        if self.call_panel.isVisible():
            self.call_panel.place()
        if self.toast.parentWidget() is self:
            self.toast.place(self.toast_origin())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Échap the uppermost panel over the page, wherever focus went meanwhile."""
        panels = self._open_panels() if event.key() == Qt.Key.Key_Escape else []
        if panels:
            panels[-1].close_panel()
            return
        super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Note that Ctrl is released: the customer reached with Ctrl+Tab is the most recent one."""
        if event.key() == Qt.Key.Key_Control:
            self.sessions.end_steps()
        super().keyReleaseEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the program to end; it closes the window when nothing is under way any more."""
        event.ignore()
        self.close_requested.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        rescale_inside(self)
        self._place()
