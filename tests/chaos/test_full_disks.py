"""A full disk: it is said, nothing that was called saved is lost, and work goes on once there is room."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.full_disks import fill_often
from tests.chaos.nurseries import nursery

DISKS = 24


async def test_a_disk_that_is_full_at_any_write_loses_nothing_and_says_so(tmp_path: Path) -> None:
    async with nursery("tests.chaos.full_disk_life") as lives:
        found = await fill_often(lives, tmp_path, 5, DISKS)
    assert (found.lost, found.faults) == (0, 0)
    assert found.refused > DISKS // 2
    assert found.saved > DISKS * 10
