"""What a connector in Python gave, record by record: its code alone sees the rows of its tool."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from avise.connectors.contract import Record
from avise.connectors.readings import TIMELINE
from avise.connectors.trial.values import Dropped, FieldTrial, RowTrial
from avise.connectors.validation import check_of, misfit
from avise.models.json_types import JSON


def given_rows(facet: str, items: Iterable[object]) -> tuple[RowTrial, ...]:
    """Return what became of each record that code gave for a facet; none for exchanges.

    Args:
        facet: a facet, or the timeline.
        items: what its batches held.
    """
    if facet == TIMELINE:
        return ()
    seen: set[str] = set()
    return tuple(_row(facet, number, item, seen) for number, item in enumerate(items, start=1))


def _row(facet: str, number: int, item: object, seen: set[str]) -> RowTrial:
    if not isinstance(item, Record) or not isinstance(item.data, Mapping):
        return RowTrial(number, {}, (), Dropped.NOT_A_RECORD)
    told = {"id": item.id, **item.data}
    fields = tuple(FieldTrial(name, "", _told(value), _told(value), "") for name, value in told.items())
    if check_of(facet)(item) is None:
        return RowTrial(number, {}, fields, Dropped.MISFIT, misfit(facet, item))
    if item.id in seen:
        return RowTrial(number, {}, fields, Dropped.TWICE, "id")
    seen.add(item.id)
    return RowTrial(number, {}, fields)


def _told(value: object) -> JSON:
    """Return a value, or the name of its type when it is none that a record may hold."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return f"<{type(value).__name__}>"
    return value  # type: ignore[return-value]  # JSON, as was just tried
