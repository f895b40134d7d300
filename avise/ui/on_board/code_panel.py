"""The code that protects what is on board, in the settings: set, changed, taken away."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget
from typing_extensions import override

from avise.services.pack_values import PacksStatus
from avise.texts import text
from avise.ui.on_board.wording import is_allowed
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.panel import Panel

_FIELD = 150


class CodePanel(Panel):
    """Sets the code, changes it, takes it away; hidden where nothing may be carried.

    Signals:
        wanted: the new code ("" to have none) and the current one.
    """

    wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(text("on_board.code_of"), "hard-drive", parent)
        self.state = Label("", "small", "meta", wrap=True)
        self.current = _field(text("on_board.code_current"))
        self.new = _field(text("on_board.code_new"))
        self.again = _field(text("on_board.code_again"))
        self.set = Button(text("on_board.code_set"), icon="lock")
        self.remove = Button(text("on_board.code_remove"), ButtonKind.QUIET)
        for button in (self.set, self.remove):
            button.setAccessibleName(_told(button.text()))
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
        self.hide()

    def show_status(self, status: PacksStatus | None) -> None:
        """Say whether a code protects what is on board."""
        self.setVisible(is_allowed(status))
        has_code = status is not None and status.pin_set
        self.state.setText(text("on_board.has_code" if has_code else "on_board.has_no_code"))
        self.current.setVisible(has_code)
        self.remove.setVisible(has_code)

    def come_into_view(self) -> None:
        """Have the page scrolled to here."""
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(self)

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

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Leave no code in a field that nobody sees."""
        super().hideEvent(event)
        self.forget()

    @Slot()
    def _on_set(self) -> None:
        if not self.new.text():
            self.say(text("pack.weak_pin"), is_error=True)
        elif self.new.text() != self.again.text():
            self.say(text("on_board.codes_differ"), is_error=True)
        else:
            self.wanted.emit(self.new.text(), self.current.text())


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setMaxLength(12)
    field.setPlaceholderText(name)
    field.setAccessibleName(_told(name))
    field.setFixedWidth(theme().px(_FIELD))
    return field


def _told(name: str) -> str:
    """Return a name that tells this code from that of the desk, set on the same page."""
    return f"{name}, {text('on_board.code_of')}"
