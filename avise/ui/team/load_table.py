"""The load of each corbeille: a row of figures over a bar, and the time that its requests have spent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.models.business_hours import DEFAULT_HOURS
from avise.models.sla_words import open_duration
from avise.services.request_values import QueueLoad
from avise.texts import plural, text
from avise.ui.theme import theme
from avise.ui.widgets.layout import column
from avise.ui.widgets.painting import RIGHT, draw_icon, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel

ROW_HEIGHT, HEAD_HEIGHT = 48, 28
_PADDING, _NAME, _TIME, _BAR = 14, 200, 150, 6
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of figures. Title: catalogue key `team.column.<name>`."""

    name: str
    width: int
    value: Callable[[QueueLoad], int]
    role: Callable[[QueueLoad], str] = lambda _load: "text"


def balance(load: QueueLoad) -> int:
    """Return by how much a corbeille grew today."""
    return load.received_today - load.done_today


def signed(number: int) -> str:
    """Write a number with its sign."""
    return f"+{number}" if number > 0 else f"{MINUS}{-number}" if number else "0"


FIGURES = (
    Figure("open", 72, lambda load: load.open),
    Figure("unheld", 72, lambda load: load.unheld),
    Figure("late", 68, lambda load: load.late, lambda load: "danger" if load.late else "text-3"),
    Figure("soon", 68, lambda load: load.soon, lambda load: "warn" if load.soon else "text-3"),
    Figure("paused", 72, lambda load: load.paused, lambda _load: "text-2"),
    Figure("received", 72, lambda load: load.received_today, lambda _load: "text-2"),
    Figure("done", 72, lambda load: load.done_today, lambda _load: "text-2"),
    Figure("balance", 60, balance, lambda load: "warn" if balance(load) > 0 else "text-2"),
)
_LEFT_OUT_FIRST = ("paused", "soon", "received", "done")
"""Columns that a narrow table does without; each row says them all."""


def fitting(width: float) -> tuple[Figure, ...]:
    """Return the figures for which a table of a width, at 100 %, has room."""
    shown = list(FIGURES)
    for name in _LEFT_OUT_FIRST:
        if _NAME + _TIME + 2 * _PADDING + sum(figure.width for figure in shown) <= width:
            break
        shown = [figure for figure in shown if figure.name != name]
    return tuple(shown)


def load_sentence(load: QueueLoad) -> str:
    """Return a row as one sentence: every figure, whether it is in sight or not."""
    figures = [
        text("team.said", what=text(f"team.column.{figure.name}"), count=_written(figure, load))
        for figure in FIGURES
    ]
    return ", ".join((load.label, *figures, *time_words(load)))


def time_words(load: QueueLoad) -> tuple[str, str]:
    """Return how long requests have been in the corbeille, and how long they wait for an answer."""
    held = open_duration(load.held_minutes, DEFAULT_HOURS) if load.held_minutes else text("team.no_time")
    asked = open_duration(load.asked_minutes, DEFAULT_HOURS) if load.asked_minutes else text("team.no_time")
    return text("team.held", duration=held), text("team.asked", duration=asked)


def _written(figure: Figure, load: QueueLoad) -> str:
    value = figure.value(load)
    return signed(value) if figure.name == "balance" else str(value)


class _Head(QWidget):
    """The titles over the figures."""

    def __init__(self, rows: RowsView) -> None:
        super().__init__()
        self._rows = rows
        theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the titles."""
        return QSize(theme().px(400), theme().px(HEAD_HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles where the figures stand."""
        px = theme().px
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-subtle"))
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme().colour("border-subtle"))
            name = QRectF(px(_PADDING), 0, px(_NAME), self.height())
            draw_text(painter, name, text("team.column.queue"), "small-medium", "text-2")
            # The rows leave room for their bar.
            width = self._rows.viewport().width()
            for figure, area in places(width, 0, self.height()):
                words = text(f"team.column.{figure.name}")
                draw_text(painter, area, words, "small-medium", "text-2", RIGHT)
            time = time_place(width, 0, self.height())
            draw_text(painter, time, text("team.column.time"), "small-medium", "text-2")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFixedHeight(theme().px(HEAD_HEIGHT))
        self.update()


def places(width: float, top: float, height: float) -> list[tuple[Figure, QRectF]]:
    """Return where each figure stands in a row of a width, in pixels."""
    px = theme().px
    shown = fitting(width * 100 / theme().zoom)
    right = width - px(_PADDING + _TIME)
    found = []
    for figure in reversed(shown):
        found.append((figure, QRectF(right - px(figure.width), top, px(figure.width) - px(10), height)))
        right -= px(figure.width)
    return found[::-1]


def time_place(width: float, top: float, height: float) -> QRectF:
    """Return where the time stands in a row of a width."""
    px = theme().px
    return QRectF(width - px(_PADDING + _TIME - 14), top, px(_TIME - 14), height)


