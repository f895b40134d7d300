"""Changes that wait together are committed together, and fail alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, insert, select

from avise.store.errors import NirAtRestError
from avise.store.store import Store
from avise.store.tables import meta


def _note(name: str) -> Callable[[Connection], str]:
    def change(connection: Connection) -> str:
        connection.execute(insert(meta).values(name=name, value="x"))
        return name

    return change


def _refused(connection: Connection) -> str:
    connection.execute(insert(meta).values(name="refused", value="x"))
    raise NirAtRestError


async def _names(store: Store) -> set[str]:
    return set(await store.read(lambda connection: connection.scalars(select(meta.c.name)).all()))


async def _while_writer_is_busy(
    store: Store, *changes: Callable[[Connection], str]
) -> list[str | BaseException]:
    """Hand changes over while another is written, so that they wait together."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: Connection) -> None:
        begun.set()
        go_on.wait(30)

    first = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(begun.wait, 30)
    others = [asyncio.create_task(store.write(change)) for change in changes]
    await asyncio.sleep(0)
    go_on.set()
    await first
    return await asyncio.gather(*others, return_exceptions=True)


async def test_changes_that_wait_together_are_all_kept_and_each_caller_gets_its_own_result(
    store: Store,
) -> None:
    names = [f"n{number}" for number in range(40)]
    assert await _while_writer_is_busy(store, *map(_note, names)) == names
    assert set(names) <= await _names(store)


async def test_changes_that_wait_together_make_one_transaction(store: Store) -> None:
    seen: list[object] = []

    def look(connection: Connection) -> str:
        seen.append(connection.get_transaction())
        return ""

    await _while_writer_is_busy(store, look, look, look)
    assert len(seen) == 3
    assert all(transaction is seen[0] for transaction in seen)


async def test_a_change_that_fails_takes_none_of_its_neighbours_with_it(store: Store) -> None:
    results = await _while_writer_is_busy(store, _note("before"), _refused, _note("after"))
    assert results[0] == "before"
    assert isinstance(results[1], NirAtRestError)
    assert results[2] == "after"
    names = await _names(store)
    assert {"before", "after"} <= names
    assert "refused" not in names


async def test_a_change_is_told_only_once_another_connection_can_read_it(store: Store) -> None:
    async def written(name: str) -> None:
        await store.write(_note(name))
        assert name in await _names(store)

    await asyncio.gather(*(written(f"w{number}") for number in range(20)))


async def test_what_waits_at_the_end_is_written_before_the_file_is_closed(store: Store) -> None:
    tasks = [asyncio.create_task(store.write(_note(f"e{number}"))) for number in range(20)]
    await asyncio.sleep(0)
    await store.aclose()
    assert await asyncio.gather(*tasks) == [f"e{number}" for number in range(20)]


@pytest.mark.parametrize("count", [1, 33])
async def test_nothing_is_lost_when_more_wait_than_one_commit_takes(store: Store, count: int) -> None:
    results = await _while_writer_is_busy(store, *(_note(f"m{number}") for number in range(count)))
    assert len(results) == count
    assert {f"m{number}" for number in range(count)} <= await _names(store)
