"""A backup is a hub of one moment; a restore begins an epoch, and desks send again what it lacks."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from avise.env import FixedEnv
from avise.hub.auditing import audit
from avise.hub.backing_up import back_up_file, begin_epoch, epoch_of, publish
from avise.hub.core import HubCore
from avise.hub.port import Outcome
from avise.models.journal import EventKind
from avise.models.requests import request_stream
from tests.hub_house import AGENT, MANAGER, SOINS, LocalHouse, desk, hire, opener


def copied(path: Path, source: Connection) -> dict[str, int]:
    target = opener(path)(False)
    try:
        return dict(back_up_file(source, target))
    finally:
        target.close()
        target.engine.dispose()


async def test_a_restored_hub_gets_again_what_its_backup_lacks(tmp_path: Path) -> None:
    env = FixedEnv()
    house = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await house.set_up(hire)
    lea, marc = await desk(house, AGENT), await desk(house, MANAGER)
    request = env.uuid7()
    stream = request_stream(request)
    sent = [
        lea.written(
            stream, EventKind.REQUEST_CREATED, {"queue": SOINS, "team": "team/GC-RENNES", "type": "R"}
        )
    ]
    await lea.hub.push(sent)
    positions = await house.read(partial(copied, tmp_path / "backup.db"))
    await house.set_up(lambda connection: publish(connection, positions))
    head = await marc.hub.head()
    assert dict(head.backed_up) == {f"queue/{SOINS}": 1, "team/GC-RENNES": 1}
    claim = marc.written(stream, EventKind.REQUEST_CLAIMED)
    await marc.hub.push([claim])
    later = lea.written(
        request_stream(env.uuid7()),
        EventKind.REQUEST_CREATED,
        {"queue": SOINS, "team": "team/GC-RENNES", "type": "R"},
    )
    await lea.hub.push([later])
    replaced = await house.set_up(epoch_of)
    await house.aclose()

    restored = LocalHouse(tmp_path / "backup.db", HubCore(env), env)
    assert await restored.set_up(lambda connection: begin_epoch(connection, replaced)) == 2
    lea.hub, marc.hub = await restored.connect(AGENT), await restored.connect(MANAGER)
    head = await lea.hub.head()
    assert (head.epoch, head.last_seq, head.hub_id) == (2, 1, head.hub_id)
    assert (await marc.hub.push([claim]))[0].effective
    assert (await lea.hub.push([later]))[0].outcome is Outcome.ACCEPTED
    assert (await lea.hub.push(sent))[0].outcome is Outcome.DUPLICATE
    assert dict((await lea.hub.head()).positions) == {"team/GC-RENNES": 3, "house": 0}
    assert await restored.set_up(audit) == ()
    await restored.aclose()


async def test_a_backup_made_while_others_write_is_sound_and_publishes_no_more_than_it_holds(
    tmp_path: Path,
) -> None:
    env = FixedEnv()
    house = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await house.set_up(hire)
    lea = await desk(house, AGENT)
    for number in range(5):
        await lea.create()
        positions = await house.read(partial(copied, tmp_path / f"{number}.db"))
        await lea.create()
        await house.set_up(partial(publish, positions=positions))
        head = await lea.hub.head()
        assert dict(head.backed_up) == {"team/GC-RENNES": 2 * number + 1}
        copy = LocalHouse(tmp_path / f"{number}.db", HubCore(env), env)
        assert await copy.set_up(audit) == ()
        await copy.aclose()
    await house.aclose()
