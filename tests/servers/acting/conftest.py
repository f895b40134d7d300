"""A connector file that acts, opened by the host over a tool of the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult
from avise.connectors.contract import ConnectorError
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings
from avise.connectors.registry import Registry
from avise.env import SystemEnv
from avise.models.customer import CustomerKey
from avise.models.json_types import JSON
from tests.servers.acting.order_tool import MEMBER, OrderTool
from tests.servers.host.conftest import MemorySecrets, MemorySnapshots
from tests.unit.connectors.declarative.acting_file import FILE

CUSTOMER = CustomerKey(UUID(int=7), {"tool.member": MEMBER, "other.scheme": "x"})
FIRST, SECOND = "0197f3a0-0000-7000-8000-000000000001", "0197f3a0-0000-7000-8000-000000000002"


def command(
    action: str,
    values: Mapping[str, JSON],
    command_id: str = FIRST,
    *,
    precondition: Mapping[str, str] | None = None,
    customer: CustomerKey = CUSTOMER,
) -> ActionCommand:
    """Return a command as the outbox makes it."""
    moment = datetime(2026, 3, 24, 23, 30, tzinfo=UTC)
    return ActionCommand(action, command_id, customer, values, precondition or {}, moment, "lea.girard")


def card(command_id: str = FIRST, motif: str = "PERTE") -> ActionCommand:
    return command("resend_card", {"motif": motif}, command_id)


class Bench:
    """A host with one instance, "tool"."""

    def __init__(self, host: ConnectorHost) -> None:
        self.host = host

    async def plan(self, asked: ActionCommand) -> ActionPlan:
        return await self.host.plan_action("tool", asked, agent="lea", purpose="call")

    async def execute(self, asked: ActionCommand) -> ActionResult:
        return await self.host.execute_action("tool", asked, agent="lea", purpose="call")

    async def verify(self, asked: ActionCommand) -> ActionResult:
        return await self.host.verify_action("tool", asked, agent="lea", purpose="call")

    async def refused(self, asked: ActionCommand) -> ConnectorError:
        """Return the error of a command that must fail."""
        with pytest.raises(ConnectorError) as caught:
            await self.execute(asked)
        return caught.value


OpenBench = Callable[..., AbstractAsyncContextManager[Bench]]


@pytest.fixture
def open_bench(tmp_path: Path) -> OpenBench:
    """Open the file over a tool, or over an address."""

    @asynccontextmanager
    async def opening(tool: OrderTool | str, text: str = FILE) -> AsyncIterator[Bench]:
        address = tool if isinstance(tool, str) else tool.base_url
        path = tmp_path / "tool.toml"
        path.write_text(text, encoding="utf-8")
        settings = [InstanceSettings("tool", "tool", {"base_url": address}, connector_file=path)]
        host = ConnectorHost(SystemEnv(), MemorySnapshots(), settings, MemorySecrets(), connectors=Registry())
        await host.start()
        await host.opened()
        try:
            yield Bench(host)
        finally:
            await host.aclose()

    return opening
