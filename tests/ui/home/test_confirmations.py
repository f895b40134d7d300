"""What a colleague asks to confirm, by the keyboard: two desks, one hub, one window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from avise.engine.loops import LoopThread
from avise.models.commands import CommandReason, CommandState, OutboxItem
from avise.ui.discretion import discretion
from avise.ui.home.confirmation_panel import ConfirmationPanel
from avise.ui.home.page import HomePage
from avise.ui.notifications.centre import notifications
from tests.ui.outbox.acting_window import CTRL, ActingStage
from tests.ui.requests.test_on_hub import until, window_on
from tests.unit.engine.acting_station import TOM, ActingStation, acting
from tests.unit.engine.request_station import LEA, WORKERS, Machine

Run = Callable[[Coroutine[object, object, None]], None]
K, S = Qt.Key, CommandState
T = TypeVar("T")


@dataclass
class House:
    """Léa's station, and Tom in front of his window."""

    stage: ActingStage
    lea: ActingStation
    tom: ActingStation
    thread: LoopThread

    async def there(self, coroutine: Coroutine[object, object, T]) -> T:
        """Await something of a station, on the loop where stations work."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self.thread.loop))

    @property
    def home(self) -> HomePage:
        """Tom's day."""
        return self.stage.window.home

    @property
    def panel(self) -> ConfirmationPanel:
        """What Tom is asked."""
        return self.home.confirmation_panel

    async def asked(self) -> OutboxItem:
        """Let Léa ask, and wait until Tom's day shows it."""
        item = await self.there(self.lea.asks())
        await until(lambda: self.home.confirmations.isVisible() and self.home.confirmations.links)
        return item

    async def opened(self) -> None:
        """Show the question from the palette."""
        await self.stage.run_from_palette("confirmation")
        await until(self.panel.isVisible)


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """Open two stations on one hub, and a window on one of them."""
    thread, stack = LoopThread("stations"), AsyncExitStack()
    thread.start()

    async def there(coroutine: Coroutine[object, object, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, thread.loop))

    async def built() -> tuple[ActingStation, ActingStation]:
        machine = Machine(folder, stack)
        await machine.hire(*WORKERS, TOM)
        return await acting(machine, LEA), await acting(machine, TOM)

    try:
        lea, tom = await there(built())
        async with window_on(tom.station.desk, thread.loop) as stage:
            yield House(stage, lea, tom, thread)
    finally:
        await there(stack.aclose())
        thread.stop()


def test_a_question_is_read_then_confirmed_and_the_colleagues_command_leaves(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with house(tmp_path) as found:
            item = await found.asked()
            told = [row.last.sentence for row in notifications().rows]
            assert "Un collègue demande votre confirmation" in told
            await found.opened()
            shown = found.panel.reading.accessibleDescription()
            assert all(words in shown for words in ("MARCHAND", LEA.name, "v1", "v2")), shown
            assert QApplication.focusWidget() is found.panel.reading
            found.stage.press(K.Key_Return)
            await asyncio.sleep(0.05)
            assert found.panel.isVisible()
            found.stage.press(K.Key_Return, CTRL)
            done = await found.there(found.lea.reaches(item, S.DONE))
            assert done.seconded_by == TOM.login
            await until(lambda: not found.home.confirmations.isVisible())
            assert not any(row.last.about.startswith("confirmation/") for row in notifications().rows)

    run(scenario())


def test_a_refusal_asks_for_its_reason_and_enter_gives_it(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with house(tmp_path) as found:
            item = await found.asked()
            await found.opened()
            found.panel.refuse.click()
            assert QApplication.focusWidget() is found.panel.because.edit
            assert found.panel.isVisible()
            found.stage.type("Appelant non identifie")
            found.stage.press(K.Key_Return)
            refused = await found.there(found.lea.reaches(item, S.REJECTED))
            assert (refused.reason, refused.because) == (
                CommandReason.SECOND_REFUSED, "Appelant non identifie"
            )  # fmt: skip
            assert found.lea.tools.sendings == []

    run(scenario())


def test_a_question_that_is_taken_back_leaves_the_screen(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with house(tmp_path) as found:
            item = await found.asked()
            await found.opened()
            await found.there(found.lea.station.desk.abandon(item.command_id, "Erreur"))
            await until(lambda: not found.panel.isVisible())
            assert not found.home.confirmations.isVisible()

    run(scenario())


def test_a_discreet_screen_shows_no_change_and_answers_nothing(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with house(tmp_path) as found:
            await found.asked()
            await found.opened()
            discretion().set_on(on=True)
            try:
                assert found.panel.veil.isVisible()
                found.stage.press(K.Key_Return, CTRL)
                await asyncio.sleep(0.05)
                assert found.panel.isVisible()
                assert found.lea.tools.sendings == []
            finally:
                discretion().set_on(on=False)

    run(scenario())
