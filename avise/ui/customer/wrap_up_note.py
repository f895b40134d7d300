"""The note of a wrap-up: what may not stay in it is marked under the words and told under the field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.note_findings import Finding, FindingKind
from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, row
from avise.ui.widgets.link import Link
from avise.ui.widgets.marked_text import MarkedText, finding_look

_MIN_HEIGHT = 56
_SENTENCES = 2
"""Of the findings; the others keep their mark under the words."""


class NoteEdit(MarkedText):
    """The text of the note."""

    def __init__(self) -> None:
        # Before: the field marks its words as soon as it is dressed.
        self._findings: tuple[Finding, ...] = ()
        super().__init__(text("wrap_up.note"), _MIN_HEIGHT, opens_at_end=True)
        self.setPlaceholderText(text("free_text.banner"))

    def mark(self, findings: Sequence[Finding]) -> None:
        """Underline what was found; the sentences say the same to people who hear the screen."""
        self._findings = tuple(findings)
        self.mark_again()
        self.setAccessibleDescription(" ".join(finding_sentences(findings)))

    @override
    def mark_again(self) -> None:
        """Underline what was found."""
        marked = [found for found in self._findings if found.kind not in _UNMARKED]
        self.setExtraSelections(
            [self.selection(found.start, found.end, finding_look(found)) for found in marked]
        )


_UNMARKED = frozenset({FindingKind.LONG})


def finding_sentences(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return one sentence a kind of finding, those that keep the note from being recorded first."""
    kinds = dict.fromkeys(finding.kind for finding in sorted(findings, key=lambda found: not found.blocks))
    return tuple(text(f"free_text.{kind}") for kind in kinds)


class FindingsStrip(QWidget):
    """What the note asks for, under it: a number to mask in one action, words to think about.

    Signals:
        mask_requested: numbers that must not stay are to be masked.
    """

    mask_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Finding, ...] = ()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme().px(2))
        self.mask_link = Link(text("wrap_up.mask"), underlined=True)
        self.mask_link.setAccessibleName(text("wrap_up.mask_name"))
        self.mask_link.clicked.connect(self.mask_requested)
        self.mask_link.hide()
        self._refusals, self._warnings = QVBoxLayout(), QVBoxLayout()
        for lines in (self._refusals, self._warnings):
            lines.setSpacing(theme().px(2))
        self._lines.addLayout(self._refusals)
        self._lines.addLayout(row(20, self.mask_link, None))
        self._lines.addLayout(self._warnings)
        self.hide()

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show findings, at most two sentences."""
        if tuple(findings) == self._shown:
            return
        self._shown = tuple(findings)
        clear(self._refusals)
        clear(self._warnings)
        blocking = {finding.kind for finding in findings if finding.blocks}
        for place, sentence in enumerate(self.sentences()):
            blocks = place < len(blocking)
            (self._refusals if blocks else self._warnings).addWidget(_FindingLine(sentence, blocks=blocks))
        self.mask_link.setVisible(bool(blocking))
        self.setVisible(bool(findings))

    def sentences(self) -> tuple[str, ...]:
        """Return what is told."""
        return finding_sentences(self._shown)[:_SENTENCES]


class _FindingLine(QWidget):
    """A sentence and the icon that says how grave it is."""

    def __init__(self, sentence: str, *, blocks: bool) -> None:
        super().__init__()
        icon = Icon("circle-x" if blocks else "triangle-alert", 14, "danger" if blocks else "warn")
        words = Label(sentence, "small", "danger" if blocks else "warn", wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setLayout(row(icon, words, gap=6))
        self.setAccessibleName(sentence)
