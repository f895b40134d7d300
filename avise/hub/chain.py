"""The hash chain of a perimeter, which the hub writes and every workstation checks (decision 23).

Each link covers what is before it, the header of the event with the hub's verdict, and the hash of its
content: an erasure of body and salt leaves the chain as it was.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from avise.hub.port import PulledEvent

FIRST = bytes(32)
"""Before the first event of a perimeter."""

SEPARATOR = "\x1f"
"""Between the fields of a header; no field holds one."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Return an aware moment as the hub keeps it: whole microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """Return the moment of a kept number, aware, in UTC."""
    return _EPOCH + timedelta(microseconds=value)


def content_hash(salt: bytes, body: bytes) -> bytes:
    """Return SHA-256(salt ‖ body)."""
    return hashlib.sha256(salt + body).digest()


def link(previous: bytes, header: str, content_sha: bytes) -> bytes:
    """Return the link after `previous`."""
    return hashlib.sha256(previous + header.encode() + content_sha).digest()


def header_of(event: PulledEvent) -> str:
    """Return the header of an event as its links cover it."""
    return SEPARATOR.join(
        (
            str(event.event_id), event.device, str(event.device_seq), event.stream, event.kind,
            str(event.schema_v), event.author, event.role, str(microseconds(event.occurred_at)),
            str(event.clock_offset_ms), str(int(event.effective)), event.refusal, str(event.ver),
            event.number, str(microseconds(event.received_at)),
        )
    )  # fmt: skip


def link_after(previous: bytes, event: PulledEvent) -> bytes:
    """Return the link that an event of a feed must bear when `previous` is the one before it."""
    return link(previous, header_of(event), event.content_sha)
