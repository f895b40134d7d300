"""Our own events: appended in one transaction, dense by device, never changed (decision 23)."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from avise.env import Env
from avise.models.free_text import holds_nir_in_words
from avise.models.identifiers import holds_nir
from avise.models.interaction import Interaction
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.own_history import UNLINKED, attached_events, told_interactions
from avise.models.roles import Session
from avise.models.upcasting import as_read_now
from avise.store.errors import NirAtRestError, TooBigError
from avise.store.store import Store
from avise.store.tables import event
from avise.store.times import from_microseconds, to_microseconds

MAX_BODY_BYTES = 64 * 1024
"""What the hub accepts for one event (`hub.md` 7, scenario 16)."""

# Written out: every opening appends, and building the statement cost more than running it.
_LAST_POSITION = "SELECT max(device_seq) FROM event"
_APPEND = (
    "INSERT INTO event (device_seq, event_id, device_id, stream, kind, schema_v, author, role, occurred_at,"
    " clock_offset_ms, body, salt, content_sha, state) VALUES (:device_seq, :event_id, :device_id, :stream,"
    " :kind, :schema_v, :author, :role, :occurred_at, :clock_offset_ms, :body, :salt, :content_sha, :state)"
)


class Journal:
    """Appends and reads the workstation's own events.

    Args:
        store: where they are kept.
        env: clock and identifiers.
    """

    def __init__(self, store: Store, env: Env) -> None:
        self._store = store
        self._env = env
        self.clock_offset_ms = 0
        """Measured offset to the hub's clock, set by whoever measures it."""
        self.on_written: Callable[[], None] = _nobody
        """Called once events are kept: whoever sends them need not look for them."""

    async def append(
        self, session: Session, kind: EventKind, stream: str, body: Mapping[str, JSON]
    ) -> EventEnvelope:
        """Write one event; it is durable when this returns.

        Raises:
            NirAtRestError, TooBigError, StoreError: as `append_all`.
        """
        return (await self.append_all(session, NewEvent(stream, kind, body)))[0]

    async def append_all(
        self, session: Session, *events: NewEvent, beside: Sequence[Callable[[Connection], object]] = ()
    ) -> tuple[EventEnvelope, ...]:
        """Write events, all or none; they are durable when this returns.

        Args:
            session: who writes.
            events: in the order in which they are to stand.
            beside: changes of other tables that are kept with them or not at all.

        Raises:
            NirAtRestError: a body holds a NIR.
            TooBigError: a body is over `MAX_BODY_BYTES`.
            StoreError: the store could not write; nothing was.
        """
        bodies = [_encoded(new.body) for new in events]
        now = self._env.now()
        seals = [(self._env.uuid7(), bytes.fromhex(self._env.token())) for _ in events]

        def change(connection: Connection) -> tuple[EventEnvelope, ...]:
            position = int(connection.exec_driver_sql(_LAST_POSITION).scalar() or 0)
            written = []
            for new, body, (event_id, salt) in zip(events, bodies, seals, strict=True):
                position += 1
                envelope = self._envelope(session, new, now, event_id, salt, position, body)
                connection.exec_driver_sql(_APPEND, _row(envelope, body))
                written.append(envelope)
            for other in beside:
                other(connection)
            return tuple(written)

        written = await self._store.write(change)
        self.on_written()
        return written

    async def stream(
        self, stream: str, kinds: Sequence[EventKind] = (), limit: int = 500
    ) -> tuple[EventEnvelope, ...]:
        """Return the last events of a stream, oldest first.

        Args:
            stream: "customer/<PersonId>"…
            kinds: only these; all when empty.
            limit: at most so many, the newest ones.
        """

        def question(connection: Connection) -> tuple[EventEnvelope, ...]:
            statement = select(event).where(event.c.stream == stream)
            if kinds:
                statement = statement.where(event.c.kind.in_([kind.value for kind in kinds]))
            rows = connection.execute(statement.order_by(event.c.device_seq.desc()).limit(limit)).all()
            return _understood(reversed(rows))

        return await self._store.read(question)

    async def under(self, prefix: str, kinds: Sequence[EventKind] = ()) -> tuple[EventEnvelope, ...]:
        """Return every event of the streams that begin with a prefix ("task/"), oldest first."""

        def question(connection: Connection) -> tuple[EventEnvelope, ...]:
            statement = select(event).where(event.c.stream >= prefix, event.c.stream < prefix + "\U0010ffff")
            if kinds:
                statement = statement.where(event.c.kind.in_([kind.value for kind in kinds]))
            rows = connection.execute(statement.order_by(event.c.device_seq)).all()
            return _understood(rows)

        return await self._store.read(question)

    async def events(self, wanted: Iterable[uuid.UUID]) -> tuple[EventEnvelope, ...]:
        """Return events by identity, oldest first; those that are not here are left out."""
        identities = [identity.bytes for identity in wanted]

        def question(connection: Connection) -> tuple[EventEnvelope, ...]:
            statement = select(event).where(event.c.event_id.in_(identities))
            rows = connection.execute(statement.order_by(event.c.device_seq)).all()
            return _understood(rows)

        return await self._store.read(question) if identities else ()

    async def interactions(self, stream: str) -> tuple[Interaction, ...]:
        """Return the exchanges of a stream, newest first: those attached to it, none that was undone."""
        kinds = (EventKind.INTERACTION_RECORDED, EventKind.INTERACTION_ATTACHED, EventKind.UNDONE)
        written = await self.stream(stream, kinds)
        attached = await self.events(attached_events(written))
        undone = await self.stream(UNLINKED, (EventKind.UNDONE,)) if attached else ()
        return told_interactions(written, (*attached, *undone))

    async def since(self, position: int, limit: int = 200) -> tuple[EventEnvelope, ...]:
        """Return events after a position of this device, in order: what is to be sent."""

        def question(connection: Connection) -> tuple[EventEnvelope, ...]:
            statement = select(event).where(event.c.device_seq > position)
            rows = connection.execute(statement.order_by(event.c.device_seq).limit(limit))
            return _understood(rows)

        return await self._store.read(question)

    def _envelope(
        self, session: Session, new: NewEvent, now: datetime, event_id: uuid.UUID, salt: bytes, position: int,
        body: bytes,
    ) -> EventEnvelope:  # fmt: skip
        return EventEnvelope(
            event_id=event_id,
            device_id=self._store.device_id,
            device_seq=position,
            stream=new.stream,
            kind=new.kind,
            schema_v=new.schema_v,
            author=session.user,
            role=session.role.value,
            occurred_at=now,
            clock_offset_ms=self.clock_offset_ms,
            body=dict(new.body),
            content_sha=content_sha(salt, body),
            salt=salt,
        )


