"""Memory of window and engine after two hundred customers opened in turn, against the first twenty."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from avise.models.customer import PersonId
from benchmarks.harness.children import child
from benchmarks.harness.window import BenchWindow, in_window, until
from benchmarks.measure import Measure, measure

FIRST = 20
CUSTOMERS, QUICK_CUSTOMERS = 200, 60
DOSSIERS = 260
RATIO = 1.3
PATIENCE_S = 20.0
BETWEEN_S = 0.05


def resident_mb(*processes: int) -> float:
    """Return the memory that these processes hold, in megabytes."""
    pages = [int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1]) for process in processes]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def opened_and_closed(window: BenchWindow, person: PersonId) -> None:
    """Open a customer, wait until everything was read, close."""
    page = window.open(person)
    await until(page.model.settled, PATIENCE_S, lambda: page.model.state.settled is not None)
    window.close(person)
    await asyncio.sleep(BETWEEN_S)


async def measured(window: BenchWindow, members: list[str], count: int) -> list[Measure]:
    """Open customers in turn and look at the memory."""
    both = (os.getpid(), window.engine.process.process_id)
    first = 0.0
    for number, member in enumerate(members[:count], start=1):
        person = await window.bridge.find_by_identifier("member", member)
        if person is None:
            raise RuntimeError("the directory lacks a member of the demonstration")
        await opened_and_closed(window, person)
        if number == FIRST:
            first = resident_mb(*both)
    last = resident_mb(*both)
    return [
        measure(f"memory.after_{FIRST}", first, "MB"),
        measure(f"memory.after_{count}", last, "MB"),
        measure("memory.growth", last / first, f"× after {FIRST}", RATIO),
    ]


def run(*, quick: bool) -> list[Measure]:
    """Measure the memory of the window."""
    count = QUICK_CUSTOMERS if quick else CUSTOMERS
    with (
        tempfile.TemporaryDirectory(prefix="avise-bench-") as folder,
        child("benchmarks.harness.demo_tools", folder, str(DOSSIERS)) as tools,
    ):
        members = list(map(str, tools.told_list("members")))
        return in_window(tools.told_path("profile"), lambda window: measured(window, members, count))
