"""Where the reading of a directory stands, as the text that is given back to go on from there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from avise.models.json_types import JSON

Place = Mapping[str, JSON]


def place_text(**parts: JSON) -> str:
    """Return a place as text."""
    return json.dumps(parts, separators=(",", ":"), sort_keys=True)


def read_place(written: str, *needed: str) -> Place | None:
    """Return a place that was written, None when it is not one of these parts: another file wrote it.

    Args:
        written: as it was given.
        needed: parts without which it is of no use.
    """
    try:
        found = json.loads(written)
    except ValueError:
        return None
    return found if isinstance(found, dict) and all(name in found for name in needed) else None


def key_of(value: object) -> JSON:
    """Return the value of a column as it is written in a place, and bound again."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def earlier(value: JSON, overlap: timedelta) -> JSON:
    """Return a date that long before, written as it was; what is no date stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return (
            (date.fromisoformat(value) - overlap).isoformat() if len(value) == 10 else _before(value, overlap)
        )
    except (ValueError, OverflowError):
        return value


def _before(value: str, overlap: timedelta) -> str:
    moment = datetime.fromisoformat(value) - overlap
    written = moment.isoformat(sep="T" if "T" in value else " ")
    return written.replace("+00:00", "Z") if value.endswith("Z") else written
