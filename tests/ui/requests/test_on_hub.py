"""The middle office's screen on a real hub: what one desk does there, the other desk sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from avise.app import customer_page_maker
from avise.engine.loops import LoopThread
from avise.env import SystemEnv
from avise.models.journal import EventKind
from avise.models.requests import ExchangeKind, RequestId, RequestStatus
from avise.services.desk import Desk
from avise.services.request_values import RequestDeed, RequestDetail
from avise.ui.bridge import DeskBridge
from avise.ui.requests.page import RequestsPage
from avise.ui.shell.desktop import Desktop
from tests.ui.outbox.acting_window import CTRL, SHIFT, ActingStage
from tests.unit.engine.request_station import INES, KARIM, LEA, NEW, WORKERS, Machine, Station

Run = Callable[[Coroutine[object, object, None]], None]
K = Qt.Key
T = TypeVar("T")
BASKET = "queue/ACCUEIL"


@dataclass
class House:
    """Léa's and Karim's stations, and Inès in front of her window."""

    stage: ActingStage
    page: RequestsPage
    lea: Station
    karim: Station
    thread: LoopThread

    async def there(self, coroutine: Coroutine[object, object, T]) -> T:
        """Await something of a station, on the loop where stations work."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self.thread.loop))

    async def seen(self, by: Station, request: RequestId, wanted: Callable[[RequestDetail], bool]) -> None:
        """Wait until somebody's station shows a request as wanted."""
        await self.there(by.detail(request, wanted))

    async def request(self) -> RequestId:
        """Let Léa send a request, and show it to Inès."""
        acts = await self.there(self.lea.desk.create_request(NEW))
        request = acts.done[0]
        await until(lambda: self.page.list.model.place_of(request) >= 0 or self.page.list.model.waiting > 0)
        self.page.list.show_new()
        self.page.show_request(request)
        detail = self.page.detail
        await until(lambda: detail.detail is not None and detail.detail.request.id == request)
        await until(lambda: detail.composer.tabs.label() != "")
        await until(lambda: detail.detail is not None and detail.detail.request.number != "")
        return request


@asynccontextmanager
async def window_on(desk: Desk, loop: asyncio.AbstractEventLoop) -> AsyncIterator[ActingStage]:
    """Show a window on a desk that has no tools."""
    env, failures = SystemEnv(), list[tuple[str, BaseException]]()
    bridge = DeskBridge(desk, loop, QApplication.instance())
    maker = customer_page_maker(bridge, env)
    desktop = Desktop(bridge, env, maker, lambda name, error: failures.append((name, error)))
    desktop.window.resize(1440, 900)
    desktop.window.show()
    desktop.window.activateWindow()
    await desktop.start()
    try:
        yield ActingStage(desktop, failures)
    finally:
        await desktop.aclose()
        bridge.close()
    assert not failures, failures


async def _opened(machine: Machine) -> tuple[Station, Station, Station]:
    await machine.hire(*WORKERS)
    lea, karim, ines = [await machine.station(worker) for worker in (LEA, KARIM, INES)]
    return lea, karim, ines


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """Open three stations on one hub, and a window on one of them."""
    thread = LoopThread("stations")
    thread.start()

    async def there(coroutine: Coroutine[object, object, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, thread.loop))

    stack = AsyncExitStack()
    try:
        lea, karim, ines = await there(_opened(Machine(folder, stack)))
        async with window_on(ines.desk, thread.loop) as stage:
            stage.desktop.requests.show_page()
            page = stage.desktop.requests.page
            assert page is not None
            page.model.show_basket(BASKET)
            await until(lambda: page.model.board is not None and page.model.board.query.basket == BASKET)
            page.focus_current()
            yield House(stage, page, lea, karim, thread)
    finally:
        await there(stack.aclose())
        thread.stop()


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is true; the test's own limit stops it."""
    while not condition():  # noqa: ASYNC110 - painted frames and other threads set no asyncio event
        await asyncio.sleep(0.01)


def test_a_request_is_taken_answered_and_closed_and_its_sender_sees_it(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with house(tmp_path) as found:
            request = await found.request()
            found.stage.press(K.Key_M, CTRL)
            await found.seen(found.lea, request, lambda told: told.request.holder == INES.login)
            found.stage.press(K.Key_R, CTRL)
            found.stage.type("La carte est partie")
            found.stage.press(K.Key_Return, CTRL)
            await found.seen(
                found.lea,
                request,
                lambda told: any(
                    line.kind is ExchangeKind.REPLY and line.words == "La carte est partie"
                    for line in told.request.exchanges
                ),
            )
            detail = found.page.detail
            await until(lambda: detail.detail is not None and detail.detail.outcomes)
            found.stage.press(K.Key_E, CTRL | SHIFT)
            found.stage.press(K.Key_Down)
            found.stage.press(K.Key_Return)
            await found.seen(found.lea, request, lambda told: told.request.status is RequestStatus.CLOSED)

    run(scenario())


def test_taking_is_undone_with_the_keys(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with house(tmp_path) as found:
            request = await found.request()
            found.stage.press(K.Key_M, CTRL)
            await found.seen(found.karim, request, lambda told: told.request.holder == INES.login)
            found.stage.press(K.Key_Z, CTRL)
            await found.seen(found.karim, request, lambda told: told.request.holder == "")

    run(scenario())


def test_what_a_colleague_takes_is_seen_at_once_and_cannot_be_taken(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with house(tmp_path) as found:
            request = await found.request()
            await found.there(found.karim.known(request, lambda known: known.number != ""))
            claim = RequestDeed(EventKind.REQUEST_CLAIMED)
            await found.there(found.karim.desk.act_on_requests([request], claim))
            detail = found.page.detail
            await until(lambda: detail.detail is not None and detail.detail.request.holder == KARIM.login)
            assert detail.state.spec.text == "tenue par Karim Benali"
            await until(lambda: not detail.action_row.buttons["take"].isVisible())
            await until(detail.composer.edit.isReadOnly)

    run(scenario())


def test_a_new_request_waits_behind_the_banner(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with house(tmp_path) as found:
            first = await found.request()
            await found.there(found.lea.desk.create_request(replace(NEW, anyway=True)))
            await until(found.page.list.banner.isVisible)
            assert [row.id for row in found.page.list.model.rows] == [first]

    run(scenario())
