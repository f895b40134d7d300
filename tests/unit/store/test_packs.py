"""Packs: encrypted, bounded in time, resumable, closed with their key, and without a NIR."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.models.care_totals import CareTotal
from avise.models.packs import PackKind
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.store.carried_snapshots import CarriedSnapshots
from avise.store.errors import DiskFullError, NirAtRestError
from avise.store.pack_file import PackClosedError, PackFile
from avise.store.pack_rows import CarriedReading, Target
from avise.store.packs import Packs
from avise.store.snapshots import Snapshots
from avise.store.store import Store

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
HELENE, YVES = uuid.UUID("3f1c6b0e-6f0b-5c57-9b8e-6f6f2d1a7c55"), uuid.UUID(int=2)
DAY = timedelta(days=1)
PAGES = (b'[{"id":"1","data":{"plan":"Confort"}}]', b'[{"id":"2","data":{"plan":"Essentiel"}}]')


def key_of(person: uuid.UUID = HELENE, facet: str = "contracts") -> SnapshotKey:
    return SnapshotKey("parties", facet, 1, person)


def snapshot(env: FixedEnv, *pages: bytes) -> Snapshot:
    read_at = env.now() - timedelta(hours=1)
    return Snapshot(pages or PAGES, 2, read_at, env.now(), env.now() + DAY, total=12)


def carried(
    env: FixedEnv, *pages: bytes, kind: PackKind = PackKind.PORTFOLIO, person: uuid.UUID = HELENE
) -> CarriedReading:
    return CarriedReading(kind, key_of(person), snapshot(env, *pages))


async def ordered(
    packs: Packs, env: FixedEnv, *people: uuid.UUID, kind: PackKind = PackKind.PORTFOLIO
) -> None:
    targets = [Target(person) for person in people]
    await packs.order(kind, targets, env.now() + 7 * DAY, env.now() - timedelta(hours=12))


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
async def packs(tmp_path: Path) -> AsyncIterator[Packs]:
    file = PackFile(tmp_path / "packs.db")
    await file.open(KEY)
    yield Packs(file)
    await file.aclose()


async def test_a_reading_comes_back_as_it_was_kept_until_its_pack_ends(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE)
    kept = carried(env)
    await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [kept], failed=False, at=env.now())
    found = await packs.get(key_of(), env.now() + 6 * DAY)
    assert found == dataclasses.replace(kept.snapshot, usable_until=env.now() + 7 * DAY, on_board=True)
    assert await packs.get(key_of(), env.now() + 7 * DAY) is None


async def test_what_was_read_already_is_not_wanted_again(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE, YVES)
    await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [carried(env)], failed=False, at=env.now())
    assert await packs.wanted(PackKind.PORTFOLIO) == (Target(YVES),)
    env.advance(timedelta(hours=1))
    await ordered(packs, env, HELENE, YVES)
    assert await packs.wanted(PackKind.PORTFOLIO) == (Target(YVES),)
    env.advance(timedelta(hours=12))
    await ordered(packs, env, HELENE, YVES)
    assert await packs.wanted(PackKind.PORTFOLIO) == (Target(HELENE), Target(YVES))


async def test_a_failure_is_counted_and_takes_nothing_away(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE)
    await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [carried(env)], failed=False, at=env.now())
    await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [], failed=True, at=env.now())
    (count,) = await packs.counts()
    assert (count.wanted, count.held, count.failed) == (1, 0, 1)
    assert await packs.get(key_of(), env.now()) is not None


async def test_an_ended_pack_is_erased_with_what_it_held(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE)
    await packs.order(PackKind.VISITS, [Target(YVES)], env.now() + 9 * DAY, env.now())
    total = CareTotal("dental", 2, "80.00", "60.00", date(2024, 3, 1))
    await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [carried(env)], [total], failed=False, at=env.now())
    visit = carried(env, kind=PackKind.VISITS, person=YVES)
    await packs.keep(PackKind.VISITS, Target(YVES), [visit], failed=False, at=env.now())
    assert await packs.care_totals(HELENE, env.now()) == (total,)
    assert await packs.drop_ended(env.now() + 8 * DAY) == (PackKind.PORTFOLIO,)
    assert await packs.care_totals(HELENE, env.now()) == ()
    assert [count.kind for count in await packs.counts()] == [PackKind.VISITS]
    rows = await packs.file.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM reading").scalar())
    assert rows == 1


async def test_somebody_who_is_visited_no_more_keeps_the_synthesis_only(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE)
    await ordered(packs, env, HELENE, kind=PackKind.VISITS)
    whole = CarriedReading(PackKind.VISITS, key_of(facet="documents"), snapshot(env))
    await packs.keep(PackKind.VISITS, Target(HELENE), [carried(env), whole], failed=False, at=env.now())
    await ordered(packs, env, kind=PackKind.VISITS)
    assert await packs.get(key_of(), env.now()) is not None
    assert await packs.get(key_of(facet="documents"), env.now()) is None


async def test_a_nir_comes_on_board_in_no_field(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE)
    page = b'[{"id":"1","data":{"note":"1 85 05 99 999 001 81"}}]'
    with pytest.raises(NirAtRestError):
        await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [carried(env, page)], failed=False, at=env.now())
    assert await packs.get(key_of(), env.now()) is None


async def test_closed_packs_say_nothing_and_take_nothing(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE)
    await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [carried(env)], failed=False, at=env.now())
    await packs.file.close()
    assert await packs.get(key_of(), env.now()) is None
    assert (await packs.counts(), await packs.documents(HELENE, env.now())) == ((), ())
    with pytest.raises(PackClosedError):
        await packs.document(HELENE, "d1", env.now())
    with pytest.raises(PackClosedError):
        await packs.end(PackKind.PORTFOLIO, env.now())
    await packs.file.open(KEY)
    assert await packs.get(key_of(), env.now()) is not None


async def test_another_key_begins_anew_and_says_so(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE)
    await packs.file.close()
    await packs.file.open(OTHER_KEY)
    assert [notice.message_key for notice in packs.file.notices] == ["pack.unreadable"]
    assert await packs.counts() == ()


async def test_a_damaged_file_begins_anew_and_says_so(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE)
    await packs.file.close()
    content = bytearray(packs.file.path.read_bytes())
    content[100:200] = bytes(100)
    packs.file.path.write_bytes(content)
    await packs.file.open(KEY)
    assert [notice.message_key for notice in packs.file.notices] == ["pack.unreadable"]


async def test_erased_packs_leave_no_file(packs: Packs, env: FixedEnv, tmp_path: Path) -> None:
    await ordered(packs, env, HELENE)
    await packs.file.erase()
    assert files_of(tmp_path) == []
    await packs.file.open(KEY)
    assert await packs.counts() == ()


async def test_a_full_disk_keeps_what_was_there(packs: Packs, env: FixedEnv) -> None:
    await ordered(packs, env, HELENE, YVES)
    await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [carried(env)], failed=False, at=env.now())
    await packs.file.write(
        lambda c: c.exec_driver_sql(
            f"PRAGMA max_page_count={c.exec_driver_sql('PRAGMA page_count').scalar_one()}"
        )
    )
    with pytest.raises(DiskFullError):
        await packs.keep_document(Target(YVES, "d1"), "documents", "Devis", bytes(200_000), env.now())
    assert await packs.get(key_of(), env.now()) is not None
    assert await packs.wanted(PackKind.PORTFOLIO) == (Target(YVES),)


async def test_a_document_comes_back_as_it_was_read(packs: Packs, env: FixedEnv) -> None:
    target = Target(HELENE, "dossier/devis.pdf")
    await packs.order(PackKind.DOCUMENTS, [target], env.now() + DAY, env.now())
    await packs.keep_document(target, "documents", "Devis", b"%PDF", env.now())
    (row,) = await packs.documents(HELENE, env.now())
    assert (row.document, row.title, row.size) == (target.item, "Devis", 4)
    assert await packs.document(HELENE, target.item, env.now()) == b"%PDF"
    assert await packs.document(HELENE, target.item, env.now() + DAY) is None


async def test_the_newer_copy_answers(store: Store, packs: Packs, env: FixedEnv) -> None:
    kept = Snapshots(store, env)
    both = CarriedSnapshots(kept, packs, env)
    await kept.put(key_of(), snapshot(env, PAGES[0]))
    env.advance(timedelta(hours=1))
    await ordered(packs, env, HELENE)
    await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [carried(env)], failed=False, at=env.now())
    found = await both.get(key_of())
    assert found is not None
    assert found.on_board
    env.advance(timedelta(hours=1))
    await both.put(key_of(), snapshot(env, PAGES[1]))
    found = await both.get(key_of())
    assert found is not None
    assert (found.on_board, found.pages) == (False, (PAGES[1],))


async def test_a_reading_made_for_a_pack_is_not_kept_twice(store: Store, packs: Packs, env: FixedEnv) -> None:
    kept = Snapshots(store, env)
    both = CarriedSnapshots(kept, packs, env)
    both.leave_to_reader(key_of())
    await both.put(key_of(), snapshot(env))
    assert await kept.get(key_of()) is None
    await both.put(key_of(), snapshot(env))
    assert await kept.get(key_of()) is not None


async def test_no_file_tells_what_is_on_board(packs: Packs, env: FixedEnv, tmp_path: Path) -> None:
    await ordered(packs, env, HELENE)
    page = b'[{"id":"1","data":{"plan":"CANARI-FORMULE"}}]' * 40
    await packs.keep(PackKind.PORTFOLIO, Target(HELENE), [carried(env, page)], failed=False, at=env.now())
    target = Target(HELENE, "CANARI-CHEMIN")
    await packs.order(PackKind.DOCUMENTS, [target], env.now() + DAY, env.now())
    await packs.keep_document(target, "documents", "CANARI-TITRE", b"CANARI-CONTENU", env.now())
    files = files_of(tmp_path)
    assert {path.name for path in files} >= {"packs.db", "packs.db-wal"}
    for path in files:
        content = path.read_bytes()
        assert b"CANARI" not in content
        assert HELENE.bytes not in content
