"""Leaving a customer: nothing leaks, nothing is counted, and the next reading works."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from avise.connectors import flight
from avise.models.errors import ErrorKind
from avise.models.source_status import SourceState
from tests.servers.host.benefits_connector import BenefitsConnector, Found, facet, manifest_with
from tests.servers.host.conftest import CUSTOMER, HELENE, PATIENCE_S, Desk, Opening
from tests.servers.host.tool_server import after, answering, hanging, held, reply, rows, running_tool

GOOD = answering(reply({"rows": rows(2)}))


def start_reading(desk: Desk, *, force: bool = True) -> asyncio.Task[object]:
    """Read as a panel does, in a task that may be cancelled."""
    return asyncio.create_task(desk.last(force=force))


async def test_cancelling_at_any_moment_leaves_a_tool_that_works(open_desk: Opening) -> None:
    chance = random.Random(3)
    async with running_tool(after(0.01, GOOD)) as tool, open_desk({"benefits": tool.base_url}) as desk:
        for _ in range(30):
            reading = start_reading(desk)
            await asyncio.sleep(chance.random() * 0.025)
            reading.cancel()
            await asyncio.wait([reading])
            if chance.random() < 0.5:
                desk.host.leave(CUSTOMER)
        last = await desk.last(force=True)
        (row,) = desk.host.status()
    assert last.error is None
    assert len(last.records) == 2
    assert row.failures_1h == 0
    assert row.state is SourceState.UP_TO_DATE


async def test_a_left_reading_lands_in_the_store(open_desk: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flight, "DETACHED_S", PATIENCE_S)
    asked, answers = asyncio.Event(), asyncio.Event()
    async with (
        running_tool(held(asked, answers, GOOD)) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        reading = start_reading(desk)
        await asked.wait()
        reading.cancel()
        desk.host.leave(CUSTOMER)
        answers.set()
        async with asyncio.timeout(PATIENCE_S):
            while not desk.snapshots.kept:  # noqa: ASYNC110 - nobody is told any more
                await asyncio.sleep(0.01)
        assert [snapshot.count for snapshot in desk.snapshots.kept.values()] == [2]


async def test_a_left_reading_that_does_not_land_is_stopped_and_counts_nowhere(open_desk: Opening) -> None:
    found = Found(BenefitsConnector(manifest_with(facets=facet(deadline=timedelta(seconds=8)))))
    async with (
        running_tool(hanging) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        reading = start_reading(desk)
        await asyncio.sleep(0.05)
        desk.host.leave(CUSTOMER)
        async with asyncio.timeout(PATIENCE_S / 2):
            await asyncio.wait([reading])
        (row,) = desk.host.status()
    # The panel's iterator ended without a final reading: nobody looks any more.
    assert isinstance(reading.exception(), IndexError)
    assert (row.failures_1h, row.state) == (0, SourceState.NEVER_READ)


async def test_coming_back_within_the_second_follows_the_same_call(open_desk: Opening) -> None:
    asked, answers = asyncio.Event(), asyncio.Event()
    async with (
        running_tool(held(asked, answers, GOOD)) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        reading = start_reading(desk)
        await asked.wait()
        reading.cancel()
        await asyncio.wait([reading])
        back = asyncio.create_task(desk.last())
        await asyncio.sleep(0.02)
        answers.set()
        last = await back
        assert len(tool.asked) == 1
    assert len(last.records) == 2


async def test_leaving_drops_what_waits_in_the_queue(
    open_desk: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flight, "DETACHED_S", PATIENCE_S)
    found = Found(BenefitsConnector(manifest_with(concurrency=1, timeline=True)))
    asked, answers = asyncio.Event(), asyncio.Event()
    async with (
        running_tool(held(asked, answers, GOOD)) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        running = start_reading(desk)
        await asked.wait()
        timeline = desk.host.read_timeline("benefits", CUSTOMER, HELENE, agent="lea", purpose="call")
        waiting = asyncio.create_task(anext(timeline, None))
        await asyncio.sleep(0.02)
        desk.host.leave(CUSTOMER)
        assert await waiting is None
        assert not running.done()
        answers.set()
        await running
        assert tool.paths() == ["/benefits/0042"]


async def test_coming_back_to_a_dropped_reading_starts_another(open_desk: Opening) -> None:
    found = Found(BenefitsConnector(manifest_with(concurrency=1, timeline=True)))
    async with (
        running_tool(after(0.1, GOOD)) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        timeline = desk.host.read_timeline("benefits", CUSTOMER, HELENE, agent="lea", purpose="call")
        running = asyncio.create_task(anext(timeline, None))
        await asyncio.sleep(0.03)
        waiting = start_reading(desk)
        await asyncio.sleep(0.02)
        desk.host.leave(CUSTOMER)
        last = await desk.last()
        await asyncio.wait([running, waiting])
        await timeline.aclose()
    assert last.final
    assert len(last.records) == 2


async def test_a_cancelled_probe_does_not_stick(open_desk: Opening) -> None:
    found = Found(
        BenefitsConnector(manifest_with(facets=facet(deadline=timedelta(seconds=8)), timeline=True))
    )
    failing = answering(reply(b"", status=500))
    async with (
        running_tool(failing) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        for _ in range(4):
            await desk.last()
        desk.env.jump_s = 60.0
        tool.behaviour = hanging
        probe = start_reading(desk)
        await asyncio.sleep(0.05)
        timeline = desk.host.read_timeline("benefits", CUSTOMER, HELENE, agent="lea", purpose="call")
        refused = [reading async for reading in timeline]
        desk.host.leave(CUSTOMER)
        await asyncio.wait([probe])
        tool.behaviour = GOOD
        last = await desk.last()
    assert isinstance(probe.exception(), IndexError)
    assert last.error is None
    assert refused[-1].error is not None
    assert (refused[-1].error.kind, refused[-1].error.detail) == (ErrorKind.UNAVAILABLE, "circuit open")


async def test_closing_the_host_in_the_middle_stops_everything(open_desk: Opening) -> None:
    async with running_tool(hanging) as tool, open_desk({"benefits": tool.base_url}) as desk:
        readings = [start_reading(desk) for _ in range(3)]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(PATIENCE_S / 2):
            await desk.host.aclose()
            await asyncio.wait(readings)
