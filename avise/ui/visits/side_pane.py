"""On the right of a visit: the customer's sheet, and what this workstation still has to send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from avise.models.commands import OutboxItem
from avise.services.outbox_wording import state_words
from avise.services.visit_values import Delivery, VisitDay, VisitDetail
from avise.texts import text
from avise.texts.formats import format_moment, format_phone, local, timeline_day
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.outbox.sentences import look
from avise.ui.theme import theme
from avise.ui.visits.wording import DELIVERIES
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.link import Link
from avise.ui.widgets.panel import Panel

OUTBOX_AT_MOST = 4
_LABEL_WIDTH = 78


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of what is still to be sent."""

    icon: str
    ink: str
    title: str
    detail: str
    at: datetime | None


def waiting_lines(items: Sequence[OutboxItem], days: Sequence[VisitDay]) -> tuple[Waiting, ...]:
    """Return what waits: commands that have not gone well, then reports that the hub does not have."""
    commands = [item for item in items if item.open or item.uncertain]
    found = [
        Waiting(
            look(item).icon, look(item).ink, item.label, f"{item.whom} · {state_words(item)}",
            item.confirmed_at,
        )
        for item in commands
    ]  # fmt: skip
    rows = [row for day in days for row in day.visits if row.delivery is Delivery.WAITING and not row.asked]
    icon = DELIVERIES[Delivery.WAITING][0]
    state = text(f"visit.delivery.{Delivery.WAITING}")
    found += [
        Waiting(icon, "info", text("visit.outbox.report"), f"{row.title} · {state}", None) for row in rows
    ]
    return tuple(found)


class SheetCard(Panel):
    """The sheet: where, who, what is known, and earlier exchanges."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(text("visit.sheet_of"), "clipboard-list", parent)
        self._now = now
        self._as_of = Label("", "small", "meta", tabular=True)
        self.right.addWidget(self._as_of)
        self._facts, self._past = QGridLayout(), QGridLayout()
        self._notes = Label("", "body", "muted", wrap=True)
        self._nothing = Label(text("visit.sheet.nothing"), "body", "meta", wrap=True)
        self._line, self._notes_line = HorizontalLine(), HorizontalLine()
        content = QWidget()
        facts, notes, past = QWidget(), QWidget(), QWidget()
        facts.setLayout(column(self._facts, self._nothing, margins=(10, 6, 10, 7)))
        notes.setLayout(column(self._notes, margins=(10, 7, 10, 7)))
        past.setLayout(column(self._past, margins=(10, 6, 10, 8)))
        self._notes_part, self._past_part = notes, past
        content.setLayout(column(facts, self._notes_line, notes, self._line, past, None))
        self._scroll = QScrollArea()
        self._scroll.setWidget(content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll.setAccessibleName(text("zone.visit_side"))
        heard_as(self._scroll, Role.Grouping)
        self.body.addWidget(self._scroll)

    @property
    def zone(self) -> QWidget:
        """What takes focus: the arrows scroll it."""
        return self._scroll

    def show_detail(self, detail: VisitDetail | None) -> None:
        """Show a visit's customer."""
        self._as_of.setText(self._age(detail) if detail is not None else "")
        lines = self._lines(detail) if detail is not None else []
        _fill(self._facts, lines, _LABEL_WIDTH)
        self._nothing.setVisible(detail is not None and not detail.sheet)
        notes = detail.access_notes if detail is not None else ""
        self._notes.setText(notes)
        self._notes_part.setVisible(bool(notes))
        self._notes_line.setVisible(bool(notes))
        today = local(self._now()).date()
        told = detail.past if detail is not None else ()
        past = [(timeline_day(local(at).date(), today), words, "") for at, words in told]
        _fill(self._past, past, 54)
        self._past_part.setVisible(bool(past))
        self._line.setVisible(bool(past))

    def _lines(self, detail: VisitDetail) -> list[tuple[str, str, str]]:
        found = []
        if detail.address:
            found.append((text("visit.sheet.address"), detail.address, ""))
        if detail.phone:
            found.append((text("visit.sheet.phone"), format_phone(detail.phone), ""))
        for line in detail.sheet:
            told = format_moment(line.as_of, self._now()) if line.as_of is not None else ""
            found.append((text(line.label), line.value, told))
        return found

    def _age(self, detail: VisitDetail) -> str:
        read = [line.as_of for line in detail.sheet if line.as_of is not None]
        if not read:
            return text("visit.not_on_board") if not detail.row.on_board else ""
        return text("visit.on_board", time=format_moment(min(read), self._now()))


class OutboxCard(Panel):
    """What this workstation still has to send.

    Signals:
        opened: the user wants the whole outbox.
    """

    opened = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(text("visit.outbox"), "cloud-upload", parent)
        self._now = now
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.all = Link(text("visit.outbox.all"))
        self.all.clicked.connect(self.opened)
        self.right.addWidget(self.all)
        self.body.addLayout(self._lines)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._shown: tuple[Waiting, ...] | None = None
        self.show_waiting(())

    def show_waiting(self, waiting: Sequence[Waiting]) -> None:
        """Show what waits, the first few of it."""
        if tuple(waiting) == self._shown:
            return
        self._shown = tuple(waiting)
        self.count.set_text(str(len(waiting)) if waiting else "")
        clear(self._lines)
        if not waiting:
            empty = QWidget()
            empty.setLayout(row(Label(text("visit.outbox.empty"), "body", "meta"), margins=(10, 8, 10, 9)))
            self._lines.addWidget(empty)
        for line in waiting[:OUTBOX_AT_MOST]:
            self._lines.addWidget(self._line_of(line))

    def _line_of(self, line: Waiting) -> QWidget:
        at = Label(format_moment(line.at, self._now()) if line.at is not None else "", "small", "meta")
        words = column(
            row(ElidedLabel(line.title, "row"), at, gap=6), ElidedLabel(line.detail, "small", "text-2")
        )
        found = QWidget()
        icon = Icon(line.icon, 15, line.ink)
        inside = row(icon, words, gap=9, margins=(10, 6, 10, 6))
        inside.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        inside.setStretch(1, 1)
        found.setLayout(column(inside, HorizontalLine()))
        found.setAccessibleName(", ".join(filter(None, (line.title, line.detail, at.text()))))
        return found


class SidePane(QWidget):
    """The sheet over the outbox."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet, self.outbox = SheetCard(now), OutboxCard(now)
        layout = column(self.sheet, self.outbox, gap=8, margins=(8, 8, 8, 8))
        layout.setStretch(0, 1)
        self.setLayout(layout)


def _fill(grid: QGridLayout, lines: Sequence[tuple[str, str, str]], label_width: float) -> None:
    """Replace the lines of a grid: a label, a value, and its age as the tooltip."""
    while (item := grid.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
    px = theme().px
    grid.setHorizontalSpacing(px(10))
    grid.setVerticalSpacing(px(3))
    grid.setColumnMinimumWidth(0, px(label_width))
    grid.setColumnStretch(1, 1)
    for place, (label, value, told) in enumerate(lines):
        name = Label(label, "small", "meta", tabular=True)
        name.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = Label(value, "value", wrap=True)
        words.setToolTip(told)
        words.setAccessibleName(", ".join(filter(None, (label, value, told))))
        grid.addWidget(name, place, 0)
        grid.addWidget(words, place, 1)
