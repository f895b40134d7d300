"""What was received without the right to write: kept whole, never effective, until somebody decides."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from avise.hub.dialect import Statement, change, row, rows
from avise.hub.moments import microseconds, moment
from avise.hub.port import Actor, PushedEvent
from avise.models.request_rules import Refusal
from avise.models.roles import Role

QUARANTINE_COLUMNS = (
    "event_id", "device", "device_seq", "stream", "kind", "schema_v", "author", "login", "role",
    "occurred_at", "clock_offset_ms", "body", "salt", "content_sha", "reason", "perimeter", "received_at",
)  # fmt: skip

INSERT_QUARANTINE = Statement(
    f"INSERT INTO quarantine ({', '.join(QUARANTINE_COLUMNS)})"  # noqa: S608 - our own names
    f" VALUES ({', '.join(f':{name}' for name in QUARANTINE_COLUMNS)})"
)
_EARLY = Statement(
    f"SELECT {', '.join(QUARANTINE_COLUMNS)} FROM quarantine WHERE stream IN [streams]"  # noqa: S608 - our own names
    " AND reason = :reason AND settled = '' ORDER BY received_at, device, device_seq"
)
_ONE = Statement(
    f"SELECT {', '.join(QUARANTINE_COLUMNS)} FROM quarantine"  # noqa: S608 - our own names
    " WHERE event_id = :event_id AND settled = '' FOR NO KEY UPDATE"
)
_SETTLE = Statement(
    "UPDATE quarantine SET settled = :settled, settled_by = :login, settled_at = :now"
    " WHERE event_id = :event_id"
)


@dataclass(frozen=True, slots=True)
class PutAside:
    """One event of the quarantine, and who sent it."""

    event: PushedEvent
    actor: Actor
    reason: str
    perimeter: str


def early_events(connection: Connection, streams: Sequence[str]) -> list[PutAside]:
    """Return what was written on requests before the hub knew them, in the order in which it came.

    After a restore a colleague's workstation may send what it did to a request before the requester's
    own workstation sends the request again.
    """
    found = rows(connection, _EARLY, streams=list(streams), reason=Refusal.UNKNOWN_REQUEST.value)
    return [_put_aside(line) for line in found]


def put_aside(connection: Connection, event: uuid.UUID) -> PutAside | None:
    """Return an event of the quarantine that nobody has settled, its row locked."""
    found = row(connection, _ONE, event_id=str(event))
    return None if found is None else _put_aside(found)


def settle(connection: Connection, event: uuid.UUID, settled: str, login: str, now: datetime) -> None:
    """Keep what was decided of an event: "adopted", or "set_aside"."""
    change(connection, _SETTLE, event_id=str(event), settled=settled, login=login, now=microseconds(now))


def _put_aside(line: Row[Any]) -> PutAside:
    event = PushedEvent(
        event_id=uuid.UUID(line.event_id),
        device_seq=line.device_seq,
        stream=line.stream,
        kind=line.kind,
        schema_v=line.schema_v,
        author=line.author,
        occurred_at=moment(line.occurred_at),
        clock_offset_ms=line.clock_offset_ms,
        body=line.body or b"",
        salt=line.salt or b"",
        content_sha=line.content_sha,
    )
    return PutAside(event, Actor(line.author, Role(line.role), line.device), line.reason, line.perimeter)
