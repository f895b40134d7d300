"""Rows of the packs: what they hold as values, and the statements that several questions share."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from avise.models.care_totals import CareTotal
from avise.models.customer import PersonId
from avise.models.packs import PackKind
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.store.times import from_microseconds, to_microseconds

WANTED, HELD, FAILED = 0, 1, 2
"""States of a target."""

DIARY = "diary"
"""Item of the target that is the representative's own diary: on board, and counted as nobody."""

EXPIRED = "expired:"
"""Names, with a pack's kind, what was erased at its end."""


@dataclass(frozen=True, slots=True)
class Target:
    """Who, or which document of whom, a pack should hold."""

    person: PersonId
    item: str = ""
    """The document's identifier in its tool."""


@dataclass(frozen=True, slots=True)
class PackCount:
    """One pack as it is on the disk."""

    kind: PackKind
    ends_at: datetime
    prepared_at: datetime | None
    ended: bool
    """Whether its preparation went to its end."""
    wanted: int
    held: int
    failed: int
    bytes: int


@dataclass(frozen=True, slots=True)
class CarriedReading:
    """One reading to be kept on board, and the pack that it goes with."""

    kind: PackKind
    key: SnapshotKey
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document on board, without its content."""

    person: PersonId
    document: str
    title: str
    size: int
    read_at: datetime


_UNWANTED = (
    # The synthesis of a customer who left the portfolio goes on with the visit.
    "UPDATE reading SET kind = 'visits' WHERE kind = 'portfolio'"
    " AND person NOT IN (SELECT person FROM target WHERE kind = 'portfolio')"
    " AND person IN (SELECT person FROM target WHERE kind = 'visits')",
    "DELETE FROM reading WHERE NOT EXISTS (SELECT 1 FROM target AS t WHERE t.kind = reading.kind"
    " AND t.person = reading.person)",
    "DELETE FROM care_total WHERE person NOT IN"
    " (SELECT person FROM target WHERE kind IN ('portfolio', 'visits'))",
    "DELETE FROM document WHERE NOT EXISTS (SELECT 1 FROM target AS t WHERE t.kind = 'documents'"
    " AND t.person = document.person AND t.item = document.document)",
)


def forget_unwanted(connection: Connection) -> None:
    """Erase what no pack wants any more."""
    for statement in _UNWANTED:
        connection.exec_driver_sql(statement)


def note_looked_at(
    connection: Connection, kind: PackKind, target: Target, *, failed: bool, at: datetime
) -> None:
    """Note what came of reading somebody, or a document."""
    # Whoever is visited is whole for the portfolio too.
    kinds = (kind, PackKind.PORTFOLIO) if kind is PackKind.VISITS else (kind,)
    values = (FAILED if failed else HELD, to_microseconds(at))
    connection.exec_driver_sql(
        "UPDATE target SET state = ?, looked_at = ? WHERE kind = ? AND person = ? AND item = ?",
        [(*values, each.value, target.person.bytes, target.item) for each in kinds],
    )


def keep_totals(connection: Connection, person: PersonId, totals: Sequence[CareTotal]) -> None:
    """Replace the totals of a customer's care."""
    connection.exec_driver_sql("DELETE FROM care_total WHERE person = ?", (person.bytes,))
    rows = [
        (person.bytes, total.category, total.count, total.spent, total.reimbursed, _midnight(total))
        for total in totals
    ]
    connection.exec_driver_sql("INSERT INTO care_total VALUES (?, ?, ?, ?, ?, ?)", rows)


def _midnight(total: CareTotal) -> int:
    return to_microseconds(datetime.fromisoformat(f"{total.since.isoformat()}T00:00:00+00:00"))


def bytes_taken(connection: Connection) -> int:
    """Return how much of the disk the file takes, what is free in it left out."""
    pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    free = int(connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())
    return (pages - free) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def pack_counts(connection: Connection) -> tuple[PackCount, ...]:
    """Return each pack that was ordered."""
    sizes = {
        **dict.fromkeys(PackKind, 0),
        **{PackKind(row[0]): row[1] for row in connection.exec_driver_sql(
            "SELECT kind, sum(length(body)) FROM reading GROUP BY kind"
        )},
        PackKind.DOCUMENTS: connection.exec_driver_sql(
            "SELECT coalesce(sum(length(body)), 0) FROM document"
        ).scalar_one(),
    }  # fmt: skip
    states: dict[tuple[str, int], int] = {
        (row[0], row[1]): row[2]
        for row in connection.exec_driver_sql(
            "SELECT kind, state, count(*) FROM target WHERE item <> ? GROUP BY kind, state", (DIARY,)
        )
    }
    found = []
    for row in connection.exec_driver_sql("SELECT kind, ends_at, prepared_at, ended FROM pack"):
        kind = PackKind(row.kind)
        counted = [states.get((row.kind, state), 0) for state in (WANTED, HELD, FAILED)]
        prepared = None if row.prepared_at is None else from_microseconds(row.prepared_at)
        found.append(PackCount(
            kind, from_microseconds(row.ends_at), prepared, bool(row.ended), sum(counted),
            counted[HELD], counted[FAILED], int(sizes[kind]),
        ))  # fmt: skip
    return tuple(found)


def row_of(reading: CarriedReading) -> dict[str, Any]:
    """Return a reading as it is kept."""
    key, snapshot = reading.key, reading.snapshot
    return {
        "person": key.customer.bytes,
        "facet": key.facet,
        "instance": key.instance,
        "schema_v": key.schema,
        "record_count": snapshot.count,
        "as_of": None if snapshot.as_of is None else to_microseconds(snapshot.as_of),
        "fetched_at": to_microseconds(snapshot.fetched_at),
        "completeness": snapshot.completeness,
        "truncated_because": snapshot.truncated_because,
        "unreadable": snapshot.unreadable,
        "sensitivity": snapshot.sensitivity,
        "kind": reading.kind.value,
        "pages": json.dumps([len(page) for page in snapshot.pages]),
        "body": zlib.compress(b"".join(snapshot.pages)),
        "total": snapshot.total,
    }


def snapshot_of(row: Row[Any]) -> Snapshot:
    """Return a reading as it was, usable until the end of its pack."""
    body, pages, start = zlib.decompress(row.body), [], 0
    for length in json.loads(row.pages):
        pages.append(body[start : start + length])
        start += length
    return Snapshot(
        pages=tuple(pages),
        count=row.record_count,
        as_of=None if row.as_of is None else from_microseconds(row.as_of),
        fetched_at=from_microseconds(row.fetched_at),
        usable_until=from_microseconds(row.ends_at),
        completeness=row.completeness,
        truncated_because=row.truncated_because,
        unreadable=row.unreadable,
        sensitivity=row.sensitivity,
        total=row.total,
        on_board=True,
    )
