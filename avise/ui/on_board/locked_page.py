"""What is on board and cannot be read now: a code to type, or one sentence that says when it comes back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from avise.models.leases import LeaseState
from avise.services.pack_values import PacksStatus
from avise.texts import plural, text
from avise.ui.shell.page import Zone
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.link import Link
from avise.ui.widgets.panel import Panel

_WIDTH = 420
BLOCKED = "pack.pin_blocked"


class LockedPage(QWidget):
    """The page.

    Args:
        parent: of the widget.

    Signals:
        pin_given: what was typed.
        left: the user goes on without what is on board.
    """

    pin_given = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._blocked = ""
        self.panel = Panel(text("on_board.title"), "hard-drive", self)
        self.sentence = Label("", "body", wrap=True)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(12)
        self.field.setAccessibleName(text("on_board.code_of"))
        self.tries = Label("", "small", "meta", wrap=True)
        self.outcome = Label("", "body", "danger", wrap=True)
        self.later = Link(text("on_board.later"))
        self.open = Button(text("on_board.open"), ButtonKind.PRIMARY, icon="lock")
        self.go_on = Button(text("on_board.go_on_without"), ButtonKind.PRIMARY, icon="arrow-right")
        self._build()
        self.field.returnPressed.connect(self._give)
        self.open.clicked.connect(self._give)
        self.later.clicked.connect(self.left)
        self.go_on.clicked.connect(self.left)

    def _build(self) -> None:
        label = Label(text("on_board.code_of"), "small-medium")
        label.setBuddy(self.field)
        self._typed = QWidget()
        self._typed.setLayout(column(label, self.field, self.tries, gap=4))
        self._outcome_line = QWidget()
        told = row(Icon("circle-alert", 14, "danger"), self.outcome, gap=6)
        told.setStretch(1, 1)
        self._outcome_line.setLayout(told)
        self._outcome_line.hide()
        self.panel.body.addLayout(
            column(
                self.sentence, self._typed, self._outcome_line,
                row(self.later, None, self.open, self.go_on, gap=10), gap=10, margins=(16, 14, 16, 14),
            )
        )  # fmt: skip
        self.panel.setFixedWidth(theme().px(_WIDTH))
        self.setLayout(column(None, row(None, self.panel, None), None, None))

    # ---- what it says --------------------------------------------------------------------------
    def show_status(self, status: PacksStatus) -> None:
        """Show how what is on board stands."""
        asks = status.lease is LeaseState.PIN_NEEDED
        if status.lease is LeaseState.HELD:
            self._blocked = ""
        told = text(f"on_board.page.{LeaseState.PIN_NEEDED if asks else LeaseState.ENDED}")
        self.sentence.setText(told if asks else self._blocked or told)
        left = status.tries_left
        self.tries.setText(plural("on_board.tries", left) if asks and left is not None else "")
        for part in (self._typed, self.open, self.later):
            part.setVisible(asks)
        self.go_on.setVisible(not asks)
        if not asks:
            self._outcome_line.hide()
        self.setAccessibleDescription(self.sentence.text())

    def refuse(self, key: str, sentence: str) -> None:
        """Say why the code opens nothing."""
        self.field.clear()
        self.set_busy(busy=False)
        if key == BLOCKED:
            self._blocked = sentence
        self.outcome.setText(sentence)
        self._outcome_line.setVisible(key != BLOCKED)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, *, busy: bool) -> None:
        """Let nothing be typed while a code is tried: that takes a second."""
        self.field.setEnabled(not busy)
        self.open.setEnabled(not busy)

    @Slot()
    def _give(self) -> None:
        typed = self.field.text()
        if typed and self.field.isEnabled():
            self._outcome_line.hide()
            self.set_busy(busy=True)
            self.pin_given.emit(typed)

    # ---- page ----------------------------------------------------------------------------------
    def zones(self) -> list[Zone]:
        """Return its one zone."""
        return [("zone.on_board", self.go_on if self.open.isHidden() else self.field)]

    def activate(self) -> None:
        """Come on screen, ready to be typed into."""
        self.set_busy(busy=False)
        self.zones()[0][1].setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """Leave the screen: a code is not left in a field."""
        self.field.clear()
        self._outcome_line.hide()
