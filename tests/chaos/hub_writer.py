"""A process that writes to the hub of the machine until it is killed, and notes what was answered.

`python -m tests.chaos.hub_writer HUB LEDGER LOGIN`: the ledger gets one line for each event, written and
flushed only once the hub answered.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from avise.env import SystemEnv
from avise.hub.core import HubCore
from avise.hub.local import LocalHub
from avise.hub.port import View
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from tests.hub_house import ACTORS_BY_LOGIN, SOINS, TEAM, Desk, opener, request_body


async def write(hub_path: Path, ledger: Path, login: str) -> None:
    """Create requests and take those of others, for ever."""
    env, actor = SystemEnv(), ACTORS_BY_LOGIN[login]
    hub = await LocalHub.open(opener(hub_path), HubCore(env), actor, env)
    at = Desk(hub, actor, env, (await hub.head()).last_seq)
    with ledger.open("a", encoding="ascii") as told:
        while True:
            made = at.written(
                request_stream(env.uuid7()), EventKind.REQUEST_CREATED, request_body(SOINS, TEAM)
            )
            await hub.push([made])
            told.write(f"{made.event_id}\n")
            told.flush()
            page = await hub.query(View.REQUESTS, {"status": "sent"}, limit=5)
            claims = [at.written(f"request/{row['id']}", EventKind.REQUEST_CLAIMED) for row in page.rows[:2]]
            await hub.push(claims)
            told.writelines(f"{claim.event_id}\n" for claim in claims)
            told.flush()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
