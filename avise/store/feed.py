"""What the hub gave this workstation, what it acknowledged, and how far both have come.

Rows and cursors of a page are kept in one transaction: a kill between them loses nothing and repeats
nothing (`hub.md` 4, step 5).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from avise.env import Env
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.fed_events import FedEvent, FedPage
from avise.models.identity.links import PREFIX as IDENTITY
from avise.store.erased_links import erase_links
from avise.store.store import Store
from avise.store.tables import COPIED, event, event_ack, feed, feed_cursor, hub_event, meta
from avise.store.times import from_microseconds, to_microseconds
from avise.store.unsent import unsent_by_person

_KEEP = (
    "INSERT INTO hub_event (event_id, stream, ver, device, device_seq, kind, schema_v, author, role,"
    " occurred_at, clock_offset_ms, body, content_sha, effective, refusal, number, received_at)"
    " VALUES (:event_id, :stream, :ver, :device, :device_seq, :kind, :schema_v, :author, :role,"
    " :occurred_at, :clock_offset_ms, :body, :content_sha, :effective, :refusal, :number, :received_at)"
    # One feed may give the body that another one withholds.
    " ON CONFLICT (event_id) DO UPDATE SET body = coalesce(excluded.body, body)"
)
_PLACE = "INSERT OR IGNORE INTO feed (perimeter, pos, event_id) VALUES (?, ?, ?)"
_REACHED = "INSERT OR REPLACE INTO feed_cursor (perimeter, pos, chain) VALUES (?, ?, ?)"
_UNFED = "DELETE FROM hub_event WHERE event_id NOT IN (SELECT event_id FROM feed)"
_SENT = "SELECT coalesce(max(device_seq), 0) FROM event_ack"
_WRITTEN = "SELECT coalesce(max(device_seq), 0) FROM event"

_NOT_COUNTED = (
    "SELECT e.event_id FROM event e LEFT JOIN event_ack a ON a.device_seq = e.device_seq"
    " WHERE e.stream >= ? AND e.stream < ?"
    " AND (e.state IN ('quarantined', 'refused') OR coalesce(a.refusal, '') <> '')"
)

HUB_ID, EPOCH, BASE, CONTACT = "hub_id", "hub_epoch", "device_base", "hub_contact"

ELSEWHERE = "elsewhere"
"""State of an event that the hub has from a copy of this store: a void one keeps its number."""


@dataclass(frozen=True, slots=True)
class KeptSync:
    """How far this workstation has come with its hub."""

    hub_id: uuid.UUID | None
    """None before the first contact."""
    epoch: int
    base: int
    """Events of this journal that an earlier identity of the device wrote: the hub counts without them."""
    sent: int
    """Last position of the journal that the hub acknowledged."""
    written: int
    """Last position of the journal."""
    cursors: Mapping[str, int]
    chains: Mapping[str, bytes]
    copied: int = 0
    """Last position that a copy of this store had when this one took another identity."""


@dataclass(frozen=True, slots=True)
class KeptAck:
    """What the hub said of one of our own events."""

    device_seq: int
    """Position in this journal."""
    state: str
    """"acked", "quarantined" or "refused"."""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class UnsentEvent:
    """One of our own events as it leaves, its body as it was sealed."""

    position: int
    event_id: uuid.UUID
    stream: str
    kind: str
    schema_v: int
    author: str
    occurred_at: datetime
    clock_offset_ms: int
    body: bytes
    salt: bytes
    content_sha: bytes
    refused: bool
    """The hub can never take it, or has it already: a void event goes in its place."""


class Feed:
    """Keeps what comes from the hub, and what it said of what was sent.

    Args:
        store: where it is kept.
        env: the clock.
    """

    def __init__(self, store: Store, env: Env) -> None:
        self._store = store
        self._env = env

    async def state(self) -> KeptSync:
        """Return how far this workstation has come."""
        return await self._store.read(_state)

    async def keep(self, page: FedPage) -> None:
        """Keep a page, rows and cursors together.

        Raises:
            AviseError: `hub.feed_moved` when the cursors are no longer those it was asked from.
            StoreError: nothing was kept.
        """
        rows = [_row_of(found) for found in page.events]
        erased = [found for found in page.events if found.body is None and found.stream.startswith(IDENTITY)]

        def change(connection: Connection) -> None:
            for perimeter, since in page.since.items():
                if perimeter in page.through and _cursor(connection, perimeter) != since:
                    raise AviseError("hub.feed_moved")
            if rows:
                connection.exec_driver_sql(_KEEP, rows)
            erase_links(connection, erased)
            places = [(perimeter, pos, identity.bytes) for perimeter, pos, identity in page.places]
            if places:
                connection.exec_driver_sql(_PLACE, places)
            for perimeter, through in page.through.items():
                connection.exec_driver_sql(_REACHED, (perimeter, through, page.chains.get(perimeter, b"")))

        await self._store.write(change)

    async def events(self, prefixes: Iterable[str]) -> tuple[FedEvent, ...]:
        """Return every event kept of the streams that begin with one of the prefixes, in order of `ver`."""
        wanted = tuple(prefixes)

        def question(connection: Connection) -> tuple[FedEvent, ...]:
            found: list[FedEvent] = []
            for prefix in wanted:
                statement = select(hub_event).where(
                    hub_event.c.stream >= prefix, hub_event.c.stream < prefix + "\U0010ffff"
                )
                ordered = statement.order_by(hub_event.c.stream, hub_event.c.ver)
                found.extend(_from_row(row) for row in connection.execute(ordered))
            return tuple(found)

        return await self._store.read(question)

    async def unsent(self, after: int, limit: int) -> tuple[UnsentEvent, ...]:
        """Return our own events after a position of the journal, in order."""
        statement = select(event).where(event.c.device_seq > after).order_by(event.c.device_seq).limit(limit)
        rows = await self._store.read(lambda connection: connection.execute(statement).all())
        return tuple(_unsent(row) for row in rows)

    async def unsent_by_person(self, login: str) -> Mapping[PersonId | None, int]:
        """Return how much of what somebody wrote here has not left, by customer; None for no customer."""
        return await self._store.read(lambda connection: unsent_by_person(connection, login))

    async def acknowledge(self, acks: Iterable[KeptAck], epoch: int, at: datetime | None = None) -> None:
        """Keep what the hub said of our own events.

        Args:
            acks: what it said.
            epoch: of the hub.
            at: when, by the hub's clock; None when that is not known.
        """
        told = list(acks)
        acked_at = None if at is None else to_microseconds(at)

        def change(connection: Connection) -> None:
            for ack in told:
                same = (event.c.device_seq == ack.device_seq) & (event.c.state != ELSEWHERE)
                connection.execute(update(event).where(same).values(state=ack.state))
                connection.execute(delete(event_ack).where(event_ack.c.device_seq == ack.device_seq))
                row = {
                    "device_seq": ack.device_seq,
                    "epoch": epoch,
                    "refusal": ack.refusal,
                    "acked_at": acked_at,
                }
                connection.execute(insert(event_ack).values(row))

        await self._store.write(change)

    async def refuse(self, position: int) -> None:
        """Note that the hub can never take an event: a void one goes in its place."""
        statement = update(event).where(event.c.device_seq == position).values(state="refused")
        await self._store.write(lambda connection: connection.execute(statement).rowcount)

    async def skip(self, position: int) -> None:
        """Note that the hub has an event from a copy of this store."""
        statement = update(event).where(event.c.device_seq == position).values(state=ELSEWHERE)
        await self._store.write(lambda connection: connection.execute(statement).rowcount)

    async def not_counted(self, prefix: str) -> frozenset[uuid.UUID]:
        """Return our own events, of the streams that begin with a prefix, that the hub counts for nothing."""

        def question(connection: Connection) -> frozenset[uuid.UUID]:
            rows = connection.exec_driver_sql(_NOT_COUNTED, (prefix, f"{prefix}\U0010ffff"))
            return frozenset(uuid.UUID(bytes=row[0]) for row in rows)

        return await self._store.read(question)

    async def elsewhere(self, after: int) -> frozenset[int]:
        """Return the positions, from one on, of events that the hub has from a copy of this store."""
        statement = select(event.c.device_seq).where(event.c.device_seq >= after, event.c.state == ELSEWHERE)
        return frozenset(await self._store.read(lambda connection: connection.scalars(statement).all()))

    async def rewind(self, position: int) -> None:
        """Take everything after a position of the journal as not acknowledged."""
        await self._store.write(lambda connection: _rewind(connection, position))

    async def begin_epoch(self, hub_id: uuid.UUID, epoch: int, position: int) -> None:
        """Forget the feeds, and take what follows a position of the journal as not acknowledged."""

        def change(connection: Connection) -> None:
            _rewind(connection, position)
            for table in (feed, feed_cursor, hub_event):
                connection.execute(delete(table))
            _set_meta(connection, HUB_ID, str(hub_id))
            _set_meta(connection, EPOCH, str(epoch))

        await self._store.write(change)

    async def forget(self, perimeters: Iterable[str]) -> None:
        """Forget feeds that this user may read no more, and what no other feed holds."""
        gone = list(perimeters)

        def change(connection: Connection) -> None:
            for table in (feed, feed_cursor):
                connection.execute(delete(table).where(table.c.perimeter.in_(gone)))
            connection.exec_driver_sql(_UNFED)

        await self._store.write(change)

    async def drop(self, streams: Iterable[str]) -> None:
        """Forget streams that ended long ago."""
        gone = list(streams)

        def change(connection: Connection) -> None:
            for stream in gone:
                held = select(hub_event.c.event_id).where(hub_event.c.stream == stream)
                connection.execute(delete(feed).where(feed.c.event_id.in_(held)))
                connection.execute(delete(hub_event).where(hub_event.c.stream == stream))

        await self._store.write(change)

    async def renew_device(self, position: int) -> str:
        """Give this workstation another identity, under which what follows a position is sent.

        Returns:
            The new identity.
        """
        minted = str(self._env.uuid7())

        def change(connection: Connection) -> None:
            _rewind(connection, position)
            _set_meta(connection, "device_id", minted)
            _set_meta(connection, BASE, str(position))
            _set_meta(connection, COPIED, str(connection.exec_driver_sql(_WRITTEN).scalar_one()))
            connection.execute(update(event).where(event.c.device_seq > position).values(device_id=minted))

        await self._store.write(change)
        self._store.device_id = minted
        return minted

    async def rename(self, position: int) -> None:
        """Give an event another identity: the hub has one under its own already."""
        minted = self._env.uuid7().bytes
        statement = update(event).where(event.c.device_seq == position).values(event_id=minted)
        await self._store.write(lambda connection: connection.execute(statement).rowcount)

    async def note(self, name: str, value: str) -> None:
        """Keep a value beside the store's own ("hub_contact"…)."""
        await self._store.write(lambda connection: _set_meta(connection, name, value))

    async def noted(self, name: str) -> str:
        """Return a value kept by `note`, "" when there is none."""
        statement = select(meta.c.value).where(meta.c.name == name)
        return str(await self._store.read(lambda connection: connection.scalar(statement)) or "")


