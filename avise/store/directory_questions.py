"""What is asked of the search directory: of the house's first, where the profile says so."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from avise.directory.keys import Minter
from avise.directory.reading import DirectoryReader, Words
from avise.directory.search import DirectorySearch
from avise.directory.search_answer import answer, wider_answer
from avise.directory.search_query import parse_search
from avise.directory.wide_search import Lexicon, WideSearch
from avise.directory.writing import MEMBER_SCHEME
from avise.env import Env
from avise.models.customer import DirectoryEntry, PersonId, SearchAnswer
from avise.models.identifiers import normalised_member_number, parse_phone
from avise.store.directory_line import FileLine

T = TypeVar("T")


class House(Protocol):
    """The house's directory, where the profile says that people are looked for there (`directory = "hub"`).

    Everything answers None while the house is out of reach.
    """

    async def search(self, words: str, limit: int) -> SearchAnswer | None:
        """As `DirectoryQuestions.search`."""

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int) -> SearchAnswer | None:
        """As `DirectoryQuestions.search_wider`."""

    async def find(self, **key: str) -> tuple[DirectoryEntry, ...] | None:
        """Find people by `person`, `family` or `phone`, or by `scheme` and `value`; members first."""


class DirectoryQuestions(ABC):
    """The questions; whoever has the file reads it for them.

    Args:
        env: clock.
        minter: gives persons the site's identifiers.
    """

    def __init__(self, env: Env, minter: Minter) -> None:
        self._env = env
        self._minter = minter
        self._ready = False
        """Whether there is a file to read."""
        self._house: House | None = None
        self._forget_words()

    @abstractmethod
    async def _read(self, question: Callable[[Connection], T]) -> T:
        """Return the answer of a question put to one consistent state of the file.

        Raises:
            DirectoryNotReadyError: there is none to read.
        """

    def _forget_words(self) -> None:
        """Forget which words the file holds: it is about to be another."""
        self._words = Words()
        self._lexicon: Lexicon | None = None

    def use_house(self, house: House) -> None:
        """Look for people in the house's directory first; in this one while it is out of reach."""
        self._house = house

    async def search(self, words: str, limit: int = 50) -> SearchAnswer:
        """Find parties by name, birth date, number, telephone, e-mail, town, company, or several.

        Args:
            words: as typed.
            limit: rows returned; `total` counts the others.

        Raises:
            DirectoryNotReadyError: `directory.building`, or what `say_why_absent` said.
        """
        if self._house is not None and (found := await self._house.search(words, limit)) is not None:
            return found
        today = self._env.now().date()

        def question(connection: Connection) -> SearchAnswer:
            query = parse_search(words, today)
            return answer(DirectorySearch(self._reader(connection), today, limit), query, limit)

        found = await self._read(question)
        return found if self._house is None else replace(found, on_board_only=True)

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int = 20) -> SearchAnswer:
        """Find who else it may be when two letters of a name are wrong: the second part of an answer.

        Args:
            words: as given to `search`.
            known: whom it found; they are not given again.
            limit: rows returned.

        Raises:
            DirectoryNotReadyError: as `search`.
        """
        if self._house is not None:
            found = await self._house.search_wider(words, known, limit)
            if found is not None:
                return found
        today = self._env.now().date()

        def question(connection: Connection) -> SearchAnswer:
            reader = self._reader(connection)
            if self._lexicon is None:
                self._lexicon = Lexicon(reader)
            return wider_answer(WideSearch(reader, self._lexicon), parse_search(words, today), known, limit)

        return await self._read(question)

    async def by_person(self, person: PersonId) -> DirectoryEntry | None:
        """Return one party, None when the directory does not list it."""
        if (found := await self._at_house(person=str(person))) is not None:
            return next(iter(found), None)
        return await self._read(lambda connection: self._reader(connection).person(person))

    async def by_identifier(self, scheme: str, value: str) -> DirectoryEntry | None:
        """Return the party who bears an identifier, the member when several persons of a dossier do.

        Args:
            scheme: "member", or a tool's ("benefits.insured").
            value: as the tool writes it; a member number may hold spaces.
        """
        if (found := await self._at_house(scheme=scheme, value=value)) is not None:
            return next(iter(found), None)

        def question(connection: Connection) -> DirectoryEntry | None:
            reader = self._reader(connection)
            entries = list(reader.by_identifier(scheme, value).values())
            if not entries and scheme == MEMBER_SCHEME:
                found = reader.by_member(normalised_member_number(value), beginning=False)
                entries = list(reader.parties(found).values())
            entries.sort(key=lambda entry: entry.person != entry.dossier)
            return entries[0] if entries else None

        return await self._read(question)

    async def by_phone(self, number: str) -> tuple[DirectoryEntry, ...]:
        """Return who bears a telephone number, members first; for incoming calls.

        Args:
            number: E.164, or any form that `parse_phone` reads.
        """
        if (found := await self._at_house(phone=number)) is not None:
            return found

        def question(connection: Connection) -> tuple[DirectoryEntry, ...]:
            entries = list(self._reader(connection).by_phone(parse_phone(number) or number).values())
            return tuple(sorted(entries, key=lambda entry: entry.person != entry.dossier))

        return await self._read(question)

    async def family(self, dossier: PersonId) -> tuple[DirectoryEntry, ...]:
        """Return the member of a dossier, first, and the persons that it covers."""
        if (found := await self._at_house(family=str(dossier))) is not None:
            return found

        def question(connection: Connection) -> tuple[DirectoryEntry, ...]:
            entries = self._reader(connection).family(dossier)
            return tuple(sorted(entries, key=lambda entry: entry.person != entry.dossier))

        return await self._read(question)

    async def portfolio(self, login: str) -> tuple[DirectoryEntry, ...]:
        """Return the parties in the portfolio of a representative; reads the whole directory."""
        return await self._read(lambda connection: self._reader(connection).portfolio(login))

    async def count(self) -> int:
        """Return how many parties are listed; 0 when there is no directory yet."""
        return await self._read(lambda connection: self._reader(connection).count()) if self._ready else 0

    async def cursor(self) -> str:
        """Return where the next reading of changes starts; "" when everything is to be read."""
        return (
            await self._read(lambda connection: self._reader(connection).fact("cursor"))
            if self._ready
            else ""
        )

    async def _at_house(self, **key: str) -> tuple[DirectoryEntry, ...] | None:
        return await self._house.find(**key) if self._house is not None else None

    def _reader(self, connection: Connection) -> DirectoryReader:
        return DirectoryReader(FileLine(connection), self._minter, self._words)
