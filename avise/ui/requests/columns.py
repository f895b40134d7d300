"""The columns of a wide list of requests, and what each of them says of a row (`ui.md` 5.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from avise.services.request_values import RequestRow, RequestSort
from avise.texts import text
from avise.ui.requests.wording import age_words, short_number, shown_title

WIDE_FROM = 640
"""A list at least as wide is a table."""


class Column(StrEnum):
    """One column. Title: catalogue key `request_panel.column.<column>`."""

    DUE = "due"
    NUMBER = "number"
    TITLE = "title"
    CUSTOMER = "customer"
    TYPE = "type"
    CHANNEL = "channel"
    AGE = "age"
    HOLDER = "holder"


ALWAYS = frozenset((Column.DUE, Column.TITLE))
"""Columns that cannot be left out."""

WIDTHS: Mapping[Column, int] = {
    Column.DUE: 100,
    Column.NUMBER: 78,
    Column.TITLE: 0,
    Column.CUSTOMER: 152,
    Column.TYPE: 150,
    Column.CHANNEL: 76,
    Column.AGE: 96,
    Column.HOLDER: 112,
}
"""At 100 %; what is left goes to the title."""

LEAST_TITLE = 190
_LEAVE_FIRST = (Column.TYPE, Column.CHANNEL, Column.AGE, Column.HOLDER, Column.CUSTOMER, Column.NUMBER)
"""Without room for all, those go first that say least."""

SORT_OF: Mapping[Column, RequestSort] = {Column.DUE: RequestSort.DUE, Column.AGE: RequestSort.CREATED}
"""What pressing the title of a column sorts by."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands, in pixels."""

    column: Column
    left: int
    width: int


def title_of(column: Column) -> str:
    """Return the title of a column."""
    return text(f"request_panel.column.{column}")


def read_columns(names: Sequence[str]) -> tuple[Column, ...]:
    """Return columns from what a saved view keeps; all of them when it keeps none."""
    kept = set(names) | {column.value for column in ALWAYS}
    return tuple(column for column in Column if not names or column.value in kept)


def places(columns: Sequence[Column], width: int, scale: float, margin: int) -> list[Place]:
    """Return where the columns stand in a width; those without room are left out.

    Args:
        columns: chosen by the user.
        width: of the list, in pixels.
        scale: 1.0 at 100 %.
        margin: on both sides, in pixels.
    """
    shown = list(columns)
    room = width - 2 * margin
    for column in _LEAVE_FIRST:
        taken = sum(WIDTHS[one] for one in shown) * scale
        if room - taken >= LEAST_TITLE * scale:
            break
        if column in shown:
            shown.remove(column)
    left, found = margin, []
    rest = room - round(sum(WIDTHS[one] for one in shown) * scale)
    for column in shown:
        taken = rest if column is Column.TITLE else round(WIDTHS[column] * scale)
        found.append(Place(column, left, taken))
        left += taken
    return found


def words_of(column: Column, row: RequestRow, now: datetime) -> str:
    """Return what a column says of a row; the mark of the clock is painted by itself."""
    words = {
        Column.NUMBER: short_number(row.number),
        Column.TITLE: shown_title(row),
        Column.CUSTOMER: row.customer,
        Column.TYPE: row.type_label,
        Column.CHANNEL: row.origin,
        Column.AGE: age_words(row, now),
        Column.HOLDER: row.holder_name,
    }
    return words.get(column, "")
