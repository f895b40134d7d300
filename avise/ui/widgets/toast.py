"""A short message after an action of the user, one at a time, that never takes focus (`ui.md` 5.14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.layout import row
from avise.ui.widgets.link import Link
from avise.ui.widgets.painting import draw_box, draw_icon, draw_text

HEIGHT, MIN_WIDTH, MAX_WIDTH = 40, 360, 520
SHOWN_MS = 8000
_MARGIN, _PADDING, _ICON = 12, 14, 16


@dataclass(frozen=True, slots=True)
class Message:
    """What a toast says."""

    sentence: str
    icon: str = "circle-check"
    is_error: bool = False
    """Stays until it is closed."""
    action: str = ""
    on_action: Callable[[], None] | None = None
    undoable: Callable[[], bool] | None = None
    """The action takes back what was done; Ctrl+Z does the same while this says that it still can."""


class Toast(QWidget):
    """The message of a window, bottom left of its work area; others wait their turn.

    Signals:
        told: the sentence shown, and whether it is an error; for the announcer.
    """

    told = Signal(str, bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[Message] = []
        self._message: Message | None = None
        self._origin = QPoint()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.close_message)
        self._action = Link("", "bg-surface", underlined=True)
        self._action.clicked.connect(self._on_action)
        self._close = Link(text("toast.close"), "bg-surface")
        self._close.clicked.connect(self.close_message)
        self.setLayout(row(None, self._action, self._close, gap=14, margins=(0, 0, _PADDING, 0)))
        self.hide()

    def show_message(self, message: Message) -> None:
        """Show a message, after those that already wait."""
        self._waiting.append(message)
        if self._message is None:
            self._next()

    def message(self) -> Message | None:
        """Return the message shown."""
        return self._message

    def take_focus(self) -> None:
        """Go to the message (F8)."""
        if self._message is not None:
            (self._action if self._message.action else self._close).setFocus()

    def move_to(self, window: QWidget, origin: QPoint) -> None:
        """Stand in another window from now on: the one with focus."""
        if window is self._window:
            return
        self._window = window
        shown = self._message is not None
        self.setParent(window)
        self.place(origin)
        self.setVisible(shown)
        self.raise_()

    def place(self, origin: QPoint) -> None:
        """Stand with the bottom left corner a little above and right of a point of the window."""
        self._origin = origin
        size = self.sizeHint()
        margin = theme().px(_MARGIN)
        self.setGeometry(
            origin.x() + margin, origin.y() - margin - size.height(), size.width(), size.height()
        )

    @Slot()
    def close_message(self) -> None:
        """Hide the message; the next one comes."""
        self._timer.stop()
        self._message = None
        self.hide()
        self._next()

    def _next(self) -> None:
        if not self._waiting:
            return
        self._message = self._waiting.pop(0)
        self.setAccessibleName(self._message.sentence)
        self._action.setText(self._message.action)
        self._action.setVisible(bool(self._message.action))
        self.place(self._origin)
        self.show()
        self.raise_()
        if not self._message.is_error:
            self._timer.start()
        self.told.emit(self._message.sentence, self._message.is_error)

    @Slot()
    def _on_action(self) -> None:
        action = self._message.on_action if self._message else None
        self.close_message()
        if action is not None:
            action()

    @override
    def sizeHint(self) -> QSize:
        """Return the size of the message."""
        px = theme().px
        sentence = self._message.sentence if self._message else ""
        words = theme().text_width(sentence, "row") + px(2 * _PADDING + _ICON + 10)
        wanted = int(words) + self._action.sizeHint().width() + self._close.sizeHint().width() + px(32)
        return QSize(min(max(wanted, px(MIN_WIDTH)), px(MAX_WIDTH)), px(HEIGHT))

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while the mouse is over the message."""
        self._timer.stop()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Count again when the mouse leaves."""
        if self._message is not None and not self._message.is_error:
            self._timer.start()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the message in inverse colours."""
        if self._message is None:
            return
        px = theme().px
        with QPainter(self) as painter:
            draw_box(painter, self.rect(), px(6), "text")
            draw_icon(painter, self._message.icon, px(_PADDING), self.height() / 2, _ICON, "bg-surface")
            left = px(_PADDING + _ICON + 10)
            right = self._action.x() if self._message.action else self._close.x()
            words = QRectF(left, 0, right - left - px(10), self.height())
            draw_text(painter, words, self._message.sentence, "row", "bg-surface")
