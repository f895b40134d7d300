"""Whole engine, real tools: somebody leaves the network, acts, and comes back; it is all done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from avise.commands.show import find_person
from avise.demo.population.personas import PERSONAS
from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.models.commands import CommandReason, CommandState, OutboxItem
from avise.models.customer import PersonId
from avise.models.errors import ErrorKind
from avise.models.facets import FacetState, FacetView
from avise.models.network import NetworkMode
from avise.models.roles import Purpose
from avise.services.customer_updates import CustomerUpdate, FacetChanged
from avise.services.profile import load_profile
from tests.servers.engine.conftest import MutualInABox

AWAY = PERSONAS["P01"]
"""Not the one whose card others of this folder send again: they share the tools."""
READ = frozenset({FacetState.FRESH, FacetState.EMPTY, FacetState.TRUNCATED})
PATIENCE = 60.0


@pytest.fixture
def engine(mutual: MutualInABox, tmp_path: Path) -> Iterator[Engine]:
    """Open an engine that somebody works at."""
    opened = Engine(load_profile(mutual.profile(tmp_path / "profile"), device=""), SystemEnv(), at_desk=True)
    try:
        opened.start()
        opened.run(opened.directory_ready())
        yield opened
    finally:
        opened.stop()


async def seen(updates: AsyncIterator[CustomerUpdate], enough: int) -> dict[str, FacetView]:
    """Return the last view of each facet, once so many are told and none is being read."""
    found: dict[str, FacetView] = {}
    async with asyncio.timeout(PATIENCE):
        async for update in updates:
            if isinstance(update, FacetChanged):
                found[f"{update.view.facet}/{update.view.source}"] = update.view
                reading = [view for view in found.values() if view.refreshing]
                waiting = [view for view in found.values() if view.state is FacetState.WAITING]
                if len(found) >= enough and not reading and not waiting:
                    return found
    raise AssertionError("the file ended")


async def item_in(engine: Engine, item: OutboxItem, *states: CommandState) -> OutboxItem:
    """Follow the outbox until a command is in one of some states."""
    async with asyncio.timeout(PATIENCE), aclosing(engine.desk.outbox()) as changes:  # type: ignore[type-var]  # a generator
        async for shown in changes:
            for found in shown:
                if found.command_id == item.command_id and found.state in states:
                    return found
    raise AssertionError("the outbox ended")


def test_copies_answer_nothing_is_asked_and_what_was_promised_is_done_once_on_the_return(
    engine: Engine,
) -> None:
    async def work() -> None:
        network, desk = engine.network, engine.desk
        assert network is not None
        person: PersonId = await find_person(desk, AWAY.member_number)
        async with aclosing(desk.open_customer(person, Purpose.CALL)) as opened:  # type: ignore[type-var]  # a generator
            online = await seen(opened, 10)
            plan = await desk.plan_action(person, "parties", "resend_card", {"reason": "PERTE"})
        await network.choose(NetworkMode.OFFLINE)
        calls = {status.instance: status.calls_1h for status in await engine.sources.status()}
        async with aclosing(desk.open_customer(person, Purpose.CALL)) as opened:  # type: ignore[type-var]  # a generator
            away = await seen(opened, 10)
            failed = [view for view in away.values() if view.error is not None]
            assert {view.error.kind for view in failed if view.error} <= {ErrorKind.OFFLINE}
            kept = [name for name, view in online.items() if view.state in READ and view.records]
            assert any(away[name].records for name in kept if name in away)
            item = await desk.confirm_action(plan)
            waiting = await item_in(engine, item, CommandState.WAITING)
            assert waiting.reason is CommandReason.OFFLINE
            assert {status.instance: status.calls_1h for status in await engine.sources.status()} == calls
            await network.choose(None)
            done = await item_in(engine, item, CommandState.DONE)
            assert done.sends <= 2
            again = await seen(opened, 1)
            assert all(view.error is None for view in again.values())

    engine.run(work())


def test_an_engine_that_is_started_again_still_works_offline(mutual: MutualInABox, tmp_path: Path) -> None:
    folder = mutual.profile(tmp_path / "profile")
    for start in range(2):
        engine = Engine(load_profile(folder, device=""), SystemEnv(), at_desk=True)
        try:
            engine.start()
            assert engine.network is not None
            assert engine.network.is_offline is bool(start)
            engine.run(engine.network.choose(NetworkMode.OFFLINE))
        finally:
            engine.stop()
