"""A change planned without network meets what others changed meanwhile: nothing lost, nothing by surprise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from avise.connectors.action_contract import (
    ActionCommand,
    ActionInput,
    ActionOffer,
    ActionPlan,
    ActionResult,
    CopiedRecord,
    InputType,
)
from avise.connectors.contract import Completeness, ConnectorError, Record
from avise.connectors.readings import FacetReading
from avise.engine.lost_rights import LostRights
from avise.models.commands import (
    CommandReason,
    CommandState,
    ConfirmRule,
    Idempotency,
    OfflineRule,
    OutboxItem,
)
from avise.models.errors import AviseError, ErrorKind, Failure, Origin
from avise.models.journal import EventKind
from avise.models.merging import Choice, Keep, Side
from avise.models.roles import Role, Session
from avise.models.tasks import NewTask
from avise.services.outbox import Outbox
from avise.store.journal import Journal
from avise.store.outbox import Commands
from avise.store.store import Store
from tests.unit.services.acting_tools import (
    ActingTools,
    SmallDirectory,
    TurnedEnv,
    action_offer,
    entry,
    until,
)
from tests.unit.services.facts_builder import NOW
from tests.unit.services.scripted_sources import offer

KEY = bytes(range(32))
S = CommandState
FIELDS = (
    ("contact_points.value", "line"),
    ("contact_points.postcode", "postcode"),
    ("contact_points.city", "city"),
)
OLD = {"line": "4 rue Basse", "postcode": "44000", "city": "Nantes"}
MINE = {"line": "8 rue du Moulin", "postcode": "44000", "city": "Nantes"}
NO_NETWORK = ConnectorError(ErrorKind.OFFLINE, "no network", origin=Origin.HOST)
VALUE = "contact_points.value"


def change_of_address(**more: object) -> ActionOffer:
    usual: dict[str, object] = {
        "label": "Changer l’adresse postale",
        "idempotency": Idempotency.NATURAL,
        "inputs": tuple(ActionInput(name, InputType.TEXT, name) for _, name in FIELDS),
        "touches": ("contact_points",),
        "needs_ids": ("parties.party",),
        "fields": FIELDS,
        "copied": CopiedRecord("contact_points", "kind == 'address'", "contact_points"),
    }
    return action_offer("parties", "change_address", **(usual | more))


@dataclass(slots=True)
class AddressTool(ActingTools):
    """A tool that holds one address, with or without the network to reach it."""

    address: dict[str, str] = field(default_factory=lambda: dict(OLD))
    is_online: bool = False
    written: list[Mapping[str, object]] = field(default_factory=list)

    def copy(self, address: Mapping[str, str]) -> None:
        data = {"kind": "address", "value": address["line"], **{k: address[k] for k in ("postcode", "city")}}
        other = Record("mail", {"kind": "email", "value": "someone@example.org"})
        self.readings[("parties", "contact_points")] = (
            FacetReading(
                "parties", "contact_points", (other, Record("home", data, version="v1")), fetched_at=NOW,
                final=True, completeness=Completeness.COMPLETE,
                error=None if self.is_online else Failure(ErrorKind.OFFLINE, Origin.HOST),
            ),
        )  # fmt: skip

    async def plan_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionPlan:
        del instance, agent, purpose
        self.plans.append(command)
        if not self.is_online:
            raise NO_NETWORK
        changes = tuple(
            (name, self.address[given], str(command.input[given]))
            for name, given in FIELDS
            if self.address[given] != command.input[given]
        )
        return ActionPlan("Nouvelle adresse", changes, precondition={"contact_points": self.version()})

    def version(self) -> str:
        return "|".join(self.address.values())

    async def execute_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        if not self.is_online:
            raise NO_NETWORK
        assert command.precondition == {"contact_points": self.version()}
        self.address = {name: str(command.input[name]) for _, name in FIELDS}
        self.written.append(dict(command.input))
        return await super(AddressTool, self).execute_action(instance, command, agent=agent, purpose=purpose)


class Laptop:
    """A representative's outbox, out of the network until told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "store.db"
        self.env = TurnedEnv()
        self.tool = AddressTool([offer("parties", "contact_points", needs=("parties.party",))])
        self.tool.action_offers = [change_of_address()]
        self.tool.copy(OLD)
        self.role = Role.REP

    async def open(self) -> None:
        self.store = await Store.open(self.path, KEY, self.env)
        self.journal = Journal(self.store, self.env)
        session = Session("bruno.kerhoas", "Bruno Kerhoas", self.role, "portable-1")
        commands = Commands(self.store, self.env, self.journal, session.user)
        self.outbox = Outbox(session, self.tool, SmallDirectory(), commands, self.env)
        await self.outbox.start()

    async def close(self) -> None:
        await self.outbox.aclose()
        await self.store.aclose()

    async def promised(self, given: Mapping[str, str] = MINE) -> OutboxItem:
        plan = await self.outbox.plan(entry(), "visit", "parties", "change_address", given)
        (item,) = await self.outbox.confirm([plan])
        return item

    async def waits(self, item: OutboxItem) -> None:
        await until(lambda: self.outbox.item(item.command_id).state is S.WAITING)

    async def comes_back(self, item: OutboxItem, state: CommandState, days: int = 4) -> OutboxItem:
        self.env.advance(timedelta(days=days))
        self.tool.is_online = True
        self.tool.copy(self.tool.address)
        await self.outbox.network_back()
        await until(lambda: self.outbox.item(item.command_id).state is state)
        return self.outbox.item(item.command_id)

    async def collided(self) -> OutboxItem:
        item = await self.promised()
        await self.waits(item)
        self.tool.address = {"line": "1 place Graslin", "postcode": "44100", "city": "Nantes"}
        return await self.comes_back(item, S.CONFLICT)


