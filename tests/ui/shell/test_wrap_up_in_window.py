"""The wrap-up in the whole window: counted on the tab and on the agent's state, undone for ten minutes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.env import FixedEnv
from avise.models.customer import PersonId
from avise.models.wrap_up import WrapUp
from avise.services.day_values import WrapUpDraft
from avise.services.desk import CallState
from avise.texts import text
from avise.ui.announce import Announcer
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from avise.ui.shell.desktop import Desktop
from tests.ui.customer.opened_page import until
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk

Run = Callable[[Coroutine[object, object, None]], None]
CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Window:
    """A window with real customers' pages."""

    desk: ScriptedDesk
    env: FixedEnv
    desktop: Desktop

    def page(self) -> CustomerPage:
        """Return the page on screen."""
        page = self.desktop.window.stack.currentWidget()
        assert isinstance(page, CustomerPage)
        return page

    @property
    def agent(self) -> str:
        """The words of the agent's state."""
        return self.desktop.window.top_bar.agent.spec.text

    def toast(self) -> str:
        """Return the message on screen."""
        message = self.desktop.window.toast.message()
        return message.sentence if message is not None else ""

    def commands(self) -> set[str]:
        """Return what the palette offers for "annuler"."""
        self.desktop.actions.search()
        self.desktop.window.palette_model.look_for("annuler")
        model = self.desktop.window.palette_model
        offered = {row.command for row in model.found.rows}
        self.desktop.window.palette_view.close_palette()
        return offered

    async def talk(self) -> None:
        """Take a call from Hélène."""
        self.desk.ring(HELENE)
        await until(lambda: self.desktop.calls.call is not None)
        self.desk.ring(HELENE, state=CallState.ANSWERED)
        await until(lambda: self.desktop.window.sessions.current == HELENE)
        await until(lambda: self.page().model.wrap_up.shown().guesses)

    async def hang_up(self) -> None:
        """End the call."""
        self.desk.ring(HELENE, state=CallState.ENDED)
        await until(lambda: self.desktop.calls.call is None)
        await until(lambda: self.page().model.wrap_up.seconds_left)


@asynccontextmanager
async def shown() -> AsyncIterator[Window]:
    """Show a window; close it as the program does."""
    desk, env = ScriptedDesk(), FixedEnv(NOW)
    bridge = DeskBridge(desk, asyncio.get_running_loop(), QApplication.instance())

    def make_page(announcer: Announcer, parent: QWidget) -> QWidget:
        return CustomerPage(bridge, env, announcer, parent)

    failures: list[tuple[str, BaseException]] = []
    desktop = Desktop(bridge, env, make_page, lambda name, error: failures.append((name, error)))
    desktop.window.resize(1440, 900)
    desktop.window.show()
    desktop.window.activateWindow()
    await desktop.start()
    window = Window(desk, env, desktop)
    try:
        yield window
    finally:
        await desktop.aclose()
        await until(lambda: not {"save draft", "record"} & {task.get_name() for task in asyncio.all_tasks()})
        bridge.close()
        await until(lambda: not desk.call_stream.listeners and not desk.source_stream.listeners)
        await until(lambda: len(asyncio.all_tasks()) == 1)
    assert not failures, failures


def test_the_wrap_up_is_counted_on_the_tab_and_on_the_agents_state_until_it_is_recorded(run: Run) -> None:
    async def scenario() -> None:
        async with shown() as window:
            await window.talk()
            await window.hang_up()
            assert window.agent == "clôture 0:45"
            button = window.desktop.window.top_bar.tabs.button(HELENE)
            assert button._wrap_up_seconds == 45
            window.env.advance(timedelta(seconds=30))
            await until(lambda: window.agent == "clôture 0:15")
            QTest.keyClick(window.page(), Qt.Key.Key_Return, CTRL)
            await until(lambda: window.toast() == text("wrap_up.recorded"))
            assert window.agent == text("agent.available")
            assert button._wrap_up_seconds == 0

    run(scenario())


def test_a_call_that_rings_during_a_wrap_up_has_the_agents_state(run: Run) -> None:
    async def scenario() -> None:
        async with shown() as window:
            await window.talk()
            await window.hang_up()
            window.page().model.wrap_up.write("Pas encore fini")
            window.desk.ring(number="+33639980000")
            await until(lambda: window.agent == text("agent.ringing"))
            window.env.advance(timedelta(seconds=1))
            await asyncio.sleep(1.1)
            assert window.agent == text("agent.ringing")
            assert window.page().rail.wrap_up.text() == "Pas encore fini"

    run(scenario())


