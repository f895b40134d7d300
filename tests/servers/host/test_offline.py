"""While there is no network no tool is called, nothing is waited for and no breaker counts it."""

from __future__ import annotations

import asyncio

import pytest

from avise.connectors.action_contract import ActionCommand
from avise.connectors.breaker import BreakerState
from avise.connectors.contract import ConnectorError
from avise.connectors.instance import InstanceState
from avise.connectors.network_gate import Shut
from avise.models.errors import ErrorKind, Origin
from tests.servers.host.conftest import CUSTOMER, PATIENCE_S, Desk, Opening
from tests.servers.host.tool_server import answering, hanging, reply, rows, running_tool

READINGS = 12
"""More than open a breaker."""


def told(desk: Desk) -> tuple[BreakerState, int, int]:
    instance = desk.host._roster.running["benefits"]
    return instance.breaker.state, instance.statistics.calls_1h, instance.statistics.failures_1h


async def test_readings_are_answered_at_once_and_nothing_leaves(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": rows(3)}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        assert (await desk.last()).error is None
        asked, before = len(tool.asked), told(desk)
        tool.behaviour = hanging
        desk.host.gate.shut = Shut.ALL
        async with asyncio.timeout(PATIENCE_S / 2):
            # One that hung would take its deadline.
            told_last = [await desk.last(force=True) for _ in range(READINGS)]
        last = told_last[-1]
        assert last.error is not None
        assert (last.error.kind, last.error.origin) == (ErrorKind.OFFLINE, Origin.HOST)
        assert (last.from_cache, len(last.records)) == (True, 3)
        assert (len(tool.asked), told(desk)) == (asked, before)
        tool.behaviour = answering(reply({"rows": rows(4)}))
        desk.host.gate.shut = Shut.NONE
        last = await desk.last(force=True)
    assert (last.error, len(last.records)) == (None, 4)


async def test_without_a_copy_the_block_says_offline(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": rows(3)}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        await desk.host.opened()
        desk.host.gate.shut = Shut.ALL
        last = await desk.last()
        assert tool.asked == []
    assert last.error is not None
    assert (last.error.kind, last.records) == (ErrorKind.OFFLINE, ())


async def test_whatever_else_is_asked_of_a_tool_is_refused_as_well(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": rows(3)}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        await desk.host.opened()
        desk.host.gate.shut = Shut.ALL
        command = ActionCommand("nothing", "c1", CUSTOMER, {}, {}, desk.env.now(), "lea")
        with pytest.raises(ConnectorError) as refused:
            [batch async for batch in desk.host.changes("benefits")]
        report = await desk.host.check("benefits")
        with pytest.raises(ConnectorError):
            await desk.host.execute_action("benefits", command, agent="lea", purpose="call")
        assert (tool.asked, told(desk)) == ([], (BreakerState.CLOSED, 0, 0))
    assert refused.value.kind in (ErrorKind.OFFLINE, ErrorKind.UNSUPPORTED)
    assert report.detail == "working offline"


async def test_a_tool_set_apart_while_offline_is_tried_at_once_when_the_network_is_back(
    open_desk: Opening,
) -> None:
    async with (
        running_tool(answering(reply(b"", status=503))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        await desk.host.opened()
        instance = desk.host._roster.running["benefits"]
        for _ in range(READINGS):
            await desk.last(force=True)
        assert instance.breaker.state is BreakerState.OPEN
        tool.behaviour = answering(reply({"rows": rows(2)}))
        await desk.host.network_back()
        last = await desk.last(force=True)
        assert instance.state is InstanceState.READY
    assert (last.error, len(last.records)) == (None, 2)