@pytest.fixture
async def laptop(tmp_path: Path) -> AsyncIterator[Laptop]:
    found = Laptop(tmp_path)
    await found.open()
    yield found
    await found.close()


async def chosen(laptop: Laptop, item: OutboxItem, keep: Keep) -> dict[str, Choice]:
    """Return what a person chooses on the screen, for each field that waits."""
    found = await laptop.outbox.compare(item.command_id)
    return {each.name: each.choice(keep) for each in found.open}


async def test_a_change_is_planned_on_what_is_on_board_and_leaves_days_later_as_it_was_asked(
    laptop: Laptop,
) -> None:
    plan = await laptop.outbox.plan(entry(), "visit", "parties", "change_address", MINE)
    assert plan.changes == ((VALUE, "4 rue Basse", "8 rue du Moulin"),)
    assert plan.content.on_copy
    (item,) = await laptop.outbox.confirm([plan])
    await laptop.waits(item)
    waiting = laptop.outbox.item(item.command_id)
    assert (waiting.reason, waiting.sends) == (CommandReason.OFFLINE, 0)
    done = await laptop.comes_back(item, S.DONE, days=6)
    assert (done.sends, laptop.tool.written) == (1, [MINE])


async def test_what_others_alone_changed_is_taken_over_without_a_question(laptop: Laptop) -> None:
    item = await laptop.promised()
    await laptop.waits(item)
    laptop.tool.address = {**OLD, "postcode": "44100"}
    await laptop.comes_back(item, S.DONE)
    assert laptop.tool.written == [{**MINE, "postcode": "44100"}]


async def test_what_others_changed_alike_is_no_collision(laptop: Laptop) -> None:
    item = await laptop.promised()
    await laptop.waits(item)
    laptop.tool.address = dict(MINE)
    await laptop.comes_back(item, S.DONE)
    assert laptop.tool.address == MINE


async def test_nothing_leaves_once_others_changed_the_same_field_and_the_three_values_are_told(
    laptop: Laptop,
) -> None:
    item = await laptop.collided()
    assert (item.reason, item.sends, laptop.tool.written) == (CommandReason.CONFLICT, 0, [])
    found = await laptop.outbox.compare(item.command_id)
    street, postcode = found.fields
    assert (street.before, street.mine, street.theirs) == (
        "4 rue Basse", "8 rue du Moulin", "1 place Graslin",
    )  # fmt: skip
    assert (street.side, street.keep) == (Side.BOTH, None)
    assert (postcode.side, postcode.keep, postcode.theirs) == (Side.THEIRS, Keep.THEIRS, "44100")
    assert found.open == (street,)


