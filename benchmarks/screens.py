"""Opening Ma journée, the outbox and the composer, against the settings page of the same window.

Each round shows each screen from the list of keys, until it is drawn. Ma journée holds tasks, the outbox
commands that wait, and the composer comes with its draft, which the engine makes.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from avise.models.tasks import NewTask, TaskKind
from avise.ui.customer.page import CustomerPage
from avise.ui.messages.composer import Composer
from benchmarks.harness.children import child
from benchmarks.harness.window import BenchWindow, OnScreen, in_window, until
from benchmarks.measure import Measure, measure, percentile
from benchmarks.opening import until_drawn

ROUNDS, QUICK_ROUNDS = 30, 8
WARM_UP = 2
DOSSIERS = 60
TASKS, COMMANDS = 30, 12
UNDO_S = 600.0
"""Commands wait for longer than the measure lasts: nothing is sent to a tool."""
PATIENCE_S = 20.0
RATIOS = {"home": 2.0, "outbox": 2.0, "composer": 5.0}
"""Of the settings page; the composer also waits for the engine and the store."""
NEUTRAL, BASE = "keys", "settings"


async def prepared(window: BenchWindow, members: list[str]) -> CustomerPage:
    """Add tasks and commands; return the page of the customer to write to."""
    bridge, soon = window.bridge, window.env.now() + timedelta(hours=1)
    for number in range(TASKS):
        due = soon + timedelta(minutes=20 * number)
        await bridge.add_task(NewTask(TaskKind.TODO, f"Relire le dossier {number}", due))
    found = [await bridge.find_by_identifier("member", member) for member in members[:COMMANDS]]
    people = [person for person in found if person is not None]
    page = window.open(people[0])
    await until(page.model.settled, PATIENCE_S, lambda: page.model.state.settled is not None)
    for person in people:
        offers = await bridge.actions(person)
        instance = next(offer.instance for offer in offers if offer.action == "issue_certificate")
        plan = await bridge.plan_action(person, instance, "issue_certificate", {"kind": "DROITS"})
        await bridge.confirm_action(plan, UNDO_S)
    window.desktop.window.show_page(NEUTRAL)
    return page


async def drawn(screen: OnScreen, show: Callable[[], None]) -> float:
    """Show something; return the seconds until it is drawn."""
    await asyncio.sleep(0.05)
    started, begun = time.perf_counter(), screen.begun
    show()
    await until_drawn(screen, begun)
    return time.perf_counter() - started


async def composed(window: BenchWindow, screen: OnScreen, page: CustomerPage) -> float:
    """Open the composer on a template; return the seconds until its draft is drawn."""
    template = (await window.bridge.message_templates())[0].id
    window.desktop.window.sessions.show(page.model.person)
    composer: Composer = page.messages.composer()
    model = composer.model
    await asyncio.sleep(0.05)
    started = time.perf_counter()
    page.messages.write(template=template)
    await until(
        model.changed, PATIENCE_S, lambda: model.shown().draft is not None and not model.shown().is_busy
    )
    window.desktop.window.update()
    await until_drawn(screen, screen.begun)
    elapsed = time.perf_counter() - started
    composer.close_panel()
    return elapsed


async def measured(window: BenchWindow, members: list[str], rounds: int) -> list[Measure]:
    """Show each screen in turn."""
    screen = OnScreen(window.desktop.window)
    page = await prepared(window, members)
    shown = window.desktop.window.show_page
    took: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + WARM_UP):
        for name in (BASE, "home", "outbox"):
            await drawn(screen, lambda: shown(NEUTRAL))
            seconds = await drawn(screen, lambda name=name: shown(name))  # type: ignore[misc]  # bound at once
            took[name] += [seconds] * (number >= WARM_UP)
        seconds = await composed(window, screen, page)
        took["composer"] += [seconds] * (number >= WARM_UP)
    base = percentile(took[BASE], 0.5)
    return [
        measure("screens.settings", base * 1000, "ms"),
        *(
            measure(f"screens.{name}", percentile(took[name], 0.5) / base, "× settings", bar)
            for name, bar in RATIOS.items()
        ),
    ]


def run(*, quick: bool) -> list[Measure]:
    """Measure how long screens take to come."""
    rounds = QUICK_ROUNDS if quick else ROUNDS
    with (
        tempfile.TemporaryDirectory(prefix="avise-bench-") as folder,
        child("benchmarks.harness.demo_tools", folder, str(DOSSIERS)) as tools,
    ):
        members = list(map(str, tools.told_list("members")))
        return in_window(tools.told_path("profile"), lambda window: measured(window, members, rounds))
