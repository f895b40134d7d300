"""Every screen, as people who hear it and who use no mouse find it (`ui.md` 8)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Coroutine, Iterator

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QDialog, QWidget

import avise.ui
from avise.ui.accessible_roles import tell_roles
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.form_panel import FormPanel
from avise.ui.lock.lockable import LockableWindow
from avise.ui.notifications.centre import notifications
from avise.ui.shell.rail import ENTRIES
from tests.ui.accessibility import walk
from tests.ui.accessibility.screen import Screen
from tests.ui.accessibility.screens import SCREENS, full_desk, on_screen
from tests.ui.outbox.acting_window import acting_window

Run = Callable[[Coroutine[object, object, None]], None]
BASES = {"DeedPanel", "FloatingPanel", "FormPanel", "LockableWindow", "MainWindow"}
"""Shown only as something else, or in every case."""
OVER = ("PaletteView", "CallPanel", "Cover", "Toast", "FacetDetail", "WrapUpPanel")
"""What lies over a page without being a panel, a dialog or a page."""
BESIDE = (
    "ClockStrip",
    "ClosingStrip",
    "CollisionStrip",
    "OnBoardStrip",
    "SignInStrip",
    "OnBoardCard",
    "OfflineStrip",
    "OnBoardCodePanel",
)
"""What comes on a page now and then: strips at its edge, parts that depend on what is carried."""


@pytest.fixture(autouse=True)
def heard(dressed: QApplication) -> Iterator[None]:
    """Have somebody listen; forget what was told."""
    tell_roles()
    QAccessible.setActive(True)
    notifications().clear()
    yield
    notifications().clear()
    QAccessible.setActive(False)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_every_control_has_a_role_a_name_a_state_a_size_and_a_place_in_the_order(
    run: Run, screen: Screen
) -> None:
    async def scenario() -> None:
        desk = full_desk(absent=screen.absent)
        async with acting_window(desk) as stage:
            await screen.reach(stage, desk)
            QApplication.sendPostedEvents()
            shown = {type(widget).__name__ for widget in on_screen(stage)}
            assert set(screen.shows) <= shown
            found = walk.controls(stage)
            order, by_keys = walk.reached(stage)
            # Keys may have opened or closed nothing: the same controls are there.
            assert set(screen.shows) <= {type(widget).__name__ for widget in on_screen(stage)}
            wrong = {
                "role": walk.wrong_roles(found),
                "name": walk.wrong_names(found),
                "state": walk.wrong_states(found),
                "silent": walk.silent_rows(found),
                "small": walk.small_targets(found),
                "same": walk.same_names(stage, found),
                "unreached": walk.unreached(found, by_keys),
                "order": walk.out_of_order(stage, order),
                "scattered": walk.scattered(stage, order),
            }
            told = [f"{kind}: {sentence}" for kind, sentences in wrong.items() for sentence in sentences]
            assert not told, "\n".join(told)

    run(scenario())


def test_every_screen_is_listed() -> None:
    for module in pkgutil.walk_packages(avise.ui.__path__, "avise.ui."):
        importlib.import_module(module.name)
    panels = {found.__name__ for base in (FloatingPanel, FormPanel, QDialog) for found in below(base)}
    windows = {found.__name__ for found in below(LockableWindow)}
    pages = {found.__name__ for found in below(QWidget) if "zones" in vars(found)}
    listed = {name for screen in SCREENS for name in screen.shows}
    assert (panels | windows | pages | set(OVER) | set(BESIDE)) - BASES - listed == set()


def test_every_page_of_the_rail_is_listed() -> None:
    names = {screen.name for screen in SCREENS}
    instead = {"customers": "nobody open"}
    assert {instead.get(entry.id, entry.id) for entry in ENTRIES} <= names


def below(base: type[QWidget]) -> Iterator[type[QWidget]]:
    """Give the classes of the window that a class is the base of."""
    for found in base.__subclasses__():
        if found.__module__.startswith("avise.ui"):
            yield found
        yield from below(found)
