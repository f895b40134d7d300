"""How a row of the palette is painted."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QStaticText, QTextOption, QTransform
from typing_extensions import override

from avise.texts import text
from avise.ui.palette.values import PaletteRow, Part, RowKind
from avise.ui.theme import theme
from avise.ui.widgets.chip import ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.key_cap import key_cap_width, paint_key_cap
from avise.ui.widgets.painting import RIGHT, Span, draw_icon, draw_spans, draw_text, spans_width
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook
from avise.ui.widgets.rows_model import ROW_ROLE

GROUP_HEIGHT, ROW_HEIGHT = 27, 34
_PADDING, _ICON, _GAP = 14, 15, 10
_ABOVE = 8
"""Of a sentence's first line; below the last one as well."""
_CHIPS = {
    "open": ("palette.open", Tone.ACCENT, ""),
    "restricted": ("palette.restricted", Tone.NEUTRAL, "lock"),
}


def row_height(row: PaletteRow, width: float) -> int:
    """Return how high a row is in a list of a width, in pixels: a sentence takes the lines that it needs."""
    px = theme().px
    if row.kind is RowKind.GROUP:
        return px(GROUP_HEIGHT)
    if row.kind is not RowKind.NOTICE:
        return px(ROW_HEIGHT)
    area = QRectF(px(_PADDING), 0, width - px(2 * _PADDING), px(ROW_HEIGHT))
    return max(px(ROW_HEIGHT), ceil(_sentence(row, area).size().height()) + px(2 * _ABOVE))


class PaletteDelegate(RowDelegate):
    """Paints group titles, commands, customers, notices and skeletons."""

    @override
    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook, _index: Index) -> None:
        """Tint the current row alone; the palette has no lines."""
        row: PaletteRow = _index.data(ROW_ROLE)
        if look.current and row.can_be_chosen:
            painter.fillRect(rect, theme().colour("bg-selected"))
            bar = QRectF(rect.left(), rect.top(), theme().px(3), rect.height())
            painter.fillRect(bar, theme().colour("accent"))
        elif look.hovered and row.can_be_chosen:
            painter.fillRect(rect, theme().colour("bg-hover"))

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint what a row holds."""
        row: PaletteRow = index.data(ROW_ROLE)
        px = theme().px
        area = QRectF(rect).adjusted(px(_PADDING), 0, -px(_PADDING), 0)
        if row.kind is RowKind.GROUP:
            _paint_group(painter, area, row)
        elif row.kind is RowKind.SKELETON:
            _paint_skeleton(painter, area)
        elif row.kind is RowKind.NOTICE:
            _paint_notice(painter, area, row)
        else:
            _paint_choice(painter, area, row, current=look.current)


def _paint_group(painter: QPainter, area: QRectF, row: PaletteRow) -> None:
    draw_text(painter, area, row.parts[0].text, "small-medium", "text-2")
    if not row.right:
        return
    words = row.right[0].text
    width = theme().text_width(words, "small-medium", tabular=True) + 1
    place = QRectF(area.right() - width, area.top(), width, area.height())
    draw_icon(painter, "circle-check", place.left() - theme().px(19), area.center().y(), 13, "ok-solid")
    draw_text(painter, place, words, "small-medium", "text-2", RIGHT, tabular=True)


def _paint_skeleton(painter: QPainter, area: QRectF) -> None:
    px = theme().px
    painter.setPen(theme().colour("bg-sunken"))
    colour = theme().colour("bg-hover" if theme().is_dark else "bg-sunken")
    top = area.center().y() - px(4)
    painter.fillRect(QRectF(area.left(), top, px(210), px(8)), colour)
    painter.fillRect(QRectF(area.right() - px(90), top, px(90), px(8)), colour)


def _paint_choice(painter: QPainter, area: QRectF, row: PaletteRow, *, current: bool) -> None:
    if row.icon:
        draw_icon(painter, row.icon, area.left(), area.center().y(), _ICON)
    right = _paint_right(painter, area, row, current=current)
    left = area.left() + theme().px(_ICON + _GAP)
    kept = [_span(part, row.kind) for part in row.parts if part.kept]
    others = [_span(part, row.kind) for part in row.parts if not part.kept]
    room = right - left - spans_width(kept)
    left = draw_spans(painter, QRectF(left, area.top(), max(room, 0), area.height()), others)
    draw_spans(painter, QRectF(left, area.top(), right - left, area.height()), kept)


def _paint_notice(painter: QPainter, area: QRectF, row: PaletteRow) -> None:
    """Paint a sentence on as many lines as it takes; its icon and its action beside the first."""
    px = theme().px
    first = QRectF(area.left(), area.top(), area.width(), px(ROW_HEIGHT))
    role = "danger" if row.command else "text-2"
    draw_icon(painter, row.icon, area.left(), first.center().y(), _ICON, role)
    _paint_right(painter, first, row, current=False)
    words = _sentence(row, area)
    painter.setFont(theme().font("body"))
    painter.setPen(theme().colour("text"))
    top = area.top() + (area.height() - words.size().height()) / 2
    painter.drawStaticText(QPointF(area.left() + px(_ICON + _GAP), top), words)


def _sentence(row: PaletteRow, area: QRectF) -> QStaticText:
    """Return a notice's words laid out beside its icon and its action; a long word is broken."""
    action = sum(theme().text_width(part.text, "button") for part in row.right)
    beside = theme().px(_ICON + _GAP) + (ceil(action) + theme().px(_GAP) if action else 0)
    words = QStaticText("".join(part.text for part in row.parts))
    words.setTextFormat(Qt.TextFormat.PlainText)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    words.setTextOption(option)
    words.setTextWidth(max(area.width() - beside, 1))
    words.prepare(QTransform(), theme().font("body"))
    return words


def _paint_right(painter: QPainter, area: QRectF, row: PaletteRow, *, current: bool) -> float:
    """Paint keys, number and chip from the right edge; return where the words must end."""
    px, middle = theme().px, area.center().y()
    right = area.right()
    if row.keys:
        width = key_cap_width(row.keys)
        paint_key_cap(painter, row.keys, right - width, middle)
        right -= width + px(_GAP)
    if row.right:
        style, role = ("button", "accent-text") if row.command else ("body", "text-2")
        spans = [Span(part.text, style, role, "warn-bg" if part.matched else "") for part in row.right]
        width = int(sum(theme().text_width(part.text, style) for part in row.right)) + 1
        draw_spans(painter, QRectF(right - width, area.top(), width, area.height()), spans)
        right -= width + px(_GAP)
    if row.chip:
        key, tone, icon = _CHIPS[row.chip]
        spec = ChipSpec(text(key), tone, icon, edged=current and tone is Tone.ACCENT)
        right -= chip_size(spec).width()
        paint_chip(painter, spec, right, middle)
        right -= px(_GAP)
    return right


def _span(part: Part, kind: RowKind) -> Span:
    named = kind in (RowKind.CUSTOMER, RowKind.REQUEST)
    role = "text" if part.strong or not named else "text-2"
    if part.matched:
        return Span(part.text, "strong", "text", "warn-bg")
    return Span(part.text, "body", role)
