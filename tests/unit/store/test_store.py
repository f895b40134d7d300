"""Opening, writing, cancelling, and everything that can be wrong with the file."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from avise.env import FixedEnv
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.roles import Session
from avise.store import tables
from avise.store.connections import check_library, close_quietly, open_encrypted
from avise.store.errors import (
    CorruptedFileError,
    DiskFullError,
    ForeignFileError,
    LibraryTooOldError,
    NewerVersionError,
    StoreClosedError,
    StoreError,
    UnexplainedStoreError,
    WrongKeyError,
)
from avise.store.identity_file import identity_path
from avise.store.journal import Journal
from avise.store.migration import current_version
from avise.store.store import Store
from avise.texts.catalogue import catalogue


def note(name: str, value: str) -> Callable[[Connection], None]:
    """A change that writes one row."""

    def change(connection: Connection) -> None:
        connection.execute(insert(tables.meta).values(name=name, value=value))

    return change


def content(path: Path) -> bytes:
    return path.read_bytes()


def execute(path: Path, key: bytes, statement: str) -> None:
    """Change an encrypted file behind the store's back."""
    connection = open_encrypted(path, key)
    with connection.begin():
        connection.exec_driver_sql(statement)
    close_quietly(connection)


def overwrite(path: Path, written: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(written)


def names(connection: Connection) -> list[str]:
    return list(connection.scalars(select(tables.meta.c.name).order_by(tables.meta.c.name)))


async def test_what_was_written_is_read_after_a_restart(store_path: Path, key: bytes, env: FixedEnv) -> None:
    store = await Store.open(store_path, key, env)
    await store.write(note("a", "1"))
    device = store.device_id
    await store.aclose()
    again = await Store.open(store_path, key, env)
    assert await again.read(names) == ["a", "device_id"]
    assert again.device_id == device
    assert again.notices == ()
    await again.aclose()


async def test_the_pragmas_are_those_of_the_design(store: Store) -> None:
    def found(connection: Connection) -> dict[str, object]:
        wanted = ("journal_mode", "synchronous", "temp_store", "secure_delete", "foreign_keys")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}

    assert await store.write(found) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "temp_store": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
    }


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.read(note("b", "1"))
    assert await store.read(names) == ["device_id"]


async def test_three_readers_work_while_a_write_is_open(store: Store) -> None:
    inside, leave = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        note("slow", "1")(connection)
        inside.set()
        leave.wait(30)

    writing = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(inside.wait, 30)
    assert await asyncio.gather(*(store.read(names) for _ in range(6))) == [["device_id"]] * 6
    leave.set()
    await writing
    assert "slow" in await store.read(names)


async def test_a_failed_change_leaves_nothing(store: Store) -> None:
    def change(connection: Connection) -> None:
        note("half", "1")(connection)
        note("half", "2")(connection)

    with pytest.raises(UnexplainedStoreError) as failed:
        await store.write(change)
    assert failed.value.__cause__ is None
    assert await store.read(names) == ["device_id"]
    await store.write(note("next", "1"))


async def test_an_error_of_the_caller_goes_through_and_rolls_back(store: Store) -> None:
    def change(connection: Connection) -> None:
        note("half", "1")(connection)
        message = "caller's own"
        raise LookupError(message)

    with pytest.raises(LookupError, match="caller's own"):
        await store.write(change)
    assert await store.read(names) == ["device_id"]


async def test_a_cancelled_write_is_still_committed_whole(store: Store) -> None:
    inside, leave = threading.Event(), threading.Event()

    def change(connection: Connection) -> None:
        note("first", "1")(connection)
        inside.set()
        leave.wait(30)
        note("second", "2")(connection)

    writing = asyncio.create_task(store.write(change))
    queued = asyncio.create_task(store.write(note("queued", "3")))
    await asyncio.to_thread(inside.wait, 30)
    writing.cancel()
    queued.cancel()
    leave.set()
    for task in (writing, queued):
        with pytest.raises(asyncio.CancelledError):
            await task
    await store.write(lambda _connection: None)
    assert await store.read(names) == ["device_id", "first", "queued", "second"]


async def test_closing_waits_for_what_was_handed_over(store_path: Path, key: bytes, env: FixedEnv) -> None:
    store = await Store.open(store_path, key, env)
    tasks = [asyncio.create_task(store.write(note(f"n{number}", ""))) for number in range(20)]
    await asyncio.sleep(0)
    await store.aclose()
    await asyncio.gather(*tasks)
    with pytest.raises(StoreClosedError):
        await store.write(note("late", ""))
    again = await Store.open(store_path, key, env)
    assert len(await again.read(names)) == 21
    await again.aclose()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("avise-store")]


