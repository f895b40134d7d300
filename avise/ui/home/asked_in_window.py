"""One window's part of what colleagues ask: told once, by a message and in the bell, shown in one press."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Slot

from avise.texts import text
from avise.ui.notifications.centre import Notification, notifications, notify
from avise.ui.widgets.toast import Message

if TYPE_CHECKING:
    from avise.ui.shell.main_window import MainWindow


class AskedInWindow(QObject):
    """Tells of the questions of colleagues; no name is on the screen for that.

    Args:
        window: where they are told.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.my_day.confirmation_asked.connect(self._on_asked)
        window.my_day.confirmation_gone.connect(self._on_gone)

    @Slot()
    def show_first(self) -> None:
        """Show what has to be answered first, in Ma journée."""
        self._window.show_page("home")
        self._window.home.show_first_confirmation()

    @Slot(object)
    def _on_asked(self, command: UUID) -> None:
        sentence, now = text("confirmation.notified"), self._window.my_day.now()
        see = Message(sentence, "users", action=text("confirmation.see"), on_action=self.show_first)
        self._window.toast.show_message(see)
        notify(Notification(_about(command), sentence, text("rail.home"), now, "users", page="home"))

    @Slot(object)
    def _on_gone(self, command: UUID) -> None:
        notifications().withdraw(_about(command))


def _about(command: UUID) -> str:
    return f"confirmation/{command}"
