"""Who is away, until when, and who does their tasks meanwhile (decision 21: a declared absence).

An absence changes no task: while it lasts, what falls due then belongs to the deputy, and what is left
comes back by itself when it ends.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from avise.models.event_fold import effective, identity_in, moment_in, text_in
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.tasks import Task

PREFIX = "absence/"
"""Begins the stream of each person's absences."""

KINDS = (EventKind.ABSENCE_DECLARED, EventKind.ABSENCE_ENDED, EventKind.UNDONE)


@dataclass(frozen=True, slots=True)
class Absence:
    """A time during which somebody is away."""

    id: uuid.UUID
    """Of the event that declared it."""
    user: str
    deputy: str
    starts: datetime
    ends: datetime

    def covers(self, moment: datetime) -> bool:
        """Say whether the person is away at a moment."""
        return self.starts <= moment < self.ends


def absence_stream(user: str) -> str:
    """Return the stream of somebody's absences."""
    return f"{PREFIX}{user}"


def declared_body(deputy: str, starts: datetime, ends: datetime) -> dict[str, JSON]:
    """Return the body of `absence_declared`."""
    return {"deputy": deputy, "starts": starts.isoformat(), "ends": ends.isoformat()}


def fold_absences(events: Iterable[EventEnvelope]) -> tuple[Absence, ...]:
    """Return the absences that events tell of, the first to start first; those taken back are not there."""
    found: dict[uuid.UUID, Absence] = {}
    for event in effective(events):
        if event.kind is EventKind.ABSENCE_DECLARED and (absence := _declared(event)) is not None:
            found[absence.id] = absence
        elif event.kind is EventKind.ABSENCE_ENDED:
            known = found.get(identity_in(event, "absence") or event.event_id)
            if known is not None and event.occurred_at < known.ends:
                found[known.id] = replace(known, ends=max(event.occurred_at, known.starts))
    kept = (absence for absence in found.values() if absence.starts < absence.ends)
    return tuple(sorted(kept, key=lambda absence: (absence.starts, absence.id)))


def _declared(event: EventEnvelope) -> Absence | None:
    starts, ends, deputy = moment_in(event, "starts"), moment_in(event, "ends"), text_in(event, "deputy")
    if starts is None or ends is None or not deputy:
        return None
    user = event.stream.removeprefix(PREFIX)
    return Absence(event.event_id, user, deputy, starts, ends)


def holder(task: Task, absences: Sequence[Absence], now: datetime) -> str:
    """Return who has to do a task: its assignee, or the deputy while the assignee is away.

    A task belongs to whoever is there when it falls due, or now when it is late. A deputy may be away
    too; when everybody in turn is, it stays with its assignee.
    """
    moment = max(task.due, now)
    away = {absence.user: absence.deputy for absence in absences if absence.covers(moment)}
    found, passed = task.assignee, {task.assignee}
    while found in away:
        found = away[found]
        if found in passed:
            return task.assignee
        passed.add(found)
    return found