async def test_a_store_serves_two_event_loops(store: Store) -> None:
    answer = await asyncio.to_thread(lambda: asyncio.run(store.read(names)))
    assert answer == await store.read(names)


async def test_the_file_shows_nothing_of_its_content(store_path: Path, key: bytes, env: FixedEnv) -> None:
    store = await Store.open(store_path, key, env)
    await store.write(note("canary", "MARCHAND-CANARI"))
    for file in store_path.parent.iterdir():
        assert b"CANARI" not in file.read_bytes(), file.name
    await store.aclose()
    for file in store_path.parent.iterdir():
        assert b"CANARI" not in file.read_bytes(), file.name


async def test_a_wrong_key_is_refused_and_moves_nothing(store_path: Path, key: bytes, env: FixedEnv) -> None:
    await (await Store.open(store_path, key, env)).aclose()
    before = content(store_path)
    with pytest.raises(WrongKeyError):
        await Store.open(store_path, bytes(32), env)
    assert content(store_path) == before
    assert sorted(file.name for file in store_path.parent.iterdir()) == ["store.db", "store.db.id"]


async def test_without_its_identity_an_unreadable_store_counts_as_a_wrong_key(
    store_path: Path, key: bytes, env: FixedEnv
) -> None:
    await (await Store.open(store_path, key, env)).aclose()
    identity_path(store_path).unlink()
    with pytest.raises(WrongKeyError):
        await Store.open(store_path, bytes(32), env)
    again = await Store.open(store_path, key, env)
    assert again.notices == ()
    await again.aclose()
    assert identity_path(store_path).exists()


async def assert_set_aside(store_path: Path, key: bytes, env: FixedEnv, expected: bytes) -> None:
    store = await Store.open(store_path, key, env)
    (notice,) = store.notices
    assert isinstance(notice, ForeignFileError)
    aside = store_path.with_name(notice.params["file"])
    assert content(aside) == expected
    assert "20260324" in aside.name
    await store.write(note("a", "1"))
    await store.aclose()


async def test_a_text_file_is_set_aside(store_path: Path, key: bytes, env: FixedEnv) -> None:
    overwrite(store_path, b"bonjour, " * 1000)
    await assert_set_aside(store_path, key, env, b"bonjour, " * 1000)


async def test_a_plain_sqlite_file_is_set_aside(store_path: Path, key: bytes, env: FixedEnv) -> None:
    store_path.parent.mkdir()
    with sqlite3.connect(store_path) as plain:
        plain.execute("CREATE TABLE other (a)")
    plain.close()
    await assert_set_aside(store_path, key, env, content(store_path))


async def test_an_encrypted_file_of_something_else_is_set_aside(
    store_path: Path, key: bytes, env: FixedEnv
) -> None:
    store_path.parent.mkdir()
    execute(store_path, key, "CREATE TABLE other (a)")
    await assert_set_aside(store_path, key, env, content(store_path))


async def test_another_profiles_store_in_the_place_of_ours_is_set_aside(
    store_path: Path, key: bytes, env: FixedEnv, tmp_path: Path
) -> None:
    await (await Store.open(store_path, key, env)).aclose()
    other = tmp_path / "other" / "store.db"
    await (await Store.open(other, bytes(32), env)).aclose()
    overwrite(store_path, content(other))
    await assert_set_aside(store_path, key, env, content(other))


async def filled(store_path: Path, key: bytes, env: FixedEnv, session: Session, count: int) -> None:
    store = await Store.open(store_path, key, env)
    journal = Journal(store, env)
    for number in range(count):
        body: dict[str, JSON] = {"number": number, "text": "x" * 800}
        await journal.append(session, EventKind.CONSULTED, f"customer/{number % 7}", body)
    await store.aclose()


def spoil(path: Path, offset: int) -> None:
    spoilt = bytearray(path.read_bytes())
    spoilt[offset] ^= 0xFF
    path.write_bytes(spoilt)


async def test_a_damaged_head_is_set_aside_and_a_new_store_starts(
    store_path: Path, key: bytes, env: FixedEnv, session: Session
) -> None:
    await filled(store_path, key, env, session, 5)
    spoil(store_path, 200)
    damaged = content(store_path)
    store = await Store.open(store_path, key, env)
    (notice,) = store.notices
    assert isinstance(notice, CorruptedFileError)
    assert content(store_path.with_name(notice.params["file"])) == damaged
    await store.write(note("a", "1"))
    await store.aclose()


