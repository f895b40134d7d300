"""The exchanges of a request as Qt's table sees them: those that come are added, nothing is built again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    Qt,
)
from typing_extensions import override

from avise.models.requests import Exchange
from avise.services.request_values import RequestDetail
from avise.ui.requests.wording import (
    exchange_sentence,
)
from avise.ui.widgets.row_list import Index

_ROOT = QModelIndex()
EXCHANGE = int(Qt.ItemDataRole.UserRole)
_SAID = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole)


class ConversationModel(QAbstractTableModel):
    """The exchanges, oldest first; those that come are added, nothing is built again.

    Args:
        now: the present, from which times are said.
        parent: Qt's owner.
    """

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._exchanges: list[Exchange] = []
        self.detail: RequestDetail | None = None

    def show_detail(self, detail: RequestDetail) -> tuple[bool, list[int]]:
        """Show a request; return whether it is another one, and the rows that are new or changed."""
        before = self.detail
        self.detail = detail
        found = detail.request.exchanges
        shown = self._exchanges
        same = before is not None and before.request.id == detail.request.id
        begins_alike = [one.event for one in found[: len(shown)]] == [one.event for one in shown]
        if not same or not begins_alike:
            self.beginResetModel()
            self._exchanges = list(found)
            self.endResetModel()
            return not same, list(range(len(found)))
        changed = [place for place, one in enumerate(shown) if one != found[place]]
        for place in changed:
            shown[place] = found[place]
            self.dataChanged.emit(self.index(place, 0), self.index(place, 0))
        if len(found) > len(shown):
            first = len(shown)
            self.beginInsertRows(_ROOT, first, len(found) - 1)
            shown.extend(found[first:])
            self.endInsertRows()
            changed += range(first, len(found))
        return False, changed

    def exchange(self, place: int) -> Exchange | None:
        """Return the exchange of a row."""
        return self._exchanges[place] if 0 <= place < len(self._exchanges) else None

    def sentence(self, place: int) -> str:
        """Return a row as a sentence."""
        exchange = self.exchange(place)
        if exchange is None or self.detail is None:
            return ""
        return exchange_sentence(exchange, self.detail, self._now())

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many exchanges there are."""
        return 0 if parent.isValid() else len(self._exchanges)

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return one column."""
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return an exchange, or its sentence."""
        if not index.isValid():
            return None
        if role == EXCHANGE:
            return self.exchange(index.row())
        if role in _SAID:
            return self.sentence(index.row())
        return None
