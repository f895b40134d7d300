"""Runs of text on one line that has no room for all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from avise.ui.palette.delegate import _paint_choice
from avise.ui.palette.values import PaletteRow, Part, RowKind
from avise.ui.theme import theme
from avise.ui.widgets.painting import Span, draw_spans, spans_width

HEIGHT = 34
NAME, DOT, TOWN = Span("Garage Lambert", "body"), Span(" · ", "body"), Span("Saint-Sébastien", "body")


def painted(width: int, paint: Callable[[QPainter], object]) -> QImage:
    """Return what is painted on a plain ground."""
    image = QImage(width, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(theme().colour("bg-surface"))
    with QPainter(image) as painter:
        paint(painter)
    return image


def spans_in(width: float, *spans: Span) -> QImage:
    """Return runs in a room of a width."""
    return painted(600, lambda painter: draw_spans(painter, QRectF(0, 0, width, HEIGHT), spans))


@pytest.mark.parametrize("room", [(NAME,), (NAME, DOT)])
def test_what_is_left_out_is_told_by_an_ellipsis(dressed: QApplication, room: tuple[Span, ...]) -> None:
    width = spans_width(room) + 1
    cut = spans_in(width, NAME, DOT, TOWN)
    assert cut != spans_in(width, *room)
    assert spans_in(1000, NAME, DOT) == spans_in(spans_width((NAME, DOT)), NAME, DOT)


def test_what_tells_somebody_apart_stays_whole_in_a_narrow_row(dressed: QApplication) -> None:
    tail = " · nom proche"
    row = PaletteRow(
        RowKind.CUSTOMER, (Part("MARCHAND Jean-Christophe-Alexandre" * 3), Part(tail, kept=True))
    )
    width = 300
    area = QRectF(0, 0, width, HEIGHT)
    whole = painted(width, lambda painter: _paint_choice(painter, area, row, current=False))
    span = Span(tail, "body", "text-2")
    left = width - spans_width((span,))
    place = QRectF(left, 0, width - left, HEIGHT)
    alone = painted(width, lambda painter: draw_spans(painter, place, (span,)))
    end = QRect(int(left) + 2, 0, width - int(left) - 2, HEIGHT)
    assert whole.copy(end) == alone.copy(end)
