"""Every record and every field of a facet, as a table that sorts by value and filters by words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from typing_extensions import override

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord, FacetView, FieldKind, FieldSpec
from avise.models.json_types import JSON
from avise.models.names import fold
from avise.services.wording import field_label, value_text
from avise.texts import text
from avise.ui.customer.record_words import capital

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = int(Qt.ItemDataRole.UserRole)
_RIGHT = (FieldKind.AMOUNT, FieldKind.INTEGER)


def sort_value(spec: FieldSpec, value: JSON) -> float | str:
    """Return what a value sorts by; values that are not of their kind sort as text."""
    if value is None or value == "":
        return "" if spec.kind not in (FieldKind.AMOUNT, FieldKind.INTEGER) else float("-inf")
    try:
        if spec.kind in (FieldKind.AMOUNT, FieldKind.INTEGER):
            return float(Decimal(str(value)))
        if spec.kind is FieldKind.DATE:
            return date.fromisoformat(str(value)).isoformat()
        if spec.kind is FieldKind.DATETIME:
            return str(datetime.fromisoformat(str(value)).timestamp())
    except (ValueError, InvalidOperation):
        return fold(str(value))
    return fold(str(value))


class FacetTableModel(QAbstractTableModel):
    """The records of a facet: one row each, a column a field, those that nobody fills left out."""

    def __init__(self, facet: str) -> None:
        super().__init__()
        self._spec = FACETS[facet]
        self._records: tuple[FacetRecord, ...] = ()
        self._sources: tuple[str, ...] = ()
        self._fields: tuple[FieldSpec, ...] = self._spec.fields

    def set_views(self, views: Sequence[FacetView]) -> None:
        """Show the records of every tool that feeds the facet."""
        records = [(record, view.source_name) for view in views for record in view.records]
        self.beginResetModel()
        self._records = tuple(record for record, _source in records)
        self._sources = tuple(source for _record, source in records)
        self._fields = tuple(field for field in self._spec.fields if self._is_filled(field)) or (
            self._spec.fields
        )
        self.endResetModel()

    def _is_filled(self, field: FieldSpec) -> bool:
        return any(record.data.get(field.name) not in (None, "") for record in self._records)

    def record(self, row: int) -> FacetRecord:
        """Return the record of a row."""
        return self._records[row]

    def field(self, column: int) -> FieldSpec | None:
        """Return the field of a column, None for the source."""
        return self._fields[column] if column < len(self._fields) else None

    def stands_right(self, column: int) -> bool:
        """Return whether the values of a column stand on its right: amounts and counts."""
        field = self.field(column)
        return field is not None and field.kind in _RIGHT

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many records there are."""
        return 0 if parent.isValid() else len(self._records)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the fields that are filled, and the source."""
        return 0 if parent.isValid() else len(self._fields) + 1

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the label of a field."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        field = self.field(section)
        return text("customer.source") if field is None else field_label(self._spec.id, field.name)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a value as it is written, or as it sorts."""
        if not index.isValid() or index.row() >= len(self._records):
            return None
        field = self.field(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self.stands_right(index.column())
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if field is None:
            return self._sources[index.row()] if role in (Qt.ItemDataRole.DisplayRole, SORT_ROLE) else None
        return self._value(field, self._records[index.row()], role)

    def _value(self, field: FieldSpec, record: FacetRecord, role: int) -> float | str | None:
        value = record.data.get(field.name)
        if role == SORT_ROLE:
            return sort_value(field, value)
        words = value_text(self._spec.id, field.name, value)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return capital(words) if field.kind is FieldKind.ENUM else words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{field_label(self._spec.id, field.name)}, {words}"
        return None


class FacetTableFilter(QSortFilterProxyModel):
    """Sorts by value and keeps the rows that hold every word."""

    def __init__(self, source: FacetTableModel) -> None:
        super().__init__()
        self._words: tuple[str, ...] = ()
        self._source = source
        self.setSourceModel(source)
        self.setSortRole(SORT_ROLE)

    def set_words(self, words: str) -> None:
        """Keep the rows that hold these words, accents and case set aside."""
        self.beginFilterChange()
        self._words = tuple(folded for part in words.split() if (folded := fold(part)))
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Say whether a row holds every word."""
        if not self._words:
            return True
        columns = range(self._source.columnCount())
        cells = (self._source.index(source_row, column).data() or "" for column in columns)
        row = fold(" ".join(str(cell) for cell in cells))
        return all(word in row for word in self._words)
