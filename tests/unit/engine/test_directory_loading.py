"""Everybody is read once, goes on after a stop, and nobody is lost because a source says less."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from avise.models.bulk_reading import Decision, DoubtKind, ReadingStep
from avise.models.customer import Party
from avise.models.errors import AviseError, ErrorKind
from avise.store.directory_building import DirectoryBuilder
from avise.store.reading_file import ReadingFile
from tests.unit.engine.loading_station import FILE, KEY, PORTFOLIO, SQL, station, write_database, write_file


async def test_everybody_in_a_database_is_listed_and_then_what_changes(tmp_path: Path) -> None:
    base = tmp_path / "persons.db"
    address = write_database(base, range(1, 1_235))
    async with station(tmp_path, SQL, base=address) as at_work:
        assert await at_work.whole() == 1_234
        write_database(base, [5_000], changed="2026-11-02 10:00:00")
        with closing(sqlite3.connect(base)) as connection, connection:
            connection.execute("update person set gone = 1, changed = '2026-11-02 11:00:00' where id = 7")
            # Not told as gone: no reading of changes may take that person away.
            connection.execute("delete from person where id = 8")
        await at_work.followed()
        assert await at_work.listed(5_000)
        assert not await at_work.listed(7)
        assert await at_work.listed(8)


async def test_everybody_is_read_once_for_whoever_wants_it_meanwhile(tmp_path: Path) -> None:
    address = write_database(tmp_path / "persons.db", range(1, 5_001))
    async with station(tmp_path, SQL, base=address) as at_work:
        await at_work.until(lambda told: told.count >= 500)
        at_work.loading.read_everybody()
        began = set()
        while at_work.loading.rounds < 2:
            told = at_work.loading.told()
            began.add(told.began if told is not None else None)
            await asyncio.sleep(0.005)
        assert len(began - {None}) == 1
        assert await at_work.whole() == 5_000


async def test_a_bug_of_ours_does_not_end_the_filling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole, met = DirectoryBuilder.add, list[str]()

    async def add(builder: DirectoryBuilder, parties: Sequence[Party]) -> None:
        if not met:
            met.append(parties[0].last_name)
            raise ValueError(parties[0].last_name)
        await whole(builder, parties)

    monkeypatch.setattr(DirectoryBuilder, "add", add)
    address = write_database(tmp_path / "persons.db", range(1, 5))
    async with station(tmp_path, SQL, base=address) as at_work:
        await at_work.until(lambda told: told.step is ReadingStep.INTERRUPTED)
        at_work.loading.look_now()
        assert await at_work.whole() == 4
    assert "the directory's filling met ValueError" in caplog.text
    assert met[0] not in caplog.text


async def test_a_change_written_under_a_date_already_past_is_read(tmp_path: Path) -> None:
    base = tmp_path / "persons.db"
    address = write_database(base, range(1, 10))
    async with station(tmp_path, SQL, base=address) as at_work:
        await at_work.whole()
        write_database(base, [70], changed="2026-10-30 12:00:00")
        write_database(base, [71], changed="2026-10-30 09:00:00")
        await at_work.followed()
        assert await at_work.listed(70)
        assert not await at_work.listed(71)


async def test_a_reading_that_is_killed_goes_on_and_gives_everybody_once(tmp_path: Path) -> None:
    write_database(tmp_path / "persons.db", range(1, 20_001))
    program = [sys.executable, "-m", "tests.unit.engine.loading_station", str(tmp_path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as reading:  # noqa: ASYNC220, S603 - our own file; killed below
        assert reading.stdout is not None
        reached = next(count for count in map(_count_of, reading.stdout) if count >= 3_000)
        reading.kill()
    file = await ReadingFile.open(tmp_path / "directory.db", KEY)
    read = [party.native_id async for parties in file.pages() for party in parties]
    await file.aclose()
    assert read == [str(number) for number in range(1, file.kept.count + 1)]
    async with station(tmp_path, SQL, base=f"sqlite:///{tmp_path / 'persons.db'}?mode=ro") as at_work:
        told = await at_work.until(lambda told: told.gone_on_from > 0)
        assert reached <= told.gone_on_from < 20_000
        assert told.total == 20_000
        counted = told.count
        while (told := await at_work.until(bool)).step is not ReadingStep.FOLLOWING:
            counted = max(counted, told.count)
            await asyncio.sleep(0.01)
        # Nobody whom the killed reading had read was asked for again.
        assert counted <= 20_000
        assert await at_work.whole() == 20_000


async def test_a_portfolio_is_read_on_after_a_stop_a_lock_and_a_new_key(tmp_path: Path) -> None:
    address = write_database(tmp_path / "persons.db", range(1, 10_001))
    mine = {"portfolio_of": "bruno.kerhoas", "base": address}
    async with station(tmp_path, PORTFOLIO, **mine) as at_work:
        await at_work.until(lambda told: told.count >= 2_000)
    async with station(tmp_path, PORTFOLIO, **mine) as at_work:
        told = await at_work.until(lambda told: told.gone_on_from > 0)
        assert (told.gone_on_from >= 2_000, told.total) == (True, 10_000)
        await at_work.until(lambda told: told.count >= 4_000)
        await at_work.directory.lock("directory.building")
        at_work.loading.look_now()
        while at_work.loading.told() is not None:
            at_work.loading.look_now()
            await asyncio.sleep(0.01)
        await at_work.directory.unlock(KEY)
        at_work.loading.look_now()
        told = await at_work.until(lambda told: told.gone_on_from > 0)
        assert told.gone_on_from >= 4_000
        # Taken on board in the middle of its reading.
        await at_work.directory.move(tmp_path / "portfolio.db", bytes(32))
        at_work.loading.look_now()
        await at_work.until(lambda told: told.step is ReadingStep.FOLLOWING)
        assert await at_work.whole() == 10_000
    assert not (tmp_path / "directory.db.reading").exists()
    assert (tmp_path / "portfolio.db.reading").exists()


def _count_of(line: str) -> int:
    return int(line.split(maxsplit=1)[0])


async def test_a_new_file_replaces_everybody(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    write_file(drop, "persons_1.csv", range(1, 251))
    async with station(tmp_path, FILE, drop=str(drop)) as at_work:
        assert await at_work.whole() == 250
        write_file(drop, "persons_2.csv", range(51, 301))
        await at_work.followed()
        assert await at_work.directory.count() == 250
        assert not await at_work.listed(50)
        assert await at_work.listed(300)


@pytest.mark.parametrize("decision", list(Decision))
async def test_a_file_smaller_than_half_waits_for_somebody(tmp_path: Path, decision: Decision) -> None:
    drop = tmp_path / "drop"
    write_file(drop, "persons_1.csv", range(1, 251))
    async with station(tmp_path, FILE, drop=str(drop)) as at_work:
        await at_work.whole()
        write_file(drop, "persons_2.csv", range(1, 101))
        await at_work.followed()
        told = await at_work.until(lambda told: told.step is ReadingStep.HELD)
        assert told.doubt is not None
        assert told.doubt.kind is DoubtKind.FILE
        sizes = [(drop / f"persons_{number}.csv").stat().st_size for number in (1, 2)]
        assert [told.doubt.before, told.doubt.now] == sizes
        assert None not in (told.doubt.before_at, told.doubt.now_at)
        assert await at_work.directory.count() == 250
        before = at_work.loading.rounds
        await at_work.loading.decide(decision)
        await at_work.until(
            lambda told: at_work.loading.rounds > before and told.step is ReadingStep.FOLLOWING
        )
        assert await at_work.directory.count() == (100 if decision is Decision.ACCEPT else 250)
        await at_work.followed()
        assert (await at_work.until(lambda told: told.doubt is None)).step is ReadingStep.FOLLOWING
        assert at_work.loading.left_out is (decision is Decision.KEEP)


@pytest.mark.parametrize("decision", list(Decision))
async def test_a_reading_that_would_lose_half_of_the_persons_waits(
    tmp_path: Path, decision: Decision
) -> None:
    base = tmp_path / "persons.db"
    address = write_database(base, range(1, 1_001))
    async with station(tmp_path, SQL, base=address) as at_work:
        await at_work.whole()
        with closing(sqlite3.connect(base)) as connection, connection:
            connection.execute("delete from person where id > 400")
        # As many as before, but others: it is not their number that counts. No change tells of them.
        write_database(base, range(2_001, 2_601), changed="2026-10-01 10:00:00")
        at_work.loading.read_everybody()
        told = await at_work.until(lambda told: told.step is ReadingStep.HELD)
        assert told.doubt is not None
        assert (told.doubt.kind, told.doubt.before, told.doubt.now) == (DoubtKind.PERSONS, 1_000, 400)
        assert await at_work.listed(900)
    async with station(tmp_path, SQL, base=address) as at_work:
        # It waits over a stop too, with what was read.
        await at_work.until(lambda told: told.step is ReadingStep.HELD)
        await at_work.loading.decide(decision)
        await at_work.whole()
        accepted = decision is Decision.ACCEPT
        assert [await at_work.listed(number) for number in (900, 2_500)] == [not accepted, accepted]


async def test_nothing_can_be_decided_where_nothing_waits(tmp_path: Path) -> None:
    address = write_database(tmp_path / "persons.db", range(3))
    async with station(tmp_path, SQL, base=address) as at_work:
        await at_work.whole()
        with pytest.raises(AviseError, match=r"bulk\.nothing_held"):
            await at_work.loading.decide(Decision.ACCEPT)


async def test_a_file_of_which_too_many_lines_are_unreadable_takes_nobody_away(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    write_file(drop, "persons_1.csv", range(1, 251))
    async with station(tmp_path, FILE, drop=str(drop)) as at_work:
        await at_work.whole()
        write_file(drop, "persons_2.csv", range(1, 251))
        with (drop / "persons_2.csv").open("a", encoding="utf-8") as file:
            file.writelines(f";{number};nobody's number\n" for number in range(20))
        await at_work.followed()
        assert at_work.loading.trouble is not None
        assert at_work.loading.trouble.kind is ErrorKind.BAD_DATA
        assert await at_work.directory.count() == 250
