"""A customer's page over a scripted desk, on the Qt loop of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from PySide6.QtWidgets import QLabel, QWidget

from avise.env import FixedEnv
from avise.models.roles import Purpose
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk

WIDTH, HEIGHT = 1372, 836


@asynccontextmanager
async def opened(
    desk: ScriptedDesk,
    purpose: Purpose = Purpose.SEARCH,
    width: int = WIDTH,
    height: int = HEIGHT,
    *,
    ahead: bool = False,
) -> AsyncIterator[CustomerPage]:
    """Open Hélène Marchand's page on screen; close it, and the desk's watches, afterwards.

    Args:
        desk: what it asks.
        purpose: why it is opened.
        width: of the page.
        height: of the page.
        ahead: the page was made, with its parts, before it is opened.
    """
    closed_before = desk.asked.count(("closed", HELENE))
    bridge = DeskBridge(desk, asyncio.get_running_loop())
    page = CustomerPage(bridge, FixedEnv(NOW))
    if ahead:
        page.hide()
        page.build_ahead()
        await until(lambda: page.parts.is_ahead)
    page.open(HELENE, purpose)
    page.resize(width, height)
    page.show()
    page.activate()
    await until(lambda: page.model.state.settled is not None or not desk.updates)
    try:
        yield page
    finally:
        page.close_page()
        await page.tasks.aclose()
        page.hide()
        bridge.close()
        page.deleteLater()
        await until(lambda: not {"save draft", "record"} & {task.get_name() for task in asyncio.all_tasks()})
        await page.model.wrap_up.tasks.aclose()
        await until(lambda: desk.asked.count(("closed", HELENE)) > closed_before)
        await until(lambda: not any(task.cancelling() for task in asyncio.all_tasks()))


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until a condition holds; the test's own limit ends a wait that never does."""
    while not condition():  # noqa: ASYNC110 - widgets offer no event to wait for
        await asyncio.sleep(0.01)


def said(panel: QWidget) -> str:
    """Return every word shown in a panel."""
    return " ".join(label.text() for label in panel.findChildren(QLabel) if not label.isHidden())
