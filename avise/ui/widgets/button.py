"""Buttons, painted: one primary a pane, an icon, a word, the key that does the same (`ui.md` 5.18)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QSize, Slot
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.key_cap import key_cap_width, paint_key_cap
from avise.ui.widgets.painting import LEFT, draw_box, draw_icon, draw_text


class ButtonKind(StrEnum):
    """What a button weighs."""

    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"
    QUIET = "quiet"
    """No edge until it is under the mouse: tool buttons and crosses."""


@dataclass(frozen=True, slots=True)
class _Look:
    fill: str
    edge: str
    ink: str


_LOOKS = {
    ButtonKind.PRIMARY: (
        _Look("accent", "", "on-accent"),
        _Look("accent-hover", "", "on-accent"),
        _Look("accent-press", "", "on-accent"),
    ),
    ButtonKind.PLAIN: (
        _Look("bg-surface", "border-control", "text"),
        _Look("bg-hover", "border-control", "text"),
        _Look("bg-selected", "border-control", "text"),
    ),
    ButtonKind.DANGER: (
        _Look("bg-surface", "danger-solid", "danger"),
        _Look("danger-bg", "danger-solid", "danger"),
        _Look("danger-bg", "danger-solid", "danger"),
    ),
    ButtonKind.QUIET: (
        _Look("", "", "text-2"),
        _Look("bg-hover", "", "text"),
        _Look("bg-selected", "", "accent-text"),
    ),
}
_PADDING, _GAP, _ICON, _RADIUS = 10, 6, 14, 4


class Button(QPushButton):
    """A button.

    Args:
        text: infinitive and object; "" for an icon alone, which then needs `name`.
        kind: what it weighs.
        icon: of `resources/icons`, "" for none.
        keys: the shortcut that does the same, shown as a cap ("F5").
        small: 24 high rather than 28.
        name: accessible name and tooltip of an icon alone.
        parent: of the widget.
    """

    def __init__(
        self,
        text: str = "",
        kind: ButtonKind = ButtonKind.PLAIN,
        *,
        icon: str = "",
        keys: str = "",
        small: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind, self._icon, self._keys, self._small = kind, icon, keys, small
        self._hovered = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        if name:
            self.setAccessibleName(name)
            self.setToolTip(f"{name} ({keys})" if keys and not text else name)
        theme().changed.connect(self._on_theme_changed)

    @property
    def keys(self) -> str:
        """The shortcut that does the same, as the keyboard shows it."""
        return self._keys

    def set_keys(self, keys: str) -> None:
        """Show other keys."""
        self._keys = keys
        self.updateGeometry()
        self.update()

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon = name
        self.update()

    @property
    def kind(self) -> ButtonKind:
        """What it weighs."""
        return self._kind

    def set_kind(self, kind: ButtonKind) -> None:
        """Weigh more or less."""
        self._kind = kind
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the size of what the button shows."""
        px = theme().px
        height = px(24) if self._small else theme().height_of("control")
        if not self.text():
            return QSize(max(px(24), height), height)
        width = (
            2 * px(_PADDING if not self._small else 8) + int(theme().text_width(self.text(), "button")) + 1
        )
        width += px(_ICON + _GAP) if self._icon else 0
        width += px(_GAP) + key_cap_width(self._keys) if self._keys else 0
        return QSize(width, height)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the size of what the button shows."""
        return self.sizeHint()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        """Note that the mouse is over the button."""
        self._hovered = True
        super().enterEvent(event)
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Note that the mouse left the button."""
        self._hovered = False
        super().leaveEvent(event)
        self.update()

    def _look(self) -> _Look:
        calm, hovered, pressed = _LOOKS[self._kind]
        if not self.isEnabled():
            edge = "border" if calm.edge or calm.fill else ""
            return _Look("bg-subtle" if edge else "", edge, "text-disabled")
        if self.isDown() or self.isChecked():
            return pressed
        return hovered if self._hovered else calm

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, then icon, word and key in the middle of it."""
        px, look = theme().px, self._look()
        with QPainter(self) as painter:
            draw_box(painter, self.rect(), px(_RADIUS), look.fill, look.edge, theme().line_width)
            middle = self.height() / 2
            left = (self.width() - self._content_width()) / 2
            if self._icon:
                draw_icon(painter, self._icon, left, middle, _ICON, look.ink)
                left += px(_ICON + _GAP)
            if self.text():
                words = theme().text_width(self.text(), "button") + 1
                area = self.rect().adjusted(round(left), 0, 0, 0)
                draw_text(painter, area, self.text(), "button", look.ink, LEFT)
                left += words + px(_GAP)
                if self._keys:
                    primary = self._kind is ButtonKind.PRIMARY
                    paint_key_cap(
                        painter, self._keys, left, middle, look.ink, look.ink if primary else "border"
                    )

    def _content_width(self) -> float:
        px = theme().px
        if not self.text():
            return px(_ICON)
        width = theme().text_width(self.text(), "button") + 1
        width += px(_ICON + _GAP) if self._icon else 0
        return width + (px(_GAP) + key_cap_width(self._keys) if self._keys else 0)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
