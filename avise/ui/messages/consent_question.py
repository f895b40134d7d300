"""The question of consent of the wrap-up: one at a time, never answered beforehand (`domain.md` 4.2)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from avise.models.consent import ConsentQuestion
from avise.texts import text
from avise.ui.messages.consents_model import ConsentsModel, Place
from avise.ui.widgets.button import Button
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.link import Link


class ConsentQuestionView(QWidget):
    """One question with its three answers, then what was noted; nothing at all without a question.

    Signals:
        answered: "yes", "no" or "later" to the question shown.
        reversed: the answer was a slip: the question comes back.
        all_requested: the user wants every consent.
    """

    answered = Signal(str)
    reversed = Signal()
    all_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question: ConsentQuestion | None = None
        self.setAccessibleName(text("consent_question.title"))
        self._caption = Label(text("consent_question.title"), "small", "muted")
        self.all = Link(text("consent_question.all"))
        self._sentence = Label("", "body", wrap=True)
        self.yes = Button(text("consent_question.yes"), small=True)
        self.no = Button(text("consent_question.no"), small=True)
        self.later = Button(text("consent_question.later"), small=True)
        self._kept_icon, self._kept = Icon("circle-check", 14, "ok"), Label("", "small", wrap=True)
        self.back = Link(text("consent_question.undo"))
        self._asked, self._done = QWidget(), QWidget()
        self._asked.setLayout(column(self._sentence, row(self.yes, self.no, self.later, None, gap=6), gap=5))
        done = row(self._kept_icon, self._kept, self.back, gap=6)
        done.setStretch(1, 1)
        self._done.setLayout(done)
        self.setLayout(column(row(self._caption, None, self.all), self._asked, self._done, gap=2))
        for button, answer in ((self.yes, "yes"), (self.no, "no"), (self.later, "later")):
            button.clicked.connect(lambda _checked=False, answer=answer: self.answered.emit(answer))
        self.back.clicked.connect(self.reversed)
        self.all.clicked.connect(self.all_requested)
        self.show_question(None)

    def show_question(self, question: ConsentQuestion | None) -> None:
        """Ask a question; None asks nothing and takes no room."""
        self.question = question
        if question is not None:
            self._sentence.setText(text("consent_question.quoted", sentence=question.sentence))
            for button in (self.yes, self.no, self.later):
                button.setAccessibleDescription(question.sentence)
        self._asked.setVisible(question is not None)
        self._done.hide()
        self.setVisible(question is not None)

    def show_kept(self, sentence: str, *, may_go_back: bool, is_refusal: bool = False) -> None:
        """Say what was noted in place of the question."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self._asked.isAncestorOf(focused)
        self._kept.setText(sentence)
        self._kept.set_tone("danger" if is_refusal else "text")
        self._kept_icon.set_icon(*(("circle-alert", "danger") if is_refusal else ("circle-check", "ok")))
        self._asked.hide()
        self.back.setVisible(may_go_back)
        self._done.show()
        if had_focus:
            (self.back if may_go_back else self.all).setFocus(Qt.FocusReason.OtherFocusReason)

    def sentence(self) -> str:
        """Return what is asked, or what was noted."""
        return self._kept.text() if not self._done.isHidden() else self._sentence.text()


class ConsentAsking(QObject):
    """Asks the questions of one member in the wrap-up, and notes the answers at once.

    Args:
        model: of the member's consents; it is read by whoever made it.
        view: where the question stands.
    """

    def __init__(self, model: ConsentsModel, view: ConsentQuestionView) -> None:
        super().__init__(view)
        self._model, self._view = model, view
        self._put_off: set[Place] = set()
        self._answered: Place | None = None
        self._answer = ""
        self._in_exchange = True
        model.changed.connect(self._on_changed)
        view.answered.connect(self._on_answered)
        view.reversed.connect(self._on_reversed)
        self._on_changed()

    def ask_again(self) -> None:
        """Ask what is still to be asked: another exchange begins."""
        self._put_off.clear()
        self._answered, self._answer = None, ""
        self._on_changed()

    def show_in_exchange(self, *, in_exchange: bool) -> None:
        """Ask while an exchange is under way, and only then."""
        if in_exchange != self._in_exchange:
            self._in_exchange = in_exchange
            self.ask_again()

    @Slot()
    def _on_changed(self) -> None:
        if not self._in_exchange:
            self._view.show_question(None)
            return
        if self._answered is not None:
            self._show_kept()
            return
        if self._model.shown().is_busy:
            return
        asked = self._view.question
        waiting = [
            question
            for question in self._model.to_ask
            if (question.purpose, question.channel) not in self._put_off
        ]
        following = asked if asked in waiting else next(iter(waiting), None)
        if following != asked:
            self._view.show_question(following)

    def _show_kept(self) -> None:
        shown = self._model.shown()
        if shown.is_busy or self._answered is None:
            return
        if shown.is_refusal:
            self._view.show_kept(shown.told, may_go_back=True, is_refusal=True)
            return
        purpose, channel = self._answered
        sentence = text(
            f"consent_question.kept_{self._answer}",
            purpose=text(f"consent.purpose.{purpose}"),
            channel=text(f"consent.channel.{channel}"),
        )
        self._view.show_kept(sentence, may_go_back=True)

    @Slot(str)
    def _on_answered(self, answer: str) -> None:
        question = self._view.question
        if question is None or self._answered is not None:
            return
        place = question.purpose, question.channel
        self._answered, self._answer = place, answer
        if answer == "yes":
            self._model.give(place, version=question.version)
        elif answer == "no":
            self._model.withdraw(place)
        else:
            # Nothing is written: silence is no refusal, and no consent.
            self._put_off.add(place)
            self._show_kept()

    @Slot()
    def _on_reversed(self) -> None:
        """Come back to the question, and take back what was noted."""
        place, answer, question = self._answered, self._answer, self._view.question
        self._answered, self._answer = None, ""
        if place is None:
            return
        self._put_off.discard(place)
        self._view.show_question(question)
        self._view.yes.setFocus(Qt.FocusReason.OtherFocusReason)
        if answer in ("yes", "no") and not self._model.shown().is_refusal:
            self._model.take_back(place)
