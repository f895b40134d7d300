"""People looked for at the house: who may, what is kept of it, and what a workstation does without it."""

from __future__ import annotations

import ssl
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from avise.directory.keys import Minter
from avise.engine.house_directory import HouseDirectory
from avise.env import FixedEnv
from avise.hub.directory import HouseLoading
from avise.hub.port import HubError
from avise.hub.remote import RemoteHub
from avise.hub.remote_line import HubLine
from avise.models.customer import MatchedOn
from avise.store.directory import Directory, DirectoryNotReadyError
from tests.directory_people import EVERYBODY, HELENE, HOMONYM, SEARCHES
from tests.hub_house import AGENT, AUDITOR, LEAD
from tests.servers.hub_http.serving import FreshTokens, HttpHouse

MINTER = Minter(uuid.UUID(int=0), "parties.party")
KEY = bytes(32)


def load(connection: Connection) -> None:
    loading = HouseLoading(connection, MINTER)
    loading.begin()
    loading.add(EVERYBODY, "page")
    loading.finish("end", datetime(2026, 3, 24, tzinfo=UTC))


@pytest.fixture
async def house(served_on_postgres: HttpHouse) -> HttpHouse:
    await served_on_postgres.set_up(load)
    return served_on_postgres


def natives(answer: object) -> list[str]:
    return [hit.entry.party.native_id for hit in answer.hits]  # type: ignore[attr-defined]  # a SearchAnswer


async def remote(house: HttpHouse, actor: object = AGENT) -> RemoteHub:
    hub = await house.connect(actor)  # type: ignore[arg-type]  # an Actor
    assert isinstance(hub, RemoteHub)
    return hub


async def test_people_are_found_as_on_a_workstation(house: HttpHouse) -> None:
    hub = await remote(house)
    for words, expected in SEARCHES[::6]:
        assert natives(await hub.search_people(words, 50)) == expected, words
    (hit,) = (await hub.search_people("merchand 1968", 50)).hits
    assert hit.matched_on == (MatchedOn.NAME_TYPO, MatchedOn.BIRTH_DATE)
    assert hit.highlights
    assert hit.entry.person == MINTER.person(HELENE)
    assert hit.entry.party == HELENE


async def test_an_exact_key_finds_who_bears_it(house: HttpHouse) -> None:
    hub = await remote(house)
    person = MINTER.person(HELENE)
    assert [entry.party for entry in await hub.find_people(person=str(person))] == [HELENE]
    family = await hub.find_people(family=str(person))
    assert [entry.party.native_id for entry in family] == ["1", "2"]
    assert [entry.party for entry in await hub.find_people(phone="02 99 00 11 22")] == [HELENE]
    assert [entry.party for entry in await hub.find_people(scheme="benefits.insured", value="B12")] == [
        HELENE
    ]
    assert await hub.find_people(scheme="benefits.insured", value="B13") == ()


async def test_the_second_part_of_an_answer_leaves_out_the_first(house: HttpHouse) -> None:
    hub = await remote(house)
    first = await hub.search_people("merchant yves", 50)
    known = [hit.entry.person for hit in first.hits]
    assert natives(await hub.search_people_wider("merchant yves", known, 20)) == ["2"]
    found = await hub.search_people_wider("merchant yves", [MINTER.named("2")], 20)
    assert natives(found) == []


async def test_whoever_reads_no_customers_finds_nobody(house: HttpHouse) -> None:
    hub = await remote(house, AUDITOR)
    with pytest.raises(HubError) as refused:
        await hub.search_people("marchand", 50)
    assert refused.value.message_key == "hub.no_right"


async def test_a_protected_file_tells_no_place(house: HttpHouse) -> None:
    hub = await remote(house)
    shown = next(
        hit
        for hit in (await hub.search_people("marchand helene", 50)).hits
        if hit.entry.party.native_id == HOMONYM.native_id
    )
    assert shown.entry.party == replace(HOMONYM, city="", postcode="")
    (entry,) = await hub.find_people(person=str(MINTER.person(HOMONYM)))
    assert entry.party.city == ""


async def test_who_searched_is_kept_once_and_never_what(house: HttpHouse) -> None:
    hub = await remote(house)
    for words in ("m", "ma", "marchand"):
        await hub.search_people(words, 50)
    await (await remote(house, LEAD)).search_people("marchand", 50)

    def log(connection: Connection) -> list[tuple[str, ...]]:
        asked = "SELECT login, what, dossier, reason FROM access_log WHERE what = 'search' ORDER BY login"
        return [tuple(row) for row in connection.execute(text(asked))]

    assert await house.set_up(log) == [(AGENT.login, "search", "", ""), (LEAD.login, "search", "", "")]


async def test_a_house_without_a_directory_says_so(served_on_postgres: HttpHouse) -> None:
    hub = await remote(served_on_postgres)
    with pytest.raises(HubError) as refused:
        await hub.search_people("marchand", 50)
    assert refused.value.message_key == "hub.no_directory"


async def test_a_workstation_without_the_house_looks_on_board_and_says_so(
    house: HttpHouse, tmp_path: Path
) -> None:
    carried = await Directory.open(tmp_path / "directory.db", KEY, FixedEnv(), MINTER)
    reached = await remote(house)
    carried.use_house(HouseDirectory(lambda: reached))
    online = await carried.search("marchand")
    assert (natives(online), online.on_board_only) == (["1", "3", "2"], False)
    assert [entry.party.native_id for entry in await carried.family(MINTER.person(HELENE))] == ["1", "2"]

    away = RemoteHub(
        HubLine("http://127.0.0.1:9", ssl.create_default_context()),
        FreshTokens(house.running.parts, AGENT),
        FixedEnv(),
    )
    carried.use_house(HouseDirectory(lambda: away))
    with pytest.raises(DirectoryNotReadyError) as nobody:
        await carried.search("marchand")
    assert nobody.value.message_key == "directory.house_out_of_reach"
    builder = carried.rebuild()
    await builder.add([HELENE])
    await builder.finish("end")
    offline = await carried.search("marchand")
    assert (natives(offline), offline.on_board_only) == (["1"], True)
    entry = await carried.by_person(MINTER.person(HELENE))
    assert entry is not None
    await away.aclose()
    await carried.aclose()
