"""The cells of a facet shown whole, painted as one line of words each.

Qt's own delegate asks the model for a dozen roles of each cell and lays its words out anew at each painting:
five times as long, half a frame for a screen of a long file (`benchmarks/heaviest.py`).
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from avise.ui.customer.facet_table_model import FacetTableModel
from avise.ui.widgets.painting import LEFT, RIGHT, draw_text

Index = QModelIndex | QPersistentModelIndex
MARGIN = 3
"""On each side of the words, as Qt has it."""


class FacetCells(QStyledItemDelegate):
    """Paints the cells of a facet.

    Args:
        model: says on which side a column stands.
    """

    def __init__(self, model: FacetTableModel) -> None:
        super().__init__(model)
        self._model = model

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the words of a cell, cut with an ellipsis when they are too long."""
        rect: QRect = option.rect
        words = str(index.data() or "").replace("\n", " ")
        align = RIGHT if self._model.stands_right(index.column()) else LEFT
        draw_text(painter, rect.adjusted(MARGIN, 0, -MARGIN, 0), words, "value", "text", align, tabular=True)
