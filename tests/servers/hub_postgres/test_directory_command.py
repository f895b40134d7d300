"""`avise hub directory`: a file of people becomes the house's directory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from avise.commands import hub_directory
from avise.commands.hub_directory import BadLineError, PartyFile
from avise.directory.party_json import encoded
from avise.env import FixedEnv
from avise.hub.dialect import postgres_engine
from avise.hub.directory_loading import StalePlaceError, load_house, update_house
from avise.hub.migrating import migrate
from avise.models.customer import Party, PartyKind
from tests.directory_people import EVERYBODY, HELENE, YVES
from tests.postgres_server import PostgresServer
from tests.servers.hub_postgres.test_directory import MINTER, found

SITE, SCHEME = MINTER.site_namespace, MINTER.scheme


@pytest.fixture
def url(server: PostgresServer) -> str:
    address = server.url(server.database())
    engine = postgres_engine(address, 1)
    with engine.begin() as connection:
        migrate(connection, FixedEnv())
    engine.dispose()
    return address


def written(path: Path, people: tuple[Party, ...]) -> Path:
    path.write_text("".join(encoded(party) + "\n" for party in people), encoding="utf-8")
    return path


def asked(url: str, words: str) -> list[str]:
    engine = postgres_engine(url, 1)
    try:
        with engine.connect() as connection:
            return found(connection, words)
    finally:
        engine.dispose()


def test_a_file_of_people_is_loaded_then_brought_up_to_date(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_directory, "PAGE", 3)
    everybody = PartyFile(written(tmp_path / "people.jsonl", EVERYBODY))
    assert load_house(url, SITE, SCHEME, everybody.pages, FixedEnv()) == len(EVERYBODY)
    assert asked(url, "marchand") == ["1", "3", "2"]
    gone = Party(YVES.native_id, PartyKind.BENEFICIARY, deleted=True)
    changes = PartyFile(written(tmp_path / "changes.jsonl", (gone,)))
    pages = (parties for parties, _after in changes.pages(""))
    assert update_house(url, SITE, SCHEME, pages, FixedEnv()) == 1
    assert asked(url, "marchand") == ["1", "3"]


def test_a_bad_line_is_named_and_what_precedes_it_is_not_read_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_directory, "PAGE", 2)
    lines = [encoded(party) for party in EVERYBODY[:4]]
    path = tmp_path / "people.jsonl"
    path.write_text("\n".join([*lines[:3], json.dumps({"kind": "robot"}), ""]), encoding="utf-8")
    with pytest.raises(BadLineError) as bad:
        load_house(url, SITE, SCHEME, PartyFile(path).pages, FixedEnv())
    assert bad.value.params == {"line": "4"}
    assert "robot" not in str(bad.value)
    # Mended, the file is another one: it is read from its beginning, and nobody is there twice.
    written(path, EVERYBODY)
    assert load_house(url, SITE, SCHEME, PartyFile(path).pages, FixedEnv()) == len(EVERYBODY)


def test_a_loading_that_was_killed_goes_on_after_its_last_page(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_directory, "PAGE", 4)
    file = PartyFile(written(tmp_path / "people.jsonl", EVERYBODY))
    places: list[str] = []

    def until_killed(place: str) -> Iterator[tuple[Sequence[Party], str]]:
        following = file.pages(place)
        yield next(following)
        raise KeyboardInterrupt

    def remembered(place: str) -> Iterator[tuple[Sequence[Party], str]]:
        places.append(place)
        return file.pages(place)

    with pytest.raises(KeyboardInterrupt):
        load_house(url, SITE, SCHEME, until_killed, FixedEnv())
    assert load_house(url, SITE, SCHEME, remembered, FixedEnv()) == len(EVERYBODY)
    assert [place.rpartition(":")[2] for place in places] == ["4"]
    assert asked(url, "marchand") == ["1", "3", "2"]


def test_a_place_in_another_file_begins_again(url: str, tmp_path: Path) -> None:
    path = written(tmp_path / "people.jsonl", EVERYBODY)
    *_, (_people, place) = PartyFile(path).pages("")
    assert list(PartyFile(path).pages(place)) == []
    written(path, (HELENE,))
    with pytest.raises(StalePlaceError):
        PartyFile(path).pages(place)
    assert load_house(url, SITE, SCHEME, PartyFile(path).pages, FixedEnv()) == 1
