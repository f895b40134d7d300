"""A hub behind HTTP: on PostgreSQL for what every hub answers alike, on a file for the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from avise.hub.core import HubCore
from avise.hub.local import SqliteTransactions
from avise.hub.postgres import PostgresTransactions
from tests.hub_house import hire, opener, postgres_house
from tests.postgres_server import PostgresServer, has_postgres, postgres_server
from tests.servers.hub_http.serving import HouseEnv, HttpHouse, served


@pytest.fixture(scope="package")
def server() -> Iterator[PostgresServer]:
    """Run a PostgreSQL for all the tests here that need one."""
    if not has_postgres():
        pytest.skip("no PostgreSQL binaries on this platform")
    with postgres_server() as running:
        yield running


@pytest.fixture
async def served_on_postgres(server: PostgresServer) -> AsyncIterator[HttpHouse]:
    """Serve a hub on PostgreSQL with its staff, as a role that has no more rights than it needs."""
    env = HouseEnv()
    core = HubCore(env)
    owned = postgres_house(server, core, env)
    await owned.set_up(hire)
    transactions = PostgresTransactions.to(owned.url, env)
    async with served(core, transactions, env) as running:
        made = HttpHouse(running, owned.set_up, env)
        yield made
        await made.aclose()
    await transactions.aclose()
    await owned.aclose()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[HttpHouse]:
    """Serve a hub kept in a file, with its staff."""
    env = HouseEnv()
    transactions = SqliteTransactions(opener(tmp_path / "hub.db"), env)
    await transactions.open()
    await transactions.write(hire)
    async with served(HubCore(env), transactions, env) as running:
        made = HttpHouse(running, transactions.write, env)
        yield made
        await made.aclose()
    await transactions.aclose()
