"""The directory of a house: the workstation's statements, on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, text

from avise.directory.keys import Minter
from avise.directory.search import DirectorySearch
from avise.directory.search_answer import answer
from avise.directory.search_query import parse_search
from avise.env import FixedEnv
from avise.hub.dialect import postgres_engine
from avise.hub.directory import HouseDirectory, HouseLoading, apply_changes
from avise.hub.migrating import migrate
from avise.hub.port import HubError
from avise.models.customer import Party, PartyKind
from tests.directory_people import EVERYBODY, HELENE, SEARCHES
from tests.postgres_server import PostgresServer

MINTER = Minter(uuid.UUID(int=5), "parties.party")
NOW = datetime(2026, 3, 24, 9, tzinfo=UTC)


@pytest.fixture
def engine(server: PostgresServer) -> Iterator[Engine]:
    made = postgres_engine(server.url(server.database()))
    with made.begin() as connection:
        migrate(connection, FixedEnv())
    yield made
    made.dispose()


def load(engine: Engine, *pages: tuple[Party, ...]) -> int:
    with engine.begin() as connection:
        loading = HouseLoading(connection, MINTER)
        loading.begin()
        for number, page in enumerate(pages):
            loading.add(page, f"page-{number}")
        return loading.finish("end", NOW)


def found(connection: Connection, words: str, house: HouseDirectory | None = None) -> list[str]:
    with (house or HouseDirectory(MINTER.site_namespace)).reader(connection) as reader:
        search = DirectorySearch(reader, date(2026, 3, 24), 50)
        hits = answer(search, parse_search(words, date(2026, 3, 24)), 50).hits
    return [hit.entry.party.native_id for hit in hits]


def test_the_same_people_are_found_as_on_a_workstation(engine: Engine) -> None:
    assert load(engine, EVERYBODY) == len(EVERYBODY)
    with engine.connect() as connection:
        assert {words: found(connection, words) for words, _expected in SEARCHES} == dict(SEARCHES)


def test_the_directory_in_place_answers_until_another_one_is_whole(engine: Engine) -> None:
    load(engine, (HELENE,))
    house = HouseDirectory(MINTER.site_namespace)
    with engine.begin() as connection:
        loading = HouseLoading(connection, MINTER)
        loading.begin()
        loading.add([Party("20", PartyKind.MEMBER, "Kerbrat", "Lou")], "page-1")
    with engine.connect() as connection:
        assert found(connection, "marchand", house) == ["1"]
        assert found(connection, "kerbrat", house) == []


def test_a_killed_loading_goes_on_after_its_last_page(engine: Engine) -> None:
    with engine.begin() as connection:
        loading = HouseLoading(connection, MINTER)
        loading.begin()
        loading.add(EVERYBODY[:4], "page-1")
    with engine.connect() as connection:
        killed = HouseLoading(connection, MINTER)
        killed.add(EVERYBODY[4:6], "page-2")
        connection.rollback()
    with engine.begin() as connection:
        again = HouseLoading(connection, MINTER)
        assert again.cursor() == "page-1"
        again.add(EVERYBODY[4:], "end")
        assert again.finish("end", NOW) == len(EVERYBODY)
    with engine.connect() as connection:
        assert {words: found(connection, words) for words, _expected in SEARCHES} == dict(SEARCHES)


def test_changes_are_applied_one_by_one(engine: Engine) -> None:
    load(engine, EVERYBODY)
    gone = Party("2", PartyKind.BENEFICIARY, deleted=True)
    moved = Party("7", PartyKind.MEMBER, "Durand", "Jacques", birth_date=date(1968, 3, 12), city="Brest")
    with engine.begin() as connection:
        apply_changes(connection, MINTER, [gone, moved], NOW)
    with engine.connect() as connection:
        assert found(connection, "marchand yves") == []
        assert found(connection, "dupont j") == []
        assert found(connection, "durand brest") == ["7"]


def test_what_a_text_holds_is_no_part_of_the_loading(engine: Engine) -> None:
    odd = Party(
        "30", PartyKind.MEMBER, "Le\tGall\\N", "Zoé\nAnne\r", email="a\\b@exemple.invalid", city="\\."
    )
    nul = Party("31", PartyKind.MEMBER, "Caradec\0", "Yann")
    assert load(engine, (odd, nul)) == 2
    with engine.connect() as connection, HouseDirectory(MINTER.site_namespace).reader(connection) as reader:
        found_again = {
            entry.party.native_id: entry.party
            for entry in reader.persons([MINTER.person(odd), MINTER.person(nul)])
        }
    assert found_again == {"30": odd, "31": replace(nul, last_name="Caradec")}
    with engine.begin() as connection:
        apply_changes(connection, MINTER, [replace(nul, last_name="Le\0Bris", city="Bre\0st")], NOW)
    with engine.connect() as connection:
        assert found(connection, "lebris brest") == ["31"]
        assert found(connection, "caradec") == []


def test_nothing_loaded_is_not_nobody_found(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(HubError) as refused:
        found(connection, "marchand")
    assert refused.value.message_key == "hub.no_directory"


def test_the_server_reads_the_directory_and_writes_nothing_in_it(engine: Engine) -> None:
    load(engine, EVERYBODY)
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL ROLE avise_hub_server"))
        assert found(connection, "marchand yves") == ["2"]
        allowed = "has_table_privilege('avise_hub_server', 'directory.party', 'INSERT')"
        assert connection.execute(text(f"SELECT {allowed}")).scalar_one() is False


def test_a_common_name_leaves_room_for_those_near_to_it(engine: Engine) -> None:
    crowd = [Party(f"c{number}", PartyKind.MEMBER, "Vallorin", f"Prénom{number}") for number in range(60)]
    load(engine, (*crowd, Party("near", PartyKind.MEMBER, "Vallorun", "Ada")))
    with engine.connect() as connection:
        shown = found(connection, "vallorin")
        assert (len(shown), shown[-1]) == (50, "near")
