"""Snapshots: replaced whole, dated, purged, bounded, and without a NIR."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.models.errors import ErrorKind, Failure, Origin
from avise.models.snapshot import PURGED_AFTER, Snapshot, SnapshotKey
from avise.store.errors import NirAtRestError, TooBigError
from avise.store.snapshots import MAX_SNAPSHOT_BYTES, Snapshots
from avise.store.store import Store

PERSON = uuid.UUID(int=7)
KEY = SnapshotKey("benefits", "benefits", 1, PERSON)


def reading(env: FixedEnv, *pages: bytes, **changes: object) -> Snapshot:
    made = Snapshot(
        pages=pages or (b'[{"id":"1"}]',),
        count=1,
        as_of=env.now() - timedelta(hours=1),
        fetched_at=env.now(),
        usable_until=env.now() + timedelta(hours=8),
        validator='"v1"',
        total=1_200,
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def snapshots(store: Store, env: FixedEnv) -> Snapshots:
    return Snapshots(store, env)


async def test_a_snapshot_comes_back_as_it_was_put(snapshots: Snapshots, env: FixedEnv) -> None:
    put = reading(env, b"[1]", b"[2]", b"[3]", completeness="truncated", truncated_because="max_rows")
    await snapshots.put(KEY, put)
    assert await snapshots.get(KEY) == put
    assert await snapshots.get(dataclasses.replace(KEY, query_hash="other")) is None
    assert await snapshots.get(dataclasses.replace(KEY, schema=2)) is None


async def test_a_reading_replaces_the_one_before_as_a_whole(snapshots: Snapshots, env: FixedEnv) -> None:
    await snapshots.put(KEY, reading(env, b"[1]", b"[2]", b"[3]"))
    await snapshots.put(KEY, reading(env, b"[4]"))
    found = await snapshots.get(KEY)
    assert found is not None
    assert found.pages == (b"[4]",)
    pages = await snapshots._store.read(
        lambda c: c.exec_driver_sql("SELECT count(*) FROM snapshot_page").scalar()
    )
    assert pages == 1


async def test_an_empty_reading_is_a_reading(snapshots: Snapshots, env: FixedEnv) -> None:
    await snapshots.put(KEY, dataclasses.replace(reading(env), pages=(), count=0))
    found = await snapshots.get(KEY)
    assert found is not None
    assert (found.pages, found.count) == ((), 0)


async def test_an_incomplete_reading_replaces_nothing(snapshots: Snapshots, env: FixedEnv) -> None:
    await snapshots.put(KEY, reading(env, b"[1]"))
    with pytest.raises(ValueError, match="complete"):
        await snapshots.put(KEY, reading(env, b"[2]", completeness="more"))
    found = await snapshots.get(KEY)
    assert found is not None
    assert found.pages == (b"[1]",)


async def test_an_error_is_written_beside_and_the_next_reading_clears_it(
    snapshots: Snapshots, env: FixedEnv
) -> None:
    failure = Failure(ErrorKind.TIMEOUT, Origin.SOURCE, "r1", env.now(), env.now(), "E12", "status 502")
    await snapshots.note_error(KEY, failure, env.now())
    assert await snapshots.get(KEY) is None
    await snapshots.put(KEY, reading(env, b"[1]"))
    await snapshots.note_error(KEY, failure, env.now())
    found = await snapshots.get(KEY)
    assert found is not None
    assert (found.pages, found.last_error, found.last_error_at) == ((b"[1]",), failure, env.now())
    await snapshots.put(KEY, reading(env, b"[2]"))
    cleared = await snapshots.get(KEY)
    assert cleared is not None
    assert cleared.last_error is None


async def test_what_is_too_old_is_not_given_and_is_purged(snapshots: Snapshots, env: FixedEnv) -> None:
    await snapshots.put(KEY, reading(env))
    env.advance(timedelta(hours=8))
    assert await snapshots.get(KEY) is None
    assert await snapshots.purge() == 1
    assert await snapshots.purge() == 0


async def test_nothing_outlives_seventy_two_hours(snapshots: Snapshots, env: FixedEnv) -> None:
    await snapshots.put(KEY, reading(env, usable_until=env.now() + timedelta(days=30)))
    env.advance(PURGED_AFTER - timedelta(seconds=1))
    assert await snapshots.get(KEY) is not None
    env.advance(timedelta(seconds=1))
    assert await snapshots.get(KEY) is None
    assert await snapshots.purge() == 1


async def test_health_data_leave_at_log_off(snapshots: Snapshots, env: FixedEnv) -> None:
    contracts = dataclasses.replace(KEY, facet="contracts")
    await snapshots.put(KEY, reading(env, sensitivity="health"))
    await snapshots.put(contracts, reading(env))
    assert await snapshots.purge_health() == 1
    assert await snapshots.get(KEY) is None
    assert await snapshots.get(contracts) is not None


async def test_a_customer_is_forgotten_whole(snapshots: Snapshots, env: FixedEnv) -> None:
    other = dataclasses.replace(KEY, customer=uuid.UUID(int=8))
    for key in (KEY, dataclasses.replace(KEY, facet="contracts"), other):
        await snapshots.put(key, reading(env))
    assert await snapshots.forget(PERSON) == 2
    assert await snapshots.get(other) is not None


NIR = "1 85 05 99 999 001 81"


@pytest.mark.parametrize(
    "record",
    [
        {"nir": NIR},
        {"nir": "1850599999001"},
        {"nir": 185059999900181},
        {"nir": "185059"},
        {"extra": {"numero": NIR.replace(" ", "")}},
        {"note": f"dit {NIR}."},
        {"note": "1\u202f85\u00a005 99 999 001 81"},
    ],
)
async def test_a_nir_in_clear_is_refused_and_what_was_there_stays(
    snapshots: Snapshots, env: FixedEnv, record: dict[str, object], store_path: Path
) -> None:
    await snapshots.put(KEY, reading(env, b"[1]"))
    with pytest.raises(NirAtRestError) as refused:
        await snapshots.put(KEY, reading(env, json.dumps([record]).encode()))
    assert refused.value.params == {}
    found = await snapshots.get(KEY)
    assert found is not None
    assert found.pages == (b"[1]",)


async def test_a_masked_nir_may_be_kept(snapshots: Snapshots, env: FixedEnv) -> None:
    for masked in ("1 85 05 •• ••• ••• ••", "", None):
        page = json.dumps([{"nir": masked, "nir_certified": True}], ensure_ascii=False).encode()
        await snapshots.put(KEY, reading(env, page))


async def test_a_reading_that_is_too_big_is_refused(snapshots: Snapshots, env: FixedEnv) -> None:
    with pytest.raises(TooBigError):
        await snapshots.put(KEY, reading(env, b"x" * (MAX_SNAPSHOT_BYTES + 1)))


async def test_the_oldest_readings_make_room_for_the_new(store: Store, env: FixedEnv) -> None:
    bounded = Snapshots(store, env, max_total_bytes=1000)
    keys = [dataclasses.replace(KEY, facet=f"facet{number}") for number in range(4)]
    for key in keys:
        await bounded.put(key, reading(env, b"x" * 400))
        env.advance(timedelta(minutes=1))
    kept = [await bounded.get(key) is not None for key in keys]
    assert kept == [False, False, True, True]


async def test_coverage_counts_customers_and_dates_the_oldest(snapshots: Snapshots, env: FixedEnv) -> None:
    first = env.now()
    await snapshots.put(KEY, reading(env))
    env.advance(timedelta(minutes=5))
    await snapshots.put(dataclasses.replace(KEY, facet="authorizations"), reading(env))
    await snapshots.put(dataclasses.replace(KEY, customer=uuid.UUID(int=8)), reading(env))
    assert await snapshots.coverage() == {"benefits": (2, first)}


async def test_readers_see_whole_readings_only(snapshots: Snapshots, env: FixedEnv) -> None:
    await snapshots.put(KEY, reading(env, *[b"[0]"] * 8))
    seen = set()

    async def read() -> None:
        for _ in range(40):
            found = await snapshots.get(KEY)
            assert found is not None
            seen.add((len(found.pages), *set(found.pages)))

    async def write() -> None:
        for number in range(1, 20):
            await snapshots.put(KEY, reading(env, *[b"[%d]" % number] * 8))

    await asyncio.gather(read(), read(), write())
    assert all(len(pages) == 2 and pages[0] == 8 for pages in seen)
