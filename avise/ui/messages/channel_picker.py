"""The channels of a message side by side; one that cannot be used is crossed and cannot be taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.models.consent import ConsentChannel
from avise.models.outgoing import ChannelChoice
from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.messages.wording import CHANNEL_ICONS, channel_word, refusals
from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_box, draw_icon, draw_text

_PADDING, _ICON, _GAP = 12, 14, 6


class ChannelPicker(QWidget):
    """Segments of one width, moved through with the arrows; those refused are passed over.

    Signals:
        chosen: the channel that the user took.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[ChannelChoice, ...] = ()
        self._current: ConsentChannel | None = None
        heard_as(self, Role.RadioButton)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()
        theme().changed.connect(self._on_theme_changed)

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

    def _words_width(self) -> float:
        words = (theme().text_width(channel_word(one.channel), "value-strong") for one in self._choices)
        return max(words, default=0.0)

    @override
    def sizeHint(self) -> QSize:
        """Return the room of the widest word and its icon for every segment."""
        px = theme().px
        each = int(self._words_width()) + 1 + px(2 * _PADDING + _ICON + _GAP)
        return QSize(each * max(len(self._choices), 1), theme().height_of("control"))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the room of the words."""
        return self.sizeHint()

    def _segment(self, index: int) -> QRectF:
        width = self.width() / max(len(self._choices), 1)
        return QRectF(index * width, 0, width, self.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, the lines between segments, each icon and word, and the one in force."""
        px = theme().px
        painter = QPainter(self)
        draw_box(painter, self.rect(), px(4), "bg-surface")
        for index, choice in enumerate(self._choices):
            area = self._segment(index)
            if choice.channel is self._current:
                self._paint_current(painter, area)
            if index:
                painter.fillRect(QRectF(area.left(), 0, 1, self.height()), theme().colour("border-control"))
            self._paint_words(painter, area, choice)
        draw_box(painter, self.rect(), px(4), edge="border-control", width=theme().line_width)
        painter.end()

    def _paint_words(self, painter: QPainter, area: QRectF, choice: ChannelChoice) -> None:
        px = theme().px
        is_current = choice.channel is self._current
        words = channel_word(choice.channel)
        style, role = ("value-strong", "accent-text") if is_current else ("value", "text-2")
        if not choice.allowed:
            role = "text-3"
        width = theme().text_width(words, style) + px(_ICON + _GAP)
        left = area.center().x() - width / 2
        icon = CHANNEL_ICONS[choice.channel] if choice.allowed else "ban"
        draw_icon(painter, icon, left, area.center().y(), _ICON, role)
        place = area.adjusted(left - area.left() + px(_ICON + _GAP), 0, 0, 0)
        draw_text(painter, place, words, style, role)
        if not choice.allowed:
            line = QRectF(place.left(), area.center().y(), theme().text_width(words, style), 1)
            painter.fillRect(line, theme().colour(role))

    def _paint_current(self, painter: QPainter, area: QRectF) -> None:
        painter.save()
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), theme().px(4), theme().px(4))
        painter.setClipPath(clip)
        painter.fillRect(area, theme().colour("bg-selected"))
        bar = QRectF(area.left(), area.bottom() - 3, area.width(), 2)
        painter.fillRect(bar, theme().colour("accent"))
        painter.restore()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the segment under the mouse, when it can be."""
        for index, choice in enumerate(self._choices):
            if choice.allowed and self._segment(index).contains(event.position()):
                self._choose(choice.channel)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the segment before or after with the arrows."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        usable = [choice.channel for choice in self._choices if choice.allowed]
        if self._current in usable:
            place = usable.index(self._current) + step
            if 0 <= place < len(usable):
                self._choose(usable[place])
        elif usable:
            self._choose(usable[0])

    def _choose(self, channel: ConsentChannel) -> None:
        if channel is not self._current:
            self.chosen.emit(channel)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
