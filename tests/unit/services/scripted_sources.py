"""Tools that answer what a test tells them to, when it tells them to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from avise.connectors.contract import (
    CallEvent,
    Completeness,
    FacetOffer,
    Health,
    HealthReport,
    Priority,
    Record,
)
from avise.connectors.readings import FacetReading, SourceOffer, TimelineReading
from avise.models.bulk_reading import Decision
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.json_types import JSON
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import SignInStep, SignInWay
from tests.unit.services.facts_builder import NOW


def offer(instance: str, *facets: str, timeline: bool = False, needs: tuple[str, ...] = ()) -> SourceOffer:
    """Return what a tool feeds."""
    offers = tuple(FacetOffer(facet) for facet in facets)
    return SourceOffer(instance, f"Outil {instance}", facets=offers, timeline=timeline, needs_ids=needs)


def answer(instance: str, facet: str, *rows: Mapping[str, JSON]) -> FacetReading:
    """Return a complete reading of now."""
    records = tuple(Record(f"{facet}-{number}", row) for number, row in enumerate(rows))
    return FacetReading(
        instance, facet, records, fetched_at=NOW, final=True, completeness=Completeness.COMPLETE
    )


@dataclass(slots=True)
class ScriptedSources:
    """Implements the services' source port.

    Readings of an (instance, facet) are yielded in order; one listed in `held` waits for its event.
    """

    offered: Sequence[SourceOffer]
    readings: dict[tuple[str, str], Sequence[FacetReading]] = field(default_factory=dict)
    timelines: dict[str, Sequence[TimelineReading]] = field(default_factory=dict)
    held: dict[tuple[str, str], asyncio.Event] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, Sequence[bytes | Exception]] = field(default_factory=dict)
    calls: list[CallEvent] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    left: list[CustomerKey] = field(default_factory=list)

    def offers(self) -> Sequence[SourceOffer]:
        return self.offered

    async def read_facet(
        self,
        instance: str,
        facet: str,
        customer: CustomerKey,
        identity: IdentityEvidence,
        *,
        agent: str,
        purpose: str,
        priority: Priority = Priority.INTERACTIVE,
        force: bool = False,
    ) -> AsyncIterator[FacetReading]:
        del customer, identity, agent, purpose, priority, force
        self.asked.append((instance, facet))
        if (held := self.held.get((instance, facet))) is not None:
            await held.wait()
        for reading in self.readings.get((instance, facet), ()):
            yield reading

    async def read_timeline(
        self,
        instance: str,
        customer: CustomerKey,
        identity: IdentityEvidence,
        *,
        agent: str,
        purpose: str,
        force: bool = False,
    ) -> AsyncIterator[TimelineReading]:
        del customer, identity, agent, purpose, force
        for reading in self.timelines.get(instance, ()):
            yield reading

    async def live_value(
        self, instance: str, field: str, customer: CustomerKey, record: str, *, agent: str, purpose: str
    ) -> str:
        del instance, customer, record, agent, purpose
        return self.live.get(field, "")

    async def content(
        self, instance: str, ref: str, *, agent: str, purpose: str
    ) -> AsyncGenerator[bytes, None]:
        del agent, purpose
        self.asked.append((instance, ref))
        for piece in self.pieces[ref]:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def call_events(self) -> AsyncIterator[CallEvent]:
        for event in self.calls:
            yield event
        await asyncio.Event().wait()

    async def check(self, instance: str) -> HealthReport:
        del instance
        return HealthReport(Health.OK)

    async def retry_now(self, instance: str) -> None:
        self.asked.append((instance, "retry"))

    async def status(self) -> Sequence[SourceStatus]:
        return ()

    async def decide_file(self, instance: str, decision: Decision, mark: str = "") -> bool:
        self.asked.append((instance, f"decide {decision.value} {mark}".strip()))
        return False

    async def sign_in(self, instance: str, way: SignInWay) -> AsyncIterator[SignInStep]:
        self.asked.append((instance, f"sign in {way.value}"))
        for step in tuple[SignInStep, ...]():
            yield step

    async def reloads(self) -> AsyncIterator[str]:
        for instance in tuple[str, ...]():
            yield instance

    async def diagnostics(self, instance: str) -> JSON:
        return {"instance": instance}

    async def leave(self, customer: CustomerKey) -> None:
        self.left.append(customer)
