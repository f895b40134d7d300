"""The unified timeline as a model of one column: filters, and changes told row by row."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.texts import plural, text
from avise.texts.formats import PARIS, format_date, format_time, local

Index = QModelIndex | QPersistentModelIndex
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
PERIODS: Mapping[str, int | None] = {"3m": 92, "12m": 366, "24m": 731, "all": None}
"""Choices of the period menu, in days."""


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """What is shown of the timeline."""

    groups: frozenset[TimelineGroup] = frozenset()
    """None chosen: all."""
    words: str = ""
    since: date | None = None

    def without_groups(self) -> TimelineFilter:
        """Return the same filter on every channel: the base of the counts."""
        return TimelineFilter(frozenset(), self.words, self.since)


class TimelineModel(QAbstractTableModel):
    """Rows of the timeline, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[TimelineEntry, ...] = ()
        self._rows: list[TimelineEntry] = []
        self._filter = TimelineFilter()
        self._folded: dict[str, str] = {}
        self._names: Mapping[str, str] = {}
        self._countdowns: Mapping[str, str] = {}

    # ---- content -----------------------------------------------------------------------------
    def set_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show another history; rows that stay are not touched."""
        self._entries = tuple(entries)
        if self._folded:
            known = {entry.id for entry in entries}
            self._folded = {key: words for key, words in self._folded.items() if key in known}
        self._change_rows(self._filtered(self._filter))

    def set_filter(self, chosen: TimelineFilter) -> None:
        """Show a part of the history."""
        if chosen != self._filter:
            self._filter = chosen
            self._change_rows(self._filtered(chosen))

    def set_source_names(self, names: Mapping[str, str]) -> None:
        """Take what staff call each tool."""
        if dict(names) != dict(self._names):
            self._names = dict(names)
            if self._rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def set_countdowns(self, words: Mapping[str, str]) -> None:
        """Say something else under some exchanges: what leaves soon, and in how long."""
        before, self._countdowns = self._countdowns, dict(words)
        touched = {key for key in before.keys() | words.keys() if before.get(key) != words.get(key)}
        if not touched:
            return
        for row, entry in enumerate(self._rows):
            if entry.id in touched:
                self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def _shown(self, entry: TimelineEntry) -> TimelineEntry:
        words = self._countdowns.get(entry.id)
        return replace(entry, summary=words) if words is not None else entry

    @property
    def filter(self) -> TimelineFilter:
        """What is shown."""
        return self._filter

    def entry(self, row: int) -> TimelineEntry:
        """Return the entry of a row."""
        return self._rows[row]

    def source_name(self, entry: TimelineEntry) -> str:
        """Return what staff call the tool of an entry."""
        if entry.source == "journal":
            return text("timeline.own_journal")
        return self._names.get(entry.source, entry.source)

    def total(self) -> int:
        """Return how many exchanges there are in all, folded ones counted one by one."""
        return sum(entry.count for entry in self._entries)

    def counts(self) -> Counter[TimelineGroup]:
        """Return how many exchanges each channel has under the rest of the filter."""
        found: Counter[TimelineGroup] = Counter()
        on_all = self._filtered(self._filter.without_groups()) if self._filter.groups else self._rows
        for entry in on_all:
            found[entry.group] += entry.count
        return found

    # ---- filter ------------------------------------------------------------------------------
    def _filtered(self, chosen: TimelineFilter) -> list[TimelineEntry]:
        found: Sequence[TimelineEntry] = self._entries
        if chosen.since is not None:
            # One moment, as moments are kept: ten thousand conversions to Paris time take a whole frame.
            since = datetime.combine(chosen.since, time.min, PARIS).astimezone(UTC)
            found = [entry for entry in found if entry.at >= since]
        if chosen.groups:
            found = [entry for entry in found if entry.group in chosen.groups]
        wanted = plain_words(chosen.words).split()
        if wanted:
            found = [entry for entry in found if _holds(self._searchable(entry), wanted)]
        return list(found)

    def prepare_search(self, rows: int) -> bool:
        """Fold the words of some more rows; return whether any is left.

        Called between two events while the user reaches for the filter, so that no letter typed waits.
        """
        left = [entry for entry in self._entries if entry.id not in self._folded]
        for entry in left[:rows]:
            self._searchable(entry)
        return len(left) > rows

    def _searchable(self, entry: TimelineEntry) -> str:
        words = self._folded.get(entry.id)
        if words is None:
            words = self._folded[entry.id] = plain_words(f"{entry.title} {entry.summary}")
        return words

    # ---- rows --------------------------------------------------------------------------------
    def _change_rows(self, rows: list[TimelineEntry]) -> None:
        """Replace the rows between the part in front and the part behind that did not change."""
        old = self._rows
        front = _same_ids(old, rows)
        behind = _same_ids(old[front:][::-1], rows[front:][::-1])
        removed, added = old[front : len(old) - behind], rows[front : len(rows) - behind]
        if removed:
            self.beginRemoveRows(QModelIndex(), front, front + len(removed) - 1)
            del old[front : front + len(removed)]
            self.endRemoveRows()
        if added:
            self.beginInsertRows(QModelIndex(), front, front + len(added) - 1)
            old[front:front] = added
            self.endInsertRows()
        self._tell_edited(rows)

    def _tell_edited(self, rows: list[TimelineEntry]) -> None:
        """Rows of the same identity may hold other words."""
        for row, (before, after) in enumerate(zip(self._rows, rows, strict=True)):
            if before is not after and before != after:
                self._rows[row] = after
                self._folded.pop(after.id, None)
                self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return one."""
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title, the entry, or the row as one sentence for people who hear the screen."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        entry = self._shown(self._rows[index.row()])
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.spoken(entry)
        return None

    def spoken(self, entry: TimelineEntry) -> str:
        """Return an exchange as one sentence."""
        when = f"{format_date(local(entry.at).date())} {format_time(entry.at)}"
        parts = (row_title(entry), entry.summary, status_words(entry), when, self.source_name(entry))
        return ", ".join(part for part in parts if part)


def plain_words(words: str) -> str:
    """Return a text without case and accents.

    Ten times faster than the folding of names: 10,000 rows are prepared at the first letter typed.
    """
    opened = unicodedata.normalize("NFKD", words.casefold().replace("œ", "oe"))
    return opened.encode("ascii", "ignore").decode("ascii")


def _holds(words: str, wanted: Sequence[str]) -> bool:
    return all(word in words for word in wanted)


def row_title(entry: TimelineEntry) -> str:
    """Return the title of a row: identical automatic messages are counted in it."""
    if entry.count > 1:
        return plural(f"timeline.fold.{entry.variant}", entry.count, title=entry.title)
    return entry.title


def status_words(entry: TimelineEntry) -> str:
    """Return the word of a status that deserves one, "" otherwise."""
    return text(f"timeline.status.{entry.status}") if entry.status in STATUSES_SHOWN else ""


STATUSES_SHOWN = frozenset({"missed", "failed", "in_progress", "to_send", "unknown"})


def since_of(period: str, today: date) -> date | None:
    """Return the first day of a period, None for all."""
    days = PERIODS[period]
    return None if days is None else today - timedelta(days=days)


def _same_ids(first: Sequence[TimelineEntry], second: Sequence[TimelineEntry]) -> int:
    """Return how many entries the two lists begin with in common."""
    for index, (one, other) in enumerate(zip(first, second, strict=False)):
        if one.id != other.id:
            return index
    return min(len(first), len(second))
