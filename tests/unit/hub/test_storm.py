"""A storm of everything that may happen to requests: the hub is at every position what its events say."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.port import Actor
from avise.hub.rebuilding import rebuild
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from tests.hub_house import (
    AGENT,
    DENT,
    LEAD,
    MANAGER,
    SECOND,
    SOINS,
    TEAM,
    Desk,
    LocalHouse,
    desk,
    hire,
    request_body,
)

ACTORS: tuple[Actor, ...] = (AGENT, MANAGER, SECOND, LEAD)
KINDS = tuple(kind for kind in EventKind if kind.value.startswith("request_"))


def body_for(
    chance: random.Random, kind: EventKind, written: list[uuid.UUID], streams: Sequence[str]
) -> Mapping[str, JSON]:
    """Return a body that makes sense most of the time."""
    known = str(chance.choice(written)) if written else str(uuid.UUID(int=1))
    joined: list[JSON] = [{"blob": f"{chance.randrange(9):032}", "name": "a.pdf", "size": 3}]
    body: dict[EventKind, dict[str, JSON]] = {
        EventKind.REQUEST_CREATED: dict(request_body(chance.choice((SOINS, DENT)), TEAM)),
        EventKind.REQUEST_TRANSFERRED: {"queue": chance.choice((SOINS, DENT, "NOWHERE"))},
        EventKind.REQUEST_ASSIGNED: {"assignee": chance.choice(ACTORS).login},
        EventKind.REQUEST_PAUSED: {"waits_for": chance.choice(("member", "third_party", "nobody"))},
        EventKind.REQUEST_RESOLVED: {"outcome": "done"},
        EventKind.REQUEST_MERGED: {"into": chance.choice(streams).removeprefix("request/")},
        EventKind.REQUEST_PRIORITISED: {"priority": chance.choice(("P1", "P2", "P4"))},
        EventKind.REQUEST_ESCALATED: {"priority": chance.choice(("P1", "P2", "P3"))},
        EventKind.REQUEST_ANSWERED: {"question": known, "words": "oui"},
        EventKind.REQUEST_REOPENED: {"back": chance.random() < 0.3},
        EventKind.REQUEST_ATTACHED: {"attachments": joined},
    }
    return body.get(kind, {"words": "mots"})


async def storm(desks: list[Desk], env: FixedEnv, seed: int, steps: int) -> None:
    """Write whatever comes on a few requests, in pushes of one to four events."""
    chance = random.Random(seed)
    streams = [request_stream(env.uuid7()) for _ in range(4)]
    written: dict[str, list[uuid.UUID]] = {stream: [] for stream in streams}
    customer = f"customer/{env.uuid7()}"
    for _ in range(steps):
        at = chance.choice(desks)
        events = []
        for _ in range(chance.randrange(1, 5)):
            stream = chance.choice(streams)
            kind = chance.choice(KINDS) if written[stream] else EventKind.REQUEST_CREATED
            events.append(at.written(stream, kind, body_for(chance, kind, written[stream][-4:], streams)))
            written[stream].append(events[-1].event_id)
            if chance.random() < 0.15:
                taken_back = {"event": str(written[stream][-1])}
                events.append(at.written(stream, EventKind.UNDONE, taken_back))
        if chance.random() < 0.1:
            events.append(at.written(customer, EventKind.INTERACTION_RECORDED, {"note": "vu"}))
        await at.hub.push(events)
        env.advance(timedelta(minutes=chance.randrange(0, 30)))


@pytest.mark.parametrize("seed", [101, 102])
async def test_at_every_position_everything_kept_is_what_the_events_make(tmp_path: Path, seed: int) -> None:
    env = FixedEnv(seed=seed)
    house = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await house.set_up(hire)
    desks = [await desk(house, actor) for actor in ACTORS]
    for step in range(40):
        await storm(desks, env, seed * 100 + step, 2)
        assert await house.set_up(audit) == ()
    await house.aclose()


@pytest.mark.parametrize("seed", range(12))
async def test_after_any_storm_everything_kept_is_what_the_events_make(tmp_path: Path, seed: int) -> None:
    env = FixedEnv(seed=seed)
    house = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await house.set_up(hire)
    desks = [await desk(house, actor) for actor in ACTORS]
    for part in range(4):
        await storm(desks, env, seed * 10 + part, 25)
        assert await house.set_up(audit) == ()
    made = await house.set_up(rebuild)
    assert made > 0
    assert await house.set_up(audit) == ()
    await house.aclose()
