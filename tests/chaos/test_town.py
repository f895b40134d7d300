"""A hub served on a PostgreSQL, and workstations on a bad line: everything dies, nothing saved is lost.

Two towns for all of it, for their servers cost more than what happens to them. Numbers are those of
`hub.md` 7 for each commit; the kills that are lacking here are in `test_station_kills.py`, where they cost
less.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.chaos import drills
from tests.chaos.town import town
from tests.postgres_server import has_postgres

KILLS, CUTS, AGAIN, CLOCKS = 60, 200, 1_000, 50

pytestmark = pytest.mark.skipif(not has_postgres(), reason="no PostgreSQL binaries on this platform")


async def test_kills_and_crashes_of_everything_lose_and_double_nothing_that_was_saved(tmp_path: Path) -> None:
    async with town(tmp_path / "town", 20260324) as house:
        # Clocks are wrong by minutes, days and years; two of the workstations are one person's.
        await house.storm(KILLS)
        dying = asyncio.create_task(house.storm(KILLS // 3))
        for _ in range(2):
            await asyncio.sleep(1)
            await house.crash()
        await house.kill_server()
        await dying
        while house.wrong_clocks < CLOCKS:
            await house.storm(5)
        await house.calm()
        await drills.restores(house, deaths=False)
        found = await house.calm()
        assert house.kills >= KILLS
        assert (house.crashes, house.server_kills, house.restores) == (2, 1, 1)
        assert found.saved > 200


async def test_cuts_and_black_holes_on_the_line_lose_and_double_nothing_that_was_saved(
    tmp_path: Path,
) -> None:
    async with town(tmp_path / "town", 20260325) as house:
        await house.bad_line(CUTS)
        for name in tuple(house.stations)[:3]:
            await house.black_hole(name)
        await house.calm()
        answers = await house.line.deliver_again(AGAIN)
        found = await house.calm()
        assert house.line.cut >= CUTS
        # The hub had taken what it could not say.
        assert house.line.cuts["unanswered"] > CUTS // 10
        assert house.line.cuts["hole"] == 6
        assert answers.total() >= AGAIN
        assert answers[200] > AGAIN // 2
        assert found.saved > 200
