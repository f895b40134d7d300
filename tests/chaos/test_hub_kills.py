"""Processes that share one hub file are killed at any moment: what was answered is there, and all adds up."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import uuid
from pathlib import Path

from sqlalchemy import Connection

from avise.env import FixedEnv, SystemEnv
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.store.connections import cipher_faults
from tests.hub_house import LEAD, MANAGER, SECOND, LocalHouse, hire

KILLS = int(os.environ.get("AVISE_HUB_KILLS", "8"))
"""Rounds, each of which kills every process; thousands by night."""
WRITERS = (MANAGER, SECOND, LEAD)


def stored(connection: Connection) -> set[uuid.UUID]:
    """Return the events that the hub has."""
    query = "SELECT event_id FROM event UNION SELECT event_id FROM quarantine"
    return {uuid.UUID(row[0]) for row in connection.exec_driver_sql(query)}


async def test_what_was_answered_before_a_kill_is_in_the_hub(tmp_path: Path) -> None:
    env, chance, clock = FixedEnv(), random.Random(3), SystemEnv()
    path = tmp_path / "hub.db"
    house = LocalHouse(path, HubCore(env), env)
    await house.set_up(hire)
    await house.aclose()
    ledgers = {actor.login: tmp_path / f"{actor.login}.txt" for actor in WRITERS}
    for _ in range(KILLS):
        before = sum(ledger.stat().st_size for ledger in ledgers.values() if ledger.exists())
        running = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.chaos.hub_writer", str(path), str(ledgers[actor.login]),
                actor.login,
                cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            for actor in WRITERS
        ]  # fmt: skip
        async with asyncio.timeout(60):
            while sum(ledger.stat().st_size for ledger in ledgers.values() if ledger.exists()) == before:
                await clock.sleep(0.02)
        await clock.sleep(chance.random() * 0.3)
        for process in running:
            process.kill()
        for process in running:
            assert await process.wait() == -9
    again = LocalHouse(path, HubCore(env), env)
    # A writer may have been killed each time before it was answered at all.
    written = [ledger for ledger in ledgers.values() if ledger.exists()]
    told = {uuid.UUID(line) for ledger in written for line in _whole_lines(ledger.read_text("ascii"))}
    assert len(told) >= KILLS
    assert told <= await again.set_up(stored)
    assert await again.set_up(audit) == ()
    assert await again.set_up(cipher_faults) == 0
    await again.aclose()


def _whole_lines(text: str) -> list[str]:
    """Return the lines that were written to their end."""
    return text.split("\n")[:-1]
