"""The text of a message: facts are tinted where they stand, gaps are red, and both are told in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit, QWidget
from typing_extensions import override

from avise.models.note_findings import Finding
from avise.models.outgoing import Fragment, Fragments, plain
from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.painting import Span, draw_spans

_MIN_HEIGHT = 140


class MessageEdit(QPlainTextEdit):
    """The body, free to be written over; Tab leaves it, so that it is no trap (WCAG 2.1.2).

    Signals:
        edited: the user typed; loading a text is silent.
    """

    edited = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._is_loading = False
        self._fragments: Fragments = ()
        self._findings: tuple[Finding, ...] = ()
        self.setTabChangesFocus(True)
        self.setAccessibleName(text("composer.body"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.textChanged.connect(self._on_text_changed)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    @override
    def sizeHint(self) -> QSize:
        """Return the least height: the field takes the room that is left, and scrolls."""
        return QSize(theme().px(200), self.minimumHeight())

    def words(self) -> str:
        """Return what is written, no-break spaces included."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def load(self, words: str) -> None:
        """Show a text without saying that it was typed; the cursor goes to its beginning."""
        if words == self.words():
            return
        self._is_loading = True
        self.setPlainText(words)
        self._is_loading = False

    def mark(self, fragments: Fragments, findings: Sequence[Finding] = ()) -> None:
        """Tint the facts, redden the gaps and underline what may not stay."""
        self._fragments, self._findings = fragments, tuple(findings)
        selections = [
            self._selection(start, start + len(run.text), _look(run))
            for start, run in _placed(fragments)
            if run.fact or run.missing
        ]
        selections += [self._selection(found.start, found.end, _found_look(found)) for found in findings]
        self.setExtraSelections(selections)
        self.setAccessibleDescription(_spoken(fragments))

    def _selection(self, start: int, end: int, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
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
        self.setMinimumHeight(theme().px(_MIN_HEIGHT))
        self.mark(self._fragments, self._findings)


class MessageLine(QWidget):
    """One line of a message, as its subject: the same marks, nothing to type."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._fragments: Fragments = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    def show_fragments(self, fragments: Fragments) -> None:
        """Show a line."""
        self._fragments = fragments
        words = plain(fragments)
        self.setAccessibleName(f"{self._name}, {words}" if words else self._name)
        self.setToolTip(words)
        self.update()

    def words(self) -> str:
        """Return what is shown."""
        return plain(self._fragments)

    @override
    def sizeHint(self) -> QSize:
        """Return the height of a line."""
        return QSize(theme().px(120), theme().px(22))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the runs one after the other."""
        painter = QPainter(self)
        spans = [Span(run.text, "strong", *_line_look(run)) for run in self._fragments]
        draw_spans(painter, self.rect(), spans)
        painter.end()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


def _look(run: Fragment) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setBackground(theme().colour("danger-bg" if run.missing else "accent-bg"))
    if run.missing:
        look.setForeground(theme().colour("danger"))
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        look.setUnderlineColor(theme().colour("danger"))
    return look


def _found_look(found: Finding) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    look.setUnderlineColor(theme().colour("danger" if found.blocks else "warn"))
    if found.blocks:
        look.setBackground(theme().colour("danger-bg"))
    return look


def _line_look(run: Fragment) -> tuple[str, str]:
    if run.missing:
        return "danger", "danger-bg"
    return ("text", "accent-bg") if run.fact else ("text", "")


def _placed(fragments: Fragments) -> Iterator[tuple[int, Fragment]]:
    start = 0
    for run in fragments:
        yield start, run
        start += len(run.text)


def _spoken(fragments: Fragments) -> str:
    gaps = [run.text.strip("[]") for run in fragments if run.missing]
    return text("composer.spoken_gaps", facts=", ".join(gaps)) if gaps else ""


def _qt_length(words: str) -> int:
    """Return the length of a text as Qt counts it, in UTF-16."""
    return len(words.encode("utf-16-le")) // 2
