"""The last complete reading of each facet of each customer (`connectors.md` C9).

Implements the snapshot port of the connectors' host. A reading replaces another as a whole, in one
transaction; an error is written beside it and leaves its records alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select
from sqlalchemy.sql.elements import ColumnElement

from avise.env import Env
from avise.models.customer import PersonId
from avise.models.errors import ErrorKind, Failure, Origin
from avise.models.facets import Sensitivity
from avise.models.identifiers import holds_nir, is_masked_nir
from avise.models.record_dates import RecordDates
from avise.models.snapshot import PURGED_AFTER, Snapshot, SnapshotKey
from avise.store.errors import NirAtRestError, TooBigError
from avise.store.record_dates import dates_of_copies
from avise.store.store import Store
from avise.store.tables import snapshot as table
from avise.store.times import from_microseconds, to_microseconds

MAX_SNAPSHOT_BYTES = 32 * 1024 * 1024
"""One reading may not be larger: ten thousand rows of three hundred bytes are a tenth of it."""

MAX_TOTAL_BYTES = 512 * 1024 * 1024
"""All readings together; the oldest leave first."""

COMPLETENESS = ("complete", "truncated")
"""Only these replace a snapshot."""

# Written out, not built: an opening keeps a score of readings, and building each statement anew cost
# four fifths of the writer's time.
_OF_KEY = "customer = ? AND facet = ? AND instance = ? AND schema_v = ? AND query_hash = ?"
_FIND = f"SELECT * FROM snapshot WHERE {_OF_KEY} AND usable_until > ?"  # noqa: S608 - constants of ours
_FIND_PAGES = "SELECT body FROM snapshot_page WHERE snapshot = ? ORDER BY number"
_FORGET = f"DELETE FROM snapshot WHERE {_OF_KEY}"  # noqa: S608 - constants of ours
_KEEP = (
    "INSERT INTO snapshot (instance, facet, schema_v, customer, query_hash, record_count, size, as_of,"
    " fetched_at, usable_until, validator, completeness, truncated_because, unreadable, sensitivity,"
    " last_error, last_error_at, total) VALUES (:instance, :facet, :schema_v, :customer, :query_hash,"
    " :record_count, :size, :as_of, :fetched_at, :usable_until, :validator, :completeness,"
    " :truncated_because, :unreadable, :sensitivity, :last_error, :last_error_at, :total)"
)
_KEEP_PAGE = "INSERT INTO snapshot_page (snapshot, number, body) VALUES (?, ?, ?)"
_NOTE_ERROR = f"UPDATE snapshot SET last_error = ?, last_error_at = ? WHERE {_OF_KEY}"  # noqa: S608 - as above
_TOTAL = "SELECT coalesce(sum(size), 0) FROM snapshot"
_OLDEST = "SELECT id, size FROM snapshot WHERE id <> ? ORDER BY fetched_at"
_FORGET_ONE = "DELETE FROM snapshot WHERE id = ?"

_NIR_FIELD = re.compile(rb'"nir"\s*:\s*("(?:[^"\\]|\\.)*"|[^,}\s]+)')


class Snapshots:
    """Keeps and gives back snapshots.

    Args:
        store: where they are kept.
        env: clock.
        max_total_bytes: bound of all readings together.
    """

    def __init__(self, store: Store, env: Env, max_total_bytes: int = MAX_TOTAL_BYTES) -> None:
        self._store = store
        self._env = env
        self._max_total_bytes = max_total_bytes

    async def get(self, key: SnapshotKey) -> Snapshot | None:
        """Return the snapshot, None when nothing was ever read or it is too old to be used."""
        now = to_microseconds(self._env.now())

        def question(connection: Connection) -> Snapshot | None:
            row = connection.exec_driver_sql(_FIND, (*_values(key), now)).first()
            if row is None:
                return None
            bodies = connection.exec_driver_sql(_FIND_PAGES, (row.id,)).scalars()
            return _from_row(row, tuple(bodies))

        return await self._store.read(question)

    async def put(self, key: SnapshotKey, snapshot: Snapshot) -> None:
        """Replace the snapshot as a whole.

        Raises:
            ValueError: the reading is neither complete nor truncated.
            NirAtRestError: a page holds a NIR that is not masked; what was there stays.
            TooBigError: the reading is over `MAX_SNAPSHOT_BYTES`; what was there stays.
            StoreError: the store could not write.
        """
        if snapshot.completeness not in COMPLETENESS:
            message = "only a complete or truncated reading replaces a snapshot"
            raise ValueError(message)
        size = sum(map(len, snapshot.pages))
        if size > MAX_SNAPSHOT_BYTES:
            raise TooBigError
        row = _row(key, snapshot, size)

        def change(connection: Connection) -> None:
            # On the writer's thread: reading three megabytes would hold a loop.
            for page in snapshot.pages:
                refuse_nir(page)
            connection.exec_driver_sql(_FORGET, _values(key))
            number_of = int(connection.exec_driver_sql(_KEEP, row).lastrowid)
            pages = [(number_of, number, body) for number, body in enumerate(snapshot.pages)]
            if pages:
                connection.exec_driver_sql(_KEEP_PAGE, pages)
            self._make_room(connection, number_of)

        await self._store.write(change)

    async def note_error(self, key: SnapshotKey, failure: Failure, at: datetime) -> None:
        """Write the last error beside the snapshot and leave its records alone."""
        values = (_encoded_failure(failure), to_microseconds(at), *_values(key))
        await self._store.write(lambda connection: connection.exec_driver_sql(_NOTE_ERROR, values))

    async def purge(self) -> int:
        """Delete what is too old to be used; return how many snapshots went."""
        now = to_microseconds(self._env.now())
        oldest = to_microseconds(self._env.now() - PURGED_AFTER)
        # Written while the clock was far ahead: it would outlive its time once the clock is right again.
        ahead = to_microseconds(self._env.now() + PURGED_AFTER)
        too_old = (table.c.usable_until <= now) | (table.c.fetched_at <= oldest)
        return await self._delete(too_old | (table.c.fetched_at > ahead))

    async def purge_health(self) -> int:
        """Delete health data, at log-off; return how many snapshots went."""
        return await self._delete(table.c.sensitivity == Sensitivity.HEALTH.value)

    async def forget(self, customer: PersonId) -> int:
        """Delete everything read about one customer, for an erasure request."""
        return await self._delete(table.c.customer == customer.bytes)

    async def coverage(self) -> Mapping[str, tuple[int, datetime]]:
        """Return, for each instance, how many customers have a copy and the oldest reading's date."""

        def question(connection: Connection) -> Mapping[str, tuple[int, datetime]]:
            counts = func.count(table.c.customer.distinct())
            statement = select(table.c.instance, counts, func.min(table.c.fetched_at))
            rows = connection.execute(statement.group_by(table.c.instance))
            return {instance: (count, from_microseconds(oldest)) for instance, count, oldest in rows}

        return await self._store.read(question)

    async def record_dates(self, persons: Iterable[PersonId]) -> Mapping[PersonId, RecordDates]:
        """Return when somebody's record was read and last changed, as far as the copies kept tell."""
        wanted, now = tuple(persons), self._env.now()
        return await self._store.read(lambda connection: dates_of_copies(connection, wanted, now))

    async def carried(self, customers: Iterable[PersonId]) -> frozenset[PersonId]:
        """Return those of some customers of whom something can be told without asking a tool."""
        wanted = {customer.bytes: customer for customer in customers}
        now = to_microseconds(self._env.now())
        usable = table.c.customer.in_(list(wanted)) & (table.c.usable_until > now)
        statement = select(table.c.customer).where(usable).distinct()
        rows = await self._store.read(lambda connection: connection.scalars(statement).all())
        return frozenset(wanted[row] for row in rows)

    async def _delete(self, condition: ColumnElement[bool]) -> int:
        return await self._store.write(
            lambda connection: int(connection.execute(delete(table).where(condition)).rowcount)
        )

    def _make_room(self, connection: Connection, kept: int) -> None:
        """Delete the oldest readings until all fit, the one just written excepted."""
        excess = int(connection.exec_driver_sql(_TOTAL).scalar_one()) - self._max_total_bytes
        if excess <= 0:
            return
        gone = []
        for row in connection.exec_driver_sql(_OLDEST, (kept,)):
            if excess <= 0:
                break
            gone.append((row.id,))
            excess -= row.size
        if gone:
            connection.exec_driver_sql(_FORGET_ONE, gone)


