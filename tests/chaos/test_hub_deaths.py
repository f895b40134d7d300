"""Processes that share one hub file die at every step of a call, and send again: nothing is lost."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from avise.env import FixedEnv
from avise.hub.core import HubCore
from avise.hub.steps import Step
from avise.store.connections import cipher_faults
from tests.chaos.hub_dying_desks import Papers
from tests.hub_deaths import ROUNDS, faults
from tests.hub_house import MANAGER, SECOND, LocalHouse, hire

DESKS = (MANAGER, SECOND)


async def test_a_hub_in_a_file_survives_deaths_at_every_step(tmp_path: Path) -> None:
    chance, path = random.Random(5), tmp_path / "hub.db"
    house = LocalHouse(path, HubCore(FixedEnv()), FixedEnv())
    await house.set_up(hire)
    await house.aclose()
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.hub_dying_desks", str(path), str(tmp_path),
        cwd=Path(__file__).parents[2], stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip

    async def lives(step: str, nth: int) -> list[int]:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(f"{step} {nth} {MANAGER.login} {SECOND.login}\n".encode())
        async with asyncio.timeout(90):
            return [int(word) for word in (await program.stdout.readline()).split()]

    try:
        for step in [step for step in Step for _ in range(ROUNDS)]:
            assert await lives(step, chance.randint(1, 3)) == [-9, -9], step
        assert await lives("never", 1) == [0, 0]
    finally:
        program.kill()
        await program.wait()
    papers = {actor.device: Papers(tmp_path, actor.login) for actor in DESKS}
    assert not any(desk.unanswered for desk in papers.values())
    written = {device: desk.written for device, desk in papers.items()}
    told = {(device, seq): ack for device, desk in papers.items() for seq, ack in desk.told.items()}
    assert len(told) > ROUNDS * len(Step)
    again = LocalHouse(path, HubCore(FixedEnv()), FixedEnv())
    assert await again.set_up(lambda connection: faults(connection, written, told)) == []
    assert await again.set_up(cipher_faults) == 0
    await again.aclose()
