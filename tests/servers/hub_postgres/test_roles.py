"""What the database itself refuses, whatever our own code would ask (decision 24, `hub.md` 8)."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from avise.env import FixedEnv
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.database_roles import ERASURE, OWNER, SERVER, grant_rights
from avise.hub.dialect import postgres_engine
from avise.hub.erasing import erase_customer
from avise.models.identity.links import pair_stream
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from avise.models.roles import Purpose
from tests.hub_house import ADMINISTRATOR, AGENT, MANAGER, SOINS, PostgresHouse, desk, hire, postgres_house
from tests.hub_links import ONE
from tests.postgres_server import PostgresServer


@pytest.fixture
async def house(server: PostgresServer) -> PostgresHouse:
    """Make a hub with one request, a note and an opened file; nothing stays connected."""
    env = FixedEnv()
    made = postgres_house(server, HubCore(env), env)
    await made.set_up(hire)
    lea, marc = await desk(made, AGENT), await desk(made, MANAGER)
    request, _ = await lea.create()
    await marc.send(request_stream(request), EventKind.REQUEST_NOTED, {"words": "x"})
    await lea.hub.open_subject(env.uuid7(), Purpose.CALL)
    await made.aclose()
    return made


@pytest.fixture
def server_role(house: PostgresHouse) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Sign in as the hub's server does."""
    with psycopg.connect(house.url, autocommit=True) as connection:
        yield connection


FORBIDDEN = (
    "UPDATE event SET body = ''", "UPDATE event SET effective = 1", "DELETE FROM event", "TRUNCATE event",
    "UPDATE feed SET pos = pos + 1", "DELETE FROM feed", "TRUNCATE feed", "UPDATE access_log SET reason = ''",
    "DELETE FROM access_log", "DELETE FROM taken_back", "UPDATE blob SET content = ''", "DELETE FROM blob",
    "DELETE FROM staff", "DELETE FROM head", "DELETE FROM stream", "DELETE FROM quarantine",
    "ALTER TABLE event ADD COLUMN x INT", "DROP TABLE event", "CREATE TABLE mine (x INT)",
    "ALTER TABLE feed DISABLE ROW LEVEL SECURITY", "CREATE ROLE mine", f"SET ROLE {OWNER}",
    f"SET ROLE {ERASURE}",
    "COPY (SELECT 1) TO '/tmp/out'", "SELECT pg_read_file('/etc/passwd')",
    "UPDATE alembic_version SET version_num = '0'", "ALTER DATABASE postgres SET lock_timeout = 1",
)  # fmt: skip


async def test_the_server_s_role_changes_no_event_and_owns_nothing(
    server_role: psycopg.Connection[tuple[object, ...]],
) -> None:
    for statement in FORBIDDEN:
        with pytest.raises(errors.InsufficientPrivilege):
            server_role.execute(statement.encode())


async def test_a_statement_that_forgot_its_condition_reads_no_feed(
    server_role: psycopg.Connection[tuple[object, ...]],
) -> None:
    def fed(perimeters: str) -> set[object]:
        with server_role.transaction():
            server_role.execute("SELECT set_config('avise.perimeters', %s, true)", (perimeters,))
            return {row[0] for row in server_role.execute("SELECT perimeter FROM feed")}

    assert fed("") == set()
    assert fed(f"queue/{SOINS}") == {f"queue/{SOINS}"}
    assert fed(f"team/GC-RENNES\nqueue/{SOINS}") == {"team/GC-RENNES", f"queue/{SOINS}"}
    assert server_role.execute("SELECT count(*) FROM feed").fetchall() == [(0,)]


async def test_a_foreign_feed_cannot_be_fed(server_role: psycopg.Connection[tuple[object, ...]]) -> None:
    with server_role.transaction(force_rollback=True):
        server_role.execute("SELECT set_config('avise.perimeters', 'team/GC-BREST', true)")
        with pytest.raises(errors.InsufficientPrivilege), server_role.transaction():
            server_role.execute("INSERT INTO feed VALUES ('queue/PREST_SOINS', 99, 'x', '')")
        server_role.execute("INSERT INTO feed VALUES ('team/GC-BREST', 99, 'x', '')")


async def test_the_erasure_role_empties_contents_and_does_nothing_else(house: PostgresHouse) -> None:
    with psycopg.connect(house.owner_url, autocommit=True) as connection:
        connection.execute(f"SET ROLE {ERASURE}".encode())
        for statement in (
            "SELECT salt FROM event", "UPDATE event SET effective = 1", "DELETE FROM event",
            "INSERT INTO taken_back VALUES ('a', 'b')", "SELECT * FROM staff", "SELECT content FROM blob",
        ):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement.encode())
        erased = connection.execute("UPDATE event SET body = NULL, salt = NULL WHERE kind = 'request_noted'")
        assert erased.rowcount == 1
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("INSERT INTO feed VALUES ('team/GC-BREST', 99, 'x', '')")
        moved = connection.execute("UPDATE head SET pos = 99 WHERE perimeter <> 'house'")
        assert moved.rowcount == 0


async def test_nobody_who_signs_in_owns_a_table_however_often_rights_are_given(house: PostgresHouse) -> None:
    engine = postgres_engine(house.owner_url, 1)
    with engine.begin() as again:
        grant_rights(again)
    engine.dispose()
    with psycopg.connect(house.owner_url) as connection:
        owners = connection.execute(
            "SELECT DISTINCT tableowner, r.rolcanlogin FROM pg_tables"
            " JOIN pg_roles r ON r.rolname = tableowner WHERE schemaname = 'public'"
        ).fetchall()
        assert owners == [(OWNER, False)]
        strangers = connection.execute(
            "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'public'"
        ).fetchall()
        assert {row[0] for row in strangers} == {OWNER, SERVER, ERASURE}


async def test_the_erasure_role_has_what_an_erasure_needs(house: PostgresHouse) -> None:
    dossier = house.env.uuid7()
    lea = await desk(house, AGENT)
    lea.seq = (await lea.hub.head()).last_seq
    await lea.send(f"customer/{dossier}", EventKind.INTERACTION_RECORDED, {"note": "x"})
    proposed: dict[str, JSON] = {
        "one": {"person": str(dossier)},
        "other": {"person": str(ONE)},
        "how": "person",
        "seen": "s",
    }
    await lea.send(pair_stream(dossier, ONE), EventKind.IDENTITY_PROPOSED, proposed)
    await house.aclose()
    engine = postgres_engine(house.owner_url, 1)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL ROLE {ERASURE}")
        assert erase_customer(connection, ADMINISTRATOR, dossier, "demande", house.env.now()) == 2
    with engine.begin() as connection:
        assert audit(connection) == ()
    engine.dispose()
