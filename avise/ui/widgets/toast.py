"""A short message after an action of the user, one at a time, that never takes focus (`ui.md` 5.14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.focus_place import FocusPlace
from avise.ui.widgets.layout import row
from avise.ui.widgets.link import Link
from avise.ui.widgets.painting import draw_box, draw_icon

HEIGHT, MIN_WIDTH, MAX_WIDTH = 40, 360, 520
SHOWN_MS = 8000
_MARGIN, _PADDING, _ICON, _GAP = 12, 14, 16, 10
_PROBE, _STEPS = 24, 6
"""Between two points that are looked at: no button is smaller. How often a message steps up."""
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)


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
    about: object = None
    """What it tells of (equal when it is the same thing): an earlier message about it goes at once."""
    gives_way: bool = False
    """Leaves when another message comes: what one that stays would keep away may hold an undo."""


def _must_stay_in_sight(widget: QWidget) -> bool:
    """Say whether a message may not stand over a widget (`ui.md` 5.14)."""
    if isinstance(widget, Button):
        return widget.kind is ButtonKind.PRIMARY and widget.isEnabled()
    edit = widget if isinstance(widget, QLineEdit) else widget.parentWidget()
    return isinstance(edit, QLineEdit | QPlainTextEdit | QTextEdit) and not edit.isReadOnly()


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
        self._before: FocusPlace | None = None
        """Where focus was when F8 brought it here."""
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
        """Show a message, after those that already wait; in the place of one about the same thing."""
        if message.about is None:
            self._waiting.append(message)
        else:
            self._waiting = [one for one in self._waiting if one.about != message.about]
            is_news = self._message is not None and self._message.about == message.about
            self._waiting.insert(0 if is_news else len(self._waiting), message)
            if is_news:
                self.close_message()
        if self._message is None:
            self._next()
        elif self._message.gives_way:
            self.close_message()

    def message(self) -> Message | None:
        """Return the message shown."""
        return self._message

    def take_focus(self) -> None:
        """Go to the message (F8)."""
        if self._message is None:
            return
        focused = QApplication.focusWidget()
        if focused is not None and not self.isAncestorOf(focused):
            self._before = FocusPlace(focused)
        (self._action if self._message.action else self._close).setFocus(Qt.FocusReason.OtherFocusReason)

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
        """Stand a little above and right of a point of the window, over nothing that is being used."""
        self._origin = origin
        size, margin = self.sizeHint(), theme().px(_MARGIN)
        lowest = QRect(QPoint(origin.x() + margin, origin.y() - margin - size.height()), size)
        self.setGeometry(self._clear_of_work(lowest) if self._message is not None else lowest)

    def _clear_of_work(self, lowest: QRect) -> QRect:
        """Return the lowest place that covers neither a primary button nor what is typed in."""
        place, margin = QRect(lowest), theme().px(_MARGIN)
        for _ in range(_STEPS):
            covered = self._covered(place)
            if covered is None:
                return place
            place.moveBottom(covered.top() - margin)
            if place.top() < 0:
                break
        return lowest

    def _covered(self, place: QRect) -> QRect | None:
        """Return where something that must stay in sight stands under a place; None when nothing does."""
        # Looked for at points, and not among all widgets: a window has thousands.
        step, edge = theme().px(_PROBE), 1
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        try:
            for y in (*range(place.top(), place.bottom(), step), place.bottom() - edge):
                for x in (*range(place.left(), place.right(), step), place.right() - edge):
                    found = self._window.childAt(QPoint(x, y))
                    if found is not None and _must_stay_in_sight(found):
                        return QRect(found.mapTo(self._window, QPoint(0, 0)), found.size())
        finally:
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on=False)
        return None

    @Slot()
    def close_message(self) -> None:
        """Hide the message; the next one comes."""
        self._timer.stop()
        self._message = None
        self._give_focus_back()
        self.hide()
        self._next()

    def _give_focus_back(self) -> None:
        before, self._before = self._before, None
        focused = QApplication.focusWidget()
        if before is not None and focused is not None and self.isAncestorOf(focused):
            before.take_focus()

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
        """Return the size of the message: a long one takes several lines, nothing is cut."""
        px = theme().px
        sentence = self._message.sentence if self._message else ""
        beside = self._beside()
        wanted = int(theme().text_width(sentence, "row")) + 1 + beside
        room = self._window.width() - self._origin.x() - px(2 * _MARGIN)
        width = min(max(wanted, px(MIN_WIDTH)), max(min(px(MAX_WIDTH), room), px(MIN_WIDTH)))
        room_for_words = QRectF(0, 0, width - beside, 10_000)
        lines = theme().metrics("row").boundingRect(room_for_words, _WRAPPED, sentence)
        return QSize(width, max(px(HEIGHT), round(lines.height()) + px(2 * _GAP)))

    def _beside(self) -> int:
        """Return the width of all but the sentence."""
        px = theme().px
        action = self._action.sizeHint().width() + px(14) if self._message and self._message.action else 0
        return px(2 * _PADDING + _ICON + 2 * _GAP) + action + self._close.sizeHint().width()

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
            left = px(_PADDING + _ICON + _GAP)
            right = self._action.x() if self._message.action else self._close.x()
            painter.setFont(theme().font("row"))
            painter.setPen(theme().colour("bg-surface"))
            words = QRectF(left, 0, right - left - px(_GAP), self.height())
            painter.drawText(words, _WRAPPED, self._message.sentence)
