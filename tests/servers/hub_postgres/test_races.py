"""Many at once on a real PostgreSQL: one winner each, no deadlock left, nothing lost in a crash."""

from __future__ import annotations

import asyncio
import random
import threading
import uuid
from collections import Counter
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from avise.env import FixedEnv, SystemEnv
from avise.hub import staff
from avise.hub.acting import ActingHub
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.erasing import erase_customer
from avise.hub.port import Actor, HubUnreachableError, Outcome, PushedEvent
from avise.hub.postgres import PostgresTransactions
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from avise.models.roles import Role
from tests.hub_house import (
    ADMINISTRATOR,
    LONG_AGO,
    MANAGER,
    SOINS,
    TEAM,
    Desk,
    PostgresHouse,
    desk,
    hire,
    postgres_house,
)
from tests.hub_links import ONE, PAIR, a_link, told
from tests.postgres_server import postgres_server
from tests.unit.hub.test_storm import ACTORS, storm

AGENTS, REQUESTS = 8, 20
"""In full: 32 and 300 (`benchmarks.hub_races`)."""


def crew(count: int) -> list[Actor]:
    """Return people of one corbeille."""
    return [Actor(f"agent.{number}", Role.CASE_MANAGER, f"poste-{number}") for number in range(count)]


def hire_crew(connection: Connection, actors: list[Actor]) -> None:
    """Make them known."""
    for actor in actors:
        staff.save_member(connection, actor.login, actor.login, actor.role)
        staff.join(connection, actor.login, f"queue/{SOINS}", LONG_AGO)


async def test_every_raced_request_has_one_winner(house: PostgresHouse) -> None:
    actors = crew(AGENTS)
    await house.set_up(partial(hire_crew, actors=actors))
    marc = await desk(house, MANAGER)
    requests = [(await marc.create())[0] for _ in range(REQUESTS)]
    desks = [await desk(house, actor) for actor in actors]

    async def race(at: Desk, seed: int) -> list[uuid.UUID]:
        order = requests.copy()
        random.Random(seed).shuffle(order)
        won = []
        while order:
            part, order = order[:5], order[5:]
            events = [at.written(request_stream(each), EventKind.REQUEST_CLAIMED) for each in part]
            acks = await at.hub.push(events)
            won += [each for each, ack in zip(part, acks, strict=True) if ack.effective]
        return won

    winners = Counter(
        request
        for won in await asyncio.gather(*(race(each, number) for number, each in enumerate(desks)))
        for request in won
    )
    assert winners == dict.fromkeys(requests, 1)
    assert await house.set_up(audit) == ()


async def test_storms_at_once_leave_everything_as_the_events_make_it(house: PostgresHouse) -> None:
    env = house.env

    async def one(actor: Actor, seed: int) -> None:
        # Each storm writes on its own requests, in perimeters that all share.
        at = await desk(house, actor)
        await storm([at], env, seed, 15)

    await asyncio.gather(*(one(actor, seed) for seed, actor in enumerate(ACTORS)))
    assert await house.set_up(audit) == ()


async def test_no_decision_of_a_pair_outlives_an_erasure_that_runs_beside_it(house: PostgresHouse) -> None:
    marc = await desk(house, MANAGER)
    pushed = marc.written(PAIR, EventKind.IDENTITY_LINKED, a_link())
    judged, erasing = threading.Event(), threading.Event()

    def push(connection: Connection) -> None:
        house.core.push(connection, MANAGER, [pushed])
        judged.set()
        assert erasing.wait(20)

    def erase(connection: Connection) -> int:
        return erase_customer(connection, ADMINISTRATOR, ONE, "demande", house.env.now())

    assert house.shared is not None
    pushing = asyncio.create_task(house.shared.write(push))
    await asyncio.to_thread(judged.wait, 20)
    erased = asyncio.create_task(house.set_up(erase))
    # Without a lock between both it has ended by now, and found nothing.
    await asyncio.wait({erased}, timeout=0.3)
    erasing.set()
    await pushing
    assert await erased == 1
    assert [event.body for event in await told(marc)] == [None, None]


async def test_what_was_answered_survives_crashes_of_the_server() -> None:
    with postgres_server(fsync=True) as server:
        house = postgres_house(server, HubCore(FixedEnv()), FixedEnv())
        await house.set_up(hire)
        await house.aclose()
        answered: dict[uuid.UUID, str] = {}
        stopping = asyncio.Event()
        writer = asyncio.create_task(write_on(house, answered, stopping))
        for _ in range(3):
            known = len(answered)
            async with asyncio.timeout(60):
                while len(answered) < known + 10:
                    await SystemEnv().sleep(0.01)
            await asyncio.to_thread(server.crash)
            await asyncio.to_thread(server.start)
        stopping.set()
        written = await writer
        found = await house.set_up(stored)
        assert set(answered) <= set(found)
        assert sorted(found.values()) == list(range(1, written + 1))
        assert await house.set_up(audit) == ()
        await house.aclose()


def stored(connection: Connection) -> dict[uuid.UUID, int]:
    """Return the sequence number of each event that the hub has."""
    found = connection.exec_driver_sql("SELECT event_id, device_seq FROM event")
    return {uuid.UUID(row[0]): row[1] for row in found}


async def write_on(house: PostgresHouse, answered: dict[uuid.UUID, str], stopping: asyncio.Event) -> int:
    """Push one request after the other, each again until it is answered; return how many were."""
    env = SystemEnv()
    transactions = PostgresTransactions.to(house.url, env, 2)
    hub = ActingHub(house.core, transactions, MANAGER, env)
    await hub.enrol()
    at = Desk(hub, MANAGER, env)
    while not stopping.is_set():
        body = {"queue": SOINS, "team": TEAM, "type": "R01"}
        event = at.written(request_stream(env.uuid7()), EventKind.REQUEST_CREATED, body)
        await push_until_answered(at, event)
        answered[event.event_id] = "answered"
    await transactions.aclose()
    return at.seq


async def push_until_answered(at: Desk, event: PushedEvent) -> None:
    """Send an event again until the hub says that it has it."""
    while True:
        try:
            ack = (await at.hub.push([replace(event)]))[0]
        except HubUnreachableError:
            await asyncio.sleep(0.05)
        else:
            assert ack.outcome in (Outcome.ACCEPTED, Outcome.DUPLICATE)
            return
