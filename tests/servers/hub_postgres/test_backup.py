"""A hub of PostgreSQL written to one file, and made again from it in another database."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.hub.auditing import audit
from avise.hub.backing_up import back_up_tables, publish, restore_tables
from avise.hub.core import HubCore
from avise.hub.port import HubError, View
from avise.hub.postgres import PostgresTransactions
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from avise.models.roles import Purpose
from tests.hub_house import AGENT, AUDITOR, MANAGER, TEAM, PostgresHouse, desk, postgres_house
from tests.postgres_server import PostgresServer


async def test_a_hub_comes_back_whole_in_a_new_epoch(
    house: PostgresHouse, server: PostgresServer, tmp_path: Path
) -> None:
    lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
    request, _ = await lea.create(title="Décompte \\ tab\t fin")
    await marc.send(request_stream(request), EventKind.REQUEST_CLAIMED)
    await lea.hub.open_subject(house.env.uuid7(), Purpose.CALL)
    path = tmp_path / "hub.zip"
    positions = await house.set_up(lambda connection: back_up_tables(connection, path))
    await house.set_up(lambda connection: publish(connection, positions))
    assert dict((await lea.hub.head()).backed_up) == {TEAM: 2}

    env = FixedEnv(seed=9)
    other = postgres_house(server, HubCore(env), env)
    assert await other.set_up(lambda connection: restore_tables(connection, path)) == 2
    assert await other.set_up(audit) == ()
    again = await desk(other, AGENT)
    head = await again.hub.head()
    assert (head.hub_id, head.epoch) == ((await lea.hub.head()).hub_id, 2)
    assert (await again.hub.query(View.REQUESTS, {})).rows == (await lea.hub.query(View.REQUESTS, {})).rows
    await again.hub.open_subject(env.uuid7(), Purpose.CALL)
    anne = await desk(other, AUDITOR)
    assert len((await anne.hub.query(View.ACCESSES, {})).rows) == 2
    with pytest.raises(HubError, match=r"hub\.restore_not_empty"):
        await other.set_up(lambda connection: restore_tables(connection, path))
    await other.aclose()


async def test_a_role_that_sees_a_part_makes_no_backup_of_that_part(
    house: PostgresHouse, tmp_path: Path
) -> None:
    lea = await desk(house, AGENT)
    await lea.create()
    as_server = PostgresTransactions.to(house.url, house.env, 1)
    with pytest.raises(HubError, match=r"hub\.no_right"):
        await as_server.read(lambda connection: back_up_tables(connection, tmp_path / "x.zip"))
    await as_server.aclose()


async def test_a_damaged_backup_restores_nothing(
    house: PostgresHouse, server: PostgresServer, tmp_path: Path
) -> None:
    lea = await desk(house, AGENT)
    await lea.create()
    path = tmp_path / "hub.zip"
    await house.set_up(lambda connection: back_up_tables(connection, path))
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        begins = archive.getinfo("event.copy").header_offset + 60
    env = FixedEnv(seed=9)
    other = postgres_house(server, HubCore(env), env)
    for damaged in (whole[:-30], b"", whole[:begins] + b"\xff" + whole[begins + 1 :]):
        path.write_bytes(damaged)
        with pytest.raises(HubError, match=r"hub\.backup_damaged"):
            await other.set_up(lambda connection: restore_tables(connection, path))
    path.write_bytes(whole)
    assert await other.set_up(lambda connection: restore_tables(connection, path)) == 2
    await other.aclose()
