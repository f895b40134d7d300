"""The case managers of a team: what each holds, what is late, what was done today."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.services.request_values import ColleagueRow
from avise.texts import plural, text
from avise.texts.formats import format_short_date, local
from avise.ui.theme import theme
from avise.ui.widgets.chip import ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.painting import RIGHT, draw_icon, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel

ROW_HEIGHT = 32
_PADDING, _NAME, _LATE, _DONE = 12, 0.34, 46, 108


def away_words(row: ColleagueRow) -> str:
    """Return until when somebody is away, "" when they are here."""
    if row.absent_until is None:
        return ""
    return text("team.away", day=format_short_date(local(row.absent_until).date()))


def member_sentence(row: ColleagueRow) -> str:
    """Return a row as one sentence."""
    parts = (
        row.name,
        away_words(row),
        plural("team.total.open", row.open_requests),
        plural("team.total.late", row.late),
        plural("team.done", row.done_today),
    )
    return ", ".join(filter(None, parts))


class _Delegate(RowDelegate):
    """Paints name, bar and figures."""

    def __init__(self, most: Callable[[], int], parent: QWidget) -> None:
        super().__init__(parent)
        self._most = most

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint a case manager."""
        px = theme().px
        row: ColleagueRow = index.data(ROW_ROLE)
        area = QRectF(rect).adjusted(px(_PADDING), 0, -px(_PADDING), 0)
        middle = area.center().y()
        done = QRectF(area.right() - px(_DONE), area.top(), px(_DONE), area.height())
        away = away_words(row)
        if away:
            spec = ChipSpec(away, Tone.OUTLINE, "coffee", small=True)
            paint_chip(painter, spec, done.right() - chip_size(spec).width(), middle)
        else:
            draw_text(
                painter, done, plural("team.done", row.done_today), "small", "text-2", RIGHT, tabular=True
            )
        late = QRectF(done.left() - px(_LATE), area.top(), px(_LATE - 8), area.height())
        if row.late:
            draw_icon(painter, "triangle-alert", late.left(), middle, 13, "danger")
            draw_text(
                painter, late.adjusted(px(18), 0, 0, 0), str(row.late), "strong", "danger", tabular=True
            )
        name = QRectF(area.left(), area.top(), area.width() * _NAME, area.height())
        draw_text(painter, name, row.name, "strong" if look.current else "row")
        left = area.left() + area.width() * _NAME + px(10)
        room = late.left() - left - px(34)
        width = room * row.open_requests / max(self._most(), 1)
        if row.open_requests:
            painter.fillRect(QRectF(left, middle - px(4), max(width, 1), px(8)), theme().colour("accent"))
        number = QRectF(left + width + px(6), area.top(), px(30), area.height())
        draw_text(painter, number, str(row.open_requests), "small", "text", tabular=True)


class MemberList(RowsView):
    """The list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ROW_HEIGHT, text("team.members"), parent)
        self.rows_model: RowsModel[ColleagueRow] = RowsModel(member_sentence, self)
        self.setModel(self.rows_model)
        self.setItemDelegate(_Delegate(self._most, self))

    def show_members(self, members: Sequence[ColleagueRow]) -> None:
        """Show the case managers, by name: nobody changes place because of a figure."""
        ordered = tuple(sorted(members, key=lambda row: row.name.casefold()))
        if ordered != tuple(self.rows_model.rows()):
            place = self.current_row()
            self.rows_model.set_rows(ordered)
            self.go_to(place)

    def _most(self) -> int:
        return max((row.open_requests for row in self.rows_model.rows()), default=1)
