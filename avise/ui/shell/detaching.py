"""Sessions in windows of their own: detached, brought back, their places kept by set of screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from avise.models.customer import PersonId
from avise.ui.shell.commands import Commands
from avise.ui.shell.detached_window import MIN_HEIGHT, MIN_WIDTH, DetachedPlace, DetachedWindow
from avise.ui.shell.screen_places import Place, ScreenPlaces, first_place, fitted
from avise.ui.shell.zones import take_focus

if TYPE_CHECKING:
    from avise.ui.shell.main_window import MainWindow


class Detaching(QObject):
    """The detached sessions of one main window.

    Args:
        window: whose sessions.
        commands: of that window; the same keys work in each.
        places: where windows stood.

    Signals:
        moved: a window stands somewhere else; the places are to be kept.
    """

    moved = Signal()

    def __init__(self, window: MainWindow, commands: Commands, places: ScreenPlaces) -> None:
        super().__init__(window)
        self._window, self._commands, self._places = window, commands, places
        self._windows: dict[PersonId, DetachedWindow] = {}
        window.sessions.closed.connect(self._on_closed)
        window.entered.connect(self._follow_main)

    @property
    def windows(self) -> tuple[DetachedWindow, ...]:
        """The windows, in the order in which they were detached."""
        return tuple(self._windows.values())

    def person(self) -> PersonId | None:
        """Return whose session the user is in: that of the window with focus."""
        active = QApplication.activeWindow()
        own = next((found.person for found in self.windows if found is active), None)
        return own if own is not None else self._window.sessions.current

    def toggle(self) -> None:
        """Detach the session of the window with focus, or bring it back."""
        person = self.person()
        if person is None:
            return
        if person in self._windows:
            self.bring_back(person)
        else:
            self.detach(person)

    def detach(self, person: PersonId) -> None:
        """Put a session in a window of its own; in the main one something says where it is."""
        customers = self._window.customers
        customers.prepare(person)
        stand_in = DetachedPlace()
        stand_in.back_requested.connect(lambda: self.bring_back(person))
        stand_in.window_requested.connect(lambda: self.go_to(person))
        page = customers.replace(person, stand_in)
        self._window.show_current_again()
        detached = DetachedWindow(person, customers.take_out(page))
        detached.close_requested.connect(lambda: self.bring_back(person))
        detached.entered.connect(lambda: self._follow(detached))
        detached.placed.connect(lambda: self._keep_place(detached))
        self._windows[person] = detached
        Commands(detached).take_after(self._commands)
        self._put(detached)
        detached.show()
        detached.activateWindow()
        detached.customer_page().activate()
        take_focus(detached.customer_page().zones()[0][1])

    def attach(self, person: PersonId) -> None:
        """Bring a session back into the main window; what that one shows stays shown."""
        detached = self._windows.pop(person, None)
        if detached is None:
            return
        self._follow_main()
        page = detached.give_back()
        self._window.customers.put_back(person, page)
        self._window.show_current_again()

    def bring_back(self, person: PersonId) -> None:
        """Bring a session back and show it: that is where the user was."""
        self.attach(person)
        self._window.sessions.show(person)
        self._window.activateWindow()

    def attach_all(self) -> None:
        """Bring every session back: the main window ends, or speaks another language."""
        for person in tuple(self._windows):
            self.attach(person)

    def go_to(self, person: PersonId) -> None:
        """Give focus to the window of a session."""
        if person in self._windows:
            self._windows[person].activateWindow()

    # ---- what follows the window with focus --------------------------------------------------
    def _follow(self, detached: DetachedWindow) -> None:
        """Have palette and toasts open where the user is."""
        self._window.palette_view.move_to(detached)
        self._window.toast.move_to(detached, QPoint(0, detached.height()))

    @Slot()
    def _follow_main(self) -> None:
        self._window.palette_view.move_to(self._window)
        self._window.toast.move_to(self._window, self._window.toast_origin())

    # ---- places ------------------------------------------------------------------------------
    def _put(self, detached: DetachedWindow) -> None:
        screens = screens_now()
        place = self._places.place(screens) or first_place(place_of(self._window), screens)
        frame = frame_of(self._window)
        detached.setGeometry(*fitted(place, screens, (MIN_WIDTH, MIN_HEIGHT), frame))

    def _keep_place(self, detached: DetachedWindow) -> None:
        self._places.keep(screens_now(), place_of(detached))
        self.moved.emit()

    @Slot(object)
    def _on_closed(self, person: PersonId) -> None:
        """Close the window of a session that is closed; its page closes with the session."""
        detached = self._windows.pop(person, None)
        if detached is not None:
            self._follow_main()
            detached.give_back()


def place_of(window: QWidget) -> Place:
    """Return where a window stands."""
    found = window.geometry()
    return (found.x(), found.y(), found.width(), found.height())


def frame_of(window: QWidget) -> Place:
    """Return what the system draws around a window: left, top, right, bottom."""
    inside, outside = window.geometry(), window.frameGeometry()
    left, top = inside.left() - outside.left(), inside.top() - outside.top()
    right, bottom = outside.right() - inside.right(), outside.bottom() - inside.bottom()
    return (max(left, 0), max(top, 0), max(right, 0), max(bottom, 0))


def screens_now() -> list[Place]:
    """Return the free part of each screen."""
    free = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    return [(found.x(), found.y(), found.width(), found.height()) for found in free]
