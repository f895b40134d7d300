"""Taking what a workstation sends: one call, one transaction, one block of locks, one block of writes.

Locks are taken device, then streams, then heads, each in the order of their names (decision 47): no two
pushes wait for each other in a ring. What is sent again is recognised by its sequence number and its
content, never by "do nothing on conflict" (`hub.md` 2).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from avise.hub.dialect import Bound, Statement, change, change_each, confine, pipelined, row
from avise.hub.journal_rows import (
    INSERT_EVENT,
    INSERT_FEED,
    SAVE_HEAD,
    Position,
    ack_again,
    header_of_row,
    is_same,
    known_ids,
    lock_heads,
    resent,
    stream_rows,
)
from avise.hub.judging import Bench, CheckCreated, Verdict, merged_into, target_of, team_of
from avise.hub.moments import microseconds
from avise.hub.port import (
    MAX_PUSH,
    Ack,
    Actor,
    HubError,
    IdCollisionError,
    Outcome,
    PushedEvent,
    ResendMismatchError,
    SequenceGapError,
)
from avise.hub.quarantining import INSERT_QUARANTINE, QUARANTINE_COLUMNS, early_events, settle
from avise.hub.read_models import ReadModels
from avise.hub.received_event import VOID, Received, received, settled
from avise.hub.rights import Rights, rights_of
from avise.hub.steps import Reached, Step, unheard
from avise.hub.stream_state import (
    CUSTOMERS,
    HOUSE,
    StreamState,
    lock_streams,
    queue_perimeter,
    save_streams,
    team_perimeter,
)
from avise.models.identity.links import PREFIX as IDENTITY
from avise.models.journal import EventKind
from avise.models.request_numbers import request_number
from avise.models.request_rules import RequestState
from avise.texts.formats import local

DOUBTFUL_AFTER = timedelta(hours=24)
"""A workstation's clock that is further from the hub's is flagged, and never trusted (`hub.md` 6)."""

_DOUBTFUL = DOUBTFUL_AFTER // timedelta(microseconds=1)

_LOCK_DEVICE = Statement(
    "SELECT last_seq, revoked_at, login FROM device WHERE device = :device FOR NO KEY UPDATE"
)
_SAVE_DEVICE = Statement(
    "UPDATE device SET last_seq = :last_seq, seen_at = :now, clock_skew_ms = :skew WHERE device = :device"
)
_NUMBERS = Statement(
    "INSERT INTO request_number (year, last) VALUES (:year, :count) ON CONFLICT (year)"
    " DO UPDATE SET last = request_number.last + excluded.last RETURNING last"
)
_TAKE_BACK = Statement("INSERT INTO taken_back (event_id, by_event) VALUES (:event_id, :by_event)")


@dataclass(slots=True)
class _Judged:
    """One event with what becomes of it, before anything is written."""

    received: Received
    verdict: Verdict
    row: dict[str, Any]
    before: RequestState | None
    after: RequestState | None
    perimeters: tuple[str, ...] = ()
    moved_to: str = ""
    """The corbeille that gets the whole history."""


@dataclass(slots=True)
class Push:
    """One push, from its first lock to its last write.

    Args:
        connection: in a transaction that the caller commits.
        actor: authenticated.
        now: by the hub's clock.
        queues: the corbeilles that there are.
        check_created: looks at a request that is created.
        reached: told each step.
    """

    connection: Connection
    actor: Actor
    now: datetime
    queues: frozenset[str]
    check_created: CheckCreated | None = None
    reached: Reached = unheard
    _streams: dict[str, StreamState] = field(default_factory=dict)
    _judged: list[_Judged] = field(default_factory=list)
    _adopting: bool = False
    _accepted: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    _at: int = field(init=False)
    """The present, in microseconds."""

    def __post_init__(self) -> None:
        self._at = microseconds(self.now)

    def run(self, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        """Take the events; the answer ends with the first that can never be taken.

        Raises:
            SequenceGapError, ResendMismatchError, IdCollisionError, HubError: nothing was taken.
        """
        if len(events) > MAX_PUSH:
            raise HubError("hub.too_many", most=str(MAX_PUSH))
        if not events:
            return ()
        device = row(self.connection, _LOCK_DEVICE, device=self.actor.device)
        if device is None or device.login != self.actor.login:
            # Under somebody else's device nothing is even put aside: it would use up their numbers.
            raise HubError("hub.unknown_device")
        self.reached(Step.DEVICE_LOCKED)
        sent = [settled(event, self.actor.device) for event in events]
        _require_dense(sent, device.last_seq)
        again = [event for event in sent if event.device_seq <= device.last_seq]
        acks = self._again(again)
        fresh, refused = _readable(sent[len(again) :])
        if fresh:
            revoked = "revoked" if device.revoked_at is not None else ""
            acks += self._take(fresh, revoked)
            self._save_device(fresh[-1].event)
            self._adopt_early()
        return tuple(acks + refused)

    def adopt(self, event: PushedEvent, rights: Rights) -> Ack:
        """Take an event that had been put aside, by its own author, with the right of whoever lets it in.

        Its row of the quarantine is settled by the caller.
        """
        found = received(event)
        if isinstance(found, str):
            return Ack(event.device_seq, Outcome.REFUSED, effective=False, refusal=found)
        self._adopting = True
        return self._take([found], "", rights)[0]

    def _adopt_early(self) -> None:
        """Take what was put aside because its request was not there yet (`avise.hub.quarantining`)."""
        created = [judged.received.event.stream for judged in self._judged if _is_created(judged)]
        if not created:
            return
        for early in early_events(self.connection, created):
            rights = rights_of(self.connection, early.actor, microseconds(self.now))
            push = Push(self.connection, early.actor, self.now, self.queues, self.check_created)
            if push.adopt(early.event, rights).outcome is Outcome.ACCEPTED:
                settle(self.connection, early.event.event_id, "adopted", "", self.now)

    def _again(self, events: Sequence[PushedEvent]) -> list[Ack]:
        """Answer what was received before as the first time."""
        if not events:
            return []
        kept = resent(self.connection, self.actor.device, events[0].device_seq, events[-1].device_seq)
        for event in events:
            if event.device_seq not in kept or not is_same(kept[event.device_seq], event):
                raise ResendMismatchError
        return [ack_again(kept[event.device_seq]) for event in events]

    def _take(self, fresh: Sequence[Received], set_aside: str, rights: Rights | None = None) -> list[Ack]:
        if rights is None:
            self._require_new_ids(fresh)
        merged = [into for found in fresh if (into := merged_into(found)) is not None]
        self._streams = lock_streams(self.connection, (found.event.stream for found in fresh), merged)
        self.reached(Step.STREAMS_LOCKED)
        rights = rights or rights_of(self.connection, self.actor, self._at)
        bench = Bench(
            self.connection, self.actor, rights, self.now, set_aside, self.queues, self.check_created,
            self._streams,
        )  # fmt: skip
        bench.know_targets([target for found in fresh if (target := target_of(found)) is not None])
        for found in fresh:
            stream = self._streams[found.event.stream]
            if not stream.team and stream.ver == 0:
                stream.team = team_of(found, rights)
            before = stream.state
            self._keep(found, stream, before, bench.judge(found, stream))
        self._write()
        return [_ack(judged) for judged in self._judged]

    def _require_new_ids(self, fresh: Sequence[Received]) -> None:
        ids = [str(found.event.event_id) for found in fresh]
        taken = known_ids(self.connection, ids)
        seen: set[str] = set()
        for found, identity in zip(fresh, ids, strict=True):
            if identity in taken or identity in seen:
                raise IdCollisionError(found.event.device_seq)
            seen.add(identity)

    def _keep(
        self, found: Received, stream: StreamState, before: RequestState | None, verdict: Verdict
    ) -> None:
        """Give an event its place in its stream, and say which perimeters are fed."""
        if not verdict.quarantined:
            stream.ver += 1
        judged = _Judged(found, verdict, self._row(found, stream, verdict), before, stream.state)
        self._judged.append(judged)
        if verdict.quarantined:
            return
        self._accepted[found.event.stream].append(judged.row)
        judged.perimeters = _perimeters(found, stream, before)
        if before is not None and stream.state is not None and before.queue != stream.state.queue:
            judged.moved_to = stream.state.queue

    def _row(self, found: Received, stream: StreamState, verdict: Verdict) -> dict[str, Any]:
        event = found.event
        occurred = microseconds(event.occurred_at)
        return {
            "event_id": str(event.event_id),
            "device": self.actor.device,
            "device_seq": event.device_seq,
            "stream": event.stream,
            "kind": event.kind,
            "schema_v": event.schema_v,
            "author": event.author,
            "role": self.actor.role.value,
            "occurred_at": occurred,
            "clock_offset_ms": event.clock_offset_ms,
            "effective": int(verdict.effective),
            "refusal": verdict.refusal,
            "ver": stream.ver,
            "number": "",
            "received_at": self._at,
            "body": event.body if verdict.keeps_body else None,
            "salt": event.salt if verdict.keeps_body else None,
            "content_sha": event.content_sha,
            "queue": stream.state.queue if stream.state is not None else "",
            "clock_doubtful": int(abs(self._at - occurred) > _DOUBTFUL),
        }

    # ---- one block of writes ------------------------------------------------------------------------

    def _write(self) -> None:
        accepted = [judged for judged in self._judged if not judged.verdict.quarantined]
        wanted = {name for judged in accepted for name in judged.perimeters}
        heads = lock_heads(self.connection, wanted)
        self.reached(Step.HEADS_LOCKED)
        self._number(accepted)
        feed = self._feed(accepted, heads)
        touched = {judged.received.event.stream for judged in accepted}
        models = ReadModels(self.connection, touched)
        with pipelined(self.connection):
            confine(self.connection, wanted)
            self._write_journal(accepted, feed, touched)
        self.reached(Step.EVENTS_WRITTEN)
        for judged in accepted:
            models.take(judged.received, judged.row, judged.before, judged.after)
        models.fold()
        saved = [{"perimeter": at.perimeter, "pos": at.pos, "chain": at.chain} for at in heads.values()]
        with pipelined(self.connection):
            models.save()
            change_each(self.connection, SAVE_HEAD, saved)
            if not self._adopting:
                self._put_aside([judged for judged in self._judged if judged.verdict.quarantined])
        self.reached(Step.LISTS_WRITTEN)

    def _write_journal(
        self, accepted: Sequence[_Judged], feed: Sequence[Mapping[str, Bound]], touched: Collection[str]
    ) -> None:
        change_each(self.connection, INSERT_EVENT, [judged.row for judged in accepted])
        change_each(self.connection, INSERT_FEED, feed)
        save_streams(self.connection, (self._streams[name] for name in sorted(touched)))
        taken_back = [
            {"event_id": judged.verdict.takes_back, "by_event": judged.row["event_id"]}
            for judged in accepted
            if judged.verdict.takes_back
        ]
        change_each(self.connection, _TAKE_BACK, taken_back)

    def _number(self, accepted: Sequence[_Judged]) -> None:
        """Give the requests that are created the next numbers of the year."""
        created = [judged for judged in accepted if _is_created(judged)]
        if not created:
            return
        year = local(self.now).year
        last = row(self.connection, _NUMBERS, year=year, count=len(created))
        first = (last[0] if last is not None else 0) - len(created) + 1
        for count, judged in enumerate(created, first):
            judged.row["number"] = request_number(year, count)

    def _feed(self, accepted: Sequence[_Judged], heads: Mapping[str, Position]) -> list[Mapping[str, Bound]]:
        feed: list[Mapping[str, Bound]] = []
        for judged in accepted:
            if judged.moved_to:
                head = heads[queue_perimeter(judged.moved_to)]
                feed.extend(head.append(event, header_of_row(event)) for event in self._missing(judged))
            header = header_of_row(judged.row)
            feed.extend(heads[name].append(judged.row, header) for name in judged.perimeters)
        return feed

    def _missing(self, judged: _Judged) -> list[dict[str, Any]]:
        """Return the stream's events before a transfer that its destination has not had (decision 20)."""
        stream = judged.received.event.stream
        before = [*stream_rows(self.connection, stream), *self._accepted[stream]]
        before = [event for event in before if event["ver"] < judged.row["ver"]]
        there = [event["ver"] for event in before if event["queue"] == judged.moved_to]
        # The event by which it left was told there too.
        through = there[-1] + 1 if there else 0
        return [event for event in before if event["ver"] > through]

    def _put_aside(self, quarantined: Sequence[_Judged]) -> None:
        rows_of = []
        for judged in quarantined:
            stream = self._streams[judged.received.event.stream]
            queue = stream.state.queue if stream.state is not None else ""
            perimeter = queue_perimeter(queue) if queue else _perimeter_of(stream)
            extra = {"login": self.actor.login, "reason": judged.verdict.quarantined, "perimeter": perimeter}
            values = judged.row | extra
            rows_of.append({name: values[name] for name in QUARANTINE_COLUMNS})
        change_each(self.connection, INSERT_QUARANTINE, rows_of)

    def _save_device(self, last: PushedEvent) -> None:
        skew = (microseconds(last.occurred_at) - self._at) // 1000 + last.clock_offset_ms
        change(
            self.connection, _SAVE_DEVICE, device=self.actor.device, last_seq=last.device_seq, now=self._at,
            skew=skew,
        )  # fmt: skip


