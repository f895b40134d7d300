"""Everybody takes the same requests at once, on PostgreSQL: one winner each, and how fast (`hub.md` 5).

9,600 claims by 32 agents on 300 requests; a race without exactly one winner for each is past its bar.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from functools import partial

from sqlalchemy import Connection

from avise.env import FixedEnv, SystemEnv
from avise.hub import staff
from avise.hub.acting import ActingHub
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.port import Actor
from avise.hub.postgres import PostgresTransactions
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from avise.models.roles import Role
from benchmarks.measure import Measure, measure
from tests.hub_house import LONG_AGO, MANAGER, SOINS, Desk, desk, hire, postgres_house
from tests.postgres_server import has_postgres, postgres_server

AGENTS, REQUESTS = 32, 300
QUICK_REQUESTS = 60
AT_ONCE = 10
"""Claims of one push."""


def run(*, quick: bool) -> list[Measure]:
    """Race where there is a PostgreSQL."""
    if not has_postgres():
        return []
    return asyncio.run(_race(QUICK_REQUESTS if quick else REQUESTS))


async def _race(count: int) -> list[Measure]:
    env = SystemEnv()
    actors = [Actor(f"agent.{number}", Role.CASE_MANAGER, f"poste-{number}") for number in range(AGENTS)]
    with postgres_server(fsync=True) as server:
        house = postgres_house(server, HubCore(env), FixedEnv())
        await house.set_up(hire)
        await house.set_up(partial(_hire_crew, actors=actors))
        marc = await desk(house, MANAGER)
        marc.env = env
        streams = [request_stream((await marc.create())[0]) for _ in range(count)]
        transactions = PostgresTransactions.to(house.url, env, AGENTS)
        desks = [Desk(ActingHub(house.core, transactions, actor, env), actor, env) for actor in actors]
        for at in desks:
            await transactions.write(partial(house.core.enrol, actor=at.actor))
        begins = time.perf_counter()
        won = await asyncio.gather(*(_claim_all(at, streams, number) for number, at in enumerate(desks)))
        seconds = time.perf_counter() - begins
        winners = Counter(stream for part in won for stream in part)
        wrong = sum(winners[stream] != 1 for stream in streams)
        differences = await house.set_up(audit)
        await transactions.aclose()
        await house.aclose()
    claims = AGENTS * count
    return [
        measure(f"hub_races.of_{claims}_claims_without_one_winner", wrong, "requests", 0),
        measure("hub_races.audit_differences", len(differences), "", 0),
        measure("hub_races.claims_a_second", claims / seconds, "/s"),
    ]


async def _claim_all(at: Desk, streams: list[str], seed: int) -> list[str]:
    order = streams.copy()
    random.Random(seed).shuffle(order)
    won = []
    for begins in range(0, len(order), AT_ONCE):
        part = order[begins : begins + AT_ONCE]
        acks = await at.hub.push([at.written(stream, EventKind.REQUEST_CLAIMED) for stream in part])
        won += [stream for stream, ack in zip(part, acks, strict=True) if ack.effective]
    return won


def _hire_crew(connection: Connection, actors: list[Actor]) -> None:
    for actor in actors:
        staff.save_member(connection, actor.login, actor.login, actor.role)
        staff.join(connection, actor.login, f"queue/{SOINS}", LONG_AGO)
