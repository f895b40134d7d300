"""People whom no tool knows: added here, found like anybody else, until a tool knows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from avise.env import Env
from avise.models.acts import Act, act_of
from avise.models.added_person import KINDS, PREFIX, NewPerson, fold_people, person_body, person_stream
from avise.models.customer import DirectoryEntry, MatchedOn, PersonId, SearchAnswer, SearchHit
from avise.models.errors import AviseError
from avise.models.identifiers import parse_phone, phone_digits
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.names import fold_words
from avise.models.roles import Session
from avise.services.change_signal import ChangeSignal
from avise.services.ports import DirectoryPort, JournalPort
from avise.services.wrap_up import refuse_restricted

SHORTEST_NUMBER = 6
"""Digits from which typed words are looked for in telephone numbers."""


class AddedPeople:
    """Keeps the people whom the journal adds.

    Args:
        session: who adds.
        journal: where they are written.
        env: identifiers.
        changes: told of each change.
    """

    def __init__(self, session: Session, journal: JournalPort, env: Env, changes: ChangeSignal) -> None:
        self._session = session
        self._journal = journal
        self._env = env
        self._changes = changes
        self._events: list[EventEnvelope] = []
        self._loaded = False
        self._known: Mapping[PersonId, DirectoryEntry] | None = None

    async def everybody(self) -> Mapping[PersonId, DirectoryEntry]:
        """Return the people who were added."""
        if not self._loaded:
            found = await self._journal.under(PREFIX, KINDS)
            self._events.extend(found)
            self._loaded, self._known = True, None
        if self._known is None:
            self._known = fold_people(self._events)
        return self._known

    async def add(self, new: NewPerson) -> tuple[PersonId, Act]:
        """Write somebody; return under which identity.

        Raises:
            AviseError: `person.no_name`, `person.phone` or `person.restricted`.
        """
        phone = parse_phone(new.phone) if new.phone.strip() else ""
        if new.phone.strip() and not phone:
            raise AviseError("person.phone")
        if not (new.last_name.strip() or new.company_name.strip() or phone):
            raise AviseError("person.no_name")
        body = person_body(new, phone)
        refuse_restricted(
            *(value for value in body.values() if isinstance(value, str)), key="person.restricted"
        )
        person = self._env.uuid7()
        event = NewEvent(person_stream(person), EventKind.PERSON_ADDED, body)
        written = await self._journal.append_all(self._session, event)
        self.take(written)
        return person, act_of(written, person)

    def take(self, written: Iterable[EventEnvelope]) -> None:
        """Take events that were just written; those of other streams are left."""
        self._events.extend(event for event in written if event.stream.startswith(PREFIX))
        self._known = None
        self._changes.tell()


class DirectoryWithAdded:
    """The directory of the identity tool, and beside it the people who were added here.

    Args:
        directory: of the identity tool.
        people: who were added.
    """

    def __init__(self, directory: DirectoryPort, people: AddedPeople) -> None:
        self._directory = directory
        self._people = people

    async def search(self, words: str, limit: int) -> SearchAnswer:
        """Find parties by any key in any form; those who were added come last."""
        answer = await self._directory.search(words, limit)
        found = [hit for entry in (await self._people.everybody()).values() if (hit := _hit(entry, words))]
        hits = (*answer.hits, *found)[:limit]
        return replace(answer, hits=hits, total=answer.total + len(found)) if found else answer

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int) -> SearchAnswer:
        """Find who else it may be in the identity tool; those who were added are few."""
        return await self._directory.search_wider(words, known, limit)

    async def by_person(self, person: PersonId) -> DirectoryEntry | None:
        """Return one party."""
        return await self._directory.by_person(person) or (await self._people.everybody()).get(person)

    async def by_identifier(self, scheme: str, value: str) -> DirectoryEntry | None:
        """Return the party that bears an identifier; those who were added bear none."""
        return await self._directory.by_identifier(scheme, value)

    async def by_phone(self, number: str) -> tuple[DirectoryEntry, ...]:
        """Return who bears a telephone number (E.164)."""
        added = (entry for entry in (await self._people.everybody()).values() if number in entry.party.phones)
        return (*await self._directory.by_phone(number), *added)

    async def count(self) -> int:
        """Return how many parties the identity tool lists."""
        return await self._directory.count()


def _hit(entry: DirectoryEntry, words: str) -> SearchHit | None:
    """Return the row of somebody whom typed words name, by the beginnings of words or by a number."""
    party = entry.party
    digits = phone_digits(words)
    if len(digits) >= SHORTEST_NUMBER and any(digits in phone for phone in party.phones):
        return SearchHit(entry, 0.5, (MatchedOn.PHONE,))
    said = fold_words(words)
    names = [
        word
        for part in (party.last_name, party.first_name, party.company_name, party.city)
        for word in fold_words(part)
    ]
    if said and all(any(name.startswith(word) for name in names) for word in said):
        matched = MatchedOn.NAME if party.last_name else MatchedOn.COMPANY
        return SearchHit(entry, 0.5, (matched,))
    return None
