"""Questions of the window, shown without a nested loop: why a protected file, which session to close."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from avise.models.customer import PersonId
from avise.texts import text
from avise.ui.shell.sessions import SessionTab
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

_WIDTH = 420


class ReasonDialog(QDialog):
    """Asks why a protected file is opened; the reason is written in the journal.

    Attributes:
        reason: what was written; it outlives the dialog, which Qt deletes when it closes.
    """

    def __init__(self, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("reason.title"))
        self.setFixedWidth(theme().px(_WIDTH))
        self.reason = ""
        self.field = QLineEdit()
        self.field.setAccessibleName(text("reason.field"))
        self.field.textChanged.connect(self._on_changed)
        self._open = Button(text("reason.open"), ButtonKind.PRIMARY, icon="lock")
        self._open.setEnabled(False)
        self._open.clicked.connect(self.accept)
        self.field.returnPressed.connect(self._on_return)
        cancel = Button(text("dialog.cancel"))
        cancel.clicked.connect(self.reject)
        self.setLayout(
            column(
                Label(label, "list-title"),
                Label(text("reason.explained"), "body", "muted", wrap=True),
                Label(text("reason.field"), "small-medium"),
                self.field,
                row(None, cancel, self._open, gap=8, margins=(0, 8, 0, 0)),
                gap=6,
                margins=(16, 16, 16, 16),
            )
        )

    @Slot(str)
    def _on_changed(self, words: str) -> None:
        self.reason = words.strip()
        self._open.setEnabled(bool(self.reason))

    @Slot()
    def _on_return(self) -> None:
        if self.reason:
            self.accept()


class TenthDialog(QDialog):
    """Asks which of nine customers to close; drafts are kept."""

    def __init__(self, wanted: SessionTab, tabs: Sequence[tuple[PersonId, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("tenth.title"))
        self.setFixedWidth(theme().px(_WIDTH))
        self.closed: PersonId | None = None
        self.buttons: list[Button] = []
        content = column(
            Label(text("tenth.title"), "list-title"),
            Label(text("tenth.explained", name=wanted.label), "body", "muted", wrap=True),
            gap=6,
            margins=(16, 16, 16, 16),
        )
        for person, label in tabs:
            button = Button(label, ButtonKind.QUIET, icon="x")
            button.setAccessibleName(text("tenth.close", name=label))
            button.clicked.connect(lambda _checked=False, who=person: self._take(who))
            content.addWidget(button)
            self.buttons.append(button)
        cancel = Button(text("dialog.cancel"))
        cancel.clicked.connect(self.reject)
        content.addLayout(row(None, cancel, margins=(0, 8, 0, 0)))
        self.setLayout(content)

    def _take(self, person: PersonId) -> None:
        self.closed = person
        self.accept()
