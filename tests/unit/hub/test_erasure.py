"""An erasure takes a customer's words, wherever they are, and leaves a journal that still adds up."""

from __future__ import annotations

from pathlib import Path

from avise.env import FixedEnv
from avise.hub.auditing import audit
from avise.hub.core import HubCore
from avise.hub.erasing import erasable, erase_customer
from avise.hub.port import Outcome, View
from avise.hub.rebuilding import rebuild
from avise.models.identity.descriptions import described
from avise.models.identity.links import pair_of
from avise.models.journal import EventKind
from avise.models.roles import Purpose
from tests.hub_house import ADMINISTRATOR, AGENT, AUDITOR, MANAGER, LocalHouse, desk, hire
from tests.hub_links import LINKED, ONE, OTHER, PAIR, a_link
from tests.unit.models.identity.test_links import PARTY

CANARY = "mots-a-effacer"


async def test_words_are_gone_from_the_file_and_chains_hold(tmp_path: Path) -> None:
    env = FixedEnv()
    house = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await house.set_up(hire)
    lea, anne = await desk(house, AGENT), await desk(house, AUDITOR)
    dossier, other = env.uuid7(), env.uuid7()
    stream = f"customer/{dossier}"
    body = {"channel": "phone_in", "note": CANARY}
    unlinked = lea.written("unlinked", EventKind.INTERACTION_RECORDED, body)
    own = [lea.written(stream, EventKind.INTERACTION_RECORDED, body) for _ in range(3)]
    await lea.hub.push(
        [unlinked, *own, lea.written(f"customer/{other}", EventKind.INTERACTION_RECORDED, body)]
    )
    await lea.send(stream, EventKind.INTERACTION_ATTACHED, {"event": str(unlinked.event_id)})
    await lea.send(stream, EventKind.UNDONE, {"event": str(own[0].event_id)})
    assert await house.set_up(audit) == ()
    erased = await house.set_up(
        lambda connection: erase_customer(connection, ADMINISTRATOR, dossier, "demande du 3 mars", env.now())
    )
    assert erased == 6
    assert await house.set_up(audit) == ()
    await house.set_up(rebuild)
    assert await house.set_up(audit) == ()
    opened = await lea.hub.open_subject(dossier, Purpose.CALL)
    assert {event.body for event in opened.events} == {None}
    assert len((await lea.hub.open_subject(other, Purpose.CALL)).events) == 1
    assert (await lea.hub.query(View.TIMELINE, {"dossier": str(dossier)})).rows == ()
    assert (await lea.hub.push([own[1]]))[0].outcome is Outcome.DUPLICATE
    left = await house.set_up(
        lambda connection: connection.exec_driver_sql("SELECT count(*) FROM event WHERE body LIKE :canary", {
            "canary": f"%{CANARY}%",
        }).scalar_one()
    )  # fmt: skip
    assert left == 1
    log = (await anne.hub.query(View.ACCESSES, {"dossier": str(dossier)})).rows
    assert [row["what"] for row in log] == ["dossier", "erasure"]
    await house.aclose()


async def test_as_much_is_erased_as_was_foreseen_what_a_tool_told_of_both_records_included(
    tmp_path: Path,
) -> None:
    env = FixedEnv()
    house = LocalHouse(tmp_path / "hub.db", HubCore(env), env)
    await house.set_up(hire)
    marc = await desk(house, MANAGER)
    await marc.send(PAIR, LINKED, a_link())
    for person in (ONE, OTHER):
        told = described(person, pair_of(ONE, OTHER), PARTY)
        await marc.send(told.stream, told.kind, told.body)
    there = await house.set_up(lambda connection: erasable(connection, ONE))
    assert (there.entries, there.in_pairs) == (1, 2)
    erased = await house.set_up(
        lambda connection: erase_customer(connection, ADMINISTRATOR, ONE, "demande", env.now())
    )
    assert erased == there.contents
    await house.aclose()
