"""The rows of the palette as Qt's table sees them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from avise.ui.palette.values import PaletteRow
from avise.ui.widgets.rows_model import Index, RowsModel


class PaletteTableModel(RowsModel[PaletteRow]):
    """The whole list is replaced with each answer (60 rows at most)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda row: row.sentence, parent)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the arrows stop on what can be chosen."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        chosen = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return chosen if self.rows()[index.row()].can_be_chosen else Qt.ItemFlag.ItemIsEnabled
