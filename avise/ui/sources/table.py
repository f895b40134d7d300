"""The table of the tools: one column of painted rows under a painted header (decision 40)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.models.source_status import SourceState, SourceStatus
from avise.texts import text
from avise.ui.shell.status_bar import STATE_LOOKS
from avise.ui.sources.charts import paint_sparkline
from avise.ui.sources.sentences import (
    asks_sign_in,
    can_retry,
    failures,
    last_reading,
    milliseconds,
    retry_word,
    row_sentence,
    second_line,
)
from avise.ui.theme import theme
from avise.ui.widgets.chip import ChipSpec, Tone, paint_chip
from avise.ui.widgets.painting import LEFT, RIGHT, draw_text
from avise.ui.widgets.row_list import RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import NOW_ROLE, ROW_ROLE, DatedRows, Index

ROW_HEIGHT, HEADER_HEIGHT = 40, 28

TONES = {
    SourceState.UP_TO_DATE: Tone.PLAIN,
    SourceState.SLOW: Tone.WARN,
    SourceState.FAILING: Tone.DANGER,
    SourceState.NEEDS_AUTH: Tone.DANGER,
    SourceState.MISCONFIGURED: Tone.DANGER,
    SourceState.REFUSED: Tone.DANGER,
    SourceState.SUSPENDED: Tone.OUTLINE,
    SourceState.RESERVED: Tone.NEUTRAL,
    SourceState.NEVER_READ: Tone.PLAIN,
}
"""Tools that need nobody are plain text (`ui.md` 5.16)."""


def state_chip(state: SourceState, words: str = "") -> ChipSpec:
    """Return the chip of a state."""
    tone = TONES[state]
    role = "ok-solid" if state is SourceState.UP_TO_DATE else ""
    return ChipSpec(words or text(f"source_state.{state}"), tone, STATE_LOOKS[state].icon, role)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands and how its words are aligned."""

    name: str
    left: int
    width: int
    align: Qt.AlignmentFlag


_STATE, _NUMBER, _SPARK, _FAILURES, _LAST, _ACTION = 124, 60, 132, 74, 132, 84
_SOURCE_MIN, _MARGIN, _GAP = 140, 16, 12


def columns(width: int) -> tuple[Column, ...]:
    """Return the columns that fit a width; the line of latencies goes first, then the percentile."""
    px = theme().px
    wanted = [
        ("median", _NUMBER, RIGHT),
        ("p95", _NUMBER, RIGHT),
        ("spark", _SPARK, LEFT),
        ("failures", _FAILURES, RIGHT),
        ("last", _LAST, LEFT),
        ("action", _ACTION, RIGHT),
    ]
    for dropped in ("spark", "p95", "median"):
        taken = sum(px(size + _GAP) for _name, size, _align in wanted)
        if width - px(2 * _MARGIN + _STATE) - taken >= px(_SOURCE_MIN):
            break
        wanted = [column for column in wanted if column[0] != dropped]
    taken = sum(px(size + _GAP) for _name, size, _align in wanted)
    room = max(width - px(2 * _MARGIN + _STATE) - taken, px(_SOURCE_MIN) // 2)
    found = [
        Column("state", px(_MARGIN), px(_STATE), LEFT),
        Column("source", px(_MARGIN + _STATE), room, LEFT),
    ]
    left = px(_MARGIN + _STATE) + room + px(_GAP)
    for name, size, align in wanted:
        found.append(Column(name, left, px(size), align))
        left += px(size + _GAP)
    return tuple(found)


class SourcesTableModel(DatedRows[SourceStatus]):
    """The tools, one a row, known by their instance."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda source: source.instance, row_sentence, parent)


class SourcesDelegate(RowDelegate):
    """Paints a tool."""

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint each column that fits."""
        source: SourceStatus = index.data(ROW_ROLE)
        for column in columns(rect.width()):
            area = QRectF(rect.left() + column.left, rect.top(), column.width, rect.height())
            _PAINT[column.name](painter, area, source, index.data(NOW_ROLE))


def _paint_state(painter: QPainter, area: QRectF, source: SourceStatus, _now: datetime) -> None:
    left = area.left() + (theme().px(6) if TONES[source.state] is Tone.PLAIN else 0)
    paint_chip(painter, state_chip(source.state), left, area.center().y())


def _paint_source(painter: QPainter, area: QRectF, source: SourceStatus, _now: datetime) -> None:
    px = theme().px
    name = QRectF(area.left(), area.top() + px(3), area.width(), px(18))
    draw_text(painter, name, source.name, "row")
    detail = QRectF(area.left(), area.top() + px(20), area.width(), px(16))
    draw_text(painter, detail, second_line(source), "micro", "text-3")


def _paint_median(painter: QPainter, area: QRectF, source: SourceStatus, _now: datetime) -> None:
    draw_text(painter, area, milliseconds(source.median_ms), "body", align=RIGHT, tabular=True)


def _paint_p95(painter: QPainter, area: QRectF, source: SourceStatus, _now: datetime) -> None:
    draw_text(painter, area, milliseconds(source.p95_ms), "body", align=RIGHT, tabular=True)


def _paint_spark(painter: QPainter, area: QRectF, source: SourceStatus, _now: datetime) -> None:
    height = theme().px(26)
    place = QRectF(area.left(), area.center().y() - height / 2 + 2, area.width(), height - 4)
    paint_sparkline(painter, place, source.samples_ms, source.state)


def _paint_failures(painter: QPainter, area: QRectF, source: SourceStatus, _now: datetime) -> None:
    bad = source.failures_1h > 0 and source.state is SourceState.FAILING
    role = "danger" if bad else "text"
    draw_text(painter, area, failures(source), "body", role, RIGHT, tabular=True)


def _paint_last(painter: QPainter, area: QRectF, source: SourceStatus, now: datetime) -> None:
    roles = {SourceState.FAILING: "danger", SourceState.SLOW: "warn", SourceState.NEEDS_AUTH: "danger"}
    role = roles.get(source.state, "text" if source.last_success else "text-2")
    draw_text(painter, area, last_reading(source, now), "body", role, tabular=True)


def _paint_action(painter: QPainter, area: QRectF, source: SourceStatus, _now: datetime) -> None:
    if asks_sign_in(source):
        draw_text(painter, area, text("tool_sign_in.row"), "row", "accent-text", RIGHT)
    elif can_retry(source):
        draw_text(painter, area, retry_word(source), "row", "accent-text", RIGHT)


_PAINT = {
    "state": _paint_state,
    "source": _paint_source,
    "median": _paint_median,
    "p95": _paint_p95,
    "spark": _paint_spark,
    "failures": _paint_failures,
    "last": _paint_last,
    "action": _paint_action,
}


class SourcesHeader(QWidget):
    """Titles over the columns.

    Args:
        table: whose columns; its scroll bar takes room from them.
        parent: of the widget.
    """

    def __init__(self, table: RowsView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the title of each column that fits."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-subtle"))
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme().colour("border"))
            for column in columns(self._table.viewport().width()):
                if column.name == "action":
                    continue
                area = QRectF(column.left, 0, column.width, self.height())
                draw_text(
                    painter,
                    area,
                    text(f"sources.column.{column.name}"),
                    "small-medium",
                    "text-3",
                    column.align,
                )

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFixedHeight(theme().px(HEADER_HEIGHT))
        self.update()
