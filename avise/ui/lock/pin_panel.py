"""The code that opens a locked desk, in the settings."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.panel import Panel

_FIELD = 150


class PinPanel(Panel):
    """Sets the code, changes it, takes it away.

    Signals:
        wanted: the new code ("" to have none) and the current one.
    """

    wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(text("lock.settings"), "lock", parent)
        self.state = Label("", "small", "meta", wrap=True)
        self.current = _field(text("lock.current"))
        self.new = _field(text("lock.new"))
        self.again = _field(text("lock.again"))
        self.set = Button(text("lock.set"), icon="lock")
        self.remove = Button(text("lock.remove"), ButtonKind.QUIET)
        self.outcome = Label("", "small", "muted", wrap=True)
        self.body.addLayout(
            column(
                self.state,
                row(self.current, self.new, self.again, None, gap=8),
                self.outcome,
                row(self.set, self.remove, None, gap=8),
                gap=8,
                margins=(12, 10, 12, 12),
            )
        )
        self.set.clicked.connect(self._on_set)
        self.remove.clicked.connect(lambda: self.wanted.emit("", self.current.text()))
        for field in (self.current, self.new, self.again):
            field.returnPressed.connect(self._on_set)
        self.show_state(has_pin=False)

    def show_state(self, *, has_pin: bool) -> None:
        """Say whether a code opens this desk."""
        self.state.setText(text("lock.has_pin" if has_pin else "lock.has_no_pin"))
        self.current.setVisible(has_pin)
        self.remove.setVisible(has_pin)

    def say(self, sentence: str, *, is_error: bool) -> None:
        """Say what became of the wish; a code that was taken is forgotten here."""
        self.outcome.setText(sentence)
        self.outcome.set_tone("danger" if is_error else "ok")
        if not is_error:
            self.forget()

    def forget(self) -> None:
        """Empty the fields."""
        for field in (self.current, self.new, self.again):
            field.clear()

    @Slot()
    def _on_set(self) -> None:
        if not self.new.text():
            self.say(text("lock.pin_form"), is_error=True)
        elif self.new.text() != self.again.text():
            self.say(text("lock.differ"), is_error=True)
        else:
            self.wanted.emit(self.new.text(), self.current.text())


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setMaxLength(12)
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    field.setFixedWidth(theme().px(_FIELD))
    return field
