"""What a message still lacks, one row a fact: what it is, a field to give it, and where it is found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from avise.models.note_findings import Finding, blocking
from avise.models.outgoing import MissingFact
from avise.services.wording import facet_title
from avise.texts import text
from avise.ui.customer.wrap_up_note import finding_sentences
from avise.ui.theme import theme
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, row
from avise.ui.widgets.link import Link

_FIELD = 150


class GapRow(QWidget):
    """One missing fact.

    Signals:
        given: the value that the agent gives.
        facet_requested: the block where it is usually found.
    """

    given = Signal(str)
    facet_requested = Signal(str)

    def __init__(self, fact: MissingFact) -> None:
        super().__init__()
        self.fact = fact
        self.field = QLineEdit()
        self.field.setPlaceholderText(text("composer.give"))
        self.field.setAccessibleName(text("composer.give_name", fact=fact.label))
        self.field.setFixedWidth(theme().px(_FIELD))
        self.field.editingFinished.connect(self._on_finished)
        self.link = Link(text("composer.see", facet=facet_title(fact.facet)) if fact.facet else "")
        self.link.clicked.connect(lambda: self.facet_requested.emit(fact.facet))
        icon = Icon("circle-alert", 14, "danger")
        words = Label(text("composer.missing", fact=fact.label), "small", "danger", wrap=True)
        place = row(icon, words, self.field, self.link, gap=8)
        place.setStretch(1, 1)
        self.setLayout(place)
        if not fact.facet:
            self.link.hide()

    @Slot()
    def _on_finished(self) -> None:
        if self.field.text().strip():
            self.given.emit(self.field.text())


class GapRows(QWidget):
    """The missing facts of a message.

    Signals:
        given: name of a fact and its value.
        facet_requested: a block to look in.
    """

    given = Signal(str, str)
    facet_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[MissingFact, ...] = ()
        self.rows: tuple[GapRow, ...] = ()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme().px(4))
        self.hide()

    def show_facts(self, facts: Sequence[MissingFact]) -> bool:
        """Show what is missing; return whether it is not what was shown."""
        if tuple(facts) == self._facts:
            return False
        self._facts = tuple(facts)
        clear(self._box)
        self.rows = tuple(self._row(fact) for fact in facts)
        self.setVisible(bool(facts))
        return True

    def _row(self, fact: MissingFact) -> GapRow:
        made = GapRow(fact)
        made.given.connect(lambda value, name=fact.name: self.given.emit(name, value))
        made.facet_requested.connect(self.facet_requested)
        self._box.addWidget(made)
        return made

    def focus_first(self) -> bool:
        """Go to the first field; return whether there is one."""
        if self.rows:
            self.rows[0].field.setFocus(Qt.FocusReason.OtherFocusReason)
        return bool(self.rows)

    def holds_focus(self) -> bool:
        """Return whether the user is in one of the rows."""
        return any(made.field.hasFocus() or made.link.hasFocus() for made in self.rows)


class BodyFindings(QWidget):
    """What may not stay in a message, and what had better not, with one way to take numbers out.

    Signals:
        remove_requested: the numbers that must not stay are to go.
    """

    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[str, ...] = ()
        self._box = QVBoxLayout()
        self._box.setSpacing(theme().px(2))
        self.remove = Link(text("composer.remove_numbers"), underlined=True)
        self.remove.clicked.connect(self.remove_requested)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme().px(2))
        outer.addLayout(self._box)
        outer.addLayout(row(20, self.remove, None))
        self.hide()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show what was found, one sentence a kind."""
        sentences = finding_sentences(findings)
        if sentences == self._shown:
            return
        self._shown = sentences
        clear(self._box)
        blocks = len({finding.kind for finding in blocking(findings)})
        for place, sentence in enumerate(sentences):
            tone, icon = ("danger", "circle-x") if place < blocks else ("warn", "triangle-alert")
            line = row(Icon(icon, 14, tone), Label(sentence, "small", tone, wrap=True), gap=6)
            line.setStretch(1, 1)
            holder = QWidget()
            holder.setLayout(line)
            self._box.addWidget(holder)
        self.remove.setVisible(blocks > 0)
        self.setVisible(bool(sentences))

    def sentences(self) -> tuple[str, ...]:
        """Return what is told."""
        return self._shown
