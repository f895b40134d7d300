"""Everything that a desk may ask of Avise: the one door between the window and the services.

The engine implements `Desk` on its own loop; the window reaches it through `avise.ui.bridge`, the
command line directly. Each method is one intention of the user, in the session that the desk was
opened with; values that come back are frozen and already masked for the role.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from avise.models.bulk_reading import Decision
from avise.models.callers import Caller
from avise.models.customer import PersonId, SearchAnswer, SearchHit
from avise.models.desk_memory import Draft, SavedTab
from avise.models.roles import Purpose, Session
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import SignInStep, SignInWay
from avise.services.acting_desk import ActingDesk
from avise.services.customer_updates import CustomerUpdate, Verification
from avise.services.day_desk import DayDesk
from avise.services.identity_desk import IdentityDesk
from avise.services.message_desk import MessageDesk
from avise.services.pack_desk import PackDesk
from avise.services.request_desk import RequestDesk
from avise.services.visit_desk import VisitDesk
from avise.services.workstation_desk import WorkstationDesk

if TYPE_CHECKING:
    from avise.connectors.contract import HealthReport

__all__ = [
    "CallState",
    "Comparison",
    "Desk",
    "Draft",
    "IncomingCall",
    "Revealed",
    "SavedTab",
    "VerificationQuestion",
]


class CallState(StrEnum):
    """Where a telephone call stands."""

    RINGING = "ringing"
    ANSWERED = "answered"
    HELD = "held"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call and whom its number points to. The number is a search hint, never an identification."""

    call_id: str
    state: CallState
    at: datetime
    answered_at: datetime | None
    number: str
    """E.164, or "" when withheld; shown, never logged."""
    queue: str
    waited_s: int
    matches: tuple[SearchHit, ...]
    """One known, several, or nobody."""
    looked_up: bool = True
    """False when the directory could not be asked: that nobody is known then means nothing."""
    followed: bool = True
    """False when no telephony tells how it goes on (a softphone's link): the agent says that it ended."""


@dataclass(frozen=True, slots=True)
class VerificationQuestion:
    """A question to put to the caller; the answer is compared, never shown.

    Label: catalogue key `verify.question.<id>`.
    """

    id: str
    dynamic: bool
    """Rests on something that changes (a last reimbursement): one is needed for a strong level."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Answer of a comparison: whether it matches, and where the verification stands."""

    correct: bool
    verification: Verification
    attempts_left: int


@dataclass(frozen=True, slots=True)
class Revealed:
    """A restricted value shown for a stated reason, until it is masked again."""

    value: str
    seconds: int


class Desk(
    DayDesk,
    ActingDesk,
    MessageDesk,
    RequestDesk,
    PackDesk,
    VisitDesk,
    WorkstationDesk,
    IdentityDesk,
    Protocol,
):
    """What the window and the command line ask."""

    session: Session

    # ---- customers ---------------------------------------------------------------------------
    async def search(self, words: str, limit: int = 50) -> SearchAnswer:
        """Find parties by any key in any form."""

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int = 20) -> SearchAnswer:
        """Find who else it may be when two letters of a name are wrong: a second part, to show below."""

    async def recents(self) -> tuple[SearchHit, ...]:
        """Return the customers opened last by this user, newest first, at most nine."""

    async def find_by_identifier(self, scheme: str, value: str) -> PersonId | None:
        """Return the person who bears an identifier ("member", "0482917350"), None when nobody does."""

    def open_customer(
        self, person: PersonId, purpose: Purpose, reason: str = ""
    ) -> AsyncIterator[CustomerUpdate]:
        """Open a dossier and follow it until the iterator is closed; the opening is journaled.

        Raises:
            AviseError: `open.reason_needed` for a protected file without a reason.
        """

    async def reread(self, person: PersonId, facet: str = "") -> None:
        """Read one facet again, or all; the open stream tells the outcome."""

    async def leave(self, person: PersonId) -> None:
        """Say that nobody looks at this customer any more: queued readings are dropped."""

    async def exchange_body(self, person: PersonId, entry: str) -> str:
        """Return the text of an exchange of an open dossier, live, after writing who asked.

        Args:
            person: whose dossier.
            entry: identity of a line of the history that has a body.
        """

    # ---- restricted values, verification -----------------------------------------------------
    async def reveal(self, person: PersonId, field: str, record: str, reason: str) -> Revealed:
        """Show a NIR or an IBAN, live, after writing who asked and why."""

    async def compare(self, person: PersonId, field: str, record: str, answer: str) -> bool:
        """Say whether a NIR or an IBAN told by the caller is the right one, without showing it."""

    async def verification_questions(self, person: PersonId) -> tuple[VerificationQuestion, ...]:
        """Return the questions that this dossier can answer, the dynamic ones included."""

    async def verify(self, person: PersonId, question: str, answer: str) -> Comparison:
        """Compare what the caller says with what is known; three errors lock (`domain.md` 2.6)."""

    async def callers(self, person: PersonId) -> tuple[Caller, ...]:
        """Return who may call about this file: the member first, then mandates, guardians, contacts."""

    async def choose_caller(self, person: PersonId, caller: Caller) -> None:
        """Note who says to be calling; journaled, and told with the exchange when it is recorded.

        Raises:
            AviseError: `caller.unknown` or `caller.expired`.
        """

    async def forget_verification(self, person: PersonId) -> None:
        """Forget who was verified: another call begins, and nobody knows who speaks."""

    # ---- calls -------------------------------------------------------------------------------
    def calls(self) -> AsyncIterator[IncomingCall]:
        """Follow this agent's calls, as the telephony tells them."""

    async def announce_call(self, number: str = "", call_id: str = "") -> None:
        """Take a call announced by a softphone (`avise://call?…`)."""

    async def record_interaction(self, person: PersonId | None, body: Mapping[str, str]) -> None:
        """Write an exchange in the journal (channel, direction, title, note, call id…)."""

    # ---- sources -----------------------------------------------------------------------------
    def sources(self) -> AsyncIterator[tuple[SourceStatus, ...]]:
        """Follow the state of every tool: at once, then at each change, at most twice a second."""

    async def check_source(self, instance: str) -> HealthReport:
        """Ask a tool whether it answers."""

    async def retry_source(self, instance: str) -> None:
        """Close a suspended tool's breaker for one probe and reread what failed."""

    def sign_in_to_tool(self, instance: str, way: SignInWay) -> AsyncIterator[SignInStep]:
        """Sign this user in at a tool: what to open or to type, then the end; closing it abandons.

        Once it is done, what the tool feeds is read again on open screens.
        """

    async def decide_bulk(self, instance: str, decision: Decision) -> None:
        """Decide about a file, or a reading of everybody, that is so small that it waits."""

    async def diagnostic(self, instance: str = "") -> str:
        """Return a diagnostic as JSON text, by allow-list, without personal data."""

    # ---- the desk itself ---------------------------------------------------------------------
    async def save_tabs(self, tabs: tuple[SavedTab, ...]) -> None:
        """Keep the open session tabs for the next start."""

    async def saved_tabs(self) -> tuple[SavedTab, ...]:
        """Return the tabs that were open."""

    async def save_draft(self, person: PersonId, text: str) -> None:
        """Keep what is being typed on a customer's screen; an empty text forgets it."""

    async def draft(self, person: PersonId) -> Draft | None:
        """Return what was being typed, None when nothing was."""

    async def setting(self, key: str) -> str:
        """Return a setting's value; its default when nobody changed it."""

    async def change_setting(self, key: str, value: str) -> None:
        """Change a setting ("theme", "language", "zoom", "density")."""