def _state(connection: Connection) -> KeptSync:
    noted = {row.name: row.value for row in connection.execute(select(meta))}
    cursors = connection.execute(select(feed_cursor)).all()
    return KeptSync(
        hub_id=uuid.UUID(noted[HUB_ID]) if HUB_ID in noted else None,
        epoch=int(noted.get(EPOCH, 0)),
        base=int(noted.get(BASE, 0)),
        sent=int(connection.exec_driver_sql(_SENT).scalar_one()),
        written=int(connection.exec_driver_sql(_WRITTEN).scalar_one()),
        cursors={row.perimeter: row.pos for row in cursors},
        chains={row.perimeter: row.chain for row in cursors},
        copied=int(noted.get(COPIED, 0)),
    )


def _cursor(connection: Connection, perimeter: str) -> int:
    statement = select(func.max(feed_cursor.c.pos)).where(feed_cursor.c.perimeter == perimeter)
    return int(connection.scalar(statement) or 0)


def _rewind(connection: Connection, position: int) -> None:
    connection.execute(delete(event_ack).where(event_ack.c.device_seq > position))
    again = event.c.state.in_(("acked", "quarantined", ELSEWHERE)) & (event.c.device_seq > position)
    connection.execute(update(event).where(again).values(state="pending"))


def _set_meta(connection: Connection, name: str, value: str) -> None:
    connection.execute(delete(meta).where(meta.c.name == name))
    connection.execute(insert(meta).values(name=name, value=value))


