"""A code in the settings: set, changed, taken away. Two rooms have one, each with its own words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.panel import Panel

_FIELD, _LONGEST = 150, 12


@dataclass(frozen=True, slots=True)
class CodeWords:
    """Catalogue keys of what one code says.

    Args:
        title: of the panel.
        current: field of the code in force.
        new: field of the new one.
        again: field in which it is typed once more.
        set: button that keeps it.
        remove: button that takes it away.
        there: sentence while there is one.
        absent: sentence while there is none.
        form: what a code is made of.
        differ: the two that were typed are not the same.
    """

    title: str
    current: str
    new: str
    again: str
    set: str
    remove: str
    there: str
    absent: str
    form: str
    differ: str


class CodePanel(Panel):
    """Sets a code, changes it, takes it away; keeps none in a field that nobody sees.

    Args:
        words: of this code.
        icon: before the title.
        names_itself: the fields and buttons are heard with the title, where a page has several codes.
        parent: of the widget.

    Signals:
        wanted: the new code ("" to have none) and the current one.
    """

    wanted = Signal(str, str)

    def __init__(
        self, words: CodeWords, icon: str, *, names_itself: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text(words.title), icon, parent)
        self._words = words
        self._of = text(words.title) if names_itself else ""
        self.state = Label("", "small", "meta", wrap=True)
        self.current, self.new, self.again = map(self._field, (words.current, words.new, words.again))
        self.set = Button(text(words.set), icon="lock")
        self.remove = Button(text(words.remove), ButtonKind.QUIET)
        for button in (self.set, self.remove):
            button.setAccessibleName(self._told(button.text()))
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
        self.show_code(is_set=False)

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setMaxLength(_LONGEST)
        field.setPlaceholderText(text(name))
        field.setAccessibleName(self._told(text(name)))
        field.setFixedWidth(theme().px(_FIELD))
        return field

    def _told(self, name: str) -> str:
        return f"{name}, {self._of}" if self._of else name

    def show_code(self, *, is_set: bool) -> None:
        """Say whether there is a code."""
        self.state.setText(text(self._words.there if is_set else self._words.absent))
        self.current.setVisible(is_set)
        self.remove.setVisible(is_set)

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
            self.say(text(self._words.form), is_error=True)
        elif self.new.text() != self.again.text():
            self.say(text(self._words.differ), is_error=True)
        else:
            self.wanted.emit(self.new.text(), self.current.text())
