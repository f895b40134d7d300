"""Acting on the real tools through the whole engine: a card, an address in several tools, a tool down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from avise.cli import main
from avise.commands.show import find_person
from avise.demo.faults import FaultKind
from avise.demo.population.personas import PERSONAS
from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.models.commands import TERMINAL, CommandReason, CommandState, OutboxItem, group_reports
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.facets import FacetView
from avise.models.roles import Purpose
from avise.services.customer_updates import CustomerUpdate, FacetChanged, OpeningSettled
from avise.services.profile import load_profile
from tests.servers.engine.conftest import MutualInABox

LEAD = PERSONAS["P00"]
ADDRESS = {"line": "3 quai de l’Écluse", "postcode": "44000", "city": "Nantes"}
S = CommandState


@pytest.fixture
def folder(mutual: MutualInABox, tmp_path: Path) -> Path:
    return mutual.profile(tmp_path / "profile")


@pytest.fixture
def engine(mutual: MutualInABox, folder: Path) -> Iterator[Engine]:
    """Open an engine that somebody works at: commands leave from it."""
    opened = Engine(load_profile(folder, device=""), SystemEnv(), at_desk=True)
    try:
        opened.start()
        opened.run(opened.directory_ready())
        yield opened
    finally:
        opened.stop()
        for name in mutual.tools.tools:
            mutual.set_fault(name, FaultKind.NONE)


async def member(engine: Engine) -> PersonId:
    return await find_person(engine.desk, LEAD.member_number)


async def settled(
    engine: Engine, *items: OutboxItem, states: frozenset[CommandState] = TERMINAL
) -> list[OutboxItem]:
    """Follow the outbox until commands are in one of some states."""
    wanted = {item.command_id for item in items}
    async with asyncio.timeout(60), aclosing(engine.desk.outbox()) as changes:  # type: ignore[type-var]  # desks give generators
        async for shown in changes:
            found = [item for item in shown if item.command_id in wanted]
            if len(found) == len(wanted) and all(item.state in states for item in found):
                return found
    raise AssertionError("the outbox ended")


def test_a_card_is_sent_again_and_read_back_on_the_screen(engine: Engine) -> None:
    async def work() -> tuple[OutboxItem, FacetView, FacetView]:
        person = await member(engine)
        updates = engine.desk.open_customer(person, Purpose.CALL)
        async with aclosing(updates) as opened:  # type: ignore[type-var]  # desks give generators
            before = await last_view(
                opened, "rights", until=lambda update: isinstance(update, OpeningSettled)
            )
            offers = await engine.desk.actions(person)
            assert ("parties", "resend_card") in {(offer.instance, offer.action) for offer in offers}
            plan = await engine.desk.plan_action(person, "parties", "resend_card", {"reason": "PERTE"})
            assert plan.changes
            item = await engine.desk.confirm_action(plan)
            (done,) = await settled(engine, item)
            after = await last_view(opened, "rights", until=lambda update: changed(update, before))
        return done, before, after

    done, before, after = engine.run(work())
    assert (done.state, done.purpose) == (S.DONE, "call")
    assert done.reference
    assert cards(after) != cards(before)


async def last_view(
    updates: AsyncIterator[CustomerUpdate], facet: str, *, until: Callable[[CustomerUpdate], bool]
) -> FacetView:
    view: FacetView | None = None
    async with asyncio.timeout(60):
        async for update in updates:
            if isinstance(update, FacetChanged) and update.view.facet == facet:
                view = update.view
            if until(update):
                break
    assert view is not None
    return view


def changed(update: CustomerUpdate, before: FacetView) -> bool:
    if not isinstance(update, FacetChanged) or update.view.facet != before.facet:
        return False
    return cards(update.view) != cards(before)


def cards(view: FacetView) -> list[tuple[object, object]]:
    return [(record.data["edition"], record.data["sent_on"]) for record in view.records]


def test_an_address_is_changed_in_every_tool_with_a_report(engine: Engine) -> None:
    async def work() -> tuple[set[str], list[OutboxItem]]:
        person = await member(engine)
        plan = await engine.desk.plan_everywhere(person, "change_address", ADDRESS)
        assert plan.refused == ()
        items = await engine.desk.confirm_actions(plan.plans)
        states = TERMINAL | {S.ACCEPTED}
        return {found.offer.instance for found in plan.plans}, await settled(engine, *items, states=states)

    instances, items = engine.run(work())
    assert len(instances) > 1
    assert {item.state for item in items} <= {S.DONE, S.ACCEPTED}
    (report,) = group_reports(items)
    assert len(report.done) == len(instances)
    assert (report.not_done, report.uncertain, report.under_way) == ((), (), ())


def test_a_tool_that_goes_down_is_waited_for_and_the_list_says_so(
    engine: Engine, mutual: MutualInABox, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def promise() -> OutboxItem:
        person = await member(engine)
        plan = await engine.desk.plan_action(person, "parties", "resend_card", {"reason": "VOL"})
        mutual.set_fault("parties", FaultKind.DOWN)
        item = await engine.desk.confirm_action(plan)
        waits = frozenset({S.WAITING, S.UNKNOWN})
        (waiting,) = await settled(engine, item, states=waits)
        with pytest.raises(AviseError) as refused:
            await engine.desk.plan_action(person, "parties", "resend_card", {"reason": "VOL"})
        assert refused.value.message_key in ("acting.no_answer", "acting.not_reread")
        return waiting

    waiting = engine.run(promise())
    assert waiting.reason in (CommandReason.UNAVAILABLE, CommandReason.BREAKER)
    assert main(["--profile", str(folder), "outbox", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["commands"]
    assert (listed["id"], listed["state"], listed["sends"]) == (str(waiting.command_id), "waiting", 1)
    assert main(["--profile", str(folder), "outbox"]) == 0
    assert "En attente" in capsys.readouterr().out

    async def mend() -> OutboxItem:
        mutual.set_fault("parties", FaultKind.NONE)
        await engine.desk.retry_source("parties")
        (done,) = await settled(engine, waiting)
        return done

    done = engine.run(mend())
    assert (done.state, done.uncertain) == (S.DONE, False)


def test_a_command_line_lists_and_promises_nothing(mutual: MutualInABox, folder: Path) -> None:
    with Engine.open(folder) as reader:
        reader.run(reader.directory_ready())

        async def promise() -> str:
            person = await member(reader)
            plan = await reader.desk.plan_action(person, "parties", "resend_card", {"reason": "PERTE"})
            with pytest.raises(AviseError) as refused:
                await reader.desk.confirm_action(plan)
            return refused.value.message_key

        assert reader.run(promise()) == "outbox.not_here"
