"""An address changed on the road and at the office, on the real tools: nothing is lost or overwritten."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from pathlib import Path

import pytest

from avise.commands.show import find_person
from avise.demo.population.personas import PERSONAS
from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.models.commands import CommandState, OutboxItem
from avise.models.customer import PersonId
from avise.models.merging import Choice, Keep, Side
from avise.models.network import NetworkMode
from avise.models.roles import Purpose
from avise.services.customer_updates import OpeningSettled
from avise.services.profile import load_profile
from tests.servers.engine.conftest import MutualInABox

MEMBER = PERSONAS["P00"]
S = CommandState
ROAD, OFFICE = "8 rue du Moulin", "1 place Graslin"
VALUE = "contact_points.value"


class Desk:
    """One engine on the tools of the box."""

    def __init__(self, folder: Path) -> None:
        self.engine = Engine(load_profile(folder, device=""), SystemEnv(), at_desk=True)
        self.engine.start()
        self.engine.run(self.engine.directory_ready())
        self.person: PersonId = self.engine.run(find_person(self.engine.desk, MEMBER.member_number))

    def open_file(self) -> None:
        """Read the customer, so that copies are here."""

        async def read() -> None:
            updates = self.engine.desk.open_customer(self.person, Purpose.VISIT)
            async with asyncio.timeout(60), aclosing(updates) as opened:  # type: ignore[type-var]
                async for update in opened:
                    if isinstance(update, OpeningSettled):
                        return

        self.engine.run(read())

    def promised(self, given: Mapping[str, str]) -> OutboxItem:
        async def promise() -> OutboxItem:
            plan = await self.engine.desk.plan_action(self.person, "parties", "change_address", given)
            return await self.engine.desk.confirm_action(plan)

        return self.engine.run(promise())

    def reaches(self, item: OutboxItem, *states: CommandState) -> OutboxItem:
        async def follow() -> OutboxItem:
            async with asyncio.timeout(60), aclosing(self.engine.desk.outbox()) as changes:  # type: ignore[type-var]
                async for shown in changes:
                    for found in shown:
                        if found.command_id == item.command_id and found.state in states:
                            return found
            raise AssertionError("the outbox ended")

        return self.engine.run(follow())

    def before(self) -> dict[str, str]:
        """Return the address that the tool holds, by what a change of all of it would show."""

        async def planned() -> dict[str, str]:
            given = {"line": "99 rue d’Essai", "postcode": "99999", "city": "Essai"}
            plan = await self.engine.desk.plan_action(self.person, "parties", "change_address", given)
            return {name.rpartition(".")[2]: was for name, was, _ in plan.changes}

        return self.engine.run(planned())

    def network(self, mode: NetworkMode | None) -> None:
        self.engine.run(self.engine.desk.choose_network(mode))


@pytest.fixture
def desks(mutual: MutualInABox, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    road, office = (Desk(mutual.profile(tmp_path / name)) for name in ("road", "office"))
    yield road, office
    for desk in (road, office):
        desk.engine.stop()


@pytest.mark.parametrize("keep", list(Keep))
def test_an_address_changed_on_both_sides_waits_for_the_choice_and_is_applied_once(
    desks: tuple[Desk, Desk], keep: Keep
) -> None:
    road, office = desks
    was = office.before()
    road.open_file()
    road.network(NetworkMode.OFFLINE)
    mine = {"line": f"{ROAD} {keep}", "postcode": was["postcode"], "city": was["city"]}
    item = road.promised(mine)
    assert next(before for name, before, _ in item.changes if name == VALUE) == was["value"]
    assert road.reaches(item, S.WAITING).sends == 0
    postcode = {Keep.MINE: "44100", Keep.THEIRS: "44200"}[keep]
    theirs = {"line": f"{OFFICE} {keep}", "postcode": postcode, "city": was["city"]}
    office.reaches(office.promised(theirs), S.DONE)

    road.network(None)
    collided = road.reaches(item, S.CONFLICT)
    assert collided.sends == 0
    assert office.before()["value"] == theirs["line"]
    found = road.engine.run(road.engine.desk.compare_item(item.command_id))
    values = {each.name: each for each in found.fields}
    street = values[VALUE]
    assert (street.before, street.mine, street.theirs) == (was["value"], mine["line"], theirs["line"])
    assert values["contact_points.postcode"].side is Side.THEIRS

    choices = {VALUE: Choice(keep, street.seen)}
    settled = road.engine.run(road.engine.desk.settle_item(item.command_id, choices))
    if keep is Keep.MINE:
        road.reaches(settled, S.DONE)
    held = office.before()
    assert held["value"] == (mine if keep is Keep.MINE else theirs)["line"]
    assert held["postcode"] == postcode
