"""The longest block of Qt's thread under everything at once.

Thirty customers open one every 400 ms in the real window, on the simulated tools; beside it another
customer's page receives two hundred updates a second while its ten thousand exchanges scroll at 60 Hz.
The wait for a processor and an idle process tell a busy machine from a slow window.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QScrollBar

from avise.models.customer import PersonId
from avise.models.roles import Purpose
from avise.ui.customer.page import CustomerPage
from benchmarks.harness.children import Child, child
from benchmarks.harness.heartbeat import Heartbeat, Lateness, Watchdog
from benchmarks.harness.updating_desk import ROWS, TOLD, UPDATES
from benchmarks.harness.window import BenchWindow, in_window, until
from benchmarks.measure import Measure, measure, percentile

CUSTOMERS, QUICK_CUSTOMERS = 30, 12
EVERY_S = 0.4
KEPT_OPEN = 8
DOSSIERS = 60
FRAME_MS = 16
STEP = 60
"""Pixels a frame: about two screens a second."""

P999_MS, WORST_MS = 16.0, 50.0
PATIENCE_S = 20.0
ENGINE = "benchmarks.harness.updating_desk"
BUSY_SIZE = (1366, 768)


class Scrolling(QObject):
    """Scrolls a list at 60 Hz, up and down."""

    def __init__(self, bar: QScrollBar) -> None:
        super().__init__(bar)
        self._bar, self._step = bar, STEP
        self.frames = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_frame)

    def start(self) -> None:
        """Start scrolling."""
        self._timer.start(FRAME_MS)

    def stop(self) -> None:
        """Stay where it is."""
        self._timer.stop()

    @Slot()
    def _on_frame(self) -> None:
        self.frames += 1
        target = self._bar.value() + self._step
        if not self._bar.minimum() <= target <= self._bar.maximum():
            self._step = -self._step
        self._bar.setValue(target)


@dataclass(slots=True)
class BusyPage:
    """A page under two hundred updates a second, in a window of its own."""

    page: CustomerPage
    scrolling: Scrolling

    @classmethod
    async def open(cls, window: BenchWindow, person: PersonId) -> BusyPage:
        """Show the page and wait until its long history is there."""
        page = CustomerPage(window.bridge, window.env)
        page.open(person, Purpose.SEARCH, UPDATES)
        page.resize(*BUSY_SIZE)
        page.show()
        page.activate()
        page.sheet.timeline.set_period("all")
        model = page.sheet.timeline.model
        await until(page.model.timeline_changed, PATIENCE_S, lambda: model.rowCount() >= ROWS)
        return cls(page, Scrolling(page.sheet.timeline.rows.verticalScrollBar()))

    def close(self) -> None:
        """Close the page and its window."""
        self.scrolling.stop()
        self.page.close_page()
        self.page.hide()
        self.page.deleteLater()


async def openings(window: BenchWindow, people: list[PersonId]) -> None:
    """Open customers at a steady pace, as many tabs as an agent keeps."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    for number, person in enumerate(people):
        if number >= KEPT_OPEN:
            window.close(people[number - KEPT_OPEN])
        window.open(person)
        await asyncio.sleep(max(started + (number + 1) * EVERY_S - loop.time(), 0))


async def measured(window: BenchWindow, members: list[str], count: int, idle: Child) -> list[Measure]:
    """Put the whole load on the window and look at the heartbeat."""
    found = [await window.bridge.find_by_identifier("member", member) for member in members[: count + 2]]
    people = [person for person in found if person is not None]
    busy = await BusyPage.open(window, people.pop())
    # The first page pays for imports that later ones do not.
    window.open(people[-1])
    await asyncio.sleep(1.0)
    window.close(people.pop())
    heart = Heartbeat(window.desktop)
    watchdog = Watchdog(heart)
    idle.order(look="")
    idle.answer()
    told, began = await told_so_far(window), window.env.monotonic()
    busy.scrolling.start()
    heart.start()
    watchdog.start()
    await openings(window, people)
    seen = heart.stop()
    elapsed, told = window.env.monotonic() - began, await told_so_far(window) - told
    watchdog.stop()
    idle.order(look="")
    control = idle.answer()
    for sentence in watchdog.sentences():
        print(sentence)
    busy.close()
    return [
        *figures(seen, control),
        measure("stalls.updates", told / elapsed, "a second"),
        measure("stalls.frames_scrolled", busy.scrolling.frames / elapsed, "a second"),
    ]


async def told_so_far(window: BenchWindow) -> int:
    """Return how many changes the engine has told."""
    return int(await window.bridge.setting(TOLD))


def figures(seen: Lateness, control: dict[str, float], name: str = "stalls") -> list[Measure]:
    """Return what the heartbeat saw, beside what the machine did to it."""
    late = [value * 1000 for value in seen.late]
    waited = [value * 1000 for value in seen.waited]
    worked = [value * 1000 for value in seen.worked]
    net = [max(one - other, 0.0) for one, other in zip(late, waited, strict=True)]
    return [
        measure(f"{name}.p50", percentile(late, 0.5), "ms"),
        measure(f"{name}.p99", percentile(late, 0.99), "ms"),
        measure(f"{name}.p99.9", percentile(late, 0.999), "ms", P999_MS),
        measure(f"{name}.worst", max(late), "ms", WORST_MS),
        measure(f"{name}.own_work.p99.9", percentile(worked, 0.999), "ms"),
        measure(f"{name}.own_work.worst", max(worked), "ms"),
        measure(f"{name}.without_processor_wait.p99.9", percentile(net, 0.999), "ms"),
        measure(f"{name}.without_processor_wait.worst", max(net), "ms"),
        measure(f"{name}.processor_wait.worst", max(waited), "ms"),
        measure(f"{name}.idle_process.p99.9", control["p999"] * 1000, "ms"),
        measure(f"{name}.idle_process.worst", control["worst"] * 1000, "ms"),
    ]


def run(*, quick: bool) -> list[Measure]:
    """Measure the blocks of Qt's thread."""
    count = QUICK_CUSTOMERS if quick else CUSTOMERS
    with (
        tempfile.TemporaryDirectory(prefix="avise-bench-") as folder,
        child("benchmarks.harness.demo_tools", folder, str(DOSSIERS)) as tools,
        child("benchmarks.harness.idle") as idle,
    ):
        members = list(map(str, tools.told_list("members")))
        return in_window(
            tools.told_path("profile"), lambda window: measured(window, members, count, idle), ENGINE
        )
