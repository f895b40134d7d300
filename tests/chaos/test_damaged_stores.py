"""Damaged stores: every damage is told, nothing is read that nobody wrote, and the hub gives the rest again.

`dev.py chaos` damages as many as its minutes allow.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.chaos import drills
from tests.chaos.damaged_stores import Original, damage_often
from tests.chaos.nurseries import nursery
from tests.chaos.yard import Yard

DAMAGES = 300
SALVAGED = 0.85
"""Of own events, in files of some sixty pages: a hit in the two that lead to all others costs them all."""


async def test_every_damage_is_told_and_nothing_is_read_that_nobody_wrote(tmp_path: Path) -> None:
    original = Original(tmp_path)
    await original.make()
    found = await damage_often(original, 1, DAMAGES)
    assert found.silent.total() == 0
    assert found.damages.total() == DAMAGES
    assert found.detected + found.set_back == found.damages
    assert found.detected["flip"] == found.damages["flip"]
    assert found.altered == 0
    assert found.salvaged > SALVAGED * found.events


async def test_a_file_that_lost_its_last_writings_is_put_right_by_its_hub(tmp_path: Path) -> None:
    async with nursery("tests.chaos.station") as stations:
        yard = Yard(tmp_path / "yard", stations)
        await yard.open()
        await drills.set_backs(yard, 6, random.Random(2))
        assert yard.kills == 6


async def test_what_a_damaged_file_lost_comes_again_from_the_hub(tmp_path: Path) -> None:
    async with nursery("tests.chaos.station") as stations:
        yard = Yard(tmp_path / "yard", stations)
        await yard.open()
        await drills.damages(yard, 8, random.Random(1))
