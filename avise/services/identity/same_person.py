"""Records held to be one person's: proposed, linked, kept apart, unlinked, each time with why.

Links are events of the journal, which the hub gives to every desk. Nothing is copied from one record to
the other: a linked record's readings stay under its own identity, so that an ended link leaves nothing
behind; and what a tool told of a record that the directory does not list stays in that record's own
stream (`avise.models.identity.descriptions`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from avise.env import Env
from avise.models.acts import Act, act_of
from avise.models.customer import CUSTOMER_STREAMS, DirectoryEntry, PartyKind, PersonId
from avise.models.errors import AviseError
from avise.models.facets import Datum
from avise.models.identity.comparison import compared
from avise.models.identity.contradictions import contradiction
from avise.models.identity.descriptions import described, reasoned
from avise.models.identity.estimation import ORDINARY
from avise.models.identity.explanation import explained
from avise.models.identity.link_bodies import reasoning_body, side_body
from avise.models.identity.links import (
    KINDS,
    MAY_LINK,
    PREFIX,
    How,
    Link,
    LinkBook,
    PairState,
    Proposal,
    Reasoning,
    Side,
    pair_of,
    pair_stream,
)
from avise.models.identity.parties import data_seen, record_of_party
from avise.models.identity.records import IdentityRecord
from avise.models.identity.rules import rule_for
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.masking import Access, access
from avise.models.request_fold import JudgedEvent
from avise.models.roles import Session
from avise.services.change_signal import ChangeSignal
from avise.services.confirmations import NameOf
from avise.services.identity.link_events import LinkEvents
from avise.services.identity.side_by_side import head_of, link_in_words, pair_of_records, sealed_pair
from avise.services.identity.told_records import DatesCopies, ToldRecords
from avise.services.identity.values import RecordLink, RecordPair, SamePersonNews
from avise.services.ports import DirectoryPort, JournalPort
from avise.services.wrap_up import refuse_restricted

LONGEST_REASON = 300


class SamePerson:
    """Keeps what was decided of pairs of records.

    Args:
        session: who decides.
        journal: where it is written.
        directory: who exists.
        env: identities.
        changes: told of each change.
        name_of: gives the name of whoever decided or proposed.
        copies: tells when records were read.
    """

    def __init__(
        self,
        session: Session,
        journal: JournalPort,
        directory: DirectoryPort,
        env: Env,
        changes: ChangeSignal,
        name_of: NameOf,
        copies: DatesCopies,
    ) -> None:
        self._session = session
        self._journal = journal
        self._env = env
        self._changes = changes
        self._name_of = name_of
        self._events = events = LinkEvents()
        self._records = ToldRecords(directory, events, copies)
        self._loaded = False
        self._later: list[uuid.UUID] = []

    # ---- what stands ---------------------------------------------------------------------------
    async def book(self) -> LinkBook:
        """Return what stands between all records."""
        if not self._loaded:
            own = await self._journal.under(PREFIX, KINDS)
            told = await self._journal.under(CUSTOMER_STREAMS, (EventKind.IDENTITY_DESCRIBED,))
            self._events.take_own((*own, *told))
            self._loaded = True
        return self._events.book

    def take(self, written: Iterable[EventEnvelope]) -> bool:
        """Take events that were just written here; say whether any was of a pair."""
        return self._tell(self._events.take_own(written))

    def take_fed(self, events: Iterable[JudgedEvent]) -> bool:
        """Take what the hub gave; say whether any was of a pair."""
        return self._tell(self._events.take_fed(events))

    def take_told(self, events: Iterable[EventEnvelope]) -> bool:
        """Take what records' own streams tell of them; say whether anything is new."""
        return self._tell(self._events.take_told(events))

    def put_aside(self, events: Iterable[uuid.UUID]) -> bool:
        """Take that own events do not count at the hub; say whether any was of a pair."""
        return self._tell(self._events.put_aside(events))

    def forget_fed(self) -> None:
        """Forget what the hub gave."""
        self._events.forget_fed()
        self._tell(changed=True)

    def _tell(self, changed: bool) -> bool:
        if changed:
            self._changes.tell()
        return changed

    async def untold_links(self, person: PersonId) -> tuple[PersonId, ...]:
        """Return those of a person's other records of which nothing is told here: the hub has to be asked."""
        return await self._records.untold((await self.book()).linked_to(person))

    async def untold_pair(self, one: PersonId, other: PersonId) -> tuple[PersonId, ...]:
        """Return those of two records that wait for somebody of which nothing is told here."""
        proposal = (await self.book()).proposal_of(one, other)
        return await self._records.untold((proposal.one, proposal.other)) if proposal is not None else ()

    async def linked_to(self, person: PersonId) -> tuple[DirectoryEntry, ...]:
        """Return the other records of a person, as they are now; those that nobody lists any more are out."""
        found = [await self._records.entry_of(side) for side in (await self.book()).linked_to(person)]
        return tuple(entry for entry in found if entry is not None)

    async def news(self, person: PersonId) -> SamePersonNews:
        """Return how many links and open proposals a person has."""
        book = await self.book()
        group = {person, *(side.person for side in book.linked_to(person))}
        waiting = sum(not group.isdisjoint((each.one.person, each.other.person)) for each in book.proposals())
        return SamePersonNews(len(book.links_of(person)), waiting)

    async def links_of(self, person: PersonId) -> tuple[RecordLink, ...]:
        """Return the links of a person with other records, the oldest first."""
        found: list[RecordLink] = []
        for link in (await self.book()).links_of(person):
            far = link.other if link.one.person == person else link.one
            entry = await self._records.entry_of(far)
            if entry is not None:
                how, why = link_in_words(link.reasoning, self._name_of(link.author))
                may = self._session.role in MAY_LINK
                head = head_of(entry, far)
                found.append(RecordLink(link.id, head, how, why, link.author, link.at, may))
        return tuple(found)

    async def waiting(self, person: PersonId | None = None) -> tuple[RecordPair, ...]:
        """Return the pairs of which somebody has to decide, the likeliest first, those put off last.

        Args:
            person: only those that concern this person; None for all.
        """
        book = await self.book()
        group = None if person is None else {person, *(side.person for side in book.linked_to(person))}
        found: list[RecordPair] = []
        for each in book.proposals():
            if group is None or not group.isdisjoint((each.one.person, each.other.person)):
                pair = await self._pair(each.one, each.other, each)
                if pair is not None:
                    found.append(pair)
        return tuple(sorted(found, key=lambda pair: pair.pair in self._later))

    async def compare(self, one: PersonId, other: PersonId) -> RecordPair:
        """Return two records side by side.

        Raises:
            AviseError: `identity.same_record` or `identity.unknown`.
        """
        if one == other:
            raise AviseError("identity.same_record")
        proposal = (await self.book()).proposal_of(one, other)
        sides = (proposal.one, proposal.other) if proposal is not None else (Side(one), Side(other))
        pair = await self._pair(*sides, proposal)
        if pair is None or pair.is_sealed:
            raise AviseError("identity.unknown")
        return pair

    # ---- what a user decides -------------------------------------------------------------------
    async def link(self, one: PersonId, other: PersonId) -> Act:
        """Write that two records are one person's; an agent's word is a proposal.

        Raises:
            AviseError: `identity.same_record`, `identity.unknown`, `identity.already`, `identity.company`,
                `open.not_allowed`, or what contradicts: `identity.refused.birth_date`, `.sex` or `.apart`.
        """
        book = await self.book()
        proposal = book.proposal_of(one, other)
        sides, entries = await self._both(one, other, proposal)
        if other in {side.person for side in book.linked_to(one)}:
            raise AviseError("identity.already")
        refusal = await self._refusal(book, sides, entries)
        if refusal:
            raise AviseError(f"identity.refused.{refusal}")
        a, b = (record_of_party(entry.party, str(entry.person)) for entry in entries)
        reasoning = _reasoning_of_person(proposal, a, b)
        body = {**_sides_body(sides), **reasoning_body(reasoning)}
        if self._session.role not in MAY_LINK:
            body["seen"] = data_seen(a, b)
            return await self._write(sides, EventKind.IDENTITY_PROPOSED, body)
        # Whoever links them knows of every word that they are two persons': one who does not only asks.
        over = sorted(map(str, _state(book, sides).refusals))
        body |= {"link": str(self._env.uuid7()), "over": over}
        return await self._write(sides, EventKind.IDENTITY_LINKED, body)

    async def keep_apart(self, one: PersonId, other: PersonId) -> Act:
        """Write that two records are two persons': it is not proposed again unless what they say changes.

        Raises:
            AviseError: `identity.not_allowed`, `identity.same_record`, `identity.unknown` or
                `identity.already`.
        """
        self._refuse_agents()
        book = await self.book()
        if other in {side.person for side in book.linked_to(one)}:
            raise AviseError("identity.already")
        sides, entries = await self._both(one, other, book.proposal_of(one, other))
        against = sorted(map(str, _state(book, sides).open_links))
        body: dict[str, JSON] = {**_sides_body(sides), "seen": _seen(entries), "against": against}
        return await self._write(sides, EventKind.IDENTITY_REFUSED, body)

    def put_off(self, pair: uuid.UUID) -> None:
        """Show a pair after the others, until this desk is closed."""
        self._later = [*(each for each in self._later if each != pair), pair]

    async def unlink(self, link: uuid.UUID, reason: str) -> Act:
        """End a link; what was there before it is there again.

        Raises:
            AviseError: `identity.not_allowed`, `identity.reason_needed`, `identity.reason_long`,
                `note.restricted` or `identity.unknown`.
        """
        self._refuse_agents()
        reason = reason.strip()
        if not reason:
            raise AviseError("identity.reason_needed")
        if len(reason) > LONGEST_REASON:
            raise AviseError("identity.reason_long", most=str(LONGEST_REASON))
        refuse_restricted(reason)
        found = await self._standing(link)
        known = await self._records.entries((found.one, found.other))
        seen = _seen(known) if len(known) == 2 else ""
        sides = (found.one, found.other)
        others = _state(await self.book(), sides).open_links - {link}
        body: dict[str, JSON] = {**_sides_body(sides), "link": str(link), "seen": seen}
        body["others"] = sorted(map(str, others))
        return await self._write(
            sides, EventKind.IDENTITY_UNLINKED, body, reasoned(found.one.person, found.pair, reason)
        )

    async def note(self, one: Side, other: Side, reasoning: Reasoning, *, link: bool) -> EventKind | None:
        """Write what a run over two tools found of a pair.

        Args:
            one: a record.
            other: another.
            reasoning: why they may be one person's.
            link: whether it is certain; a proposal otherwise.

        Returns:
            What was written; None where it stands already, was refused, or contradicts.
        """
        book = await self.book()
        entries = await self._records.entries((one, other))
        if len(entries) < 2 or other.person in {side.person for side in book.linked_to(one.person)}:
            return None
        seen = _seen(entries)
        state = _state(book, (one, other))
        # What somebody once said to be two persons is linked by nobody but a person.
        link = link and self._session.role in MAY_LINK and not state.refused
        stands = state.proposal is not None and state.proposal.seen == seen and not link
        if stands or book.is_refused(one.person, other.person, seen):
            return None
        if await self._refusal(book, (one, other), entries):
            return None
        body = {**_sides_body((one, other)), **reasoning_body(reasoning)}
        kind = EventKind.IDENTITY_LINKED if link else EventKind.IDENTITY_PROPOSED
        body |= {"link": str(self._env.uuid7())} if link else {"seen": seen}
        await self._write((one, other), kind, body)
        return kind

    # ---- parts ---------------------------------------------------------------------------------
    def _refuse_agents(self) -> None:
        if self._session.role not in MAY_LINK:
            raise AviseError("identity.not_allowed")

    async def _write(
        self, sides: Sequence[Side], kind: EventKind, body: Mapping[str, JSON], *beside: NewEvent
    ) -> Act:
        pair = pair_of(sides[0].person, sides[1].person)
        told = (described(side.person, pair, side.party) for side in sides if side.party is not None)
        new = NewEvent(pair_stream(sides[0].person, sides[1].person), kind, body)
        written = await self._journal.append_all(self._session, new, *told, *beside)
        self.take(written)
        return act_of(written, sides[0].person)

    async def _both(
        self, one: PersonId, other: PersonId, proposal: Proposal | None
    ) -> tuple[tuple[Side, Side], tuple[DirectoryEntry, DirectoryEntry]]:
        if one == other:
            raise AviseError("identity.same_record")
        sides = (proposal.one, proposal.other) if proposal is not None else (Side(one), Side(other))
        entries = await self._records.entries(sides)
        if len(entries) < 2:
            raise AviseError("identity.unknown")
        if any(entry.party.kind is PartyKind.COMPANY for entry in entries):
            raise AviseError("identity.company")
        protected = any(entry.party.restricted for entry in entries)
        if protected and access(self._session.role, Datum.PROTECTED_FILE) is Access.ABSENT:
            raise AviseError("open.not_allowed")
        return sides, (entries[0], entries[1])

    async def _refusal(self, book: LinkBook, sides: Sequence[Side], entries: Sequence[DirectoryEntry]) -> str:
        """Return what forbids a link, its consequences for all that both are linked to included."""
        ours, theirs = ((side, *book.linked_to(side.person)) for side in sides)
        mine, others = [side.person for side in ours], [side.person for side in theirs]
        pair = pair_of(sides[0].person, sides[1].person)
        if book.kept_apart(mine, others, but=pair):
            return "apart"
        beside = await self._records.entries((*ours[1:], *theirs[1:]))
        return contradiction([_record(entry) for entry in (*entries, *beside)])

    async def _standing(self, link: uuid.UUID) -> Link:
        for state in (await self.book()).pairs.values():
            for each in state.links:
                if each.id == link:
                    return each
        raise AviseError("identity.unknown")

    async def _pair(self, one: Side, other: Side, proposal: Proposal | None) -> RecordPair | None:
        found = [await self._records.entry_of(side) for side in (one, other)]
        entries = [entry for entry in found if entry is not None]
        if len(entries) < 2:
            untold = [side.tool for side, entry in zip((one, other), found, strict=True) if entry is None]
            asks = len(entries) == 1 and all(untold)
            return self._sealed_pair(proposal, found) if proposal is not None and asks else None
        a, b = map(_record, entries)
        reasoning = proposal.reasoning if proposal is not None else _reasoning_of_person(None, a, b)
        refusal = await self._refusal(await self.book(), (one, other), entries)
        pair = pair_of_records(
            (one, other),
            (entries[0], entries[1]),
            compared(a, b),
            reasoning,
            proposal,
            self._session.role,
            may_link=self._session.role in MAY_LINK,
            refusal=refusal,
        )
        mine, theirs = await self._records.dates((one, other))
        pair = replace(pair, one=replace(pair.one, dates=mine), other=replace(pair.other, dates=theirs))
        return self._named(pair, proposal)

    def _sealed_pair(self, proposal: Proposal, entries: Sequence[DirectoryEntry | None]) -> RecordPair:
        """Return a pair of which one record is not told here: whoever compares them asks the hub for it."""
        may_link = self._session.role in MAY_LINK
        pair = sealed_pair(proposal, (entries[0], entries[1]), may_link=may_link)
        return self._named(pair, proposal)

    def _named(self, pair: RecordPair, proposal: Proposal | None) -> RecordPair:
        if proposal is None:
            return pair
        against = self._name_of(proposal.against) if proposal.against else ""
        return replace(pair, proposed_by=self._name_of(proposal.author), against=against)


def _state(book: LinkBook, sides: Sequence[Side]) -> PairState:
    return book.pairs.get(pair_of(sides[0].person, sides[1].person)) or PairState()


def _sides_body(sides: Sequence[Side]) -> dict[str, JSON]:
    return {"one": side_body(sides[0]), "other": side_body(sides[1])}


def _record(entry: DirectoryEntry) -> IdentityRecord:
    return record_of_party(entry.party, str(entry.person))


def _seen(entries: Sequence[DirectoryEntry]) -> str:
    return data_seen(_record(entries[0]), _record(entries[1]))


def _reasoning_of_person(proposal: Proposal | None, a: IdentityRecord, b: IdentityRecord) -> Reasoning:
    """Return why a person says so: what was estimated where it was, ordinary weights otherwise."""
    vector = compared(a, b)
    if proposal is not None and proposal.reasoning.evidence:
        told = proposal.reasoning
        return Reasoning(How.PERSON, told.rule, told.probability, told.model, told.evidence)
    return Reasoning(How.PERSON, rule_for(vector) or "", evidence=explained(ORDINARY, vector, a, b))
