"""A representative's visits, as the journal's events tell them.

A visit is one stream, `visit/<id>`, whose identity every workstation derives from the appointment: the
calendar tells when and where, the events tell what came of it. The same events give the same visit
whatever the order in which they were delivered (`avise.models.event_fold`).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from avise.models.customer import PersonId
from avise.models.event_fold import effective, identity_in, identity_of, moment_in, text_in
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON

PREFIX = "visit/"
"""Begins the stream of every visit."""

KINDS = (EventKind.VISIT_STARTED, EventKind.VISIT_ENDED, EventKind.VISIT_MISSED, EventKind.UNDONE)

VisitId = uuid.UUID

_APPOINTMENTS = uuid.UUID("5f0b6a52-9a0e-5c86-b1a3-2f6f6d0f8a11")
"""Namespace of the visits that appointments announce."""


@dataclass(frozen=True, slots=True)
class KnownVisit:
    """What the journal knows of one visit.

    Args:
        id: its identity.
        person: whom it was to.
        starts_at: of the appointment, as it was when something was written.
        purpose: of the appointment.
        place: of the appointment.
        started_at: when it began; None before.
        ended_at: when its report was recorded; None before.
        missed_at: when it was said not to have taken place; None otherwise.
        report: the body of the latest report.
        command: the appointment that was asked of the calendar; None without one.
        asked: every request filed so far, by the rule that proposed it.
    """

    id: VisitId
    person: PersonId | None = None
    starts_at: datetime | None = None
    purpose: str = ""
    place: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    missed_at: datetime | None = None
    report: Mapping[str, JSON] = field(default_factory=dict)
    command: uuid.UUID | None = None
    asked: tuple[str, ...] = ()


def visit_of_appointment(instance: str, record: str) -> VisitId:
    """Return the identity of the visit that an appointment announces.

    Args:
        instance: of the calendar tool.
        record: the appointment's identifier there; it stays when the appointment is moved.
    """
    return uuid.uuid5(_APPOINTMENTS, f"{instance}/{record}")


def visit_stream(visit: VisitId) -> str:
    """Return the stream of a visit's events."""
    return f"{PREFIX}{visit}"


def visit_of_stream(stream: str) -> VisitId | None:
    """Return the visit that a stream is of; None for any other stream."""
    return identity_of(stream.removeprefix(PREFIX)) if stream.startswith(PREFIX) else None


def fold_visits(events: Iterable[EventEnvelope]) -> Mapping[VisitId, KnownVisit]:
    """Return every visit that events tell of."""
    by_stream: dict[str, list[EventEnvelope]] = defaultdict(list)
    for event in events:
        by_stream[event.stream].append(event)
    found = (fold_visit(of_one) for of_one in by_stream.values())
    return {visit.id: visit for visit in found if visit is not None}


def fold_visit(events: Iterable[EventEnvelope]) -> KnownVisit | None:
    """Return the visit that the events of its stream make; None when none of them counts.

    A report recorded again corrects the one before; a visit that was missed and then took place took
    place.
    """
    counted = effective(events)
    identity = visit_of_stream(counted[0].stream) if counted else None
    if identity is None:
        return None
    visit = KnownVisit(identity)
    for event in counted:
        visit = _after(visit, event)
    return visit


def _after(visit: KnownVisit, event: EventEnvelope) -> KnownVisit:
    visit = replace(
        visit,
        person=identity_in(event, "person") or visit.person,
        starts_at=moment_in(event, "starts_at") or visit.starts_at,
        purpose=text_in(event, "purpose") or visit.purpose,
        place=text_in(event, "place") or visit.place,
    )
    match event.kind:
        case EventKind.VISIT_STARTED:
            return replace(visit, started_at=visit.started_at or event.occurred_at, missed_at=None)
        case EventKind.VISIT_ENDED:
            report = event.body.get("report")
            return replace(
                visit,
                ended_at=event.occurred_at,
                missed_at=None,
                report=report if isinstance(report, dict) else {},
                command=identity_in(event, "command") or visit.command,
                asked=tuple(dict.fromkeys((*visit.asked, *_words(event.body.get("asked"))))),
            )
        case EventKind.VISIT_MISSED:
            if visit.ended_at is not None:
                return visit
            return replace(visit, missed_at=event.occurred_at, report={"note": text_in(event, "reason")})
        case _:
            return visit


def _words(value: JSON) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
