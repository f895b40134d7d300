"""The statements that find parties of the directory by what identifies them, and read them whole.

Each reads one B-tree and stops at a bound, on the thread that owns the line.
"""

from __future__ import annotations

from collections.abc import Sequence

from avise.directory import questions as ask
from avise.directory.keys import (
    HIGHEST,
    PHONE_DIGITS,
    Minter,
    identifier_hash,
    person_hash,
    phone_beginning_keys,
    phone_end_range,
    phone_key,
    reversed_digits,
)
from avise.directory.records import StoredParty, party_of
from avise.directory.statements import Bound, Line, Row, Statement
from avise.models.customer import DirectoryEntry, PersonId

PERSON_BOUND = 200
"""Persons read from one range: four screens of results."""
PHONE_BOUND = 500
"""Telephone numbers of one end: some 280 of 4.3 million persons share their last four digits."""
COMPANY_BOUND = 2_000
"""Companies read for one word of a name; a word of more is compared afterwards."""


class PartyReader:
    """Reads one line by identifiers, and remembers whether a bound cut something off.

    Args:
        line: to the directory.
        minter: gives rows their identity again.
    """

    def __init__(self, line: Line, minter: Minter) -> None:
        self._line = line
        self._minter = minter
        self.cut = False

    # ---- identifiers -----------------------------------------------------------------------------

    def by_member(self, number: str, *, beginning: bool) -> list[int]:
        """Return parties that bear a member number, or one that begins so."""
        if beginning:
            return self._numbers(ask.MEMBER_FROM, low=number, high=number + HIGHEST)
        return self._numbers(ask.MEMBER, number=number)

    def by_email(self, email: str, *, beginning: bool) -> list[int]:
        """Return parties who have an e-mail address, or one that begins so."""
        local, at, domain = email.partition("@")
        if not beginning:
            return self._numbers(ask.EMAIL, email=local, domain=domain)
        found = self._numbers(ask.EMAIL_FROM, low=local, high=local + ("\x01" if at else HIGHEST))
        if not domain or not found:
            return found
        return [
            number
            for number, entry in self.parties(found).items()
            if entry.party.email.lower().startswith(email)
        ]

    def by_company_number(self, number: str, *, beginning: bool) -> list[int]:
        """Return the companies of a SIREN or of a SIRET."""
        if beginning:
            return self._numbers(ask.COMPANY_NUMBER_FROM, low=number, high=number + HIGHEST)
        return self._numbers(ask.COMPANY_NUMBER, number=number)

    def by_phone(self, phone: str) -> dict[int, DirectoryEntry]:
        """Return parties who bear a whole number, by their number in the directory."""
        digits = reversed_digits(phone)
        found = self._numbers(ask.PHONE, low=phone_key(phone), high=phone_key(phone)) if digits else []
        return {
            number: entry
            for number, entry in self.parties(found).items()
            if any(reversed_digits(borne) == digits for borne in entry.party.phones)
        }

    def by_phone_end(self, digits: str) -> list[int]:
        """Return parties who bear a number that ends so."""
        low, high = phone_end_range(digits)
        found = self._numbers(ask.PHONE, PHONE_BOUND, low=low, high=high)
        if len(digits) <= PHONE_DIGITS:
            return found
        ending = digits[::-1]
        return [
            number
            for number, entry in self.parties(found).items()
            if any(reversed_digits(borne).startswith(ending) for borne in entry.party.phones)
        ]

    def by_phone_beginning(self, digits: str) -> list[int]:
        """Return parties who bear a French number that begins so, without its zero.

        Whoever has a foreign number of the same nine last digits is among them: their row shows it, and
        reading five hundred parties to leave one out would take most of the time.
        """
        return self._numbers(ask.PHONE_AMONG, PHONE_BOUND, endings=phone_beginning_keys(digits))

    def by_identifier(self, scheme: str, value: str) -> dict[int, DirectoryEntry]:
        """Return parties who bear an identifier of a tool, by their number in the directory."""
        found = self._line.rows(ask.IDENTIFIER, hash=identifier_hash(scheme, value))
        numbers = [row[0] for row in found]
        if scheme == self._minter.scheme:
            numbers += self._numbered([self._minter.named(value)])
        entries = self.parties(numbers)
        return {number: entry for number, entry in entries.items() if entry.party.ids.get(scheme) == value}

    def by_company_words(self, words: Sequence[str]) -> list[int]:
        """Return companies whose name has a word that begins like each of these."""
        kept: set[int] | None = None
        common: list[str] = []
        for word in words:
            found = self._numbers(ask.COMPANY_WORD, COMPANY_BOUND, low=word, high=word + HIGHEST)
            if len(found) == COMPANY_BOUND and len(words) > 1:
                common.append(word)
                continue
            kept = set(found) if kept is None else kept & set(found)
            if not kept:
                return []
        if kept is None:
            kept = set(
                self._numbers(ask.COMPANY_WORD, COMPANY_BOUND, low=common[0], high=common[0] + HIGHEST)
            )
        for word in common:
            # So common a word is compared in the few companies that have the others.
            rows = self._line.rows(ask.COMPANY_HAS, parties=sorted(kept), low=word, high=word + HIGHEST)
            kept &= {row[0] for row in rows}
        return sorted(kept)

    def among_cities(self, parties: Sequence[int], cities: Sequence[int]) -> list[int]:
        """Return those of some parties that are in some towns."""
        return [
            row[0] for row in self._line.rows(ask.AMONG_CITIES, parties=list(parties), cities=list(cities))
        ]

    # ---- parties ---------------------------------------------------------------------------------

    def parties(self, numbers: Sequence[int]) -> dict[int, DirectoryEntry]:
        """Return parties by their number in the directory."""
        if not numbers:
            return {}
        rows = self._line.rows(ask.PARTIES, numbers=list(dict.fromkeys(numbers)))
        return {row[0]: self._entry(row) for row in rows}

    def person(self, person: PersonId) -> DirectoryEntry | None:
        """Return one party, None when the directory does not list it."""
        return next(iter(self.persons([person])), None)

    def persons(self, persons: Sequence[PersonId]) -> list[DirectoryEntry]:
        """Return the parties of those identifiers that the directory lists."""
        return list(self.parties(self._numbered(persons)).values())

    def first_names_of(self, natives: Sequence[str]) -> dict[str, str]:
        """Return how those persons that the directory lists are called, and nothing else of them.

        Args:
            natives: what the identity master calls them, which is also what they are returned by.
        """
        wanted = frozenset(natives)
        rows = self._line.rows(ask.CALLED, hashes=[self._minter.hash(native) for native in natives])
        return {native: first or "" for native, first in rows if native in wanted}

    def _numbered(self, persons: Sequence[PersonId]) -> list[int]:
        hashes = [person_hash(person.bytes) for person in persons]
        wanted = frozenset(persons)
        rows = self._line.rows(ask.FIND_PERSONS, hashes=hashes)
        return [number for number, native in rows if self._minter.named(native) in wanted]

    def family(self, dossier: PersonId) -> list[DirectoryEntry]:
        """Return the member of a dossier and the persons that it covers."""
        rows = self._line.rows(ask.FAMILY, dossier=person_hash(dossier.bytes))
        covered = [number for number, owner in rows if self._minter.named(owner) == dossier]
        return list(self.parties([*self._numbered([dossier]), *covered]).values())

    def portfolio(self, login: str) -> tuple[DirectoryEntry, ...]:
        """Return the parties in the portfolio of a representative."""
        numbers = [row[0] for row in self._line.rows(ask.PORTFOLIO, login=login)]
        return tuple(self.parties(numbers).values())

    def fact(self, name: str) -> str:
        """Return a fact about the directory itself, "" when it has none of that name."""
        found = self._line.rows(ask.FACT, name=name)
        return str(found[0][0]) if found else ""

    def count(self) -> int:
        """Return how many parties are listed."""
        return int(self._line.rows(ask.COUNT)[0][0])

    def _entry(self, row: Row) -> DirectoryEntry:
        party = party_of(StoredParty._make(row))
        person = self._minter.named(party.native_id)
        return DirectoryEntry(person, self._minter.named(party.dossier) if party.dossier else person, party)

    def _numbers(self, statement: Statement, bound: int = PERSON_BOUND, **values: Bound) -> list[int]:
        rows = self._line.rows(statement, bound=bound + 1, **values)
        if len(rows) > bound:
            self.cut = True
        return [row[0] for row in rows[:bound]]