def refuse_nir(page: bytes) -> None:
    """Refuse a page of records in which a NIR stands in clear, in its own field or in another.

    Raises:
        NirAtRestError: without saying where: the value must not travel.
    """
    for value in _NIR_FIELD.findall(page):
        if not is_masked_nir(_text_of(value)):
            raise NirAtRestError
    if holds_nir(page):
        raise NirAtRestError


def _text_of(value: bytes) -> str:
    try:
        decoded = json.loads(value)
    except ValueError:
        raise NirAtRestError from None
    return "" if decoded is None else str(decoded)


def _values(key: SnapshotKey) -> tuple[bytes, str, str, int, str]:
    """Return what `_OF_KEY` compares with, in its order."""
    return key.customer.bytes, key.facet, key.instance, key.schema, key.query_hash


def _row(key: SnapshotKey, snapshot: Snapshot, size: int) -> dict[str, Any]:
    end = min(snapshot.usable_until, snapshot.fetched_at + PURGED_AFTER)
    return {
        "instance": key.instance,
        "facet": key.facet,
        "schema_v": key.schema,
        "customer": key.customer.bytes,
        "query_hash": key.query_hash,
        "record_count": snapshot.count,
        "size": size,
        "as_of": None if snapshot.as_of is None else to_microseconds(snapshot.as_of),
        "fetched_at": to_microseconds(snapshot.fetched_at),
        "usable_until": to_microseconds(end),
        "validator": snapshot.validator,
        "completeness": snapshot.completeness,
        "truncated_because": snapshot.truncated_because,
        "unreadable": snapshot.unreadable,
        "sensitivity": snapshot.sensitivity,
        "last_error": None if snapshot.last_error is None else _encoded_failure(snapshot.last_error),
        "last_error_at": None if snapshot.last_error_at is None else to_microseconds(snapshot.last_error_at),
        "total": snapshot.total,
    }


