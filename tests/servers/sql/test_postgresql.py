"""The SQL gateway on a real PostgreSQL: read-only, bounded in time, its errors in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from avise.connectors.contract import ConnectorError
from avise.connectors.endpoints import SqlEndpoint
from avise.connectors.sql.gateway import EngineSqlGateway, open_sql_gateway
from avise.demo.tools.contributions.postgres_base import (
    DATABASE,
    READER,
    PostgresBase,
    PostgresUnavailableError,
    binaries,
    postgres_base,
)
from avise.demo.tools.contributions.tables import SCHEMA
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON


def has_postgresql() -> bool:
    try:
        return (binaries() / "postgres").exists()
    except PostgresUnavailableError:
        return False


pytestmark = pytest.mark.skipif(not has_postgresql(), reason="no PostgreSQL binaries on this platform")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[PostgresBase]:
    path = tmp_path / "prepared.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        database.executemany(
            "insert into compte values (?, ?, 'MARCHAND', 'H\u00e9l\u00e8ne', '19680312')",
            [(number, f"A{number}") for number in range(30)],
        )
        database.commit()
    async with postgres_base(path) as running:
        yield running


def endpoint(base: PostgresBase, *, database: str = DATABASE, seconds: float = 3) -> SqlEndpoint:
    url = f"postgresql+psycopg://{READER}@127.0.0.1:{base.port}/{database}"
    return SqlEndpoint(url, "password", timedelta(seconds=seconds))


async def rows(
    gateway: EngineSqlGateway, statement: str, params: dict[str, JSON] | None = None, most: int = 100
) -> list[dict[str, object]]:
    chunks = [chunk async for chunk in gateway.select(statement, params or {}, max_rows=most, chunk=7)]
    return [dict(row) for chunk in chunks for row in chunk]


async def kind_of(gateway: EngineSqlGateway, statement: str) -> ErrorKind:
    with pytest.raises(ConnectorError) as caught:
        await rows(gateway, statement)
    assert "canary" not in repr(caught.value)
    return caught.value.kind


async def test_a_reading_is_bound_bounded_and_read_only(base: PostgresBase, pool: ThreadPoolExecutor) -> None:
    gateway = await open_sql_gateway(endpoint(base), base.password, pool)
    try:
        found = await rows(gateway, "select nom, prenom from compte where no_compte = :n", {"n": "7"})
        assert found == [{"nom": "MARCHAND", "prenom": "H\u00e9l\u00e8ne"}]
        injected: dict[str, JSON] = {"n": "A1' or '1'='1"}
        assert await rows(gateway, "select 1 from compte where no_adherent = :n", injected) == []
        assert len(await rows(gateway, "select no_compte from compte", most=20)) == 21
        writing = "with gone as (delete from compte returning 1) select * from gone"
        assert await kind_of(gateway, writing) in {ErrorKind.BUG, ErrorKind.FORBIDDEN}
        assert await kind_of(gateway, "select canary from compte") is ErrorKind.BUG
        assert await kind_of(gateway, "select * from pg_authid") is ErrorKind.FORBIDDEN
    finally:
        await gateway.aclose()


async def test_a_statement_that_lasts_is_stopped_by_the_server(
    base: PostgresBase, pool: ThreadPoolExecutor
) -> None:
    gateway = await open_sql_gateway(endpoint(base, seconds=0.2), base.password, pool)
    try:
        assert await kind_of(gateway, "select pg_sleep(60)") is ErrorKind.TIMEOUT
        assert await rows(gateway, "select 1 as one") == [{"one": 1}]
    finally:
        await gateway.aclose()


async def test_a_password_that_changes_and_a_base_that_is_not_there_are_told_apart(
    base: PostgresBase, pool: ThreadPoolExecutor
) -> None:
    gateway = await open_sql_gateway(endpoint(base), base.password, pool)
    nowhere = await open_sql_gateway(endpoint(base, database="canary"), base.password, pool)
    try:
        assert await rows(gateway, "select 1 as one") == [{"one": 1}]
        await base.refuse_password()
        assert await kind_of(gateway, "select 1") is ErrorKind.AUTH
        await base.accept_password()
        assert await rows(gateway, "select 1 as one") == [{"one": 1}]
        assert await kind_of(nowhere, "select 1") is ErrorKind.CONFIG
    finally:
        await gateway.aclose()
        await nowhere.aclose()
