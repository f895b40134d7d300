"""The rail: the pages of the window, one above the other, an icon and a word each."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.shortcuts import with_keys
from avise.ui.theme import theme
from avise.ui.widgets.painting import CENTRE, draw_badge, draw_icon, draw_text

WIDTH, NARROW_WIDTH = 72, 52
"""Four more than `ui.md` 4.1: "Boîte d’envoi" is said whole at every zoom."""
_HEIGHT, _NARROW_HEIGHT, _ICON = 48, 40, 18
_LOGO_HEIGHT = 40


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One page of the rail. Label: catalogue key `rail.<id>`."""

    id: str
    icon: str
    shortcut: str
    """Id of the shortcut that goes there."""
    low: bool = False
    """At the bottom of the rail."""


ENTRIES = (
    RailEntry("home", "house", "go_home"),
    RailEntry("customers", "users", "go_customers"),
    RailEntry("requests", "inbox", "go_requests"),
    RailEntry("team", "clipboard-list", "go_team"),
    RailEntry("visits", "route", "go_visits"),
    RailEntry("outbox", "cloud-upload", "outbox"),
    RailEntry("sources", "database", "go_sources"),
    RailEntry("keys", "keyboard", "keys", low=True),
    RailEntry("settings", "settings", "settings", low=True),
)


class RailButton(QAbstractButton):
    """One entry of the rail."""

    def __init__(self, entry: RailEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry = entry
        self._hovered = False
        self._narrow = False
        self._badge = 0
        self.setCheckable(True)
        self.setText(text(f"rail.{entry.id}"))
        self.setToolTip(with_keys(self.text(), entry.shortcut))
        self._tell()

    def set_narrow(self, *, narrow: bool) -> None:
        """Show the icon alone; the tooltip says the word."""
        self._narrow = narrow
        self.updateGeometry()
        self.update()

    def set_badge(self, count: int) -> None:
        """Show how many things wait there."""
        self._badge = count
        self._tell()
        self.update()

    def _tell(self) -> None:
        waiting = f", {self._badge}" if self._badge else ""
        self.setAccessibleName(f"{self.text()}{waiting}")

    @override
    def sizeHint(self) -> QSize:
        """Return the size of an entry."""
        px = theme().px
        if self._narrow:
            return QSize(px(NARROW_WIDTH), px(_NARROW_HEIGHT))
        return QSize(px(WIDTH), px(_HEIGHT))

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        """Note that the mouse is over the entry."""
        self._hovered = True
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Note that the mouse left the entry."""
        self._hovered = False
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon and word, and the bar of the page shown."""
        px = theme().px
        with QPainter(self) as painter:
            chosen = self.isChecked()
            ink = "accent-text" if chosen else ("text" if self._hovered else "text-2")
            if chosen:
                painter.fillRect(QRectF(0, 0, px(3), self.height()), theme().colour("accent"))
            middle = self.height() / 2 if self._narrow else self.height() / 2 - px(9)
            draw_icon(painter, self._entry.icon, (self.width() - px(_ICON)) / 2, middle, _ICON, ink)
            if not self._narrow:
                words = QRectF(0, self.height() / 2 + px(3), self.width(), px(16))
                draw_text(painter, words, self.text(), "micro", ink, CENTRE)
            if self._badge:
                right = self.width() / 2 + px(20)
                draw_badge(painter, right, middle - px(6), str(self._badge), "accent", "on-accent")


class Rail(QWidget):
    """The column of entries.

    Signals:
        chosen: id of the page that the user wants.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chrome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(text("zone.rail"))
        self._narrow = False
        self._buttons: dict[str, RailButton] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(0)
        for entry in ENTRIES:
            if entry.low and not any(other.low for other in ENTRIES[: ENTRIES.index(entry)]):
                self._layout.addStretch(1)
            self._add(entry)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def _add(self, entry: RailEntry) -> None:
        button = RailButton(entry)
        button.clicked.connect(lambda: self.chosen.emit(entry.id))
        self._buttons[entry.id] = button
        self._layout.addWidget(button)

    def button(self, page: str) -> RailButton:
        """Return the entry of a page."""
        return self._buttons[page]

    def set_current(self, page: str) -> None:
        """Mark the page shown."""
        for name, button in self._buttons.items():
            button.setChecked(name == page)

    def focus_current(self) -> None:
        """Take focus on the page shown."""
        shown = next((b for b in self._buttons.values() if b.isChecked()), self._buttons["home"])
        shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_narrow(self, *, narrow: bool) -> None:
        """Hide the words (`ui.md` 4.3, under 1280)."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for button in self._buttons.values():
            button.set_narrow(narrow=narrow)
        self._on_theme_changed()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from one entry to the next with the arrows."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        buttons = list(self._buttons.values())
        here = next((place for place, button in enumerate(buttons) if button.hasFocus()), None)
        if step is None or here is None:
            super().keyPressEvent(event)
            return
        buttons[(here + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the name of the program and the edge."""
        px = theme().px
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-chrome"))
            logo = QRectF(0, 0, self.width(), px(_LOGO_HEIGHT))
            draw_text(painter, logo, text("app.short_name"), "list-title", "text", CENTRE)
            edge = QRectF(self.width() - 1, 0, 1, self.height())
            painter.fillRect(edge, theme().colour("border"))

    @Slot()
    def _on_theme_changed(self) -> None:
        px = theme().px
        self.setFixedWidth(px(NARROW_WIDTH if self._narrow else WIDTH))
        self._layout.setContentsMargins(0, px(_LOGO_HEIGHT), 0, px(6))
        self.update()
