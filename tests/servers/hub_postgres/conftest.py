"""One PostgreSQL for the module; each test has a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from avise.env import FixedEnv
from avise.hub.core import HubCore
from tests.hub_house import PostgresHouse, hire, postgres_house
from tests.postgres_server import PostgresServer, has_postgres, postgres_server


@pytest.fixture(scope="package")
def server() -> Iterator[PostgresServer]:
    """Run a server for all the tests here."""
    if not has_postgres():
        pytest.skip("no PostgreSQL binaries on this platform")
    with postgres_server() as running:
        yield running


@pytest.fixture
async def house(server: PostgresServer) -> AsyncIterator[PostgresHouse]:
    """Make a hub with its staff."""
    env = FixedEnv()
    made = postgres_house(server, HubCore(env), env)
    await made.set_up(hire)
    yield made
    await made.aclose()
