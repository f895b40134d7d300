"""A member's consents: the matrix, the question to read aloud, the proof, and what is noted at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QSizePolicy, QWidget
from typing_extensions import override

from avise.models.consent import ConsentQuestion, ConsentState
from avise.models.interaction import Channel
from avise.texts import text
from avise.texts.formats import format_date
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.messages.consent_matrix import ConsentMatrixView
from avise.ui.messages.consents_model import ConsentsModel, Place, ShownConsents, cell_words
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.link import Link
from avise.ui.widgets.segmented import Segmented

_WIDTH = 800
_MAX_PROOF = 200
_CHROME = 32 + 49
"""Header and footer of the panel."""
_SAID_ON = (Channel.PHONE_IN, Channel.EMAIL, Channel.LETTER_IN, Channel.AGENCY)


class ConsentsPanel(FloatingPanel):
    """What a member accepts, and what is noted of it.

    Args:
        model: of the consents.
        source_name: what staff call a tool.
        parent: page.
    """

    def __init__(self, model: ConsentsModel, source_name: Callable[[str], str], parent: QWidget) -> None:
        super().__init__(text("consents_panel.title"), "list-checks", _WIDTH, parent)
        self.model, self._source_name = model, source_name
        self._page_ = parent
        self._is_sure = False
        self._overrules: Place | None = None
        """The recorded refusal that the next press turns into a consent."""
        self.matrix = ConsentMatrixView()
        self._cell = Label("", "strong")
        self._facts = Label("", "small", "muted", wrap=True)
        self._caption = Label(text("consents_panel.question"), "small", "muted")
        self._sentence = Label("", "body", wrap=True)
        said = [(one.value, text(f"consents_panel.said_on.{one}")) for one in _SAID_ON]
        self.said_on = Segmented(said, said[0][0], text("consents_panel.said_on"))
        self.proof = QLineEdit()
        self.proof.setPlaceholderText(text("consents_panel.proof_hint"))
        self.proof.setAccessibleName(text("consents_panel.proof"))
        self.proof.setMaxLength(_MAX_PROOF)
        self._told_icon, self._told = Icon("circle-alert", 14, "danger"), Label("", "body", wrap=True)
        self.undo = Link(text("undo.action"))
        self.withdraw_all = Button(text("consents_panel.withdraw_all"), ButtonKind.DANGER, icon="ban")
        self.refuse = Button("", icon="ban")
        self.give = Button("", ButtonKind.PRIMARY, icon="check", keys=keys_of("validate"))
        self._build()
        self.model.changed.connect(self._on_changed)
        self.matrix.moved.connect(self._on_moved)
        self.give.clicked.connect(self._give)
        self.refuse.clicked.connect(self._refuse)
        self.withdraw_all.clicked.connect(self._on_withdraw_all)
        self.undo.clicked.connect(self._on_undo)

    def _build(self) -> None:
        self.proof.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        told = row(self._told_icon, self._told, self.undo, gap=6)
        told.setStretch(1, 1)
        details = column(
            self._cell,
            self._facts,
            2,
            self._caption,
            self._sentence,
            2,
            row(Label(text("consents_panel.said_on"), "small", "muted"), self.said_on, None, gap=8),
            row(Label(text("consents_panel.proof"), "small", "muted"), self.proof, gap=8),
            told,
            gap=5,
            margins=(12, 10, 12, 10),
        )
        self._content = QWidget()
        self._content.setLayout(column(self.matrix, HorizontalLine(), details))
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self._content)
        self.body.addWidget(self.area)
        self.body.addWidget(HorizontalLine())
        self.body.addLayout(
            row(self.withdraw_all, None, self.refuse, self.give, gap=6, margins=(12, 10, 12, 10))
        )
        chain: list[QWidget] = [
            self.matrix, self.said_on, self.proof, self.undo, self.withdraw_all, self.refuse, self.give,
        ]  # fmt: skip
        for before, after in itertools.pairwise(chain):
            QWidget.setTabOrder(before, after)

    @override
    def fit(self) -> None:
        """Take the size of the content, inside the page; what is longer scrolls."""
        layout = self._content.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()
            width = min(theme().px(_WIDTH), self._page_.width() - theme().px(16)) - 2
            wanted = layout.totalHeightForWidth(width)
            room = self._page_.height() - theme().px(_CHROME + 16)
            self.area.setFixedHeight(max(min(wanted, room), theme().px(60)))
        super().fit()

    # ---- content -----------------------------------------------------------------------------------
    def open_consents(self, anchor: QPoint, place: Place | None = None) -> None:
        """Come on screen, on a cell when one is given."""
        self.model.read()
        if place is not None:
            self.matrix.go_to(place)
        self._on_changed()
        self.open_at(anchor)
        self.matrix.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_changed(self) -> None:
        shown = self.model.shown()
        self.matrix.show_consents(shown)
        self._show_cell(shown)
        self._told.setText(shown.told)
        self._told.set_tone("danger" if shown.is_refusal else "ok")
        self._told.setVisible(bool(shown.told))
        self._told_icon.set_icon(
            *(("circle-alert", "danger") if shown.is_refusal else ("circle-check", "ok"))
        )
        self._told_icon.setVisible(bool(shown.told))
        self.undo.setVisible(shown.slip is not None)
        if shown.slip is not None:
            self.undo.setAccessibleName(f"{text('undo.action')}, {cell_words(shown.slip)}")
        if self.isVisible():
            self.fit()

    @Slot()
    def _on_undo(self) -> None:
        """Take back what was just noted: a slip of the hand."""
        slip = self.model.shown().slip
        if slip is not None:
            self.matrix.setFocus(Qt.FocusReason.OtherFocusReason)
            self.model.take_back(slip)

    @Slot()
    def _on_moved(self) -> None:
        self._arm(sure=False)
        self._overrules = None
        self._show_cell(self.model.shown())
        if self.isVisible():
            self.fit()

    def _show_cell(self, shown: ShownConsents) -> None:
        place = self.matrix.current
        cell, question = shown.cell(place), shown.questions.get(place)
        self._cell.setText(f"{cell_words(place)} · {shown.state_word(place)}")
        self._facts.setText(self._cell_facts(shown, place))
        self._facts.setVisible(bool(self._facts.text()))
        self._show_question(question)
        is_yes, is_expired = cell.state is ConsentState.YES, shown.is_expired(place)
        again = is_yes or is_expired
        if self._overrules == place:
            self.give.setText(text("consents_panel.give_sure"))
        else:
            self.give.setText(text("consents_panel.give_again" if again else "consents_panel.give"))
        self.refuse.setText(text("consents_panel.withdraw" if is_yes else "consents_panel.refuse"))
        self.give.setEnabled(question is not None and not shown.is_busy)
        self.refuse.setEnabled(cell.state is not ConsentState.NO and not shown.is_busy)
        given = any(one.state is ConsentState.YES for one in shown.cells.values())
        self.withdraw_all.setEnabled(given and not shown.is_busy)
        for button in (self.give, self.refuse):
            button.updateGeometry()

    def _show_question(self, question: ConsentQuestion | None) -> None:
        self._caption.setVisible(question is not None)
        if question is None:
            self._sentence.setText(text("consents_panel.no_question"))
            return
        version = text("consents_panel.version", version=_version_words(question.version))
        self._caption.setText(f"{text('consents_panel.question')} · {version}")
        self._sentence.setText(text("consent_question.quoted", sentence=question.sentence))

    def _cell_facts(self, shown: ShownConsents, place: Place) -> str:
        cell = shown.cell(place)
        if cell.state is ConsentState.UNKNOWN:
            return ""
        facts = [text("consents_panel.since", date=format_date(cell.since))] if cell.since is not None else []
        if cell.until is not None:
            facts.append(text("consents_panel.until", date=format_date(cell.until)))
        if cell.proof:
            facts.append(text("consents_panel.known_proof", proof=cell.proof))
        if cell.text_version:
            facts.append(text("consents_panel.version", version=_version_words(cell.text_version)))
        if cell.source == "journal":
            facts.append(text("consents_panel.source.journal"))
        elif cell.source:
            facts.append(text("consents_panel.source.tool", source=self._source_name(cell.source)))
        return " · ".join(facts)

    def facts(self) -> str:
        """Return what is known of the current cell."""
        return self._facts.text()

    def sentence(self) -> str:
        """Return the question to read aloud."""
        return self._sentence.text()

    def told(self) -> str:
        """Return what came of what was noted."""
        return self._told.text()

    # ---- what the user does ------------------------------------------------------------------------
    @Slot()
    def _give(self) -> None:
        """Note the consent; against a recorded refusal, ask once more in the button itself."""
        place, shown = self.matrix.current, self.model.shown()
        question = shown.questions.get(place)
        if question is None:
            return
        if shown.cell(place).state is ConsentState.NO and self._overrules != place:
            self._overrules = place
            self._show_cell(shown)
            self.give.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._overrules = None
        self.model.give(place, self._channel(), self.proof.text(), question.version)
        self.proof.clear()
        self.matrix.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _refuse(self) -> None:
        self.model.withdraw(self.matrix.current, self._channel(), self.proof.text())
        self.proof.clear()
        self.matrix.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_withdraw_all(self) -> None:
        """Ask once more, in the button itself, then withdraw everything."""
        if not self._is_sure:
            self._arm(sure=True)
            return
        self._arm(sure=False)
        self.model.withdraw(None, self._channel(), self.proof.text())
        self.matrix.setFocus(Qt.FocusReason.OtherFocusReason)

    def _arm(self, *, sure: bool) -> None:
        self._is_sure = sure
        self.withdraw_all.setText(
            text("consents_panel.withdraw_all_sure" if sure else "consents_panel.withdraw_all")
        )
        self.withdraw_all.updateGeometry()

    def _channel(self) -> Channel:
        return Channel(self.said_on.current)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Entrée notes the consent of the current cell; no key reaches the page behind."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self.give.isEnabled():
                self._give()
            return
        super().keyPressEvent(event)
        if enter:
            event.accept()

    @override
    def forget(self) -> None:
        """Forget what was typed."""
        self.proof.clear()
        self._overrules = None
        self._arm(sure=False)


def _version_words(version: str) -> str:
    """Return the version of a text: the day of it, when it is one."""
    try:
        return format_date(date.fromisoformat(version))
    except ValueError:
        return version
