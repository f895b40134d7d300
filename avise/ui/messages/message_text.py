"""The text of a message: facts are tinted where they stand, gaps are red, and both are told in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QTextCharFormat
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.models.note_findings import Finding
from avise.models.outgoing import Fragment, Fragments, plain
from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.marked_text import MarkedText, finding_look
from avise.ui.widgets.painting import Span, draw_spans

_MIN_HEIGHT = 140


class MessageEdit(MarkedText):
    """The body, free to be written over."""

    def __init__(self) -> None:
        # Before: the field marks its words as soon as it is dressed.
        self._fragments: Fragments = ()
        self._findings: tuple[Finding, ...] = ()
        super().__init__(text("composer.body"), _MIN_HEIGHT, opens_at_end=False)

    def mark(self, fragments: Fragments, findings: Sequence[Finding] = ()) -> None:
        """Tint the facts, redden the gaps and underline what may not stay."""
        self._fragments, self._findings = fragments, tuple(findings)
        self.mark_again()
        self.setAccessibleDescription(_spoken(fragments))

    @override
    def mark_again(self) -> None:
        """Tint the facts, redden the gaps and underline what may not stay."""
        selections = [
            self.selection(start, start + len(run.text), _look(run))
            for start, run in _placed(self._fragments)
            if run.fact or run.missing
        ]
        selections += [
            self.selection(found.start, found.end, finding_look(found)) for found in self._findings
        ]
        self.setExtraSelections(selections)


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
