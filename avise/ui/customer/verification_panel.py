"""Is the caller who they say: questions, what they answer, ✔ or ✖, never the answer (`domain.md` 2.6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from avise.models.callers import Caller
from avise.models.errors import AviseError
from avise.services.customer_updates import Verification, VerificationLevel
from avise.services.desk import Comparison, VerificationQuestion
from avise.texts import plural, text
from avise.texts.formats import format_phone
from avise.ui.aio import TaskScope
from avise.ui.customer.customer_header import verification_chip
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.people.caller_choices import CallerChoices
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.chip import Chip
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column

Verify = Callable[[str, str], Awaitable[Comparison]]
"""Question, answer → outcome."""
_WIDTH = 560
TRIES = 3


class _Question(QWidget):
    """One question: its words, the field of the answer, the button, the mark."""

    def __init__(self, question: VerificationQuestion, ask: Callable[[str, str], None]) -> None:
        super().__init__()
        self.id, self.is_dynamic = question.id, question.dynamic
        words = text(f"verify.question.{question.id}")
        if question.dynamic:
            words = f"{words} {text('verify.dynamic')}"
        self.label = Label(words, "body", wrap=True)
        self.answer = QLineEdit()
        self.answer.setAccessibleName(words)
        self.answer.setPlaceholderText(text(f"verify.hint.{question.id}"))
        self.button = Button(text("verify.compare"), small=True)
        self.button.setAccessibleName(f"{text('verify.compare')}, {words}")
        self.mark = Icon("circle-dashed", 16, "text-3")
        self.outcome = ""

        def submit() -> None:
            if self.answer.text().strip():
                ask(self.id, self.answer.text().strip())

        self.answer.returnPressed.connect(submit)
        self.button.clicked.connect(submit)

    def show_outcome(self, *, correct: bool) -> None:
        """Mark the question and forget what was typed."""
        self.outcome = text("verify.correct" if correct else "verify.wrong")
        self.mark.set_icon(
            "circle-check" if correct else "circle-x", "ok-solid" if correct else "danger-solid"
        )
        self.mark.setAccessibleName(self.outcome)
        self.mark.setToolTip(self.outcome)
        self.answer.clear()
        if correct:
            self.answer.setReadOnly(True)
            self.answer.setPlaceholderText(self.outcome)
            self.button.setEnabled(False)

    def reopen(self) -> None:
        """Take an answer again: somebody else speaks."""
        self.outcome = ""
        self.mark.set_icon("circle-dashed", "text-3")
        self.mark.setAccessibleName("")
        self.answer.setReadOnly(False)
        self.answer.setPlaceholderText(text(f"verify.hint.{self.id}"))
        self.button.setEnabled(True)

    def lock(self) -> None:
        """Take no more answers."""
        self.answer.clear()
        self.answer.setReadOnly(True)
        self.button.setEnabled(False)


class VerificationPanel(FloatingPanel):
    """Questions to put to the caller.

    Args:
        verify: compares an answer.
        tasks: owner of what runs.
        parent: page.
    """

    def __init__(self, verify: Verify, tasks: TaskScope, parent: QWidget) -> None:
        super().__init__(text("verify.title"), "shield-check", _WIDTH, parent)
        self._verify, self._tasks = verify, tasks
        self._state = Verification()
        self._phone = ""
        self._questions: list[_Question] = []
        self._chip = Chip(verification_chip(self._state))
        self.right.insertWidget(0, self._chip)
        self.callers = CallerChoices()
        self._grid = QGridLayout()
        self._said = Label("", "body", "muted", wrap=True)
        self._rule = Label(text("verify.rule"), "small", "meta", wrap=True)
        self.body.addLayout(
            column(self.callers, self._grid, self._said, self._rule, gap=10, margins=(12, 10, 12, 12))
        )
        self._grid.setColumnStretch(1, 1)
        self._said.hide()
        self._say(text("verify.preparing"), "muted")

    # ---- content -----------------------------------------------------------------------------
    def set_questions(self, questions: Sequence[VerificationQuestion]) -> None:
        """Show the questions that this dossier can answer; those already put keep their marks."""
        known = {question.id for question in self._questions}
        for question in questions:
            if question.id not in known:
                self._add(_Question(question, self._ask))
        self._say("" if self._questions else text("verify.none"), "muted")
        lacks_recent = bool(self._questions) and not any(item.is_dynamic for item in self._questions)
        self._rule.setText(text("verify.rule_without_recent" if lacks_recent else "verify.rule"))
        self._follow_state()
        if self.isVisible():
            self.fit()
        self.focus_first()

    def _add(self, item: _Question) -> None:
        line = len(self._questions)
        self._questions.append(item)
        self._grid.setVerticalSpacing(theme().px(6))
        self._grid.setHorizontalSpacing(theme().px(8))
        for place, widget in enumerate((item.label, item.answer, item.button, item.mark)):
            self._grid.addWidget(widget, line, place)
            widget.show()  # a widget added to a panel on screen is shown too late to be measured
        item.label.setFixedWidth(theme().px(190))

    def set_callers(self, callers: Sequence[Caller], *, of_company: bool) -> None:
        """Show who may call, when it is not the member alone."""
        self.callers.set_callers(callers, self._state.caller, of_company=of_company)
        if self.isVisible():
            self.fit()

    def start_over(self) -> None:
        """Take every answer anew: somebody else speaks."""
        for item in self._questions:
            item.reopen()
        self._say("", "muted")
        self.focus_first()

    def set_phone(self, phone: str) -> None:
        """Take the known number, for the call back."""
        self._phone = phone
        self._follow_state()

    def set_state(self, state: Verification) -> None:
        """Show where the verification stands."""
        self._state = state
        self._chip.set_spec(verification_chip(state))
        self._follow_state()

    def _follow_state(self) -> None:
        if self._state.level is not VerificationLevel.LOCKED:
            return
        for item in self._questions:
            item.lock()
        phone = format_phone(self._phone)
        self._say(text("verify.locked", phone=phone) if phone else text("verify.locked_no_phone"), "danger")

    def focus_first(self) -> None:
        """Give focus to the first question that waits for an answer."""
        waiting = next((item for item in self._questions if not item.answer.isReadOnly()), None)
        if waiting is not None:
            waiting.answer.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- asking ------------------------------------------------------------------------------
    def _ask(self, question: str, answer: str) -> None:
        self._tasks.spawn(self._compare(question, answer), name="verification", when_busy="drop")

    async def _compare(self, question: str, answer: str) -> None:
        try:
            outcome = await self._verify(question, answer)
        except AviseError as error:
            self._say(text(error.message_key, **error.params), "danger")
            return
        item = next(item for item in self._questions if item.id == question)
        item.show_outcome(correct=outcome.correct)
        self._tell(outcome)
        self.set_state(outcome.verification)
        if outcome.correct:
            self.focus_first()

    def _tell(self, outcome: Comparison) -> None:
        if outcome.verification.level is VerificationLevel.STRONG:
            self._say(text("verify.done"), "ok")
        elif outcome.correct:
            state = outcome.verification
            lacks = text("verify.lacks_recent") if state.correct >= state.needed else ""
            self._say(" ".join(part for part in (text("verify.correct"), lacks) if part), "ok")
        else:
            left = plural("verify.tries_left", outcome.attempts_left)
            self._say(f"{text('verify.wrong')} {left}", "danger")

    def _say(self, words: str, tone: str) -> None:
        self._said.setText(words)
        self._said.set_tone(tone)
        self._said.setVisible(bool(words))
        if self.isVisible():
            self.fit()

    @Slot()
    def forget(self) -> None:
        """Empty the fields; marks stay, they hold for the call."""
        for item in self._questions:
            item.answer.clear()
