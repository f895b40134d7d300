"""The one way from a question about a customer to a tool and back: the only place that knows time.

singleflight → snapshot → admission (breaker, queue) → deadline → connector → checks → snapshot
(`connectors.md` C8).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from avise.connectors.assembly import Assembly, SomebodyElseError
from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConnectorError,
    Priority,
    Record,
)
from avise.connectors.deadline import Deadline, place_of, within
from avise.connectors.flight import Ask, Flight
from avise.connectors.instance import Instance
from avise.connectors.ports import SnapshotPort
from avise.connectors.readings import FacetReading
from avise.connectors.record_pages import decode_pages, encode_pages
from avise.connectors.validation import check_of
from avise.env import Env
from avise.models.customer import PersonId
from avise.models.errors import ErrorKind, Failure, Origin
from avise.models.facet_specs import FACETS
from avise.models.snapshot import PURGED_AFTER, Snapshot, SnapshotKey

LONGEST_DEADLINE = timedelta(seconds=8)
"""The host's cap, whatever a connector asks (`connectors.md` C8)."""
DEFAULT_DEADLINE = timedelta(seconds=4)

BETWEEN_PAGES_S = 0.1
"""A block changes at most ten times a second, however fast its pages come (`connectors.md` C8)."""
_MAYBE_OFFLINE = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT})

Stream = Callable[[str, CallContext], AsyncIterator[Batch[Any]]]
"""Asks the connector: the validator of the copy at hand, and the call's context."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The three durations of a reading."""

    fresh_for: timedelta
    usable_for: timedelta
    deadline_s: float


def clock_of(ask: Ask) -> Clock:
    """Return a reading's durations: the connector's where it says, the facet's otherwise."""
    spec = FACETS.get(ask.offer.facet)
    fresh_for = ask.offer.fresh_for if ask.offer.fresh_for is not None else spec and spec.fresh_for
    usable_for = ask.offer.usable_for if ask.offer.usable_for is not None else spec and spec.usable_for
    deadline = ask.offer.deadline or (spec.deadline if spec else DEFAULT_DEADLINE)
    return Clock(
        fresh_for or timedelta(0),
        min(usable_for or timedelta(0), PURGED_AFTER),
        min(deadline, LONGEST_DEADLINE).total_seconds(),
    )


@dataclass(frozen=True, slots=True)
class Copy:
    """The last complete reading, and whether it may be told."""

    snapshot: Snapshot
    records: tuple[Record, ...]
    fresh: bool
    usable: bool

    def reading(self, ask: Ask, *, final: bool) -> FacetReading:
        """Return the copy as a step of a reading."""
        return FacetReading(
            ask.key.instance,
            ask.key.facet,
            records=self.records,
            as_of=self.snapshot.as_of,
            fetched_at=self.snapshot.fetched_at,
            final=final,
            completeness=Completeness(self.snapshot.completeness),
            truncated_because=self.snapshot.truncated_because,
            total=self.snapshot.total,
            unreadable=self.snapshot.unreadable,
            from_cache=True,
            carried_until=self.snapshot.usable_until if self.snapshot.on_board else None,
        )


