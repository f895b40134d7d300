"""What is on board and the network cross from the desk to the window, and the window's wishes back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtWidgets import QApplication

from avise.engine.loops import LoopThread
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.network import NetworkMode, NetworkState
from avise.models.packs import PackKind
from avise.services.pack_values import PackOrder, PackRow, PacksStatus, PackState
from avise.ui.bridge import DeskBridge
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
READY = PacksStatus(
    LeaseState.HELD, checked_out=3, packs=(PackRow(PackKind.PORTFOLIO, PackState.READY, wanted=3, held=3),)
)


@pytest.fixture
def engine() -> Iterator[LoopThread]:
    """Run an engine's loop in a thread of its own."""
    thread = LoopThread("engine")
    thread.start()
    yield thread
    thread.stop()


def test_the_window_follows_what_is_on_board_and_asks_for_it(
    run: Run, engine: LoopThread, qapp: QApplication
) -> None:
    desk = ScriptedDesk()
    desk.pack_pin = "271828"
    seen: list[PacksStatus] = []
    order = PackOrder(date(2026, 3, 24))

    async def scenario() -> None:
        bridge = DeskBridge(desk, engine.loop, qapp)
        watch = bridge.watch_packs(seen.append)
        await until(lambda: bool(seen))
        assert seen[-1].lease is LeaseState.NONE
        await bridge.prepare_packs(order)
        await until(lambda: seen[-1].preparing)
        desk.show_packs(READY)
        await until(lambda: seen[-1] == READY)
        with pytest.raises(AviseError, match=r"pack\.wrong_pin"):
            await bridge.unlock_packs("000000")
        await until(lambda: seen[-1].tries_left == 9)
        await bridge.unlock_packs("271828")
        await until(lambda: seen[-1].tries_left is None)
        await bridge.erase_packs()
        await until(lambda: seen[-1].packs[0].state is PackState.ABSENT)
        desk.pack_error = AviseError("pack.offline")
        with pytest.raises(AviseError, match=r"pack\.offline"):
            await bridge.prepare_packs(order)
        watch.close()

    run(scenario())
    assert desk.asked[0] == ("prepare_packs", order)


def test_the_window_follows_the_network_and_forces_it(
    run: Run, engine: LoopThread, qapp: QApplication
) -> None:
    desk = ScriptedDesk()
    seen: list[NetworkState] = []

    async def scenario() -> None:
        bridge = DeskBridge(desk, engine.loop, qapp)
        watch = bridge.watch_network(seen.append)
        await until(lambda: bool(seen))
        await bridge.choose_network(NetworkMode.OFFLINE)
        await until(lambda: seen[-1] == replace(seen[0], mode=NetworkMode.OFFLINE, forced=True))
        watch.close()

    run(scenario())