def _require_dense(events: Sequence[PushedEvent], last_seq: int) -> None:
    first = events[0].device_seq
    if first < 1 or first > last_seq + 1:
        raise SequenceGapError(last_seq + 1)
    for expected, event in enumerate(events, first):
        if event.device_seq != expected:
            raise SequenceGapError(max(expected, 1))


def _readable(events: Sequence[PushedEvent]) -> tuple[list[Received], list[Ack]]:
    """Return the events up to the first that can never be taken, and the answer to that one."""
    found: list[Received] = []
    for event in events:
        read = received(event)
        if isinstance(read, str):
            return found, [Ack(event.device_seq, Outcome.REFUSED, effective=False, refusal=read)]
        found.append(read)
    return found, []


def _perimeters(found: Received, stream: StreamState, before: RequestState | None) -> tuple[str, ...]:
    """Return the perimeters that an event is fed to (decision 20)."""
    state = stream.state
    if state is None:
        return (_perimeter_of(stream),) if found.event.kind != VOID else (CUSTOMERS,)
    names = {queue_perimeter(state.queue), team_perimeter(state.team)}
    if before is not None:
        names.add(queue_perimeter(before.queue))
    return tuple(sorted(names))


def _perimeter_of(stream: StreamState) -> str:
    """Return the perimeter of a stream that is no request's."""
    return HOUSE if stream.stream.startswith(IDENTITY) else stream.team or CUSTOMERS


def _is_created(judged: _Judged) -> bool:
    created = judged.row["kind"] == EventKind.REQUEST_CREATED.value
    return created and judged.before is None and judged.after is not None and judged.verdict.effective


def _ack(judged: _Judged) -> Ack:
    seq, verdict = judged.received.event.device_seq, judged.verdict
    if verdict.quarantined:
        return Ack(seq, Outcome.QUARANTINED, effective=False, refusal=verdict.quarantined)
    return Ack(
        seq, Outcome.ACCEPTED, verdict.effective, verdict.refusal, judged.row["ver"], judged.row["number"]
    )
