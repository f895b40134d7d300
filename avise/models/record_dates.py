"""When a record was read from its tool, and when it last changed there: what tells which of two is fresh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class RecordDates:
    """What is known of the freshness of one record."""

    read_at: datetime | None = None
    """When what is shown was last read from a tool; None when nobody knows."""
    changed_on: date | None = None
    """The last day on which its tool says that who they are, or how to reach them, changed."""
    of_directory: bool = False
    """What is dated is the directory as a whole: every record that it lists was read until then."""


NO_DATES = RecordDates()


def newest(*told: RecordDates) -> RecordDates:
    """Return the latest reading and the latest change of several."""
    read = max((each for each in told if each.read_at is not None), key=_read, default=NO_DATES)
    changes = [each.changed_on for each in told if each.changed_on is not None]
    return RecordDates(read.read_at, max(changes, default=None), read.of_directory)


def _read(dates: RecordDates) -> float:
    return dates.read_at.timestamp() if dates.read_at is not None else 0.0
