"""Birth dates that somebody may have mistyped: parts or neighbouring digits exchanged, one digit another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from avise.models.typed_search import OLDEST_YEAR

_DIGITS = "0123456789"


def near_dates(typed: date) -> list[date]:
    """Return the days that a typed one may stand for: what was exchanged first, then another digit."""
    written = f"{typed:%d%m%Y}"
    read = dict.fromkeys(_read(form) for form in _forms(written))
    return [day for day in read if day and day != typed and day.year >= OLDEST_YEAR]


def _forms(written: str) -> Iterator[str]:
    yield written[2:4] + written[:2] + written[4:]
    for place in range(len(written) - 1):
        yield written[:place] + written[place + 1] + written[place] + written[place + 2 :]
    for place, digit in enumerate(written):
        for other in _DIGITS:
            if other != digit:
                yield written[:place] + other + written[place + 1 :]


def _read(written: str) -> date | None:
    try:
        return date(int(written[4:]), int(written[2:4]), int(written[:2]))
    except ValueError:
        return None
