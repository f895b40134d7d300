"""Workstations killed, copied, poisoned and deprived of rights: nothing that was saved is lost, or doubled.

The hub is a file here, so that a life costs little; `test_town.py` serves it over a bad line. The numbers
are those of `hub.md` 7 for each commit; `dev.py chaos` goes on for as long as it is told.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.chaos import drills
from tests.chaos.nurseries import Nursery, nursery
from tests.chaos.station import STEPS
from tests.chaos.yard import Yard

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(name="stations", scope="module", loop_scope="module")
async def _stations() -> AsyncIterator[Nursery]:
    async with nursery("tests.chaos.station") as made:
        yield made


@pytest_asyncio.fixture(name="yard", loop_scope="module")
async def _yard(stations: Nursery, tmp_path: Path) -> Yard:
    made = Yard(tmp_path / "yard", stations)
    await made.open()
    return made


async def test_a_workstation_killed_at_each_step_loses_nothing(yard: Yard) -> None:
    found = await drills.kills(yard, times=3)
    assert yard.kills == 3 * len(STEPS)
    assert found.saved > 100


async def test_a_workstation_killed_at_any_moment_loses_nothing(yard: Yard) -> None:
    await drills.random_kills(yard, 100, random.Random(20260324))
    assert yard.kills >= 100


async def test_a_copied_workstation_goes_on_under_another_name_and_both_keep_what_they_wrote(
    yard: Yard,
) -> None:
    await drills.copies(yard, 2)


async def test_a_hub_that_is_restored_gets_again_what_its_backup_lacked(yard: Yard) -> None:
    await drills.restores(yard, 2)
    assert (yard.restores, yard.kills) == (2, 6)


async def test_what_no_hub_can_take_and_what_only_a_newer_one_knows_hold_nothing_up(yard: Yard) -> None:
    found = await drills.poisons(yard, 3)
    assert found.refused == 15


async def test_what_was_written_after_a_right_was_taken_away_is_put_aside(yard: Yard) -> None:
    found = await drills.rights(yard, 5)
    assert found.aside >= 5


async def test_programs_of_other_versions_lose_nothing_and_read_only_what_they_may(yard: Yard) -> None:
    await drills.mixed_fleet(yard)
