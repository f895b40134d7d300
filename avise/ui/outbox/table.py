"""The list of the outbox: one column of painted rows of 49 (`ui.md` 5.13, decision 40)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from typing_extensions import override

from avise.models.commands import OutboxItem
from avise.ui.outbox.sentences import (
    action_words,
    age,
    look,
    main_action,
    next_try,
    reason,
    row_sentence,
    state_chip,
)
from avise.ui.theme import theme
from avise.ui.widgets.chip import paint_chip
from avise.ui.widgets.painting import RIGHT, Span, draw_icon, draw_spans, draw_text
from avise.ui.widgets.row_list import RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import NOW_ROLE, ROW_ROLE, DatedRows, Index

ROW_HEIGHT = 49
_MARGIN, _ICON, _GAP, _TIMES, _ACTION = 16, 16, 12, 150, 132
_CHIP = 132
_CHIP_FROM = 560
"""Narrower, the state is a coloured word at the head of the second line."""


class OutboxTableModel(DatedRows[OutboxItem]):
    """The commands, one a row, known by their identity."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda item: item.command_id, row_sentence, parent)


class OutboxRows(RowsView):
    """The rows; Suppr asks to abandon the current one.

    Signals:
        abandon_requested: the current command is to be given up.
    """

    abandon_requested = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask to abandon with Suppr."""
        if event.key() == Qt.Key.Key_Delete and self.current_row() >= 0:
            self.abandon_requested.emit()
            return
        super().keyPressEvent(event)


def action_left(width: int) -> int:
    """Return where the action of a row begins, in a view of this width."""
    return width - theme().px(_MARGIN + _ACTION)


class OutboxDelegate(RowDelegate):
    """Paints a command: what and for whom, then tool and reason, then when and what can be done."""

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look_: RowLook, index: Index) -> None:
        """Paint the two lines of a row."""
        px = theme().px
        item: OutboxItem = index.data(ROW_ROLE)
        now: datetime = index.data(NOW_ROLE)
        found = look(item)
        left: float = rect.left() + px(_MARGIN)
        draw_icon(painter, found.icon, left, rect.top() + px(16), _ICON, found.ink)
        left += px(_ICON + _GAP)
        right: float = rect.left() + action_left(rect.width()) - px(_GAP)
        self._paint_action(painter, rect, item)
        right = self._paint_times(painter, rect, item, now, right)
        first = QRectF(left, rect.top() + px(6), right - left, px(19))
        second = QRectF(left, rect.top() + px(26), right - left, px(16))
        with_chip = rect.width() >= px(_CHIP_FROM)
        if with_chip:
            paint_chip(painter, state_chip(item), first.right() - px(_CHIP), rect.top() + rect.height() / 2)
            for line in (first, second):
                line.setRight(line.right() - px(_CHIP + _GAP))
        whom = (Span("  ", "row"), Span(item.whom, "body", "text-2")) if item.whom else ()
        draw_spans(painter, first, (Span(item.label, "row"), *whom))
        draw_spans(painter, second, tuple(self._second(item, with_chip=with_chip)))

    @staticmethod
    def _second(item: OutboxItem, *, with_chip: bool) -> Sequence[Span]:
        found, why = look(item), reason(item)
        spans = [] if with_chip else [Span(f"{state_chip(item).text} · ", "small-medium", found.ink)]
        ink = found.ink if found.ink in ("danger", "warn") else "text-2"
        # A tool's own sentence begins with its name.
        named = why.startswith(item.source_name)
        spans += [] if named else [Span(item.source_name, "small", "text-2")]
        spans += [Span(why if named else f" · {why}", "small", ink)] if why else []
        return spans

    @staticmethod
    def _paint_times(painter: QPainter, rect: QRect, item: OutboxItem, now: datetime, right: float) -> float:
        px = theme().px
        left = right - px(_TIMES)
        first = QRectF(left, rect.top() + px(6), px(_TIMES), px(19))
        second = QRectF(left, rect.top() + px(26), px(_TIMES), px(16))
        draw_text(painter, first, age(item, now), "small", "text-3", RIGHT, tabular=True)
        draw_text(painter, second, next_try(item, now), "small", "text-3", RIGHT, tabular=True)
        return left - px(_GAP)

    @staticmethod
    def _paint_action(painter: QPainter, rect: QRect, item: OutboxItem) -> None:
        action = main_action(item)
        if not action:
            return
        left = rect.left() + action_left(rect.width())
        place = QRectF(left, rect.top(), theme().px(_ACTION), rect.height())
        draw_text(painter, place, action_words(item, action), "row", "accent-text", RIGHT)
