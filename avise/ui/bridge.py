"""The desk, as the window calls it from Qt's loop: the same intentions as `Desk`, and watches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from avise.models.bulk_reading import Decision
from avise.models.callers import Caller
from avise.models.customer import PersonId, SearchAnswer, SearchHit
from avise.models.roles import Purpose
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import SignInStep, SignInWay
from avise.services.customer_updates import CustomerUpdate, update_key
from avise.services.desk import (
    Comparison,
    Draft,
    IncomingCall,
    Revealed,
    SavedTab,
    VerificationQuestion,
)
from avise.ui.acting_bridge import ActingBridge
from avise.ui.crossing import Failed, Watch
from avise.ui.day_bridge import DayBridge
from avise.ui.identity_bridge import IdentityBridge
from avise.ui.message_bridge import MessageBridge
from avise.ui.pack_bridge import PackBridge
from avise.ui.request_bridge import RequestBridge
from avise.ui.visit_bridge import VisitBridge
from avise.ui.workstation_bridge import WorkstationBridge

if TYPE_CHECKING:
    from avise.connectors.contract import HealthReport

__all__ = ["DeskBridge", "Failed", "Updates", "Watch"]

Updates = tuple[CustomerUpdate, ...]


class DeskBridge(
    DayBridge,
    ActingBridge,
    MessageBridge,
    RequestBridge,
    PackBridge,
    VisitBridge,
    WorkstationBridge,
    IdentityBridge,
):
    """The desk, as the window calls it from Qt's loop; see `avise.ui.crossing`."""

    # ---- watches -----------------------------------------------------------------------------
    def watch_customer(
        self,
        person: PersonId,
        purpose: Purpose,
        reason: str,
        on_updates: Callable[[Updates], None],
        on_failed: Failed | None = None,
    ) -> Watch:
        """Open a dossier and follow it.

        Args:
            person: whose dossier.
            purpose: written in the journal.
            reason: needed for a protected file, "" otherwise.
            on_updates: called on Qt's thread, with the latest value of each kind and of each block.
            on_failed: called on Qt's thread when the dossier cannot be opened or followed.

        Raises:
            AviseError: `engine.stopped`.
        """

        def deliver(update: CustomerUpdate) -> None:
            on_updates((update,))

        return self._watch(
            lambda: self._desk.open_customer(person, purpose, reason), update_key, deliver, on_failed
        )

    def watch_calls(
        self,
        on_call: Callable[[IncomingCall], None],
        on_failed: Failed | None = None,
        on_interrupted: Callable[[], None] | None = None,
    ) -> Watch:
        """Follow this agent's calls, the latest state of each.

        Args:
            on_call: called on Qt's thread.
            on_failed: nothing is followed any more.
            on_interrupted: what happened to the calls meanwhile will not be told; new ones will.
        """
        return self._watch(self._desk.calls, lambda call: call.call_id, on_call, on_failed, on_interrupted)

    def watch_sources(
        self, on_sources: Callable[[tuple[SourceStatus, ...]], None], on_failed: Failed | None = None
    ) -> Watch:
        """Follow the state of every tool."""
        return self._watch(self._desk.sources, lambda _sources: "sources", on_sources, on_failed)

    def watch_tool_sign_in(
        self,
        instance: str,
        way: SignInWay,
        on_step: Callable[[SignInStep], None],
        on_failed: Failed,
        on_interrupted: Callable[[], None],
    ) -> Watch:
        """Sign in at a tool; closing the watch abandons it.

        Args:
            instance: the tool.
            way: in the browser, or with a code.
            on_step: called on Qt's thread with each step.
            on_failed: it ended otherwise than signed in.
            on_interrupted: the engine was lost; close the watch, or it begins again from its beginning.
        """
        return self._watch(
            lambda: self._desk.sign_in_to_tool(instance, way),
            lambda step: type(step).__name__,
            on_step,
            on_failed,
            on_interrupted,
        )

    # ---- customers ---------------------------------------------------------------------------
    async def search(self, words: str, limit: int = 50) -> SearchAnswer:
        """Find parties by any key in any form."""
        return await self._call(self._desk.search(words, limit))

    async def search_wider(self, words: str, known: Collection[PersonId]) -> SearchAnswer:
        """Find who else it may be when two letters of a name are wrong."""
        return await self._call(self._desk.search_wider(words, known))

    async def recents(self) -> tuple[SearchHit, ...]:
        """Return the customers opened last by this user, newest first."""
        return await self._call(self._desk.recents())

    async def find_by_identifier(self, scheme: str, value: str) -> PersonId | None:
        """Return the person who bears an identifier."""
        return await self._call(self._desk.find_by_identifier(scheme, value))

    async def reread(self, person: PersonId, facet: str = "") -> None:
        """Read one facet again, or all."""
        await self._call(self._desk.reread(person, facet))

    async def leave(self, person: PersonId) -> None:
        """Say that nobody looks at this customer any more."""
        await self._call(self._desk.leave(person))

    async def exchange_body(self, person: PersonId, entry: str) -> str:
        """Return the text of an exchange."""
        return await self._call(self._desk.exchange_body(person, entry))

    # ---- restricted values, verification -----------------------------------------------------
    async def reveal(self, person: PersonId, field: str, record: str, reason: str) -> Revealed:
        """Show a NIR or an IBAN, live, after writing who asked and why."""
        return await self._call(self._desk.reveal(person, field, record, reason))

    async def compare(self, person: PersonId, field: str, record: str, answer: str) -> bool:
        """Say whether a NIR or an IBAN told by the caller is the right one."""
        return await self._call(self._desk.compare(person, field, record, answer))

    async def verification_questions(self, person: PersonId) -> tuple[VerificationQuestion, ...]:
        """Return the questions that this dossier can answer."""
        return await self._call(self._desk.verification_questions(person))

    async def callers(self, person: PersonId) -> tuple[Caller, ...]:
        """Return who may call about this file."""
        return await self._call(self._desk.callers(person))

    async def choose_caller(self, person: PersonId, caller: Caller) -> None:
        """Note who says to be calling."""
        await self._call(self._desk.choose_caller(person, caller))

    async def forget_verification(self, person: PersonId) -> None:
        """See `Desk.forget_verification`."""
        await self._call(self._desk.forget_verification(person))

    async def verify(self, person: PersonId, question: str, answer: str) -> Comparison:
        """Compare what the caller says with what is known."""
        return await self._call(self._desk.verify(person, question, answer))

    # ---- calls -------------------------------------------------------------------------------
    async def announce_call(self, number: str = "", call_id: str = "") -> None:
        """Take a call announced by a softphone."""
        await self._call(self._desk.announce_call(number, call_id))

    async def record_interaction(self, person: PersonId | None, body: Mapping[str, str]) -> None:
        """Write an exchange in the journal."""
        await self._call(self._desk.record_interaction(person, body))

    # ---- sources -----------------------------------------------------------------------------
    async def check_source(self, instance: str) -> HealthReport:
        """Ask a tool whether it answers."""
        return await self._call(self._desk.check_source(instance))

    async def retry_source(self, instance: str) -> None:
        """Let one probe through a suspended tool and reread what failed."""
        await self._call(self._desk.retry_source(instance))

    async def decide_bulk(self, instance: str, decision: Decision) -> None:
        """Decide about what is so small that the directory waits."""
        await self._call(self._desk.decide_bulk(instance, decision))

    async def diagnostic(self, instance: str = "") -> str:
        """Return a diagnostic as JSON text, without personal data."""
        return await self._call(self._desk.diagnostic(instance))

    # ---- the desk itself ---------------------------------------------------------------------
    async def save_tabs(self, tabs: tuple[SavedTab, ...]) -> None:
        """Keep the open session tabs for the next start."""
        await self._call(self._desk.save_tabs(tabs))

    async def saved_tabs(self) -> tuple[SavedTab, ...]:
        """Return the tabs that were open."""
        return await self._call(self._desk.saved_tabs())

    async def save_draft(self, person: PersonId, text: str) -> None:
        """Keep what is being typed on a customer's screen."""
        await self._call(self._desk.save_draft(person, text))

    async def draft(self, person: PersonId) -> Draft | None:
        """Return what was being typed, None when nothing was."""
        return await self._call(self._desk.draft(person))

    async def setting(self, key: str) -> str:
        """Return a setting's value; its default when nobody changed it."""
        return await self._call(self._desk.setting(key))

    async def change_setting(self, key: str, value: str) -> None:
        """Change a setting."""
        await self._call(self._desk.change_setting(key, value))
