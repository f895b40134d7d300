"""`avise hub directory`: who exists, from a file or from any connector, becomes the house's directory."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from functools import partial
from pathlib import Path

import pytest

from avise.cli import main
from avise.commands import party_file
from avise.commands.party_file import BadLineError, PartyFile
from avise.connectors.contract import Batch, ConnectorError, StartsOver
from avise.directory.party_json import encoded
from avise.engine.house_filling import HouseFilling, HouseSource
from avise.env import FixedEnv
from avise.hub import directory_loading
from avise.hub.dialect import postgres_engine
from avise.hub.directory_loading import HouseFiller
from avise.hub.migrating import migrate
from avise.models.bulk_reading import BulkReading, Decision, DoubtKind, ReadingStep
from avise.models.customer import Party, PartyKind
from avise.models.errors import AviseError, ErrorKind
from tests.directory_people import EVERYBODY, HELENE, YVES
from tests.postgres_server import PostgresServer
from tests.servers.hub_postgres.test_directory import MINTER, found
from tests.unit.engine.loading_station import FILE, SQL, write_database, write_file


@pytest.fixture
def url(server: PostgresServer) -> str:
    address = server.url(server.database())
    engine = postgres_engine(address, 1)
    with engine.begin() as connection:
        migrate(connection, FixedEnv())
    engine.dispose()
    return address


def written(path: Path, people: Sequence[Party]) -> Path:
    path.write_text("".join(encoded(party) + "\n" for party in people), encoding="utf-8")
    return path


def asked(url: str, words: str) -> list[str]:
    engine = postgres_engine(url, 1)
    try:
        with engine.connect() as connection:
            return found(connection, words)
    finally:
        engine.dispose()


async def filled(url: str, source: HouseSource, *, everybody: bool = True) -> BulkReading:
    """Fill once, as one run of the command does."""
    env = FixedEnv()
    opening = partial(HouseFiller.open, url, MINTER, source.name, env)
    async with aclosing(HouseFilling(opening, source, env)) as filling:
        return await filling.fill(everybody=everybody)


async def decided(url: str, source: HouseSource, decision: Decision) -> BulkReading:
    """Decide, then fill, as the command does."""
    env = FixedEnv()
    opening = partial(HouseFiller.open, url, MINTER, source.name, env)
    async with aclosing(HouseFilling(opening, source, env)) as filling:
        await filling.decide(decision)
        return await filling.fill(everybody=decision is Decision.ACCEPT)


class Cut:
    """Gives some pages of a file, then fails as a tool does; remembers the places that it was asked from."""

    name = PartyFile.name

    def __init__(self, path: Path, pages: int) -> None:
        self._file, self._pages = PartyFile(path), pages
        self.places: list[str] = []

    async def changes(self, since: str) -> AsyncGenerator[Batch[Party], None]:
        self.places.append(since)
        async with aclosing(self._file.changes(since)) as batches:
            async for batch in batches:
                if not self._pages:
                    raise ConnectorError(ErrorKind.UNAVAILABLE)
                self._pages -= 1
                yield batch


# ---- lines -------------------------------------------------------------------------------------------


async def test_a_file_of_people_is_loaded_then_brought_up_to_date(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(party_file, "PAGE", 3)
    everybody = PartyFile(written(tmp_path / "people.jsonl", EVERYBODY))
    assert (await filled(url, everybody)).step is ReadingStep.FOLLOWING
    assert asked(url, "marchand") == ["1", "3", "2"]
    gone = Party(YVES.native_id, PartyKind.BENEFICIARY, deleted=True)
    changes = PartyFile(written(tmp_path / "changes.jsonl", (gone,)))
    opening = partial(HouseFiller.open, url, MINTER, changes.name, FixedEnv())
    async with aclosing(HouseFilling(opening, changes, FixedEnv())) as filling:
        assert await filling.apply_all() == 1
    assert asked(url, "marchand") == ["1", "3"]


async def test_a_bad_line_is_named_and_what_precedes_it_is_not_read_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(party_file, "PAGE", 2)
    lines = [encoded(party) for party in EVERYBODY[:4]]
    path = tmp_path / "people.jsonl"
    path.write_text("\n".join([*lines[:3], json.dumps({"kind": "robot"}), ""]), encoding="utf-8")
    with pytest.raises(BadLineError) as bad:
        await filled(url, PartyFile(path))
    assert bad.value.params == {"line": "4"}
    assert "robot" not in str(bad.value)
    # Mended, the file is another one: it is read from its beginning, and nobody is there twice.
    written(path, EVERYBODY)
    assert (await filled(url, PartyFile(path))).step is ReadingStep.FOLLOWING
    assert asked(url, "marchand") == ["1", "3", "2"]


async def test_a_loading_that_was_cut_goes_on_after_its_last_page_with_its_counts(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(party_file, "PAGE", 2)
    # Deleted before the stop, listed by an earlier page: gone after it too.
    gone = Party(YVES.native_id, PartyKind.BENEFICIARY, deleted=True)
    path = written(tmp_path / "people.jsonl", (*EVERYBODY[:3], gone, *EVERYBODY[3:]))
    with pytest.raises(ConnectorError):
        await filled(url, Cut(path, 2))
    with suppress(ConnectorError):
        await filled(url, Cut(path, 1))
    env = FixedEnv()
    source = Cut(path, 99)
    opening = partial(HouseFiller.open, url, MINTER, source.name, env)
    async with aclosing(HouseFilling(opening, source, env)) as filling:
        with pytest.raises(AviseError, match=r"bulk\.nothing_held"):
            await filling.decide(Decision.ACCEPT)
        told = filling.told()
        assert (told.step, told.count, told.total) == (ReadingStep.READING, 6, 11)
        await filling.fill(everybody=True)
        assert filling.listed == len(EVERYBODY) - 1
    assert [place.rpartition(":")[2] for place in source.places] == ["6"]
    assert asked(url, "marchand") == ["1", "3"]


async def test_a_place_in_another_file_begins_again(tmp_path: Path) -> None:
    path = written(tmp_path / "people.jsonl", EVERYBODY)
    *_, last = [batch async for batch in PartyFile(path).changes("")]
    assert [list(batch.items) async for batch in PartyFile(path).changes(last.cursor)] == [[]]
    written(path, (*EVERYBODY, HELENE))
    first, *following = [batch async for batch in PartyFile(path).changes(last.cursor)]
    assert first.starts_over is StartsOver.EDITION
    assert sum(len(batch.items) for batch in following) == len(EVERYBODY) + 1


@pytest.mark.parametrize("decision", list(Decision))
async def test_a_file_smaller_than_half_waits_for_somebody(
    url: str, tmp_path: Path, decision: Decision
) -> None:
    path = written(tmp_path / "people.jsonl", EVERYBODY)
    await filled(url, PartyFile(path))
    written(path, (HELENE,))
    told = await filled(url, PartyFile(path))
    assert told.doubt is not None
    assert told.doubt.kind is DoubtKind.FILE
    assert (await filled(url, PartyFile(path))).doubt == told.doubt
    assert asked(url, "marchand") == ["1", "3", "2"]
    assert (await decided(url, PartyFile(path), decision)).step is ReadingStep.FOLLOWING
    left = ["1"] if decision is Decision.ACCEPT else ["1", "3", "2"]
    assert asked(url, "marchand") == left
    # Kept, the same file is not spoken of again.
    assert (await filled(url, PartyFile(path))).doubt is None
    assert asked(url, "marchand") == left


async def test_a_directory_under_the_keys_of_another_version_is_read_anew(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(party_file, "PAGE", 2)
    path = written(tmp_path / "people.jsonl", EVERYBODY)
    with monkeypatch.context() as earlier:
        earlier.setattr(directory_loading, "_VERSION", "2")
        await filled(url, PartyFile(path))
        written(path, (*EVERYBODY, HELENE))
        with pytest.raises(ConnectorError):
            await filled(url, Cut(path, 2))
    changes = PartyFile(path)
    opening = partial(HouseFiller.open, url, MINTER, changes.name, FixedEnv())
    async with aclosing(HouseFilling(opening, changes, FixedEnv())) as filling:
        with pytest.raises(AviseError, match="directory_from_another"):
            await filling.apply_all()
        with pytest.raises(AviseError, match="directory_from_another"):
            await filling.fill(everybody=False)
    anew = Cut(path, 99)
    assert (await filled(url, anew)).step is ReadingStep.FOLLOWING
    assert anew.places == [""]
    async with aclosing(HouseFilling(opening, changes, FixedEnv())) as filling:
        assert await filling.apply_all() == len(EVERYBODY) + 1


async def test_a_file_that_shrank_while_nothing_was_in_place_yet_is_forgotten(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(party_file, "PAGE", 2)
    path = written(tmp_path / "people.jsonl", EVERYBODY)
    with pytest.raises(ConnectorError):
        await filled(url, Cut(path, 1))
    written(path, (HELENE,))
    assert (await filled(url, PartyFile(path))).doubt is not None
    with pytest.raises(AviseError) as nothing:
        await decided(url, PartyFile(path), Decision.KEEP)
    assert nothing.value.message_key == "hub_command.no_directory_yet"
    assert (await filled(url, PartyFile(path))).doubt is None
    assert asked(url, "marchand") == ["1"]


@pytest.mark.parametrize("decision", list(Decision))
async def test_a_loading_that_would_lose_half_of_the_persons_waits(
    url: str, tmp_path: Path, decision: Decision
) -> None:
    await filled(url, PartyFile(written(tmp_path / "people.jsonl", EVERYBODY)))
    # As long as before, of others: it is not their number that counts.
    others = [Party(f"x{number}", PartyKind.MEMBER, "Kerbrat", "Lou" * 20) for number in range(20)]
    path = written(tmp_path / "others.jsonl", (HELENE, *others))
    told = await filled(url, PartyFile(path))
    assert told.doubt is not None
    assert (told.doubt.kind, told.doubt.before, told.doubt.now) == (DoubtKind.PERSONS, len(EVERYBODY), 1)
    assert (await filled(url, PartyFile(path))).doubt is not None
    assert asked(url, "marchand") == ["1", "3", "2"]
    assert (await decided(url, PartyFile(path), decision)).step is ReadingStep.FOLLOWING
    accepted = decision is Decision.ACCEPT
    assert asked(url, "marchand") == (["1"] if accepted else ["1", "3", "2"])
    assert len(asked(url, "kerbrat")) == (20 if accepted else 0)


# ---- any connector -----------------------------------------------------------------------------------


def directory(url: str, what: str, *more: str) -> int:
    """Run the command."""
    namespace = str(MINTER.site_namespace)
    return main(["hub", "directory", what, "--database", url, "--namespace", namespace, *more])


def connector(folder: Path, text: str) -> str:
    path = folder / "persons.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_database_is_loaded_then_its_changes_by_the_place_that_was_kept(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = tmp_path / "persons.db"
    write_database(base, range(1, 1_234), changed="2026-01-01 10:00:00")
    origin = (connector(tmp_path, SQL), "--set", f"base={write_database(base, [1_234])}")
    assert directory(url, "load", *origin) == 0
    assert "1234." in capsys.readouterr().out
    write_database(base, [5_000], changed="2026-11-02 10:00:00")
    assert directory(url, "update", *origin) == 0
    # The one who came, and the last one known: changes are asked for from two days before it.
    assert " 2." in capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    assert asked(url, "5000") == ["5000"]
    # Not told as gone: no reading of changes takes anybody away.
    assert asked(url, "1200") == ["1200"]


def test_a_new_file_replaces_everybody_and_a_small_one_waits(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop = tmp_path / "drop"
    write_file(drop, "persons_1.csv", range(1_001, 1_251))
    origin = (connector(tmp_path, FILE), "--set", f"drop={drop}")
    assert directory(url, "load", *origin) == 0
    write_file(drop, "persons_2.csv", range(1_051, 1_301))
    assert directory(url, "update", *origin) == 0
    assert (asked(url, "1050"), asked(url, "1300")) == ([], ["1300"])
    write_file(drop, "persons_3.csv", range(1_001, 1_011))
    capsys.readouterr()
    assert directory(url, "update", *origin) == 1
    assert "--accept" in capsys.readouterr().out
    assert asked(url, "1300") == ["1300"]
    assert directory(url, "update", *origin, "--accept") == 0
    assert (asked(url, "1300"), asked(url, "1010")) == ([], ["1010"])


def test_a_small_file_that_was_kept_out_is_told_as_such_and_can_be_taken_afterwards(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = str(written(tmp_path / "people.jsonl", EVERYBODY))
    assert directory(url, "load", lines) == 0
    written(tmp_path / "people.jsonl", (HELENE,))
    assert directory(url, "load", lines) == 1
    assert directory(url, "load", lines, "--keep") == 0
    capsys.readouterr()
    assert directory(url, "load", lines) == 0
    told = capsys.readouterr().out
    assert ("à jour" in told, "laissé de côté" in told, "--accept" in told) == (False, True, True)
    assert re.search(r"\((hier )?\d\d:\d\d\)", told)
    assert asked(url, "marchand") == ["1", "3", "2"]
    assert directory(url, "load", lines, "--accept") == 0
    assert asked(url, "marchand") == ["1"]
    # It is the one in place now: nothing is left to take.
    assert directory(url, "load", lines, "--accept") == 1
    capsys.readouterr()
    assert directory(url, "load", lines) == 0
    assert "laissé de côté" not in capsys.readouterr().out


def test_what_cannot_be_loaded_is_told(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = write_database(tmp_path / "persons.db", range(3))
    assert directory(url, "load", str(tmp_path / "none.jsonl")) == 2
    origin = (connector(tmp_path, SQL), "--set", f"base={base}")
    assert directory(url, "update", *origin) == 1
    assert directory(url, "load", *origin, "--set", "base") == 2
    assert directory(url, "load", "nothing-of-that-name") == 1
    capsys.readouterr()
    # A base that is not there: nobody was read, and the command says why.
    assert directory(url, "load", *origin[:2], f"base=sqlite:///{tmp_path / 'none.db'}?mode=ro") == 1
    assert "relancez" in capsys.readouterr().err
    lines = written(tmp_path / "people.jsonl", EVERYBODY)
    assert directory(url, "load", str(lines)) == 0
    # The directory in place comes from the lines: this tool's changes do not follow it.
    assert directory(url, "update", *origin) == 1
    secret = SQL.replace(
        "[config.base]", '[config.code]\ntype = "secret"\nlabel = "Code"\nrequired = true\n[config.base]'
    )
    origin = (connector(tmp_path, secret), "--set", f"base={base}")
    capsys.readouterr()
    assert directory(url, "load", *origin) == 2
    assert "AVISE_SECRET_CODE" in capsys.readouterr().err
    monkeypatch.setitem(os.environ, "AVISE_SECRET_CODE", "x")
    assert directory(url, "load", *origin, "--accept") == 1
