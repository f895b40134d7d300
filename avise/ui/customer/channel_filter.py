"""The filter over the timeline: all, or one channel and more, each with its count (`ui.md` 5.6)."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.models.interaction import TimelineGroup
from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.focus_ring import NO_RING
from avise.ui.widgets.painting import CENTRE, draw_focus, draw_icon, draw_text

HEIGHT = 31
_ICONS = {
    TimelineGroup.CALL: "phone",
    TimelineGroup.EMAIL: "mail",
    TimelineGroup.MESSAGE: "message-square",
    TimelineGroup.LETTER: "file-text",
    TimelineGroup.MEMBER_SPACE: "globe",
    TimelineGroup.AGENCY: "store",
    TimelineGroup.ACT: "euro",
}
_ALL = None
Choice = TimelineGroup | None


class ChannelFilter(QWidget):
    """Toggles in a fixed order; several may be on, none on is all.

    Signals:
        changed: the channels that are on.
    """

    changed = Signal(frozenset)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Mapping[TimelineGroup, int] = {}
        self._chosen: frozenset[TimelineGroup] = frozenset()
        self._cursor = 0
        self._choices: tuple[Choice, ...] = (_ALL, *TimelineGroup)
        heard_as(self, Role.Grouping)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(NO_RING, True)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()
        theme().changed.connect(self._on_theme_changed)

    @property
    def chosen(self) -> frozenset[TimelineGroup]:
        """The channels that are on; none for all."""
        return self._chosen

    def set_counts(self, counts: Mapping[TimelineGroup, int]) -> None:
        """Show other counts; channels keep their places."""
        if dict(counts) != dict(self._counts):
            self._counts = dict(counts)
            self._tell()
            self.update()

    def _words(self, choice: Choice) -> str:
        if choice is _ALL:
            return text("timeline.all")
        return str(self._counts.get(choice, 0))

    def _spoken(self, choice: Choice) -> str:
        if choice is _ALL:
            return text("timeline.all")
        return f"{text(f'timeline.group.{choice}')}, {self._counts.get(choice, 0)}"

    def _tell(self) -> None:
        self.setAccessibleName(text("timeline.filter"))
        on = [self._spoken(group) for group in TimelineGroup if group in self._chosen]
        self.setAccessibleDescription(", ".join(on) or text("timeline.all"))

    # ---- places ------------------------------------------------------------------------------
    def _areas(self) -> list[tuple[Choice, QRectF]]:
        px = theme().px
        gap, left = px(3), float(px(8))
        room = self.width() - 2 * left
        natural = [self._natural_width(choice) for choice in self._choices]
        spare = max(room - sum(natural) - gap * (len(natural) - 1), 0) / len(natural)
        squeeze = min(room / (sum(natural) + gap * (len(natural) - 1)), 1.0)
        areas = []
        for choice, width in zip(self._choices, natural, strict=True):
            taken = (width + min(spare, px(6))) * squeeze
            areas.append((choice, QRectF(left, px(4), taken, self.height() - px(8))))
            left += taken + gap * squeeze
        return areas

    def _natural_width(self, choice: Choice) -> float:
        px = theme().px
        words = theme().text_width(self._words(choice), "small-medium", tabular=True)
        return words + px(14) + (0 if choice is _ALL else px(15 + 5))

    def _is_on(self, choice: Choice) -> bool:
        return not self._chosen if choice is _ALL else choice in self._chosen

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the bar."""
        return QSize(theme().px(200), theme().px(HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the toggles: tint and a bar under those that are on."""
        with QPainter(self) as painter:
            px = theme().px
            painter.fillRect(self.rect(), theme().colour("bg-subtle"))
            for index, (choice, area) in enumerate(self._areas()):
                on = self._is_on(choice)
                if on:
                    painter.fillRect(area, theme().colour("bg-selected"))
                    bar = QRectF(area.left(), area.bottom() - 2, area.width(), 2)
                    painter.fillRect(bar, theme().colour("accent"))
                empty = choice is not _ALL and not self._counts.get(choice, 0)
                role = "accent-text" if on else ("text-disabled" if empty else "text-2")
                words = QRectF(area)
                if choice is not _ALL:
                    draw_icon(painter, _ICONS[choice], area.left() + px(6), area.center().y(), 14, role)
                    words.setLeft(area.left() + px(6 + 14))
                style = "small-strong" if on else "small-medium"
                draw_text(painter, words, self._words(choice), style, role, CENTRE, tabular=True)
                if self.hasFocus() and index == self._cursor:
                    draw_focus(painter, area, px(3))

    # ---- choosing ----------------------------------------------------------------------------
    def _toggle(self, choice: Choice) -> None:
        self._chosen = frozenset() if choice is _ALL else self._chosen ^ {choice}
        self._tell()
        self.update()
        self.changed.emit(self._chosen)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Toggle the channel under the mouse."""
        for index, (choice, area) in enumerate(self._areas()):
            if area.contains(event.position()):
                self._cursor = index
                self._toggle(choice)
                return

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from one to the next with the arrows, toggle with Space or Enter."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            self._cursor = min(max(self._cursor + step, 0), len(self._choices) - 1)
            self.update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle(self._choices[self._cursor])
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the arrows start."""
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the channel under the mouse."""
        under = next((choice for choice, area in self._areas() if area.contains(event.position())), _ALL)
        self.setToolTip(self._spoken(under))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
