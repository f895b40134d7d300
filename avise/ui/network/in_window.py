"""Working offline and coming back, in one window: commands of the palette, offered when they do something."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from avise.models.errors import AviseError
from avise.models.network import NetworkMode, NetworkState
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.crossing import Watch
from avise.ui.shell.actions import WindowActions
from avise.ui.shell.main_window import MainWindow
from avise.ui.widgets.toast import Message

LEAVE, RETURN = "work_offline", "work_online"
"""Commands of the palette."""


class NetworkInWindow(QObject):
    """Forces the network for one window's desk.

    Args:
        desk: the services.
        window: where it is told.
        report: told of failures that no screen shows.
        actions: of that window, where the commands are bound.
    """

    def __init__(self, desk: DeskBridge, window: MainWindow, report: Report, actions: WindowActions) -> None:
        super().__init__(window)
        self._desk, self._window, self._actions = desk, window, actions
        self._tasks = TaskScope(self, report)
        self._watch: Watch | None = None
        self.state: NetworkState | None = None
        actions.commands.bind(LEAVE, self.leave)
        actions.commands.bind(RETURN, self.come_back)
        actions.idle_commands = frozenset({RETURN})

    def start(self) -> None:
        """Follow the network."""
        if self._watch is None:
            self._watch = self._desk.watch_network(self.show_state)

    async def aclose(self) -> None:
        """End what is under way."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        await self._tasks.aclose()

    def show_state(self, state: NetworkState) -> None:
        """Take how much network there is: the palette offers the way that leads somewhere."""
        self.state = state
        away = state.mode is NetworkMode.OFFLINE
        idle = {LEAVE} if away and state.forced else set()
        self._actions.idle_commands = frozenset(idle if away or state.forced else {RETURN})

    @Slot()
    def leave(self) -> None:
        """Ask nothing of anybody until the user comes back."""
        self._tasks.spawn(self._choose(NetworkMode.OFFLINE), name="choose network", when_busy="drop")

    @Slot()
    def come_back(self) -> None:
        """Look for the network again."""
        self._tasks.spawn(self._choose(None), name="choose network", when_busy="drop")

    async def _choose(self, mode: NetworkMode | None) -> None:
        try:
            await self._desk.choose_network(mode)
        except AviseError as error:
            sentence = text(error.message_key, **error.params)
            self._window.toast.show_message(Message(sentence, "circle-alert", about="network"))
            return
        key, icon = ("network.left", "cloud-off") if mode is not None else ("network.back", "cloud")
        self._window.toast.show_message(Message(text(key), icon, about="network"))
