"""Free text with marks under its words: what may not stay, what a template put there."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit
from typing_extensions import override

from avise.models.note_findings import Finding
from avise.ui.theme import theme


class MarkedText(QPlainTextEdit):
    """A field that takes the room that is left; Tab leaves it, so that it is no trap (WCAG 2.1.2).

    Args:
        name: for people who hear the screen.
        least_height: at 100 %.
        opens_at_end: where the cursor goes when a text is loaded.

    Signals:
        edited: the user typed; loading a text is silent.
    """

    edited = Signal(str)

    def __init__(self, name: str, least_height: float, *, opens_at_end: bool) -> None:
        super().__init__()
        self._least_height, self._opens_at_end = least_height, opens_at_end
        self._is_loading = False
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.textChanged.connect(self._on_text_changed)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    @override
    def sizeHint(self) -> QSize:
        """Return the least height: the field takes the room that is left, and scrolls."""
        return QSize(theme().px(200), theme().px(self._least_height))

    def words(self) -> str:
        """Return what is written, no-break spaces included."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def load(self, words: str) -> None:
        """Show a text without saying that it was typed."""
        if words == self.words():
            return
        self._is_loading = True
        self.setPlainText(words)
        if self._opens_at_end:
            self.moveCursor(QTextCursor.MoveOperation.End)
        self._is_loading = False

    def mark_again(self) -> None:
        """Mark the words anew: the colours are not what they were."""
        raise NotImplementedError

    def selection(self, start: int, end: int, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
        """Return a mark from one character of the text to another."""
        found = QTextEdit.ExtraSelection()
        cursor = self.textCursor()
        words = self.words()
        cursor.setPosition(_qt_length(words[:start]))
        cursor.setPosition(_qt_length(words[:end]), QTextCursor.MoveMode.KeepAnchor)
        found.cursor, found.format = cursor, look
        return found

    @Slot()
    def _on_text_changed(self) -> None:
        if not self._is_loading:
            self.edited.emit(self.words())

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(theme().font("body"))
        self.setMinimumHeight(theme().px(self._least_height))
        self.mark_again()


def finding_look(finding: Finding) -> QTextCharFormat:
    """Return the mark of what may not stay, or is to be thought about."""
    look = QTextCharFormat()
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    look.setUnderlineColor(theme().colour("danger" if finding.blocks else "warn"))
    if finding.blocks:
        look.setBackground(theme().colour("danger-bg"))
    return look


def _qt_length(words: str) -> int:
    """Return the length of a text as Qt counts it, in UTF-16."""
    return len(words.encode("utf-16-le")) // 2
