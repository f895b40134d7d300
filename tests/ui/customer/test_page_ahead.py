"""A customer's page that was made before it was known whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from PySide6.QtWidgets import QLabel

from avise.env import FixedEnv
from avise.ui.bridge import DeskBridge
from avise.ui.customer.facet_layouts import LAYOUTS
from avise.ui.customer.page import CustomerPage
from tests.ui.customer.opened_page import opened, until
from tests.ui.persona import NOW
from tests.ui.scripted_desk import ScriptedDesk

Run = Callable[[Coroutine[object, object, None]], None]
PARTS = ("suggestions", "facets", "timeline", "requests", "open_items", "wrap_up")


async def _shown(page: CustomerPage) -> list[str]:
    """Return every word on a page, once everything is there."""
    await until(lambda: all(page.parts.has(part) for part in PARTS) and page.model.state.settled is not None)
    await until(lambda: all(page.sheet.grid.block(f).content == page.model.content(f) for f in LAYOUTS))
    await until(lambda: page.model.wrap_up.shown().guesses)
    words = [page.sheet.grid.block(facet).content.spoken() for facet in LAYOUTS]
    words += [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    return [*words, str(page.sheet.timeline.model.rowCount())]


def test_it_asks_nothing_and_holds_nobody_until_it_is_opened(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        bridge = DeskBridge(desk, asyncio.get_running_loop())
        page = CustomerPage(bridge, FixedEnv(NOW))
        page.hide()
        page.build_ahead()
        await until(lambda: page.parts.is_ahead)
        assert desk.asked == []
        assert not any(page.parts.has(part) for part in PARTS)
        page.close_page()
        bridge.close()
        page.deleteLater()

    run(scenario())


def test_it_shows_what_a_page_made_at_once_shows(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            at_once = await _shown(page)
        async with opened(ScriptedDesk(), ahead=True) as page:
            assert await _shown(page) == at_once

    run(scenario())
