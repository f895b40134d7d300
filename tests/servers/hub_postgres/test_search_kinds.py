"""People of many origins are found whatever is typed, in the directory of a house as on a workstation."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from avise.directory.keys import Minter
from avise.directory.reading import DirectoryReader
from avise.directory.search import DirectorySearch
from avise.directory.search_answer import answer, wider_answer
from avise.directory.search_query import parse_search
from avise.directory.wide_search import Lexicon, WideSearch
from avise.env import FixedEnv
from avise.hub.dialect import postgres_engine
from avise.hub.directory import HouseDirectory, HouseLoading
from avise.hub.migrating import migrate
from avise.models.customer import PersonId, SearchAnswer
from tests.postgres_server import PostgresServer
from tests.search_crowd import people
from tests.search_kinds import COMPANY_KINDS, KINDS, Kind, faults

PEOPLE = tuple(people(3_000))
ASKED = 6
MINTER = Minter(uuid.UUID(int=5), "parties.party")
NOW = datetime(2026, 3, 24, 9, tzinfo=UTC)
TODAY = date(2026, 3, 24)


@dataclass(frozen=True, slots=True)
class OfHouse:
    """The directory of a house, read through one connection."""

    reader: DirectoryReader
    lexicon: Lexicon

    def quick(self, words: str) -> SearchAnswer:
        """Return the first part of an answer."""
        return answer(DirectorySearch(self.reader, TODAY, 50), parse_search(words, TODAY), 50)

    def wide(self, words: str, known: Collection[PersonId]) -> SearchAnswer:
        """Return its second part."""
        return wider_answer(WideSearch(self.reader, self.lexicon), parse_search(words, TODAY), known, 20)


@pytest.fixture(scope="module")
def searching(server: PostgresServer) -> Iterator[OfHouse]:
    """The people in one house."""
    engine = postgres_engine(server.url(server.database()))
    with engine.begin() as connection:
        migrate(connection, FixedEnv())
    with engine.begin() as connection:
        loading = HouseLoading(connection, MINTER)
        loading.begin()
        loading.add(PEOPLE, "page-1")
        loading.finish("end", NOW)
    with (
        engine.connect() as connection,
        HouseDirectory(MINTER.site_namespace).reader(connection) as reader,
    ):
        yield OfHouse(reader, Lexicon(reader))
    engine.dispose()


@pytest.mark.parametrize("kind", [*KINDS, *COMPANY_KINDS], ids=lambda kind: kind.name)
def test_they_are_found_and_told_why(searching: OfHouse, kind: Kind) -> None:
    found = faults(PEOPLE, kind, ASKED, searching)
    assert len(found) <= (1 - kind.recall) * ASKED + (kind.recall < 1), "\n".join(found)
