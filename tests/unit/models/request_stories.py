"""Tells what happens to one request, judged step by step as a hub would, without a store."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.request_fold import JudgedEvent
from avise.models.request_rules import Decision, Deed, Refusal, RequestState, decide
from avise.models.requests import RequestStatus, request_stream
from avise.models.roles import Role

MORNING = datetime(2026, 3, 24, 8, 0, tzinfo=UTC)
REQUEST = uuid.UUID("019cf000-0000-7000-8000-000000000187")
OTHER = uuid.UUID("019cf000-0000-7000-8000-000000000188")
STREAM = request_stream(REQUEST)
CREATION: Mapping[str, JSON] = {
    "type": "REIMB_SEARCH",
    "queue": "PREST_SOINS",
    "team": "team/plateau",
    "title": "Remboursement optique non reçu",
    "words": "Le virement est-il parti ?",
    "channel": "phone_in",
    "terms": {"target_minutes": 1620},
    "fields": {"amount": "250.15"},
    "documents": [{"id": "invoice", "required": True, "received": False}],
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does something, and where they may write."""

    login: str
    role: Role
    handles: bool = False
    requests: bool = False


LEA = Person("lea.girard", Role.AGENT, requests=True)
PAUL = Person("paul.riou", Role.AGENT, requests=True)
NOE = Person("noe.petit", Role.REP, requests=True)
KARIM = Person("karim.benali", Role.CASE_MANAGER, handles=True)
INES = Person("ines.moreau", Role.CASE_MANAGER, handles=True)
TOM = Person("tom.riou", Role.CASE_MANAGER)
"""Works in another corbeille."""
SARA = Person("sara.lemoine", Role.TEAM_LEAD, handles=True, requests=True)
AUDITOR = Person("ana.roche", Role.AUDITOR, handles=True, requests=True)
PEOPLE = (LEA, PAUL, NOE, KARIM, INES, TOM, SARA, AUDITOR)


def event_id(number: int) -> uuid.UUID:
    """Return the identity of a story's nth event."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"request/{number}")


@dataclass(slots=True)
class Story:
    """A request's stream as the hub keeps it: each event with its verdict, each state on the way."""

    now: datetime = MORNING
    events: list[JudgedEvent] = field(default_factory=list)
    states: list[RequestState | None] = field(default_factory=lambda: [None])
    """Before the first event, then after each."""
    decisions: list[Decision] = field(default_factory=list)

    @property
    def state(self) -> RequestState:
        found = self.states[-1]
        assert found is not None
        return found

    def status(self) -> RequestStatus:
        return self.state.status

    def tell(
        self,
        person: Person,
        kind: EventKind,
        body: Mapping[str, JSON] | None = None,
        *,
        minutes: float = 1,
        kept: bool = True,
    ) -> Refusal | None:
        """Let somebody do something, and return why it does not count.

        Args:
            person: who does it.
            kind: what is done.
            body: what it says.
            minutes: since what came before.
            kept: False to try without keeping it.
        """
        at = self.now + timedelta(minutes=minutes)
        made = written(person, kind, body, number=len(self.events) + 1, at=at)
        deed = Deed(
            kind, made.event_id, person.login, person.role, at, made.body,
            person.handles, person.requests, STREAM,
        )  # fmt: skip
        decision = decide(self.states[-1], deed)
        if kept:
            self.now = at
            self.decisions.append(decision)
            self.states.append(decision.state)
            self.events.append(
                JudgedEvent(made, len(self.events) + 1, at, decision.effective, decision.refusal or "")
            )
        return decision.refusal

    def last(self) -> str:
        """Return the identity of the last event, as a body names it."""
        return str(self.events[-1].event.event_id)


def written(
    person: Person, kind: EventKind, body: Mapping[str, JSON] | None = None, *, number: int, at: datetime
) -> EventEnvelope:
    """Return an event as a workstation writes it."""
    return EventEnvelope(
        event_id=event_id(number),
        device_id=person.login,
        device_seq=number,
        stream=STREAM,
        kind=kind,
        schema_v=1,
        author=person.login,
        role=person.role.value,
        occurred_at=at,
        clock_offset_ms=0,
        body=dict(CREATION if kind is EventKind.REQUEST_CREATED and body is None else body or {}),
        content_sha=b"",
        salt=b"",
    )


def created(person: Person = LEA) -> Story:
    """Return the story of a request that was just sent."""
    story = Story()
    assert story.tell(person, EventKind.REQUEST_CREATED) is None
    story.events[0] = replace(story.events[0], number="D-2026-000187-K")
    return story


def taken(person: Person = KARIM) -> Story:
    """Return the story of a request that somebody took."""
    story = created()
    assert story.tell(person, EventKind.REQUEST_CLAIMED) is None
    return story
