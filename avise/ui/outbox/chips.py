"""The outbox in the bars around the pages: chips above, a count below; nothing when nothing waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget
from typing_extensions import override

from avise.texts import plural
from avise.ui.theme import theme
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.painting import draw_icon, draw_text

if TYPE_CHECKING:
    from avise.ui.outbox.situation import OutboxCounts

COMMANDS = frozenset({"outbox_resend", "outbox_verify", "outbox_abandon"})
"""Commands of the palette that mean something on the page of the outbox only."""

_LOOKS = {
    "refused": (Tone.DANGER, "circle-x", "danger"),
    "to_compare": (Tone.WARN, "git-compare", "warn"),
    "to_handle": (Tone.WARN, "hand", "warn"),
    "to_send": (Tone.INFO, "cloud-upload", "info"),
}
"""In the order in which they are told: what needs a person first."""


def told(counts: OutboxCounts) -> list[tuple[str, int]]:
    """Return what is to be told of the outbox, what needs a person first."""
    return [(name, count) for name in _LOOKS if (count := getattr(counts, name))]


class OutboxChips(QWidget):
    """At most two chips: what needs a person most, and what waits to leave.

    Signals:
        clicked: the user wants the outbox.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: dict[str, Chip] = {}
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(6))
        for name, (tone, icon, _ink) in _LOOKS.items():
            chip = Chip(ChipSpec("", tone, icon, edged=True, tall=True), pressable=True)
            chip.clicked.connect(self.clicked)
            chip.hide()
            self.chips[name] = chip
            box.addWidget(chip)
        self.hide()

    def show_counts(self, counts: OutboxCounts) -> None:
        """Show what waits."""
        found = told(counts)
        people = [entry for entry in found if entry[0] != "to_send"]
        shown = dict([*people[:1], *(entry for entry in found if entry[0] == "to_send")])
        for name, chip in self.chips.items():
            count = shown.get(name, 0)
            if count:
                tone, icon, _ink = _LOOKS[name]
                words = plural(f"outbox.count.{name}", count)
                chip.set_spec(ChipSpec(words, tone, icon, edged=True, tall=True))
            chip.setVisible(bool(count))
        self.setVisible(bool(shown))


_ICON, _GAP, _PADDING = 13, 5, 6


class OutboxStatus(QAbstractButton):
    """One line of the status bar; pressing it shows the outbox."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = ("cloud-upload", "info")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self._on_theme_changed)
        self.hide()

    def show_counts(self, counts: OutboxCounts) -> None:
        """Tell what waits, in words."""
        found = told(counts)
        self.setVisible(bool(found))
        if not found:
            return
        _tone, icon, ink = _LOOKS[found[0][0]]
        self._look = (icon, ink)
        self.setText(", ".join(plural(f"outbox.count.{name}", count) for name, count in found))
        self.setAccessibleName(self.text())
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
        px, (icon, ink) = theme().px, self._look
        with QPainter(self) as painter:
            draw_icon(painter, icon, px(_PADDING), self.height() / 2, _ICON, ink)
            left = px(_PADDING + _ICON + _GAP)
            area = QRectF(left, 0, self.width() - left, self.height())
            draw_text(painter, area, self.text(), "source", ink, tabular=True)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
