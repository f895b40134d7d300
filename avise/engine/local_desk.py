"""The desk, as the engine gives it: every intention of the user, on the engine's loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from avise.connectors.contract import HealthReport
from avise.engine.directory_loading import DirectoryLoading
from avise.engine.local_identity import LocalIdentity
from avise.engine.local_messages import LocalMessages
from avise.engine.local_packs import LocalPacks
from avise.engine.local_visits import LocalVisits
from avise.engine.local_workstation import LocalWorkstation
from avise.env import Env
from avise.models.bulk_reading import Decision
from avise.models.callers import Caller
from avise.models.customer import PersonId, customer_stream
from avise.models.desk_memory import Draft
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.own_history import UNLINKED
from avise.models.roles import Purpose, Session
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import SignInStep, SignInWay, ToolSignedIn
from avise.services.callers import callers, refuse_unknown
from avise.services.customer_rights import reads_customers, refuse_opening, refuse_without_right
from avise.services.customer_updates import CustomerUpdate
from avise.services.desk import (
    Comparison,
    IncomingCall,
    Revealed,
    VerificationQuestion,
)
from avise.services.exchange_bodies import ExchangeBodies
from avise.services.incoming_calls import IncomingCalls
from avise.services.ongoing_verifications import OngoingVerifications
from avise.services.open_customer import OpenDossier
from avise.services.ports import CopiesPort, DeskMemoryPort, DirectoryPort, JournalPort
from avise.services.restricted_values import RestrictedValues, stream_of
from avise.services.source_port import SourcePort
from avise.services.verification import CallerVerification, questions
from avise.services.wrap_up import draft_of, refuse_restricted

SOURCES_PAUSE = 0.5
"""Seconds between two looks at the tools' states: at most two changes a second reach a screen."""

COPIES_PAUSE = 5.0
"""Seconds between two counts of the copies kept."""


