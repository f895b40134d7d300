"""A list of one column whose rows are replaced whole (some tens of rows), as Qt's table sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole
"""Role that gives the row itself."""

_ROOT = QModelIndex()


class RowsModel(QAbstractTableModel, Generic[Row]):
    """One column of rows.

    Args:
        sentence: says a row in one sentence, for people who hear the screen.
        parent: Qt's owner.
    """

    def __init__(self, sentence: Callable[[Row], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sentence = sentence
        self._rows: Sequence[Row] = ()

    def rows(self) -> Sequence[Row]:
        """Return the rows."""
        return self._rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return one column."""
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row, or its sentence."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole):
            return self._sentence(row)
        return None
