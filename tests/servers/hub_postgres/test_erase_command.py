"""`avise hub erase` on PostgreSQL: by the role that erases and by the owner, and not by the server's."""

from __future__ import annotations

import asyncio
import re

import psycopg
import pytest
from sqlalchemy import Connection

from avise.cli import main
from avise.hub.auditing import audit
from avise.hub.database_roles import ERASURE
from avise.hub.erasing import erasable
from avise.hub.migrating import migrate
from avise.models.identity.links import pair_stream
from avise.models.journal import EventKind
from tests.hub_house import AGENT, PostgresHouse, desk
from tests.hub_links import ONE, OTHER, of_pair

CANARY = "CANARI rappelle sa fille"


@pytest.fixture
async def filled(house: PostgresHouse) -> PostgresHouse:
    """Make a hub that knows two persons and compared them; nothing stays connected."""
    lea = await desk(house, AGENT)
    for whose in (ONE, ONE, OTHER):
        await lea.send(f"customer/{whose}", EventKind.INTERACTION_RECORDED, {"note": CANARY})
    sides = of_pair(how="person", seen="s")
    await lea.send(pair_stream(ONE, OTHER), EventKind.IDENTITY_PROPOSED, sides)
    await house.aclose()
    return house


def signed_in(house: PostgresHouse, role: str) -> str:
    """Return the address of the hub's database for an account that has one role and nothing else."""
    name = f"{house.owner_url.rpartition('/')[2]}_{role}"
    with psycopg.connect(house.owner_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'hub' IN ROLE {role}".encode())
    return re.sub(r"//[^@]*@", f"//{name}:hub@", house.owner_url)


async def held(house: PostgresHouse) -> tuple[int, int]:
    """Return how much the hub holds of each; it adds up."""

    def work(connection: Connection) -> tuple[int, int]:
        assert audit(connection) == ()
        return erasable(connection, ONE).contents, erasable(connection, OTHER).contents

    try:
        return await house.set_up(work)
    finally:
        await house.aclose()


async def erased(url: str, *options: str) -> int:
    """Run the command on a thread, as it has an event loop of its own; return its exit status."""
    words = ["hub", "erase", str(ONE), "--database", url, "--reason", "demande du 3 mars", *options]
    return await asyncio.to_thread(main, ["--language", "en", *words])


async def test_a_member_of_the_erasing_role_erases_one_person_and_is_in_the_log(
    filled: PostgresHouse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "exploitant")
    url = signed_in(filled, ERASURE)
    assert await held(filled) == (3, 2)
    assert await erased(url, "--dry-run") == 0
    assert await held(filled) == (3, 2)
    assert await erased(url, "--yes") == 0
    out = capsys.readouterr().out
    assert "  2 entries of their file\n  1 comparison with another record (1 entry)\n" in out
    assert "3 entries erased" in out
    assert await held(filled) == (0, 1)
    with psycopg.connect(filled.owner_url) as connection:
        asked = "SELECT login, dossier, reason FROM access_log WHERE what = 'erasure'"
        assert connection.execute(asked).fetchall() == [("machine:exploitant", str(ONE), "demande du 3 mars")]
        left = connection.execute("SELECT body FROM event WHERE body IS NOT NULL").fetchall()
        assert [CANARY in bytes(body).decode() for (body,) in left] == [True]


async def test_the_role_of_the_server_erases_nothing_and_is_told_who_may(
    filled: PostgresHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await erased(filled.url, "--yes") == 1
    assert "“avise_hub_erasure”" in capsys.readouterr().err
    assert await held(filled) == (3, 2)


async def test_a_hub_made_before_gives_the_role_its_rights_with_another_init(
    filled: PostgresHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(filled.owner_url, autocommit=True) as connection:
        connection.execute(f"REVOKE ALL ON alembic_version, event FROM {ERASURE}".encode())
    url = signed_in(filled, ERASURE)
    assert await erased(url, "--yes") == 1
    assert "run “avise hub init” again" in capsys.readouterr().err
    await filled.set_up(lambda connection: migrate(connection, filled.env))
    await filled.aclose()
    assert await erased(url, "--yes") == 0
    assert await held(filled) == (0, 1)
