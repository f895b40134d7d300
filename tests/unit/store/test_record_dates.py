"""When somebody's record was read and last changed, as the copies kept on a workstation tell it."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from avise.env import FixedEnv
from avise.models.json_types import JSON
from avise.models.record_dates import NO_DATES, RecordDates, newest
from avise.models.snapshot import Snapshot, SnapshotKey
from avise.store.snapshots import Snapshots
from avise.store.store import Store

HELENE, OTHER, NOBODY = (uuid.UUID(int=number) for number in (7, 8, 9))


@pytest.fixture
def snapshots(store: Store, env: FixedEnv) -> Snapshots:
    return Snapshots(store, env)


def reading(env: FixedEnv, *data: JSON, as_of: datetime | None = None) -> Snapshot:
    records = [{"id": str(number), "data": each} for number, each in enumerate(data)]
    until = env.now() + timedelta(hours=8)
    return Snapshot((json.dumps(records).encode(),), len(records), as_of, env.now(), until)


async def test_the_newest_copy_dates_a_record_and_its_contact_details_say_since_when_they_hold(
    snapshots: Snapshots, env: FixedEnv
) -> None:
    await snapshots.put(SnapshotKey("parties", "identity", 1, HELENE), reading(env, {"since": 3}))
    env.advance(timedelta(minutes=20))
    read_at = env.now()
    contacts = SnapshotKey("parties", "contact_points", 1, HELENE)
    later = (read_at + timedelta(days=9)).date().isoformat()
    await snapshots.put(
        contacts,
        reading(env, {"since": "2019-05-02"}, {"since": "2026-01-12"}, {"since": later}, {"since": "hier"}),
    )
    env.advance(timedelta(minutes=5))
    await snapshots.put(SnapshotKey("benefits", "benefits", 1, HELENE), reading(env, {"since": "2026-03-01"}))
    found = await snapshots.record_dates((HELENE, NOBODY))
    assert found == {HELENE: RecordDates(read_at, date(2026, 1, 12))}


async def test_the_date_that_a_tool_gives_wins_and_what_is_too_old_dates_nothing(
    snapshots: Snapshots, env: FixedEnv
) -> None:
    told = env.now() - timedelta(hours=30)
    await snapshots.put(SnapshotKey("parties", "identity", 1, OTHER), reading(env, as_of=told))
    assert await snapshots.record_dates((OTHER,)) == {OTHER: RecordDates(told)}
    env.advance(timedelta(hours=9))
    assert await snapshots.record_dates((OTHER,)) == {}


def test_of_several_the_latest_reading_and_the_latest_change_count() -> None:
    directory = RecordDates(datetime(2026, 3, 24, 8, tzinfo=UTC), of_directory=True)
    copy = RecordDates(datetime(2026, 3, 20, tzinfo=UTC), date(2026, 1, 12))
    assert newest(directory, copy) == RecordDates(directory.read_at, copy.changed_on, of_directory=True)
    assert newest(copy, NO_DATES) == copy
    assert newest(NO_DATES, RecordDates(changed_on=date(2020, 1, 1))).changed_on == date(2020, 1, 1)
    assert newest() == NO_DATES
