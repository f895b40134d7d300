"""Painted charts of latencies: the line of a row, and the one of the detail pane (`ui.md` 5.19)."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.models.source_status import SourceState
from avise.texts.formats import format_number
from avise.ui.theme import theme
from avise.ui.widgets.painting import RIGHT, draw_text

_HEIGHT, _AXIS, _FOOT = 150, 42, 10
_LEAST_TOP = 0.01
_CALM = 4
"""The line of a row is at least this many times its median high."""

LINE_ROLES = {
    SourceState.FAILING: "danger-solid",
    SourceState.NEEDS_AUTH: "danger-solid",
    SourceState.SLOW: "warn-solid",
}
"""Colour of a row's line; the others wear that of the first series."""


def line_role(state: SourceState) -> str:
    """Return the colour of a tool's line."""
    return LINE_ROLES.get(state, "series-1")


def paint_sparkline(painter: QPainter, area: QRectF, samples: Sequence[int], state: SourceState) -> None:
    """Paint latencies as a line without axes."""
    if len(samples) < 2:
        return
    # A steady tool is a flat line: its small variations are not worth a look.
    top = max(1, _CALM * statistics.median(samples), *samples)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme().colour(line_role(state)), 1.5))
    painter.drawPolyline(_points(area, samples, top))
    painter.restore()


def _points(area: QRectF, samples: Sequence[int], top: float) -> QPolygonF:
    step = area.width() / (len(samples) - 1)
    return QPolygonF(
        [
            QPointF(area.left() + place * step, area.bottom() - sample / top * area.height())
            for place, sample in enumerate(samples)
        ]
    )


def nice_top(seconds: float) -> float:
    """Return the end of the axis: a round number of seconds that holds the largest value."""
    wanted = max(seconds, _LEAST_TOP)
    unit = 10.0 ** math.floor(math.log10(wanted))
    return next((step * unit for step in (1, 2, 5) if step * unit >= wanted), 10 * unit)


def grid(top: float) -> tuple[int, int]:
    """Return how many parts the axis has, and how many decimals their ends need to be round."""
    lines = 4 if f"{top:e}".startswith("2") else 5
    step = top / lines
    return lines, max(0, math.ceil(-math.log10(step) - 1e-9))


class LatencyChart(QWidget):
    """Seconds taken by the last readings, oldest on the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: Sequence[int] = ()
        self._state = SourceState.UP_TO_DATE
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    def show_samples(self, samples: Sequence[int], state: SourceState, sentence: str) -> None:
        """Show other readings; `sentence` says the same to people who do not see."""
        self._samples, self._state = samples, state
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the chart."""
        return QSize(theme().px(300), theme().px(_HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint grid, axis and line."""
        if len(self._samples) < 2:
            return
        px = theme().px
        with QPainter(self) as painter:
            area = QRectF(px(_AXIS), px(6), self.width() - px(_AXIS) - px(2), self.height() - px(_FOOT + 6))
            top = nice_top(max(self._samples) / 1000)
            self._paint_grid(painter, area, top)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme().colour(line_role(self._state)), 1.75))
            painter.drawPolyline(_points(area, self._samples, top * 1000))

    def _paint_grid(self, painter: QPainter, area: QRectF, top: float) -> None:
        px = theme().px
        lines, decimals = grid(top)
        for line in range(lines + 1):
            height = area.bottom() - area.height() * line / lines
            role = "border" if line == 0 else "border-subtle"
            painter.setPen(QPen(theme().colour(role), 1, Qt.PenStyle.SolidLine))
            painter.drawLine(QPointF(area.left(), round(height)), QPointF(area.right(), round(height)))
            value = top * line / lines
            words = format_number(Decimal(str(round(value, 3))), decimals)
            place = QRectF(0, height - px(8), px(_AXIS - 6), px(16))
            draw_text(painter, place, words, "micro", "text-3", RIGHT, tabular=True)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
