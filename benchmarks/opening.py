"""Opening a customer on eight tools with fixed delays: against the slowest tool, asked alone.

The tools run in a process of their own. Each round opens another customer in the real window and waits
until its last block is drawn; beside it the slowest tool is asked without Avise. Then customers whose
copy is in the store call, and tools fail while others are read.
"""

from __future__ import annotations

import asyncio
import http.client
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from avise.models.customer import PersonId
from avise.models.facets import FacetState
from avise.models.roles import Purpose
from avise.services.customer_updates import FacetChanged
from avise.ui.customer.page import CustomerPage
from avise.ui.widgets.face import faces_wait
from benchmarks.harness.children import Child, child
from benchmarks.harness.customers import CUSTOMERS, BenchCustomer
from benchmarks.harness.delayed_profile import write_delayed_profile
from benchmarks.harness.delayed_tools import DELAYS, SLOWEST
from benchmarks.harness.window import BenchWindow, OnScreen, in_window, until
from benchmarks.measure import Measure, measure, percentile

SHARE_OVER, MS_OVER = 0.05, 30.0
"""How much later than the slowest tool the last block may be drawn."""

FIRST_FACTS_MS = 150.0
OTHERS_RATIO = 1.10
"""How much later the other blocks may be drawn while one tool fails."""

ROUNDS, QUICK_ROUNDS = 20, 6
CALLS, QUICK_CALLS = 30, 10
FAULTY_ROUNDS, QUICK_FAULTY_ROUNDS = 8, 3
PATIENCE_S = 10.0
WARM_UP = 2

SHOWN = frozenset({FacetState.FRESH, FacetState.EMPTY, FacetState.TRUNCATED})
FAULTS = (("down", "documents"), ("hang", "guarantees"), ("drip", "complaints"))
"""Each failure on a tool of its own."""


@dataclass(slots=True)
class Rounds:
    """The tools, the window, and who was not opened yet."""

    tools: Child
    window: BenchWindow
    screen: OnScreen
    _next: int = 0

    def next_customer(self) -> BenchCustomer:
        """Return a customer that no round has opened."""
        self._next += 1
        return CUSTOMERS[self._next - 1]

    async def person(self, customer: BenchCustomer) -> PersonId:
        """Return who a customer is in Avise."""
        found = await self.window.bridge.find_by_identifier("bench.customer", customer.native_id)
        if found is None:
            raise RuntimeError("the directory lacks a customer of the benchmark")
        return found

    async def drawn(self, customer: BenchCustomer, facets: Collection[str] = tuple(DELAYS)) -> float:
        """Open a customer; return the seconds until these blocks are drawn."""
        person = await self.person(customer)
        started = time.perf_counter()
        page = self.window.open(person)
        told: list[int] = []

        def look() -> bool:
            if not told and _shown(page, facets):
                told.append(self.screen.begun)
            return bool(told)

        await until(page.model.facet_changed, PATIENCE_S, look)
        await until_drawn(self.screen, told[0])
        elapsed = time.perf_counter() - started
        self.window.close(person)
        await asyncio.sleep(0.05)
        return elapsed

    async def streamed(self, customer: BenchCustomer) -> float:
        """Open a customer without the window; return the seconds until its last block is given."""
        person = await self.person(customer)
        return await self.window.engine.thread.call(_last_block(self.window, person))

    async def bare(self) -> float:
        """Ask the slowest tool alone, over a connection that is open; return the seconds."""
        return await asyncio.to_thread(_bare, int(str(self.tools.ready[SLOWEST])))

    async def order(self, **values: str) -> dict[str, float]:
        """Give the tools an order and wait until it is obeyed."""
        self.tools.order(**values)
        return await asyncio.to_thread(self.tools.answer)


def _shown(page: CustomerPage, facets: Collection[str]) -> bool:
    views = [view for facet in facets for view in page.model.views(facet)]
    return len(views) >= len(facets) and all(view.state in SHOWN and not view.refreshing for view in views)


async def until_drawn(screen: OnScreen, told: int) -> None:
    """Wait until Qt has drawn what was told when it had begun to draw so many times, to the last block."""
    await until(screen.painted, PATIENCE_S, lambda: screen.done > told and not faces_wait())


async def _last_block(window: BenchWindow, person: PersonId) -> float:
    started = time.perf_counter()
    missing = set(DELAYS)
    updates = window.engine.desk.open_customer(person, Purpose.SEARCH)
    async for update in updates:
        if isinstance(update, FacetChanged) and update.view.state in SHOWN:
            missing.discard(update.view.facet)
        if not missing:
            break
    elapsed = time.perf_counter() - started
    await updates.aclose()  # type: ignore[attr-defined]  # the desk's streams are generators
    return elapsed


