"""Own events leave this workstation once the hub is sure to have them, and not before."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avise.env import FixedEnv
from avise.models.fed_events import FedEvent, FedPage
from avise.models.journal import EventEnvelope, EventKind
from avise.models.own_history import UNLINKED
from avise.models.roles import Role, Session
from avise.store.feed import Feed, KeptAck
from avise.store.journal import Journal
from avise.store.own_events import AT_LEAST, AT_MOST, purge_own
from avise.store.store import Store

SESSION = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
HUB = uuid.UUID(int=1)
TEAM = "team/PLATEAU"
DAY = timedelta(days=1)


async def written(
    store: Store, env: FixedEnv, *events: tuple[EventKind, str], fed: bool = True
) -> tuple[EventEnvelope, ...]:
    """Write events, have the hub acknowledge and give them back, then one more that it has not."""
    journal, feed = Journal(store, env), Feed(store, env)
    await feed.begin_epoch(HUB, 1, 0)
    made = tuple([await journal.append(SESSION, kind, stream, {}) for kind, stream in events])
    await feed.acknowledge([KeptAck(event.device_seq, "acked") for event in made], 1)
    if fed:
        given_back = tuple(_fed(event, env) for event in made)
        places = tuple((TEAM, pos, event.event_id) for pos, event in enumerate(made, start=1))
        await feed.keep(
            FedPage(given_back, places, {TEAM: 0}, {TEAM: len(made)}, {TEAM: hashlib.sha256().digest()})
        )
    return made


def _fed(event: EventEnvelope, env: FixedEnv) -> FedEvent:
    return FedEvent(
        event.event_id, event.stream, 1, event.device_id, event.device_seq, event.kind.value, 1, event.author,
        event.role, event.occurred_at, 0, b"{}", event.content_sha, True, "", "", env.now(),
    )  # fmt: skip


async def left(store: Store, env: FixedEnv, after: timedelta, backed_up: Mapping[str, int]) -> list[int]:
    """Return the numbers of the events left after some time."""
    await purge_own(store, env.now() + after, backed_up)
    return [event.device_seq for event in await Journal(store, env).since(0)]


NOTED, TASK = (EventKind.REQUEST_NOTED, "request/1"), (EventKind.TASK_ADDED, "task/1")
SEEN = (EventKind.CONSULTED, "customer/1")


async def test_nothing_leaves_within_seven_days_whatever_is_backed_up(store: Store, env: FixedEnv) -> None:
    await written(store, env, NOTED, SEEN, TASK)
    assert await left(store, env, AT_LEAST - DAY, {TEAM: 9}) == [1, 2, 3]


async def test_after_seven_days_what_a_backup_holds_leaves(store: Store, env: FixedEnv) -> None:
    await written(store, env, NOTED, SEEN, TASK, SEEN)
    assert await left(store, env, AT_LEAST + DAY, {}) == [1, 2, 3, 4]
    assert await left(store, env, AT_LEAST + DAY, {"team/OTHER": 9}) == [1, 2, 3, 4]
    assert await left(store, env, AT_LEAST + DAY, {TEAM: 2}) == [3, 4]


@pytest.mark.parametrize("wrong_by", [-60 * DAY, 60 * DAY])
async def test_time_is_counted_from_the_acknowledgement_by_the_hubs_clock(
    store: Store, env: FixedEnv, wrong_by: timedelta
) -> None:
    now = env.now()
    made = await written(store, FixedEnv(now + wrong_by), NOTED, SEEN, TASK)
    feed = Feed(store, env)
    await feed.acknowledge([KeptAck(event.device_seq, "acked") for event in made], 1, now)
    for after, expected in ((AT_LEAST - DAY, [1, 2, 3]), (AT_LEAST + DAY, [2, 3]), (AT_MOST + DAY, [3])):
        await purge_own(store, now + after, {TEAM: 1})
        assert [event.device_seq for event in await Journal(store, env).since(0)] == expected


async def test_after_thirty_days_everything_that_the_hub_has_leaves_but_the_last(
    store: Store, env: FixedEnv
) -> None:
    await written(store, env, NOTED, SEEN, TASK, SEEN)
    assert await left(store, env, AT_MOST + DAY, {}) == [4]


async def test_numbers_go_on_where_they_were_and_what_is_sent_stays_sent(store: Store, env: FixedEnv) -> None:
    await written(store, env, NOTED, SEEN, TASK)
    await left(store, env, AT_MOST + DAY, {})
    state = await Feed(store, env).state()
    assert (state.sent, state.written) == (3, 3)
    again = await Journal(store, env).append(SESSION, EventKind.CONSULTED, "customer/1", {})
    assert again.device_seq == 4


@pytest.mark.parametrize("state", ["pending", "quarantined", "refused"])
async def test_what_the_hub_has_not_taken_never_leaves(store: Store, env: FixedEnv, state: str) -> None:
    await written(store, env, NOTED, SEEN, TASK)
    change = f"UPDATE event SET state = '{state}'"  # noqa: S608 - a word of this test
    await store.write(lambda connection: connection.exec_driver_sql(change).rowcount)
    assert await left(store, env, AT_MOST * 4, {TEAM: 9}) == [1, 2, 3]


async def test_what_only_this_journal_tells_here_stays(store: Store, env: FixedEnv) -> None:
    kept = (
        (EventKind.PERSON_ADDED, "person/1"), (EventKind.CONSENT_GIVEN, "customer/1"),
        (EventKind.CONSENT_WITHDRAWN, "customer/1"), (EventKind.UNDONE, "customer/1"),
        (EventKind.INTERACTION_RECORDED, UNLINKED), (EventKind.INTERACTION_ATTACHED, UNLINKED),
    )  # fmt: skip
    await written(store, env, *kept, SEEN, SEEN)
    assert await left(store, env, AT_MOST * 4, {TEAM: 99}) == [1, 2, 3, 4, 5, 6, 8]


async def test_a_task_that_no_feed_gave_back_stays(store: Store, env: FixedEnv) -> None:
    await written(store, env, TASK, NOTED, SEEN, SEEN, fed=False)
    assert await left(store, env, AT_MOST * 4, {TEAM: 99}) == [1, 2, 4]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(days=st.integers(0, 60), position=st.integers(0, 5))
async def test_only_what_is_backed_up_or_a_month_old_leaves(
    store: Store, env: FixedEnv, days: int, position: int
) -> None:
    await store.write(lambda connection: connection.exec_driver_sql("DELETE FROM event").rowcount)
    await store.write(lambda connection: connection.exec_driver_sql("DELETE FROM feed_cursor").rowcount)
    made = await written(store, env, NOTED, NOTED, NOTED, NOTED)
    first = made[0].device_seq
    found = await left(store, env, timedelta(days=days), {TEAM: position})
    gone = range(first, first + 3) if days > AT_MOST.days else range(first, first + min(position, 3))
    expected = [number for number in range(first, first + 4) if days <= AT_LEAST.days or number not in gone]
    assert found == expected


async def test_a_note_that_somebody_was_told_goes_with_what_it_is_about(store: Store, env: FixedEnv) -> None:
    gone, kept = (
        (await written(store, env, NOTED, TASK))[0],
        await Journal(store, env).append(SESSION, *SEEN, {}),
    )
    feed, lost = Feed(store, env), uuid.UUID(int=7)
    for name in (
        f"refusal_told/{gone.event_id}/postcode",
        f"refusal_told/{kept.event_id}",
        f"collided/{lost}",
    ):
        await feed.note(name, "told")
    await feed.note("hub_contact", "1")
    await purge_own(store, env.now() + AT_MOST + DAY, {})
    assert await feed.noted(f"refusal_told/{gone.event_id}/postcode") == ""
    assert await feed.noted(f"collided/{lost}") == ""
    assert await feed.noted(f"refusal_told/{kept.event_id}") == "told"
    assert await feed.noted("hub_contact") == "1"
