"""Today by hour, received and done: pairs of bars with their numbers, read by keys as well (`ui.md` 5.19)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from avise.services.request_values import HourLoad
from avise.texts import plural, text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.painting import CENTRE, LEFT, RIGHT, draw_focus, draw_text

FIRST, LAST = 8, 18
"""Hours that the chart shows at least."""
_HEIGHT, _AXIS, _LEGEND, _SCALE, _MARK, _LINES = 172, 18, 22, 28, 8, 4
SERIES = (("received", "neutral-solid"), ("done", "accent"))


class HoursChart(QWidget):
    """The chart; the arrows go from hour to hour, and each is said.

    Signals:
        spoken: the hour that the user went to, in words.
    """

    spoken = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hours: dict[int, HourLoad] = {}
        self.current = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        heard_as(self, Role.Graphic)
        self.show_hours(())
        theme().changed.connect(self._on_theme_changed)

    def show_hours(self, hours: Sequence[HourLoad]) -> None:
        """Show what each hour of today saw."""
        self._hours = {load.hour: load for load in hours}
        self.setAccessibleName(self.sentence())
        self.setAccessibleDescription(self.table())
        self.update()

    # ---- in words ----------------------------------------------------------------------------
    def sentence(self) -> str:
        """Return the chart in one sentence."""
        return text("team.chart.sentence", received=self._total("received"), done=self._total("done"))

    def table(self) -> str:
        """Return the chart as lines, an hour each."""
        return "\n".join(self.hour_words(hour) for hour in sorted(self._hours))

    def hour_words(self, hour: int) -> str:
        """Return one hour in words."""
        load = self._hours.get(hour, HourLoad(hour, 0, 0))
        received, done = plural("team.received", load.received), plural("team.done", load.done)
        return text("team.chart.hour", hour=hour, received=received, done=done)

    def _total(self, series: str) -> str:
        return plural(f"team.{series}", sum(getattr(load, series) for load in self._hours.values()))

    # ---- keys and mouse ----------------------------------------------------------------------
    def _span(self) -> range:
        return range(min([FIRST, *self._hours]), max([LAST - 1, *self._hours]) + 1)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the hour before or after, to the first or to the last."""
        hours = self._span()
        here = self.current if self.current in hours else hours[0] - 1
        target = {
            Qt.Key.Key_Left: max(here - 1, hours[0]),
            Qt.Key.Key_Right: min(here + 1, hours[-1]),
            Qt.Key.Key_Home: hours[0],
            Qt.Key.Key_End: hours[-1],
        }.get(Qt.Key(event.key()))
        if target is None:
            super().keyPressEvent(event)
            return
        self.current = target
        self.spoken.emit(self.hour_words(target))
        self.update()

    @override
    def event(self, event: QEvent) -> bool:
        """Say the hour under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hour = self._hour_at(event.pos().x())
            QToolTip.showText(event.globalPos(), self.hour_words(hour) if hour >= 0 else "", self)
            return True
        return super().event(event)

    def _hour_at(self, left: int) -> int:
        hours, plot = self._span(), self._plot()
        place = int((left - plot.left()) // (plot.width() / len(hours)))
        return hours[place] if 0 <= place < len(hours) else -1

    # ---- painting ----------------------------------------------------------------------------
    def _plot(self) -> QRectF:
        px = theme().px
        return QRectF(
            px(_SCALE), px(10), self.width() - px(_SCALE + 8), self.height() - px(_AXIS + _LEGEND + 12)
        )

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the chart."""
        return QSize(theme().px(320), theme().px(_HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint scale, bars, hours and legend; the current hour with its numbers."""
        with QPainter(self) as painter:
            plot, hours = self._plot(), self._span()
            most = _rounded(max([1, *(max(load.received, load.done) for load in self._hours.values())]))
            self._paint_scale(painter, plot, most)
            step = plot.width() / len(hours)
            for place, hour in enumerate(hours):
                cell = QRectF(plot.left() + place * step, plot.top(), step, plot.height())
                self._paint_hour(painter, cell, hour, most)
            self._paint_legend(painter)
            if self.hasFocus():
                draw_focus(painter, self.rect(), theme().px(4))

    def _paint_scale(self, painter: QPainter, plot: QRectF, most: int) -> None:
        px = theme().px
        for line in range(_LINES + 1):
            top = plot.bottom() - plot.height() * line / _LINES
            role = "border" if line == 0 else "border-subtle"
            painter.fillRect(QRectF(plot.left(), top, plot.width(), 1), theme().colour(role))
            number = most * line / _LINES
            if number == int(number):
                area = QRectF(0, top - px(8), plot.left() - px(6), px(16))
                draw_text(painter, area, str(int(number)), "micro", "text-3", RIGHT, tabular=True)

    def _paint_hour(self, painter: QPainter, cell: QRectF, hour: int, most: int) -> None:
        px = theme().px
        load = self._hours.get(hour, HourLoad(hour, 0, 0))
        is_current = self.hasFocus() and hour == self.current
        if is_current:
            painter.fillRect(cell, theme().colour("bg-selected"))
        bar = min(px(14), (cell.width() - px(6)) / 2)
        left = cell.center().x() - bar - 0.5
        for place, (series, role) in enumerate(SERIES):
            count = getattr(load, series)
            height = cell.height() * count / most
            area = QRectF(left + place * (bar + 1), cell.bottom() - height, bar, height)
            painter.fillRect(area, theme().colour(role))
            if count and (is_current or bar >= px(12)):
                above = QRectF(area.left() - px(6), area.top() - px(14), bar + px(12), px(14))
                draw_text(painter, above, str(count), "micro", "text-2", CENTRE, tabular=True)
        axis = QRectF(cell.left(), cell.bottom() + px(2), cell.width(), px(_AXIS))
        words = text("team.chart.axis", hour=hour)
        draw_text(painter, axis, words, "micro", "text" if is_current else "text-3", CENTRE, tabular=True)

    def _paint_legend(self, painter: QPainter) -> None:
        px, left = theme().px, float(theme().px(_SCALE))
        middle = self.height() - px(_LEGEND / 2)
        for series, role in SERIES:
            painter.fillRect(QRectF(left, middle - px(_MARK / 2), px(_MARK), px(_MARK)), theme().colour(role))
            left += px(_MARK + 5)
            words = self._total(series)
            width = theme().text_width(words, "small", tabular=True) + 1
            draw_text(
                painter,
                QRectF(left, middle - px(9), width, px(18)),
                words,
                "small",
                "text-2",
                LEFT,
                tabular=True,
            )
            left += width + px(16)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


def _rounded(most: int) -> int:
    """Return the end of a scale that four lines divide."""
    return -(-most // _LINES) * _LINES
