"""What was put aside is let in by a team lead, or by the request that it waited for."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from avise.env import FixedEnv
from avise.hub import staff
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.port import Ack, Actor, HubError, Outcome, View
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from tests.hub_house import (
    AGENT,
    LEAD,
    MANAGER,
    SECOND,
    SOINS,
    STRANGER,
    LocalHouse,
    desk,
    hire,
    request_body,
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[LocalHouse]:
    env = FixedEnv()
    made = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await made.set_up(hire)
    yield made
    await made.aclose()


def settled(core: HubCore, actor: Actor, event: uuid.UUID, connection: Connection) -> Ack | None:
    return core.settle_quarantined(connection, actor, event, adopt=True)


async def test_what_came_before_its_request_counts_once_the_request_is_there(house: LocalHouse) -> None:
    lea, marc, jean = [await desk(house, actor) for actor in (AGENT, MANAGER, STRANGER)]
    stream = request_stream(house.env.uuid7())
    claim = marc.written(stream, EventKind.REQUEST_CLAIMED)
    note = marc.written(stream, EventKind.REQUEST_NOTED, {"words": "tôt"})
    early = await marc.hub.push([claim, note])
    assert {ack.refusal for ack in early} == {"unknown_request"}
    assert (await jean.send(stream, EventKind.REQUEST_NOTED, {"words": "x"})).outcome is Outcome.QUARANTINED
    await lea.send(stream, EventKind.REQUEST_CREATED, request_body())
    row = (await lea.hub.query(View.REQUESTS, {})).rows[0]
    assert (row["holder"], row["ver"]) == (MANAGER.login, 3)
    again = await marc.hub.push([claim, note])
    assert [(ack.outcome, ack.effective, ack.ver) for ack in again] == [
        (Outcome.DUPLICATE, True, 2), (Outcome.DUPLICATE, True, 3),
    ]  # fmt: skip
    assert await house.set_up(audit) == ()


async def test_a_lead_lets_in_what_a_right_that_ended_kept_out(house: LocalHouse) -> None:
    marc, paul = await desk(house, MANAGER), await desk(house, LEAD)
    request, _ = await marc.create()
    claim = marc.written(request_stream(request), EventKind.REQUEST_CLAIMED)

    def leave(connection: Connection) -> None:
        for perimeter in (f"queue/{SOINS}", "team/GC-RENNES"):
            staff.leave(connection, MANAGER.login, perimeter, house.env.now())

    await house.set_up(leave)
    assert (await marc.hub.push([claim]))[0].outcome is Outcome.QUARANTINED
    row = (await paul.hub.query(View.QUARANTINE, {})).rows[0]
    assert row["event"] == str(claim.event_id)
    ack = await house.set_up(
        lambda connection: house.core.settle_quarantined(connection, LEAD, claim.event_id, adopt=True)
    )
    assert ack is not None
    assert (ack.effective, ack.ver) == (True, 2)
    assert (await paul.hub.query(View.QUARANTINE, {})).rows == ()
    assert (await paul.hub.query(View.REQUESTS, {})).rows[0]["holder"] == MANAGER.login
    assert await house.set_up(audit) == ()
    with pytest.raises(HubError, match=r"hub\.not_found"):
        await house.set_up(
            lambda connection: house.core.settle_quarantined(connection, LEAD, claim.event_id, adopt=True)
        )


async def test_a_forged_author_is_never_let_in_and_only_a_lead_decides(house: LocalHouse) -> None:
    lea = await desk(house, AGENT)
    request, _ = await lea.create()
    forged = lea.written(request_stream(request), EventKind.REQUEST_CLAIMED, author=SECOND.login)
    await lea.hub.push([forged])
    for actor in (LEAD, AGENT, SECOND):
        with pytest.raises(HubError, match=r"hub\.no_right"):
            await house.set_up(partial(settled, house.core, actor, forged.event_id))
    await house.set_up(
        lambda connection: house.core.settle_quarantined(connection, LEAD, forged.event_id, adopt=False)
    )
    assert (await lea.hub.push([forged]))[0].outcome is Outcome.QUARANTINED
    assert await house.set_up(audit) == ()
