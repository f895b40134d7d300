"""One request as a list shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from avise.hub.port import Presence
from avise.models.customer import PersonId, SearchHit
from avise.models.request_types import Queue
from avise.models.requests import Request, RequestId
from avise.services.request_values import RequestRow
from avise.services.request_wording import queue_label, type_label
from avise.services.requests.clocks import Clocks
from avise.services.requests.customer_names import list_name
from avise.services.requests.known_requests import KnownRequests
from avise.services.requests.standing import Standing, initials
from avise.texts import LANGUAGES, text
from avise.texts.catalogue import catalogue


@dataclass(slots=True)
class Rows:
    """Makes rows.

    Args:
        known: the requests.
        standing: who reads, who works here, who looks at what.
        clocks: of the requests.
    """

    known: KnownRequests
    standing: Standing
    clocks: Clocks
    seen: dict[RequestId, int] = field(default_factory=dict)
    """Version of each request that this user saw last."""
    refused: dict[RequestId, str] = field(default_factory=dict)
    """Sentence of the last act that the hub refused."""

    def row(
        self, request: Request, people: Mapping[PersonId, SearchHit], now: datetime, fragile: bool = False
    ) -> RequestRow:  # fmt: skip
        """Return a request as a list shows it.

        Args:
            request: the one.
            people: customers by name, those that are known.
            now: for the clock.
            fragile: whether the customer asks for care.
        """
        standing = self.standing
        hit = people.get(request.person) if request.person is not None else None
        changed_at = request.changed_at or request.created_at
        clock = self.clocks.of(request, now)
        return RequestRow(
            id=request.id,
            number=request.number,
            title=request.title or type_label(request.type),
            type=request.type,
            type_label=type_label(request.type),
            status=request.status,
            priority=request.priority,
            queue=request.queue,
            queue_label=queue_label(request.queue),
            clock=clock,
            holder=request.holder,
            holder_name=standing.name_of(request.holder) if request.holder else "",
            requester_name=standing.name_of(request.requester),
            customer=list_name(hit),
            person=request.person,
            channel=request.channel,
            origin=origin_label(request.channel),
            created_at=request.created_at,
            changed_at=changed_at,
            unread=self.is_unread(request),
            attachments=len(attached(request)),
            fragile=fragile or (hit is not None and hit.entry.party.restricted),
            escalated=request.is_open and (request.escalated_at is not None or clock.escalated),
            questions=len(questions_for(request, standing.session.user)),
            to_compare=len(request.conflicts),
            watched_by=tuple(initials(standing.name_of(found.login)) for found in self.present(request.id)),
            tentative=request.tentative,
            refused=self.refused.get(request.id, ""),
        )

    def is_unread(self, request: Request) -> bool:
        """Say whether somebody else changed a request since this user last saw it."""
        if request.changed_by == self.standing.session.user:
            return False
        return request.ver > self.seen.get(request.id, 0)

    def present(self, request: RequestId) -> tuple[Presence, ...]:
        """Return the colleagues who look at a request now."""
        return tuple(found for found in self.standing.presences if found.request == request)

    def fragile_dossiers(self) -> frozenset[PersonId]:
        """Return the dossiers that have an open complaint."""
        return frozenset(
            request.dossier
            for request in self.known
            if request.dossier is not None and request.is_open and request.queue == Queue.RECLA
        )


def questions_for(request: Request, login: str) -> tuple[str, ...]:
    """Return the open questions that wait for somebody's answer."""
    return tuple(
        str(question.event)
        for question in request.open_questions
        if login == (request.requester if question.to_requester else request.holder)
    )


def attached(request: Request) -> frozenset[str]:
    """Return the files of a request, each once."""
    lines = (joined.blob for line in request.exchanges for joined in line.attachments)
    return frozenset((*(joined.blob for joined in request.attachments), *lines))


def origin_label(channel: str) -> str:
    """Return where a request comes from, in words."""
    key = f"request.origin.{channel}"
    return text(key) if catalogue(LANGUAGES[0]).get(key) is not None else channel
