"""A member's consents: what the journal and the tools know, what is asked, given and withdrawn.

A withdrawal is an event of our own journal: it counts at once here, whatever the tools still say, and
whoever waits to write to the member is told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date

from avise.env import Env
from avise.models.consent import (
    OWN_RECORD,
    UNVERIFIED,
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentMatrix,
    ConsentPurpose,
    ConsentQuestion,
    Permission,
    matrix_of,
    may_send,
    merged,
    months_after,
    to_ask,
    told_by_tool,
)
from avise.models.customer import CustomerKey, DirectoryEntry, IdentityEvidence, PersonId, customer_stream
from avise.models.errors import AviseError
from avise.models.event_fold import effective, text_in
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.free_text import holds_nir_in_words
from avise.models.interaction import Channel
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.roles import Purpose, Session
from avise.services.consent_texts import ConsentBook
from avise.services.facts import READABLE, Facts, word
from avise.services.ports import JournalPort
from avise.services.source_port import SourcePort
from avise.texts.formats import local

FACET = "consents"
MAX_PROOF = 200
KINDS = (EventKind.CONSENT_GIVEN, EventKind.CONSENT_WITHDRAWN, EventKind.UNDONE)

Withdrawn = Callable[[PersonId, str, str], Awaitable[None]]
"""Told of a withdrawal: whose, and for which purpose and channel ("" for all)."""


class Consents:
    """Reads and writes the consents of members.

    Args:
        session: who works here.
        journal: where acts are kept.
        sources: the tools, one of which may keep consents as well.
        book: rules and questions.
        env: the clock.
    """

    def __init__(
        self, session: Session, journal: JournalPort, sources: SourcePort, book: ConsentBook, env: Env
    ) -> None:
        self.book = book
        self._session = session
        self._journal = journal
        self._sources = sources
        self._env = env
        self._listeners: list[Withdrawn] = []

    def on_withdrawn(self, listener: Withdrawn) -> None:
        """Have somebody told of every withdrawal."""
        self._listeners.append(listener)

    def today(self) -> date:
        """Return the day in Paris."""
        return local(self._env.now()).date()

    # ---- reading -------------------------------------------------------------------------------
    async def own(self, member: PersonId) -> ConsentMatrix:
        """Return what our journal holds of a member."""
        events = await self._journal.stream(customer_stream(member), KINDS)
        return matrix_of(events, self.today())

    async def known(self, member: PersonId, facts: Facts) -> ConsentMatrix:
        """Return what is known of a member whose dossier is open."""
        return merged(await self.own(member), *told_in(facts))

    async def live(self, entry: DirectoryEntry) -> ConsentMatrix | None:
        """Return what holds now, asking the tools; None when one that keeps consents did not answer."""
        told = []
        for offer in self._sources.offers():
            if not offer.enabled or all(fed.facet != FACET for fed in offer.facets):
                continue
            if offer.failure is not None:
                return None
            read = await self._read(entry, offer.instance, offer.needs(FACET))
            if read is None:
                return None
            told.append(told_by_tool(read, offer.instance))
        return merged(await self.own(entry.dossier), *told)

    async def _read(
        self, entry: DirectoryEntry, instance: str, needs: tuple[str, ...]
    ) -> tuple[FacetRecord, ...] | None:
        ids = {**entry.party.ids, "member": entry.party.member_number}
        if not all(ids.get(scheme) for scheme in needs):
            return ()
        key = CustomerKey(entry.dossier, {scheme: ids[scheme] for scheme in needs})
        readings = self._sources.read_facet(
            instance, FACET, key, _identity(entry), agent=self._session.user, purpose=Purpose.REQUEST,
            force=True,
        )  # fmt: skip
        last = None
        async for reading in readings:
            last = reading
        if last is None or not last.final or last.error is not None or last.withheld:
            return None
        return tuple(FacetRecord(record.id, record.data) for record in last.records)

    async def verified(
        self, entry: DirectoryEntry, purpose: ConsentPurpose, channel: ConsentChannel
    ) -> Permission:
        """Return whether one may write to a member now; asked again of the tools for what needs a consent."""
        if purpose is ConsentPurpose.SERVICE:
            return may_send(ConsentMatrix(), self.book.rule(purpose), channel, self.today())
        matrix = await self.live(entry)
        if matrix is None:
            return UNVERIFIED
        return may_send(matrix, self.book.rule(purpose), channel, self.today())

    def questions(self, matrix: ConsentMatrix) -> tuple[ConsentQuestion, ...]:
        """Return the questions still to be asked of a member, in the order of the purposes."""
        today = self.today()
        found = (
            self.book.question(purpose, channel, today)
            for purpose in self.book.purposes
            for channel in to_ask(matrix, self.book.rule(purpose), today)
        )
        return tuple(question for question in found if question is not None)

    def every_question(self) -> tuple[ConsentQuestion, ...]:
        """Return the question in force of every cell: a member may change their mind on any."""
        today = self.today()
        found = (
            self.book.question(purpose, channel, today)
            for purpose in self.book.purposes
            for channel in ConsentChannel
        )
        return tuple(question for question in found if question is not None)

    def cells(self, matrix: ConsentMatrix) -> tuple[Consent, ...]:
        """Return the whole matrix, purpose by purpose, what nobody said included."""
        return tuple(
            matrix.of(purpose, channel) for purpose in self.book.purposes for channel in ConsentChannel
        )

    # ---- writing -------------------------------------------------------------------------------
    async def give(self, member: PersonId, act: ConsentAct) -> None:
        """Keep a positive act, with the version of the question and its proof.

        Raises:
            AviseError: `consent.no_question`, `consent.future`, `consent.proof_number` or
                `consent.proof_long`.
        """
        today = self.today()
        day = act.effective or today
        if day > today:
            raise AviseError("consent.future")
        question = (
            self.book.asked(act.purpose, act.channel, act.text_version)
            if act.text_version
            else self.book.question(act.purpose, act.channel, day)
        )
        if question is None:
            raise AviseError("consent.no_question")
        body: Mapping[str, JSON] = {
            "purpose": act.purpose,
            "channel": act.channel,
            "said_on": act.said_on,
            "proof": _proof(act.proof),
            "text_version": question.version,
            "language": question.language,
            "effective": day.isoformat(),
            "until": months_after(day, self.book.rule(act.purpose).months).isoformat(),
        }
        await self._journal.append(self._session, EventKind.CONSENT_GIVEN, customer_stream(member), body)

    async def withdraw(
        self,
        member: PersonId,
        purpose: ConsentPurpose | None = None,
        channel: ConsentChannel | None = None,
        *,
        said_on: Channel = Channel.PHONE_IN,
        proof: str = "",
    ) -> None:
        """Keep a withdrawal, for one cell, a row, a column or everything, and have it known at once.

        Raises:
            AviseError: `consent.service`, `consent.proof_number` or `consent.proof_long`.
        """
        if purpose is ConsentPurpose.SERVICE:
            raise AviseError("consent.service")
        body: Mapping[str, JSON] = {
            "purpose": purpose or "",
            "channel": channel or "",
            "said_on": said_on,
            "proof": _proof(proof),
        }
        await self._journal.append(self._session, EventKind.CONSENT_WITHDRAWN, customer_stream(member), body)
        for listener in self._listeners:
            await listener(member, purpose or "", channel or "")

    async def last_act(
        self, member: PersonId, purpose: ConsentPurpose, channel: ConsentChannel
    ) -> EventEnvelope | None:
        """Return what this user noted last of one cell, and of it alone; None when nothing was."""
        events = effective(await self._journal.stream(customer_stream(member), KINDS))
        place = (purpose.value, channel.value)
        noted = (
            event
            for event in reversed(events)
            if event.author == self._session.user
            and (text_in(event, "purpose"), text_in(event, "channel")) == place
        )
        return next(noted, None)


def told_in(facts: Facts) -> tuple[ConsentMatrix, ...]:
    """Return what each tool tells of consents, in the facts of an open dossier."""
    views = (view for view in facts.views.get(FACET, ()) if view.state in READABLE)
    return tuple(told_by_tool(view.records, view.source) for view in views)


def overlaid(view: FacetView, own: ConsentMatrix) -> FacetView:
    """Return a tool's block of consents with what our journal knows better written over it."""
    if view.state not in READABLE and view.state is not FacetState.EMPTY:
        return view
    holds = merged(own, told_by_tool(view.records, view.source))
    ours = {(str(p), str(c)): cell for (p, c), cell in holds.cells.items() if cell.source == "journal"}
    if not ours:
        return view
    kept = (
        record
        for record in view.records
        if _place_of(record) not in ours and not record.id.startswith(OWN_RECORD)
    )
    records = (*kept, *(_record_of(ours[place]) for place in sorted(ours)))
    state = FacetState.FRESH if view.state is FacetState.EMPTY else view.state
    return replace(view, records=records, state=state)


