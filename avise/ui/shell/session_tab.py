"""One tab of a customer, painted: channel, name, then one mark (`ui.md` 5.1)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget
from typing_extensions import override

from avise.models.customer import PersonId
from avise.texts import plural, text
from avise.texts.formats import format_countdown, format_timer
from avise.ui.shell.sessions import SessionTab
from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_badge, draw_icon, draw_text

_PADDING, _GAP, _ICON, _CROSS, _CROSS_TARGET = 11, 7, 14, 14, 24


class SessionTabButton(QAbstractButton):
    """A tab that shows its customer when pressed.

    Signals:
        close_requested: the cross, or a middle click.
    """

    close_requested = Signal()

    def __init__(self, person: PersonId, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._person = person
        self._tab: SessionTab | None = None
        self._icon = "user"
        self._seconds = 0
        self._wrap_up_seconds = 0
        self._cross_hovered = False
        self.setCheckable(True)
        self.setMouseTracking(True)

    def set_tab(self, tab: SessionTab, label: str, place: int, count: int) -> None:
        """Show another state of the tab."""
        self._tab = tab
        self._icon = "phone-call" if tab.on_call else ("lock" if tab.restricted else "user")
        self.setText(label)
        self.setToolTip(label)
        self.setAccessibleName(_spoken(tab, label, self._seconds, place, count))
        self.update()

    def set_page(self, label: str, icon: str) -> None:
        """Show a page of the rail: pinned, without a cross."""
        self._tab = None
        self._icon = icon
        self.setText(label)
        self.setAccessibleName(label)
        self.update()

    def wanted_width(self) -> int:
        """Return the width at which a page of the rail is named whole."""
        px = theme().px
        return px(2 * _PADDING + _ICON + _GAP) + int(theme().text_width(self.text(), "button")) + 2

    def set_seconds(self, seconds: int) -> None:
        """Show how long the call has lasted."""
        self._seconds = seconds
        self.update()

    def set_wrap_up_seconds(self, seconds: int) -> None:
        """Show how long the wrap-up still is; 0 shows nothing."""
        self._wrap_up_seconds = seconds
        self.update()

    @property
    def _has_cross(self) -> bool:
        return self.isChecked() and self._tab is not None

    def _cross(self) -> QRectF:
        px = theme().px
        size = px(_CROSS_TARGET)
        return QRectF(
            self.width() - px(_PADDING) - px(_CROSS) - px(5), (self.height() - size) / 2, size, size
        )

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaint with the tint of the mouse."""
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Repaint without the tint of the mouse."""
        self._cross_hovered = False
        self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse over the cross."""
        over = self._has_cross and self._cross().contains(event.position())
        if over != self._cross_hovered:
            self._cross_hovered = over
            self.update()
        super().mouseMoveEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave the middle button and the cross to the release."""
        if event.button() == Qt.MouseButton.MiddleButton or self._on_cross(event.position()):
            event.accept()
            return
        super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close with the cross or the middle button."""
        middle = event.button() == Qt.MouseButton.MiddleButton and self._tab is not None
        if middle or self._on_cross(event.position()):
            self.close_requested.emit()
            return
        super().mouseReleaseEvent(event)

    def _on_cross(self, position: QPointF) -> bool:
        return self._has_cross and self._cross().contains(position)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, then icon, name, mark and cross."""
        px, chosen = theme().px, self.isChecked()
        with QPainter(self) as painter:
            self._paint_ground(painter, chosen=chosen)
            middle = self.height() / 2
            on_call = self._tab is not None and self._tab.on_call
            ink = "accent-text" if on_call or (chosen and self._tab is None) else "text-2"
            draw_icon(painter, self._icon, px(_PADDING), middle, _ICON, ink)
            right: float = self.width() - px(_PADDING)
            if self._has_cross:
                role = "text" if self._cross_hovered else "text-2"
                draw_icon(painter, "x", right - px(_CROSS), middle, _CROSS, role)
                right -= px(_CROSS + _GAP)
            right = self._paint_mark(painter, right, middle)
            left = px(_PADDING + _ICON + _GAP)
            words = QRectF(left, 0, right - left, self.height())
            draw_text(painter, words, self.text(), "button", "text" if chosen else "text-2")

    def _paint_ground(self, painter: QPainter, *, chosen: bool) -> None:
        if chosen:
            painter.fillRect(self.rect(), theme().colour("bg-surface"))
            painter.fillRect(QRectF(0, 0, self.width(), 2), theme().colour("accent"))
        elif self.underMouse():
            painter.fillRect(self.rect(), theme().colour("bg-hover"))
        if not chosen:
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme().colour("border"))
        painter.fillRect(QRectF(self.width() - 1, 0, 1, self.height()), theme().colour("border"))

    def _paint_mark(self, painter: QPainter, right: float, middle: float) -> float:
        """Paint the one mark that matters most; return where the name must end."""
        px, tab = theme().px, self._tab
        if tab is None:
            return right
        if self._seconds if tab.on_call else self._wrap_up_seconds:
            left = format_countdown(self._wrap_up_seconds)
            timer = format_timer(self._seconds) if tab.on_call else left
            width = theme().text_width(timer, "button", tabular=True) + 1
            area = QRectF(right - width, 0, width, self.height())
            ink = "accent-text" if tab.on_call else "warn"
            draw_text(painter, area, timer, "button", ink, tabular=True)
            return right - width - px(_GAP)
        if tab.has_draft:
            draw_icon(painter, "pen-line", right - px(_ICON), middle, _ICON, "text-3")
            return right - px(_ICON + _GAP)
        return self._paint_what_waits(painter, tab, right, middle)

    def _paint_what_waits(self, painter: QPainter, tab: SessionTab, right: float, middle: float) -> float:
        px = theme().px
        if tab.to_send:
            count = str(tab.to_send)
            width = theme().text_width(count, "button", tabular=True) + 1
            area = QRectF(right - width, 0, width, self.height())
            draw_text(painter, area, count, "button", "info", tabular=True)
            right -= width + px(_GAP / 2)
            draw_icon(painter, "cloud-upload", right - px(_ICON), middle, _ICON, "info")
            return right - px(_ICON + _GAP)
        if tab.to_follow:
            draw_icon(painter, "hand", right - px(_ICON), middle, _ICON, "warn")
            return right - px(_ICON + _GAP)
        if tab.unread:
            return draw_badge(painter, right, middle, str(tab.unread), "accent", "on-accent") - px(_GAP)
        return right


def _spoken(tab: SessionTab, label: str, seconds: int, place: int, count: int) -> str:
    parts = [label]
    if tab.on_call:
        parts.append(plural("tab.on_call", max(seconds // 60, 0)))
    if tab.has_draft:
        parts.append(text("tab.draft"))
    if tab.to_send:
        parts.append(plural("outbox.count.to_send", tab.to_send))
    if tab.to_follow:
        parts.append(plural("tab.to_follow", tab.to_follow))
    if tab.unread:
        parts.append(plural("tab.unread", tab.unread))
    parts.append(text("tab.place", place=place, count=count))
    return ", ".join(parts)
