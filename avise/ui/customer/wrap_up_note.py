"""The note of a wrap-up: what may not stay in it is marked under the words and told under the field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.note_findings import Finding, FindingKind
from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, row
from avise.ui.widgets.link import Link

_MIN_HEIGHT = 56
_SENTENCES = 2
"""Of the findings; the others keep their mark under the words."""


class NoteEdit(QPlainTextEdit):
    """The text of the note; Tab leaves it, so that it is no trap (WCAG 2.1.2).

    Signals:
        edited: the user typed; loading a text is silent.
    """

    edited = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._is_loading = False
        self._findings: tuple[Finding, ...] = ()
        self.setTabChangesFocus(True)
        self.setAccessibleName(text("wrap_up.note"))
        self.setPlaceholderText(text("free_text.banner"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.textChanged.connect(self._on_text_changed)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    @override
    def sizeHint(self) -> QSize:
        """Return the least size: the note takes the room that is left."""
        return QSize(theme().px(200), theme().px(_MIN_HEIGHT))

    def words(self) -> str:
        """Return what is written, no-break spaces included."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def load(self, words: str) -> None:
        """Show a text without saying that it was typed; the cursor goes to its end."""
        if words == self.words():
            return
        self._is_loading = True
        self.setPlainText(words)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._is_loading = False

    def mark(self, findings: Sequence[Finding]) -> None:
        """Underline what was found; the sentences say the same to people who hear the screen."""
        self._findings = tuple(findings)
        self.setExtraSelections(
            [self._selection(finding) for finding in findings if finding.kind not in _UNMARKED]
        )
        self.setAccessibleDescription(" ".join(finding_sentences(findings)))

    def _selection(self, finding: Finding) -> QTextEdit.ExtraSelection:
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(theme().colour("danger" if finding.blocks else "warn"))
        if finding.blocks:
            look.setBackground(theme().colour("danger-bg"))
        found = QTextEdit.ExtraSelection()
        cursor = self.textCursor()
        words = self.words()
        cursor.setPosition(_qt_length(words[: finding.start]))
        cursor.setPosition(_qt_length(words[: finding.end]), QTextCursor.MoveMode.KeepAnchor)
        found.cursor, found.format = cursor, look
        return found

    @Slot()
    def _on_text_changed(self) -> None:
        if not self._is_loading:
            self.edited.emit(self.words())

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(theme().font("body"))
        self.setMinimumHeight(theme().px(_MIN_HEIGHT))
        self.mark(self._findings)


_UNMARKED = frozenset({FindingKind.LONG})


def _qt_length(words: str) -> int:
    """Return the length of a text as Qt counts it, in UTF-16."""
    return len(words.encode("utf-16-le")) // 2


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
