"""Every request that this workstation knows: what the hub confirmed, and what was written here since.

A fold of a stream is made again when one of its events comes, never of all streams (`hub.md` 4, step 6).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from avise.models.fed_events import FedEvent, judged
from avise.models.journal import EventEnvelope
from avise.models.request_fold import JudgedEvent, fold_request, fold_state, tentative
from avise.models.request_rules import RequestState
from avise.models.requests import PREFIX, Request, RequestId, request_of_stream
from avise.services.sync import Judgement

KEPT_ENDED = timedelta(days=30)
"""How long an ended request stays on a workstation (decision 19)."""


@dataclass(slots=True)
class _Stream:
    """The events of one request."""

    confirmed: dict[uuid.UUID, JudgedEvent] = field(default_factory=dict)
    own: dict[uuid.UUID, JudgedEvent] = field(default_factory=dict)
    """Written here, in order; one leaves when the hub gives it back."""

    def in_order(self) -> tuple[JudgedEvent, ...]:
        """Return what a fold reads: the confirmed ones, then what the hub has not given back."""
        found = sorted(self.confirmed.values(), key=lambda event: event.ver)
        last = found[-1].ver if found else 0
        waiting = []
        for event in self.own.values():
            # What was acknowledged counts as confirmed once nothing lacks before it.
            if event.ver == last + 1:
                found.append(event)
                last = event.ver
            else:
                waiting.append(replace(event, ver=0))
        return (*found, *waiting)


class KnownRequests:
    """Keeps requests folded; every method runs on one loop, but for `load` before it is shared."""

    def __init__(self) -> None:
        self._streams: dict[RequestId, _Stream] = defaultdict(_Stream)
        self._requests: dict[RequestId, Request] = {}
        self._states: dict[RequestId, RequestState | None] = {}
        self.is_followed: Callable[[Request], bool] = lambda _request: True
        """Says whether a request's news still come here: one that left for a corbeille of others stays as
        it was then, and is in no list."""

    def load(self, fed: Iterable[FedEvent], own: Iterable[EventEnvelope]) -> None:
        """Take everything that is kept; long, so that it runs in a thread of its own."""
        touched: set[RequestId] = set()
        for event in fed:
            self._put_fed(event, touched)
        for envelope in own:
            self._put_own(envelope, touched)
        self._fold(touched)

    def adopt(self, loaded: KnownRequests) -> None:
        """Take over what another one loaded, and keep what was written here meanwhile."""
        meanwhile = self._streams
        self._streams, self._requests, self._states = loaded._streams, loaded._requests, loaded._states
        touched: set[RequestId] = set()
        for stream in meanwhile.values():
            for event in stream.own.values():
                self._put_own(event.event, touched)
        self._fold(touched)

    # ---- what there is -------------------------------------------------------------------------
    def __iter__(self) -> Iterator[Request]:
        """Return every request whose news come here."""
        return (request for request in self._requests.values() if self.is_followed(request))

    def get(self, request: RequestId) -> Request | None:
        """Return a request, None when it is not on this station."""
        return self._requests.get(request)

    def state(self, request: RequestId) -> RequestState | None:
        """Return what decides of a request's next events."""
        return self._states.get(request)

    def events(self, request: RequestId) -> tuple[JudgedEvent, ...]:
        """Return the events of a request, in the order in which they count."""
        stream = self._streams.get(request)
        return stream.in_order() if stream is not None else ()

    def own_waiting(self, request: RequestId) -> bool:
        """Say whether something of a request was written here and not given back by the hub."""
        stream = self._streams.get(request)
        return stream is not None and bool(stream.own)

    # ---- what changes --------------------------------------------------------------------------
    def take_fed(self, events: Iterable[FedEvent]) -> frozenset[RequestId]:
        """Take what the hub gave; return the requests that it changed."""
        touched: set[RequestId] = set()
        for event in events:
            self._put_fed(event, touched)
        return self._fold(touched)

    def take_own(self, events: Iterable[EventEnvelope]) -> frozenset[RequestId]:
        """Take what was just written here; return the requests that it changed."""
        touched: set[RequestId] = set()
        for event in events:
            self._put_own(event, touched)
        return self._fold(touched)

    def settle(self, told: Mapping[uuid.UUID, tuple[EventEnvelope, Judgement]]) -> frozenset[RequestId]:
        """Take what the hub said of own events, before it gives them back."""
        touched: set[RequestId] = set()
        for identity, (envelope, judgement) in told.items():
            request = request_of_stream(envelope.stream)
            stream = self._streams.get(request) if request is not None else None
            if request is None or stream is None or identity not in stream.own:
                continue
            touched.add(request)
            if judgement.state != "acked":
                del stream.own[identity]
                continue
            stream.own[identity] = replace(
                stream.own[identity],
                ver=judgement.ver,
                effective=judgement.effective,
                refusal=judgement.refusal,
                number=judgement.number,
            )
        return self._fold(touched)

    def begin_again(self) -> None:
        """Forget what was confirmed: the hub was restored, and gives it again."""
        for stream in self._streams.values():
            for event in tuple(stream.own.values()):
                stream.own[event.event.event_id] = tentative(event.event)

            stream.confirmed.clear()
        self._fold(set(self._streams))

    def keep_only(self, streams: Iterable[str]) -> None:
        """Forget the confirmed requests of other streams: this user may read them no more."""
        kept = set(streams)
        for request, stream in tuple(self._streams.items()):
            if f"{PREFIX}{request}" not in kept:
                stream.confirmed.clear()
                if not stream.own:
                    self._drop(request)
        self._fold(set(self._streams))

    def drop_ended(self, now: datetime) -> tuple[str, ...]:
        """Forget what ended long ago; return the streams."""
        gone = [
            request.id
            for request in self._requests.values()
            if request.ended_at is not None
            and now - request.ended_at > KEPT_ENDED
            and not self.own_waiting(request.id)
        ]
        for identity in gone:
            self._drop(identity)
        return tuple(f"{PREFIX}{identity}" for identity in gone)

    def _drop(self, request: RequestId) -> None:
        self._streams.pop(request, None)
        self._requests.pop(request, None)
        self._states.pop(request, None)

    def _put_fed(self, event: FedEvent, touched: set[RequestId]) -> None:
        request = request_of_stream(event.stream)
        if request is None:
            return
        stream = self._streams[request]
        stream.confirmed[event.event_id] = judged(event)
        stream.own.pop(event.event_id, None)
        touched.add(request)

    def _put_own(self, event: EventEnvelope, touched: set[RequestId]) -> None:
        request = request_of_stream(event.stream)
        if request is None:
            return
        stream = self._streams[request]
        if event.event_id not in stream.confirmed:
            stream.own[event.event_id] = tentative(event)
            touched.add(request)

    def _fold(self, touched: Iterable[RequestId]) -> frozenset[RequestId]:
        changed = frozenset(touched)
        for request in changed:
            stream = self._streams.get(request)
            events: Sequence[JudgedEvent] = stream.in_order() if stream is not None else ()
            found = fold_request(events)
            self._states[request] = fold_state(events)
            if found is not None:
                self._requests[request] = found
            else:
                self._requests.pop(request, None)
        return changed
