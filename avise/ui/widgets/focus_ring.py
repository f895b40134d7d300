"""The mark of the keyboard: two pixels around the widget with focus, one pixel outside it (`ui.md` 8)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_focus

NO_RING = "noFocusRing"
"""Dynamic property of a widget that shows by itself that it has focus."""

_OUTSET = 3
_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QComboBox)
_MOVES = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide})


class FocusRing(QWidget):
    """Follows focus in one window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        for watched in filter(isValid, self._watched):
            watched.removeEventFilter(self)
        self._watched = []
        by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if by_mouse and not isinstance(new, _FIELDS):
            new = None  # the mouse shows where it is; the ring is the keyboard's mark
        if new is None or new.window() is not self.window() or not _wants_ring(new):
            self.hide()
            return
        # Whatever moves the widget moves one of its parents: a scroll, a splitter, a new layout.
        widget: QWidget | None = new
        while widget and widget is not self.window():
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()
        self._follow()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move with the widget; never keep an event."""
        if event.type() in _MOVES:
            self._follow()
        elif event.type() == QEvent.Type.Destroy:
            self.hide()
        return False

    def _follow(self) -> None:
        target = self._watched[0] if self._watched else None
        if target is None or not isValid(target) or not target.isVisible():
            self.hide()
            return
        whole = QRect(target.mapTo(self.window(), QPoint(0, 0)), target.size())
        # Of something longer than the area in which it moves, the ring is around what is seen.
        place = whole & self._visible_part(target)
        if place.isEmpty():
            self.hide()
            return
        self.setGeometry(place.adjusted(-_OUTSET, -_OUTSET, _OUTSET, _OUTSET))
        self.raise_()
        self.show()

    def _visible_part(self, target: QWidget) -> QRect:
        part = self.window().rect()
        for parent in self._watched[1:]:
            part &= QRect(parent.mapTo(self.window(), QPoint(0, 0)), parent.size())
        return part if target.isVisible() else QRect()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring."""
        with QPainter(self) as painter:
            draw_focus(painter, self.rect(), theme().px(6))


def _wants_ring(widget: QWidget) -> bool:
    if widget.property(NO_RING):
        return False
    if isinstance(widget, QAbstractItemView):
        return False  # its current row wears an inner ring
    return isinstance(widget, (*_FIELDS, QAbstractButton)) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus
