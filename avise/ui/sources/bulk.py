"""How the search directory is filled, in the pane of the tool that fills it: a progress, or a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.models.bulk_reading import BulkReading, Decision, ReadingStep
from avise.services.bulk_words import act_key, doubt_lines, progress_sentence, remarks
from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.sources.marked_line import marked_line
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.detail_pane import titled
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row

Decide = Callable[[Decision], None]

BAR_HEIGHT = 6


class ProgressLine(QWidget):
    """How much is done, as a line; its words stand beside it.

    Args:
        share: from 0 to 1.
        sentence: for people who hear the screen.
    """

    def __init__(self, share: float, sentence: str) -> None:
        super().__init__()
        self._share = share
        self.setAccessibleName(sentence)
        heard_as(self, Role.ProgressBar)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme().px(BAR_HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, and what is done of it."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("border"))
            done = QRectF(0, 0, self.width() * self._share, self.height())
            painter.fillRect(done, theme().colour("accent"))


def bulk_section(bulk: BulkReading | None, source: str, now: datetime, decide: Decide) -> QWidget | None:
    """Return the section, None for a tool that fills no directory or has nothing to tell.

    Args:
        bulk: how the filling stands.
        source: name of the tool.
        now: the time.
        decide: called with what the user decides.
    """
    if bulk is None or bulk.step is ReadingStep.FOLLOWING:
        return None
    box, content = titled(text("bulk.title" if bulk.of_directory else "bulk.title_of_file"))
    if bulk.step is ReadingStep.HELD and bulk.doubt is not None:
        content.addLayout(marked_line("triangle-alert", "warn-solid", text(f"bulk.held.{bulk.doubt.kind}")))
        for line in doubt_lines(bulk.doubt, now):
            content.addWidget(Label(line, "body", wrap=True, tabular=True))
        content.addLayout(row(*_buttons(bulk, decide), None, gap=6, margins=(0, 6, 0, 0)))
        return box
    sentence = progress_sentence(bulk)
    if bulk.share is not None:
        content.addWidget(ProgressLine(bulk.share, sentence))
    content.addWidget(Label(sentence, "body", wrap=True, tabular=True))
    for line in remarks(bulk, source):
        content.addWidget(Label(line, "body", "muted", wrap=True))
    return box


def _buttons(bulk: BulkReading, decide: Decide) -> tuple[Button, Button]:
    keep = Button(text(act_key(bulk, Decision.KEEP)), ButtonKind.PRIMARY)
    keep.clicked.connect(lambda: decide(Decision.KEEP))
    accept = Button(text(act_key(bulk, Decision.ACCEPT)))
    accept.clicked.connect(lambda: decide(Decision.ACCEPT))
    return keep, accept
