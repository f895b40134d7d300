"""What the body of a request's event says, read as far as it can be: whatever is malformed is left out.

A body may come from another version, or be gone since an erasure: nothing here raises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from avise.models.json_types import JSON
from avise.models.requests import ESCALATE_AT, SOON_AT, AskedDocument, Attachment, ServiceTerms

MOST_MINUTES = 1_000_000
"""Business minutes that no promise reaches (about seven years)."""


def terms_of(value: JSON) -> ServiceTerms:
    """Return what was promised; no delay where none can be read."""
    told = value if isinstance(value, Mapping) else {}
    minutes = _count(told.get("target_minutes"))
    return ServiceTerms(
        target_minutes=minutes if minutes < MOST_MINUTES else 0,
        hours=fields_of(told.get("hours")),
        soon_at=_share(told.get("soon_at"), SOON_AT),
        escalate_at=_share(told.get("escalate_at"), ESCALATE_AT),
        legal=told.get("legal") is True,
    )


def fields_of(value: JSON) -> dict[str, JSON]:
    """Return the fields of a form by name."""
    return dict(value) if isinstance(value, Mapping) else {}


def documents_of(value: JSON) -> tuple[AskedDocument, ...]:
    """Return the check list of documents, each once."""
    found: dict[str, AskedDocument] = {}
    for told in _mappings(value):
        name = told.get("id")
        if isinstance(name, str):
            required, received = told.get("required") is True, told.get("received") is True
            found.setdefault(name, AskedDocument(name, required, received))
    return tuple(found.values())


def attachments_of(value: JSON) -> tuple[Attachment, ...]:
    """Return the files that an event joins."""
    return tuple(
        Attachment(blob, name, _text(told.get("media_type")), _count(told.get("size")))
        for told in _mappings(value)
        if (blob := _text(told.get("blob"))) and (name := _text(told.get("name")))
    )


def texts_of(value: JSON) -> tuple[str, ...]:
    """Return the texts of a list."""
    return tuple(found for found in _sequence(value) if isinstance(found, str))


def day_of(value: JSON) -> date | None:
    """Return a day from its text; None for anything else."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _mappings(value: JSON) -> list[Mapping[str, JSON]]:
    return [found for found in _sequence(value) if isinstance(found, Mapping)]


def _sequence(value: JSON) -> Sequence[JSON]:
    return value if isinstance(value, list | tuple) else ()


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def _count(value: JSON) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _share(value: JSON, default: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 100:
        return float(value)
    return default
