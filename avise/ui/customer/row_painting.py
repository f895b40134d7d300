"""Paints the rows of a block, and says how tall they are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QTextLayout, QTextOption

from avise.ui.customer.block_content import (
    BarRow,
    KeyValueRow,
    ListRow,
    PartRow,
    Row,
    SentenceRow,
    TableColumn,
    TableRow,
    joined,
)
from avise.ui.theme import theme
from avise.ui.widgets.chip import ChipSpec, chip_size, paint_chip
from avise.ui.widgets.painting import (
    LEFT,
    RIGHT,
    Span,
    draw_icon,
    draw_row_line,
    draw_spans,
    draw_text,
)

LABEL_COLUMN, LEAD_COLUMN, GAP = 92, 38, 4
TABLE_HEAD_HEIGHT, TABLE_ROW_HEIGHT = 27, 25
_BAR_ROW, _PART_ROW, _SENTENCE_LINE, _BAR = 32, 24, 19, 4
_SENTENCE_LINES = 3


def row_height(row: Row, width: float) -> int:
    """Return the height of a row in a body of that width, in pixels at the zoom in force."""
    px = theme().px
    match row:
        case KeyValueRow():
            return theme().height_of("key-value")
        case ListRow():
            return theme().height_of("list-row")
        case BarRow():
            return px(_BAR_ROW)
        case PartRow():
            return px(_PART_ROW)
        case TableRow():
            return px(TABLE_ROW_HEIGHT)
        case SentenceRow():
            return px(_SENTENCE_LINE) * len(wrapped(joined(row.spans), width)) + px(2)


def wrapped(words: str, width: float) -> tuple[str, ...]:
    """Return a sentence cut into lines of a width, three at most, the last one whole."""
    layout = QTextLayout(words, theme().font("value"))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[str] = []
    while len(lines) < _SENTENCE_LINES - 1 and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        lines.append(words[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    rest = words[sum(len(line) for line in lines) :]
    return tuple(line for line in (*lines, rest) if line) or ("",)


def lead_width(rows: Sequence[Row]) -> int:
    """Return the width of the date column of a list, 0 when no row has a date."""
    leads = [row.lead for row in rows if isinstance(row, ListRow) and row.lead]
    if not leads:
        return 0
    widest = max(theme().text_width(lead, "value", tabular=True) for lead in leads)
    return max(theme().px(LEAD_COLUMN), int(widest) + 1) + theme().px(GAP)


def paint_row(painter: QPainter, row: Row, rect: QRectF, lead: int) -> None:
    """Paint a row of the compact form; `lead` is the width of the date column."""
    match row:
        case KeyValueRow():
            _paint_key_value(painter, row, rect)
        case ListRow():
            _paint_list(painter, row, rect, lead)
        case BarRow():
            _paint_bar(painter, row, rect)
        case PartRow():
            _paint_part(painter, row, rect)
        case SentenceRow():
            _paint_sentence(painter, row, rect)
        case TableRow():
            pass  # painted with its columns


def _paint_key_value(painter: QPainter, row: KeyValueRow, rect: QRectF) -> None:
    px = theme().px
    column = min(px(LABEL_COLUMN), rect.width() * 0.4)
    label = QRectF(rect.left(), rect.top(), column - px(4), rect.height())
    draw_text(painter, label, row.label, "small", "text-3")
    value = QRectF(rect.left() + column, rect.top(), rect.width() - column, rect.height())
    if row.chip is not None:
        left = value.left() if not joined(row.spans) else _right_of(value, row.chip)
        paint_chip(painter, row.chip, left, value.center().y())
        value.setRight(left - px(GAP))
    if row.icon:
        draw_icon(painter, row.icon, value.left(), value.center().y(), 14, row.icon_role)
        value.setLeft(value.left() + px(14 + 5))
    draw_spans(painter, value, row.spans)


def _right_of(rect: QRectF, chip: ChipSpec) -> float:
    return max(rect.left(), rect.right() - chip_size(chip).width())


def _paint_list(painter: QPainter, row: ListRow, rect: QRectF, lead: int) -> None:
    px = theme().px
    area = QRectF(rect)
    if lead:
        draw_text(painter, area, row.lead, "value", "text-3", LEFT, tabular=True)
        area.setLeft(area.left() + lead)
    if row.right:
        style = "value-strong" if row.right_strong else "value"
        figures = row.right[:1].isdigit() or row.right[:1] in "−€"
        role = "text" if "€" in row.right else "text-3"
        width = min(theme().text_width(row.right, style, tabular=figures) + 1, area.width() / 2)
        right = QRectF(area.right() - width, area.top(), width, area.height())
        draw_text(painter, right, row.right, style, role, RIGHT, tabular=figures)
        area.setRight(right.left() - px(GAP))
    if row.chip is not None:
        left = _right_of(area, row.chip)
        paint_chip(painter, row.chip, left, area.center().y())
        area.setRight(left - px(GAP))
    draw_spans(painter, area, row.spans)


def _paint_bar(painter: QPainter, row: BarRow, rect: QRectF) -> None:
    px = theme().px
    line = QRectF(rect.left(), rect.top() + px(2), rect.width(), px(20))
    width = min(theme().text_width(row.right, "small", tabular=True) + 1, rect.width() * 0.6)
    right = QRectF(rect.right() - width, line.top(), width, line.height())
    draw_text(painter, right, row.right, "small", "text-2", RIGHT, tabular=True)
    line.setRight(right.left() - px(GAP))
    draw_text(painter, line, row.label, "value", "text")
    bar = QRectF(rect.left(), line.bottom() + px(1), rect.width(), px(_BAR))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("bg-hover" if theme().is_dark else "bg-sunken"))
    painter.drawRoundedRect(bar, px(2), px(2))
    if row.share > 0:
        bar.setWidth(max(bar.width() * row.share, px(_BAR)))
        painter.setBrush(theme().colour(row.tone))
        painter.drawRoundedRect(bar, px(2), px(2))
    painter.restore()


def _paint_part(painter: QPainter, row: PartRow, rect: QRectF) -> None:
    area = QRectF(rect)
    if row.chip is not None:
        left = _right_of(area, row.chip)
        paint_chip(painter, row.chip, left, area.center().y())
        area.setRight(left - theme().px(GAP))
    draw_text(painter, area, row.text, "source", "text-3")
    draw_row_line(painter, rect)


def _paint_sentence(painter: QPainter, row: SentenceRow, rect: QRectF) -> None:
    height = theme().px(_SENTENCE_LINE)
    for index, line in enumerate(wrapped(joined(row.spans), rect.width())):
        area = QRectF(rect.left(), rect.top() + index * height, rect.width(), height)
        draw_spans(painter, area, (Span(line.strip(), "value", row.role),))


# ---- the wide form ---------------------------------------------------------------------------
def column_edges(
    columns: Sequence[TableColumn], rows: Sequence[TableRow], rect: QRectF
) -> list[tuple[float, float]]:
    """Return the left edge and the width of each column: fixed ones first, the rest by weight."""
    gap = theme().px(12)
    widths = [_own_width(index, column, rows) for index, column in enumerate(columns)]
    weights = sum(column.weight for column in columns)
    free = rect.width() - sum(widths) - gap * (len(columns) - 1)
    left, edges = rect.left(), []
    for column, own in zip(columns, widths, strict=True):
        width = max(own + (free * column.weight / weights if weights else 0.0), 1.0)
        edges.append((left, width))
        left += width + gap
    return edges


def _own_width(index: int, column: TableColumn, rows: Sequence[TableRow]) -> float:
    if column.weight:
        return 0.0
    cells = [row.cells[index] for row in rows]
    widest = max((theme().text_width(cell, "value-strong", tabular=True) for cell in cells), default=0.0)
    return max(widest, theme().text_width(column.title, "small")) + 2


def paint_table(
    painter: QPainter, columns: Sequence[TableColumn], rows: Sequence[TableRow], rect: QRectF, pad: float
) -> None:
    """Paint the head and the rows of the wide form."""
    px = theme().px
    edges = column_edges(columns, rows, rect)
    head = QRectF(rect.left() - pad, rect.top(), rect.width() + 2 * pad, px(TABLE_HEAD_HEIGHT))
    painter.fillRect(head, theme().colour("bg-subtle"))
    draw_row_line(painter, head)
    for column, (left, width) in zip(columns, edges, strict=True):
        area = QRectF(left, head.top(), width, head.height())
        draw_text(painter, area, column.title, "small", "text-3", RIGHT if column.right else LEFT)
    top = head.bottom()
    for row in rows:
        for cell, column, (left, width) in zip(row.cells, columns, edges, strict=True):
            area = QRectF(left, top, width, px(TABLE_ROW_HEIGHT))
            _paint_cell(painter, cell, column, area)
        top += px(TABLE_ROW_HEIGHT)


def _paint_cell(painter: QPainter, cell: str, column: TableColumn, area: QRectF) -> None:
    style = "value-strong" if column.strong else "value"
    role = "text-2" if column.muted else "text"
    figures = column.right or cell[:1].isdigit()
    draw_text(painter, area, cell, style, role, RIGHT if column.right else LEFT, tabular=figures)
