"""Bodies of older versions of events, brought one version at a time to the one that this program reads.

An upcaster is pure and never edited once released; to change a body, write its next version and add one
here. Files of `tests/golden/events` hold each version that was ever written (`hub.md` 5, "Versions").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON

Body = Mapping[str, JSON]
Upcaster = Callable[[Body], Body]
Upcasters = Mapping[tuple[EventKind, int], Upcaster]

UPCASTERS: Upcasters = {}
"""Takes the body of a kind from a version to the next. `interaction_recorded` needs none: its readers take
version 1 and 2 as they are."""

READ_AS_THEY_ARE: Mapping[EventKind, int] = {EventKind.INTERACTION_RECORDED: 2}
"""Newest version of the kinds whose readers take every version without an upcaster."""


def newest(kind: EventKind, upcasters: Upcasters = UPCASTERS) -> int:
    """Return the newest version of a kind's body that this program reads."""
    version = READ_AS_THEY_ARE.get(kind, 1)
    while (kind, version) in upcasters:
        version += 1
    return version


def upcast(kind: EventKind, version: int, body: Body, upcasters: Upcasters = UPCASTERS) -> Body:
    """Return a body as the newest version says it; one of a newer version comes back as it is."""
    while (step := upcasters.get((kind, version))) is not None:
        body, version = step(body), version + 1
    return body


def as_read_now(event: EventEnvelope, upcasters: Upcasters = UPCASTERS) -> EventEnvelope:
    """Return an own event with its body as it is read now; its seal was another body's, and is dropped."""
    if (event.kind, event.schema_v) not in upcasters:
        return event
    body = upcast(event.kind, event.schema_v, event.body, upcasters)
    return replace(event, body=body, schema_v=newest(event.kind, upcasters), salt=b"")
