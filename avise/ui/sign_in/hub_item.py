"""The hub in the status bar: up to date since when, without network, what waits, or that one must sign in."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget
from typing_extensions import override

from avise.services.request_values import HubState, HubStatus
from avise.texts import plural, text
from avise.texts.formats import format_time, format_time_with_seconds
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


def hub_look(status: HubStatus) -> HubLook | None:
    """Return what is shown of the hub; None where the profile names none."""
    if status.state is HubState.NONE:
        return None
    waiting = plural("hub_item.waiting", status.pending) if status.pending else ""
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
    """One line of the status bar; pressing it says more, or leads to where one signs in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: HubLook | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self._on_theme_changed)
        self.hide()

    def show_status(self, status: HubStatus) -> None:
        """Show how this station stands with the hub."""
        before, self._look = self._look, hub_look(status)
        self.setVisible(self._look is not None and bool(self._look.words))
        if self._look is None or self._look == before:
            return
        self.setText(self._look.words)
        self.setAccessibleName(self._look.words)
        self.setToolTip(hub_sentence(status))
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
