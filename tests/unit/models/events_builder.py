"""Builds events as several workstations would write them, without a store."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON

NOON = datetime(2026, 3, 24, 11, 0, tzinfo=UTC)


def event(
    kind: EventKind,
    stream: str,
    body: Mapping[str, JSON] | None = None,
    *,
    seq: int = 1,
    device: str = "poste-1",
    at: datetime | None = None,
    offset_ms: int = 0,
    author: str = "lea.girard",
    schema_v: int = 1,
) -> EventEnvelope:
    """Return an event whose identity comes from its device and position."""
    return EventEnvelope(
        event_id=uuid.uuid5(uuid.NAMESPACE_OID, f"{device}/{seq}"),
        device_id=device,
        device_seq=seq,
        stream=stream,
        kind=kind,
        schema_v=schema_v,
        author=author,
        role="agent",
        occurred_at=at if at is not None else NOON + timedelta(seconds=seq),
        clock_offset_ms=offset_ms,
        body=dict(body or {}),
        content_sha=b"",
        salt=b"",
    )