class Pipeline:
    """Reads facets and timelines of all instances.

    Args:
        env: clock.
        snapshots: where complete readings are kept.
        cut_off: tells whether the workstation itself has no network.
    """

    def __init__(self, env: Env, snapshots: SnapshotPort, cut_off: Callable[[], bool]) -> None:
        self._env = env
        self._cut_off = cut_off
        self._snapshots = snapshots
        self._flights: dict[SnapshotKey, Flight] = {}
        self._outdated: set[SnapshotKey] = set()
        """What an action has changed since it was read: no copy is fresh."""
        self._remapped: dict[str, datetime] = {}
        """When an instance was replaced: what was read before was mapped by another file."""

    async def read(
        self, instance: Instance, ask: Ask, stream: Stream, *, force: bool = False
    ) -> AsyncGenerator[FacetReading, None]:
        """Yield the copy at hand, then pages as they come, then the final reading.

        Two callers who ask for the same thing share one call. Closing the iterator leaves the reading,
        which may still land in the store for a second.
        """
        flight = await self._join(instance, ask, stream, force=force)
        async with aclosing(flight.follow()) as readings:
            async for reading in readings:
                yield reading

    async def _join(self, instance: Instance, ask: Ask, stream: Stream, *, force: bool) -> Flight:
        while (flight := self._flights.get(ask.key)) is not None:
            if not flight.settled and not flight.stopped and not flight.outdated:
                flight.force = flight.force or force
                if ask.caller.priority is Priority.INTERACTIVE:
                    flight.ticket.priority = Priority.INTERACTIVE
                return flight
            await flight.landed()
        flight = Flight(ask, force=force or ask.key in self._outdated)
        self._flights[ask.key] = flight
        flight.start(self._run(flight, instance, stream), lambda: self._forget(flight))
        return flight

    def _forget(self, flight: Flight) -> None:
        if self._flights.get(flight.ask.key) is flight:
            del self._flights[flight.ask.key]

    def outdate(self, key: SnapshotKey) -> None:
        """Have the next reading ask the tool: what is at hand or being read came before a change."""
        self._outdated.add(key)
        if (flight := self._flights.get(key)) is not None:
            flight.outdated = True

    def remapped(self, instance: str) -> None:
        """Have every copy of an instance read anew: it is mapped by another file from now on."""
        self._remapped[instance] = self._env.now()
        for key in [key for key in self._flights if key.instance == instance]:
            self.outdate(key)

    def leave(self, customer: PersonId) -> None:
        """Drop a customer's waiting readings and give those under way a second to land."""
        for flight in list(self._flights.values()):
            if flight.ask.key.customer == customer:
                flight.abandon()

    async def aclose(self) -> None:
        """Stop every reading."""
        for flight in list(self._flights.values()):
            await flight.cancel()

    # ---- one reading -------------------------------------------------------------------------
    async def _run(self, flight: Flight, instance: Instance, stream: Stream) -> None:
        try:
            await self._read(flight, instance, stream)
        except Exception as error:  # noqa: BLE001 - a bug of ours must neither hang a block nor be quoted
            instance.log.warning("reading broke", detail=place_of(error), facet=flight.ask.key.facet)
            if not flight.settled:
                failure = Failure(ErrorKind.BUG, Origin.HOST, reference=flight.ask.reference)
                flight.tell(_failed(flight.ask, failure, None, withheld=False))

    async def _read(self, flight: Flight, instance: Instance, stream: Stream) -> None:
        ask = flight.ask
        clock = clock_of(ask)
        copy = await self._copy(ask, clock, instance)
        if copy is not None and self._is_of_another_file(copy, ask.key.instance):
            # Not even "not modified" may keep it: the tool's answer is the same, our reading of it is not.
            flight.force = True
        if copy is not None and copy.fresh and not flight.force:
            flight.tell(copy.reading(ask, final=True))
            return
        shown = copy if copy is not None and copy.usable else None
        if shown is not None:
            flight.tell(shown.reading(ask, final=False))
        started = self._env.monotonic()
        try:
            assembly = await self._call(flight, instance, stream, clock, shown)
        except ConnectorError as error:
            milliseconds = round((self._env.monotonic() - started) * 1000)
            instance.note_reading(ask.key.facet, str(error.kind), milliseconds)
            await self._fail(flight, instance, error, copy, milliseconds)
            return
        milliseconds = round((self._env.monotonic() - started) * 1000)
        instance.note_reading(ask.key.facet, "ok", milliseconds)
        instance.statistics.note_success(milliseconds)
        await self._succeed(flight, instance, assembly, clock, shown)

    def _is_of_another_file(self, copy: Copy, instance: str) -> bool:
        since = self._remapped.get(instance)
        return since is not None and copy.snapshot.fetched_at < since

    async def _copy(self, ask: Ask, clock: Clock, instance: Instance) -> Copy | None:
        try:
            snapshot = await self._snapshots.get(ask.key)
            if snapshot is None:
                return None
            records = await decode_pages(snapshot.pages)
        except Exception as error:  # noqa: BLE001 - a copy that cannot be read is no reason not to ask the tool
            instance.log.warning("copy not read", detail=place_of(error), facet=ask.key.facet)
            return None
        now = self._env.now()
        age = now - snapshot.fetched_at
        # An age below zero means that the clock went back: the copy may be told, and is read again. So is
        # what is on board, which holds less than what the tool tells.
        fresh = timedelta(0) <= age < clock.fresh_for and not snapshot.on_board
        usable = (snapshot.on_board or age < clock.usable_for) and now < snapshot.usable_until
        return Copy(snapshot, records, fresh and usable, usable)

    async def _call(
        self, flight: Flight, instance: Instance, stream: Stream, clock: Clock, copy: Copy | None
    ) -> Assembly:
        """Ask the tool; the breaker and the statistics see nothing of a cancellation."""
        ask = flight.ask
        await instance.ready(clock.deadline_s)
        instance.breaker.refuse_if_open()
        validator = copy.snapshot.validator if copy is not None and not flight.force else ""
        assembly = Assembly(check_of(ask.offer.facet), ask.identity, ask.limit, conditional=bool(validator))
        async with AsyncExitStack() as scope:
            await scope.enter_async_context(instance.bulkhead.place(flight.ticket, clock.deadline_s))
            probe = scope.enter_context(instance.breaker.guard())
            await scope.enter_async_context(within(clock.deadline_s))
            deadline = Deadline(clock.deadline_s)
            flight.call_began(deadline)
            context = instance.context(ask.caller, ask.reference, deadline, may_retry=not probe)
            told_at = float("-inf")
            async for batch in _closed_with(scope, stream(validator, context)):
                assembly.add(batch)
                if assembly.cut:
                    break
                if not assembly.full and deadline.elapsed() - told_at >= BETWEEN_PAGES_S:
                    told_at = deadline.elapsed()
                    flight.tell(_page(ask, assembly, self._env.now()))
            assembly.finish()
        return assembly

    async def _succeed(
        self, flight: Flight, instance: Instance, assembly: Assembly, clock: Clock, copy: Copy | None
    ) -> None:
        ask, now = flight.ask, self._env.now()
        if not flight.outdated:
            self._outdated.discard(ask.key)
        instance.statistics.truncated += assembly.completeness is Completeness.TRUNCATED
        instance.statistics.drifts += assembly.drift
        if assembly.not_modified and copy is not None:
            snapshot = replace(
                copy.snapshot,
                as_of=assembly.as_of or copy.snapshot.as_of,
                fetched_at=now,
                usable_until=now + clock.usable_for,
                last_error=None,
                last_error_at=None,
                on_board=False,
            )
            reading = Copy(snapshot, copy.records, fresh=True, usable=True).reading(ask, final=True)
            flight.tell(replace(reading, from_cache=False))
        else:
            reading = replace(
                _page(ask, assembly, now),
                final=True,
                completeness=assembly.completeness,
                truncated_because=assembly.truncated_because,
            )
            # Shown first, kept next: the screen waits for no disk.
            flight.tell(reading)
            snapshot = await _snapshot_of(ask, assembly, now, clock)
        if clock.usable_for > timedelta(0):
            await self._keep(ask.key, snapshot, instance)

    async def _keep(self, key: SnapshotKey, snapshot: Snapshot, instance: Instance) -> None:
        try:
            await self._snapshots.put(key, snapshot)
        except Exception as error:  # noqa: BLE001 - a full disk must not take away what was just read
            instance.log.warning("copy not kept", detail=place_of(error), facet=key.facet)

    async def _fail(
        self,
        flight: Flight,
        instance: Instance,
        error: ConnectorError,
        copy: Copy | None,
        milliseconds: int,
    ) -> None:
        ask = flight.ask
        withheld = isinstance(error, SomebodyElseError)
        if flight.asked_tool:
            # First noted, so that the failure carries the date at which the series began.
            instance.statistics.note_failure(instance.failure(error, ask.reference), milliseconds)
        failure = instance.failure(error, ask.reference)
        if instance.remote and error.kind in _MAYBE_OFFLINE and self._cut_off():
            failure = replace(failure, kind=ErrorKind.OFFLINE, origin=Origin.HOST)
        instance.statistics.withheld += withheld
        instance.log.warning(
            "reading withheld" if withheld else "reading failed",
            facet=ask.key.facet,
            kind=str(failure.kind),
            origin=str(failure.origin),
            detail=error.detail,
            reference=ask.reference,
            milliseconds=milliseconds,
        )
        flight.tell(_failed(ask, failure, copy, withheld=withheld))
        try:
            await self._snapshots.note_error(ask.key, failure, self._env.now())
        except Exception as problem:  # noqa: BLE001 - same as for a copy
            instance.log.warning("error not kept", detail=place_of(problem), facet=ask.key.facet)


