"""Which field of a record cannot be shown, and why: what the host only counts, an author must know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from avise.connectors.contract import Record
from avise.connectors.readings import TIMELINE
from avise.connectors.validation import check_of, misfit
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind
from avise.models.interaction import Interaction


def holds_float(item: object) -> str:
    """Return the name of a field that holds a float, "" when none does."""
    if isinstance(item, Interaction):
        return "duration_s" if _float_in(item.duration_s) else ""
    if not isinstance(item, Record):
        return ""
    return next((name for name, value in {**item.extra, **item.data}.items() if _float_in(value)), "")


def _float_in(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_float_in(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_float_in(inner) for inner in value)
    return isinstance(value, float)


def naive_date(reading: str, item: object) -> str:
    """Return the name of a moment without its zone, "" when there is none."""
    if isinstance(item, Interaction):
        return "at" if item.at.tzinfo is None else ""
    if not isinstance(item, Record):
        return ""
    if item.as_of is not None and item.as_of.tzinfo is None:
        return "as_of"
    spec = FACETS.get(reading)
    moments = [field.name for field in spec.fields if field.kind is FieldKind.DATETIME] if spec else []
    return next((name for name in moments if _is_naive(item.data.get(name))), "")


def _is_naive(value: object) -> bool:
    if not isinstance(value, str) or not value:
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is None
    except ValueError:
        return False


def fault_of(reading: str, item: object) -> str:
    """Return the name of the field for which the host leaves a record out, "?" when it is none alone."""
    if reading == TIMELINE or not isinstance(item, Record):
        return type(item).__name__ if not isinstance(item, Interaction) else "?"
    check = check_of(reading)
    for name in item.data:
        without = {other: value for other, value in item.data.items() if other != name}
        if check(Record(item.id, without, item.as_of, item.version, item.extra)) is not None:
            return name
    # Several are at fault: the first of them.
    return "id" if not item.id.strip() else misfit(reading, item) or "?"
