"""The desk while the engine is still being built: every intention waits for it, none is lost.

The window is painted before the store, the connectors and their libraries are imported; what the user
asks meanwhile is answered as soon as they are there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from typing import TYPE_CHECKING

from avise.engine.starting_acting import StartingActing
from avise.engine.starting_day import StartingDay
from avise.engine.starting_identity import StartingIdentity
from avise.engine.starting_messages import StartingMessages
from avise.engine.starting_packs import StartingPacks
from avise.engine.starting_requests import StartingRequests
from avise.engine.starting_visits import StartingVisits
from avise.engine.starting_workstation import StartingWorkstation
from avise.models.bulk_reading import Decision
from avise.models.callers import Caller
from avise.models.customer import PersonId, SearchAnswer, SearchHit
from avise.models.desk_memory import Draft, SavedTab
from avise.models.roles import Purpose
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import SignInStep, SignInWay
from avise.services.customer_updates import CustomerUpdate
from avise.services.desk import Comparison, IncomingCall, Revealed, VerificationQuestion

if TYPE_CHECKING:
    from avise.connectors.contract import HealthReport


class StartingDesk(
    StartingDay,
    StartingActing,
    StartingMessages,
    StartingRequests,
    StartingPacks,
    StartingVisits,
    StartingWorkstation,
    StartingIdentity,
):
    """Implements `avise.services.desk.Desk` by waiting for the real one."""

    async def search(self, words: str, limit: int = 50) -> SearchAnswer:
        """See `Desk.search`."""
        return await (await self._desk()).search(words, limit)

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int = 20) -> SearchAnswer:
        """See `Desk.search_wider`."""
        return await (await self._desk()).search_wider(words, known, limit)

    async def recents(self) -> tuple[SearchHit, ...]:
        """See `Desk.recents`."""
        return await (await self._desk()).recents()

    async def find_by_identifier(self, scheme: str, value: str) -> PersonId | None:
        """See `Desk.find_by_identifier`."""
        return await (await self._desk()).find_by_identifier(scheme, value)

    def open_customer(
        self, person: PersonId, purpose: Purpose, reason: str = ""
    ) -> AsyncIterator[CustomerUpdate]:
        """See `Desk.open_customer`."""
        return self._follow(lambda desk: desk.open_customer(person, purpose, reason))

    async def reread(self, person: PersonId, facet: str = "") -> None:
        """See `Desk.reread`."""
        await (await self._desk()).reread(person, facet)

    async def leave(self, person: PersonId) -> None:
        """See `Desk.leave`."""
        await (await self._desk()).leave(person)

    async def exchange_body(self, person: PersonId, entry: str) -> str:
        """See `Desk.exchange_body`."""
        return await (await self._desk()).exchange_body(person, entry)

    async def reveal(self, person: PersonId, field: str, record: str, reason: str) -> Revealed:
        """See `Desk.reveal`."""
        return await (await self._desk()).reveal(person, field, record, reason)

    async def compare(self, person: PersonId, field: str, record: str, answer: str) -> bool:
        """See `Desk.compare`."""
        return await (await self._desk()).compare(person, field, record, answer)

    async def verification_questions(self, person: PersonId) -> tuple[VerificationQuestion, ...]:
        """See `Desk.verification_questions`."""
        return await (await self._desk()).verification_questions(person)

    async def verify(self, person: PersonId, question: str, answer: str) -> Comparison:
        """See `Desk.verify`."""
        return await (await self._desk()).verify(person, question, answer)

    async def callers(self, person: PersonId) -> tuple[Caller, ...]:
        """See `Desk.callers`."""
        return await (await self._desk()).callers(person)

    async def choose_caller(self, person: PersonId, caller: Caller) -> None:
        """See `Desk.choose_caller`."""
        await (await self._desk()).choose_caller(person, caller)

    async def forget_verification(self, person: PersonId) -> None:
        """See `Desk.forget_verification`."""
        await (await self._desk()).forget_verification(person)

    def calls(self) -> AsyncIterator[IncomingCall]:
        """See `Desk.calls`."""
        return self._follow(lambda desk: desk.calls())

    async def announce_call(self, number: str = "", call_id: str = "") -> None:
        """See `Desk.announce_call`."""
        await (await self._desk()).announce_call(number, call_id)

    async def record_interaction(self, person: PersonId | None, body: Mapping[str, str]) -> None:
        """See `Desk.record_interaction`."""
        await (await self._desk()).record_interaction(person, body)

    def sources(self) -> AsyncIterator[tuple[SourceStatus, ...]]:
        """See `Desk.sources`."""
        return self._follow(lambda desk: desk.sources())

    async def check_source(self, instance: str) -> HealthReport:
        """See `Desk.check_source`."""
        return await (await self._desk()).check_source(instance)

    async def retry_source(self, instance: str) -> None:
        """See `Desk.retry_source`."""
        await (await self._desk()).retry_source(instance)

    def sign_in_to_tool(self, instance: str, way: SignInWay) -> AsyncIterator[SignInStep]:
        """See `Desk.sign_in_to_tool`."""
        return self._follow(lambda desk: desk.sign_in_to_tool(instance, way))

    async def decide_bulk(self, instance: str, decision: Decision) -> None:
        """See `Desk.decide_bulk`."""
        await (await self._desk()).decide_bulk(instance, decision)

    async def diagnostic(self, instance: str = "") -> str:
        """See `Desk.diagnostic`."""
        return await (await self._desk()).diagnostic(instance)

    async def save_tabs(self, tabs: tuple[SavedTab, ...]) -> None:
        """See `Desk.save_tabs`."""
        await (await self._desk()).save_tabs(tabs)

    async def saved_tabs(self) -> tuple[SavedTab, ...]:
        """See `Desk.saved_tabs`."""
        return await (await self._desk()).saved_tabs()

    async def save_draft(self, person: PersonId, text: str) -> None:
        """See `Desk.save_draft`."""
        await (await self._desk()).save_draft(person, text)

    async def draft(self, person: PersonId) -> Draft | None:
        """See `Desk.draft`."""
        return await (await self._desk()).draft(person)

    async def setting(self, key: str) -> str:
        """See `Desk.setting`."""
        return await (await self._desk()).setting(key)

    async def change_setting(self, key: str, value: str) -> None:
        """See `Desk.change_setting`."""
        await (await self._desk()).change_setting(key, value)