def _place_of(record: FacetRecord) -> tuple[str, str]:
    return word(record, "purpose"), word(record, "channel")


def _record_of(cell: Consent) -> FacetRecord:
    data: Mapping[str, JSON] = {
        "purpose": cell.purpose,
        "channel": cell.channel,
        "state": cell.state,
        "since": cell.since.isoformat() if cell.since is not None else None,
        "proof": cell.proof,
    }
    return FacetRecord(f"{OWN_RECORD}{cell.purpose}/{cell.channel}", data)


def _proof(words: str) -> str:
    if len(words) > MAX_PROOF:
        raise AviseError("consent.proof_long", limit=str(MAX_PROOF))
    if holds_nir_in_words(words):
        raise AviseError("consent.proof_number")
    return words.strip()


def _identity(entry: DirectoryEntry) -> IdentityEvidence:
    party = entry.party
    others = (party.birth_name,) if party.birth_name else ()
    ids = {**party.ids, "member": party.member_number}
    return IdentityEvidence(party.last_name, party.first_name, party.birth_date, ids, other_last_names=others)


# ---- who is left out ------------------------------------------------------------------------------

_NOTICES = frozenset({"formal_notice", "suspension", "termination"})
_OFFERS = (ConsentPurpose.COMMERCIAL, ConsentPurpose.PARTNERS)


def exclusion(facts: Facts, purpose: ConsentPurpose) -> str:
    """Return why a member is left out of a purpose, "" when nothing is against it (`domain.md` 4.2).

    A death stops everything but service messages; a protection, an open complaint, a legal stage of
    arrears or a protected file stop offers.
    """
    identity = facts.first("identity") or FacetRecord("", {})
    if word(identity, "vital_status") == "deceased":
        return "deceased"
    against_offers = {
        "protection": word(identity, "protection") not in ("", "none"),
        "restricted": identity.data.get("restricted") is True,
        "complaint": any(word(r, "status") in ("open", "acknowledged") for r in facts.records("complaints")),
        "arrears": any(word(r, "stage") in _NOTICES for r in facts.records("contributions")),
    }
    found = (reason for reason, holds in against_offers.items() if holds)
    return next(found, "") if purpose in _OFFERS else ""
