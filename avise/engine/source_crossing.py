"""The connectors' host, reached from the engine's loop: calls cross, frozen values come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import TypeVar

from avise.connectors.contract import (
    ActionCommand,
    ActionOffer,
    ActionPlan,
    ActionResult,
    Batch,
    CallEvent,
    HealthReport,
    Priority,
)
from avise.connectors.host import ConnectorHost
from avise.connectors.readings import FacetReading, SourceOffer, TimelineReading
from avise.engine.loops import LoopThread, iterate_across
from avise.models.bulk_reading import Decision
from avise.models.customer import CustomerKey, IdentityEvidence, Party, PersonId
from avise.models.json_types import JSON
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import SignInStep, SignInWay

T = TypeVar("T", FacetReading, TimelineReading)

PAGES_AHEAD = 4
"""Pages of the directory read before the ones before are written: more would be millions of persons in
memory, fewer would have the source and the disk wait for each other."""


class CrossingSources:
    """Implements `avise.services.source_port.SourcePort` over a host that lives on another loop.

    Args:
        thread: the connectors' loop.
        host: started on that loop.
    """

    def __init__(self, thread: LoopThread, host: ConnectorHost) -> None:
        self._thread = thread
        self._host = host
        self._following: Counter[PersonId] = Counter()
        """How many readings of a customer are waited for: a page and a visit may be of the same."""

    def offers(self) -> Sequence[SourceOffer]:
        """Return which instance feeds what."""
        return self._host.offers()

    def read_facet(
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
        """Yield the copy at hand, then pages as they come, then the final reading."""
        readings = iterate_across(
            self._thread,
            lambda: self._host.read_facet(
                instance,
                facet,
                customer,
                identity,
                agent=agent,
                purpose=purpose,
                priority=priority,
                force=force,
            ),
        )
        return self._followed(customer, readings)

    def read_timeline(
        self,
        instance: str,
        customer: CustomerKey,
        identity: IdentityEvidence,
        *,
        agent: str,
        purpose: str,
        force: bool = False,
    ) -> AsyncIterator[TimelineReading]:
        """Yield what the tool lists of the exchanges."""
        readings = iterate_across(
            self._thread,
            lambda: self._host.read_timeline(
                instance, customer, identity, agent=agent, purpose=purpose, force=force
            ),
        )
        return self._followed(customer, readings)

    async def _followed(self, customer: CustomerKey, readings: AsyncGenerator[T]) -> AsyncGenerator[T]:
        """Yield readings, and count whoever waits for one of a customer."""
        person = customer.avise_id
        self._following[person] += 1
        try:
            async with aclosing(readings):
                async for reading in readings:
                    yield reading
        finally:
            self._following[person] -= 1
            if not self._following[person]:
                del self._following[person]

    def changes(self, instance: str, since: str) -> AsyncGenerator[Batch[Party], None]:
        """Yield the parties changed since a cursor, page after page, few of them ahead of the reader."""
        return iterate_across(self._thread, lambda: self._host.changes(instance, since), ahead=PAGES_AHEAD)

    async def live_value(
        self, instance: str, field: str, customer: CustomerKey, record: str, *, agent: str, purpose: str
    ) -> str:
        """Return one restricted value, live."""
        return await self._thread.call(
            self._host.live_value(instance, field, customer, record, agent=agent, purpose=purpose)
        )

    def actions(self) -> Sequence[ActionOffer]:
        """Return what each tool can be asked to do."""
        return self._host.actions()

    async def plan_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionPlan:
        """Return what a command would change; nothing is written."""
        return await self._thread.call(
            self._host.plan_action(instance, command, agent=agent, purpose=purpose)
        )

    async def execute_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        """Send a command once; what was sent goes on when the caller stops waiting."""
        return await self._thread.call(
            self._host.execute_action(instance, command, agent=agent, purpose=purpose)
        )

    async def verify_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        """Return whether a command was done; only reads."""
        return await self._thread.call(
            self._host.verify_action(instance, command, agent=agent, purpose=purpose)
        )

    def call_events(self) -> AsyncIterator[CallEvent]:
        """Yield the telephony's events."""
        return iterate_across(self._thread, self._host.call_events)

    async def check(self, instance: str) -> HealthReport:
        """Ask a tool whether it answers."""
        return await self._thread.call(self._host.check(instance))

    async def decide_file(self, instance: str, decision: Decision, mark: str = "") -> bool:
        """Decide about the file that waits, or that bears a mark; say whether there is one."""

        async def decide() -> bool:
            return self._host.decide_file(instance, decision, mark)

        return await self._thread.call(decide())

    async def retry_now(self, instance: str) -> None:
        """Let one probe through a suspended tool."""
        await self._thread.call(self._host.retry_now(instance))

    def sign_in(self, instance: str, way: SignInWay) -> AsyncIterator[SignInStep]:
        """Sign whoever works here in at a tool."""
        return iterate_across(self._thread, lambda: self._host.sign_in(instance, way))

    def reloads(self) -> AsyncIterator[str]:
        """Yield each tool whose connector file was taken anew."""
        return iterate_across(self._thread, self._host.reloads)

    async def network_back(self) -> None:
        """Try at once every tool that was set apart while the network was gone."""
        await self._thread.call(self._host.network_back())

    def content(self, instance: str, ref: str, *, agent: str, purpose: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a document or of the text of an exchange, piece after piece."""
        return iterate_across(
            self._thread, lambda: self._host.content(instance, ref, agent=agent, purpose=purpose)
        )

    async def status(self) -> Sequence[SourceStatus]:
        """Return the state of every tool."""

        async def read() -> Sequence[SourceStatus]:
            return self._host.status()

        return await self._thread.call(read())

    async def diagnostics(self, instance: str) -> JSON:
        """Return a tool's diagnostic."""

        async def read() -> JSON:
            return self._host.diagnostics(instance)

        return await self._thread.call(read())

    async def leave(self, customer: CustomerKey) -> None:
        """Drop what is queued for a customer, unless another screen waits for it too."""
        if customer.avise_id in self._following:
            return

        async def tell() -> None:
            self._host.leave(customer)

        await self._thread.call(tell())
