"""A desk that plays a script: what the window is tested with, on any loop, without tools or store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from avise.connectors.contract import Health, HealthReport
from avise.models.bulk_reading import Decision
from avise.models.callers import THE_MEMBER, Caller
from avise.models.customer import (
    DirectoryEntry,
    MatchedOn,
    Party,
    PartyKind,
    PersonId,
    SearchAnswer,
    SearchHit,
)
from avise.models.errors import AviseError
from avise.models.names import fold
from avise.models.roles import Purpose, Role, Session
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import SignInStep, SignInWay
from avise.services.customer_updates import (
    CustomerUpdate,
    Verification,
    VerificationChanged,
    VerificationLevel,
)
from avise.services.desk import (
    CallState,
    Comparison,
    Draft,
    IncomingCall,
    Revealed,
    SavedTab,
    VerificationQuestion,
)
from tests.ui.persona import HELENE, NOW, helene_updates
from tests.ui.scripted_acting import ScriptedActing
from tests.ui.scripted_day import ScriptedDay
from tests.ui.scripted_identity import ScriptedIdentity
from tests.ui.scripted_messages import ScriptedMessages
from tests.ui.scripted_packs import ScriptedPacks
from tests.ui.scripted_requests import ScriptedRequests
from tests.ui.scripted_sources import scripted_sources
from tests.ui.scripted_visits import ScriptedVisits
from tests.ui.scripted_workstation import ScriptedWorkstation
from tests.ui.stream import Stream


def party(number: int, last: str, first: str, born: date, city: str, **more: object) -> DirectoryEntry:
    """Return a directory entry; the same number gives the same person."""
    person = more.pop("person", None) or UUID(int=number)
    assert isinstance(person, UUID)
    known = {"native_id": f"PTY-{number}", "kind": PartyKind.MEMBER} | more
    return DirectoryEntry(
        person,
        person,
        Party(last_name=last, first_name=first, birth_date=born, city=city, **known),  # type: ignore[arg-type]  # test data
    )


DIRECTORY = (
    party(
        1,
        "MARCHAND",
        "Hélène",
        date(1968, 3, 12),
        "Nantes",
        person=HELENE,
        member_number="0482917350",
        phones=("+33639984127",),
    ),
    party(
        2,
        "MARCHAND",
        "Yves",
        date(1965, 9, 4),
        "Nantes",
        member_number="0482917368",
        kind=PartyKind.BENEFICIARY,
        phones=("+33639984127",),
    ),
    party(3, "MARCHAIS", "Odile", date(1949, 11, 30), "Saint-Herblain", member_number="0117204881"),
    party(4, "MARCHETTI", "Paolo", date(1991, 6, 22), "Rezé", member_number="0930655024", restricted=True),
    party(5, "DUVAL", "Bastien", date(1987, 2, 2), "Angers", member_number="0550120977"),
    party(6, "KERVELLA", "Anne", date(1959, 7, 19), "Brest", member_number="0261884350"),
    party(7, "MARCHAND", "Hélène", date(1994, 1, 5), "Rennes", member_number="0771203346"),
    party(8, "ROUX", "Michel", date(1944, 12, 24), "Vannes", member_number="0031845120"),
)


def hit_of(entry: DirectoryEntry, words: str = "") -> SearchHit:
    """Return a row of results with the part of the last name that matched."""
    first = words.split(maxsplit=1)[0] if words.split() else ""
    same = sum(
        other.party.last_name == entry.party.last_name and other.party.first_name == entry.party.first_name
        for other in DIRECTORY
    )
    matched = bool(first) and fold(entry.party.last_name).startswith(fold(first))
    return SearchHit(
        entry,
        1.0,
        (MatchedOn.NAME,),
        (("last_name", 0, len(first)),) if matched else (),
        homonyms=same - 1,
        member_label="conjoint de Hélène" if entry.party.kind is PartyKind.BENEFICIARY else "",
    )


@dataclass
class ScriptedDesk(
    ScriptedDay,
    ScriptedActing,
    ScriptedMessages,
    ScriptedRequests,
    ScriptedPacks,
    ScriptedVisits,
    ScriptedWorkstation,
    ScriptedIdentity,
):
    """Implements `Desk` from values; a test changes them and reads `asked`."""

    session: Session = field(
        default_factory=lambda: Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
    )
    updates: dict[PersonId, tuple[CustomerUpdate, ...]] = field(
        default_factory=lambda: {HELENE: helene_updates()}
    )
    statuses: tuple[SourceStatus, ...] = field(default_factory=scripted_sources)
    settings: dict[str, str] = field(default_factory=dict)
    tabs: tuple[SavedTab, ...] = ()
    drafts: dict[PersonId, Draft] = field(default_factory=dict)
    recent: tuple[PersonId, ...] = (HELENE, UUID(int=5))
    asked: list[tuple[object, ...]] = field(default_factory=list)
    bodies: dict[str, str | AviseError] = field(default_factory=dict)
    """Of the exchanges of the history, by the identity of their line."""
    body_gate: asyncio.Event | None = None
    """Held by a test that wants to see a text under way."""
    search_error: AviseError | None = None
    wider: tuple[SearchHit, ...] = ()
    wider_gate: asyncio.Event | None = None
    search_gate: asyncio.Event | None = None
    """Held by a test that wants to see a search under way."""
    customer_streams: dict[PersonId, Stream] = field(default_factory=dict)
    call_stream: Stream = field(default_factory=Stream)
    source_stream: Stream = field(default_factory=Stream)
    tool_sign_in_stream: Stream = field(default_factory=Stream)
    wrong_answers: int = 0
    may_call: tuple[Caller, ...] = (THE_MEMBER,)

    # ---- what a test plays -------------------------------------------------------------------
    def tell(self, person: PersonId, update: CustomerUpdate) -> None:
        """Send an update to whoever looks at a customer."""
        self.customer_streams.setdefault(person, Stream()).tell(update)

    def ring(
        self,
        *people: PersonId,
        number: str = "+33639984127",
        state: CallState = CallState.RINGING,
        followed: bool = True,
    ) -> IncomingCall:
        """Let the telephone ring for people behind a number; return the call."""
        matches = tuple(hit_of(entry) for entry in DIRECTORY if entry.person in people)
        call = IncomingCall(
            "call-1", state, NOW, None, number, "Remboursements", 70, matches, followed=followed
        )
        self.call_stream.tell(call)
        return call

    def show_sources(self, statuses: tuple[SourceStatus, ...]) -> None:
        """Change the state of the tools."""
        self.statuses = statuses
        self.source_stream.tell(statuses)

    # ---- customers ---------------------------------------------------------------------------
    async def search(self, words: str, limit: int = 50) -> SearchAnswer:
        """Find by the start of a name or by a number."""
        self.asked.append(("search", words))
        if self.search_gate is not None:
            await self.search_gate.wait()
        if self.search_error is not None:
            raise self.search_error
        found = tuple(hit_of(entry, words) for entry in DIRECTORY if _matches(entry, words))
        return SearchAnswer(found[:limit], len(found), as_of=NOW.isoformat())

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int = 20) -> SearchAnswer:
        """Find those that a test put in `wider`, once it lets them."""
        self.asked.append(("search_wider", words, tuple(known)))
        if self.wider_gate is not None:
            await self.wider_gate.wait()
        found = tuple(hit for hit in self.wider if hit.entry.person not in known)
        return SearchAnswer(found[:limit], len(found), as_of=NOW.isoformat())

    async def recents(self) -> tuple[SearchHit, ...]:
        """Return the scripted recents."""
        by_person = {entry.person: entry for entry in DIRECTORY}
        return tuple(hit_of(by_person[person]) for person in self.recent if person in by_person)

    async def find_by_identifier(self, scheme: str, value: str) -> PersonId | None:
        """Find by member number."""
        assert scheme == "member"
        return next((entry.person for entry in DIRECTORY if entry.party.member_number == value), None)

    async def open_customer(
        self, person: PersonId, purpose: Purpose, reason: str = ""
    ) -> AsyncIterator[CustomerUpdate]:
        """Play the scripted updates, then whatever a test tells."""
        self.asked.append(("open_customer", person, purpose, reason))
        restricted = any(entry.person == person and entry.party.restricted for entry in DIRECTORY)
        if restricted and not reason:
            raise AviseError("open.reason_needed")
        stream = self.customer_streams.setdefault(person, Stream())
        following = stream.follow(*self.updates.get(person, ()))
        try:
            async for update in following:
                yield update  # type: ignore[misc]  # a stream of updates by construction
        finally:
            await following.aclose()  # type: ignore[attr-defined]  # a generator
            self.asked.append(("closed", person))

    async def reread(self, person: PersonId, facet: str = "") -> None:
        """Note the wish."""
        self.asked.append(("reread", person, facet))

    async def leave(self, person: PersonId) -> None:
        """Note the wish."""
        self.asked.append(("leave", person))

    async def exchange_body(self, person: PersonId, entry: str) -> str:
        """Give the scripted text of an exchange, or fail as told."""
        self.asked.append(("exchange_body", person, entry))
        if self.body_gate is not None:
            await self.body_gate.wait()
        found = self.bodies[entry]
        if isinstance(found, AviseError):
            raise found
        return found

    # ---- restricted values, verification -----------------------------------------------------
    async def reveal(self, person: PersonId, field: str, record: str, reason: str) -> Revealed:
        """Show a value that a test can look for."""
        self.asked.append(("reveal", person, field, record, reason))
        if not reason:
            raise AviseError("reveal.reason_needed")
        return Revealed("2 68 03 44 109 214 35", 20)

    async def compare(self, person: PersonId, field: str, record: str, answer: str) -> bool:
        """Say yes to the scripted NIR alone."""
        self.asked.append(("compare", person, field, record))
        return answer.replace(" ", "") == "268034410921435"

    async def verification_questions(self, person: PersonId) -> tuple[VerificationQuestion, ...]:
        """Return three questions, the last one dynamic."""
        self.asked.append(("verification_questions", person))
        return (
            VerificationQuestion("birth_date", dynamic=False),
            VerificationQuestion("address", dynamic=False),
            VerificationQuestion("last_reimbursement", dynamic=True),
        )

    async def callers(self, person: PersonId) -> tuple[Caller, ...]:
        """Return who may call."""
        self.asked.append(("callers", person))
        return self.may_call

    async def choose_caller(self, person: PersonId, caller: Caller) -> None:
        """Note who calls, and tell it as the engine does."""
        self.asked.append(("choose_caller", person, caller))
        self.tell(person, VerificationChanged(Verification(caller=caller)))

    async def forget_verification(self, person: PersonId) -> None:
        """Forget who was verified."""
        self.asked.append(("forget_verification", person))

    async def verify(self, person: PersonId, question: str, answer: str) -> Comparison:
        """Take "oui" as the right answer; three errors lock."""
        self.asked.append(("verify", person, question))
        if answer == "oui":
            return Comparison(True, Verification(VerificationLevel.STRONG, 3, self.wrong_answers, 3, NOW), 3)
        self.wrong_answers += 1
        level = VerificationLevel.LOCKED if self.wrong_answers >= 3 else VerificationLevel.NONE
        return Comparison(False, Verification(level, 0, self.wrong_answers), max(3 - self.wrong_answers, 0))

    # ---- calls -------------------------------------------------------------------------------
    async def calls(self) -> AsyncIterator[IncomingCall]:
        """Play the calls that a test rings."""
        async for call in self.call_stream.follow():
            yield call  # type: ignore[misc]  # a stream of calls by construction

    async def announce_call(self, number: str = "", call_id: str = "") -> None:
        """Note the announcement."""
        self.asked.append(("announce_call", number, call_id))

    async def record_interaction(self, person: PersonId | None, body: Mapping[str, str]) -> None:
        """Note what is written."""
        self.asked.append(("record_interaction", person, dict(body)))

    # ---- sources -----------------------------------------------------------------------------
    async def sources(self) -> AsyncIterator[tuple[SourceStatus, ...]]:
        """Play the states of the tools."""
        async for statuses in self.source_stream.follow(self.statuses):
            yield statuses  # type: ignore[misc]  # a stream of states by construction

    async def check_source(self, instance: str) -> HealthReport:
        """Answer that the tool is well."""
        self.asked.append(("check_source", instance))
        return HealthReport(Health.OK)

    async def retry_source(self, instance: str) -> None:
        """Note the wish."""
        self.asked.append(("retry_source", instance))

    async def decide_bulk(self, instance: str, decision: Decision) -> None:
        """Note the decision."""
        self.asked.append(("decide_bulk", instance, decision))

    async def sign_in_to_tool(self, instance: str, way: SignInWay) -> AsyncIterator[SignInStep]:
        """Play the steps of a sign-in, or how it fails."""
        self.asked.append(("sign_in_to_tool", instance, way))
        async for step in self.tool_sign_in_stream.follow():
            if isinstance(step, AviseError):
                raise step
            yield step  # type: ignore[misc]  # a stream of steps by construction

    async def diagnostic(self, instance: str = "") -> str:
        """Return a small diagnostic."""
        self.asked.append(("diagnostic", instance))
        return '{"instance": "' + instance + '"}'

    # ---- the desk itself ---------------------------------------------------------------------
    async def save_tabs(self, tabs: tuple[SavedTab, ...]) -> None:
        """Keep the tabs."""
        self.tabs = tabs

    async def saved_tabs(self) -> tuple[SavedTab, ...]:
        """Return the tabs kept."""
        return self.tabs

    async def save_draft(self, person: PersonId, text: str) -> None:
        """Keep a draft."""
        self.asked.append(("save_draft", person, text))
        self.drafts.pop(person, None)
        if text:
            self.drafts[person] = Draft(person, text, datetime(2026, 3, 24, 9, 44, tzinfo=UTC))

    async def draft(self, person: PersonId) -> Draft | None:
        """Return a draft."""
        return self.drafts.get(person)

    async def setting(self, key: str) -> str:
        """Return a setting, "" when nobody changed it."""
        return self.settings.get(key, "")

    async def change_setting(self, key: str, value: str) -> None:
        """Keep a setting."""
        self.settings[key] = value


def _matches(entry: DirectoryEntry, words: str) -> bool:
    digits = "".join(character for character in words if character.isdigit())
    if digits:
        return digits in entry.party.member_number or any(digits[-9:] in p for p in entry.party.phones)
    folded = [fold(entry.party.last_name), fold(entry.party.first_name), fold(entry.party.city)]
    return all(any(name.startswith(fold(word)) for name in folded) for word in words.split())
