"""The hub of one machine answers as every hub does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.hub.core import HubCore
from tests.hub_conformance import HubConformance
from tests.hub_house import House, LocalHouse, hire


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    env = FixedEnv()
    made = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await made.set_up(hire)
    yield made
    await made.aclose()


class TestLocalHub(HubConformance):
    """Each desk opens the file as a process of its own would."""
