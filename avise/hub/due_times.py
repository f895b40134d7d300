"""By when a request is due, as the list shows and sorts it: the clocks of `avise.models.sla`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from avise.hub.moments import microseconds, moment
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.sla import Pause, ServiceLevel, due_at, legal_clock

NEVER = 253_370_764_800_000_000
"""Due time of a request for which nothing was promised: after everything else (year 9999)."""

_NOON = time(12, tzinfo=UTC)

Pauses = Sequence[Sequence[int | None]]
"""Beginning and end of each time that does not count, the end None while it lasts; microseconds."""


def due_time(terms: JSON, created: int, pauses: Pauses, now: int) -> int:
    """Return by when a request is due; `NEVER` when its terms cannot be read.

    Args:
        terms: as the event that created it holds them.
        created: by the hub's clock, as everything here.
        pauses: one that lasts is taken to end now.
        now: the present.
    """
    try:
        level = ServiceLevel.from_json(terms)
        ledger = [
            Pause(moment(begins), None if ends is None else moment(ends)) for begins, ends in _told(pauses)
        ]
        return microseconds(due_at(level, moment(created), ledger, moment(now)))
    except (AviseError, OverflowError):
        return NEVER


def late_time(due: int, paused_at: int | None) -> int:
    """Return from when a request is late; `NEVER` while a pause that began in time lasts."""
    return due if paused_at is None or due <= paused_at else NEVER


def legal_due(terms: JSON, received_on: str) -> int | None:
    """Return by when the law wants a complaint answered; None for any other request."""
    if not isinstance(terms, Mapping) or terms.get("legal") is not True:
        return None
    try:
        return microseconds(legal_clock(datetime.combine(date.fromisoformat(received_on), _NOON)).answer_due)
    except (ValueError, AviseError, OverflowError):
        return None


def _told(pauses: Pauses) -> list[tuple[int, int | None]]:
    return [(begins, ends) for begins, ends in pauses if begins is not None]
