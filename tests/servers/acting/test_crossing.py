"""Actions from the engine's loop: the calls cross to the connectors' loop and frozen values come back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from avise.connectors.action_contract import Outcome
from avise.connectors.contract import ConnectorError
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings
from avise.connectors.registry import Registry
from avise.engine.loops import LoopThread
from avise.engine.source_crossing import CrossingSources
from avise.env import SystemEnv
from avise.models.errors import ErrorKind
from tests.servers.acting.conftest import card, command
from tests.servers.acting.order_tool import Loss, order_tool
from tests.servers.host.conftest import MemorySecrets, MemorySnapshots
from tests.unit.connectors.declarative.acting_file import FILE


async def test_an_action_crosses_the_loops_with_its_errors(tmp_path: Path) -> None:
    path = tmp_path / "tool.toml"
    path.write_text(FILE, encoding="utf-8")
    thread = LoopThread("test connectors")
    thread.start()
    try:
        async with order_tool() as tool:
            settings = [InstanceSettings("tool", "tool", {"base_url": tool.base_url}, connector_file=path)]
            host = ConnectorHost(
                SystemEnv(), MemorySnapshots(), settings, MemorySecrets(), connectors=Registry()
            )
            await thread.call(host.start())
            await thread.call(host.opened())
            sources = CrossingSources(thread, host)
            offers = [offer.action for offer in sources.actions()]
            plan = await sources.plan_action("tool", card(), agent="lea", purpose="call")
            done = await sources.execute_action("tool", card(), agent="lea", purpose="call")
            found = await sources.verify_action("tool", card(), agent="lea", purpose="call")
            tool.loss = Loss.AFTER
            with pytest.raises(ConnectorError) as caught:
                await sources.execute_action("tool", command("pay", {}), agent="lea", purpose="call")
            tool.loss = Loss.NONE
            sending = asyncio.create_task(
                sources.execute_action("tool", command("note", {"text": "x"}), agent="lea", purpose="call")
            )
            tool.has_written.clear()
            await tool.has_written.wait()
            sending.cancel()
            await thread.call(host.aclose())
    finally:
        await asyncio.to_thread(thread.stop)
    assert offers == ["resend_card", "change_address", "note", "pay"]
    assert plan.changes
    assert (done.outcome, found.outcome) == (Outcome.DONE, Outcome.DONE)
    assert (caught.value.kind, caught.value.outcome_unknown) == (ErrorKind.UNAVAILABLE, True)
    assert len(tool.orders) == 3


async def test_an_instance_that_does_not_run_is_not_acted_upon(tmp_path: Path) -> None:
    host = ConnectorHost(SystemEnv(), MemorySnapshots(), [], MemorySecrets(), connectors=Registry())
    await host.start()
    with pytest.raises(ConnectorError) as caught:
        await host.execute_action("tool", card(), agent="lea", purpose="call")
    await host.aclose()
    assert (caught.value.kind, host.actions()) == (ErrorKind.CONFIG, ())
