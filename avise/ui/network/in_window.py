"""The network in one window: a chip, a line below, the choice, a strip when the clock is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QPoint, QTimer, Signal, Slot

from avise.models.errors import AviseError
from avise.models.network import NetworkMode, NetworkState
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.crossing import Watch
from avise.ui.network.choice_panel import NetworkPanel
from avise.ui.network.clock_strip import ClockStrip
from avise.ui.network.wording import clock_matter, clock_sentence, network_chip, network_sentence
from avise.ui.shell.actions import WindowActions
from avise.ui.shell.main_window import MainWindow
from avise.ui.shortcuts import with_keys
from avise.ui.theme import theme
from avise.ui.widgets.toast import Message

LEAVE, RETURN, CHOOSE = "work_offline", "work_online", "network"
"""Commands of the palette."""

MINUTE_MS = 60_000
"""« Hors ligne depuis hier 18:20 »: what is said of a moment grows old."""


class NetworkInWindow(QObject):
    """Shows and forces the network for one window's desk.

    Args:
        desk: the services.
        window: where it is told.
        report: told of failures that no screen shows.
        actions: of that window, where the commands are bound.
        now: the clock.

    Signals:
        state_changed: how much network there is (a `NetworkState`).
    """

    state_changed = Signal(object)

    def __init__(
        self,
        desk: DeskBridge,
        window: MainWindow,
        report: Report,
        actions: WindowActions,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(window)
        self._desk, self._window, self._actions, self._now = desk, window, actions, now
        self._tasks = TaskScope(self, report)
        self._watch: Watch | None = None
        self.state: NetworkState | None = None
        self.panel: NetworkPanel | None = None
        self.strip = ClockStrip()
        self.strip.put_off.connect(window.focus_page)
        window.add_strip(self.strip)
        self.chip = window.top_bar.network
        self.chip.clicked.connect(self.choose)
        self._minutes = QTimer(self)
        self._minutes.setInterval(MINUTE_MS)
        self._minutes.timeout.connect(self._show_words)
        actions.commands.bind(LEAVE, self.leave)
        actions.commands.bind(RETURN, self.come_back)
        actions.commands.bind(CHOOSE, self.choose)
        actions.set_idle(LEAVE, RETURN, idle={RETURN})

    def start(self) -> None:
        """Follow the network."""
        if self._watch is None:
            self._watch = self._desk.watch_network(self.show_state)

    async def aclose(self) -> None:
        """End what is under way."""
        self._minutes.stop()
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        await self._tasks.aclose()

    # ---- how much there is -------------------------------------------------------------------
    def show_state(self, state: NetworkState) -> None:
        """Take how much network there is: the palette offers the way that leads somewhere."""
        before, self.state = self.state, state
        away = state.mode is NetworkMode.OFFLINE
        idle = {LEAVE} if away and state.forced else set()
        self._actions.set_idle(LEAVE, RETURN, idle=idle if away or state.forced else {RETURN})
        self._show_words()
        if self.strip.show_sentence(clock_sentence(state), clock_matter(state)):
            self._window.announcer.say(self.strip.sentence.text())
        found_out = before is not None and before.mode is not state.mode and not state.forced
        if found_out:
            # Once, for the whole window: blocks say nothing of it one by one (`ui.md` 6.1).
            self._window.announcer.say(self.chip.accessibleName() or text("network.online"))
        self.state_changed.emit(state)

    @Slot()
    def _show_words(self) -> None:
        if self.state is None:
            return
        spec, said = network_chip(self.state), network_sentence(self.state, self._now())
        self.chip.setVisible(spec is not None)
        if spec is not None:
            self.chip.set_spec(spec)
            self._minutes.start()
        else:
            self._minutes.stop()
        self.chip.setAccessibleName(said)
        self.chip.setToolTip(with_keys(said, CHOOSE))
        if self.panel is not None:
            self.panel.show_state(self.state)

    # ---- the choice --------------------------------------------------------------------------
    @Slot()
    def choose(self) -> None:
        """Open the choice, or close it."""
        if self.panel is None:
            self.panel = NetworkPanel(self._window, self._now)
            self.panel.chosen.connect(self._on_chosen)
        if self.panel.isVisible():
            self.panel.close_panel()
            return
        if self.state is not None:
            self.panel.show_state(self.state)
        under = self.chip if self.chip.isVisible() else self._window.top_bar.search
        self.panel.open_under(under.mapTo(self._window, QPoint(0, under.height() + theme().px(4))))

    @Slot(object)
    def _on_chosen(self, mode: NetworkMode | None) -> None:
        self._tasks.spawn(self._choose(mode), name="choose network", when_busy="replace")

    @Slot()
    def leave(self) -> None:
        """Ask nothing of anybody until the user comes back."""
        self._on_chosen(NetworkMode.OFFLINE)

    @Slot()
    def come_back(self) -> None:
        """Look for the network again."""
        self._on_chosen(None)

    async def _choose(self, mode: NetworkMode | None) -> None:
        try:
            await self._desk.choose_network(mode)
        except AviseError as error:
            sentence = text(error.message_key, **error.params)
            self._window.toast.show_message(Message(sentence, "circle-alert", about="network"))
            return
        key, icon = _TOLD[mode]
        self._window.toast.show_message(Message(text(key), icon, about="network"))


_TOLD = {
    NetworkMode.OFFLINE: ("network.left", "cloud-off"),
    NetworkMode.LIMITED: ("network.spared", "gauge"),
    NetworkMode.ONLINE: ("network.back", "cloud"),
    None: ("network.back", "cloud"),
}
