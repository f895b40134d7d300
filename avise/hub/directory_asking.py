"""What staff ask of the house's directory: their role is read again, and who searches is kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Connection

from avise.directory.listing import listed, reads_customers, without_place
from avise.directory.reading import DirectoryReader
from avise.directory.search import DirectorySearch
from avise.directory.search_answer import answer, wider_answer
from avise.directory.search_query import parse_search
from avise.directory.wide_search import Lexicon, WideSearch
from avise.directory.writing import MEMBER_SCHEME
from avise.env import Env
from avise.hub.accesses import log_access
from avise.hub.dialect import Statement, row
from avise.hub.directory import HouseDirectory
from avise.hub.moments import microseconds
from avise.hub.port import Actor, HubError
from avise.models.customer import DirectoryEntry, PersonId, SearchAnswer
from avise.models.identifiers import normalised_member_number, parse_phone

T = TypeVar("T")

SAME_SEARCH = timedelta(minutes=5) // timedelta(microseconds=1)
"""Letters typed one after the other are one search: it is logged once."""
MOST_SHOWN = 50

_SEARCHED = Statement(
    "SELECT 1 FROM access_log WHERE login = :login AND at > :since AND granted = 1"
    " AND what = 'search' LIMIT 1"
)


@dataclass(slots=True)
class DirectoryAsking:
    """The calls of one process of the hub's server.

    Args:
        house: what was loaded.
        env: the clock.
    """

    house: HouseDirectory
    env: Env
    _lexicons: dict[str, Lexicon] = field(default_factory=dict)

    def search(self, connection: Connection, actor: Actor, words: str, limit: int) -> SearchAnswer:
        """Find parties by any key in any form, as the role may see them; logged.

        Raises:
            HubError: `hub.no_right`, `hub.no_directory`.
        """
        today = self.env.now().date()

        def ask(reader: DirectoryReader) -> SearchAnswer:
            wanted = min(limit, MOST_SHOWN)
            return answer(DirectorySearch(reader, today, wanted), parse_search(words, today), wanted)

        found = self._asked(connection, actor, ask)
        return replace(found, hits=listed(found.hits, actor.role))

    def search_wider(
        self, connection: Connection, actor: Actor, words: str, known: Collection[PersonId], limit: int
    ) -> SearchAnswer:
        """Find who else it may be when two letters are wrong; raises as `search`."""
        today = self.env.now().date()

        def ask(reader: DirectoryReader) -> SearchAnswer:
            wide = WideSearch(reader, self._lexicon(reader))
            return wider_answer(wide, parse_search(words, today), known, min(limit, MOST_SHOWN))

        found = self._asked(connection, actor, ask)
        return replace(found, hits=listed(found.hits, actor.role))

    def named(self, connection: Connection, actor: Actor, person: uuid.UUID) -> tuple[DirectoryEntry, ...]:
        """Return one party, none when nobody is called so; raises as `search`."""
        return self._entries(connection, actor, lambda reader: reader.persons([person]))

    def bearing(
        self, connection: Connection, actor: Actor, scheme: str, value: str
    ) -> tuple[DirectoryEntry, ...]:
        """Return who bears an identifier, members first; raises as `search`."""

        def ask(reader: DirectoryReader) -> list[DirectoryEntry]:
            entries = list(reader.by_identifier(scheme, value).values())
            if not entries and scheme == MEMBER_SCHEME:
                numbers = reader.by_member(normalised_member_number(value), beginning=False)
                entries = list(reader.parties(numbers).values())
            return entries

        return self._entries(connection, actor, ask)

    def called(self, connection: Connection, actor: Actor, phone: str) -> tuple[DirectoryEntry, ...]:
        """Return who bears a telephone number, members first; raises as `search`."""
        number = parse_phone(phone) or phone
        return self._entries(connection, actor, lambda reader: list(reader.by_phone(number).values()))

    def family(self, connection: Connection, actor: Actor, dossier: uuid.UUID) -> tuple[DirectoryEntry, ...]:
        """Return the member of a dossier, first, and the persons that it covers; raises as `search`."""
        return self._entries(connection, actor, lambda reader: reader.family(dossier))

    def _entries(
        self, connection: Connection, actor: Actor, ask: Callable[[DirectoryReader], list[DirectoryEntry]]
    ) -> tuple[DirectoryEntry, ...]:
        entries = self._asked(connection, actor, ask)
        entries.sort(key=lambda entry: entry.person != entry.dossier)
        return tuple(without_place(entry, actor.role) for entry in entries)

    def _asked(self, connection: Connection, actor: Actor, ask: Callable[[DirectoryReader], T]) -> T:
        if not reads_customers(actor.role):
            raise HubError("hub.no_right")
        at = microseconds(self.env.now())
        if row(connection, _SEARCHED, login=actor.login, since=at - SAME_SEARCH) is None:
            # Who searched, and when: never what was typed.
            log_access(connection, actor, at, "search")
        with self.house.reader(connection) as reader:
            return ask(reader)

    def _lexicon(self, reader: DirectoryReader) -> Lexicon:
        made = reader.fact("made")
        if made not in self._lexicons:
            self._lexicons = {made: Lexicon(reader)}
        return self._lexicons[made]
