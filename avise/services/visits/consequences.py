"""What follows from a visit besides its report: requests, the next appointment, the summary.

Each part is a `Promise`: it is written in the transaction of the report, or not at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from avise.connectors.action_contract import ActionOffer
from avise.env import Env
from avise.models.commands import CommandId, OutboxItem
from avise.models.consent import ConsentChannel, ConsentMatrix
from avise.models.customer import DirectoryEntry, PartyKind, PersonId
from avise.models.errors import AviseError
from avise.models.journal import NewEvent
from avise.models.json_types import JSON
from avise.models.outgoing import MessageDraft, MessageId
from avise.models.requests import RequestId
from avise.models.roles import Purpose, Session
from avise.services.acting_values import PlannedAction
from avise.services.consent_texts import ConsentBook
from avise.services.customer_header import header_of
from avise.services.customer_updates import Header
from avise.services.facts import Facts
from avise.services.messages.drafting import Addressee, Wish, Writer, make_draft
from avise.services.messages.recipients import greeting, recipient
from avise.services.messages.templates import TemplateBook
from avise.services.promises import Promise
from avise.services.request_values import NewRequest
from avise.services.unread_plans import unread_offer, unread_plan
from avise.services.visit_values import VisitReport
from avise.services.visits.request_rules import Filling, RuleSection, filled
from avise.texts import text
from avise.texts.formats import format_long_date, format_time, local

CREATE = "create_appointment"
KIND = "home_visit"
MINUTES = 60
RECAP = "visit_recap"
CHANNEL = "field_visit"

ABOVE_ALL = timedelta(hours=1)
"""An appointment asked for in less than that is still tried for that long."""


class PromisingOutbox(Protocol):
    """The outbox, as a visit uses it."""

    def offers(self, entry: DirectoryEntry) -> tuple[ActionOffer, ...]:
        """Return what can be done for a member."""

    def promise(self, plan: PlannedAction, until: datetime) -> Promise:
        """Return what promises an action together with other things."""

    def item(self, command_id: CommandId) -> OutboxItem:
        """Return one command; AviseError when it is no longer known."""


class PromisingMessages(Protocol):
    """Where messages go, as a visit uses it."""

    def promise(self, draft: MessageDraft) -> tuple[MessageId, Promise]:
        """Return what plans a message together with other things."""


Prepare = Callable[[NewRequest], Awaitable[tuple[RequestId, NewEvent]]]
"""Makes the event of a request; errors as `RequestDesk.create_request`."""

ConsentsOf = Callable[[PersonId, Facts], Awaitable[ConsentMatrix]]


@dataclass(frozen=True, slots=True)
class Letters:
    """What it takes to write a summary.

    Args:
        outgoing: where messages go.
        templates: what can be written.
        consents: what a member accepts.
        book: rules of consents.
        mutual: the name that signs.
        channels: that this desk has a way out for.
    """

    outgoing: PromisingMessages
    templates: TemplateBook
    consents: ConsentsOf
    book: ConsentBook
    mutual: str
    channels: frozenset[ConsentChannel]


@dataclass(frozen=True, slots=True)
class Visited:
    """Whom a visit was to, as far as it is known.

    Args:
        entry: the member of the file.
        person: who was met.
        facts: of the open file.
        place: of the appointment.
        purpose: of the appointment.
    """

    entry: DirectoryEntry
    person: PersonId
    facts: Facts
    place: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Consequences:
    """Makes the parts of a visit's end.

    Args:
        session: who visits.
        env: clock and identifiers.
        outbox: to the tools; None where nothing can be asked of them.
        prepare: files requests; None without a middle office.
        letters: writes summaries; None where nothing can be sent.
    """

    session: Session
    env: Env
    outbox: PromisingOutbox | None
    prepare: Prepare | None
    letters: Letters | None

    # ---- requests ------------------------------------------------------------------------------
    async def requests(
        self, rules: Sequence[RuleSection], report: VisitReport, visited: Visited
    ) -> tuple[tuple[RequestId, Promise], ...]:
        """Return the requests that rules file; one that is open already is not filed twice.

        Raises:
            AviseError: what a request breaks.
        """
        found: list[tuple[RequestId, Promise]] = []
        filling = Filling(local(self.env.now()).date(), visited.person, visited.purpose)
        for rule in rules if self.prepare is not None else ():
            values = filled(rule, report, filling)
            made = await self._request(rule, values, visited)
            if made is not None:
                found.append(made)
        return tuple(found)

    async def _request(
        self, rule: RuleSection, values: Mapping[str, str], visited: Visited
    ) -> tuple[RequestId, Promise] | None:
        if self.prepare is None:
            return None
        new = NewRequest(rule.type, visited.person, values, channel=CHANNEL)
        try:
            request, event = await self.prepare(new)
        except AviseError as error:
            if error.message_key == "request.duplicate":
                return None
            if error.message_key == "request.incomplete":
                raise AviseError("visit.request_incomplete", label=text(f"visit.because.{rule.id}")) from None
            raise
        return request, Promise((event,))

    # ---- the next appointment ------------------------------------------------------------------
    def appointment(self, starts_at: datetime, visited: Visited) -> tuple[CommandId, Promise]:
        """Return what asks the calendar for an appointment: made here, answered at the next contact.

        Raises:
            AviseError: `visit.no_calendar` when no tool takes appointments of this customer.
        """
        offers = self.outbox.offers(visited.entry) if self.outbox is not None else ()
        offer = unread_offer(offers, CREATE)
        if self.outbox is None or offer is None:
            raise AviseError("visit.no_calendar")
        given: dict[str, JSON] = {
            "starts_at": starts_at.isoformat(timespec="seconds"),
            "duration_min": MINUTES,
            "kind": KIND,
            "subject": visited.purpose or text("visit.appointment_subject"),
            "place": visited.place,
            "advisor": self.session.display_name,
        }
        plan = unread_plan(offer, visited.entry, Purpose.VISIT, given, self.env)
        until = max(starts_at, self.env.now() + ABOVE_ALL)
        return plan.command_id, self.outbox.promise(plan, until)

    def command(self, command: CommandId | None) -> OutboxItem | None:
        """Return the command of an appointment, None when it is no longer known."""
        if command is None or self.outbox is None:
            return None
        try:
            return self.outbox.item(command)
        except AviseError:
            return None

    # ---- the summary ---------------------------------------------------------------------------
    def can_recap(self, visited: Visited) -> bool:
        """Say whether the customer can be written to by e-mail."""
        letters = self.letters
        if letters is None or ConsentChannel.EMAIL not in letters.channels:
            return False
        if visited.entry.party.kind is PartyKind.COMPANY:
            return False
        header = header_of(visited.entry, visited.facts, self.session.role)
        return not recipient(ConsentChannel.EMAIL, visited.facts, header).problem

    async def recap(self, report: VisitReport, visited: Visited) -> Promise:
        """Return what plans the summary; it leaves at the next contact.

        Raises:
            AviseError: `visit.no_recap` when the customer cannot be written to.
        """
        letters = self.letters
        template = letters.templates.get(RECAP) if letters is not None else None
        if letters is None or template is None or not self.can_recap(visited):
            raise AviseError("visit.no_recap")
        header = header_of(visited.entry, visited.facts, self.session.role)
        matrix = await letters.consents(visited.entry.dossier, visited.facts)
        writer = Writer(self.session.display_name, letters.mutual, letters.channels)
        words = recap_words(report, header, writer, self.env.now())
        wish = Wish(ConsentChannel.EMAIL, words=words)
        draft = make_draft(template, Addressee(header, visited.facts, matrix), writer, letters.book, wish)
        if draft.channel is None:
            raise AviseError("visit.no_recap")
        return letters.outgoing.promise(draft)[1]


def recap_words(report: VisitReport, header: Header, writer: Writer, now: datetime) -> str:
    """Return the body of the summary: what the customer said, what happens now; never the note."""
    lines = [f"{greeting(header)},", "", text("visit.recap.thanks", date=format_long_date(local(now).date()))]
    if report.needs:
        lines += ["", text("visit.recap.needs")]
        lines += [
            "– " + " : ".join(filter(None, (text(f"visit.need.{need.need}"), need.words)))
            for need in sorted(report.needs, key=lambda need: -need.priority)
        ]
    if report.next_step:
        lines += ["", text("visit.recap.next", step=report.next_step.strip())]
    if report.next_appointment is not None:
        at = local(report.next_appointment)
        day, hour = format_long_date(at.date()), format_time(report.next_appointment)
        lines += ["", text("visit.recap.appointment", date=day, time=hour)]
    lines += ["", text("visit.recap.end"), "", writer.agent, writer.mutual]
    return "\n".join(lines)
