"""To whom one writes: tabs with the recipient in words, a bar under the one in force (`ui.md` 5.11)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.painting import CENTRE, draw_icon, draw_row_line, draw_text

_HEIGHT, _PADDING, _BAR, _DOT = 32, 10, 2, 12


class TargetTabs(QWidget):
    """The tabs, gone through with the arrows.

    Signals:
        chosen: key of the tab that the user took.
        entered: the words are wanted: a tab was clicked, or Entrée pressed on it.
    """

    chosen = Signal(str)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[tuple[str, str], ...] = ()
        self._drafts: frozenset[str] = frozenset()
        self._current = ""
        heard_as(self, Role.RadioButton)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    @property
    def current(self) -> str:
        """Key of the tab in force."""
        return self._current

    def label(self) -> str:
        """Return the words of the tab in force: to whom one writes."""
        return dict(self._choices).get(self._current, "")

    def show_choices(self, choices: Sequence[tuple[str, str]], drafts: frozenset[str]) -> None:
        """Show these tabs, a pencil on those with a text under way; the one in force stays when it can."""
        if (tuple(choices), drafts) == (self._choices, self._drafts):
            return
        self._choices, self._drafts = tuple(choices), drafts
        if self._current not in dict(choices):
            self._current = choices[0][0] if choices else ""
        self._tell()
        self.updateGeometry()
        self.update()

    def set_current(self, key: str) -> None:
        """Put another tab in force; says nothing to listeners."""
        if key in dict(self._choices):
            self._current = key
            self._tell()
            self.update()

    def _tell(self) -> None:
        draft = f", {text('request_panel.draft')}" if self._current in self._drafts else ""
        self.setAccessibleName(f"{text('request_panel.target')}, {self.label()}{draft}")

    def _width_of(self, key: str, words: str) -> int:
        pencil = theme().px(_DOT + 5) if key in self._drafts and key != self._current else 0
        return int(theme().text_width(words, "button")) + 1 + 2 * theme().px(_PADDING) + pencil

    def _places(self) -> list[tuple[str, str, QRectF]]:
        wanted = [self._width_of(key, words) for key, words in self._choices]
        total = sum(wanted)
        share = min(1.0, self.width() / total) if total else 1.0
        found, left = [], 0.0
        for (key, words), width in zip(self._choices, wanted, strict=True):
            found.append((key, words, QRectF(left, 0, width * share, self.height())))
            left += width * share
        return found

    @override
    def sizeHint(self) -> QSize:
        """Return the room of the words."""
        return QSize(sum(self._width_of(*choice) for choice in self._choices), theme().px(_HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the height: words without room are cut, and heard in full."""
        return QSize(theme().px(120), theme().px(_HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, and the bar under those in force."""
        px = theme().px
        with QPainter(self) as painter:
            draw_row_line(painter, self.rect())
            for key, words, place in self._places():
                is_current = key == self._current
                inside = place.adjusted(px(_PADDING - 4), 0, -px(_PADDING - 4), 0)
                if key in self._drafts and not is_current:
                    draw_icon(
                        painter, "pen-line", inside.right() - px(_DOT), place.center().y(), _DOT, "text-3"
                    )
                    inside.setRight(inside.right() - px(_DOT + 3))
                draw_text(painter, inside, words, "button", "accent-text" if is_current else "text-2", CENTRE)
                if is_current:
                    bar = QRectF(place.left(), place.bottom() - px(_BAR), place.width(), px(_BAR))
                    painter.fillRect(bar, theme().colour("accent"))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the tab under the mouse."""
        for key, _words, place in self._places():
            if place.contains(event.position()):
                self._choose(key)
                self.entered.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the tab before or after with the arrows; Entrée goes to the words."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.entered.emit()
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        keys = [key for key, _words in self._choices]
        if step is None or event.modifiers() or self._current not in keys:
            super().keyPressEvent(event)
            return
        self._choose(keys[min(max(keys.index(self._current) + step, 0), len(keys) - 1)])

    def _choose(self, key: str) -> None:
        if key != self._current:
            self.set_current(key)
            self.chosen.emit(key)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