def _bare(port: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.connect()
        started = time.perf_counter()
        connection.request("GET", f"/customers/{CUSTOMERS[0].native_id}")
        connection.getresponse().read()
        return time.perf_counter() - started
    finally:
        connection.close()


async def last_blocks(rounds: Rounds, count: int) -> list[Measure]:
    """Compare the last block with the slowest tool, in the engine alone and on screen."""
    bare: list[float] = []
    streamed: list[float] = []
    drawn: list[float] = []
    for number in range(count + WARM_UP):
        spent = (
            await rounds.bare(),
            await rounds.streamed(rounds.next_customer()),
            await rounds.drawn(rounds.next_customer()),
        )
        if number >= WARM_UP:
            for kept, value in zip((bare, streamed, drawn), spent, strict=True):
                kept.append(value * 1000)
    slowest = percentile(bare, 0.5)
    bar = SHARE_OVER * slowest + MS_OVER
    return [
        measure("opening.slowest_tool_alone", slowest, "ms"),
        measure("opening.engine.last_facet_over.p50", percentile(streamed, 0.5) - slowest, "ms", bar),
        measure("opening.screen.last_facet_over.p50", percentile(drawn, 0.5) - slowest, "ms", bar),
        measure("opening.screen.last_facet_over.p95", percentile(drawn, 0.95) - slowest, "ms", bar),
    ]


async def calls(rounds: Rounds, count: int) -> list[Measure]:
    """Time from a call event to the facts of the copy, for customers opened before."""
    spent = [await _called(rounds, CUSTOMERS[number]) * 1000 for number in range(WARM_UP + count)]
    kept = spent[WARM_UP:]
    return [
        measure("opening.call_to_first_facts.p50", percentile(kept, 0.5), "ms", FIRST_FACTS_MS),
        measure("opening.call_to_first_facts.p95", percentile(kept, 0.95), "ms", FIRST_FACTS_MS),
    ]


async def _called(rounds: Rounds, customer: BenchCustomer) -> float:
    """Ring for a customer whose copy is in the store; return the seconds to header and copied blocks."""
    window = rounds.window
    person = await rounds.person(customer)
    event = {"id": customer.native_id, "number": customer.phone}
    rounds.tools.order(call="ringing", **event)
    sessions = window.desktop.window.sessions
    await until(sessions.changed, PATIENCE_S, lambda: window.page(person) is not None)
    page = window.page(person)
    if page is None:
        raise RuntimeError("the call opened no page")
    at: list[float] = []

    def look() -> bool:
        known = page.model.state.header is not None and _copied(page)
        if known and not at:
            at.append(time.monotonic())
        return known

    await until(page.model.header_changed, PATIENCE_S, lambda: page.model.state.header is not None)
    await until(page.model.facet_changed, PATIENCE_S, look)
    rang = (await asyncio.to_thread(rounds.tools.answer))["at"]
    await rounds.order(call="ended", **event)
    await until(window.desktop.calls.ended, PATIENCE_S, lambda: window.desktop.calls.call is None)
    window.close(person)
    await asyncio.sleep(0.05)
    return at[0] - rang


def _copied(page: CustomerPage) -> bool:
    """Return whether every block holds records: its tool, or its copy, has spoken."""
    return all(any(view.records for view in page.model.views(facet)) for facet in DELAYS)


async def faults(rounds: Rounds, count: int) -> list[Measure]:
    """Compare when the other blocks are drawn, with and without one tool that fails."""
    figures = []
    for mode, broken in FAULTS:
        # Neither the tool that fails now nor one that did: its breaker leaves it alone for a while.
        others = [facet for facet in DELAYS if facet not in {tool for _mode, tool in FAULTS}]
        sound = [await rounds.drawn(rounds.next_customer(), others) for _ in range(count)]
        await rounds.order(mode=mode, tool=broken)
        failing = [await rounds.drawn(rounds.next_customer(), others) for _ in range(count)]
        await rounds.order(mode="up", tool=broken)
        ratio = percentile(failing, 0.5) / percentile(sound, 0.5)
        figures.append(measure(f"opening.others_while_one_{mode}", ratio, "× sound", OTHERS_RATIO))
    return figures


def run(*, quick: bool) -> list[Measure]:
    """Open customers on tools with fixed delays."""

    def counts(whole: int, short: int) -> int:
        return short if quick else whole

    async def work(window: BenchWindow) -> list[Measure]:
        rounds = Rounds(tools, window, OnScreen(window.desktop.window))
        figures: Sequence[Measure] = await last_blocks(rounds, counts(ROUNDS, QUICK_ROUNDS))
        told = await calls(rounds, counts(CALLS, QUICK_CALLS))
        failing = await faults(rounds, counts(FAULTY_ROUNDS, QUICK_FAULTY_ROUNDS))
        return [*figures, *told, *failing]

    with (
        tempfile.TemporaryDirectory(prefix="avise-bench-") as folder,
        child("benchmarks.harness.delayed_tools") as tools,
    ):
        return in_window(write_delayed_profile(Path(folder) / "profile", tools.ready), work)