def _closed_with(scope: AsyncExitStack, stream: AsyncIterator[Batch[Any]]) -> AsyncIterator[Batch[Any]]:
    """Have a connector's generator closed when the scope ends, inside the deadline."""
    close = getattr(stream, "aclose", None)
    if close is not None:
        scope.push_async_callback(close)
    return stream


def _page(ask: Ask, assembly: Assembly, now: datetime) -> FacetReading:
    return FacetReading(
        ask.key.instance,
        ask.key.facet,
        records=assembly.records(),
        as_of=assembly.as_of,
        fetched_at=now,
        total=assembly.total,
        unreadable=assembly.unreadable,
        drift=assembly.drift,
    )


def _failed(ask: Ask, failure: Failure, copy: Copy | None, *, withheld: bool) -> FacetReading:
    empty = FacetReading(ask.key.instance, ask.key.facet, final=True, error=failure, withheld=withheld)
    if copy is None or withheld:
        return empty
    if not copy.usable:
        return replace(empty, too_old_since=copy.snapshot.as_of or copy.snapshot.fetched_at)
    return replace(copy.reading(ask, final=True), error=failure)


async def _snapshot_of(ask: Ask, assembly: Assembly, now: datetime, clock: Clock) -> Snapshot:
    spec = FACETS.get(ask.offer.facet)
    return Snapshot(
        pages=await encode_pages(assembly.records()),
        count=assembly.count,
        as_of=assembly.as_of,
        fetched_at=now,
        usable_until=now + clock.usable_for,
        validator=assembly.validator if assembly.completeness is Completeness.COMPLETE else "",
        completeness=assembly.completeness.value,
        truncated_because=assembly.truncated_because,
        unreadable=assembly.unreadable,
        total=assembly.total,
        sensitivity=str(spec.sensitivity if spec is not None else ask.offer.sensitivity),
    )
