"""Our own events as the hub takes them: each under its number, a void one where one is missing or refused."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime

from avise.hub.port import MAX_PUSH, PushedEvent
from avise.services.sync import VOID
from avise.store.feed import UnsentEvent

MOST_BYTES = 4 * 1024 * 1024
"""Of the bodies of one push: what a slow line carries within its deadline."""

_NOTHING = b"{}"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def push_of(
    events: Iterable[UnsentEvent], after: int, base: int, device: str, author: str
) -> list[PushedEvent]:
    """Return what to push: dense numbers from the one that the hub expects.

    Args:
        events: of the journal after a position, in order.
        after: that position.
        base: taken away from positions to give the hub's numbers.
        device: this workstation.
        author: who is signed in: the author of a void event where a damaged journal lost one.
    """
    found: list[PushedEvent] = []
    size = 0
    for event in events:
        while after + 1 < event.position and len(found) < MAX_PUSH:
            after += 1
            found.append(_lost(after, base, device, author))
        size += len(event.body)
        if len(found) >= MAX_PUSH or (found and size > MOST_BYTES):
            break
        after = event.position
        found.append(_void(event, base, device) if event.refused else _whole(event, base))
    return found


def _whole(event: UnsentEvent, base: int) -> PushedEvent:
    return PushedEvent(
        event.event_id, event.position - base, event.stream, event.kind, event.schema_v, event.author,
        event.occurred_at, event.clock_offset_ms, event.body, event.salt, event.content_sha,
    )  # fmt: skip


def _void(event: UnsentEvent, base: int, device: str) -> PushedEvent:
    identity = uuid.uuid5(event.event_id, f"{VOID}/{device}")
    return _empty(identity, event.position - base, event.author, event.occurred_at)


def _lost(position: int, base: int, device: str, author: str) -> PushedEvent:
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{device}/{position}")
    return _empty(identity, position - base, author, _LONG_AGO)


def _empty(identity: uuid.UUID, number: int, author: str, at: datetime) -> PushedEvent:
    """Return a void event: the same each time that it is sent."""
    salt = identity.bytes
    sealed = hashlib.sha256(salt + _NOTHING).digest()
    return PushedEvent(identity, number, VOID, VOID, 1, author, at, 0, _NOTHING, salt, sealed)