def _nobody() -> None:
    return


def content_sha(salt: bytes, body: bytes) -> bytes:
    """Return the seal of a body: SHA-256(salt ‖ body)."""
    return hashlib.sha256(salt + body).digest()


def is_intact(envelope: EventEnvelope) -> bool:
    """Say whether an event's body is the one that was sealed; an erased one counts as intact."""
    if not envelope.salt:
        return True
    return content_sha(envelope.salt, _bytes_of(envelope.body)) == envelope.content_sha


def _bytes_of(body: Mapping[str, JSON]) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _encoded(body: Mapping[str, JSON]) -> bytes:
    encoded = _bytes_of(body)
    if len(encoded) > MAX_BODY_BYTES:
        raise TooBigError
    if holds_nir(encoded) or any(holds_nir_in_words(words) for words in _typed(body)):
        raise NirAtRestError
    return encoded


def _typed(body: Mapping[str, JSON]) -> Iterator[str]:
    # There a NIR without its key is one too; elsewhere thirteen digits may be a member number.
    return (value for name in ("note", "reason", "proof") if isinstance(value := body.get(name), str))


def _row(envelope: EventEnvelope, body: bytes) -> dict[str, Any]:
    return {
        "device_seq": envelope.device_seq,
        "event_id": envelope.event_id.bytes,
        "device_id": envelope.device_id,
        "stream": envelope.stream,
        "kind": envelope.kind.value,
        "schema_v": envelope.schema_v,
        "author": envelope.author,
        "role": envelope.role,
        "occurred_at": to_microseconds(envelope.occurred_at),
        "clock_offset_ms": envelope.clock_offset_ms,
        "body": body,
        "salt": envelope.salt,
        "content_sha": envelope.content_sha,
        "state": "pending",
    }


def _understood(rows: Iterable[Row[Any]]) -> tuple[EventEnvelope, ...]:
    """Return the events that this version can read: one of a newer version still leaves for the hub."""
    return tuple(found for row in rows if (found := _from_row(row)) is not None)


def _from_row(row: Row[Any]) -> EventEnvelope | None:
    try:
        kind, body = EventKind(row.kind), json.loads(row.body) if row.body is not None else {}
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    written = EventEnvelope(
        event_id=uuid.UUID(bytes=row.event_id),
        device_id=row.device_id,
        device_seq=row.device_seq,
        stream=row.stream,
        kind=kind,
        schema_v=row.schema_v,
        author=row.author,
        role=row.role,
        occurred_at=from_microseconds(row.occurred_at),
        clock_offset_ms=row.clock_offset_ms,
        body=body,
        content_sha=row.content_sha,
        salt=row.salt or b"",
    )
    return as_read_now(written)
