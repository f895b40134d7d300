"""What stands beside the fields: a request open already, the legal clock, what to tell the member."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.sla import LegalClock
from avise.services.request_values import RequestRow
from avise.texts import text
from avise.texts.formats import format_long_date, format_moment
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.requests.wording import short_number
from avise.ui.theme import theme
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.link import Link
from avise.ui.widgets.painting import draw_box


class TintedBox(QWidget):
    """A rounded box in the tint of a tone, with an icon at its head.

    Args:
        tone: "warn", "danger", "info"…
        icon: at the head.
        parent: of the widget.

    Attributes:
        inside: layout beside the icon.
    """

    def __init__(self, tone: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        ink = "accent-text" if tone == "accent" else tone
        heard_as(self, Role.Grouping)
        self.inside = column(gap=2)
        line = row(column(2, Icon(icon, 15, ink), None), self.inside, gap=8, margins=(10, 7, 10, 8))
        line.setStretch(1, 1)
        self.setLayout(line)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        with QPainter(self) as painter:
            edge = "border" if theme().is_contrast else ""
            draw_box(painter, QRectF(self.rect()), theme().px(4), f"{self._tone}-bg", edge)


class LegalBox(TintedBox):
    """By when a complaint is acknowledged and answered, whatever happens (`domain.md` R21)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("danger", "flag", parent)
        self._ack = Label("", "row", wrap=True)
        self._answer = Label("", "row", wrap=True)
        self.inside.addWidget(self._ack)
        self.inside.addWidget(self._answer)
        self.hide()

    def show_clock(self, clock: LegalClock | None) -> None:
        """Show the two days; nothing when the law gives none."""
        self.setVisible(clock is not None)
        if clock is not None:
            self._ack.setText(text("new_request.legal.ack", day=format_long_date(clock.ack_day)))
            self._answer.setText(text("new_request.legal.answer", day=format_long_date(clock.answer_day)))
            self.setAccessibleName(self.words())

    def words(self) -> str:
        """Return what it says."""
        return f"{self._ack.text()} {self._answer.text()}"


class DuplicateBox(TintedBox):
    """The requests that are open already for the same thing: complete one, or send another all the same.

    Signals:
        complete_requested: one to complete (a `RequestRow`).
        open_requested: one to read first (a `RequestRow`).
        anyway_requested: another one is really wanted.
    """

    complete_requested = Signal(object)
    open_requested = Signal(object)
    anyway_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("warn", "copy", parent)
        self._rows: tuple[RequestRow, ...] = ()
        self.buttons: list[Button] = []
        self.links: list[Link] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme().px(4))
        self.anyway = Link(text("new_request.anyway"))
        self.anyway.clicked.connect(self.anyway_requested)
        self.inside.addLayout(self._lines)
        self.inside.addLayout(row(self.anyway, None))
        self.hide()

    @property
    def rows(self) -> tuple[RequestRow, ...]:
        """Those that are open already."""
        return self._rows

    def controls(self) -> list[QWidget]:
        """Return its buttons and links, line by line."""
        pairs = itertools.zip_longest(self.buttons, self.links)
        return [control for pair in pairs for control in pair if control is not None]

    def show_rows(self, rows: Sequence[RequestRow], now: datetime) -> None:
        """Offer to complete these; nothing when there is none."""
        self._rows = tuple(rows)
        clear_rows(self._lines)
        self.buttons, self.links = [], []
        self.setVisible(bool(rows))
        for found in rows:
            self._lines.addWidget(self._line(found, now))
        self.setAccessibleName(" ".join(duplicate_words(found, now) for found in rows))

    def _line(self, found: RequestRow, now: datetime) -> QWidget:
        number = short_number(found.number)
        line = QWidget()
        complete = Button(
            text("new_request.complete", number=number), ButtonKind.PLAIN, small=True, parent=line
        )
        complete.setVisible(len(self._rows) > 1)
        complete.clicked.connect(lambda: self.complete_requested.emit(found))
        see = Link(text("new_request.see", number=number))
        see.clicked.connect(lambda: self.open_requested.emit(found))
        self.links.append(see)
        words = Label(duplicate_words(found, now), "row", wrap=True)
        actions = row(see, None, gap=10)
        if len(self._rows) > 1:
            # Of one alone, the button of the sheet takes care.
            self.buttons.append(complete)
            actions.insertWidget(0, complete)
        line.setLayout(column(words, actions, gap=4))
        return line


def duplicate_words(found: RequestRow, now: datetime) -> str:
    """Return what is said of a request that is open already, and the question."""
    when = format_moment(found.created_at, now)
    holder = text("new_request.held_by", name=found.holder_name) if found.holder_name else ""
    told = text(
        "new_request.duplicate", number=short_number(found.number), when=when, queue=found.queue_label
    )
    return " ".join(filter(None, (told, holder, text("new_request.complete_it"))))


class SayBox(TintedBox):
    """The sentence to tell the member.

    Signals:
        note_requested: the sentence goes to the note of the exchange.
    """

    note_requested = Signal(str)

    def __init__(self, *, with_note: bool, parent: QWidget | None = None) -> None:
        super().__init__("accent", "message-square", parent)
        self._title = Label(text("new_request.say"), "small-strong", "accent")
        self._sentence = Label("", "body", wrap=True)
        self.note = Link(text("new_request.to_note"))
        self.note.clicked.connect(lambda: self.note_requested.emit(self.sentence()))
        self.inside.addLayout(row(self._title, None, self.note))
        self.inside.addWidget(self._sentence)
        # Inside by now: without a parent it would be a window.
        self.note.setVisible(with_note)

    def show_sentence(self, sentence: str) -> None:
        """Show what to tell."""
        self._sentence.setText(sentence)
        self.setAccessibleName(f"{self._title.text()} {sentence}")
        self.setVisible(bool(sentence))

    def sentence(self) -> str:
        """Return what to tell."""
        return self._sentence.text()


def clear_rows(box: QVBoxLayout) -> None:
    """Remove the lines of a box."""
    clear(box)
