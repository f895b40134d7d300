"""The customers opened last, in a panel of rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from avise.models.customer import SearchHit
from avise.texts import text
from avise.ui.palette.customer_row import customer_row
from avise.ui.palette.delegate import ROW_HEIGHT, PaletteDelegate
from avise.ui.palette.table_model import PaletteTableModel
from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row
from avise.ui.widgets.panel import Panel
from avise.ui.widgets.row_list import RowsView


class _RecentRows(RowsView):
    """Rows without a current one until focus comes: another list of the page has it first."""

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Make the first row the current one."""
        super().focusInEvent(event)
        if self.current_row() < 0:
            self.go_to(0)


class RecentsPanel(Panel):
    """Rows that open a file; a sentence while they are read, or when there is none.

    Signals:
        customer_chosen: a hit.
    """

    customer_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(text("home.recents"), "history", parent)
        self._model = PaletteTableModel(self)
        self.rows = _RecentRows(ROW_HEIGHT, text("home.recents"))
        self.rows.setModel(self._model)
        self.rows.setItemDelegate(PaletteDelegate(self.rows))
        self.rows.opened.connect(self._choose)
        self.rows.pressed_at.connect(self._on_pressed)
        self.body.addWidget(self.rows)
        self._nothing = QWidget()
        self._said = Label(text("home.recents_reading"), "body", "muted", wrap=True)
        self._nothing.setLayout(row(self._said, margins=(12, 10, 12, 12)))
        self.body.addWidget(self._nothing)
        self.rows.hide()
        theme().changed.connect(self._on_zoom_changed)

    def show_recents(self, hits: Sequence[SearchHit]) -> None:
        """Show the customers opened last."""
        rows = [customer_row(hit, ()) for hit in hits]
        self._model.set_rows(rows)
        self.count.set_text(str(len(rows)) if rows else "")
        self.rows.setVisible(bool(rows))
        self._on_zoom_changed()
        self._said.setText(text("home.no_recents"))
        self._nothing.setVisible(not rows)

    @Slot()
    def _on_zoom_changed(self) -> None:
        px = theme().px
        self.rows.setFixedHeight(px(ROW_HEIGHT) * self._model.rowCount() + px(4))

    @Slot(QModelIndex, int)
    def _on_pressed(self, index: QModelIndex, _left: int) -> None:
        self._choose(index)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        hit = self._model.rows()[index.row()].hit
        if hit is not None:
            self.customer_chosen.emit(hit)
