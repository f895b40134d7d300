"""Typed reading of the facets of one customer, for the rules that look across tools.

A rule never touches a raw record: it asks `Facts` for the records of a facet and reads dates and
amounts through `day` and `amount`, which answer None for anything that is not one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from avise.models.customer import Party, PartyKind
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.json_types import JSON

READABLE = frozenset({FacetState.FRESH, FacetState.TRUNCATED, FacetState.PARTIAL, FacetState.STALE})
"""States whose records may be told to a caller (STALE with a warning)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The views of one customer at one moment, by facet."""

    today: date
    now: datetime
    views: Mapping[str, tuple[FacetView, ...]] = field(default_factory=dict)
    party: Party | None = None
    """Who it is in the directory."""

    @property
    def is_company(self) -> bool:
        """Whether the customer is a company, of which nothing is asked that only a person has."""
        return self.party is not None and self.party.kind is PartyKind.COMPANY

    def records(self, facet: str) -> Iterator[FacetRecord]:
        """Yield the readable records of a facet, whatever tools feed it."""
        for view in self.views.get(facet, ()):
            if view.state in READABLE:
                yield from view.records

    def first(self, facet: str) -> FacetRecord | None:
        """Return the first readable record of a facet."""
        return next(self.records(facet), None)

    def known(self, facet: str) -> bool:
        """Say whether the facet was read, even if it holds nothing."""
        readable = READABLE | {FacetState.EMPTY}
        return any(view.state in readable for view in self.views.get(facet, ()))

    def stale(self, facet: str) -> bool:
        """Say whether what is known of a facet is an old copy."""
        views = [view for view in self.views.get(facet, ()) if view.state in READABLE]
        return bool(views) and any(view.state is FacetState.STALE for view in views)

    def source_name(self, facet: str) -> str:
        """Return the name of the tool that feeds a facet."""
        views = self.views.get(facet, ())
        return views[0].source_name if views else ""


def word(record: FacetRecord, name: str) -> str:
    """Return a text field, "" when absent."""
    value: JSON = record.data.get(name)
    return value if isinstance(value, str) else ""


def day(record: FacetRecord, name: str) -> date | None:
    """Return a date field, or the local day of a datetime field; None when absent or unreadable."""
    value = word(record, name)
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None


def moment(record: FacetRecord, name: str) -> datetime | None:
    """Return an aware datetime field; None when absent, naive or unreadable."""
    value = word(record, name)
    try:
        parsed = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return parsed if parsed is not None and parsed.tzinfo is not None else None


def amount(record: FacetRecord, name: str) -> Decimal | None:
    """Return an amount field in euros; None when absent or unreadable."""
    value = word(record, name)
    try:
        return Decimal(value) if value else None
    except InvalidOperation:
        return None
