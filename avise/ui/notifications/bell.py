"""The bell of the top bar: how many things were told that nobody saw."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget
from typing_extensions import override

from avise.texts import plural, text
from avise.ui.notifications.centre import notifications
from avise.ui.shortcuts import with_keys
from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_badge, draw_box, draw_icon

_SIZE, _ICON, _MOST = 28, 16, 99


class Bell(QAbstractButton):
    """The bell and its count."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hovered = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(with_keys(text("notifications.title"), "notifications"))
        notifications().changed.connect(self._on_changed)
        theme().changed.connect(self._on_theme_changed)
        self._on_changed()

    @override
    def sizeHint(self) -> QSize:
        """Return the size of a button without words."""
        return QSize(theme().px(_SIZE), theme().px(_SIZE))

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        """Note that the mouse is over the bell."""
        self._hovered = True
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Note that the mouse left the bell."""
        self._hovered = False
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bell, and the count of what was not seen."""
        px, unread = theme().px, notifications().unread
        with QPainter(self) as painter:
            if self._hovered or self.isDown():
                draw_box(painter, self.rect(), px(4), "bg-hover")
            left = (self.width() - px(_ICON)) / 2
            draw_icon(painter, "bell", left, self.height() / 2, _ICON, "text" if unread else "text-2")
            if unread:
                words = str(unread) if unread <= _MOST else f"{_MOST}+"
                draw_badge(painter, self.width(), px(8), words, "accent", "on-accent")

    @Slot()
    def _on_changed(self) -> None:
        unread = notifications().unread
        words = plural("notifications.unread", unread) if unread else text("notifications.none_unread")
        self.setAccessibleName(f"{text('notifications.title')}, {words}")
        self.update()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
