"""A member with cards, contracts and an address in three tools, served by the real demo tools."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult
from avise.connectors.contract import ConnectorError
from avise.connectors.host import ConnectorHost
from avise.connectors.readings import FacetReading, TimelineReading
from avise.demo.faults import RESTORED, Fault, FaultKind, break_tool
from avise.demo.launcher import DemoTools
from avise.demo.population.entities import Card, ContactPoint, Contract, Dossier
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import lay_down
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.json_types import JSON
from tests.servers.tools_a.world import SPEC, ids, person
from tests.servers.tools_a.world import dossier as bare

ACTORS = ("parties", "relation", "complaints")
FULL, CLOSED, NO_EMAIL = 1, 2, 3
FIRST, SECOND = "0197f3a0-0000-7000-8000-000000000001", "0197f3a0-0000-7000-8000-000000000002"
NEW_ADDRESS: Mapping[str, JSON] = {"line": "3 quai de l'Écluse", "postcode": "09200", "city": "Trévès"}


def dossier(index: int) -> Dossier:
    """Return a member; the second has no rights any more, the third no e-mail."""
    closed = index == CLOSED
    points = (
        ContactPoint("address", "1 rue Haute", "Port-Mer", "99100", since=date(2020, 1, 1)),
        ContactPoint("mobile", "+33639981234"),
        ContactPoint("email", "h.m.1@exemple.invalid"),
    )
    contract = Contract(
        f"C{index}",
        "individual",
        "Santé Plus",
        "Confort",
        (),
        date(2020, 1, 1),
        None,
        date(2025, 12, 31) if closed else None,
        "terminated" if closed else "active",
        "",
        responsible=True,
    )
    card = Card(
        f"T{index}",
        ids(index).party,
        "12345678",
        date(2026, 1, 1),
        date(2026, 12, 31),
        "paper",
        date(2026, 1, 5),
        "expired" if closed else "active",
    )
    return replace(
        bare(index),
        contact_points=points[:2] if index == NO_EMAIL else points,
        contracts=(contract,),
        cards=(card, replace(card, number=f"V{index}", status="expired", valid_to=date(2025, 12, 31))),
        rights_status="closed" if closed else "open",
    )


def lay_down_mutual(folder: Path) -> None:
    """Prepare the tools that act in a data folder."""
    lay_down(folder, SPEC, tool_kinds(ACTORS), (dossier(index) for index in range(1, 5)))


def running(folder: Path, *names: str) -> AbstractAsyncContextManager[DemoTools]:
    """Start tools over the prepared members."""
    return DemoTools.start(folder, SPEC, tools=names or ACTORS)


def command(
    action: str,
    values: Mapping[str, JSON],
    command_id: str = FIRST,
    *,
    index: int = FULL,
    shown: Mapping[str, str] | None = None,
) -> ActionCommand:
    """Return a command about a member."""
    customer = CustomerKey(UUID(int=index), ids(index).as_mapping())
    moment = datetime(2026, 3, 24, 9, tzinfo=UTC)
    return ActionCommand(action, command_id, customer, values, shown or {}, moment, "lea.girard")


@dataclass
class Mutual:
    """The running tools, and Avise's host over them."""

    tools: DemoTools
    host: ConnectorHost

    async def plan(self, tool: str, asked: ActionCommand) -> ActionPlan:
        return await self.host.plan_action(tool, asked, agent="lea", purpose="call")

    async def execute(self, tool: str, asked: ActionCommand) -> ActionResult:
        return await self.host.execute_action(tool, asked, agent="lea", purpose="call")

    async def verify(self, tool: str, asked: ActionCommand) -> ActionResult:
        return await self.host.verify_action(tool, asked, agent="lea", purpose="call")

    async def refused(self, tool: str, asked: ActionCommand) -> ConnectorError:
        with pytest.raises(ConnectorError) as caught:
            await self.execute(tool, asked)
        return caught.value

    async def confirmed(self, tool: str, action: str, values: Mapping[str, JSON]) -> ActionCommand:
        """Plan, and return the command as it is once confirmed."""
        plan = await self.plan(tool, command(action, values))
        return command(action, values, shown=plan.precondition)

    async def read(self, tool: str, facet: str, index: int = FULL) -> FacetReading:
        key, evidence = _customer(index)
        readings = self.host.read_facet(tool, facet, key, evidence, agent="lea", purpose="call")
        async with aclosing(readings) as stream:
            return [reading async for reading in stream][-1]

    async def timeline(self, index: int = FULL) -> TimelineReading:
        key, evidence = _customer(index)
        readings = self.host.read_timeline("relation", key, evidence, agent="lea", purpose="call")
        async with aclosing(readings) as stream:
            return [reading async for reading in stream][-1]

    async def break_tool(self, tool: str, kind: FaultKind | None) -> None:
        """Make a tool fail, or mend it."""
        fault = RESTORED if kind is None else Fault(kind)
        await asyncio.to_thread(break_tool, self.tools.state_dir, tool, fault)


def _customer(index: int) -> tuple[CustomerKey, IdentityEvidence]:
    someone, known = person(index), ids(index).as_mapping()
    evidence = IdentityEvidence(someone.last_name, someone.first_name, someone.birth_date, known)
    return CustomerKey(UUID(int=index), known), evidence