def test_a_recorded_exchange_is_undone_from_its_message_and_its_form_comes_back(run: Run) -> None:
    async def scenario() -> None:
        async with shown() as window:
            await window.talk()
            window.page().model.wrap_up.write("Virement vu")
            await window.hang_up()
            QTest.keyClick(window.page(), Qt.Key.Key_Return, CTRL)
            await until(lambda: window.toast() == text("wrap_up.recorded"))
            recorded = next(asked[2] for asked in window.desk.asked if asked[0] == "record_wrap_up")
            assert isinstance(recorded, WrapUp)
            # As the engine does when it takes the exchange back.
            window.desk.wrap_ups[HELENE, ""] = WrapUpDraft(HELENE, recorded, NOW)
            message = window.desktop.window.toast.message()
            assert message is not None
            assert message.on_action is not None
            message.on_action()
            await until(lambda: any(asked[0] == "undo" for asked in window.desk.asked))
            await until(lambda: window.page().rail.wrap_up.text() == "Virement vu")
            assert "undo" not in window.commands()

    run(scenario())


def test_the_palette_still_undoes_a_recording_when_the_message_is_gone_and_no_longer_after_ten_minutes(
    run: Run,
) -> None:
    async def scenario() -> None:
        async with shown() as window:
            await window.talk()
            await window.hang_up()
            assert "undo" not in window.commands()
            QTest.keyClick(window.page(), Qt.Key.Key_Return, CTRL)
            await until(lambda: window.toast() == text("wrap_up.recorded"))
            window.desktop.window.toast.close_message()
            window.env.advance(timedelta(minutes=9))
            assert "undo" in window.commands()
            window.env.advance(timedelta(minutes=2))
            assert "undo" not in window.commands()

    run(scenario())


def test_ctrl_z_undoes_the_recording_outside_a_text_and_the_typing_inside_one(run: Run) -> None:
    async def scenario() -> None:
        async with shown() as window:
            await window.talk()
            await window.hang_up()
            QTest.keyClick(window.page(), Qt.Key.Key_Return, CTRL)
            await until(lambda: window.toast() == text("wrap_up.recorded"))
            note = window.page().rail.wrap_up.note
            note.setFocus()
            QTest.keyClicks(note, "abc")
            QTest.keyClick(note, Qt.Key.Key_Z, CTRL)
            assert window.page().rail.wrap_up.text() == ""
            assert not any(asked[0] == "undo" for asked in window.desk.asked)
            window.page().header.identity.setFocus()
            QTest.keyClick(window.page().header.identity, Qt.Key.Key_Z, CTRL)
            await until(lambda: any(asked[0] == "undo" for asked in window.desk.asked))

    run(scenario())


def test_a_page_closed_during_its_wrap_up_gives_the_agents_state_back_and_keeps_the_draft(run: Run) -> None:
    async def scenario() -> None:
        async with shown() as window:
            await window.talk()
            window.page().model.wrap_up.write("Pas encore fini")
            await window.hang_up()
            assert window.agent == "clôture 0:45"
            window.desktop.window.sessions.close(HELENE)
            assert window.agent == text("agent.available")
            await until(lambda: (HELENE, "") in window.desk.wrap_ups)
            left = window.desk.wrap_ups[HELENE, ""].wrap_up
            assert (left.note, left.call_id) == ("Pas encore fini", "call-1")

    run(scenario())


def test_of_two_wrap_ups_at_once_the_last_begun_is_the_agents_state(run: Run) -> None:
    async def scenario() -> None:
        async with shown() as window:
            ticked = window.desktop.window.customers.wrap_up_ticked
            other = PersonId(int=5)
            ticked.emit(HELENE, 10)
            ticked.emit(other, 45)
            ticked.emit(HELENE, 9)
            assert window.agent == "clôture 0:45"
            ticked.emit(other, 0)
            assert window.agent == "clôture 0:09"
            ticked.emit(HELENE, 0)
            assert window.agent == text("agent.available")

    run(scenario())
