"""A laptop without network, with 5,000 customers and 200,000 records on board.

First a small portfolio is prepared from the tools of the demonstration: what a customer costs in time, tools
included. Then a generated one is kept on board: what a customer takes of the disk; somebody is found as
staff type, and a customer opened from the pack alone, on the engine and in the real window.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

from avise.engine.engine import Engine
from avise.engine.pack_room import PackRoom
from avise.env import SystemEnv
from avise.models.customer import PersonId
from avise.models.facets import FacetState
from avise.models.packs import PackKind
from avise.models.roles import Purpose
from avise.services.customer_updates import FacetChanged, OpeningSettled
from avise.services.pack_values import PackOrder
from avise.services.profile import load_profile
from avise.store.leased_key import LeasedPackKey, Lent
from avise.texts.formats import local
from benchmarks.harness.children import child
from benchmarks.harness.packed_profile import VISITS, Filled, fill, laptop_profile
from benchmarks.harness.window import BenchWindow, OnScreen, in_window, until
from benchmarks.measure import Measure, measure, percentile
from benchmarks.opening import until_drawn
from benchmarks.search import queries_of

CUSTOMERS, QUICK_CUSTOMERS = 5_000, 500
DOSSIERS = 60
OPENED, QUICK_OPENED = 120, 40
"""Customers opened, those to be visited among them."""

DRAWN, QUICK_DRAWN = 40, 15
SEARCH_BAR_MS, OPEN_BAR_MS = 20.0, 100.0
PATIENCE_S = 20.0
WARM_UP = 5

ENV = SystemEnv()


class _Lender:
    """A hub that lends at once: its own time is measured elsewhere (`benchmarks.hub`)."""

    def __init__(self, key: LeasedPackKey) -> None:
        self._key = key

    async def check_out(self, persons: Sequence[PersonId], days: int, *, take_over: bool = False) -> int:
        del take_over
        lent = Lent(bytes(range(32)), ENV.now() + timedelta(days=days), ENV.now(), len(persons))
        await self._key.take(lent, persons)
        return len(persons)

    async def check_in(self) -> None:
        await self._key.give_up()

    def checked_out(self) -> int:
        return self._key.count


def prepared_from_tools(profile: Path) -> list[Measure]:
    """Prepare a small portfolio from tools that answer; return what a customer costs."""
    with Engine.open(profile, ENV) as engine:
        engine.run(engine.directory_ready())
        room = _room(engine)
        started = time.perf_counter()
        engine.run(_prepared(engine, room))
        seconds = time.perf_counter() - started
        rows = {row.kind: row for row in engine.run(room.status()).packs}
        portfolio = rows[PackKind.PORTFOLIO]
        if portfolio.held < portfolio.wanted or not portfolio.held:
            raise RuntimeError("the preparation did not end")
        taken = sum(row.bytes for row in rows.values())
        return [
            measure("packs.prepared.customers", float(portfolio.held), "customers"),
            measure("packs.prepared.time", seconds / portfolio.held, "s a customer"),
            measure("packs.prepared.size", taken / portfolio.held / 1e3, "kB a customer"),
        ]


def _room(engine: Engine) -> PackRoom:
    if engine.on_board is None or engine.on_board.room is None or engine.lease is None:
        raise RuntimeError("the profile carries nothing")
    room = engine.on_board.room
    room.lender = _Lender(engine.lease.key)
    return room


async def _prepared(engine: Engine, room: PackRoom) -> None:
    await engine.desk.prepare_packs(PackOrder(local(ENV.now()).date()))
    await room.prepared()


def on_engine(profile: Path, filled: Filled, opened: int) -> list[Measure]:
    """Search and open on an engine without network."""
    engine = Engine(load_profile(profile, ""), ENV, at_desk=True)
    engine.start()
    try:
        searches = engine.run(_searches(engine, filled))
        # Three times: the first one also reads the rules of the answers.
        visited = [engine.run(_opening(engine, person)) for person in filled.persons[:VISITS] * 3]
        chosen = random.Random(3).sample(filled.persons[VISITS:], opened)
        others = [engine.run(_opening(engine, person)) for person in chosen][WARM_UP:]
    finally:
        engine.stop()
    return [
        measure("packs.search.p50", percentile(searches, 0.5), "ms"),
        measure("packs.search.p95", percentile(searches, 0.95), "ms", SEARCH_BAR_MS),
        measure("packs.open.portfolio.p95", percentile(others, 0.95), "ms", OPEN_BAR_MS),
        measure("packs.open.visits.p95", percentile(visited[VISITS:], 0.95), "ms", OPEN_BAR_MS),
    ]


async def _searches(engine: Engine, filled: Filled) -> list[float]:
    queries = queries_of(filled.sample, random.Random(2))
    for listed in queries.values():
        await engine.desk.search(listed[0])
    spent = []
    for listed in queries.values():
        for typed in listed:
            started = time.perf_counter()
            await engine.desk.search(typed)
            spent.append((time.perf_counter() - started) * 1000)
    return spent


async def _opening(engine: Engine, person: PersonId) -> float:
    """Return the milliseconds until everything that is on board of a customer was told."""
    started = time.perf_counter()
    stale = set()
    async with aclosing(engine.desk.open_customer(person, Purpose.VISIT)) as updates:  # type: ignore[type-var]
        async for update in updates:
            if isinstance(update, FacetChanged) and update.view.state is FacetState.STALE:
                stale.add(update.view.facet)
            if isinstance(update, OpeningSettled):
                break
    if "contracts" not in stale:
        raise RuntimeError("a customer on board was not shown")
    return (time.perf_counter() - started) * 1000


async def on_screen(window: BenchWindow, persons: Sequence[PersonId]) -> list[Measure]:
    """Open customers in the window; return how long until the header, and everything, are drawn.

    The blocks follow the header within the budget of each frame (2.5 ms of 16): that it takes some frames to
    draw twenty at once is so that typing and scrolling never wait, with a network or without.
    """
    screen = OnScreen(window.desktop.window)
    header, whole = [], []
    for person in persons:
        await asyncio.sleep(0.3)
        started = time.perf_counter()
        model = window.open(person).model
        await until(model.header_changed, PATIENCE_S, lambda model=model: model.state.header is not None)  # type: ignore[misc]  # bound at once
        begun = screen.begun
        await until(screen.painted, PATIENCE_S, lambda begun=begun: screen.done > begun)  # type: ignore[misc]  # as above
        header.append((time.perf_counter() - started) * 1000)
        await until(model.settled, PATIENCE_S, lambda model=model: model.state.settled is not None)  # type: ignore[misc]  # as above
        window.desktop.window.update()
        await until_drawn(screen, screen.begun)
        whole.append((time.perf_counter() - started) * 1000)
        window.close(person)
    return [
        measure("packs.screen.header.p50", percentile(header[WARM_UP:], 0.5), "ms"),
        measure("packs.screen.header.p95", percentile(header[WARM_UP:], 0.95), "ms", OPEN_BAR_MS),
        measure("packs.screen.everything.p50", percentile(whole[WARM_UP:], 0.5), "ms"),
    ]


def run(*, quick: bool) -> list[Measure]:
    """Prepare, search and open on a laptop."""
    customers = QUICK_CUSTOMERS if quick else CUSTOMERS
    with tempfile.TemporaryDirectory(prefix="avise-bench-") as name:
        folder = Path(name)
        with child("benchmarks.harness.demo_tools", name, str(DOSSIERS)) as tools:
            desk = tools.told_path("profile")
            figures = prepared_from_tools(laptop_profile(folder / "small", desk))
            profile = laptop_profile(folder / "laptop", desk)
        filled = asyncio.run(fill(profile, customers, ENV))
        figures += [
            measure("packs.customers", float(len(filled.persons)), "customers"),
            measure("packs.records", float(filled.records), "records"),
            measure("packs.kept.time", filled.seconds / customers * 1000, "ms a customer"),
            measure("packs.kept.size", filled.bytes / customers / 1e3, "kB a customer"),
            measure("packs.kept.all", filled.bytes / 1e6, "MB", 150.0),
        ]
        figures += on_engine(profile, filled, QUICK_OPENED if quick else OPENED)
        drawn = QUICK_DRAWN if quick else DRAWN
        shown = [*filled.persons[:VISITS][: drawn // 2], *filled.persons[-drawn:]]
        return figures + in_window(profile, lambda window: on_screen(window, shown))
