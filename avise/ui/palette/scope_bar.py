"""The scopes under the palette's field: reached with Tab, changed with the arrows."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.palette.values import PaletteScope
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.key_cap import key_cap_width, paint_key_cap
from avise.ui.widgets.painting import CENTRE, draw_badge, draw_box, draw_text

HEIGHT = 34
_PADDING, _GAP = 10, 6


class ScopeBar(QWidget):
    """One scope in force among four.

    Signals:
        chosen: the scope that the user took (a `PaletteScope`).
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scope = PaletteScope.ALL
        self._counts: dict[PaletteScope, int] = {}
        heard_as(self, Role.RadioButton)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)
        self._tell()

    def show_scope(self, scope: PaletteScope, counts: dict[PaletteScope, int]) -> None:
        """Show the scope in force and how much each one finds."""
        self._scope, self._counts = scope, counts
        self._tell()
        self.update()

    def _tell(self) -> None:
        self.setAccessibleName(f"{text('palette.scopes')}, {text(f'palette.scope.{self._scope}')}")

    def _places(self) -> list[tuple[PaletteScope, QRectF]]:
        left: float = theme().px(_PADDING)
        places = []
        for scope in PaletteScope:
            width = theme().text_width(text(f"palette.scope.{scope}"), "small-strong")
            width += theme().px(2 * 8) + (self._badge_width(scope) if self._badge(scope) else 0)
            places.append((scope, QRectF(left, theme().px(5), width, self.height() - theme().px(10))))
            left += width + theme().px(_GAP)
        return places

    def _badge(self, scope: PaletteScope) -> str:
        count = 0 if scope is PaletteScope.ALL else self._counts.get(scope, 0)
        return str(count) if count else ""

    def _badge_width(self, scope: PaletteScope) -> float:
        return theme().text_width(self._badge(scope), "micro") + theme().px(8 + _GAP)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scopes and the hint of the key."""
        px = theme().px
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-subtle"))
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme().colour("border-subtle"))
            for scope, area in self._places():
                chosen = scope is self._scope
                if chosen:
                    draw_box(painter, area, px(4), "bg-selected")
                words = area.adjusted(px(8), 0, -px(8), 0)
                if badge := self._badge(scope):
                    draw_badge(painter, words.right(), area.center().y(), badge, "neutral-bg", "neutral")
                style, role = ("small-strong", "accent-text") if chosen else ("small-medium", "text")
                draw_text(painter, words, text(f"palette.scope.{scope}"), style, role)
            self._paint_hint(painter)

    def _paint_hint(self, painter: QPainter) -> None:
        px, words = theme().px, text("palette.scope_hint")
        width = theme().text_width(words, "small") + 1
        left = self.width() - px(14) - width
        draw_text(painter, QRectF(left, 0, width, self.height()), words, "small", "text-2", CENTRE)
        keys = keys_of("palette_scope")
        paint_key_cap(painter, keys, left - key_cap_width(keys) - px(5), self.height() / 2)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the scope under the mouse."""
        for scope, area in self._places():
            if area.contains(event.position()):
                self.chosen.emit(scope)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the scope before or after."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        scopes = list(PaletteScope)
        self.chosen.emit(scopes[(scopes.index(self._scope) + step) % len(scopes)])

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the bar."""
        return QSize(theme().px(400), theme().px(HEIGHT))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))
        self.update()
