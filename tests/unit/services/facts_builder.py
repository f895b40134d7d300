"""Builds facts for the tests of rules, from plain records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.json_types import JSON
from avise.services.facts import Facts

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
TODAY = date(2026, 3, 24)


def view(facet: str, *records: Mapping[str, JSON], state: FacetState | None = None) -> FacetView:
    """Return a block of one tool."""
    rows = tuple(
        FacetRecord(f"{facet}-{index}", dict(record)) for index, record in enumerate(records, start=1)
    )
    found = state or (FacetState.FRESH if rows else FacetState.EMPTY)
    return FacetView(facet, f"tool_{facet}", f"Outil {facet}", found, rows, as_of=NOW, fetched_at=NOW)


def facts(*views: FacetView) -> Facts:
    """Return what is known of a customer."""
    by_facet: dict[str, tuple[FacetView, ...]] = {}
    for item in views:
        by_facet[item.facet] = (*by_facet.get(item.facet, ()), item)
    return Facts(TODAY, NOW, by_facet)
