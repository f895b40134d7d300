"""What services ask of the connectors' host; the engine carries the calls to the host's own loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Protocol

from avise.connectors.contract import CallEvent, HealthReport, Priority
from avise.connectors.readings import FacetReading, SourceOffer, TimelineReading
from avise.models.bulk_reading import Decision
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.json_types import JSON
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import SignInStep, SignInWay


class SourcePort(Protocol):
    """The tools, as services see them."""

    def offers(self) -> Sequence[SourceOffer]:
        """Return which instance feeds what; refused instances are listed with their reason."""

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
        """Yield what the tool lists of the exchanges, page after page."""

    async def live_value(
        self, instance: str, field: str, customer: CustomerKey, record: str, *, agent: str, purpose: str
    ) -> str:
        """Return one restricted value, live."""

    def content(self, instance: str, ref: str, *, agent: str, purpose: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a document or of the text of an exchange, piece after piece."""

    def call_events(self) -> AsyncIterator[CallEvent]:
        """Yield the telephony's events, whatever instance streams them."""

    async def check(self, instance: str) -> HealthReport:
        """Ask a tool whether it answers."""

    async def decide_file(self, instance: str, decision: Decision, mark: str = "") -> bool:
        """Decide about the file that waits, or that bears a mark; say whether there is one."""

    async def retry_now(self, instance: str) -> None:
        """Let one probe through a suspended tool."""

    def sign_in(self, instance: str, way: SignInWay) -> AsyncIterator[SignInStep]:
        """Sign whoever works here in at a tool; closing the iterator abandons it."""

    def reloads(self) -> AsyncIterator[str]:
        """Yield each tool whose connector file was taken anew while Avise runs."""

    async def status(self) -> Sequence[SourceStatus]:
        """Return the state of every tool."""

    async def diagnostics(self, instance: str) -> JSON:
        """Return a tool's diagnostic, by allow-list."""

    async def leave(self, customer: CustomerKey) -> None:
        """Drop what is queued for a customer, let what runs land in the store for a second."""
