"""Whatever the code of a connector does wrong in an action, the outbox is told what may have happened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from avise.connectors.action_contract import (
    ActionCommand,
    ActionPlan,
    ActionResult,
    ActionSpec,
    Idempotency,
    Outcome,
)
from avise.connectors.contract import CallContext, ConnectorError
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings
from avise.env import SystemEnv
from avise.models.errors import ErrorKind, Origin
from tests.servers.acting.conftest import Bench, command
from tests.servers.acting.order_tool import Loss, order_tool
from tests.servers.host.benefits_connector import MANIFEST, BenefitsConnector, Found
from tests.servers.host.conftest import MemorySecrets, MemorySnapshots, Shelf

SPEC = ActionSpec("act", "Agir", Idempotency.VERIFY, touches=("benefits",))
ACTING = replace(MANIFEST, actions=(SPEC,), needs_ids=("tool.member",))
ASKED = command("act", {})


async def send(ctx: CallContext) -> None:
    """Send an order as a connector does."""
    await ctx.http.request("POST", "/members/0042/orders", json={"commande": "c"}, template="/orders")


Act = Callable[[CallContext], Awaitable[object]]


@dataclass
class Acting(BenefitsConnector):
    """Does what a test says."""

    act: Act = send

    async def plan(self, command: ActionCommand, ctx: CallContext) -> ActionPlan:
        assert command.action == "act"
        await self.act(ctx)
        return ActionPlan("<b>Agir</b>", (("benefits.label", "<i>avant</i>", "après"),), ("a\nb",))

    async def execute(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        assert command.action == "act"
        return await self.act(ctx)  # type: ignore[return-value]  # wrong on purpose

    async def verify(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        assert command.action == "act"
        return await self.act(ctx)  # type: ignore[return-value]  # wrong on purpose


@asynccontextmanager
async def bench(base_url: str, act: Act, spec: ActionSpec = SPEC) -> AsyncIterator[Bench]:
    connector = Acting(manifest=replace(ACTING, actions=(spec,)), act=act)
    settings = [InstanceSettings("tool", "tool", {"base_url": base_url})]
    host = ConnectorHost(
        SystemEnv(),
        MemorySnapshots(),
        settings,
        MemorySecrets(),
        connectors=Shelf({"tool": Found(connector)}),
    )
    await host.start()
    await host.opened()
    try:
        yield Bench(host)
    finally:
        await host.aclose()


async def _breaks_after(ctx: CallContext) -> object:
    await send(ctx)
    raise ValueError("0482917350")


async def _breaks_before(ctx: CallContext) -> object:
    raise ValueError("0482917350")


async def _refuses_after(ctx: CallContext) -> object:
    await send(ctx)
    raise ConnectorError(ErrorKind.REJECTED, "no", user_message="<b>Non</b>")


async def _hangs_after(ctx: CallContext) -> object:
    await send(ctx)
    await asyncio.Event().wait()
    return None


async def _says_nothing(ctx: CallContext) -> object:
    await send(ctx)
    return None


async def _says_not_done(ctx: CallContext) -> object:
    return ActionResult(Outcome.NOT_DONE)


@pytest.mark.parametrize(
    ("act", "kind", "unknown"),
    [
        (_breaks_before, ErrorKind.BUG, False),
        (_breaks_after, ErrorKind.BUG, True),
        (_refuses_after, ErrorKind.REJECTED, False),
        (_hangs_after, ErrorKind.TIMEOUT, True),
        (_says_nothing, ErrorKind.BUG, True),
        (_says_not_done, ErrorKind.BUG, True),
    ],
)
async def test_the_outcome_is_unknown_when_something_left_and_was_not_answered(
    act: Act, kind: ErrorKind, unknown: bool
) -> None:
    # Only who hangs is given up: the others have the time of a busy machine.
    spec = replace(SPEC, deadline=timedelta(seconds=1)) if kind is ErrorKind.TIMEOUT else SPEC
    async with order_tool() as tool, bench(tool.base_url, act, spec) as work:
        error = await work.refused(ASKED)
    assert (error.kind, error.outcome_unknown) == (kind, unknown)
    assert "0482917350" not in str(error) + error.user_message
    assert "<" not in error.user_message


async def test_what_a_plan_says_is_shown_without_markup() -> None:
    async def read(ctx: CallContext) -> None:
        await ctx.http.request("GET", "/orders", template="/orders")

    async with order_tool() as tool, bench(tool.base_url, read) as work:
        plan = await work.plan(ASKED)
    assert (plan.summary, plan.changes, plan.warnings) == (
        "Agir",
        (("benefits.label", "avant", "après"),),
        ("a b",),
    )


async def test_a_file_too_large_is_left_out_and_its_name_leads_nowhere() -> None:
    async def large(ctx: CallContext) -> object:
        return ActionResult(Outcome.DONE, "N1", document=bytes(17 * 1024 * 1024), document_name="x.pdf")

    async def odd(ctx: CallContext) -> object:
        return ActionResult(Outcome.DONE, "N\n1", document=b"x", document_name="..\\..\\etc/passwd")

    async with order_tool() as tool, bench(tool.base_url, large) as work:
        big = await work.execute(ASKED)
    async with order_tool() as tool, bench(tool.base_url, odd) as work:
        small = await work.execute(ASKED)
    assert (big.outcome, big.document, big.document_name) == (Outcome.DONE, b"", "")
    assert (small.reference, small.document_name, small.touched_facets) == ("N 1", "passwd", ("benefits",))


async def test_a_call_that_only_reads_leaves_no_doubt() -> None:
    async def read(ctx: CallContext) -> object:
        await ctx.http.reading().request("POST", "/members/0042/orders", json={}, template="/orders")
        return None

    async with order_tool(loss=Loss.BEFORE) as tool, bench(tool.base_url, read) as work:
        error = await work.refused(ASKED)
    assert (error.kind, error.outcome_unknown) == (ErrorKind.UNAVAILABLE, False)


async def test_closing_lets_what_is_under_way_end() -> None:
    async def slow(ctx: CallContext) -> object:
        await send(ctx)
        await asyncio.sleep(0.3)
        return ActionResult(Outcome.DONE)

    async with order_tool() as tool, bench(tool.base_url, slow) as work:
        sending = asyncio.create_task(work.execute(ASKED))
        await tool.has_written.wait()
        await work.host.aclose()
        result = await sending
    assert result.outcome is Outcome.DONE


async def test_a_connector_that_cannot_act_says_so() -> None:
    async with order_tool() as tool, bench(tool.base_url, send) as work:
        error = await work.refused(replace(ASKED, action="other"))
    assert (error.kind, error.origin) == (ErrorKind.UNSUPPORTED, Origin.HOST)