def _from_row(row: Row[Any], pages: tuple[bytes, ...]) -> Snapshot:
    return Snapshot(
        pages=pages,
        count=row.record_count,
        as_of=None if row.as_of is None else from_microseconds(row.as_of),
        fetched_at=from_microseconds(row.fetched_at),
        usable_until=from_microseconds(row.usable_until),
        validator=row.validator,
        completeness=row.completeness,
        truncated_because=row.truncated_because,
        unreadable=row.unreadable,
        sensitivity=row.sensitivity,
        last_error=None if row.last_error is None else _decoded_failure(row.last_error),
        last_error_at=None if row.last_error_at is None else from_microseconds(row.last_error_at),
        total=row.total,
    )


def _encoded_failure(failure: Failure) -> str:
    return json.dumps(
        {
            "kind": failure.kind.value,
            "origin": failure.origin.value,
            "reference": failure.reference,
            "since": None if failure.since is None else to_microseconds(failure.since),
            "retry_at": None if failure.retry_at is None else to_microseconds(failure.retry_at),
            "source_code": failure.source_code,
            "detail": failure.detail,
        }
    )


def _decoded_failure(text: str) -> Failure:
    found = json.loads(text)
    return Failure(
        ErrorKind(found["kind"]),
        Origin(found["origin"]),
        found["reference"],
        None if found["since"] is None else from_microseconds(found["since"]),
        None if found["retry_at"] is None else from_microseconds(found["retry_at"]),
        found["source_code"],
        found["detail"],
    )
