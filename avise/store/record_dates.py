"""When the copies kept here of somebody's record were read, and when the record changed at its tool."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, select

from avise.models.customer import PersonId
from avise.models.json_types import JSON
from avise.models.record_dates import RecordDates, newest
from avise.store.tables import snapshot, snapshot_page
from avise.store.times import from_microseconds, to_microseconds

FACETS = ("identity", "contact_points")
"""What tells who somebody is and how to reach them."""


def dates_of_copies(
    connection: Connection, persons: Iterable[PersonId], now: datetime
) -> Mapping[PersonId, RecordDates]:
    """Return what the copies kept tell; nobody of whom there is none.

    Args:
        connection: that reads.
        persons: under whose identity the copies are kept.
        now: no change is later.
    """
    by_key = {person.bytes: person for person in persons}
    statement = (
        select(snapshot.c.customer, snapshot.c.fetched_at, snapshot.c.as_of, snapshot_page.c.body)
        .join(snapshot_page, snapshot_page.c.snapshot == snapshot.c.id, isouter=True)
        .where(snapshot.c.customer.in_(list(by_key)), snapshot.c.facet.in_(FACETS))
        .where(snapshot.c.usable_until > to_microseconds(now))
    )
    found: dict[PersonId, RecordDates] = {}
    for row in connection.execute(statement):
        person = by_key[row.customer]
        changes = [day for day in _changes(row.body) if day <= now.date()]
        # The date that a tool gives to what it says wins over that of our reading (connectors, C9).
        read_at = row.fetched_at if row.as_of is None else row.as_of
        told = RecordDates(from_microseconds(read_at), max(changes, default=None))
        found[person] = newest(found.get(person, told), told)
    return found


def _changes(page: bytes | None) -> Iterator[date]:
    """Return since when what the records of a page say holds: it changed then."""
    for record in json.loads(page) if page else ():
        since: JSON = record.get("data", {}).get("since")
        try:
            yield date.fromisoformat(since if isinstance(since, str) else "")
        except ValueError:
            continue
