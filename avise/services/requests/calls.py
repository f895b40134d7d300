"""What asks for this user's eyes although they look elsewhere: words for them, and escalated requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from avise.models.requests import Exchange, ExchangeKind, Request, RequestId
from avise.services.request_values import CallKind, RequestCall
from avise.services.request_wording import queue_label
from avise.services.requests.clocks import Clocks
from avise.services.requests.known_requests import KnownRequests
from avise.services.requests.rows import Rows, questions_for
from avise.services.requests.standing import Standing

_SAID = frozenset({ExchangeKind.REPLY, ExchangeKind.ANSWER})
"""What one desk says to the other."""


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
    _words: dict[RequestId, tuple[Request, int, Mapping[CallKind, int]]] = field(default_factory=dict)

    def found(self, now: datetime) -> tuple[RequestCall, ...]:
        """Return what is to be told now; words for this user, until their request is looked at."""
        return (*self._of_words(), *(self._of_escalations(now) if self.standing.leads else ()))

    def _of_words(self) -> Iterator[RequestCall]:
        for request in self.known:
            if self.rows.is_unread(request):
                label = queue_label(request.queue)
                for kind, count in self._unseen(request).items():
                    yield RequestCall(kind, f"{kind}/{request.id}", label, count, request.id)

    def _unseen(self, request: Request) -> Mapping[CallKind, int]:
        """Return how many words of each kind were said to this user since they last saw a request."""
        seen, kept = self.rows.seen.get(request.id, 0), self._words.get(request.id)
        if kept is not None and kept[0] is request and kept[1] == seen:
            return kept[2]
        kinds = {line.event: kind for line in request.exchanges if (kind := self._calls_for(line, request))}
        told = self.known.events(request.id) if kinds else ()
        new = (kinds.get(event.event.event_id) for event in told if event.ver > seen)
        found = Counter(kind for kind in new if kind is not None)
        if found[CallKind.MENTION]:
            found[CallKind.MENTION] = 1
        # What is empty is left out: nobody is told of nothing.
        counted = {kind: count for kind, count in found.items() if count}
        self._words[request.id] = (request, seen, counted)
        return counted

    def _calls_for(self, line: Exchange, request: Request) -> CallKind | None:
        """Return how a line of a conversation calls for this user, None when it does not."""
        user = self.standing.session.user
        if line.author == user or line.refused:
            return None
        if user in line.mentions:
            return CallKind.MENTION
        if str(line.event) in questions_for(request, user):
            return CallKind.QUESTION
        is_party = user in (request.requester, request.holder)
        return CallKind.REPLY if is_party and line.kind in _SAID else None

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
