"""What is on board: orders, who is wanted, the readings of each, documents and totals of care.

Every question answers nothing while the file is closed, except where it says otherwise; every change is
refused then (`pack.locked`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from avise.models.care_totals import CareTotal
from avise.models.customer import PersonId
from avise.models.packs import PackKind
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.store.pack_file import PackClosedError, PackFile
from avise.store.pack_rows import (
    DIARY,
    EXPIRED,
    FAILED,
    HELD,
    WANTED,
    CarriedReading,
    DocumentRow,
    PackCount,
    Target,
    bytes_taken,
    forget_unwanted,
    keep_totals,
    note_looked_at,
    pack_counts,
    row_of,
    snapshot_of,
)
from avise.store.snapshots import refuse_nir
from avise.store.times import from_microseconds, to_microseconds

_FIND = (
    "SELECT r.*, p.ends_at FROM reading AS r JOIN pack AS p ON p.kind = r.kind"
    " WHERE r.person = ? AND r.facet = ? AND r.instance = ? AND r.schema_v = ? AND p.ends_at > ?"
)
_KEEP = (
    "INSERT INTO reading (person, facet, instance, schema_v, record_count, as_of, fetched_at, completeness,"
    " truncated_because, unreadable, sensitivity, kind, pages, body, total)"
    " VALUES (:person, :facet, :instance, :schema_v, :record_count, :as_of, :fetched_at, :completeness,"
    " :truncated_because, :unreadable, :sensitivity, :kind, :pages, :body, :total)"
    " ON CONFLICT (person, facet, instance, schema_v) DO UPDATE SET record_count = excluded.record_count,"
    " as_of = excluded.as_of, fetched_at = excluded.fetched_at, completeness = excluded.completeness,"
    " truncated_because = excluded.truncated_because, unreadable = excluded.unreadable,"
    " kind = excluded.kind, total = excluded.total,"
    " pages = excluded.pages, body = excluded.body"
)


class Packs:
    """Asks and changes the file of the packs.

    Args:
        file: opened and closed by whoever holds the key.
    """

    def __init__(self, file: PackFile) -> None:
        self.file = file

    # ---- orders --------------------------------------------------------------------------------
    async def order(
        self, kind: PackKind, targets: Sequence[Target], ends_at: datetime, held_since: datetime
    ) -> None:
        """Say what a pack should hold, in the order of its reading, and when it ends.

        What it holds already and was read since a moment is not wanted again; what nobody wants any more
        goes, with what was read of it.
        """
        since, end = to_microseconds(held_since), to_microseconds(ends_at)

        def change(connection: Connection) -> None:
            fresh = connection.exec_driver_sql(
                "SELECT person, item, looked_at FROM target WHERE kind = ? AND state = ? AND looked_at >= ?",
                (kind.value, HELD, since),
            )
            known = {(row[0], row[1]): row[2] for row in fresh}
            connection.exec_driver_sql("DELETE FROM target WHERE kind = ?", (kind.value,))
            rows = [
                (kind.value, target.person.bytes, target.item, place,
                 HELD if (target.person.bytes, target.item) in known else WANTED,
                 known.get((target.person.bytes, target.item)))
                for place, target in enumerate(dict.fromkeys(targets))
            ]  # fmt: skip
            if rows:
                connection.exec_driver_sql("INSERT INTO target VALUES (?, ?, ?, ?, ?, ?)", rows)
            connection.exec_driver_sql(
                "INSERT INTO pack VALUES (?, ?, NULL, 0) ON CONFLICT (kind) DO UPDATE SET"
                " ends_at = excluded.ends_at, ended = 0",
                (kind.value, end),
            )
            connection.exec_driver_sql("DELETE FROM meta WHERE name = ?", (EXPIRED + kind.value,))
            forget_unwanted(connection)

        await self.file.write(change)

    async def wanted(self, kind: PackKind, *, again: bool = True) -> tuple[Target, ...]:
        """Return what a pack still lacks, in the order of its reading.

        Args:
            kind: the pack.
            again: whether what failed is wanted too.
        """
        highest = FAILED if again else WANTED

        def question(connection: Connection) -> tuple[Target, ...]:
            rows = connection.exec_driver_sql(
                "SELECT person, item FROM target WHERE kind = ? AND state IN (?, ?) ORDER BY place",
                (kind.value, WANTED, highest),
            )
            return tuple(Target(PersonId(bytes=row[0]), row[1]) for row in rows)

        return await self.file.read(question)

    async def persons(self, kind: PackKind, now: datetime) -> frozenset[PersonId]:
        """Return whom a pack holds whole; nobody while it is closed, or past its end."""
        statement = (
            "SELECT DISTINCT t.person FROM target AS t JOIN pack AS p ON p.kind = t.kind"
            " WHERE t.kind = ? AND t.state = ? AND t.item <> ? AND p.ends_at > ?"
        )
        values = (kind.value, HELD, DIARY, to_microseconds(now))
        try:
            found = await self.file.read(
                lambda connection: connection.exec_driver_sql(statement, values).scalars().all()
            )
        except PackClosedError:
            return frozenset()
        return frozenset(PersonId(bytes=value) for value in found)

    async def end(self, kind: PackKind, at: datetime) -> None:
        """Say that the preparation of a pack went to its end."""
        values = (to_microseconds(at), kind.value)
        statement = "UPDATE pack SET ended = 1, prepared_at = ? WHERE kind = ?"
        await self.file.write(lambda connection: connection.exec_driver_sql(statement, values))

    async def counts(self) -> tuple[PackCount, ...]:
        """Return each pack that was ordered; none while it is closed."""
        try:
            return await self.file.read(pack_counts)
        except PackClosedError:
            return ()

    async def size(self) -> int:
        """Return how much of the disk is taken by what is on board; 0 while it is closed."""
        try:
            return await self.file.read(bytes_taken)
        except PackClosedError:
            return 0

    async def drop_ended(self, now: datetime) -> tuple[PackKind, ...]:
        """Erase the packs whose end has passed; return which."""
        moment = to_microseconds(now)

        def change(connection: Connection) -> tuple[PackKind, ...]:
            gone = connection.exec_driver_sql("SELECT kind FROM pack WHERE ends_at <= ?", (moment,))
            kinds = tuple(PackKind(value) for value in gone.scalars())
            for kind in kinds:
                connection.exec_driver_sql("DELETE FROM target WHERE kind = ?", (kind.value,))
                connection.exec_driver_sql("DELETE FROM pack WHERE kind = ?", (kind.value,))
                connection.exec_driver_sql("REPLACE INTO meta VALUES (?, '')", (EXPIRED + kind.value,))
            if kinds:
                forget_unwanted(connection)
            return kinds

        return await self.file.write(change)

    async def expired(self) -> frozenset[PackKind]:
        """Return the packs that were erased at their end and not ordered again."""
        statement = "SELECT name FROM meta WHERE name LIKE 'expired:%'"
        try:
            names = await self.file.read(
                lambda connection: connection.exec_driver_sql(statement).scalars().all()
            )
        except PackClosedError:
            return frozenset()
        return frozenset(PackKind(name.removeprefix(EXPIRED)) for name in names)

    # ---- readings ------------------------------------------------------------------------------
    async def keep(
        self,
        kind: PackKind,
        target: Target,
        readings: Iterable[CarriedReading],
        totals: Sequence[CareTotal] = (),
        *,
        failed: bool,
        at: datetime,
    ) -> int:
        """Keep what was read of a customer, all or nothing; return the bytes taken by all packs.

        What could not be read anew keeps its earlier reading.

        Raises:
            NirAtRestError: a reading holds a NIR; nothing of this customer was kept.
            StoreError: DiskFullError and the others; nothing of this customer was kept.
        """
        listed = tuple(readings)

        def change(connection: Connection) -> int:
            for reading in listed:
                for page in reading.snapshot.pages:
                    refuse_nir(page)
                connection.exec_driver_sql(_KEEP, row_of(reading))
            if totals:
                keep_totals(connection, target.person, totals)
            note_looked_at(connection, kind, target, failed=failed, at=at)
            return bytes_taken(connection)

        return await self.file.write(change)

    async def get(self, key: SnapshotKey, now: datetime) -> Snapshot | None:
        """Return a reading that is on board and not past its end; None also while it is closed."""
        values = (key.customer.bytes, key.facet, key.instance, key.schema, to_microseconds(now))
        if key.query_hash:
            return None
        try:
            row = await self.file.read(lambda connection: connection.exec_driver_sql(_FIND, values).first())
        except PackClosedError:
            return None
        return None if row is None else snapshot_of(row)

    async def coverage(self, now: datetime) -> Mapping[str, tuple[int, datetime]]:
        """Return, for each instance, how many customers are on board and the oldest reading's date."""
        statement = (
            "SELECT r.instance, count(DISTINCT r.person), min(r.fetched_at) FROM reading AS r"
            " JOIN pack AS p ON p.kind = r.kind WHERE p.ends_at > ? GROUP BY r.instance"
        )

        def question(connection: Connection) -> Mapping[str, tuple[int, datetime]]:
            rows = connection.exec_driver_sql(statement, (to_microseconds(now),))
            return {row[0]: (row[1], from_microseconds(row[2])) for row in rows}

        try:
            return await self.file.read(question)
        except PackClosedError:
            return {}

    async def care_totals(self, person: PersonId, now: datetime) -> tuple[CareTotal, ...]:
        """Return what a customer's care came to, by category; nothing while closed, or past every end."""
        statement = (
            "SELECT category, count, spent, reimbursed, since FROM care_total AS c WHERE person = ?"
            " AND EXISTS (SELECT 1 FROM pack AS p JOIN target AS t ON t.kind = p.kind"
            " WHERE t.person = c.person AND p.ends_at > ?) ORDER BY category"
        )
        values = (person.bytes, to_microseconds(now))
        try:
            rows = await self.file.read(
                lambda connection: connection.exec_driver_sql(statement, values).all()
            )
        except PackClosedError:
            return ()
        return tuple(
            CareTotal(category, count, spent, reimbursed, from_microseconds(since).date())
            for category, count, spent, reimbursed, since in rows
        )

    # ---- documents -----------------------------------------------------------------------------
    async def keep_document(
        self, target: Target, instance: str, title: str, content: bytes, at: datetime
    ) -> int:
        """Keep a document; return the bytes taken by all packs.

        Raises:
            StoreError: DiskFullError and the others; nothing of it was kept.
        """
        values = (
            target.person.bytes,
            target.item,
            instance,
            title,
            len(content),
            to_microseconds(at),
            content,
        )

        def change(connection: Connection) -> int:
            connection.exec_driver_sql(
                "INSERT INTO document (person, document, instance, title, size, read_at, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person, document) DO UPDATE SET"
                " title = excluded.title, size = excluded.size, read_at = excluded.read_at,"
                " body = excluded.body",
                values,
            )
            note_looked_at(connection, PackKind.DOCUMENTS, target, failed=False, at=at)
            return bytes_taken(connection)

        return await self.file.write(change)

    async def fail(self, kind: PackKind, target: Target, at: datetime) -> None:
        """Say that something could not be read; what was kept of it stays."""
        await self.file.write(lambda connection: note_looked_at(connection, kind, target, failed=True, at=at))

    async def documents(self, person: PersonId, now: datetime) -> tuple[DocumentRow, ...]:
        """Return the documents of a customer that are on board; none while it is closed."""

        def question(connection: Connection) -> tuple[DocumentRow, ...]:
            rows = connection.exec_driver_sql(
                "SELECT document, title, size, read_at FROM document WHERE person = ? AND EXISTS"
                " (SELECT 1 FROM pack WHERE kind = 'documents' AND ends_at > ?) ORDER BY title, document",
                (person.bytes, to_microseconds(now)),
            )
            return tuple(
                DocumentRow(person, row.document, row.title, row.size, from_microseconds(row.read_at))
                for row in rows
            )

        try:
            return await self.file.read(question)
        except PackClosedError:
            return ()

    async def document(self, person: PersonId, document: str, now: datetime) -> bytes | None:
        """Return a document's content, None when it is not on board.

        Raises:
            PackClosedError: `pack.locked`.
        """
        statement = (
            "SELECT body FROM document WHERE person = ? AND document = ? AND EXISTS"
            " (SELECT 1 FROM pack WHERE kind = 'documents' AND ends_at > ?)"
        )
        values = (person.bytes, document, to_microseconds(now))
        found = await self.file.read(
            lambda connection: connection.exec_driver_sql(statement, values).scalar()
        )
        return None if found is None else bytes(found)
