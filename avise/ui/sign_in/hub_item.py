"""The hub in the status bar: up to date since when, without network, what waits, or that one must sign in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget
from typing_extensions import override

from avise.models.network import NetworkMode, NetworkState
from avise.services.request_values import HubState, HubStatus
from avise.texts import plural, text
from avise.texts.formats import format_moment, format_time, format_time_with_seconds
from avise.ui.network.wording import network_words
from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_icon, draw_text

_ICON, _GAP, _PADDING = 13, 5, 6
_LOOKS = {
    HubState.STARTING: ("loader-circle", "text-3"),
    HubState.OFFLINE: ("cloud-off", "text-2"),
    HubState.SIGN_IN_NEEDED: ("user-x", "warn"),
    HubState.REFUSED: ("circle-x", "danger"),
}
"""Icon and colour of the states in which it is not simply there. Words: key `hub_item.<state>`."""


@dataclass(frozen=True, slots=True)
class HubLook:
    """What the item shows."""

    icon: str
    ink: str
    words: str


_ASKS = (HubState.SIGN_IN_NEEDED, HubState.REFUSED)


def hub_look(status: HubStatus, away: str = "", now: datetime | None = None) -> HubLook | None:
    """Return what is shown of the hub; None where the profile names none.

    Args:
        status: of the hub.
        away: since when this machine is without network, "" with it.
        now: the time, to write that of another day.
    """
    if status.state is HubState.NONE and not away:
        return None
    waiting = plural("hub_item.waiting", status.pending) if status.pending else ""
    if away and status.state not in _ASKS:
        synced = ""
        if status.as_of is not None:
            told = format_moment(status.as_of, now) if now is not None else format_time(status.as_of)
            synced = text("hub_item.last_synced", time=told)
        return HubLook("cloud-off", "text-2", " · ".join(filter(None, (away, synced, waiting))))
    if status.state not in _LOOKS:
        return HubLook("cloud-upload", "info", waiting) if waiting else _up_to_date(status)
    icon, ink = _LOOKS[status.state]
    said = text(f"hub_item.{status.state}")
    if status.state is HubState.OFFLINE and status.as_of is not None:
        said = text("hub_item.offline_since", time=format_time(status.as_of))
    return HubLook(icon, ink, " · ".join(filter(None, (said, waiting))))


def _up_to_date(status: HubStatus) -> HubLook:
    when = format_time_with_seconds(status.as_of) if status.as_of is not None else ""
    return HubLook("cloud", "text-3", text("hub_item.synced", time=when) if when else "")


def hub_sentence(status: HubStatus) -> str:
    """Return how this station stands, in a sentence: the tooltip, and what pressing the item says."""
    return status.sentence or text(f"hub.state.{status.state}")


class HubItem(QAbstractButton):
    """One line of the status bar; pressing it says more, or leads to where one signs in.

    Args:
        now: the clock.
        parent: of the widget.
    """

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._look: HubLook | None = None
        self._status = HubStatus(HubState.NONE)
        self._network: NetworkState | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self._on_theme_changed)
        self.hide()

    def show_status(self, status: HubStatus) -> None:
        """Show how this station stands with the hub."""
        self._status = status
        self._show()

    def show_network(self, network: NetworkState) -> None:
        """Show since when this machine is without network."""
        self._network = network
        self._show()

    def _show(self) -> None:
        away, network = "", self._network
        if network is not None and network.mode is NetworkMode.OFFLINE:
            away = network_words(network, self._now())
        before, self._look = self._look, hub_look(self._status, away, self._now())
        self.setVisible(self._look is not None and bool(self._look.words))
        if self._look is None or self._look == before:
            return
        self.setText(self._look.words)
        self.setAccessibleName(self._look.words)
        self.setToolTip(hub_sentence(self._status))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the room of icon and words."""
        px = theme().px
        width = theme().text_width(self.text(), "source", tabular=True) + px(_ICON + _GAP + 2 * _PADDING)
        return QSize(int(width) + 1, px(24))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon and words."""
        if self._look is None:
            return
        px = theme().px
        with QPainter(self) as painter:
            draw_icon(painter, self._look.icon, px(_PADDING), self.height() / 2, _ICON, self._look.ink)
            left = px(_PADDING + _ICON + _GAP)
            area = QRectF(left, 0, self.width() - left, self.height())
            draw_text(painter, area, self.text(), "source", self._look.ink, tabular=True)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
