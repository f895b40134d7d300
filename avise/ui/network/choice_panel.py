"""How much network is asked of: found out by Avise, or chosen here until the next choice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.network import NetworkMode, NetworkState
from avise.texts import text
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.network.wording import network_sentence
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.segmented import Segmented

WIDTH = 380
FOUND = "found"
"""Choice of leaving it to Avise."""
_ICONS = {NetworkMode.ONLINE: "cloud", NetworkMode.LIMITED: "gauge", NetworkMode.OFFLINE: "cloud-off"}
CHOICES = (FOUND, NetworkMode.LIMITED.value, NetworkMode.OFFLINE.value)


class NetworkPanel(FloatingPanel):
    """Three choices, and what the one in force does.

    Args:
        parent: window over which it stands.
        now: the clock.

    Signals:
        chosen: the mode wanted, None to find it out.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(text("network.title"), "cloud-off", WIDTH, parent)
        self._now = now
        self.state = Label("", "body", "muted", wrap=True)
        choices = [(choice, text(f"network.choice.{choice}")) for choice in CHOICES]
        self.choices = Segmented(choices, FOUND, text("network.title"))
        self.effect = Label("", "small", "meta", wrap=True)
        self.body.addLayout(
            column(self.state, row(self.choices, None), self.effect, gap=9, margins=(12, 10, 12, 12))
        )
        self.choices.chosen.connect(self._on_chosen)

    def show_state(self, state: NetworkState) -> None:
        """Show how much network there is, and whose word that is."""
        forced = state.mode.value if state.forced else FOUND
        self.choices.set_current(forced if forced in CHOICES else FOUND)
        self.icon.set_icon(_ICONS[state.mode])
        self.state.setText(network_sentence(state, self._now()) or text("network.online"))
        self.effect.setText(text(f"network.effect.{self.choices.current}"))
        self.setAccessibleDescription(self.state.text())
        if self.isVisible():
            self.fit()

    def open_under(self, corner: QPoint) -> None:
        """Come on screen under a corner of the window, ready for the arrows."""
        self.open_at(corner)
        self.choices.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _on_chosen(self, choice: str) -> None:
        self.effect.setText(text(f"network.effect.{choice}"))
        self.chosen.emit(None if choice == FOUND else NetworkMode(choice))
        if self.isVisible():
            self.fit()
