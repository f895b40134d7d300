"""What the hub gave and said is kept whole or not at all, and forgotten with the right to read it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from avise.env import FixedEnv
from avise.models.errors import AviseError
from avise.models.fed_events import FedEvent, FedPage, judged
from avise.models.journal import EventKind
from avise.models.roles import Session
from avise.store.attachments import KEPT_SENT, Attachments
from avise.store.errors import NirAtRestError
from avise.store.feed import Feed, KeptAck
from avise.store.journal import Journal
from avise.store.request_drafts import RequestMemory
from avise.store.store import Store

HUB = uuid.UUID(int=1)
REQUEST = uuid.UUID(int=9)
QUEUE, TEAM = "queue/ACCUEIL", "team/PLATEAU"


@pytest.fixture
def feed(store: Store, env: FixedEnv) -> Feed:
    return Feed(store, env)


def fed(number: int, env: FixedEnv, **more: object) -> FedEvent:
    event = FedEvent(
        uuid.UUID(int=100 + number), f"request/{REQUEST}", number, "poste-2", number, "request_noted", 1,
        "karim.benali", "case_manager", env.now(), 0, b'{"words":"Vu."}', bytes(32), True, "", "", env.now(),
    )  # fmt: skip
    return replace(event, **more)  # type: ignore[arg-type]  # test data


def page(*events: FedEvent, perimeter: str = QUEUE, since: int = 0) -> FedPage:
    places = tuple((perimeter, since + at, event.event_id) for at, event in enumerate(events, 1))
    through = since + len(events)
    return FedPage(events, places, {perimeter: since}, {perimeter: through}, {perimeter: bytes(32)})


async def written(store: Store, env: FixedEnv, session: Session, count: int) -> None:
    journal = Journal(store, env)
    for number in range(count):
        await journal.append(session, EventKind.CONSULTED, "customer/1", {"number": number})


async def test_a_page_and_its_cursor_are_kept_together(feed: Feed, env: FixedEnv) -> None:
    await feed.keep(page(fed(1, env), fed(2, env)))
    assert [event.ver for event in await feed.events(("request/",))] == [1, 2]
    assert (await feed.state()).cursors == {QUEUE: 2}


async def test_a_page_that_was_asked_from_elsewhere_is_not_kept(feed: Feed, env: FixedEnv) -> None:
    await feed.keep(page(fed(1, env)))
    with pytest.raises(AviseError, match=r"hub\.feed_moved"):
        await feed.keep(page(fed(2, env)))
    assert len(await feed.events(("request/",))) == 1


async def test_an_event_of_two_feeds_is_kept_once_with_whatever_body_one_gave(
    feed: Feed, env: FixedEnv
) -> None:
    await feed.keep(page(fed(1, env, body=None), perimeter=TEAM))
    await feed.keep(page(fed(1, env)))
    await feed.keep(page(fed(1, env, body=None), perimeter="queue/RECLA"))
    (found,) = await feed.events(("request/",))
    assert judged(found).event.body == {"words": "Vu."}


async def test_what_another_feed_holds_stays_when_one_is_forgotten(feed: Feed, env: FixedEnv) -> None:
    await feed.keep(page(fed(1, env), fed(2, env)))
    await feed.keep(page(fed(2, env), perimeter=TEAM))
    await feed.forget((QUEUE,))
    assert [event.ver for event in await feed.events(("request/",))] == [2]
    assert (await feed.state()).cursors == {TEAM: 1}


async def test_a_stream_that_ended_long_ago_is_dropped_and_its_place_kept(feed: Feed, env: FixedEnv) -> None:
    await feed.keep(page(fed(1, env)))
    await feed.drop((f"request/{REQUEST}",))
    assert await feed.events(("request/",)) == ()
    assert (await feed.state()).cursors == {QUEUE: 1}


async def test_what_is_acknowledged_is_sent_no_more_until_the_hub_lost_it(
    feed: Feed, store: Store, env: FixedEnv, session: Session
) -> None:
    await written(store, env, session, 3)
    await feed.acknowledge([KeptAck(1, "acked"), KeptAck(2, "quarantined", "no_right")], 1)
    assert (await feed.state()).sent == 2
    assert [event.position for event in await feed.unsent(2, 10)] == [3]
    await feed.begin_epoch(HUB, 2, 1)
    state = await feed.state()
    assert (state.hub_id, state.epoch, state.sent) == (HUB, 2, 1)
    assert [event.position for event in await feed.unsent(1, 10)] == [2, 3]


async def test_what_can_never_be_taken_leaves_as_nothing_and_stays_refused(
    feed: Feed, store: Store, env: FixedEnv, session: Session
) -> None:
    await written(store, env, session, 1)
    await feed.refuse(1)
    assert [event.refused for event in await feed.unsent(0, 10)] == [True]
    await feed.acknowledge([KeptAck(1, "refused", "body")], 1)
    await feed.rewind(0)
    assert [event.refused for event in await feed.unsent(0, 10)] == [True]


async def test_another_identity_of_the_device_signs_what_was_not_sent(
    feed: Feed, store: Store, env: FixedEnv, session: Session
) -> None:
    await written(store, env, session, 3)
    await feed.acknowledge([KeptAck(1, "acked")], 1)
    before = store.device_id
    after = await feed.renew_device(1)
    assert before != after == store.device_id
    found = await Journal(store, env).since(0)
    assert [event.device_id for event in found] == [before, after, after]
    state = await feed.state()
    assert (state.base, state.copied, state.sent) == (1, 3, 1)


async def test_an_event_of_a_newer_version_is_kept_and_known_as_such(feed: Feed, env: FixedEnv) -> None:
    await feed.keep(page(fed(1, env, kind="request_dreamt"), fed(2, env, schema_v=7)))
    assert [judged(event).known for event in await feed.events(("request/",))] == [False, False]


async def test_a_file_stays_a_week_after_the_hub_has_it(store: Store, env: FixedEnv, key: bytes) -> None:
    files = Attachments(store, key, env)
    name = files.name_of(b"%PDF-1.7", REQUEST)
    assert name == files.name_of(b"%PDF-1.7", REQUEST) != files.name_of(b"%PDF-1.7", HUB)
    await files.keep(name, b"%PDF-1.7")
    await files.keep(name, b"%PDF-1.7")
    assert await files.unsent() == (name,)
    await files.sent(name)
    assert (await files.unsent(), await files.purge()) == ((), 0)
    env.advance(KEPT_SENT + timedelta(seconds=1))
    assert (await files.purge(), await files.content(name)) == (1, None)


async def test_a_file_is_sent_again_to_a_hub_that_was_restored(
    store: Store, env: FixedEnv, key: bytes
) -> None:
    files = Attachments(store, key, env)
    await files.keep("a" * 64, b"%PDF-1.7")
    await files.sent("a" * 64)
    await files.again()
    assert await files.unsent() == ("a" * 64,)


async def test_no_draft_of_a_request_holds_a_social_security_number(store: Store, env: FixedEnv) -> None:
    memory = RequestMemory(store, env, "lea.girard")
    await memory.save_draft(REQUEST, "note", "À vérifier")
    with pytest.raises(NirAtRestError):
        await memory.save_draft(REQUEST, "note", "2 68 03 44 109 214 35")
    assert await memory.drafts(REQUEST) == {"note": "À vérifier"}


async def test_what_one_person_keeps_of_requests_nobody_else_reads(store: Store, env: FixedEnv) -> None:
    lea, tom = (RequestMemory(store, env, login) for login in ("lea.girard", "tom.riou"))
    await lea.save_draft(REQUEST, "note", "À vérifier")
    await lea.note_seen(REQUEST, 4)
    await lea.keep_view("view/1", "{}")
    assert (await tom.drafts(REQUEST), await tom.seen(), await tom.views()) == ({}, {}, {})
    assert (await lea.seen(), await lea.views()) == ({REQUEST: 4}, {"view/1": "{}"})
