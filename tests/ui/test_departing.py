"""What is closed goes a few widgets a turn, and Qt's own parts with those that hold them."""

import asyncio
from collections.abc import Callable, Coroutine

from PySide6.QtWidgets import QLabel, QScrollArea, QTableView, QVBoxLayout, QWidget
from shiboken6 import delete, isValid

from avise.env import FixedEnv
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from avise.ui.departing import depart
from tests.ui.customer.opened_page import until
from tests.ui.persona import NOW
from tests.ui.scripted_desk import ScriptedDesk

Run = Callable[[Coroutine[object, object, None]], None]


def branch(parent: QWidget, depth: int) -> list[QWidget]:
    """Make a part with parts in it, a list and something that scrolls; return all that was made."""
    part = QWidget(parent)
    box = QVBoxLayout(part)
    table, area, inside = QTableView(), QScrollArea(), QWidget()
    label = QLabel("…", inside)
    area.setWidget(inside)
    box.addWidget(table)
    box.addWidget(area)
    made: list[QWidget] = [part, table, area, inside, label]
    return made + branch(part, depth - 1) if depth else made


def test_a_tree_goes_from_its_leaves_in_several_turns(run: Run) -> None:
    async def scenario() -> None:
        root = QWidget()
        made = branch(root, 30)
        depart(root)
        assert isValid(root)
        assert isValid(made[0])
        await until(lambda: not isValid(root))
        assert not any(isValid(widget) for widget in made)

    run(scenario())


def test_a_tree_whose_window_ended_meanwhile_is_left_alone(run: Run) -> None:
    async def scenario() -> None:
        window = QWidget()
        root = QWidget(window)
        branch(root, 30)
        depart(root)
        delete(window)
        other = QWidget()
        depart(other)
        await until(lambda: not isValid(other))

    run(scenario())


def test_a_customer_s_page_goes_whole(run: Run) -> None:
    async def scenario() -> None:
        bridge = DeskBridge(ScriptedDesk(), asyncio.get_running_loop())
        page = CustomerPage(bridge, FixedEnv(NOW))
        page.hide()
        page.build_ahead()
        await until(lambda: page.parts.is_ahead)
        page.close_page()
        parts = page.findChildren(QWidget)
        depart(page)
        await until(lambda: not isValid(page))
        assert parts
        assert not any(isValid(part) for part in parts)
        bridge.close()

    run(scenario())
