"""An event as a feed of the hub gave it: what a workstation keeps, whatever version wrote it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.request_fold import JudgedEvent
from avise.models.requests import request_of_stream
from avise.models.upcasting import newest, upcast

_KNOWN = {kind.value: kind for kind in EventKind}
_UNREADABLE = EventKind.REQUEST_NOTED
"""Stands for the kind of an event that is not known: folds leave such an event unread."""


@dataclass(frozen=True, slots=True)
class FedEvent:
    """One event with the hub's verdict, its body still opaque."""

    event_id: uuid.UUID
    stream: str
    ver: int
    device: str
    device_seq: int
    kind: str
    schema_v: int
    author: str
    role: str
    occurred_at: datetime
    clock_offset_ms: int
    body: bytes | None
    """None once erased, or when this user may not read it."""
    content_sha: bytes
    effective: bool
    refusal: str
    number: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class FedPage:
    """Events of several feeds, and how far each feed has come with them."""

    events: tuple[FedEvent, ...]
    places: tuple[tuple[str, int, uuid.UUID], ...]
    """Perimeter, position and event of each row."""
    since: Mapping[str, int]
    """Cursors from which they were asked."""
    through: Mapping[str, int]
    """Cursors once they are kept."""
    chains: Mapping[str, bytes]
    """Chain of each perimeter at that cursor."""


def judged(event: FedEvent) -> JudgedEvent:
    """Return an event as folds read it."""
    kind = _KNOWN.get(event.kind)
    body = _body(event.body)
    envelope = EventEnvelope(
        event_id=event.event_id,
        device_id=event.device,
        device_seq=event.device_seq,
        stream=event.stream,
        kind=kind or _UNREADABLE,
        schema_v=event.schema_v,
        author=event.author,
        role=event.role,
        occurred_at=event.occurred_at,
        clock_offset_ms=event.clock_offset_ms,
        body=body if kind is None else upcast(kind, event.schema_v, body),
        content_sha=event.content_sha,
        salt=b"",
    )
    return JudgedEvent(
        envelope,
        event.ver,
        event.received_at,
        effective=event.effective,
        refusal=event.refusal,
        number=event.number,
        known=_is_read(kind, event),
    )


def _is_read(kind: EventKind | None, event: FedEvent) -> bool:
    """Say whether folds may read an event; beside requests, a newer version is read as far as it is known."""
    if kind is None:
        return False
    return event.schema_v <= newest(kind) or request_of_stream(event.stream) is None


def _body(body: bytes | None) -> Mapping[str, JSON]:
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
