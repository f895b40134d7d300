"""The hash chain of a perimeter, which the hub writes and every workstation checks (decision 23).

Each link covers what is before it, the header of the event with the hub's verdict, and the hash of its
content: an erasure of body and salt leaves the chain as it was.
"""

from __future__ import annotations

import hashlib

from avise.hub.port import PulledEvent

FIRST = bytes(32)
"""Before the first event of a perimeter."""

SEPARATOR = "\x1f"
"""Between the fields of a header; no field holds one."""


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
            event.identity, event.device, str(event.device_seq), event.stream, event.kind,
            str(event.schema_v), event.author, event.role, str(event.occurred),
            str(event.clock_offset_ms), str(event.counted), event.refusal, str(event.ver),
            event.number, str(event.received),
        )
    )  # fmt: skip


def link_after(previous: bytes, event: PulledEvent) -> bytes:
    """Return the link that an event of a feed must bear when `previous` is the one before it."""
    return link(previous, header_of(event), event.content_sha)