def _unsent(row: Row[Any]) -> UnsentEvent:
    return UnsentEvent(
        position=row.device_seq,
        event_id=uuid.UUID(bytes=row.event_id),
        stream=row.stream,
        kind=row.kind,
        schema_v=row.schema_v,
        author=row.author,
        occurred_at=from_microseconds(row.occurred_at),
        clock_offset_ms=row.clock_offset_ms,
        body=row.body or b"",
        salt=row.salt or b"",
        content_sha=row.content_sha,
        refused=row.state in ("refused", ELSEWHERE),
    )


def _row_of(found: FedEvent) -> dict[str, Any]:
    return {
        "event_id": found.event_id.bytes,
        "stream": found.stream,
        "ver": found.ver,
        "device": found.device,
        "device_seq": found.device_seq,
        "kind": found.kind,
        "schema_v": found.schema_v,
        "author": found.author,
        "role": found.role,
        "occurred_at": to_microseconds(found.occurred_at),
        "clock_offset_ms": found.clock_offset_ms,
        "body": found.body,
        "content_sha": found.content_sha,
        "effective": int(found.effective),
        "refusal": found.refusal,
        "number": found.number,
        "received_at": to_microseconds(found.received_at),
    }


def _from_row(row: Row[Any]) -> FedEvent:
    return FedEvent(
        event_id=uuid.UUID(bytes=row.event_id),
        stream=row.stream,
        ver=row.ver,
        device=row.device,
        device_seq=row.device_seq,
        kind=row.kind,
        schema_v=row.schema_v,
        author=row.author,
        role=row.role,
        occurred_at=from_microseconds(row.occurred_at),
        clock_offset_ms=row.clock_offset_ms,
        body=row.body,
        content_sha=row.content_sha,
        effective=bool(row.effective),
        refusal=row.refusal,
        number=row.number,
        received_at=from_microseconds(row.received_at),
    )
