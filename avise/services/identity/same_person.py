"""Records held to be one person's: proposed, linked, kept apart, unlinked, each time with why.

Links are events of the journal. Nothing is copied from one record to the other: a linked record's
readings stay under its own identity, so that an ended link leaves nothing behind.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from avise.env import Env
from avise.models.acts import Act, act_of
from avise.models.customer import DirectoryEntry, PartyKind, PersonId
from avise.models.errors import AviseError
from avise.models.facets import Datum
from avise.models.identity.comparison import compared
from avise.models.identity.contradictions import contradiction
from avise.models.identity.estimation import ORDINARY
from avise.models.identity.explanation import explained
from avise.models.identity.links import (
    KINDS,
    PREFIX,
    How,
    Link,
    LinkBook,
    Proposal,
    Reasoning,
    Side,
    pair_of,
    pair_stream,
    reasoning_body,
    side_body,
)
from avise.models.identity.parties import data_seen, record_of_party
from avise.models.identity.records import IdentityRecord
from avise.models.identity.rules import rule_for
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.masking import Access, access
from avise.models.roles import Role, Session
from avise.services.change_signal import ChangeSignal
from avise.services.confirmations import NameOf
from avise.services.identity.side_by_side import head_of, link_in_words, pair_of_records
from avise.services.identity.values import RecordLink, RecordPair, SamePersonNews
from avise.services.ports import DirectoryPort, JournalPort
from avise.services.wrap_up import refuse_restricted

MAY_LINK = frozenset({Role.CASE_MANAGER, Role.TEAM_LEAD})
"""Who decides that two records are one person's; the others propose."""

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
    """

    def __init__(
        self,
        session: Session,
        journal: JournalPort,
        directory: DirectoryPort,
        env: Env,
        changes: ChangeSignal,
        name_of: NameOf,
    ) -> None:
        self._session = session
        self._journal = journal
        self._directory = directory
        self._env = env
        self._changes = changes
        self._name_of = name_of
        self._events: list[EventEnvelope] = []
        self._loaded = False
        self._book: LinkBook | None = None
        self._later: list[uuid.UUID] = []

    # ---- what stands ---------------------------------------------------------------------------
    async def book(self) -> LinkBook:
        """Return what stands between all records."""
        if not self._loaded:
            self._events.extend(await self._journal.under(PREFIX, KINDS))
            self._loaded, self._book = True, None
        if self._book is None:
            self._book = LinkBook(self._events)
        return self._book

    def take(self, written: Iterable[EventEnvelope]) -> bool:
        """Take events that were just written; say whether any was of a pair."""
        found = [event for event in written if event.stream.startswith(PREFIX)]
        if found:
            self._events.extend(found)
            self._book = None
            self._changes.tell()
        return bool(found)

    async def linked_to(self, person: PersonId) -> tuple[DirectoryEntry, ...]:
        """Return the other records of a person, as they are now; those that nobody lists any more are out."""
        found = [await self._entry_of(side) for side in (await self.book()).linked_to(person)]
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
            entry = await self._entry_of(far)
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
        proposal = self._proposal_of(await self.book(), one, other)
        sides = (proposal.one, proposal.other) if proposal is not None else (Side(one), Side(other))
        pair = await self._pair(*sides, proposal)
        if pair is None:
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
        proposal = self._proposal_of(book, one, other)
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
        return await self._write(sides, EventKind.IDENTITY_LINKED, {**body, "link": str(self._env.uuid7())})

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
        sides, entries = await self._both(one, other, self._proposal_of(book, one, other))
        body: dict[str, JSON] = {**_sides_body(sides), "seen": _seen(entries)}
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
        known = await self._entries((found.one, found.other))
        seen = _seen(known) if len(known) == 2 else ""
        body: dict[str, JSON] = {"link": str(link), "reason": reason, "seen": seen}
        return await self._write((found.one, found.other), EventKind.IDENTITY_UNLINKED, body)

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
        entries = await self._entries((one, other))
        if len(entries) < 2 or other.person in {side.person for side in book.linked_to(one.person)}:
            return None
        seen = _seen(entries)
        state = book.pairs.get(pair_of(one.person, other.person))
        # What somebody once said to be two persons is linked by nobody but a person.
        link = link and self._session.role in MAY_LINK and not (state is not None and state.refused)
        stands = state is not None and state.proposal is not None and state.proposal.seen == seen and not link
        if stands or book.is_refused(one.person, other.person, seen):
            return None
        if await self._refusal(book, (one, other), entries):
            return None
        body = {**_sides_body((one, other)), **reasoning_body(reasoning)}
        if link:
            await self._write(
                (one, other), EventKind.IDENTITY_LINKED, {**body, "link": str(self._env.uuid7())}
            )
            return EventKind.IDENTITY_LINKED
        await self._write((one, other), EventKind.IDENTITY_PROPOSED, {**body, "seen": seen})
        return EventKind.IDENTITY_PROPOSED

    # ---- parts ---------------------------------------------------------------------------------
    def _refuse_agents(self) -> None:
        if self._session.role not in MAY_LINK:
            raise AviseError("identity.not_allowed")

    async def _write(self, sides: Sequence[Side], kind: EventKind, body: Mapping[str, JSON]) -> Act:
        stream = pair_stream(sides[0].person, sides[1].person)
        written = await self._journal.append_all(self._session, NewEvent(stream, kind, body))
        self.take(written)
        return act_of(written, sides[0].person)

    async def _entry_of(self, side: Side) -> DirectoryEntry | None:
        """Return a record as it is now: the directory's word before what a tool told when it was linked."""
        found = await self._directory.by_person(side.person)
        if found is not None or side.party is None:
            return found
        return DirectoryEntry(side.person, side.person, side.party)

    async def _entries(self, sides: Iterable[Side]) -> list[DirectoryEntry]:
        found = [await self._entry_of(side) for side in sides]
        return [entry for entry in found if entry is not None]

    async def _both(
        self, one: PersonId, other: PersonId, proposal: Proposal | None
    ) -> tuple[tuple[Side, Side], tuple[DirectoryEntry, DirectoryEntry]]:
        if one == other:
            raise AviseError("identity.same_record")
        sides = (proposal.one, proposal.other) if proposal is not None else (Side(one), Side(other))
        entries = await self._entries(sides)
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
        beside = await self._entries((*ours[1:], *theirs[1:]))
        return contradiction([_record(entry) for entry in (*entries, *beside)])

    async def _standing(self, link: uuid.UUID) -> Link:
        for state in (await self.book()).pairs.values():
            for each in state.links:
                if each.id == link:
                    return each
        raise AviseError("identity.unknown")

    def _proposal_of(self, book: LinkBook, one: PersonId, other: PersonId) -> Proposal | None:
        state = book.pairs.get(pair_of(one, other))
        return state.proposal if state is not None else None

    async def _pair(self, one: Side, other: Side, proposal: Proposal | None) -> RecordPair | None:
        entries = await self._entries((one, other))
        if len(entries) < 2:
            return None
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
        return replace(pair, proposed_by=self._name_of(pair.proposed_by)) if pair.is_proposed else pair


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