async def test_a_damaged_page_is_told_then_the_rest_of_the_journal_is_salvaged(
    store_path: Path, key: bytes, env: FixedEnv, session: Session
) -> None:
    count = 200
    await filled(store_path, key, env, session, count)
    device = await device_of(store_path, key, env)
    spoil(store_path, len(content(store_path)) // 2)
    store = await Store.open(store_path, key, env)
    with pytest.raises(CorruptedFileError):
        await Journal(store, env).since(0, count)
    await store.aclose()

    again = await Store.open(store_path, key, env)
    (notice,) = again.notices
    assert isinstance(notice, CorruptedFileError)
    events = await Journal(again, env).since(0, count)
    assert int(notice.params["events"]) == len(events)
    assert count - 10 <= len(events) < count
    assert {event.body["number"] for event in events} < set(range(count))
    assert again.device_id == device
    next_event = await Journal(again, env).append(session, EventKind.CONSULTED, "customer/1", {})
    assert next_event.device_seq == count + 1
    await again.aclose()
    sound = await Store.open(store_path, key, env)
    assert sound.notices == ()
    await sound.aclose()


async def device_of(store_path: Path, key: bytes, env: FixedEnv) -> str:
    store = await Store.open(store_path, key, env)
    await store.aclose()
    return store.device_id


async def test_a_file_of_a_newer_version_is_refused_unchanged(
    store_path: Path, key: bytes, env: FixedEnv
) -> None:
    await (await Store.open(store_path, key, env)).aclose()
    execute(store_path, key, f"PRAGMA user_version={99 << 16}")
    before = content(store_path)
    with pytest.raises(NewerVersionError) as refused:
        await Store.open(store_path, key, env)
    assert refused.value.params["found"] == "99"
    assert content(store_path) == before


async def test_a_newer_minor_version_is_tolerated(store_path: Path, key: bytes, env: FixedEnv) -> None:
    await (await Store.open(store_path, key, env)).aclose()
    execute(store_path, key, f"PRAGMA user_version={(current_version() << 16) + 3}")
    store = await Store.open(store_path, key, env)
    await store.write(note("a", "1"))
    await store.aclose()


async def test_a_full_disk_is_told_keeps_what_was_there_and_recovers(store: Store) -> None:
    await store.write(note("before", "1"))
    pages = await store.write(lambda connection: connection.scalar(text("PRAGMA page_count")))
    await store.write(lambda connection: connection.scalar(text(f"PRAGMA max_page_count={pages + 4}")))
    with pytest.raises(DiskFullError):
        await store.write(note("big", "x" * 200_000))
    assert await store.read(names) == ["before", "device_id"]
    await store.write(note("small", "1"))
    await store.write(lambda connection: connection.scalar(text("PRAGMA max_page_count=1000000")))
    await store.write(note("big", "x" * 200_000))
    assert await store.read(names) == ["before", "big", "device_id", "small"]


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, key: bytes, env: FixedEnv) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as failed:
        await Store.open(tmp_path / "file" / "store.db", key, env)
    assert failed.value.message_key == "store.unwritable"


async def test_an_empty_file_left_by_a_crash_becomes_a_store(
    store_path: Path, key: bytes, env: FixedEnv
) -> None:
    overwrite(store_path, b"")
    store = await Store.open(store_path, key, env)
    assert store.notices == ()
    await store.write(note("a", "1"))
    await store.aclose()


def test_a_library_with_the_corruption_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    check_library()
    monkeypatch.setattr("avise.store.connections.dbapi2.sqlite_version_info", (3, 51, 2))
    with pytest.raises(LibraryTooOldError):
        check_library()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_error_of_the_store_has_its_sentence(language: str) -> None:
    known = catalogue(language)
    kinds = [StoreError]
    while kinds:
        kind = kinds.pop()
        kinds.extend(kind.__subclasses__())
        assert known.get(kind.key), kind.key


async def test_the_full_check_finds_a_spoilt_page(
    store_path: Path, key: bytes, env: FixedEnv, session: Session
) -> None:
    await filled(store_path, key, env, session, 60)
    sound = await Store.open(store_path, key, env)
    assert await sound.check() == 0
    await sound.aclose()
    spoil(store_path, len(content(store_path)) - 300)
    spoilt = await Store.open(store_path, key, env)
    assert await spoilt.check() > 0
    await spoilt.aclose()
