"""What waits for the hub is counted by the customer it is about, and nothing twice."""

from __future__ import annotations

import uuid

import pytest

from avise.env import FixedEnv
from avise.models.journal import EventKind, NewEvent
from avise.models.roles import Role, Session
from avise.store.feed import Feed, KeptAck
from avise.store.journal import Journal
from avise.store.store import Store

HELENE, ERIC = uuid.UUID(int=1), uuid.UUID(int=2)
REQUEST, TASK, VISIT = f"request/{uuid.UUID(int=3)}", f"task/{uuid.UUID(int=4)}", f"visit/{uuid.UUID(int=5)}"
ABOUT_HELENE = {"person": str(HELENE)}


@pytest.fixture
def feed(store: Store, env: FixedEnv) -> Feed:
    return Feed(store, env)


@pytest.fixture
def journal(store: Store, env: FixedEnv) -> Journal:
    return Journal(store, env)


async def test_what_was_written_is_counted_by_customer_and_what_was_read_is_not(
    feed: Feed, journal: Journal, session: Session
) -> None:
    await journal.append_all(
        session,
        NewEvent(f"customer/{HELENE}", EventKind.CONSULTED, {}),
        NewEvent(f"customer/{HELENE}", EventKind.REVEALED, {}),
        NewEvent(f"customer/{HELENE}", EventKind.INTERACTION_RECORDED, {"note": "Rappelée."}),
        NewEvent(REQUEST, EventKind.REQUEST_CREATED, ABOUT_HELENE),
        NewEvent(REQUEST, EventKind.REQUEST_NOTED, {"words": "Vu."}),
        NewEvent(VISIT, EventKind.VISIT_ENDED, {"person": str(ERIC)}),
        NewEvent(TASK, EventKind.TASK_ADDED, {"person": None}),
    )
    assert await feed.unsent_by_person(session.user) == {HELENE: 3, ERIC: 1, None: 1}


async def test_commands_and_messages_are_left_to_the_outbox_that_counts_them(
    feed: Feed, journal: Journal, session: Session
) -> None:
    stream = f"customer/{HELENE}"
    kinds = [kind for kind in EventKind if kind.value.startswith(("command_", "message_", "confirmation_"))]
    await journal.append_all(session, *(NewEvent(stream, kind, {}) for kind in kinds))
    assert await feed.unsent_by_person(session.user) == {}


async def test_the_count_goes_down_as_things_leave_and_knows_whom_an_older_request_is_about(
    feed: Feed, journal: Journal, session: Session
) -> None:
    await journal.append(session, EventKind.REQUEST_CREATED, REQUEST, ABOUT_HELENE)
    await journal.append(session, EventKind.REQUEST_NOTED, REQUEST, {"words": "Vu."})
    await feed.acknowledge([KeptAck(1, "acked")], 1)
    assert await feed.unsent_by_person(session.user) == {HELENE: 1}
    await feed.acknowledge([KeptAck(2, "refused", "no_right")], 1)
    assert await feed.unsent_by_person(session.user) == {}


async def test_what_was_taken_back_before_it_left_is_nothing_to_send(
    feed: Feed, journal: Journal, session: Session
) -> None:
    stream = f"customer/{HELENE}"
    left = await journal.append(session, EventKind.INTERACTION_RECORDED, stream, {"note": "Un."})
    await feed.acknowledge([KeptAck(left.device_seq, "acked")], 1)
    kept = await journal.append(session, EventKind.INTERACTION_RECORDED, stream, {"note": "Deux."})
    await journal.append(session, EventKind.UNDONE, stream, {"event": str(kept.event_id)})
    assert await feed.unsent_by_person(session.user) == {}
    await journal.append(session, EventKind.UNDONE, stream, {"event": str(left.event_id)})
    assert await feed.unsent_by_person(session.user) == {HELENE: 1}


async def test_a_colleague_on_the_same_machine_waits_for_nothing_of_mine(
    feed: Feed, journal: Journal, session: Session
) -> None:
    await journal.append(session, EventKind.INTERACTION_RECORDED, f"customer/{HELENE}", {"note": "Vu."})
    other = Session("karim.benali", "Karim Benali", Role.CASE_MANAGER, "poste-1")
    assert await feed.unsent_by_person(other.user) == {}
