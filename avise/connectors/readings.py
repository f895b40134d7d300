"""What the host tells of one reading, and what each instance offers before any connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from avise.connectors.contract import Completeness, FacetOffer, Record
from avise.models.errors import Failure
from avise.models.facets import Sensitivity
from avise.models.interaction import Interaction

TIMELINE = "timeline"
"""Name under which the exchanges that a tool lists are read and kept, like a facet."""

TIMELINE_OFFER = FacetOffer(
    TIMELINE,
    schema=1,
    sensitivity=Sensitivity.PERSONAL,
    fresh_for=timedelta(minutes=2),
    usable_for=timedelta(hours=72),
    deadline=timedelta(seconds=4),
)
"""The clock of the timeline: `connectors.md` C8 for the deadline, the identity's freshness otherwise."""


@dataclass(frozen=True, slots=True)
class FacetReading:
    """One block at one moment of its reading: the copy at hand, then pages, then the final answer.

    Records are whole each time, never a difference with the reading before.
    """

    instance: str
    facet: str
    records: Sequence[Record] = ()
    as_of: datetime | None = None
    """When the source says that it was true; aware."""
    fetched_at: datetime | None = None
    """When the records were read; None when there are none to show. Aware."""
    final: bool = False
    completeness: Completeness = Completeness.MORE
    """MORE while pages come; that of the records shown, once final."""
    truncated_because: str = ""
    total: int | None = None
    unreadable: int = 0
    """Records that did not fit the facet and were left out."""
    drift: int = 0
    """Codes that the facet does not know, kept as they are."""
    error: Failure | None = None
    """Why the tool gave nothing new; the records are then the copy at hand."""
    from_cache: bool = False
    withheld: bool = False
    """The answer concerned somebody else; it was neither kept nor shown."""
    too_old_since: datetime | None = None
    """Date of a copy that exists but is too old to be told."""
    carried_until: datetime | None = None
    """End of the pack that the records come from; None for records that do not come from one."""


@dataclass(frozen=True, slots=True)
class TimelineReading:
    """The exchanges that one tool lists, at one moment of the reading; same fields as `FacetReading`."""

    instance: str
    interactions: Sequence[Interaction] = ()
    as_of: datetime | None = None
    fetched_at: datetime | None = None
    final: bool = False
    completeness: Completeness = Completeness.MORE
    truncated_because: str = ""
    unreadable: int = 0
    error: Failure | None = None
    from_cache: bool = False
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class SourceOffer:
    """What one instance feeds, known before any connection, refused instances included."""

    instance: str
    name: str
    owner: str = ""
    support: str = ""
    facets: tuple[FacetOffer, ...] = ()
    timeline: bool = False
    directory: bool = False
    call_events: bool = False
    content: bool = False
    live_fields: tuple[str, ...] = ()
    needs_ids: tuple[str, ...] = ()
    enabled: bool = True
    failure: Failure | None = None
    """Why the connector was not loaded: readings of it will all fail."""

    def needs(self, facet: str) -> tuple[str, ...]:
        """Return the schemes without which the tool is not asked; "" stands for the timeline."""
        for offer in self.facets:
            if offer.facet == facet and offer.needs_ids:
                return offer.needs_ids
        return self.needs_ids

    def facet(self, facet: str) -> FacetOffer:
        """Return the offer of a facet; KeyError when the instance does not feed it."""
        for offer in self.facets:
            if offer.facet == facet:
                return offer
        raise KeyError(facet)
