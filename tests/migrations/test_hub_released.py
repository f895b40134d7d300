"""A real hub of an earlier version is upgraded without loss, and goes on where it was."""

from __future__ import annotations

import asyncio
import shutil
import sys
import uuid
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.local import LocalHub
from avise.hub.migrating import NEWEST, version_of
from avise.hub.port import Actor, Outcome, View
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from tests.hub_house import AGENT, KEY, MANAGER, SOINS, TEAM, Desk, hire, opener, request_body

RELEASED = sorted(Path(__file__).parent.glob("hub-v*.db"))
FIRST = uuid.UUID("019d0000-0000-7000-8000-000000000001")
MEMBER = uuid.UUID("019d0000-0000-7000-8000-0000000000d1")
QUEUE = f"queue/{SOINS}"


async def opened(path: Path, actor: Actor) -> LocalHub:
    return await LocalHub.open(opener(path, KEY), HubCore(FixedEnv()), actor, FixedEnv())


def test_a_hub_of_each_version_before_this_one_is_kept() -> None:
    """From the second one on: the first was never installed anywhere."""
    versions = [f"hub-v{number}" for number in range(2, int(NEWEST))]
    assert set(versions) <= {path.stem for path in RELEASED}


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
async def test_a_released_hub_keeps_everything_and_goes_on(released: Path, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    shutil.copyfile(released, path)
    manager, agent = await opened(path, MANAGER), await opened(path, AGENT)
    try:
        assert await manager.setting_up(version_of) == NEWEST
        assert await manager.setting_up(audit) == ()
        head = await manager.head()
        assert (head.positions[QUEUE], head.last_seq, head.epoch) == (3, 2, 1)
        pulled = await manager.pull({QUEUE: 0})
        assert [event.kind for event in pulled.events] == [
            "request_created", "request_claimed", "request_noted",
        ]  # fmt: skip
        row = (await manager.query(View.REQUESTS, {"queue": SOINS})).rows[0]
        assert (row["id"], row["number"], row["holder"]) == (str(FIRST), "D-2026-000001-G", MANAGER.login)
        desk, asking = Desk(manager, MANAGER, FixedEnv(), seq=2), Desk(agent, AGENT, FixedEnv(seed=9), seq=2)
        resolved = await desk.send(request_stream(FIRST), EventKind.REQUEST_RESOLVED, {"outcome": "done"})
        assert (resolved.outcome, resolved.effective, resolved.ver) == (Outcome.ACCEPTED, True, 4)
        _, made = await asking.create()
        assert made.number.startswith("D-2026-000002-")
        assert await manager.setting_up(audit) == ()
    finally:
        await agent.aclose()
        await manager.aclose()


async def make(path: Path) -> None:
    """Write the hub of the current version: kept for good at each release.

    Run `python -m tests.migrations.test_hub_released FILE`.
    """
    agent = await opened(path, AGENT)
    await agent.setting_up(hire)
    manager = await opened(path, MANAGER)
    asking, desk = Desk(agent, AGENT, FixedEnv()), Desk(manager, MANAGER, FixedEnv(seed=9))
    body = request_body(SOINS, TEAM, dossier=str(MEMBER), title="Devis dentaire")
    await asking.send(request_stream(FIRST), EventKind.REQUEST_CREATED, body)
    await desk.send(request_stream(FIRST), EventKind.REQUEST_CLAIMED)
    await desk.send(request_stream(FIRST), EventKind.REQUEST_NOTED, {"words": "Vu avec le dentiste."})
    told = {"channel": "phone_in", "direction": "in", "title": "Devis", "note": "Rappeler"}
    await asking.send(f"customer/{MEMBER}", EventKind.INTERACTION_RECORDED, told)
    await agent.aclose()
    await manager.aclose()


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1])))
