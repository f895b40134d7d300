"""Small floating forms: fields with their label above and their error below, one primary button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.shortcuts import keys_of
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.enter_presses import sends_form
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

WIDTH = 400


class Field(QWidget):
    """A field with its label above and its error below.

    Args:
        label: above the field.
        hint: inside it while it is empty.
    """

    def __init__(self, label: str, hint: str = "") -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setAccessibleName(label)
        self.edit.setPlaceholderText(hint)
        self._error = Label("", "small", "danger", wrap=True)
        self._error.hide()
        self.setLayout(column(Label(label, "small-medium"), self.edit, self._error, gap=3))
        self.edit.textEdited.connect(lambda _words: self.show_error(""))

    def words(self) -> str:
        """Return what is typed."""
        return self.edit.text().strip()

    def show_error(self, sentence: str) -> None:
        """Say what is wrong, and how to put it right; "" when nothing is."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self.edit.setProperty("state", "error" if sentence else "")
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)
        if sentence:
            self.edit.setAccessibleDescription(sentence)
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)


class FormPanel(FloatingPanel):
    """A floating form: fields, what it explains, one primary button; Ctrl+Entrée validates.

    Args:
        title: of the panel.
        icon: before the title.
        submit: words of the button.
        parent: over which it stands.
        width: in pixels at 100 %.
    """

    def __init__(self, title: str, icon: str, submit: str, parent: QWidget, width: float = WIDTH) -> None:
        super().__init__(title, icon, width, parent)
        self.submit_button = Button(submit, ButtonKind.PRIMARY, keys=keys_of("validate"))
        self.submit_button.clicked.connect(self.submit)
        self.content = column(gap=10)
        self.button_row = row(None, self.submit_button, gap=6)
        self.body.addLayout(column(self.content, self.button_row, gap=12, margins=(12, 10, 12, 12)))

    @Slot()
    def submit(self) -> None:
        """Do what the form is for, when nothing is wrong in it."""
        raise NotImplementedError

    @override
    def event(self, event: QEvent) -> bool:
        """Make room for what came: an error under a field."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return handled

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Validate with Enter or Ctrl+Entrée; Échap closes."""
        if sends_form(event):
            self.submit()
            return
        super().keyPressEvent(event)
