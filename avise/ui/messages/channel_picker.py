"""The channels of a message side by side; one that cannot be used is crossed and cannot be taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.models.consent import ConsentChannel
from avise.models.outgoing import ChannelChoice
from avise.texts import text
from avise.ui.messages.wording import CHANNEL_ICONS, channel_word, refusals
from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_icon, draw_text
from avise.ui.widgets.segments import PADDING, Segments

_ICON, _GAP = 14, 6


class ChannelPicker(Segments):
    """Segments of channels; those refused are passed over.

    Signals:
        chosen: the channel that the user took.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QSizePolicy.Policy.Expanding, parent)
        self._choices: tuple[ChannelChoice, ...] = ()
        self._current: ConsentChannel | None = None
        self._tell()

    @property
    def current(self) -> ConsentChannel | None:
        """The channel in force."""
        return self._current

    def show_choices(self, choices: Sequence[ChannelChoice], current: ConsentChannel | None) -> None:
        """Show the channels of a template, and which one is in force; says nothing to listeners."""
        if (tuple(choices), current) == (self._choices, self._current):
            return
        self._choices, self._current = tuple(choices), current
        self._tell()
        self.updateGeometry()
        self.update()

    def _tell(self) -> None:
        name = text("composer.channel")
        shown = channel_word(self._current) if self._current is not None else text("composer.no_channel_word")
        self.setAccessibleName(f"{name}, {shown}")
        told = " ".join(refusals(self._choices))
        self.setAccessibleDescription(told)
        self.setToolTip("\n".join(refusals(self._choices)))

    @override
    def count(self) -> int:
        """Return how many channels there are."""
        return len(self._choices)

    @override
    def place(self) -> int | None:
        """Return the place of the channel in force."""
        found = (place for place, one in enumerate(self._choices) if one.channel is self._current)
        return next(found, None)

    @override
    def usable(self) -> Sequence[int]:
        """Return the places of the channels that are allowed."""
        return [place for place, choice in enumerate(self._choices) if choice.allowed]

    @override
    def segment_width(self) -> int:
        """Return the room of the widest word and its icon."""
        words = (theme().text_width(channel_word(one.channel), "value-strong") for one in self._choices)
        return int(max(words, default=0.0)) + 1 + theme().px(2 * PADDING + _ICON + _GAP)

    @override
    def paint_segment(self, painter: QPainter, area: QRectF, place: int) -> None:
        """Paint the icon and word of a channel, crossed when it is refused."""
        px = theme().px
        choice = self._choices[place]
        words = channel_word(choice.channel)
        style, role = ("value-strong", "accent-text") if place == self.place() else ("value", "text-2")
        if not choice.allowed:
            role = "text-3"
        width = theme().text_width(words, style) + px(_ICON + _GAP)
        left = area.center().x() - width / 2
        icon = CHANNEL_ICONS[choice.channel] if choice.allowed else "ban"
        draw_icon(painter, icon, left, area.center().y(), _ICON, role)
        where = area.adjusted(left - area.left() + px(_ICON + _GAP), 0, 0, 0)
        draw_text(painter, where, words, style, role)
        if not choice.allowed:
            line = QRectF(where.left(), area.center().y(), theme().text_width(words, style), 1)
            painter.fillRect(line, theme().colour(role))

    @override
    def take(self, place: int) -> None:
        """Tell which channel is wanted; who listens puts it in force."""
        channel = self._choices[place].channel
        if channel is not self._current:
            self.chosen.emit(channel)
