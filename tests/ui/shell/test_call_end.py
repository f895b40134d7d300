"""A call that no telephony follows is the agent's to end; then it is over as if telephony had said so."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.env import FixedEnv
from avise.models.errors import AviseError
from avise.models.roles import Purpose
from avise.services.desk import CallState, IncomingCall
from avise.ui.shell.calls import Calls
from tests.ui.customer.opened_page import opened
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk, hit_of
from tests.ui.shell.test_desktop import CTRL, SHIFT, Stage, staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
ANNOUNCED = IncomingCall("c-1", CallState.RINGING, NOW, None, "+33639984127", "", 0, (), followed=False)


def _is_on_call(stage: Stage) -> bool:
    return any(tab.on_call for tab in stage.window.sessions.tabs)


def _call(stage: Stage) -> IncomingCall | None:
    return stage.desktop.calls.call


async def _taken(stage: Stage, *, followed: bool = False) -> None:
    """Ring for Hélène and open her file."""
    stage.desk.ring(HELENE, followed=followed)
    await until(stage.window.call_panel.isVisible)
    stage.press(Qt.Key.Key_P, CTRL | SHIFT)
    assert stage.page().person == HELENE


def test_the_ringing_panel_ends_a_call_that_a_link_announced(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(number="+33639980000", followed=False)
            await until(stage.window.call_panel.isVisible)
            button = stage.window.call_panel.end
            assert button.isVisible()
            assert button.accessibleName() == "Appel terminé"
            assert "Ctrl Maj R" in button.toolTip()
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            assert not stage.window.call_panel.isVisible()
            assert stage.window.top_bar.agent.spec.text == "Disponible"
            assert _call(stage) is None

    run(scenario())


def test_a_call_that_the_telephony_follows_has_no_such_button(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(HELENE)
            await until(stage.window.call_panel.isVisible)
            assert not stage.window.call_panel.end.isVisible()
            said = _sentences(stage)
            for _ in range(2):
                stage.press(Qt.Key.Key_R, CTRL | SHIFT)
            assert said[-1] == "Cet appel se termine quand le téléphone raccroche."
            assert _call(stage) is not None
            assert "end_call" not in _offered(stage)

    run(scenario())


def test_opening_a_file_takes_a_call_that_nobody_else_says_taken(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            await _taken(stage)
            call = stage.page().call
            assert call is not None
            assert (call.state, call.answered_at) == (CallState.ANSWERED, NOW)
            assert stage.window.top_bar.agent.spec.text == "En appel"

    run(scenario())


def test_the_page_ends_its_call_and_keeps_what_is_typed(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            await _taken(stage)
            stage.page().notes.setPlainText("rappeler lundi")
            assert _is_on_call(stage)
            stage.page().call_end_requested.emit()
            assert stage.page().call is None
            assert not _is_on_call(stage)
            assert stage.page().notes.toPlainText() == "rappeler lundi"
            assert stage.window.top_bar.agent.spec.text == "Disponible"

    run(scenario())


def test_the_keys_end_a_call_at_the_second_press_within_two_seconds(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            await _taken(stage)
            said = _sentences(stage)
            stage.press(Qt.Key.Key_R, CTRL | SHIFT)
            assert said == ["Encore Ctrl Maj R\u00a0: appel terminé."]
            assert _call(stage) is not None
            env = stage.desktop._env
            assert isinstance(env, FixedEnv)
            env.advance(timedelta(seconds=3))
            stage.press(Qt.Key.Key_R, CTRL | SHIFT)
            assert _call(stage) is not None
            env.advance(timedelta(seconds=1))
            stage.press(Qt.Key.Key_R, CTRL | SHIFT)
            assert _call(stage) is None
            assert said[-1] == "Appel terminé. La note reste ouverte."

    run(scenario())


def test_the_palette_offers_the_end_of_a_call_while_there_is_one_to_end(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            assert "end_call" not in _offered(stage)
            await _taken(stage)
            assert "end_call" in _offered(stage)
            stage.desktop.actions.commands.run("end_call")
            assert _call(stage) is None

    run(scenario())


def test_a_call_without_its_telephony_becomes_the_agents_to_end(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            await _taken(stage, followed=True)
            followed = [stage.desktop.calls.may_end]
            stage.desktop._on_calls_failed(AviseError("engine.stopped"))
            stage.failures.clear()
            followed.append(stage.desktop.calls.may_end)
            assert followed == [False, True]
            call = stage.page().call
            assert call is not None
            assert not call.followed
            stage.page().call_end_requested.emit()
            assert stage.page().call is None
            assert not stage.window.top_bar.agent.isVisible()

    run(scenario())


def test_a_link_pressed_again_after_the_end_rings_again(dressed: QApplication) -> None:
    parent = QObject()
    calls = Calls(FixedEnv(NOW), parent)
    rang: list[IncomingCall] = []
    calls.rang.connect(rang.append)
    calls.take(ANNOUNCED)
    calls.take(ANNOUNCED)
    assert calls.end()
    assert not calls.end()
    calls.take(ANNOUNCED)
    assert len(rang) == 2


def test_a_new_call_is_not_armed_by_the_press_for_the_one_before(dressed: QApplication) -> None:
    parent = QObject()
    calls = Calls(FixedEnv(NOW), parent)
    calls.take(ANNOUNCED)
    assert not calls.end_at_second_press()
    calls.take(replace(ANNOUNCED, call_id="c-2"))
    assert not calls.end_at_second_press()
    assert calls.end_at_second_press()


def test_the_headers_panel_has_the_button_of_a_call_that_nobody_follows(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            ended: list[bool] = []
            page.call_end_requested.connect(lambda: ended.append(True))
            call = replace(ANNOUNCED, state=CallState.ANSWERED, answered_at=NOW)
            page.set_call(call)
            button = page.call_panel.end
            assert button.isVisible()
            assert button.accessibleName() == "Appel terminé"
            assert button.height() >= 24
            assert page.header.height() >= page.call_panel.sizeHint().height()
            button.setFocus()
            QTest.keyClick(button, Qt.Key.Key_Space)
            assert ended == [True]
            page.set_call(replace(call, followed=True))
            assert not button.isVisible()

    run(scenario())


def _offered(stage: Stage) -> set[str]:
    """Return the commands of the palette; it is closed again."""
    stage.desktop.actions.search()
    rows = stage.window.palette_model._commands
    stage.window.palette_view.close_palette()
    return {command.id for command in rows}


def _sentences(stage: Stage) -> list[str]:
    said: list[str] = []
    stage.window.toast.told.connect(lambda sentence, _is_error: said.append(sentence))
    return said


def test_the_number_of_an_ended_call_is_not_asked_about_again(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            await _taken(stage)
            stage.desktop.actions.commands.run("end_call")
            stage.desktop.actions.opening.open_hit(hit_of(DIRECTORY[4]), Purpose.SEARCH)
            stage.window.sessions.show(HELENE)
            assert stage.page().call is None
            assert not _is_on_call(stage)

    run(scenario())


def test_the_panel_of_a_second_call_has_room_for_all_that_it_says(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            panel = stage.window.call_panel
            stage.desk.ring(number="+33639980000", followed=False)
            await until(panel.isVisible)
            panel.show_call(replace(ANNOUNCED, call_id="c-9", matches=(hit_of(DIRECTORY[4]),)))
            assert panel.height() == panel.sizeHint().height()
            assert panel.end.geometry().height() >= 24
            panel.show_call(replace(ANNOUNCED, call_id="c-10", followed=True))
            assert panel.height() == panel.sizeHint().height()

    run(scenario())
