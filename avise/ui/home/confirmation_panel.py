"""What a colleague asks to confirm: before and after, read first, then confirmed or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.commands import CommandId
from avise.services.day_values import AskedConfirmation
from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.customer.discreet import PanelVeil
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.form_panel import Field
from avise.ui.home.confirmation_lines import asked_words, until_words, whose
from avise.ui.outbox.detail import changes_grid
from avise.ui.outbox.plan_view import clear_deep
from avise.ui.outbox.sentences import change_words
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row, show_deep
from avise.ui.widgets.line import HorizontalLine

WIDTH = 480


class ConfirmationPanel(FloatingPanel):
    """One question of a colleague's.

    Args:
        now: the clock.
        parent: page over which it stands.

    Signals:
        given: which command is confirmed.
        refused: which command is refused, and why.
        file_requested: whose file opens (a `SearchHit`).
    """

    given = Signal(object)
    refused = Signal(object, str)
    file_requested = Signal(object)

    def __init__(self, now: Callable[[], datetime], parent: QWidget) -> None:
        super().__init__("", "users", WIDTH, parent)
        self._now = now
        self.row: AskedConfirmation | None = None
        """What is shown."""
        self.reading = QWidget()
        self._box = QVBoxLayout(self.reading)
        self._box.setContentsMargins(2, 2, 2, 2)
        self._box.setSpacing(theme().px(8))
        heard_as(self.reading, Role.Grouping)
        self.reading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.reading.setAccessibleName(text("confirmation.changes"))
        self.because = Field(text("confirmation.because"), text("confirmation.because_hint"))
        self.open_file = Button(text("confirmation.open_file"), icon="id-card")
        self.refuse = Button(text("confirmation.refuse"), ButtonKind.DANGER, icon="circle-x")
        self.give = Button(
            text("confirmation.give"), ButtonKind.PRIMARY, icon="circle-check", keys=keys_of("validate")
        )
        self.open_file.clicked.connect(self._open_file)
        self.refuse.clicked.connect(self._refuse)
        self.give.clicked.connect(self._give)
        self.body.addLayout(column(self.reading, self.because, gap=10, margins=(12, 10, 12, 10)))
        self.body.addWidget(HorizontalLine())
        self.body.addLayout(
            row(self.open_file, None, self.refuse, self.give, gap=6, margins=(12, 10, 12, 10))
        )
        self.veil = PanelVeil(self)

    # ---- what is shown -----------------------------------------------------------------------
    def ready(self, asked: AskedConfirmation) -> None:
        """Show a question; what was typed of another is forgotten."""
        self.because.edit.clear()
        self.because.show_error("")
        self._show(asked)

    def follow(self, rows: Sequence[AskedConfirmation]) -> None:
        """Take the questions as they now are: an answered one leaves, a file that was opened shows."""
        shown = self.row
        if shown is None or not self.isVisible():
            return
        now = next((asked for asked in rows if asked.asked.command == shown.asked.command), None)
        if now is None:
            self.close_panel()
        elif now != shown:
            self._show(now)
            self.fit()

    def _show(self, row_: AskedConfirmation) -> None:
        self.row, asked = row_, row_.asked
        self.title.setText(asked.label)
        self.setAccessibleName(asked.label)
        clear_deep(self._box)
        told = [whose(row_), asked_words(row_), until_words(row_, self._now())]
        for place, words in enumerate(word for word in told if word):
            self._box.addWidget(Label(words, "body", "text" if not place else "muted", wrap=True))
        told += self._add_sealed() if row_.sealed else self._add_changes(row_)
        self._box.addWidget(Label(text("confirmation.explained"), "small", "meta", wrap=True))
        self.reading.setAccessibleDescription(". ".join(word.rstrip(".") for word in told if word))
        self.open_file.setVisible(row_.who is not None)
        for button in (self.give, self.refuse):
            button.setEnabled(not row_.sealed)
        self.because.setVisible(not row_.sealed)
        show_deep(self._box)

    def _add_sealed(self) -> list[str]:
        words = text("confirmation.sealed")
        self._box.addLayout(row(Icon("lock", 14, "warn"), Label(words, "body", "warn", wrap=True), gap=6))
        return [words]

    def _add_changes(self, row_: AskedConfirmation) -> list[str]:
        asked, told = row_.asked, []
        if asked.summary and asked.summary != asked.label:
            self._box.addWidget(Label(asked.summary, "body", "muted", wrap=True))
            told.append(asked.summary)
        if asked.changes:
            self._box.addLayout(changes_grid(asked.changes))
            for field, before, after in map(change_words, asked.changes):
                told.append(text("action_form.spoken_change", field=field, before=before, after=after))
        for warning in asked.warnings:
            self._box.addLayout(
                row(Icon("triangle-alert", 14, "warn"), Label(warning, "body", "warn", wrap=True), gap=6)
            )
            told.append(warning)
        return told

    # ---- answering ---------------------------------------------------------------------------
    def focus_first(self) -> None:
        """Read first, answer next: Enter pressed twice confirms nothing."""
        self.reading.setFocus(Qt.FocusReason.OtherFocusReason)

    def _command(self) -> CommandId | None:
        return self.row.asked.command if self.row is not None and not self.row.sealed else None

    @Slot()
    def _give(self) -> None:
        command = self._command()
        if command is not None:
            self.close_panel()
            self.given.emit(command)

    @Slot()
    def _refuse(self) -> None:
        command, words = self._command(), self.because.words()
        if command is None:
            return
        if not words:
            self.because.show_error(text("confirmation.reason_needed"))
            self.fit()
            return
        self.close_panel()
        self.refused.emit(command, words)

    @Slot()
    def _open_file(self) -> None:
        if self.row is not None and self.row.who is not None:
            self.file_requested.emit(self.row.who)

    @override
    def forget(self) -> None:
        """Forget what was shown and typed."""
        self.row = None
        clear_deep(self._box)
        self.because.edit.clear()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Entrée confirms; Entrée in the field of the reason refuses."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._give()
            return
        if enter and self.because.edit.hasFocus():
            self._refuse()
            return
        if enter and self.reading.hasFocus():
            return  # reading is not confirming, and the page behind must not take the key
        super().keyPressEvent(event)
