"""The last complete reading of one facet of one customer, as the workstation keeps it.

Connectors declare the port that they need and the store implements it; both speak in these values.
Records stay JSON bytes, by pages, so that nobody pays for ten thousand rows to show thirty
(decision 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from avise.models.customer import PersonId
from avise.models.errors import Failure

PAGE_SIZE = 250
"""Records a page holds at most (decision 9)."""

PURGED_AFTER = timedelta(hours=72)
"""No snapshot lives longer, whatever its facet says (decision 14)."""


@dataclass(frozen=True, slots=True)
class SnapshotKey:
    """What one snapshot is about (`connectors.md` C9)."""

    instance: str
    facet: str
    schema: int
    customer: PersonId
    query_hash: str = ""
    """Tells apart readings of one facet made with different parameters; "" for the plain one."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One complete reading, dated."""

    pages: tuple[bytes, ...]
    """Each a JSON array of at most `PAGE_SIZE` records; the caller's own form, kept as it is."""
    count: int
    """Records in all pages."""
    as_of: datetime | None
    """When the source says that it was true; aware."""
    fetched_at: datetime
    """When it was read; aware."""
    usable_until: datetime
    """Purged then, at the latest `PURGED_AFTER` after it was read."""
    validator: str = ""
    """ETag or Last-Modified, for the next conditional reading."""
    completeness: str = "complete"
    """"complete" or "truncated"; nothing else replaces a snapshot."""
    truncated_because: str = ""
    unreadable: int = 0
    total: int | None = None
    """How many records the source says there are, when it says so."""
    sensitivity: str = "personal"
    """`avise.models.facets.Sensitivity`; "health" is purged at log-off."""
    last_error: Failure | None = None
    """The last failed attempt since this reading."""
    last_error_at: datetime | None = None
    on_board: bool = False
    """Carried in a pack: it may be told until `usable_until`, whatever its facet says."""
