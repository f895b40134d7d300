"""Two records side by side: when each was read, what it says, and how alike, by words besides colours."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from avise.models.customer import PersonId
from avise.models.record_dates import RecordDates
from avise.services.identity.values import Alike, FieldPair, RecordHead, RecordPair
from avise.texts import text
from avise.texts.formats import format_date, format_time, local
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.link import Link

_LABEL, _CHIP, _INSIDE = 120, 150, 6
_SIGNS = re.compile(r"[@._]+(?=\w)")
_MARKS = {
    Alike.SAME: (Tone.OK, "circle-check"),
    Alike.CLOSE: (Tone.WARN, "circle-dot"),
    Alike.DIFFERENT: (Tone.DANGER, "circle-x"),
    Alike.UNKNOWN: (Tone.OUTLINE, "circle-dashed"),
}


def _read_words(dates: RecordDates) -> str:
    if dates.read_at is None:
        return text("identity.never_read")
    key = "identity.directory_at" if dates.of_directory else "identity.read_at"
    day = format_date(local(dates.read_at).date())
    return text(key, day=day, time=format_time(dates.read_at))


def _changed_words(dates: RecordDates) -> str:
    return "" if dates.changed_on is None else text("identity.changed_on", day=format_date(dates.changed_on))


def _breakable(value: str) -> str:
    """Return a value that may go on in another line behind its signs: an address has no space."""
    return _SIGNS.sub("\\g<0>\u200b", value)


class SideBySide(QWidget):
    """The two records of a pair: one stop of Tab, from which those inside follow.

    Args:
        parent: of the widget.

    Signals:
        opened: the user wants the file of one record (its person) and the name for its tab.
    """

    opened = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.links: list[Link] = []
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        heard_as(self, Role.Grouping)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)

    def show_pair(self, pair: RecordPair) -> None:
        """Show two records."""
        self.setAccessibleName(text("identity.two", one=pair.one.name, other=pair.other.name))
        self.setAccessibleDescription(pair.why)
        clear(self._box)
        self.links = []
        heads = QWidget()
        grid = self._grid(heads)
        # A column without a widget has no gap beside it, and the rows below would not stand under it.
        for place in (0, 3):
            grid.addWidget(QWidget(), 0, place)
        grid.addWidget(self._head(pair.one), 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._head(pair.other), 0, 2, Qt.AlignmentFlag.AlignTop)
        self._add(heads)
        one, other = pair.one.dates, pair.other.dates
        self._add_dates("read", (_read_words(one), _read_words(other)), (one.read_at, other.read_at))
        changes = (_changed_words(one), _changed_words(other))
        self._add_dates("changed", changes, (one.changed_on, other.changed_on))
        for each in pair.fields:
            self._add(HorizontalLine())
            self._add(self._row(each))

    def _add_dates(self, name: str, words: tuple[str, str], days: tuple[date | None, date | None]) -> None:
        """Add a row of dates, the newer one strong: which record is fresh. Nothing where neither is known."""
        if not any(words):
            return
        widget = QWidget()
        heard_as(widget, Role.Grouping)
        label, nothing = text(f"identity.dated.{name}"), text("identity.nothing")
        newer = max((day for day in days if day is not None), default=None)
        is_newer = tuple(day is not None and day == newer and days[0] != days[1] for day in days)
        grid = self._grid(widget)
        grid.addWidget(Label(label, "small", "meta", wrap=True), 0, 0)
        said = [label]
        for place, (value, strong) in enumerate(zip(words, is_newer, strict=True), 1):
            told = Label(
                value or nothing, "small-medium" if strong else "small", "text" if strong else "muted"
            )
            grid.addWidget(told, 0, place)
            said.append(
                f"{value or nothing} ({text('identity.dated.newer')})" if strong else value or nothing
            )
        grid.addWidget(QWidget(), 0, 3)
        widget.setAccessibleName(", ".join(said))
        self._add(HorizontalLine())
        self._add(widget)

    def _add(self, widget: QWidget) -> None:
        self._box.addWidget(widget)
        # A part of a panel that is on screen counts for nothing in its size before it is shown.
        widget.show()

    def _grid(self, widget: QWidget) -> QGridLayout:
        px = theme().px
        grid = QGridLayout(widget)
        grid.setContentsMargins(px(_INSIDE), px(5), px(_INSIDE), px(5))
        grid.setHorizontalSpacing(px(10))
        grid.setColumnMinimumWidth(0, px(_LABEL))
        grid.setColumnMinimumWidth(3, px(_CHIP))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        return grid

    def _head(self, head: RecordHead) -> QWidget:
        widget = QWidget()
        source = text("identity.source", source=head.source) if head.source else text("identity.directory")
        box = column(Label(head.name, "list-title", wrap=True), Label(source, "small", "meta"), gap=1)
        if head.is_listed:
            link = Link(text("identity.open"))
            link.setAccessibleName(text("identity.open_of", name=head.name))
            person: PersonId = head.person
            link.clicked.connect(lambda: self.opened.emit(person, head.name))
            self.links.append(link)
            box.addLayout(row(link, None))
        widget.setLayout(box)
        return widget

    def _row(self, each: FieldPair) -> QWidget:
        widget = QWidget()
        heard_as(widget, Role.Grouping)
        label = text(f"identity.field.{each.name}")
        alike = text(f"identity.alike.{each.alike}")
        nothing = text("identity.nothing")
        said = f"{label}, {each.one or nothing}, {each.other or nothing}, {alike}"
        widget.setAccessibleName(said)
        strong = each.alike in (Alike.CLOSE, Alike.DIFFERENT)
        style = "value-strong" if strong else "value"
        grid = self._grid(widget)
        grid.addWidget(Label(label, "small", "meta"), 0, 0)
        for place, value in ((1, each.one), (2, each.other)):
            shown = Label(_breakable(value) or nothing, style, "text" if value else "meta", wrap=True)
            grid.addWidget(shown, 0, place)
        tone, icon = _MARKS[each.alike]
        chip = Chip(ChipSpec(alike, tone, icon, told=each.likeness or alike))
        chip.setToolTip(each.likeness)
        grid.addWidget(chip, 0, 3)
        return widget
