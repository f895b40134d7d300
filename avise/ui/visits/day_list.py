"""The list of visits: a title a day, then its visits in the order of the route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.services.visit_values import Delivery, VisitDay, VisitId, VisitRow, VisitState
from avise.texts import text
from avise.texts.formats import format_time
from avise.ui.theme import theme
from avise.ui.visits.wording import (
    STATES,
    day_aside,
    day_title,
    delivery_spec,
    missing_sheets,
    row_sentence,
    state_words,
)
from avise.ui.widgets.chip import ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.painting import RIGHT, draw_icon, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel

ROW_HEIGHT, TITLE_HEIGHT, TALL_TITLE_HEIGHT, SENTENCE_HEIGHT = 49, 35, 56, 34
_PADDING, _TIME, _ICON = 14, 44, 13


@dataclass(frozen=True, slots=True)
class ListRow:
    """A day's title, a sentence, or a visit.

    Args:
        title: of the day, or the sentence.
        aside: how many visits and kilometres.
        absent: whether sheets of the day lack on board.
        is_title: a day's title.
        visit: of the row; None for a title or a sentence.
    """

    title: str
    aside: str = ""
    absent: bool = False
    is_title: bool = False
    visit: VisitRow | None = None

    @property
    def sentence(self) -> str:
        """The row for people who hear the screen."""
        if self.visit is not None:
            return row_sentence(self.visit)
        absent = text("visit.absent_pack") if self.absent else ""
        return ", ".join(filter(None, (self.title, self.aside, absent)))


def list_rows(days: Sequence[VisitDay]) -> tuple[ListRow, ...]:
    """Return the rows of some days; the first day is shown even when it has no visit."""
    found: list[ListRow] = []
    for place, day in enumerate(days):
        if not day.visits and place:
            continue
        absent = missing_sheets(day) > 0
        found.append(ListRow(day_title(day.day), day_aside(day), absent, is_title=True))
        found += [ListRow(row.title, visit=row) for row in day.visits]
        if not day.visits:
            found.append(ListRow(text("visit.none")))
    return tuple(found)


class VisitsModel(RowsModel[ListRow]):
    """The rows; the arrows stop on visits alone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda row: row.sentence, parent)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the arrows stop on visits alone."""
        if not index.isValid() or self.rows()[index.row()].visit is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _Delegate(RowDelegate):
    """Paints a day's title, or a visit on two lines."""

    @override
    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Give titles no mark of a current row."""
        row: ListRow = index.data(ROW_ROLE)
        if row.visit is not None:
            super().paint_ground(painter, rect, look, index)

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint what a row holds."""
        row: ListRow = index.data(ROW_ROLE)
        px = theme().px
        area = QRectF(rect).adjusted(px(_PADDING), 0, -px(_PADDING), 0)
        if row.visit is not None:
            _paint_visit(painter, area, row.visit, current=look.current)
        elif row.is_title:
            _paint_title(painter, area, row)
        else:
            draw_text(painter, area, row.title, "body", "text-3")


def _paint_title(painter: QPainter, area: QRectF, row: ListRow) -> None:
    px = theme().px
    if row.absent:
        # On a line of its own: beside the title there is no room for it at every width.
        spec = ChipSpec(text("visit.absent_pack"), Tone.WARN, "cloud-off", small=True)
        paint_chip(painter, spec, area.left(), area.bottom() - px(14))
        area = area.adjusted(0, px(4), 0, -px(TALL_TITLE_HEIGHT - TITLE_HEIGHT + 2))
    draw_text(painter, area, row.title, "strong")
    title = theme().text_width(row.title, "strong") + px(8)
    aside = area.adjusted(title, 0, 0, 0)
    draw_text(painter, aside, row.aside, "small", "text-3", RIGHT)


def _paint_visit(painter: QPainter, area: QRectF, row: VisitRow, *, current: bool) -> None:
    px = theme().px
    over = row.state in (VisitState.DONE, VisitState.MISSED) or row.asked
    first = QRectF(area.left(), area.top() + px(6), area.width(), px(19))
    second = QRectF(area.left() + px(_TIME), first.bottom(), area.width() - px(_TIME), px(18))
    ink = "text-3" if over else "text"
    style = "strong" if current else ("row" if not over else "body")
    draw_text(painter, first, format_time(row.starts_at), style, ink, tabular=True)
    title = first.adjusted(px(_TIME), 0, 0, 0)
    if row.delivery is not None and row.delivery is not Delivery.CONFIRMED:
        spec = delivery_spec(row.delivery)
        width = chip_size(spec).width()
        paint_chip(painter, spec, title.right() - width, title.center().y())
        title = title.adjusted(0, 0, -width - px(6), 0)
    draw_text(painter, title, row.title, style, ink)
    left = _paint_aside(painter, second, row)
    where = " · ".join(filter(None, (row.place, row.purpose)))
    draw_text(painter, second.adjusted(0, 0, left - second.right() - px(6), 0), where, "small", "text-2")


def _paint_aside(painter: QPainter, area: QRectF, row: VisitRow) -> float:
    """Paint the state, or the way there, at the right edge; return where it begins."""
    px = theme().px
    drive = row.state is VisitState.PLANNED
    if drive and row.minutes_by_car is None:
        return area.right()
    words = text("visit.minutes", minutes=row.minutes_by_car) if drive else state_words(row)
    icon, ink = ("car", "text-2") if drive else STATES[row.state]
    width = theme().text_width(words, "small")
    left = area.right() - width - px(_ICON + 4)
    draw_icon(painter, icon, left, area.center().y(), _ICON, ink)
    draw_text(painter, area, words, "small", "text-2", RIGHT)
    return left


class VisitList(RowsView):
    """The list: the arrows go from visit to visit, Entrée goes to the one shown.

    Signals:
        chosen: the visit of the current row (its identity).
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ROW_HEIGHT, text("zone.visit_days"), parent)
        self.rows_model = VisitsModel(self)
        self.setModel(self.rows_model)
        self.setItemDelegate(_Delegate(self))
        self.selectionModel().currentChanged.connect(self._on_current)
        self._is_showing = False
        theme().changed.connect(self._set_heights)

    def show_days(self, days: Sequence[VisitDay]) -> None:
        """Show other days; the current visit stays the current one while it is there."""
        rows = list_rows(days)
        if rows == tuple(self.rows_model.rows()):
            return
        before = self.current()
        self._is_showing = True
        self.rows_model.set_rows(rows)
        self._set_heights()
        if before is not None:
            self.go_to_visit(before.visit)
        self._is_showing = False

    def current(self) -> VisitRow | None:
        """Return the current visit."""
        place = self.current_row()
        return self.rows_model.rows()[place].visit if 0 <= place < self.rows_model.rowCount() else None

    def go_to_visit(self, visit: VisitId) -> None:
        """Make a visit the current one, when it is in the list."""
        rows = self.rows_model.rows()
        self.go_to(next((n for n, row in enumerate(rows) if row.visit and row.visit.visit == visit), -1))

    @Slot()
    def _on_current(self) -> None:
        found = self.current()
        if found is not None and not self._is_showing:
            self.chosen.emit(found.visit)

    @Slot()
    def _set_heights(self) -> None:
        for place, row in enumerate(self.rows_model.rows()):
            height = ROW_HEIGHT if row.visit else SENTENCE_HEIGHT
            if row.is_title:
                height = TALL_TITLE_HEIGHT if row.absent else TITLE_HEIGHT
            self.setRowHeight(place, theme().px(height))
