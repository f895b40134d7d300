"""Messages of one person's desk, from their planning to their end, each change with its event.

Only one change of a status can win: each names the status that it leaves, in the transaction of its
event, so that a message leaves once whatever process asks.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from avise.env import Env
from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.customer import PersonId
from avise.models.identifiers import holds_nir
from avise.models.journal import NewEvent
from avise.models.outgoing import (
    ENDED,
    NEXT,
    MessageContent,
    MessageId,
    MessageStatus,
    OutgoingMessage,
)
from avise.models.roles import Session
from avise.store.errors import NirAtRestError, TooBigError
from avise.store.journal import Journal
from avise.store.store import Store
from avise.store.tables import outgoing_message as table
from avise.store.times import from_microseconds, to_microseconds

MAX_CONTENT_BYTES = 256 * 1024

KEPT_ENDED = timedelta(days=30)
"""How long a message that ended stays in the list; the journal tells it for good."""

_NEEDED = (MessageStatus.PLANNED, MessageStatus.SENDING)
"""Until then the content is kept; afterwards the template, its version and the day are enough."""


class _NoLongerSoError(Exception):
    """Ends a transaction whose message has another status by now."""


class OutgoingMessages:
    """Keeps the messages of one person's desk; implements the services' port of the same name.

    Args:
        store: where they are kept.
        env: the clock.
        journal: what is written together with them.
        login: whose desk it is; nobody reads another's.
    """

    def __init__(self, store: Store, env: Env, journal: Journal, login: str) -> None:
        self._store = store
        self._env = env
        self._journal = journal
        self._login = login

    async def plan(
        self, session: Session, message: OutgoingMessage, content: MessageContent, event: NewEvent
    ) -> None:
        """Keep a message and its event, both or none; durable when this returns.

        Raises:
            NirAtRestError: the content holds a NIR (decision 4).
            TooBigError: the content is over `MAX_CONTENT_BYTES`.
            StoreError: nothing was kept.
        """
        await self._journal.append_all(session, event, beside=(self.planning(message, content),))

    def planning(self, message: OutgoingMessage, content: MessageContent) -> Callable[[Connection], None]:
        """Return the change that keeps a message, to be written with other things; errors as `plan`."""
        row = _row_of(message) | {"login": self._login, "content": _encoded(content)}

        def write(connection: Connection) -> None:
            connection.execute(insert(table).values(row))

        return write

    async def change(
        self, session: Session, before: OutgoingMessage, after: OutgoingMessage, event: NewEvent | None = None
    ) -> bool:
        """Keep a message's new status with its event; False when it no longer has the status it had.

        Raises:
            ValueError: no message goes from the one status to the other.
            StoreError: nothing was kept.
        """
        if after.status not in NEXT.get(before.status, frozenset()):
            raise ValueError(after.status)
        row = _row_of(after)
        if after.status not in _NEEDED:
            row["content"] = None

        def write(connection: Connection) -> None:
            same = (table.c.message_id == before.id.bytes) & (table.c.status == before.status.value)
            if connection.execute(update(table).where(same).values(row)).rowcount != 1:
                raise _NoLongerSoError

        try:
            if event is None:
                await self._store.write(write)
            else:
                await self._journal.append_all(session, event, beside=(write,))
        except _NoLongerSoError:
            return False
        return True

    async def content(self, message: MessageId) -> MessageContent | None:
        """Return what leaves, None once it is no longer needed."""
        statement = select(table.c.content).where(table.c.message_id == message.bytes)
        found = await self._store.read(lambda connection: connection.scalar(statement))
        return MessageContent(**json.loads(found)) if found is not None else None

    async def message(self, message: MessageId) -> OutgoingMessage | None:
        """Return one message of this desk."""
        found = await self._select(table.c.message_id == message.bytes)
        return found[0] if found else None

    async def all(self) -> tuple[OutgoingMessage, ...]:
        """Return every message of this desk, the last planned first."""
        return await self._select(table.c.login == self._login)

    async def with_status(
        self, status: MessageStatus, person: PersonId | None = None
    ) -> tuple[OutgoingMessage, ...]:
        """Return the messages that have a status, of one member or of all, whoever planned them."""
        where = table.c.status == status.value
        return await self._select(where if person is None else where & (table.c.person == person.bytes))

    async def _select(self, where: ColumnElement[bool]) -> tuple[OutgoingMessage, ...]:
        statement = select(table).where(where).order_by(table.c.planned_at.desc(), table.c.message_id.desc())
        rows = await self._store.read(lambda connection: connection.execute(statement).all())
        return tuple(_message_of(row) for row in rows)

    async def next_departure(self) -> datetime | None:
        """Return when the next planned message leaves, None when none waits."""
        statement = select(table.c.departs_at).where(table.c.status == MessageStatus.PLANNED.value)
        first = statement.order_by(table.c.departs_at).limit(1)
        found = await self._store.read(lambda connection: connection.scalar(first))
        return from_microseconds(found) if found is not None else None

    async def purge(self) -> int:
        """Forget the messages that ended long ago; return how many."""
        limit = to_microseconds(self._env.now() - KEPT_ENDED)
        ended = table.c.status.in_([status.value for status in ENDED]) & (table.c.changed_at < limit)
        return await self._store.write(
            lambda connection: connection.execute(delete(table).where(ended)).rowcount
        )


def _encoded(content: MessageContent) -> bytes:
    written = json.dumps(
        {"recipient": content.recipient, "subject": content.subject, "body": content.body},
        ensure_ascii=False,
    ).encode("utf-8", "replace")
    if len(written) > MAX_CONTENT_BYTES:
        raise TooBigError
    if holds_nir(written):
        raise NirAtRestError
    return written


def _row_of(message: OutgoingMessage) -> dict[str, Any]:
    return {
        "message_id": message.id.bytes,
        "person": message.person.bytes,
        "template": message.template,
        "template_version": message.template_version,
        "title": message.title,
        "purpose": message.purpose.value,
        "channel": message.channel.value,
        "language": message.language,
        "status": message.status.value,
        "planned_at": to_microseconds(message.planned_at),
        "departs_at": to_microseconds(message.departs_at),
        "changed_at": to_microseconds(message.changed_at),
        "attempts": message.attempts,
        "reason": message.reason,
        "detail": message.detail,
    }


def _message_of(row: Row[Any]) -> OutgoingMessage:
    return OutgoingMessage(
        id=uuid.UUID(bytes=row.message_id),
        person=uuid.UUID(bytes=row.person),
        template=row.template,
        template_version=row.template_version,
        title=row.title,
        purpose=ConsentPurpose(row.purpose),
        channel=ConsentChannel(row.channel),
        language=row.language,
        status=MessageStatus(row.status),
        planned_at=from_microseconds(row.planned_at),
        departs_at=from_microseconds(row.departs_at),
        changed_at=from_microseconds(row.changed_at),
        attempts=row.attempts,
        reason=row.reason,
        detail=row.detail,
    )