class LoadDelegate(RowDelegate):
    """Paints the name over its bar, the figures, then the two times."""

    def __init__(self, most: Callable[[], int], parent: QWidget) -> None:
        super().__init__(parent)
        self._most = most

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint a corbeille."""
        px = theme().px
        load: QueueLoad = index.data(ROW_ROLE)
        left, top = rect.left() + px(_PADDING), rect.top()
        figures = places(rect.width(), top, rect.height())
        end = figures[0][1].left() + px(14) if figures else rect.right()
        name = QRectF(left, top + px(6), end - left - px(10), px(20))
        draw_text(painter, name, load.label, "strong" if look.current else "row")
        self._paint_bar(painter, QRectF(left, top + px(31), name.width(), px(_BAR)), load)
        for figure, area in figures:
            role, words = figure.role(load), _written(figure, load)
            if figure.name == "late" and load.late:
                words_width = theme().text_width(words, "strong", tabular=True)
                draw_icon(
                    painter,
                    "triangle-alert",
                    area.right() - words_width - px(18),
                    area.center().y(),
                    13,
                    role,
                )
            draw_text(painter, area, words, "strong", role, RIGHT, tabular=True)
        self._paint_time(painter, time_place(rect.width(), top, rect.height()), load)

    def _paint_bar(self, painter: QPainter, area: QRectF, load: QueueLoad) -> None:
        """Paint what is late, soon and paused of what is open, on one scale for every corbeille."""
        scale = area.width() / max(self._most(), 1)
        rest = max(load.open - load.late - load.soon - load.paused, 0)
        left = area.left()
        parts = (
            (load.late, "danger-solid"),
            (load.soon, "warn-solid"),
            (rest, "accent"),
            (load.paused, "border-control"),
        )
        for count, role in parts:
            width = count * scale
            if count:
                shown = QRectF(left, area.top(), max(width - 1, 1), area.height())
                painter.fillRect(shown, theme().colour(role))
            left += width

    def _paint_time(self, painter: QPainter, area: QRectF, load: QueueLoad) -> None:
        px = theme().px
        half = area.height() / 2
        for place, (words, icon) in enumerate(zip(time_words(load), ("inbox", "circle-help"), strict=True)):
            line = QRectF(
                area.left(), area.top() + px(4) + place * (half - px(4)), area.width(), half - px(4)
            )
            draw_icon(painter, icon, line.left(), line.center().y(), 13, "text-3")
            draw_text(painter, line.adjusted(px(18), 0, 0, 0), words, "small", "text-2", tabular=True)


class _Loads(RowsModel[QueueLoad]):
    """Rows whose tooltip says every figure, those left out of a narrow table as well."""

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row, or its sentence."""
        spoken = Qt.ItemDataRole.AccessibleTextRole
        return super().data(index, spoken if role == Qt.ItemDataRole.ToolTipRole else role)


class LoadTable(QWidget):
    """The rows under their titles."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = _Loads(load_sentence, self)
        self.rows = RowsView(ROW_HEIGHT, text("team.load"))
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(LoadDelegate(self._most, self))
        self.rows.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.head = _Head(self.rows)
        self.setLayout(column(self.head, self.rows))

    def show_loads(self, loads: Sequence[QueueLoad]) -> None:
        """Show the corbeilles, the one with most that is late first."""
        ordered = tuple(sorted(loads, key=lambda load: (-load.late, -load.open, load.label)))
        if ordered == tuple(self.model.rows()):
            return
        current = self.current()
        # A row keeps its place while the same corbeilles are there: nothing moves by itself.
        places = {load.queue: place for place, load in enumerate(self.model.rows())}
        if {load.queue for load in ordered} == set(places):
            ordered = tuple(sorted(ordered, key=lambda load: places[load.queue]))
        self.model.set_rows(ordered)
        if current is not None:
            kept = (place for place, load in enumerate(ordered) if load.queue == current.queue)
            self.rows.go_to(next(kept, -1))

    def current(self) -> QueueLoad | None:
        """Return the corbeille of the current row."""
        place = self.rows.current_row()
        return self.model.rows()[place] if 0 <= place < self.model.rowCount() else None

    def _most(self) -> int:
        return max((load.open for load in self.model.rows()), default=1)


def total_words(loads: Sequence[QueueLoad]) -> str:
    """Return the load of the whole team in one line."""
    return " · ".join((
        plural("team.total.open", sum(load.open for load in loads)),
        plural("team.total.unheld", sum(load.unheld for load in loads)),
        plural("team.total.late", sum(load.late for load in loads)),
        text("team.total.balance", balance=signed(sum(balance(load) for load in loads))),
    ))  # fmt: skip
