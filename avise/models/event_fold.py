"""How events become a state: in one order whatever the order of delivery, without those taken back.

A fold is a function of the set of events: the same set gives the same state, however often and in
whatever order its events came. Until the hub gives a position (decision 18), the order is that of the
clocks, corrected by their measured offset; a device's own events never change places, even when its
clock was set back.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON

UNDO_FOR = timedelta(minutes=10)
"""How long an act can be undone (decision 30)."""


def ordered(events: Iterable[EventEnvelope]) -> list[EventEnvelope]:
    """Return the events, each once, in the order in which they count."""
    by_device: dict[str, dict[int, EventEnvelope]] = defaultdict(dict)
    for event in events:
        by_device[event.device_id].setdefault(event.device_seq, event)
    stamped: list[tuple[datetime, str, int, EventEnvelope]] = []
    for device, found in by_device.items():
        latest: datetime | None = None
        for position in sorted(found):
            event = found[position]
            at = corrected(event)
            latest = at if latest is None or at > latest else latest
            stamped.append((latest, device, position, event))
    return [event for *_, event in sorted(stamped, key=lambda stamp: stamp[:3])]


def corrected(event: EventEnvelope) -> datetime:
    """Return when an event happened by the hub's clock, as well as it was known."""
    return event.occurred_at + timedelta(milliseconds=event.clock_offset_ms)


def effective(events: Iterable[EventEnvelope]) -> list[EventEnvelope]:
    """Return the events that count, in order: those taken back and what takes them back are left out."""
    found = ordered(events)
    undone = {identity_in(event, "event") for event in found if event.kind is EventKind.UNDONE}
    return [event for event in found if event.kind is not EventKind.UNDONE and event.event_id not in undone]


def identity_in(event: EventEnvelope, name: str) -> uuid.UUID | None:
    """Return an identity written in a body; None when there is none that can be read."""
    return identity_of(event.body.get(name))


def identity_of(value: JSON) -> uuid.UUID | None:
    """Return an identity from its text; None for anything else."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def moment_in(event: EventEnvelope, name: str) -> datetime | None:
    """Return an aware time written in a body; None when there is none that can be read."""
    return moment_of(event.body.get(name))


def moment_of(value: JSON) -> datetime | None:
    """Return an aware time from its text; None for anything else, a time without a zone included."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def text_in(event: EventEnvelope, name: str) -> str:
    """Return a text written in a body, "" when absent."""
    value = event.body.get(name)
    return value if isinstance(value, str) else ""
