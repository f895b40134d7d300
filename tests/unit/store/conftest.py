"""A store in a temporary folder, its key, a fixed world and a session."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.models.roles import Role, Session
from avise.store.store import Store

KEY = bytes(range(32))


@pytest.fixture
def env() -> FixedEnv:
    return FixedEnv()


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture
def session() -> Session:
    return Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "store.db"


@pytest.fixture
async def store(store_path: Path, key: bytes, env: FixedEnv) -> AsyncIterator[Store]:
    opened = await Store.open(store_path, key, env)
    yield opened
    await opened.aclose()