class LocalDesk(LocalIdentity, LocalMessages, LocalPacks, LocalVisits, LocalWorkstation):
    """Implements `avise.services.desk.Desk`; every method runs on the engine's loop.

    Args:
        session: who works here.
        sources: the tools.
        directory: who exists.
        journal: what staff do.
        memory: what this desk keeps for itself.
        copies: what is kept of the tools' answers.
        env: the clock.
        folder: of the profile, where the team's news are.
    """

    def __init__(
        self,
        session: Session,
        sources: SourcePort,
        directory: DirectoryPort,
        journal: JournalPort,
        memory: DeskMemoryPort,
        copies: CopiesPort,
        env: Env,
        folder: Path | None = None,
    ) -> None:
        super().__init__(session, sources, directory, journal, memory, env, folder)
        self._copies = copies
        self._restricted = RestrictedValues(sources, journal)
        self._bodies = ExchangeBodies(sources, journal)
        self._calls = IncomingCalls(sources, self._directory, env, session)
        self._verifications = OngoingVerifications(memory, env)
        self._loading: DirectoryLoading | None = None

    # ---- customers -----------------------------------------------------------------------------
    async def open_customer(
        self, person: PersonId, purpose: Purpose, reason: str = ""
    ) -> AsyncIterator[CustomerUpdate]:
        """Open a dossier and follow it until the iterator is closed."""
        entry = await self._entry(person)
        member = await self._member_of(entry)
        refuse_opening(self.session.role, (entry, member), reason)
        own = await self._own_entries(customer_stream(member.dossier))
        dossier = OpenDossier(member, self.session, purpose, self._sources, self._env, own)
        dossier.own_consents = await self._own_consents(member)
        dossier.linked = await self.same_person.linked_to(member.person)
        dossier.records = await self.same_person.news(member.person)
        dossier.verification = await self._verifications.found(person)
        self._dossiers[person] = dossier
        dossier.start()
        noted = asyncio.create_task(self._note_opening(dossier, person, reason), name="note opening")
        asking = self._ask_hub(dossier, reason)
        try:
            async for update in dossier.follow():
                yield update
        finally:
            if self._dossiers.get(person) is dossier:
                del self._dossiers[person]
            await dossier.aclose()
            if not self._followed(dossier):
                for key in dossier.records_read():
                    await self._sources.leave(key)
            asking.cancel()
            await asyncio.gather(noted, asking, self._forget_left(person), return_exceptions=True)

    async def _forget_left(self, person: PersonId) -> None:
        """Forget who was verified about a file that no screen follows any more."""
        if person not in self._dossiers:
            await self._verifications.forget(person)

    def _followed(self, left: OpenDossier) -> bool:
        """Say whether another screen follows the same member: the readings are then also its own."""
        return any(dossier.entry.dossier == left.entry.dossier for dossier in self._dossiers.values())

    async def _note_opening(self, dossier: OpenDossier, person: PersonId, reason: str) -> None:
        body: Mapping[str, JSON] = {"person": str(person), "purpose": dossier.purpose, "reason": reason}
        try:
            await self._journal.append(self.session, EventKind.CONSULTED, stream_of(dossier), body)
            await self._memory.note_opened(person)
        except AviseError as error:
            # The caller is on the line: the file stays open, and the user knows that it left no trace.
            dossier.tell_not_kept(error)

    async def reread(self, person: PersonId, facet: str = "") -> None:
        """Read one facet again, or all."""
        dossier = self._dossiers.get(person)
        if dossier is not None:
            dossier.read(facet, force=True)

    async def leave(self, person: PersonId) -> None:
        """Say that nobody looks at this customer any more."""
        dossier = self._dossiers.pop(person, None)
        if dossier is not None:
            await dossier.aclose()

    def _open_dossier(self, person: PersonId) -> OpenDossier:
        dossier = self._dossiers.get(person)
        if dossier is None:
            raise AviseError("open.nobody")
        return dossier

    async def exchange_body(self, person: PersonId, entry: str) -> str:
        """Return the text of an exchange, live, after writing who asked."""
        return await self._bodies.read(self._open_dossier(person), entry)

    # ---- restricted values, verification -------------------------------------------------------
    async def reveal(self, person: PersonId, field: str, record: str, reason: str) -> Revealed:
        """Show a NIR or an IBAN, live, after writing who asked and why."""
        return await self._restricted.reveal(self._open_dossier(person), field, record, reason)

    async def compare(self, person: PersonId, field: str, record: str, answer: str) -> bool:
        """Say whether a value told by the caller is the right one."""
        return await self._restricted.compare(self._open_dossier(person), field, record, answer)

    async def verification_questions(self, person: PersonId) -> tuple[VerificationQuestion, ...]:
        """Return the questions that this dossier can answer."""
        return questions(self._open_dossier(person).facts())

    async def verify(self, person: PersonId, question: str, answer: str) -> Comparison:
        """Compare what the caller says with what is known."""
        dossier = self._open_dossier(person)
        outcome = dossier.verification.answer(dossier.facts(), question, answer, self._env.now())
        dossier.tell_verification()
        body: Mapping[str, JSON] = {
            "question": question,
            "correct": outcome.correct,
            "level": outcome.verification.level,
        }
        await self._journal.append(self.session, EventKind.CALLER_VERIFIED, stream_of(dossier), body)
        await self._verifications.keep(person, dossier.verification)
        return outcome

    async def callers(self, person: PersonId) -> tuple[Caller, ...]:
        """Return who may call about this file."""
        return callers(self._open_dossier(person).facts())

    async def choose_caller(self, person: PersonId, caller: Caller) -> None:
        """Note who says to be calling."""
        dossier = self._open_dossier(person)
        refuse_unknown(caller, dossier.facts())
        dossier.verification.choose(caller)
        dossier.tell_verification()
        body: Mapping[str, JSON] = {"caller": caller.kind, "name": caller.name, "scope": caller.scope}
        await self._journal.append(self.session, EventKind.CALLER_VERIFIED, stream_of(dossier), body)
        await self._verifications.keep(person, dossier.verification)

    async def forget_verification(self, person: PersonId) -> None:
        """Forget who was verified: another call begins."""
        dossier = self._open_dossier(person)
        dossier.verification = CallerVerification()
        dossier.tell_verification()
        await self._verifications.forget(person)

    # ---- calls ---------------------------------------------------------------------------------
    def calls(self) -> AsyncIterator[IncomingCall]:
        """Follow this agent's calls."""
        return self._calls.follow() if reads_customers(self.session.role) else _no_call()

    async def announce_call(self, number: str = "", call_id: str = "") -> None:
        """Take a call announced by a softphone."""
        refuse_without_right(self.session.role)
        await self._calls.announce(number, call_id)

    async def record_interaction(self, person: PersonId | None, body: Mapping[str, str]) -> None:
        """Write an exchange in the journal, and in the timeline of whoever looks."""
        refuse_without_right(self.session.role)
        refuse_restricted(*body.values())
        stream = await self._stream_of(person) if person is not None else UNLINKED
        content: dict[str, JSON] = {"at": self._env.now().isoformat(), **body}
        written = await self._journal.append(self.session, EventKind.INTERACTION_RECORDED, stream, content)
        await self._take((written,))

    # ---- sources -------------------------------------------------------------------------------
    async def sources(self) -> AsyncIterator[tuple[SourceStatus, ...]]:
        """Follow the state of every tool."""
        told: tuple[SourceStatus, ...] | None = None
        looked_at = -COPIES_PAUSE
        copies: Mapping[str, tuple[int, datetime]] = {}
        while True:
            if self._env.monotonic() >= looked_at + COPIES_PAUSE:
                looked_at, copies = self._env.monotonic(), await self._copies.coverage()
            found = tuple(
                self._with_bulk(_with_copies(status, copies)) for status in await self._sources.status()
            )
            if found != told:
                told = found
                yield found
            await self._env.sleep(SOURCES_PAUSE)

    async def sign_in_to_tool(self, instance: str, way: SignInWay) -> AsyncIterator[SignInStep]:
        """Sign this user in at a tool, and read again what it feeds on open screens."""
        steps = self._sources.sign_in(instance, way)
        try:
            async for step in steps:
                if isinstance(step, ToolSignedIn):
                    await self._read_again(instance)
                yield step
        finally:
            await _closed(steps)

    async def check_source(self, instance: str) -> HealthReport:
        """Ask a tool whether it answers."""
        return await self._sources.check(instance)

    async def retry_source(self, instance: str) -> None:
        """Let one probe through a suspended tool, and read again what it feeds, the directory too."""
        await self._sources.retry_now(instance)
        await self._read_again(instance)

    async def _read_again(self, instance: str) -> None:
        await self._tool_back(instance)
        if self._loading is not None and self._loading.master == instance:
            self._loading.look_now()
        for dossier in tuple(self._dossiers.values()):
            dossier.read_source(instance)

    def use_loading(self, loading: DirectoryLoading) -> None:
        """Tell of what fills the directory, and let somebody decide what it waits for."""
        self._loading = loading

    def _with_bulk(self, status: SourceStatus) -> SourceStatus:
        """Add how the directory is filled, unless a file of the same tool waits for a decision."""
        if status.bulk is not None or self._loading is None or status.instance != self._loading.master:
            return status
        return replace(status, bulk=self._loading.told())

    async def decide_bulk(self, instance: str, decision: Decision) -> None:
        """Take what somebody decides about a file, or a reading of everybody, that waits."""
        loading = self._loading if self._loading is not None and self._loading.master == instance else None
        decided = await self._sources.decide_file(instance, decision, loading.file_mark if loading else "")
        if loading is not None and loading.is_held:
            await loading.decide(decision)
        elif not decided:
            raise AviseError("bulk.nothing_held")

    async def follow_reloads(self) -> None:
        """Read again on open screens what a changed connector file maps otherwise; runs until cancelled."""
        async for instance in self._sources.reloads():
            await self._tool_back(instance)
            for dossier in tuple(self._dossiers.values()):
                dossier.remap(instance)

    async def network_back(self) -> None:
        """Read again on open screens what could not be read without a network; fresh copies stay."""
        for dossier in tuple(self._dossiers.values()):
            dossier.read()

    async def diagnostic(self, instance: str = "") -> str:
        """Return a diagnostic as JSON text."""
        names = [instance] if instance else [status.instance for status in await self._sources.status()]
        found = {name: await self._sources.diagnostics(name) for name in names}
        return json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True)

    # ---- the desk itself -----------------------------------------------------------------------
    async def save_draft(self, person: PersonId, text: str) -> None:
        """Keep what is being typed."""
        await self._memory.save_draft(person, text)

    async def draft(self, person: PersonId) -> Draft | None:
        """Return what was being typed."""
        found = await self._memory.draft(person)
        return replace(found, text=draft_of(person, found.text)[1].note) if found is not None else None


async def _closed(iterator: AsyncIterator[object]) -> None:
    close = getattr(iterator, "aclose", None)
    if close is not None:
        await close()


async def _no_call() -> AsyncIterator[IncomingCall]:
    nothing: tuple[IncomingCall, ...] = ()
    for call in nothing:
        yield call


def _with_copies(status: SourceStatus, copies: Mapping[str, tuple[int, datetime]]) -> SourceStatus:
    """Add how much of a tool can still be shown when it does not answer."""
    count, oldest = copies.get(status.instance, (0, None))
    return replace(status, cached_customers=count, oldest_copy=oldest)
