"""What today brought and what was done, hour by hour: bars, with their numbers in words (`ui.md` 5.19)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.services.request_values import HourLoad
from avise.texts import plural, text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.painting import LEFT, RIGHT, draw_text

FIRST, LAST = 8, 18
"""Hours of the day that the chart shows at least."""
_HEIGHT, _TITLE, _BARS, _AXIS, _LEGEND, _BAR, _MARK = 88, 20, 30, 16, 18, 7, 8


class DayChart(QWidget):
    """The chart; nothing while nothing is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hours: tuple[HourLoad, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        heard_as(self, Role.Graphic)
        self.hide()
        theme().changed.connect(self._on_theme_changed)

    def show_hours(self, hours: Sequence[HourLoad]) -> None:
        """Show what each hour of today saw."""
        if tuple(hours) == self._hours:
            return
        self._hours = tuple(hours)
        self.setVisible(bool(self._hours))
        self.setAccessibleName(self.sentence())
        self.setAccessibleDescription(self.table())
        self.setToolTip(self.table())
        self.update()

    def sentence(self) -> str:
        """Return the chart in one sentence."""
        return text("request_panel.chart.sentence", received=self._received(), done=self._done())

    def table(self) -> str:
        """Return the chart as lines of text, an hour each."""
        return "\n".join(
            text(
                "request_panel.chart.hour",
                hour=load.hour,
                received=plural("request_panel.chart.received", load.received),
                done=plural("request_panel.chart.done", load.done),
            )
            for load in self._hours
        )

    def _received(self) -> str:
        return plural("request_panel.chart.received", sum(load.received for load in self._hours))

    def _done(self) -> str:
        return plural("request_panel.chart.done", sum(load.done for load in self._hours))

    @override
    def sizeHint(self) -> QSize:
        """Return the height of title, bars, hours and legend."""
        return QSize(theme().px(180), theme().px(_HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chart."""
        px, width = theme().px, float(self.width())
        with QPainter(self) as painter:
            draw_text(
                painter, QRectF(0, 0, width, px(16)), text("request_panel.chart"), "small-medium", "text-3"
            )
            self._paint_bars(painter, QRectF(0, px(_TITLE), width, px(_BARS)))
            axis = QRectF(0, px(_TITLE + _BARS + 1), width, px(_AXIS))
            first, last = self._span()
            middle = (first + last) // 2
            for hour, align in ((first, LEFT), (middle, Qt.AlignmentFlag.AlignCenter), (last, RIGHT)):
                draw_text(
                    painter,
                    axis,
                    text("request_panel.chart.axis", hour=hour),
                    "micro",
                    "text-3",
                    align,
                    tabular=True,
                )
            self._paint_legend(painter, px(_TITLE + _BARS + _AXIS + _LEGEND / 2 + 2))

    def _span(self) -> tuple[int, int]:
        hours = [load.hour for load in self._hours]
        return min([FIRST, *hours]), max([LAST, *(hour + 1 for hour in hours)])

    def _paint_bars(self, painter: QPainter, area: QRectF) -> None:
        px = theme().px
        first, last = self._span()
        step = area.width() / (last - first)
        most = max([1, *(max(load.received, load.done) for load in self._hours)])
        bar = min(px(_BAR), (step - px(2)) / 2)
        for load in self._hours:
            left = area.left() + (load.hour - first) * step
            for place, (count, role) in enumerate(((load.received, "neutral-solid"), (load.done, "accent"))):
                height = area.height() * count / most
                painter.fillRect(
                    QRectF(left + place * (bar + 1), area.bottom() - height, bar, height),
                    theme().colour(role),
                )
        painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), theme().colour("border"))

    def _paint_legend(self, painter: QPainter, middle: float) -> None:
        px, left = theme().px, 0.0
        for words, role in ((self._received(), "neutral-solid"), (self._done(), "accent")):
            painter.fillRect(QRectF(left, middle - px(_MARK) / 2, px(_MARK), px(_MARK)), theme().colour(role))
            left += px(_MARK + 4)
            width = theme().text_width(words, "small", tabular=True)
            place = QRectF(left, middle - px(8), width + 1, px(16))
            draw_text(painter, place, words, "small", "text-2", tabular=True)
            left += width + px(10)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
