"""What a locked window shows: that it is locked, how it opens, and that somebody calls; nothing else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from typing_extensions import override

from avise.texts import plural, text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.focus_ring import FocusRing
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.panel import Panel

_WIDTH = 360
_MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)


class Cover(QWidget):
    """Stands over a window whose other widgets are hidden: a reader of the screen finds nothing behind it.

    Args:
        window: to cover.
        asks: whether this cover is the one that opens the desk; the others only hide their window.

    Signals:
        lifted: a key or the mouse, on a desk that has no code.
        pin_given: what was typed.
    """

    lifted = Signal()
    pin_given = Signal(str)

    def __init__(self, window: QWidget, *, asks: bool = True) -> None:
        super().__init__(window)
        self._window, self._asks = window, asks
        self._hidden: list[QWidget] = []
        self._later: list[QWidget] = []
        self._opens_at_a_touch = False
        self._left = 0
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._on_second)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        heard_as(self, Role.Grouping)
        self.setAccessibleName(text("lock.title"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()
        self._take_over()

    def _build(self) -> None:
        self.sentence = Label("", "body", "muted", wrap=True)
        self.call = Label(text("lock.call"), "strong", "accent")
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(12)
        self.field.setAccessibleName(text("lock.pin"))
        self.field.setPlaceholderText(text("lock.pin"))
        self.field.returnPressed.connect(self._give)
        self.open = Button(text("lock.open"), ButtonKind.PRIMARY, icon="lock")
        self.open.clicked.connect(self._give)
        self.outcome = Label("", "small", "danger", wrap=True)
        self.panel = Panel(text("lock.title"), "lock", self)
        self._caller = QWidget()
        self._caller.setLayout(row(Icon("phone-incoming", 18, "accent-text"), self.call, None, gap=8))
        for part in (self._caller, self.field, self.open, self.outcome):
            part.hide()
        self.panel.body.addLayout(
            column(
                self._caller,
                self.sentence,
                self.field,
                self.outcome,
                row(None, self.open),
                gap=8,
                margins=(14, 12, 14, 14),
            )
        )
        self.panel.setFixedWidth(theme().px(_WIDTH))
        outer = column(None, row(None, self.panel, None), None)
        self.setLayout(outer)

    # ---- covering ----------------------------------------------------------------------------
    def _take_over(self) -> None:
        """Hide everything else in the window, and whatever comes on screen meanwhile."""
        for child in self._others():
            if child.isVisible():
                self._hidden.append(child)
                child.hide()
            child.installEventFilter(self)
        self._window.installEventFilter(self)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _others(self) -> list[QWidget]:
        return [
            child
            for child in self._window.children()
            if isinstance(child, QWidget)
            and not child.isWindow()
            and not isinstance(child, Cover | FocusRing)
        ]

    def give_back(self) -> list[QWidget]:
        """Show the window again as it was; return what wanted to come on screen meanwhile."""
        self._second.stop()
        self._window.removeEventFilter(self)
        for child in self._others():
            child.removeEventFilter(self)
        self.hide()
        for child in self._hidden:
            child.show()
        self.deleteLater()
        return self._later

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the window; keep hidden what would show itself over the cover."""
        if watched is self._window:
            if event.type() == QEvent.Type.Resize:
                self.setGeometry(self._window.rect())
            return False
        if event.type() == QEvent.Type.ShowToParent and isinstance(watched, QWidget):
            watched.hide()
            if watched not in self._later and watched not in self._hidden:
                self._later.append(watched)
        return False

    # ---- what it says ------------------------------------------------------------------------
    def ask_pin(self) -> None:
        """Ask for the code."""
        self._opens_at_a_touch = False
        self.sentence.setText(text("lock.asks"))
        if self._asks:
            self.field.show()
            self.open.show()
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_at_a_touch(self) -> None:
        """Say that no code was set: this only hides the screen."""
        self._opens_at_a_touch = True
        self.sentence.setText(text("lock.no_pin"))

    def show_call(self, *, ringing: bool) -> None:
        """Say that somebody calls, never who."""
        self._caller.setVisible(ringing)

    def refuse(self, sentence: str, wait_s: int) -> None:
        """Say why the desk stays locked, and when to try again."""
        self.field.clear()
        self.outcome.setText(sentence)
        self.outcome.show()
        self._left = wait_s
        self._show_wait()

    def _show_wait(self) -> None:
        waits = self._left > 0
        self.open.setEnabled(not waits)
        self.field.setEnabled(not waits)
        words = plural("lock.wait_seconds", self._left) if waits else ""
        self.sentence.setText(words or text("lock.asks"))
        if waits:
            self._second.start()
        elif self._asks:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_second(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._second.stop()
        self._show_wait()

    # ---- opening -----------------------------------------------------------------------------
    @Slot()
    def _give(self) -> None:
        typed = self.field.text()
        if typed and self.field.isEnabled():
            self.field.setEnabled(False)
            self.open.setEnabled(False)
            self.pin_given.emit(typed)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open at any key that types something, where no code was set; keep every key."""
        if self._opens_at_a_touch and event.key() not in _MODIFIERS:
            self.lifted.emit()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open at a press of the mouse, where no code was set."""
        if self._opens_at_a_touch:
            self.lifted.emit()


def close_popups() -> None:
    """Close menus and lists that hang over a window."""
    for _ in range(10):
        popup = QApplication.activePopupWidget()
        if popup is None:
            return
        popup.close()