@pytest.mark.parametrize(
    ("old", "mine", "theirs"),
    [
        ("", "Compte FR7630001007941234567890185", "Compte FR7630001007941234567987185"),
        ("x" * 400, "x" * 400 + " au 2", "x" * 400 + " au 3"),
    ],
    ids=["masked alike", "cut alike"],
)
async def test_what_is_shown_alike_is_compared_whole(
    laptop: Laptop, old: str, mine: str, theirs: str
) -> None:
    laptop.tool.address = {**OLD, "line": old}
    laptop.tool.copy(laptop.tool.address)
    plan = await laptop.outbox.plan(entry(), "visit", "parties", "change_address", {**OLD, "line": mine})
    (item,) = await laptop.outbox.confirm([plan])
    await laptop.waits(item)
    laptop.tool.address = {**OLD, "line": theirs}
    await laptop.comes_back(item, S.CONFLICT)
    assert laptop.tool.written == []
    (street,) = (await laptop.outbox.compare(item.command_id)).open
    assert street.theirs != theirs
    assert theirs not in str(street.seen)
    settled = await laptop.outbox.settle(entry(), item.command_id, await chosen(laptop, item, Keep.MINE))
    await until(lambda: laptop.outbox.item(settled.command_id).state is S.DONE)
    assert laptop.tool.address["line"] == mine


@pytest.mark.parametrize("keep", list(Keep))
async def test_a_choice_is_applied_once(laptop: Laptop, keep: Keep) -> None:
    item = await laptop.collided()
    choices = await chosen(laptop, item, keep)
    settled = await laptop.outbox.settle(entry(), item.command_id, choices)
    if keep is Keep.MINE:
        await until(lambda: laptop.outbox.item(settled.command_id).state is S.DONE)
        assert laptop.tool.written == [{**MINE, "postcode": "44100"}]
    else:
        assert laptop.tool.written == []
    assert laptop.outbox.item(item.command_id).acknowledged
    assert item.command_id not in {found.command_id for found in laptop.outbox.visible()}
    if keep is Keep.MINE:
        again = await laptop.outbox.settle(entry(), item.command_id, choices)
        assert again.command_id == settled.command_id
        assert len(laptop.tool.written) == 1


async def test_a_settlement_that_was_cut_between_its_two_writes_goes_on_and_sends_once(
    laptop: Laptop,
) -> None:
    item = await laptop.collided()
    choices = await chosen(laptop, item, Keep.MINE)
    cut = laptop.outbox._apply

    async def never(*_: object) -> OutboxItem:
        raise AviseError("store.full")

    laptop.outbox._apply = never  # type: ignore[method-assign, assignment]  # the program ends here
    with pytest.raises(AviseError, match=r"store\.full"):
        await laptop.outbox.settle(entry(), item.command_id, choices)
    laptop.outbox._apply = cut  # type: ignore[method-assign]
    settled = await laptop.outbox.settle(entry(), item.command_id, choices)
    await until(lambda: laptop.outbox.item(settled.command_id).state is S.DONE)
    assert len(laptop.tool.written) == 1
    assert laptop.outbox.item(item.command_id).acknowledged


async def test_choices_are_kept_across_a_start_and_nothing_leaves_meanwhile(laptop: Laptop) -> None:
    item = await laptop.collided()
    await laptop.outbox.note_choices(item.command_id, await chosen(laptop, item, Keep.MINE))
    await laptop.close()
    await laptop.open()
    (street, _) = (await laptop.outbox.compare(item.command_id)).fields
    assert (street.keep, laptop.tool.written) == (Keep.MINE, [])


async def test_a_choice_made_on_what_changed_again_is_asked_again(laptop: Laptop) -> None:
    item = await laptop.collided()
    choices = await chosen(laptop, item, Keep.MINE)
    await laptop.outbox.note_choices(item.command_id, choices)
    laptop.tool.address = {**laptop.tool.address, "line": "2 quai de la Fosse"}
    with pytest.raises(AviseError, match=r"conflict\.changed_again"):
        await laptop.outbox.settle(entry(), item.command_id, choices)
    (street, _) = (await laptop.outbox.compare(item.command_id)).fields
    assert (street.theirs, street.keep) == ("2 quai de la Fosse", None)
    assert laptop.tool.written == []


