"""An audit tells every tampering, and a rebuild mends what can be made again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table, delete

from avise.env import FixedEnv
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.rebuilding import rebuild
from tests.hub_house import AGENT, LEAD, MANAGER, SECOND, LocalHouse, desk, hire
from tests.unit.hub.test_storm import storm


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[LocalHouse]:
    env = FixedEnv(seed=5)
    made = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await made.set_up(hire)
    desks = [await desk(made, actor) for actor in (AGENT, MANAGER, SECOND, LEAD)]
    await storm(desks, env, 7, 40)
    await desks[1].create()
    yield made
    await made.aclose()


ONE = "(SELECT event_id FROM event WHERE kind = 'request_noted' LIMIT 1)"
LAST = "(SELECT max(pos) FROM feed WHERE perimeter = 'queue/PREST_SOINS')"

TAMPERINGS = {
    "body edited": ("UPDATE event SET body = x'7b7d' WHERE event_id = ONE", "content"),
    "verdict turned": ("UPDATE event SET effective = 1 - effective WHERE event_id = ONE", "chain"),
    "author changed": ("UPDATE event SET author = 'autre' WHERE event_id = ONE", "chain"),
    "back-dated": ("UPDATE event SET received_at = received_at - 1 WHERE event_id = ONE", "chain"),
    "number changed": (
        "UPDATE event SET number = 'D-2026-000009-X' WHERE kind = 'request_created' AND number <> ''",
        "chain",
    ),
    "content and hash edited": (
        "UPDATE event SET body = x'7b7d', content_sha = x'00' WHERE event_id = ONE", "chain",
    ),
    "feed row deleted": ("DELETE FROM feed WHERE perimeter = 'queue/PREST_SOINS' AND pos = 2", "position"),
    "feed reordered": (
        "UPDATE feed SET event_id = (SELECT f.event_id FROM feed f WHERE f.perimeter = feed.perimeter"
        " AND f.pos = 5 - feed.pos) WHERE perimeter = 'queue/PREST_SOINS' AND pos IN (2, 3)", "chain",
    ),
    "tail cut": ("DELETE FROM feed WHERE perimeter = 'queue/PREST_SOINS' AND pos = LAST", "head"),
    "event deleted": ("DELETE FROM event WHERE event_id = ONE", "event"),
    "sequence skipped": ("UPDATE device SET last_seq = last_seq + 1 WHERE device = 'poste-marc'", "sequence"),
    "state forged": ("UPDATE stream SET holder = 'autre' WHERE status <> ''", "state"),
    "row forged": ("UPDATE request SET due_at = due_at + 1", "request"),
    "row deleted": ("DELETE FROM request", "request"),
    "row made up": (
        "INSERT INTO request SELECT 'request/x', 'x', 'n', type, title, queue, team, requester, holder,"
        " status, is_open, priority, channel, person, dossier, due_at, late_at, legal_due, created_at,"
        " changed_at, changed_by, resolved_at, ended_at, escalated_at, acknowledged_at, received_on, outcome,"
        " merged_into, confidential, open_questions, attachments, pauses, terms, newer, ver"
        " FROM request LIMIT 1", "request",
    ),
    "counter forged": ("UPDATE queue_count SET open_count = open_count + 1", "counter"),
    "unheld forged": ("UPDATE queue_count SET unheld_count = unheld_count - 1", "counter"),
    "hours forged": ("UPDATE hour_count SET done = done + 1", "hour"),
    "line lost": ("DELETE FROM timeline", "timeline"),
    "figures forged": ("UPDATE synthesis SET contacts = contacts + 1", "figures"),
    "undo forgotten": ("DELETE FROM taken_back", "taken_back"),
    "attachment unbound": ("DELETE FROM blob_use", "attachments"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_an_audit_tells_what_was_tampered_with(house: LocalHouse, name: str) -> None:
    statement, what = TAMPERINGS[name]
    assert await house.set_up(audit) == ()
    statement = statement.replace("ONE", ONE).replace("LAST", LAST)
    changed = await house.set_up(lambda connection: connection.exec_driver_sql(statement).rowcount)
    assert changed
    assert what in {difference.what for difference in await house.set_up(audit)}


@pytest.mark.parametrize(
    "table", ["request", "queue_count", "hour_count", "timeline", "synthesis", "blob_use"]
)
async def test_a_rebuild_mends_lists_and_counters(house: LocalHouse, table: str) -> None:
    await house.set_up(lambda connection: connection.execute(delete(Table(table, MetaData()))))
    assert await house.set_up(audit) != ()
    await house.set_up(rebuild)
    assert await house.set_up(audit) == ()


async def test_an_erasure_of_body_and_salt_leaves_the_chain_whole(house: LocalHouse) -> None:
    erase = "UPDATE event SET body = NULL, salt = NULL WHERE kind = 'interaction_recorded'"
    changed = await house.set_up(lambda connection: connection.exec_driver_sql(erase).rowcount)
    assert changed
    assert not {"chain", "content", "head"} & {found.what for found in await house.set_up(audit)}
