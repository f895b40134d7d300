"""Opening the ten heaviest customers of the demonstration: blocks of Qt's thread, and an average customer.

The very long dossiers (the first holds about 3,000 benefit lines and 10,000 exchanges) are opened in the real
window, on the simulated tools, each until its last block is drawn; an average customer is opened before
each. The bars of Qt's thread are those of `stalls`; the wait for a processor and an idle process tell a busy
machine from a slow window. Then their reimbursements are shown whole, one after the other.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence

from avise.models.customer import PersonId
from benchmarks.harness.children import Child, child
from benchmarks.harness.heartbeat import Heartbeat, Watchdog
from benchmarks.harness.window import BenchWindow, OnScreen, in_window, until
from benchmarks.measure import Measure, measure, percentile
from benchmarks.opening import until_drawn
from benchmarks.stalls import WORST_MS, figures

HEAVY, QUICK_HEAVY = 10, 4
DOSSIERS = 60
WARM_UP = 2
PATIENCE_S = 30.0
LOOK_S = 0.4
"""How long a customer stays on screen once it is drawn, as when it is read."""


async def opened(window: BenchWindow, screen: OnScreen, person: PersonId) -> float:
    """Open a customer and leave its page a while; return the seconds until all was drawn."""
    started = time.perf_counter()
    page = window.open(person)
    await until(page.model.settled, PATIENCE_S, lambda: page.model.state.settled is not None)
    window.desktop.window.update()
    await until_drawn(screen, screen.begun)
    elapsed = time.perf_counter() - started
    await asyncio.sleep(LOOK_S)
    return elapsed


async def shown_whole(window: BenchWindow, person: PersonId) -> float:
    """Show every reimbursement of an open customer; return the longest block of Qt's thread, in seconds."""
    window.desktop.window.sessions.show(person)
    page = window.page(person)
    if page is None:
        raise RuntimeError("the customer has no page")
    await asyncio.sleep(LOOK_S)
    heart = Heartbeat(window.desktop)
    heart.start()
    await asyncio.sleep(0.02)
    page.blocks.open_detail("benefits")
    await asyncio.sleep(LOOK_S)
    page.blocks.close_detail()
    await asyncio.sleep(LOOK_S)
    return max(heart.stop().late)


async def whole(window: BenchWindow, screen: OnScreen, person: PersonId) -> float:
    """Open a customer again, show its reimbursements whole, close; return the longest block, in seconds."""
    await opened(window, screen, person)
    longest = await shown_whole(window, person)
    window.close(person)
    return longest


async def people(window: BenchWindow, members: Sequence[str]) -> list[PersonId]:
    """Return who members are in Avise."""
    found = [await window.bridge.find_by_identifier("member", member) for member in members]
    if None in found:
        raise RuntimeError("the directory lacks a member of the demonstration")
    return [person for person in found if person is not None]


async def measured(window: BenchWindow, tools: Child, count: int, idle: Child) -> list[Measure]:
    """Open heavy and average customers in turn, and look at the heartbeat."""
    screen = OnScreen(window.desktop.window)
    heavy = await people(window, [str(member) for member in tools.told_list("heavy")][:count])
    average = await people(window, [str(m) for m in tools.told_list("members")][: count + WARM_UP])
    for person in average[:WARM_UP]:
        await opened(window, screen, person)
        await shown_whole(window, person)
        window.close(person)
    heart = Heartbeat(window.desktop)
    watchdog = Watchdog(heart)
    idle.order(look="")
    idle.answer()
    heart.start()
    watchdog.start()
    long, usual = [], []
    for one, other in zip(heavy, average[WARM_UP:], strict=True):
        usual.append(await opened(window, screen, other))
        window.close(other)
        long.append(await opened(window, screen, one))
        window.close(one)
    seen = heart.stop()
    watchdog.stop()
    idle.order(look="")
    control = idle.answer()
    for sentence in watchdog.sentences():
        print(sentence)
    wholes = [await whole(window, screen, person) for person in (average[-1], heavy[0])]
    middle = percentile(usual, 0.5)
    return [
        *figures(seen, control, "heaviest"),
        measure("heaviest.average_opened", middle * 1000, "ms"),
        measure("heaviest.opened", percentile(long, 0.5) / middle, "× average"),
        measure("heaviest.first_opened", long[0] / middle, "× average"),
        measure("heaviest.whole_block.average", wholes[0] * 1000, "ms"),
        measure("heaviest.whole_block.first", wholes[1] * 1000, "ms", WORST_MS),
    ]


def run(*, quick: bool) -> list[Measure]:
    """Measure what the heaviest customers cost."""
    count = QUICK_HEAVY if quick else HEAVY
    with (
        tempfile.TemporaryDirectory(prefix="avise-bench-") as folder,
        child("benchmarks.harness.demo_tools", folder, str(DOSSIERS), "heavy") as tools,
        child("benchmarks.harness.idle") as idle,
    ):
        return in_window(tools.told_path("profile"), lambda window: measured(window, tools, count, idle))
