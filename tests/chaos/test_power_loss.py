"""Power cut at any moment: nothing that was called saved is lost, no file is unsound (`hub.md` 7, 8).

A life is recorded once and cut many times. `dev.py chaos` cuts as often as its minutes allow.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.file_layer import recorded
from tests.chaos.nurseries import Nursery, nursery
from tests.chaos.power_losses import Losses, counted, cut_often, recorded_life

LIVES, CUTS = 4, 100


@pytest.fixture(name="lives")
async def _lives() -> AsyncIterator[Nursery]:
    async with nursery("tests.chaos.power_life") as made:
        yield made


async def test_a_power_cut_at_any_moment_loses_nothing_that_was_called_saved(
    lives: Nursery, tmp_path: Path
) -> None:
    found = Losses()
    for seed in range(LIVES):
        record = await recorded_life(lives, tmp_path, seed)
        operations = recorded(record)
        # The log was folded into the file while others wrote, and the file closed and opened again.
        assert counted(operations, "sync") > 100
        assert counted(operations, "delete") >= 3
        found.add(await cut_often(record, tmp_path, seed, CUTS))
    assert (found.cuts, found.lost, found.unsound) == (LIVES * CUTS, 0, 0)
    assert found.saved > 10_000


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
async def test_a_store_that_does_not_wait_for_its_disk_is_seen_to_lose(
    lives: Nursery, tmp_path: Path, synchronous: str
) -> None:
    record = await recorded_life(lives, tmp_path, 1, synchronous)
    found = await cut_often(record, tmp_path, 1, 30)
    assert found.lost > 0
    # Without any sync, the file itself comes out damaged.
    assert (found.unsound > 0) == (synchronous == "OFF")
