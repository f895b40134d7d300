"""A list of one column whose rows are replaced whole (some tens of rows), as Qt's table sees it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole
"""Role that gives the row itself."""
NOW_ROLE = Qt.ItemDataRole.UserRole + 1
"""Role that gives the moment at which `DatedRows` are told."""

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


class DatedRows(RowsModel[Row]):
    """Rows that tell their age: each is known by a key, and stays in place while the order does.

    Args:
        key: what a row is known by.
        sentence: says a row in one sentence, at a moment.
        parent: Qt's owner.
    """

    def __init__(
        self,
        key: Callable[[Row], Hashable],
        sentence: Callable[[Row, datetime], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(lambda row: sentence(row, self._now) if self._now is not None else "", parent)
        self._key = key
        self._now: datetime | None = None

    def show_rows(self, rows: Sequence[Row], now: datetime) -> None:
        """Replace the rows and the moment; the list is not reset when the same stand in the same order."""
        same = [self._key(one) for one in rows] == [self._key(one) for one in self._rows]
        self._now = now
        if not same:
            self.set_rows(rows)
            return
        self._rows = rows
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 0))

    def row_at(self, place: int) -> Row | None:
        """Return the row at a place, None past the ends."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, key: Hashable) -> int:
        """Return the place of the row known by a key, -1 when it is not there."""
        return next((place for place, row in enumerate(self._rows) if self._key(row) == key), -1)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row, the moment that ages are told at, or the row's sentence."""
        return self._now if role == NOW_ROLE and index.isValid() else super().data(index, role)
