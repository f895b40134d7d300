"""A right withdrawn while somebody was away: the command does not leave, its author is told once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from avise.engine.lost_rights import LostRights
from avise.models.commands import CommandReason, CommandState
from avise.models.errors import AviseError
from avise.models.roles import Role
from avise.models.tasks import NewTask
from avise.services.outbox_sending import Right
from tests.unit.services.acting_tools import MEMBER, action_offer, until
from tests.unit.services.test_outbox import Office


@dataclass
class Told:
    """Notes and tasks of a desk."""

    kept: dict[str, str] = field(default_factory=dict)
    tasks: list[NewTask] = field(default_factory=list)
    refuses: bool = False

    async def note(self, name: str, value: str) -> None:
        self.kept[name] = value

    async def noted(self, name: str) -> str:
        return self.kept.get(name, "")

    async def add(self, new: NewTask) -> None:
        if self.refuses and "carte neuve" in new.words:
            raise AviseError("note.restricted")
        self.tasks.append(new)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    await found.open()
    found.tools.action_offers = [action_offer("benefits")]
    yield found
    await found.close()


async def test_a_command_waits_for_the_hub_then_leaves(office: Office) -> None:
    said = [Right.UNTOLD]
    office.outbox.right_by_hub = lambda: (said[0], Role.AGENT)
    (item,) = await office.confirm()
    await office.rest()
    assert (office.state(item), office.tools.sendings) == (CommandState.CONFIRMED, [])
    said[0] = Right.HELD
    office.env.advance(timedelta(seconds=60))
    await office.reaches(item, CommandState.DONE)


@pytest.mark.parametrize("refuses", [False, True])
async def test_a_right_that_was_withdrawn_meanwhile_gives_one_task_and_keeps_what_was_asked(
    office: Office, refuses: bool
) -> None:
    told = Told(refuses=refuses)
    lost = LostRights(office.outbox.visible, told.add, told, office.env)
    office.outbox.tell_lost_rights(lost.look_soon)
    office.outbox.right_by_hub = lambda: (Right.LOST, Role.AGENT)
    (item,) = await office.confirm()
    refused = await office.reaches(item, CommandState.REJECTED)
    assert (refused.reason, office.tools.sendings) == (CommandReason.RIGHTS, [])
    await until(lambda: len(told.tasks) == 1)
    assert told.tasks[0].person == MEMBER
    assert item.label in told.tasks[0].words
    assert (item.summary in told.tasks[0].words) is not refuses
    await lost.look()
    assert len(told.tasks) == 1
    content = await office.commands.content(item.command_id)
    assert content is not None
    await lost.aclose()


async def test_a_role_that_the_hub_gives_counts_beside_that_of_the_profile(office: Office) -> None:
    office.outbox.right_by_hub = lambda: (Right.HELD, Role.AUDITOR)
    (item,) = await office.confirm()
    assert (await office.reaches(item, CommandState.REJECTED)).reason is CommandReason.RIGHTS


async def test_what_was_refused_just_before_the_end_is_told_at_the_next_start(office: Office) -> None:
    office.outbox.right_by_hub = lambda: (Right.LOST, Role.AGENT)
    (item,) = await office.confirm()
    await office.reaches(item, CommandState.REJECTED)
    told = Told()
    again = LostRights(office.outbox.visible, told.add, told, office.env)
    await again.look()
    assert len(told.tasks) == 1
