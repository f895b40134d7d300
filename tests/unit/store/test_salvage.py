"""What a damaged file gave back is in step with the hub again, whatever was lost beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from avise.env import FixedEnv
from avise.models.journal import EventKind
from avise.models.roles import Session
from avise.store import tables
from avise.store.connections import close_quietly, open_encrypted
from avise.store.feed import Feed, KeptAck, KeptSync
from avise.store.journal import Journal
from avise.store.salvage import Salvaged, restore, salvage
from avise.store.store import Store

WRITTEN = 5


@pytest.fixture(name="rows")
async def _rows(
    store_path: Path, key: bytes, env: FixedEnv, session: Session
) -> dict[str, list[dict[str, Any]]]:
    store = await Store.open(store_path, key, env)
    journal = Journal(store, env)
    for _ in range(WRITTEN):
        await journal.append(session, EventKind.CONSULTED, "customer/1", {})
    await Feed(store, env).acknowledge([KeptAck(number + 1, "acked") for number in range(WRITTEN)], 1)
    await store.aclose()
    return salvage(store_path, key).rows


async def restored(path: Path, key: bytes, env: FixedEnv, rows: dict[str, list[dict[str, Any]]]) -> KeptSync:
    await (await Store.open(path, key, env)).aclose()
    connection = open_encrypted(path, key)
    restore(connection, Salvaged(rows))
    close_quietly(connection)
    store = await Store.open(path, key, env)
    state = await Feed(store, env).state()
    await store.aclose()
    return state


async def test_a_lost_event_that_the_hub_answered_for_leaves_no_answer_for_the_next_of_its_number(
    rows: dict[str, list[dict[str, Any]]], tmp_path: Path, key: bytes, env: FixedEnv
) -> None:
    rows[tables.event.name] = rows[tables.event.name][:3]
    state = await restored(tmp_path / "again.db", key, env, rows)
    assert (state.written, state.sent, state.copied) == (3, 3, 0)


async def test_a_workstation_that_lost_its_name_counts_as_a_copy_of_itself(
    rows: dict[str, list[dict[str, Any]]], tmp_path: Path, key: bytes, env: FixedEnv
) -> None:
    del rows[tables.meta.name]
    state = await restored(tmp_path / "again.db", key, env, rows)
    assert (state.written, state.sent, state.copied) == (WRITTEN, WRITTEN, WRITTEN)


async def test_an_event_that_is_not_as_it_was_sealed_is_left_behind(
    rows: dict[str, list[dict[str, Any]]], store_path: Path, key: bytes
) -> None:
    connection = open_encrypted(store_path, key)
    with connection.begin():
        connection.exec_driver_sql("UPDATE event SET content_sha = zeroblob(32) WHERE device_seq = 2")
    close_quietly(connection)
    found = salvage(store_path, key).rows[tables.event.name]
    assert [row["device_seq"] for row in found] == [1, 3, 4, 5]
    assert len(rows[tables.event.name]) == WRITTEN
