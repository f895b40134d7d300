"""Records written in one line for tests."""

from __future__ import annotations

from avise.models.identity.records import IdentityRecord, Notion, TableRow, prepared


def record(reference: str = "1", **values: str) -> IdentityRecord:
    """Return a record of a row whose columns are named after notions."""
    return prepared(TableRow(reference, {Notion(name): (value,) for name, value in values.items()}))
