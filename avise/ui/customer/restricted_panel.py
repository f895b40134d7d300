"""NIR and IBAN: shown for a stated reason during 20 seconds, or compared without being shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from avise.models.errors import AviseError
from avise.models.masking import MASK, REVEAL_SECONDS
from avise.texts import plural, text
from avise.ui.aio import TaskScope
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row

Reveal = Callable[[str, str, str], Awaitable[str]]
"""Field, record, reason → value in clear."""
Compare = Callable[[str, str, str], Awaitable[bool]]
"""Field, record, what the caller says → whether it is the right one."""
_WIDTH = 380


class RestrictedPanel(FloatingPanel):
    """Reveals or compares one restricted value.

    Args:
        reveal: asks for a value.
        compare: asks whether a value is the right one.
        tasks: owner of what runs.
        parent: page.
    """

    def __init__(self, reveal: Reveal, compare: Compare, tasks: TaskScope, parent: QWidget) -> None:
        super().__init__(text("customer.restricted"), "lock", _WIDTH, parent)
        self._ask_reveal, self._ask_compare, self._tasks = reveal, compare, tasks
        self._field, self._record, self._revealing = "nir", "", True
        self._left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._on_second)
        self._question = Label("", "body", wrap=True)
        self._answer = QLineEdit()
        self._value = Label("", "counter")
        self._outcome = Label("", "body", "muted", wrap=True)
        self._button = Button("", ButtonKind.PRIMARY)
        self._value.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.body.addLayout(
            column(
                self._question,
                self._answer,
                self._value,
                self._outcome,
                row(None, self._button),
                gap=8,
                margins=(12, 10, 12, 12),
            )
        )
        self._button.clicked.connect(self._submit)
        self._answer.returnPressed.connect(self._submit)

    # ---- opening -----------------------------------------------------------------------------
    def open_to_reveal(self, field: str, record: str, anchor: QPoint) -> None:
        """Ask for the reason, then show the value."""
        self._prepare(field, record, revealing=True, anchor=anchor)

    def open_to_compare(self, field: str, record: str, anchor: QPoint) -> None:
        """Ask for what the caller says, then tell whether it is right."""
        self._prepare(field, record, revealing=False, anchor=anchor)

    def _prepare(self, field: str, record: str, *, revealing: bool, anchor: QPoint) -> None:
        self.forget()
        self._field, self._record, self._revealing = field, record, revealing
        kind = "reveal" if revealing else "compare"
        self.title.setText(text(f"restricted.{kind}.{field}"))
        self._question.setText(text(f"restricted.{kind}.question"))
        self._answer.setAccessibleName(text(f"restricted.{kind}.question"))
        self._answer.setPlaceholderText(text(f"restricted.{kind}.hint"))
        self._button.setText(text(f"restricted.{kind}.button"))
        self.open_at(anchor)
        self._answer.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- asking ------------------------------------------------------------------------------
    @Slot()
    def _submit(self) -> None:
        words = self._answer.text().strip()
        if not words:
            self._say(text("reveal.reason_needed" if self._revealing else "restricted.compare.empty"), "warn")
            return
        asked = self._reveal(words) if self._revealing else self._compare(words)
        self._tasks.spawn(asked, name="restricted value", when_busy="drop")

    async def _reveal(self, reason: str) -> None:
        self._say(text("restricted.asking"), "muted")
        try:
            value = await self._ask_reveal(self._field, self._record, reason)
        except AviseError as error:
            self._say(text(error.message_key, **error.params), "danger")
            return
        if self.isVisible():
            self._show_value(value)

    async def _compare(self, answer: str) -> None:
        self._say(text("restricted.asking"), "muted")
        try:
            correct = await self._ask_compare(self._field, self._record, answer)
        except AviseError as error:
            self._say(text(error.message_key, **error.params), "danger")
            return
        self._answer.clear()
        self._say(text("verify.correct" if correct else "verify.wrong"), "ok" if correct else "danger")

    # ---- showing -----------------------------------------------------------------------------
    def _show_value(self, value: str) -> None:
        self._value.setText(value)
        self._value.show()
        self._answer.hide()
        self._question.hide()
        self._button.hide()
        self._left = REVEAL_SECONDS
        self._timer.start()
        self._say(plural("restricted.masked_in", self._left), "muted")

    @Slot()
    def _on_second(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._say(plural("restricted.masked_in", self._left), "muted")
            return
        self._timer.stop()
        self._value.setText(MASK)
        self._say(text("restricted.masked"), "muted")
        self.close_panel()

    def _say(self, words: str, tone: str) -> None:
        self._outcome.setText(words)
        self._outcome.set_tone(tone)
        self._outcome.show()
        self.fit()

    def shown_value(self) -> str:
        """Return what is on screen in place of the value: the value itself during its 20 seconds."""
        return self._value.text()

    def forget(self) -> None:
        """Mask the value and empty the field."""
        self._timer.stop()
        self._value.clear()
        self._value.hide()
        self._answer.clear()
        self._outcome.clear()
        self._outcome.hide()
        for widget in (self._answer, self._question, self._button):
            widget.show()
        self.setMinimumWidth(theme().px(_WIDTH))
