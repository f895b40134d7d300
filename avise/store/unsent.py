"""How much of what somebody wrote here the hub does not have yet, by the customer that it is about."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Row

from avise.models.customer import CUSTOMER_STREAMS, PersonId
from avise.models.event_fold import identity_of
from avise.models.journal import EventKind

NOT_WRITTEN = frozenset(
    {
        # Traces of what was read: nobody wrote them.
        EventKind.CONSULTED, EventKind.REVEALED, EventKind.COMPARED, EventKind.CALLER_VERIFIED,
        EventKind.EXPORTED,
        # Told by the commands themselves, which the outbox counts.
        EventKind.COMMAND_CONFIRMED, EventKind.COMMAND_SETTLED, EventKind.CONFIRMATION_ASKED,
        EventKind.CONFIRMATION_GIVEN, EventKind.CONFIRMATION_REFUSED, EventKind.CONFIRMATION_WITHDRAWN,
        EventKind.MESSAGE_PLANNED, EventKind.MESSAGE_UNDONE, EventKind.MESSAGE_STOPPED,
        EventKind.MESSAGE_SENT, EventKind.MESSAGE_FAILED, EventKind.MESSAGE_UNKNOWN,
        EventKind.MESSAGE_DELIVERED, EventKind.MESSAGE_RETURNED,
    }
)  # fmt: skip
"""Kinds that nobody waits to see leave."""

_PERSON = "person/"
_UNSENT = (
    "SELECT event_id, stream, kind, CASE kind WHEN 'undone' THEN body END AS body FROM event"
    " WHERE device_seq > (SELECT coalesce(max(device_seq), 0) FROM event_ack)"
    " AND state = 'pending' AND author = ?"
)
_TOLD = "SELECT body FROM event WHERE stream = ? UNION ALL SELECT body FROM hub_event WHERE stream = ?"


def unsent_by_person(connection: Connection, login: str) -> Mapping[PersonId | None, int]:
    """Return how many things somebody wrote that the hub has not acknowledged; None for no customer.

    What was taken back before it left is nothing to send.
    """
    rows = connection.exec_driver_sql(_UNSENT, (login,)).all()
    by_stream = Counter(row.stream for row in _counted(rows))
    found: Counter[PersonId | None] = Counter()
    for stream, count in by_stream.items():
        found[_person_of(connection, stream)] += count
    return dict(found)


def _counted(rows: Iterable[Row[tuple[bytes, str, str, bytes]]]) -> list[Row[tuple[bytes, str, str, bytes]]]:
    written = {row.event_id: row for row in rows if row.kind not in NOT_WRITTEN}
    for row in tuple(written.values()):
        target = _identity(row.body, "event") if row.kind == EventKind.UNDONE else None
        if target is not None and written.pop(target.bytes, None) is not None:
            del written[row.event_id]
    return list(written.values())


def _person_of(connection: Connection, stream: str) -> PersonId | None:
    """Return whom a stream is about: its name says so, or the first of its events that does."""
    for prefix in (CUSTOMER_STREAMS, _PERSON):
        if stream.startswith(prefix):
            return identity_of(stream.removeprefix(prefix))
    bodies = connection.exec_driver_sql(_TOLD, (stream, stream)).scalars()
    return next((person for body in bodies if (person := _identity(body, "person")) is not None), None)


def _identity(body: bytes | None, name: str) -> uuid.UUID | None:
    try:
        told = json.loads(body) if body else None
    except ValueError:
        return None
    return identity_of(told.get(name)) if isinstance(told, dict) else None
