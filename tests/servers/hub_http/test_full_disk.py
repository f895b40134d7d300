"""A hub whose disk is full says so, keeps what it acknowledged, and takes the rest once there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection

from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.dialect import postgres_engine
from avise.hub.local import SqliteTransactions
from avise.hub.port import HubError, HubUnreachableError, Outcome
from avise.hub.postgres import PostgresTransactions
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from tests.hub_house import AGENT, TEAM, Desk, desk, hire, opener, postgres_house
from tests.postgres_server import PostgresServer
from tests.servers.hub_http.serving import HouseEnv, HttpHouse, served

MOST = 400
"""Pushes that surely fill what these tests call a disk."""


async def until_full(lea: Desk) -> int:
    """Write until the hub has no room; return how many events it acknowledged."""
    request, ack = await lea.create()
    stream = request_stream(request)
    for _ in range(MOST):
        words = os.urandom(15_000).hex()
        event = lea.written(stream, EventKind.REQUEST_REPLIED, {"words": words})
        try:
            (ack,) = await lea.hub.push([event])
        except HubError as error:
            assert (error.message_key, isinstance(error, HubUnreachableError)) == ("hub.full", False)  # noqa: PT017 - it ends the loop
            return ack.device_seq
        assert ack.outcome is Outcome.ACCEPTED
    raise AssertionError(MOST)


async def goes_on(lea: Desk, acknowledged: int) -> None:
    """Send what was refused for want of room, by a desk that begins at what the hub has."""
    assert (await lea.hub.head()).last_seq == acknowledged
    lea.seq = acknowledged
    _, ack = await lea.create()
    assert (ack.outcome, ack.device_seq) == (Outcome.ACCEPTED, acknowledged + 1)
    assert (await lea.hub.head()).positions[TEAM] == acknowledged + 1


def limit(connection: Connection, pages: int) -> None:
    """Let the file grow by so many pages at most, as a disk of that size would."""
    there = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {there + pages}")


async def test_a_hub_in_a_file_without_room_says_so_and_goes_on_once_there_is_some(tmp_path: Path) -> None:
    env = HouseEnv()
    transactions = SqliteTransactions(opener(tmp_path / "hub.db"), env)
    await transactions.open()
    await transactions.write(hire)
    async with served(HubCore(env), transactions, env) as running:
        house = HttpHouse(running, transactions.write, env)
        lea = await desk(house, AGENT)
        await house.set_up(lambda connection: limit(connection, 40))
        acknowledged = await until_full(lea)
        await house.set_up(lambda connection: limit(connection, 1_000))
        await goes_on(lea, acknowledged)
        assert await house.set_up(audit) == ()
        await house.aclose()
    await transactions.aclose()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of a few megabytes, where this system lets one be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", "size=6m,mode=700,uid=65534,gid=65534", "tmpfs", str(folder)]
    try:
        subprocess.run(made, check=True, capture_output=True)  # noqa: S603 - our own command
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be made here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607 - our own command


def reachable(folder: Path) -> None:
    """Let PostgreSQL's own identity come to a folder of a test."""
    for parent in folder.parents:
        with suppress(PermissionError):
            parent.chmod(parent.stat().st_mode | 0o011)
        if parent.name.startswith("pytest-of"):
            return


@pytest.fixture
async def cramped(server: PostgresServer, small_disk: Path) -> AsyncIterator[HttpHouse]:
    """Serve a hub whose events are on that disk."""
    reachable(small_disk)
    env = HouseEnv()
    core = HubCore(env)
    owned = postgres_house(server, core, env)
    await owned.set_up(hire)
    _settle_events(owned.owner_url, small_disk)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(owned.aclose)
        transactions = PostgresTransactions.to(owned.url, env)
        stack.push_async_callback(transactions.aclose)
        running = await stack.enter_async_context(served(core, transactions, env))
        house = HttpHouse(running, owned.set_up, env)
        stack.push_async_callback(house.aclose)
        yield house
    engine = postgres_engine(server.url(), 1).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {owned.owner_url.rpartition('/')[2]} WITH (FORCE)")
        connection.exec_driver_sql("DROP TABLESPACE small")
    engine.dispose()


def _settle_events(url: str, folder: Path) -> None:
    engine = postgres_engine(url, 1).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{folder}'")
        connection.exec_driver_sql("ALTER TABLE event SET TABLESPACE small")
    engine.dispose()


async def test_a_postgresql_without_room_says_so_and_goes_on_once_there_is_some(
    cramped: HttpHouse, small_disk: Path
) -> None:
    lea = await desk(cramped, AGENT)
    acknowledged = await until_full(lea)
    grown = ["mount", "-o", "remount,size=60m", str(small_disk)]
    subprocess.run(grown, check=True)  # noqa: ASYNC221, S603 - our own command, at once
    await goes_on(lea, acknowledged)
    assert await cramped.set_up(audit) == ()
