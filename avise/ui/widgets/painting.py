"""What painted widgets and delegates share: text, icons and marks in the theme's colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from avise.ui.theme import theme

_ELLIPSIS, _BETWEEN, _ROUNDING = "…", " ·", 0.01
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style."""

    text: str
    style: str = "value"
    role: str = "text"
    tint: str = ""
    """Role of the colour behind the text, for a match."""
    tabular: bool = False


def elided(text: str, style: str, width: float, *, tabular: bool = False) -> str:
    """Return a text cut with an ellipsis so that it fits, in device-independent pixels."""
    if theme().text_width(text, style, tabular=tabular) <= width:
        return text
    metrics = theme().metrics(style, tabular=tabular)
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0))


def draw_text(
    painter: QPainter,
    rect: QRect | QRectF,
    text: str,
    style: str = "body",
    role: str = "text",
    align: Qt.AlignmentFlag = LEFT,
    *,
    tabular: bool = False,
) -> None:
    """Paint one line of text inside a rectangle, cut with an ellipsis when it is too long.

    Args:
        painter: of a widget or a delegate.
        rect: in which it stands, in the middle of its height.
        text: what is said.
        style: of `avise.ui.theme.fonts.STYLES`.
        role: of its colour.
        align: `LEFT`, `RIGHT` or `CENTRE`.
        tabular: figures of one width.
    """
    area = rect if isinstance(rect, QRectF) else QRectF(rect)
    look, width = theme(), area.width()
    painter.setFont(look.font(style, tabular=tabular))
    painter.setPen(look.colour(role))
    line = look.line(text, style, max(width, 0.0), tabular=tabular)
    size = line.size()
    left = area.left()
    # Compared whole: a test of one flag costs as much as the two lookups above, for each text painted.
    if align == RIGHT:
        left += width - size.width()
    elif align == CENTRE:
        left += (width - size.width()) / 2
    painter.drawStaticText(QPointF(left, area.top() + (area.height() - size.height()) / 2), line)


def draw_spans(painter: QPainter, rect: QRect | QRectF, spans: Sequence[Span]) -> float:
    """Paint runs of text one after the other on one line; return where the last one ends.

    The last run that fits is cut with an ellipsis, those after it are left out.
    """
    area, widths = QRectF(rect), [_width(span) for span in spans]
    left, is_cut = area.left(), sum(widths) > area.width() + _ROUNDING
    for span, width in zip(spans, widths, strict=True):
        room, words = area.right() - left, span.text
        is_last = is_cut and width + theme().text_width(_ELLIPSIS, span.style) > room
        if room <= 0:
            break
        if is_last and width <= room:
            # It would fit, but nothing would tell that there is more.
            words = f"{span.text.rstrip(_BETWEEN)}{_ELLIPSIS}"
        place = QRectF(left, area.top(), room if is_last else width, area.height())
        if span.tint:
            _draw_tint(painter, place, span)
        draw_text(painter, place, words, span.style, span.role, tabular=span.tabular)
        left += place.width()
        if is_last:
            break
    return left


def spans_width(spans: Sequence[Span]) -> float:
    """Return how wide runs of text are one after the other, in device-independent pixels."""
    return sum(map(_width, spans))


def _width(span: Span) -> float:
    return theme().text_width(span.text, span.style, tabular=span.tabular)


def _draw_tint(painter: QPainter, place: QRectF, span: Span) -> None:
    height = theme().metrics(span.style).height()
    mark = QRectF(place.left(), place.center().y() - height / 2, place.width(), height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour(span.tint))
    painter.drawRoundedRect(mark, theme().px(2), theme().px(2))
    painter.restore()


def draw_icon(
    painter: QPainter, name: str, left: float, middle: float, size: float, role: str = "text-2"
) -> None:
    """Paint an icon with its left edge and the middle of its height given."""
    ratio = painter.device().devicePixelRatioF()
    pixmap = theme().icon(name, size, role, ratio)
    height = pixmap.height() / ratio
    painter.drawPixmap(QPointF(round(left), round(middle - height / 2)), pixmap)


def draw_focus(painter: QPainter, rect: QRect | QRectF, radius: float = 0) -> None:
    """Paint the focus ring, two pixels wide, just inside a rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme().colour("focus"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


def draw_box(
    painter: QPainter, rect: QRect | QRectF, radius: float, fill: str = "", edge: str = "", width: float = 1
) -> None:
    """Paint a rounded box; `fill` and `edge` are roles, "" for none."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme().colour(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().colour(edge), width) if edge else Qt.PenStyle.NoPen)
    inset = width / 2 if edge else 0
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()


def draw_row_line(painter: QPainter, rect: QRect | QRectF, role: str = "border-subtle") -> None:
    """Paint the line under a row, one pixel wide."""
    area = QRectF(rect)
    painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), theme().colour(role))


def draw_badge(painter: QPainter, right: float, middle: float, text: str, fill: str, ink: str) -> float:
    """Paint a count in a rounded mark whose right edge is given; return its left edge."""
    height = theme().px(16)
    width = max(theme().text_width(text, "micro") + theme().px(8), height)
    area = QRectF(right - width, middle - height / 2, width, height)
    draw_box(painter, area, height / 2, fill)
    draw_text(painter, area, text, "micro", ink, CENTRE)
    return area.left()
