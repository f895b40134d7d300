"""The rows of a list of requests: changed where they stand, never moved by anybody but the user.

What is new waits until it is asked for; what has left stays in its place, and says so, until then. Only
what the user's own act sends away leaves at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from avise.models.requests import RequestId
from avise.services.request_values import BULK_LIMIT, RequestRow
from avise.ui.requests.wording import row_sentence

ROW, GONE, CHOSEN = (Qt.ItemDataRole.UserRole + number for number in range(3))
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ANY: list[int] = []
_SAID = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
"""The tooltip says in words what the icons of a row say."""


class RequestListModel(QAbstractTableModel):
    """One column of requests.

    Args:
        now: the present, from which rows are said.
        parent: Qt's owner.

    Signals:
        waiting_changed: how many new requests wait to be shown.
        chosen_changed: other requests are chosen together.
    """

    waiting_changed = Signal(int)
    chosen_changed = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._rows: list[RequestRow] = []
        self._places: dict[RequestId, int] = {}
        self._gone: set[RequestId] = set()
        self._leaving: set[RequestId] = set()
        """Those that the user's own act sends away."""
        self._latest: Sequence[RequestRow] = ()
        self._waiting = 0
        self.chosen: frozenset[RequestId] = frozenset()

    # ---- what is shown ---------------------------------------------------------------------------
    @property
    def rows(self) -> Sequence[RequestRow]:
        """The rows in the order of the screen."""
        return self._rows

    @property
    def waiting(self) -> int:
        """How many new requests wait to be shown."""
        return self._waiting

    def row_at(self, place: int) -> RequestRow | None:
        """Return the request of a row, None when there is no such row."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, request: RequestId | None) -> int:
        """Return the row of a request, -1 when it is not shown."""
        return self._places.get(request, -1) if request is not None else -1

    def is_gone(self, request: RequestId) -> bool:
        """Return whether a request shown is no longer in this list."""
        return request in self._gone

    # ---- changes ---------------------------------------------------------------------------------
    def replace_rows(self, rows: Sequence[RequestRow]) -> None:
        """Show another list, in its own order."""
        self.beginResetModel()
        self._rows = list(rows)
        self._latest = rows
        self._gone.clear()
        self._leaving.clear()
        self._find_places()
        self.endResetModel()
        self._set_waiting(0)
        self.choose(())

    def update_rows(self, rows: Sequence[RequestRow]) -> None:
        """Take the same list as it now is: rows change in place, new ones wait."""
        self._latest = rows
        found = {row.id: row for row in rows}
        self._remove([id_ for id_ in self._places if id_ in self._leaving and id_ not in found])
        changed = [place for place, row in enumerate(self._rows) if self._differs(row, found.get(row.id))]
        self._gone = {row.id for row in self._rows if row.id not in found}
        for place in changed:
            self._rows[place] = found.get(self._rows[place].id, self._rows[place])
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, 0), _ANY)
        new = [row for row in rows if row.id not in self._places]
        if new and not self._rows:
            # Nothing can move in a list that was empty.
            self.replace_rows(rows)
            return
        self._set_waiting(len(new))

    def show_waiting(self) -> None:
        """Show the list in its present order: the user asked for it."""
        chosen = self.chosen
        self.replace_rows(self._latest)
        self.choose(id_ for id_ in chosen if id_ in self._places)

    def expect_gone(self, requests: Iterable[RequestId]) -> None:
        """Let these leave the list as soon as it no longer holds them."""
        self._leaving.update(requests)
        self._remove([id_ for id_ in self._leaving if id_ in self._gone])

    def refresh_row(self, row: RequestRow) -> None:
        """Take one request as it now is: what is on screen is newer than its list."""
        place = self.place_of(row.id)
        if place >= 0 and self._rows[place] != row:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place, 0), self.index(place, 0), _ANY)

    def tick(self) -> None:
        """Say and paint every row again: a minute went by."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0), _ANY)

    def _differs(self, shown: RequestRow, found: RequestRow | None) -> bool:
        was_gone = shown.id in self._gone
        return was_gone if found == shown else (not was_gone if found is None else True)

    def _remove(self, requests: Sequence[RequestId]) -> None:
        for place in sorted((self._places[id_] for id_ in requests if id_ in self._places), reverse=True):
            self.beginRemoveRows(_ROOT, place, place)
            del self._rows[place]
            self.endRemoveRows()
        if requests:
            self._find_places()
            self._leaving.difference_update(requests)
            self._gone.difference_update(requests)
            self.choose(id_ for id_ in self.chosen if id_ in self._places)

    def _find_places(self) -> None:
        self._places = {row.id: place for place, row in enumerate(self._rows)}

    def _set_waiting(self, count: int) -> None:
        if count != self._waiting:
            self._waiting = count
            self.waiting_changed.emit(count)

    # ---- several at once -------------------------------------------------------------------------
    def choose(self, requests: Iterable[RequestId]) -> None:
        """Choose these together, at most fifty, and no other."""
        wanted = [id_ for id_ in requests if id_ in self._places]
        chosen = frozenset(sorted(wanted, key=self._places.__getitem__)[:BULK_LIMIT])
        if chosen == self.chosen:
            return
        changed = sorted(self._places[id_] for id_ in chosen ^ self.chosen if id_ in self._places)
        self.chosen = chosen
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, 0), _ANY)
        self.chosen_changed.emit()

    def toggle(self, place: int) -> None:
        """Choose the request of a row too, or no longer."""
        row = self.row_at(place)
        if row is not None:
            self.choose(self.chosen ^ {row.id})

    def chosen_in_order(self) -> tuple[RequestId, ...]:
        """Return the requests chosen, in the order of the list."""
        return tuple(row.id for row in self._rows if row.id in self.chosen)

    # ---- Qt's table --------------------------------------------------------------------------------
    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many requests are shown."""
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return one column."""
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a request, whether it has left or is chosen, or the row as a sentence."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == GONE:
            return row.id in self._gone
        if role == CHOSEN:
            return row.id in self.chosen
        if role in _SAID:
            gone, chosen = row.id in self._gone, row.id in self.chosen
            return row_sentence(row, self._now(), chosen=chosen, gone=gone)
        return None


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Return sorted places as runs: one signal each, whatever changed."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and place == found[-1][1] + 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
