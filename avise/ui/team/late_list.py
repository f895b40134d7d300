"""The late requests of a team, the latest first: opened one by one, or chosen together to be given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.models.requests import RequestId
from avise.services.request_values import RequestRow
from avise.texts import text
from avise.ui.requests.wording import row_sentence, short_number, shown_title
from avise.ui.theme import theme
from avise.ui.widgets.chip import paint_chip
from avise.ui.widgets.painting import RIGHT, draw_box, draw_icon, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel
from avise.ui.widgets.sla_chip import WIDTH as CHIP
from avise.ui.widgets.sla_chip import sla_spec

ROW_HEIGHT = 53
_BOX, _PADDING = 16, 12
TARGET = 34
"""Width on the left in which a press chooses a row."""


class _Delegate(RowDelegate):
    """Paints box, mark, title and holder; number, corbeille and customer under them."""

    def __init__(
        self, now: Callable[[], datetime], chosen: Callable[[RequestId], bool], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._now, self._chosen = now, chosen

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint a request."""
        px = theme().px
        found: RequestRow = index.data(ROW_ROLE)
        chosen = self._chosen(found.id)
        first = QRectF(
            rect.left() + px(TARGET), rect.top() + px(6), rect.width() - px(TARGET + _PADDING), px(20)
        )
        box = QRectF(rect.left() + px(_PADDING - 2), first.center().y() - px(_BOX / 2), px(_BOX), px(_BOX))
        edge = "accent" if chosen else "border-control"
        draw_box(painter, box, px(3), "accent" if chosen else "bg-surface", edge, theme().line_width)
        if chosen:
            draw_icon(painter, "check", box.left() + px(2), box.center().y(), 12, "on-accent")
        paint_chip(painter, sla_spec(found.clock, self._now()), first.left(), first.center().y(), px(CHIP))
        title = first.adjusted(px(CHIP + 10), 0, 0, 0)
        holder = found.holder_name or text("request_cards.unheld")
        width = min(theme().text_width(holder, "small") + 1, title.width() * 0.4)
        aside = title.adjusted(title.width() - width, 0, 0, 0)
        draw_text(painter, aside, holder, "small", "text-2" if found.holder else "text-3", RIGHT)
        words = title.adjusted(0, 0, -width - px(8), 0)
        draw_text(painter, words, shown_title(found), "strong" if look.current else "row")
        second = QRectF(first.left(), first.bottom() + px(2), first.width(), px(18))
        draw_text(painter, second, short_number(found.number), "small", "text-3")
        where = " · ".join(filter(None, (found.queue_label, found.customer)))
        draw_text(painter, second.adjusted(px(CHIP + 10), 0, 0, 0), where, "small", "text-2")


class LateList(RowsView):
    """The list: Espace chooses, Entrée opens.

    Signals:
        request_opened: a request to show in the panel (its identity).
        chosen_changed: other requests are chosen together.
    """

    request_opened = Signal(object)
    chosen_changed = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(ROW_HEIGHT, text("team.late"), parent)
        self._now = now
        self.chosen: frozenset[RequestId] = frozenset()
        self.rows_model: RowsModel[RequestRow] = RowsModel(self._sentence, self)
        self.setModel(self.rows_model)
        self.setItemDelegate(_Delegate(now, lambda request: request in self.chosen, self))
        self.opened.connect(lambda index: self.request_opened.emit(self.rows_model.rows()[index.row()].id))
        self.pressed_at.connect(self._on_pressed)

    def _sentence(self, found: RequestRow) -> str:
        return ", ".join(
            (row_sentence(found, self._now(), chosen=found.id in self.chosen), found.queue_label)
        )

    def show_rows(self, rows: Sequence[RequestRow]) -> None:
        """Show late requests; those chosen stay chosen while they are there."""
        if tuple(rows) == tuple(self.rows_model.rows()):
            return
        before = self.current()
        self.rows_model.set_rows(tuple(rows))
        if before is not None:
            kept = (place for place, found in enumerate(rows) if found.id == before.id)
            self.go_to(next(kept, -1))
        self._choose(self.chosen & {found.id for found in rows})

    def current(self) -> RequestRow | None:
        """Return the request of the current row."""
        place = self.current_row()
        return self.rows_model.rows()[place] if 0 <= place < self.rows_model.rowCount() else None

    def chosen_rows(self) -> tuple[RequestRow, ...]:
        """Return what is chosen, in the order of the list; the current row when nothing is."""
        found = tuple(each for each in self.rows_model.rows() if each.id in self.chosen)
        current = self.current()
        return found or ((current,) if current is not None else ())

    def clear_choice(self) -> None:
        """Choose nothing."""
        self._choose(frozenset())

    def _choose(self, chosen: frozenset[RequestId]) -> None:
        if chosen != self.chosen:
            self.chosen = chosen
            self.viewport().update()
            self.chosen_changed.emit()

    def toggle(self, place: int) -> None:
        """Choose a row, or choose it no longer."""
        if 0 <= place < self.rows_model.rowCount():
            self._choose(self.chosen ^ {self.rows_model.rows()[place].id})

    def _on_pressed(self, index: Index, left: int) -> None:
        if left < theme().px(TARGET):
            self.toggle(index.row())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Espace chooses; Ctrl+A chooses all, Échap chooses nothing."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.toggle(self.current_row())
        elif control and event.key() == Qt.Key.Key_A:
            self._choose(frozenset(found.id for found in self.rows_model.rows()))
        elif event.key() == Qt.Key.Key_Escape and self.chosen:
            self.clear_choice()
        else:
            super().keyPressEvent(event)
