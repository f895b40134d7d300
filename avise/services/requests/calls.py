"""What asks for this user's eyes although they look elsewhere: mentions of them, and escalated requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from avise.models.requests import Request, RequestId
from avise.services.request_values import CallKind, RequestCall
from avise.services.request_wording import queue_label
from avise.services.requests.clocks import Clocks
from avise.services.requests.known_requests import KnownRequests
from avise.services.requests.rows import Rows
from avise.services.requests.standing import Standing


@dataclass(slots=True)
class Calls:
    """Finds what to tell.

    Args:
        known: the requests.
        rows: say what this user saw.
        standing: who reads, and what they lead.
        clocks: of the requests.
    """

    known: KnownRequests
    rows: Rows
    standing: Standing
    clocks: Clocks
    _mentions: dict[RequestId, tuple[Request, int, bool]] = field(default_factory=dict)

    def found(self, now: datetime) -> tuple[RequestCall, ...]:
        """Return what is to be told now, a mention until its request is looked at."""
        return (*self._of_mentions(), *(self._of_escalations(now) if self.standing.leads else ()))

    def _of_mentions(self) -> Iterator[RequestCall]:
        for request in self.known:
            if self.rows.is_unread(request) and self._mentions_me(request):
                label = queue_label(request.queue)
                yield RequestCall(CallKind.MENTION, f"mention/{request.id}", label, 1, request.id)

    def _mentions_me(self, request: Request) -> bool:
        """Say whether somebody mentioned this user since they last saw a request."""
        seen, kept = self.rows.seen.get(request.id, 0), self._mentions.get(request.id)
        if kept is not None and kept[0] is request and kept[1] == seen:
            return kept[2]
        user = self.standing.session.user
        lines = {line.event for line in request.exchanges if user in line.mentions and line.author != user}
        told = self.known.events(request.id) if lines else ()
        found = any(event.ver > seen and event.event.event_id in lines for event in told)
        self._mentions[request.id] = (request, seen, found)
        return found

    def _of_escalations(self, now: datetime) -> Iterator[RequestCall]:
        own = frozenset(self.standing.own_queues)
        counted = Counter(
            request.queue
            for request in self.known
            if request.queue in own and self._is_escalated(request, now)
        )
        for queue in sorted(counted):
            yield RequestCall(CallKind.ESCALATION, f"escalated/{queue}", queue_label(queue), counted[queue])

    def _is_escalated(self, request: Request, now: datetime) -> bool:
        return request.is_open and (
            request.escalated_at is not None or self.clocks.of(request, now).escalated
        )
