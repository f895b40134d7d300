"""Paints a request in a list: two lines of a narrow one, the columns of a wide one (`ui.md` 5.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from avise.models.requests import Priority, RequestStatus
from avise.services.request_values import PresenceKind, RequestRow
from avise.texts import plural, text
from avise.ui.requests.columns import Column, places, words_of
from avise.ui.requests.list_model import CHOSEN, GONE, ROW
from avise.ui.requests.wording import short_number, shown_title
from avise.ui.theme import theme
from avise.ui.widgets.chip import ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.painting import RIGHT, Span, draw_box, draw_icon, draw_spans, draw_text
from avise.ui.widgets.presence import SIZE as AVATAR
from avise.ui.widgets.presence import initials_of, paint_avatar
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook
from avise.ui.widgets.sla_chip import WIDTH as CHIP
from avise.ui.widgets.sla_chip import sla_spec

ROW_HEIGHT, TALL_ROW_HEIGHT, TABLE_ROW_HEIGHT = 53, 60, 32
MARGIN = 15
_TEXT_LEFT, _RIGHT, _DOT, _ICON, _GAP, _EYE = 108, 12, 5, 13, 6, 12

_ENDED: dict[RequestStatus, tuple[Tone, str]] = {
    RequestStatus.RESOLVED: (Tone.OK, "circle-check"),
    RequestStatus.CLOSED: (Tone.OUTLINE, "check"),
    RequestStatus.CANCELLED: (Tone.OUTLINE, "x"),
}


def due_spec(row: RequestRow, now: datetime) -> ChipSpec:
    """Return the mark at the head of a row: its clock, or how it ended."""
    ended = _ENDED.get(row.status)
    if ended is not None:
        return ChipSpec(text(f"request.status.{row.status}"), *ended)
    return sla_spec(row.clock, now)


def compare_spec(row: RequestRow) -> ChipSpec | None:
    """Return the chip of fields that two people changed at once; None when there are none."""
    if not row.to_compare:
        return None
    words = plural("outbox.count.to_compare", row.to_compare)
    return ChipSpec(words, Tone.WARN, "git-compare", small=True)


class RequestRowDelegate(RowDelegate):
    """Paints requests.

    Args:
        now: the present.
        user: login of whoever works here: what they hold needs no initials of their own in a table.
    """

    def __init__(self, now: Callable[[], datetime], user: str) -> None:
        super().__init__()
        self._now, self._user = now, user
        self.columns: Sequence[Column] | None = None
        """The columns of a wide list; None while it is narrow."""

    @override
    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Tint what is chosen as well."""
        if index.data(CHOSEN) and not look.current:
            painter.fillRect(rect, theme().colour("bg-selected"))
            look = RowLook(current=False, hovered=False, focused=look.focused)
        super().paint_ground(painter, rect, look, index)

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint a request."""
        row: RequestRow = index.data(ROW)
        gone: bool = index.data(GONE) and row.holder != self._user
        self._paint_head(painter, rect, row, chosen=index.data(CHOSEN))
        if self.columns is not None:
            self._paint_columns(painter, rect, row, look, gone=gone)
        else:
            self._paint_lines(painter, rect, row, look, gone=gone)

    @staticmethod
    def _paint_head(painter: QPainter, rect: QRect, row: RequestRow, *, chosen: bool) -> None:
        """Paint the tick of a chosen request, or the dot of one that is not read."""
        px = theme().px
        middle = rect.top() + (rect.height() / 2 if rect.height() < px(ROW_HEIGHT) else px(17))
        if chosen:
            box = QRectF(rect.left() + px(1), middle - px(6), px(12), px(12))
            draw_box(painter, box, px(3), "accent")
            draw_icon(painter, "check", box.left() + px(1), middle, 10, "on-accent")
        elif row.unread:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour("accent"))
            painter.drawEllipse(QPointF(rect.left() + px(8), middle), px(_DOT) / 2, px(_DOT) / 2)
            painter.restore()

    # ---- narrow ------------------------------------------------------------------------------------
    def _paint_lines(
        self, painter: QPainter, rect: QRect, row: RequestRow, look: RowLook, *, gone: bool
    ) -> None:
        px = theme().px
        first, second = rect.top() + px(17), rect.top() + rect.height() - px(16)
        paint_chip(painter, due_spec(row, self._now()), rect.left() + px(MARGIN), first, px(CHIP))
        left, right = rect.left() + px(_TEXT_LEFT), rect.right() - px(_RIGHT)
        end = _paint_people(painter, row, right, first)
        place = QRectF(left, first - px(10), end - left, px(20))
        strong = look.current or row.unread
        ink = "text-3" if gone or row.tentative else "text"
        draw_text(painter, place, shown_title(row), "strong" if strong else "row", ink)
        number = QRectF(rect.left() + px(MARGIN + 2), second - px(8), px(_TEXT_LEFT - MARGIN - 4), px(16))
        draw_text(painter, number, short_number(row.number), "small", "text-3")
        compare = compare_spec(row)
        if compare is not None:
            right -= chip_size(compare).width()
            paint_chip(painter, compare, right, second)
            right -= px(_GAP)
        if row.refused:
            _line(painter, left, right, second, "circle-x", row.refused, "danger")
        elif row.tentative:
            _line(painter, left, right, second, "cloud-upload", text("request_panel.tentative"), "info")
        elif gone:
            _line(painter, left, right, second, "log-out", text("request_panel.heard.gone"), "text-3")
        else:
            self._paint_second(painter, row, left, right, second)

    @staticmethod
    def _paint_second(painter: QPainter, row: RequestRow, left: float, right: float, middle: float) -> None:
        px = theme().px
        origin_width = min(theme().text_width(row.origin, "small"), px(90))
        place = QRectF(right - origin_width, middle - px(8), origin_width + 1, px(16))
        draw_text(painter, place, row.origin, "small", "text-3", RIGHT)
        end = place.left() - px(_GAP)
        for icon, ink in reversed(extra_icons(row)):
            end -= px(_ICON)
            draw_icon(painter, icon, end, middle, _ICON, ink)
            end -= px(_GAP)
        spans = [Span(row.customer, "small", "text-2")]
        if not row.customer:
            spans = [Span(row.requester_name, "small", "text-3")]
        if row.priority is Priority.P1:
            spans.insert(0, Span(f"{row.priority} · ", "small-medium", "danger"))
        draw_spans(painter, QRectF(left, middle - px(8), end - left, px(16)), spans)

    # ---- wide --------------------------------------------------------------------------------------
    def _paint_columns(
        self, painter: QPainter, rect: QRect, row: RequestRow, look: RowLook, *, gone: bool
    ) -> None:
        px, now = theme().px, self._now()
        middle = rect.top() + rect.height() / 2
        for found in places(self.columns or (), rect.width(), theme().zoom / 100, px(MARGIN)):
            left = rect.left() + found.left
            if found.column is Column.DUE:
                paint_chip(painter, due_spec(row, now), left, middle, px(CHIP))
                continue
            room = found.width - px(10)
            place = QRectF(left, rect.top(), room, rect.height())
            if found.column is Column.TITLE:
                self._paint_title(painter, place, row, look, gone=gone)
                continue
            ink = "text-3" if found.column in (Column.NUMBER, Column.AGE) else "text-2"
            draw_text(painter, place, words_of(found.column, row, now), "small", ink)

    @staticmethod
    def _paint_title(painter: QPainter, place: QRectF, row: RequestRow, look: RowLook, *, gone: bool) -> None:
        px = theme().px
        icons = extra_icons(row)
        if gone:
            icons = [("log-out", "text-3"), *icons]
        if row.refused:
            icons = [("circle-x", "danger"), *icons]
        elif row.tentative:
            icons = [("cloud-upload", "info"), *icons]
        compare = compare_spec(row)
        room = place.width() - (px(_ICON) + px(_GAP)) * len(icons)
        room -= chip_size(compare).width() + px(_GAP) if compare is not None else 0
        strong = look.current or row.unread
        ink = "text-3" if gone or row.tentative else "text"
        words = shown_title(row)
        style = "strong" if strong else "row"
        draw_text(painter, QRectF(place.left(), place.top(), room, place.height()), words, style, ink)
        left = place.left() + min(theme().text_width(words, style), room) + px(_GAP)
        if compare is not None:
            left = paint_chip(painter, compare, left, place.center().y()).right() + px(_GAP)
        for icon, icon_ink in icons:
            draw_icon(painter, icon, left, place.center().y(), _ICON, icon_ink)
            left += px(_ICON) + px(_GAP)


def extra_icons(row: RequestRow) -> list[tuple[str, str]]:
    """Return the icons of what is particular to a request; the row says each of them in words."""
    found = []
    if row.questions:
        found.append(("circle-help", "warn"))
    if row.escalated:
        found.append(("arrow-up", "danger"))
    if row.fragile:
        found.append(("ear", "note"))
    if row.attachments:
        found.append(("paperclip", "text-3"))
    return found


def _paint_people(painter: QPainter, row: RequestRow, right: float, middle: float) -> float:
    """Paint who holds, then who looks, from the right edge; return where the title must end."""
    px, end = theme().px, right
    holder = initials_of(row.holder_name) if row.holder else ""
    if holder:
        end -= px(AVATAR)
        paint_avatar(painter, holder, end, middle)
        end -= px(4)
    for initials in [one for one in row.watched_by if one != holder][:1]:
        end -= px(AVATAR)
        paint_avatar(painter, initials, end, middle, kind=PresenceKind.LOOKING)
        end -= px(3) + px(_EYE)
        draw_icon(painter, "eye", end, middle, _EYE, "text-3")
        end -= px(4)
    return end - px(4)


def _line(
    painter: QPainter, left: float, right: float, middle: float, icon: str, words: str, ink: str
) -> None:
    px = theme().px
    draw_icon(painter, icon, left, middle, _ICON, ink)
    start = left + px(_ICON) + px(_GAP)
    draw_text(painter, QRectF(start, middle - px(8), right - start, px(16)), words, "small", ink)
