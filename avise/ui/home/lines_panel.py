"""A panel of short lines, each with what it leads to: requests, appointments, news, exchanges."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from avise.ui.theme import theme
from avise.ui.widgets.chip import Chip, ChipSpec
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row, show_deep
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.link import Link
from avise.ui.widgets.panel import Panel

_LEFT = 92


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, what, more of it, and what it leads to."""

    title: str
    left: str = ""
    detail: str = ""
    quiet: str = ""
    """A third line: a place, a source."""
    chip: ChipSpec | None = None
    action: str = ""
    """What it leads to: the words of a link."""
    key: Hashable = None
    """Given back when the link is pressed."""

    @property
    def sentence(self) -> str:
        """The line as one sentence, for a screen reader."""
        chip = self.chip.text if self.chip is not None else ""
        return ", ".join(part for part in (self.left, self.title, self.detail, self.quiet, chip) if part)


class LinesPanel(Panel):
    """Lines under a title; a sentence when there is none.

    Args:
        title: of the panel.
        icon: before the title.
        parent: of the widget.

    Signals:
        line_chosen: key of the line whose link was pressed.
    """

    line_chosen = Signal(object)

    def __init__(self, title: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(title, icon, parent)
        self._shown: tuple[Sequence[Line], str, str] | None = None
        self.links: list[Link] = []

    def show_lines(self, lines: Sequence[Line], sentence: str = "", tone: str = "muted") -> None:
        """Show lines, under a sentence when there is one.

        Args:
            lines: in their order.
            sentence: what is not known, or that there is nothing.
            tone: of the sentence.
        """
        if self._shown == (tuple(lines), sentence, tone):
            return
        self._shown = (tuple(lines), sentence, tone)
        self.count.set_text(str(len(lines)) if lines else "")
        clear(self.body)
        self.links = []
        if sentence:
            told = QWidget()
            told.setLayout(row(Label(sentence, "body", tone, wrap=True), margins=(12, 9, 12, 10)))
            self.body.addWidget(told)
        for place, line in enumerate(lines):
            if place or sentence:
                self.body.addWidget(HorizontalLine())
            self.body.addWidget(self._line_widget(line))
        # Now, not at the next event: a panel over the page takes the height of its lines.
        show_deep(self.body)

    def _line_widget(self, line: Line) -> QWidget:
        widget = QWidget()
        widget.setAccessibleName(line.sentence)
        words = column(ElidedLabel(line.title, "row"), gap=1)
        if line.detail:
            words.addWidget(Label(line.detail, "small", "muted", wrap=True))
        if line.quiet:
            words.addWidget(Label(line.quiet, "small", "meta", wrap=True))
        parts = row(gap=10, margins=(12, 7, 12, 7))
        if line.left:
            when = Label(line.left, "small", "meta", tabular=True)
            when.setFixedWidth(theme().px(_LEFT))
            parts.addWidget(when, 0, Qt.AlignmentFlag.AlignTop)
        parts.addLayout(words, 1)
        if line.chip is not None:
            parts.addWidget(Chip(line.chip), 0, Qt.AlignmentFlag.AlignTop)
        if line.action:
            link = Link(line.action)
            link.setAccessibleName(f"{line.action}, {line.title}")
            link.clicked.connect(lambda _checked=False, key=line.key: self.line_chosen.emit(key))
            parts.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
            self.links.append(link)
        widget.setLayout(parts)
        return widget