async def test_a_collision_is_settled_once_only(laptop: Laptop) -> None:
    item = await laptop.collided()
    await laptop.outbox.settle(entry(), item.command_id, await chosen(laptop, item, Keep.THEIRS))
    with pytest.raises(AviseError, match=r"conflict\.settled"):
        await laptop.outbox.compare(item.command_id)


async def test_a_collision_is_compared_with_the_network_only(laptop: Laptop) -> None:
    item = await laptop.collided()
    laptop.tool.is_online = False
    with pytest.raises(AviseError, match=r"acting\.no_answer"):
        await laptop.outbox.compare(item.command_id)


async def test_a_collision_is_journaled_with_its_choice(laptop: Laptop) -> None:
    item = await laptop.collided()
    await laptop.outbox.settle(entry(), item.command_id, await chosen(laptop, item, Keep.MINE))
    told = await laptop.journal.under("customer/")
    promised = [event.body["changes"] for event in told if event.kind is EventKind.COMMAND_CONFIRMED]
    assert promised == [
        [[VALUE, "4 rue Basse", "8 rue du Moulin"]],
        [[VALUE, "1 place Graslin", "8 rue du Moulin"]],
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"copied": None},
        {"offline": OfflineRule.REFUSE},
        {"confirm": ConfirmRule.SECOND_AGENT},
        {"copied": CopiedRecord("contact_points", "kind == 'phone'")},
    ],
)
async def test_nothing_else_is_planned_without_its_tool(laptop: Laptop, more: dict[str, object]) -> None:
    laptop.tool.action_offers = [change_of_address(**more)]
    with pytest.raises(AviseError, match=r"acting\.not_reread"):
        await laptop.outbox.plan(entry(), "visit", "parties", "change_address", MINE)


async def test_a_tool_that_fails_beside_a_network_is_never_replaced_by_a_copy(laptop: Laptop) -> None:
    (reading,) = laptop.tool.readings[("parties", "contact_points")]
    down = replace(reading, error=Failure(ErrorKind.UNAVAILABLE, Origin.SOURCE))
    laptop.tool.readings[("parties", "contact_points")] = (down,)
    with pytest.raises(AviseError, match=r"acting\.not_reread"):
        await laptop.outbox.plan(entry(), "visit", "parties", "change_address", MINE)


async def test_a_plan_made_at_the_tool_is_looked_at_again_when_it_waited_for_long(laptop: Laptop) -> None:
    laptop.tool.is_online = True
    laptop.tool.copy(OLD)
    plan = await laptop.outbox.plan(entry(), "visit", "parties", "change_address", MINE)
    (item,) = await laptop.outbox.confirm([plan], undo=timedelta(minutes=10))
    laptop.tool.address = {**OLD, "line": "1 place Graslin"}
    laptop.env.advance(timedelta(minutes=11))
    laptop.outbox.look_at_answers()
    await until(lambda: laptop.outbox.item(item.command_id).state is S.CONFLICT)
    assert laptop.tool.written == []


async def test_values_of_a_comparison_never_show_where_it_is_printed(laptop: Laptop) -> None:
    item = await laptop.collided()
    found = repr(await laptop.outbox.compare(item.command_id))
    assert not any(value in found for value in ("Moulin", "Graslin", "Basse", "MARCHAND"))


async def test_a_collision_gives_one_task_that_names_no_value(laptop: Laptop) -> None:
    tasks: list[NewTask] = []
    noted: dict[str, str] = {}

    class Notes:
        async def note(self, name: str, value: str) -> None:
            noted[name] = value

        async def noted(self, name: str) -> str:
            return noted.get(name, "")

    async def add(new: NewTask) -> None:
        tasks.append(new)

    told = LostRights(laptop.outbox.visible, add, Notes(), laptop.env)
    laptop.outbox.tell_lost_rights(told.look_soon)
    item = await laptop.collided()
    await until(lambda: len(tasks) == 1)
    await told.look()
    (task,) = tasks
    assert task.person == item.person
    assert item.label in task.words
    assert not any(value in task.words for value in ("Moulin", "Graslin", "Basse"))
    await told.aclose()
