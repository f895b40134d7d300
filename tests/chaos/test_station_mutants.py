"""Every deliberate defect of a workstation or of its hub is found: the drills can fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.chaos.nurseries import Nursery, nursery
from tests.chaos.promises import BrokenPromiseError
from tests.chaos.station import PATIENCE
from tests.chaos.station_mutants import MUTANTS
from tests.chaos.yard import Yard

pytestmark = pytest.mark.asyncio(loop_scope="module")

STUCK_S = 4.0
"""A defect that holds everything up is found after so many seconds; any other has the time that it takes."""
HOLDS_UP = ("I2", "I10")


@pytest_asyncio.fixture(name="stations", scope="module", loop_scope="module")
async def _stations() -> AsyncIterator[Nursery]:
    async with nursery("tests.chaos.station") as made:
        yield made


@pytest.mark.parametrize("name", sorted(MUTANTS))
async def test_a_deliberate_defect_is_found(stations: Nursery, tmp_path: Path, name: str) -> None:
    patience = STUCK_S if MUTANTS[name].shows in HOLDS_UP else PATIENCE
    yard = Yard(tmp_path / "yard", stations, name, patience=patience)
    await yard.open()
    with pytest.raises(BrokenPromiseError, match=MUTANTS[name].shows):
        await MUTANTS[name].drill(yard)
