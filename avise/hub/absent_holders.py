"""Who is away now, as the journal tells it: what they hold may be taken by a colleague (decision 21)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from avise.hub.dialect import Statement, rows
from avise.hub.moments import moment
from avise.models.absences import KINDS, absence_stream, fold_absences
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON

_KNOWN = frozenset(kind.value for kind in KINDS)
_ABSENCES = Statement(
    "SELECT event_id, device, device_seq, kind, schema_v, author, role, received_at, body FROM event"
    " WHERE stream = :stream AND effective = 1 ORDER BY ver"
)


def is_away(connection: Connection, login: str, now: datetime) -> bool:
    """Say whether somebody declared, themselves, an absence that lasts."""
    stream = absence_stream(login)
    told = [
        EventEnvelope(
            event_id=uuid.UUID(line.event_id), device_id=line.device, device_seq=line.device_seq,
            stream=stream, kind=EventKind(line.kind), schema_v=line.schema_v, author=line.author,
            role=line.role, occurred_at=moment(line.received_at), clock_offset_ms=0, body=_body(line.body),
            content_sha=b"", salt=b"",
        )
        for line in rows(connection, _ABSENCES, stream=stream)
        if line.author == login and line.kind in _KNOWN
    ]  # fmt: skip
    return any(absence.covers(now) for absence in fold_absences(told))


def _body(content: bytes | None) -> Mapping[str, JSON]:
    if content is None:
        return {}
    found: JSON = json.loads(content)
    return found if isinstance(found, Mapping) else {}
