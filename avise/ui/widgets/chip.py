"""Chips: a state as icon, word and tint, on their own or inside a row (`ui.md` 5.9, 5.16)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.painting import LEFT, draw_box, draw_icon, draw_text


class Tone(StrEnum):
    """What a chip says by its colour, always doubled by an icon and a word."""

    OK = "ok"
    WARN = "warn"
    DANGER = "danger"
    INFO = "info"
    NOTE = "note"
    NEUTRAL = "neutral"
    ACCENT = "accent"
    OUTLINE = "outline"
    PLAIN = "plain"
    """Text with an icon and no fill: nothing needs action."""


@dataclass(frozen=True, slots=True)
class ChipSpec:
    """What a chip shows."""

    text: str
    tone: Tone = Tone.NEUTRAL
    icon: str = ""
    icon_role: str = ""
    """Role of the icon's colour when it is not the text's."""
    small: bool = False
    edged: bool = False
    """With an edge in the colour of the text: on a ground of its own tint."""
    tall: bool = False
    """24 high, as the agent's state in the top bar."""
    told: str = ""
    """The whole of it, for a tooltip and for people who hear the screen; "" when the words say it all."""

    @property
    def spoken(self) -> str:
        """What people hear instead of seeing it."""
        return self.told or self.text


_PADDING, _GAP, _RADIUS = 6, 4, 3
_HEIGHT, _SMALL_HEIGHT, _TALL_HEIGHT = 20, 18, 24


def _ink(spec: ChipSpec) -> str:
    if spec.tone is Tone.ACCENT:
        return "accent-text"
    return "text-2" if spec.tone in (Tone.OUTLINE, Tone.PLAIN) else spec.tone.value


def _text_style(spec: ChipSpec) -> str:
    return "micro" if spec.small else "small-medium"


def _icon_size(spec: ChipSpec) -> int:
    return 12 if spec.small else 13


def chip_size(spec: ChipSpec) -> QSize:
    """Return the size of a chip at the zoom in force."""
    px = theme().px
    padding = 0 if spec.tone is Tone.PLAIN else 2 * px(_PADDING)
    icon = px(_icon_size(spec)) + px(_GAP) if spec.icon else 0
    width = padding + icon + int(theme().text_width(spec.text, _text_style(spec), tabular=True) + 1)
    height = _TALL_HEIGHT if spec.tall else (_SMALL_HEIGHT if spec.small else _HEIGHT)
    return QSize(width, px(height))


def paint_chip(painter: QPainter, spec: ChipSpec, left: float, middle: float, width: float = 0) -> QRectF:
    """Paint a chip whose left edge and middle are given; return the place it takes.

    Args:
        painter: of a widget or a delegate.
        spec: what to show.
        left: of the chip.
        middle: of its height.
        width: fixed width, 0 for its own.
    """
    size = chip_size(spec)
    px = theme().px
    place = QRectF(left, round(middle - size.height() / 2), width or size.width(), size.height())
    ink = _ink(spec)
    if spec.tone is Tone.OUTLINE:
        draw_box(painter, place, px(_RADIUS), edge="border", width=theme().line_width)
    elif spec.tone is not Tone.PLAIN:
        edge = ink if spec.edged or theme().is_contrast else ""
        draw_box(painter, place, px(_RADIUS), f"{spec.tone}-bg", edge, theme().line_width)
    start = place.left() + (0 if spec.tone is Tone.PLAIN else px(_PADDING))
    if spec.icon:
        draw_icon(painter, spec.icon, start, middle, _icon_size(spec), spec.icon_role or ink)
        start += px(_icon_size(spec)) + px(_GAP)
    words = QRectF(start, place.top(), place.right() - start, place.height())
    draw_text(painter, words, spec.text, _text_style(spec), ink, LEFT, tabular=True)
    return place


class Chip(QWidget):
    """A chip as a widget; pressable when `pressable` is set.

    Signals:
        clicked: pressed with the mouse, with Enter or with Space.
    """

    clicked = Signal()

    def __init__(self, spec: ChipSpec, *, pressable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self._pressable = pressable
        self._tip = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        heard_as(self, Role.Button if pressable else Role.StaticText)
        self._tell()
        if pressable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self._on_theme_changed)

    def press(self) -> None:
        """Do what the mouse does, for people who press otherwise."""
        if self._pressable:
            self.clicked.emit()

    def _tell(self) -> None:
        self.setAccessibleName(self._spec.spoken)
        if self._spec.told or self._tip:
            # Whoever shows the chip may have given it words of its own.
            self._tip = self._spec.told
            self.setToolTip(self._tip)

    @property
    def spec(self) -> ChipSpec:
        """What the chip shows."""
        return self._spec

    def set_spec(self, spec: ChipSpec) -> None:
        """Show something else."""
        if spec == self._spec:
            return
        self._spec = spec
        self._tell()
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the size of the chip; a pressable one is at least 24 high (WCAG 2.5.8)."""
        size = chip_size(self._spec)
        return size.expandedTo(QSize(theme().px(24), theme().px(24))) if self._pressable else size

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the size of the chip."""
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip in the middle of its height."""
        with QPainter(self) as painter:
            paint_chip(painter, self._spec, 0, self.height() / 2)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Press the chip when the button is released over it."""
        if self._pressable and QRect(QPoint(0, 0), self.size()).contains(event.position().toPoint()):
            self.clicked.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the chip with Enter or Space."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            # Ctrl+Enter validates the form around (`ui.md` 7).
            event.ignore()
        elif self._pressable and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
