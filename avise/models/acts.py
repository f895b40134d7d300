"""What somebody did and may take back: the events that one intention wrote (decision 30)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from avise.models.event_fold import UNDO_FOR
from avise.models.journal import EventEnvelope, EventKind


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the user, as it can be undone."""

    kind: EventKind
    """Of its first event."""
    events: tuple[uuid.UUID, ...]
    """What it wrote, in order."""
    until: datetime
    """Until when it can be undone."""
    subject: uuid.UUID | None = None
    """The task, the person or the absence that it made or changed."""


def act_of(written: Sequence[EventEnvelope], subject: uuid.UUID | None = None) -> Act:
    """Return the act that wrote some events."""
    first = written[0]
    identities = tuple(event.event_id for event in written)
    return Act(first.kind, identities, first.occurred_at + UNDO_FOR, subject)
