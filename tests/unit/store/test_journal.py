"""The journal: dense, whole, sealed, without a NIR."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from avise.env import FixedEnv
from avise.models.customer import customer_stream
from avise.models.interaction import Channel, Direction
from avise.models.journal import EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.roles import Session
from avise.store import tables
from avise.store.desk_memory import DeskMemory
from avise.store.errors import NirAtRestError, StoreError, TooBigError
from avise.store.journal import MAX_BODY_BYTES, Journal, is_intact
from avise.store.store import Store

NIR = "1 85 05 99 999 001 81"


@pytest.fixture
def journal(store: Store, env: FixedEnv) -> Journal:
    return Journal(store, env)


async def test_positions_are_dense_under_concurrent_writers(journal: Journal, session: Session) -> None:
    written = await asyncio.gather(
        *(journal.append(session, EventKind.CONSULTED, f"customer/{number}", {}) for number in range(50))
    )
    assert sorted(event.device_seq for event in written) == list(range(1, 51))
    assert [event.device_seq for event in await journal.since(0)] == list(range(1, 51))
    assert [event.device_seq for event in await journal.since(47)] == [48, 49, 50]


async def test_an_event_comes_back_as_it_was_written(
    journal: Journal, session: Session, env: FixedEnv, store: Store
) -> None:
    person = env.uuid7()
    body: dict[str, JSON] = {"reason": "Appel", "accents": "éœ", "nested": {"a": [1, None, True]}}
    written = await journal.append(session, EventKind.REVEALED, customer_stream(person), body)
    assert (written.author, written.role, written.device_id) == ("lea.girard", "agent", store.device_id)
    assert written.occurred_at == env.now()
    assert await journal.stream(customer_stream(person)) == (written,)
    assert await journal.stream(customer_stream(person), (EventKind.CONSULTED,)) == ()


async def test_the_seal_covers_salt_and_body_and_tells_a_change(
    journal: Journal, session: Session, store: Store
) -> None:
    written = await journal.append(session, EventKind.CONSULTED, "customer/1", {"a": "1"})
    assert written.content_sha == hashlib.sha256(written.salt + b'{"a":"1"}').digest()
    assert is_intact(written)
    await store.write(lambda c: c.execute(update(tables.event).values(body=b'{"a":"2"}')).rowcount)
    (changed,) = await journal.since(0)
    assert not is_intact(changed)


async def test_an_erased_event_keeps_its_place_and_its_seal(
    journal: Journal, session: Session, store: Store
) -> None:
    written = await journal.append(session, EventKind.CONSULTED, "customer/1", {"a": "1"})
    await store.write(lambda c: c.execute(update(tables.event).values(body=None, salt=None)).rowcount)
    (erased,) = await journal.since(0)
    assert erased.content_sha == written.content_sha
    assert erased.body == {}
    assert is_intact(erased)


async def test_several_events_are_written_all_or_none(journal: Journal, session: Session) -> None:
    good = NewEvent("customer/1", EventKind.CONSULTED, {})
    bad = NewEvent("customer/1", EventKind.REVEALED, {"note": f"numéro {NIR}"})
    with pytest.raises(NirAtRestError):
        await journal.append_all(session, good, bad)
    assert await journal.since(0) == ()


async def test_a_nir_without_its_key_is_refused_in_a_note_and_a_member_number_of_that_shape_is_kept(
    journal: Journal, session: Session
) -> None:
    with pytest.raises(NirAtRestError):
        await journal.append(session, EventKind.CONSULTED, "customer/1", {"note": "le 2 68 03 44 123 456"})
    await journal.append(session, EventKind.CONSULTED, "customer/1", {"member": "2680344123456"})
    (kept,) = await journal.since(0)
    assert kept.body == {"member": "2680344123456"}


async def test_a_nir_never_enters_the_file(journal: Journal, session: Session, store_path: Path) -> None:
    with pytest.raises(NirAtRestError) as refused:
        await journal.append(session, EventKind.REVEALED, "customer/1", {"reason": NIR})
    assert "99" not in str(refused.value)
    with pytest.raises(TooBigError):
        await journal.append(session, EventKind.REVEALED, "customer/1", {"reason": "x" * MAX_BODY_BYTES})


async def test_exchanges_come_back_newest_first(journal: Journal, session: Session) -> None:
    stream = "customer/1"
    for number in range(3):
        body: dict[str, JSON] = {
            "title": f"n{number}",
            "note": "vu",
            "channel": "phone_out",
            "direction": "out",
        }
        await journal.append(session, EventKind.INTERACTION_RECORDED, stream, body)
    await journal.append(session, EventKind.CONSULTED, stream, {})
    await journal.append(session, EventKind.INTERACTION_RECORDED, stream, {"channel": "pigeon"})
    found = await journal.interactions(stream)
    assert [exchange.title for exchange in found] == ["", "n2", "n1", "n0"]
    assert (found[1].channel, found[1].direction) == (Channel.PHONE_OUT, Direction.OUT)
    assert found[0].channel is Channel.PHONE_IN


async def test_only_the_newest_events_come_when_there_are_too_many(
    journal: Journal, session: Session
) -> None:
    for _ in range(5):
        await journal.append(session, EventKind.CONSULTED, "customer/1", {})
    assert [event.device_seq for event in await journal.stream("customer/1", limit=2)] == [4, 5]


async def test_events_are_found_by_prefix_of_their_stream_and_by_identity(
    journal: Journal, session: Session
) -> None:
    first = await journal.append(session, EventKind.TASK_ADDED, "task/1", {})
    second = await journal.append(session, EventKind.TASK_DONE, "task/2", {})
    await journal.append(session, EventKind.CONSULTED, "tasks", {})
    third = await journal.append(session, EventKind.CONSULTED, "tasj/é", {})
    assert await journal.under("task/") == (first, second)
    assert await journal.under("task/", (EventKind.TASK_DONE,)) == (second,)
    assert await journal.events([third.event_id, first.event_id, uuid.UUID(int=1)]) == (first, third)
    assert await journal.events([]) == ()


async def test_a_change_beside_events_is_kept_with_them_or_not_at_all(
    journal: Journal, session: Session, store: Store, env: FixedEnv
) -> None:
    memory = DeskMemory(store, env, "lea.girard")
    person = uuid.UUID(int=9)
    keeping = memory.keeping_draft(person, "brouillon")
    await journal.append_all(session, NewEvent("customer/9", EventKind.CONSULTED, {}), beside=(keeping,))
    (draft,) = await memory.drafts()
    assert (draft.person, draft.text) == (person, "brouillon")

    def failing(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO draft (login) VALUES ('x')")

    forgetting = memory.keeping_draft(person, "")
    with pytest.raises(StoreError):
        await journal.append_all(
            session, NewEvent("customer/9", EventKind.REVEALED, {}), beside=(forgetting, failing)
        )
    assert len(await journal.since(0)) == 1
    assert await memory.drafts() == (draft,)


async def test_a_body_tells_its_version(journal: Journal, session: Session) -> None:
    await journal.append_all(
        session,
        NewEvent("customer/9", EventKind.INTERACTION_RECORDED, {"reason": "R01"}, 2),
        NewEvent("customer/9", EventKind.CONSULTED, {}),
    )
    assert [event.schema_v for event in await journal.since(0)] == [2, 1]


@pytest.mark.parametrize(
    "spoilt", [{"kind": "written_by_a_newer_version"}, {"body": b"\xff"}, {"body": b"[1,"}]
)
async def test_an_event_that_this_version_cannot_read_hides_no_other(
    journal: Journal, session: Session, store: Store, spoilt: dict[str, object]
) -> None:
    written = [await journal.append(session, EventKind.CONSULTED, "customer/1", {}) for _ in range(3)]
    change = update(tables.event).where(tables.event.c.device_seq == 2).values(**spoilt)
    await store.write(lambda connection: connection.execute(change).rowcount)
    understood = (written[0], written[2])
    assert await journal.since(0) == await journal.stream("customer/1") == understood
    assert await journal.under("customer/") == understood
    assert await journal.events([event.event_id for event in written]) == understood
