"""The locked desk: nothing readable or heard of anybody, keys that do nothing, and what opens it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from avise.services.desk import CallState, SavedTab
from avise.ui.lock.cover import Cover
from avise.ui.shell.dialogs import ReasonDialog
from avise.ui.widgets.focus_ring import FocusRing
from avise.ui.widgets.toast import Message
from tests.ui.mouse import move_mouse
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk
from tests.ui.shell.test_desktop import CTRL, Stage, staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


def seen(window: QWidget) -> list[QWidget]:
    """Return what can be seen of a window."""
    return [
        child
        for child in window.children()
        if isinstance(child, QWidget) and child.isVisible() and not isinstance(child, FocusRing)
    ]


def is_locked(stage: Stage) -> bool:
    """Return whether the desk is locked, now."""
    return stage.desktop.locking.is_locked


def pass_minutes(stage: Stage, minutes: float) -> None:
    """Let time pass without a touch, then look."""
    stage.desktop._env.advance(timedelta(minutes=minutes))  # type: ignore[attr-defined]  # a FixedEnv
    stage.desktop.locking.idle.look()


async def locked(stage: Stage) -> Cover:
    """Lock the desk by its command."""
    stage.desktop.actions.commands.run("lock")
    cover = stage.desktop.locking.cover
    assert cover is not None
    await until(lambda: bool(cover.sentence.text()))
    return cover


def test_ten_minutes_without_a_touch_cover_the_window_and_its_title(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0)
            pass_minutes(stage, 9.9)
            assert not is_locked(stage)
            pass_minutes(stage, 0.2)
            assert is_locked(stage)
            assert seen(stage.window) == [stage.desktop.locking.cover]
            assert stage.window.windowTitle() == "Avise – verrouillé"
            cover = stage.desktop.locking.cover
            assert cover is not None
            await until(lambda: "Aucun code" in cover.sentence.text())

    run(scenario())


def test_a_touch_of_the_keyboard_or_the_mouse_begins_the_minutes_again(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            handle = stage.window.windowHandle()
            stage.desktop.locking.idle._on_focus_window_changed(handle)
            pass_minutes(stage, 9)
            QTest.keyClick(handle, Qt.Key.Key_Control)
            pass_minutes(stage, 9)
            move_mouse(handle, QPoint(400, 400))
            await asyncio.sleep(0.01)
            assert not is_locked(stage)
            pass_minutes(stage, 9)
            assert not is_locked(stage)

    run(scenario())


def test_the_minutes_of_the_settings_hold_within_those_of_the_profile(run: Run) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk(settings={"idle_minutes": "5"})) as stage:
            pass_minutes(stage, 5)
            assert is_locked(stage)

    run(scenario())


def test_a_call_that_was_answered_is_never_covered(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(HELENE, state=CallState.ANSWERED)
            await until(lambda: stage.window.top_bar.agent.spec.text == "En appel")
            pass_minutes(stage, 30)
            assert not is_locked(stage)
            stage.desktop.actions.commands.run("lock")
            assert not is_locked(stage)
            message = stage.window.toast.message()
            assert message is not None
            assert "appel décroché" in message.sentence
            stage.desk.ring(HELENE, state=CallState.ENDED)
            await until(lambda: stage.window.top_bar.agent.spec.text == "Disponible")
            stage.desktop.locking.idle.look()
            assert is_locked(stage)

    run(scenario())


def test_without_a_code_any_key_lifts_the_cover_and_everything_is_as_it_was(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0)
            stage.page().notes.setFocus()
            before = set(seen(stage.window))
            cover = await locked(stage)
            QTest.keyClick(cover, Qt.Key.Key_Shift)
            assert is_locked(stage)
            QTest.keyClick(cover, Qt.Key.Key_Space)
            assert not is_locked(stage)
            assert set(seen(stage.window)) == before
            assert QApplication.focusWidget() is stage.page().notes
            assert stage.window.windowTitle() == "Adhérents – Avise"

    run(scenario())


def test_the_page_masks_what_it_revealed_before_it_is_covered(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0)
            stage.page().asked.clear()
            await locked(stage)
            assert stage.page().asked == ["deactivate"]

    run(scenario())


def test_what_was_copied_here_can_no_longer_be_pasted(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            clipboard = QApplication.clipboard()
            clipboard.setText("0482917350")
            owned = clipboard.ownsClipboard()
            await locked(stage)
            assert not owned or clipboard.text() == ""

    run(scenario())


def test_no_key_does_anything_behind_the_cover(run: Run) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk(pin="4711")) as stage:
            cover = stage.desktop.locking.cover
            assert cover is not None
            QTest.keyClick(cover, Qt.Key.Key_K, CTRL)
            QTest.keyClick(cover, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
            assert not stage.window.palette_view.isVisible()
            assert seen(stage.window) == [cover]

    run(scenario())


def test_a_desk_with_a_code_starts_locked_and_the_code_opens_it(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(pin="4711", tabs=(SavedTab(HELENE, "MARCHAND Hélène", 0, active=True),))
        async with staged(desk) as stage:
            cover = stage.desktop.locking.cover
            assert cover is not None
            await until(cover.field.isVisible)
            QTest.keyClick(cover, Qt.Key.Key_Space)
            assert is_locked(stage)
            QTest.keyClicks(cover.field, "4711")
            QTest.keyClick(cover.field, Qt.Key.Key_Return)
            await until(lambda: not is_locked(stage))
            assert stage.page().person == HELENE

    run(scenario())


def test_a_desk_that_locks_while_another_program_has_focus_opens_without_a_fault(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(0)
            focused = QApplication.focusWidget()
            assert focused is not None
            focused.clearFocus()
            cover = await locked(stage)
            cover.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClick(cover, Qt.Key.Key_Space)
            assert not is_locked(stage)
            await until(lambda: not isValid(cover))
            stage.page().notes.setFocus()
            assert QApplication.focusWidget() is stage.page().notes

    run(scenario())


def test_five_wrong_codes_close_the_sessions_and_the_desk_stays_locked(run: Run) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk()) as stage:
            stage.open(0, 4)
            stage.desk.pin = "4711"
            cover = await locked(stage)
            for errors in range(1, 6):
                cover._left = 0
                cover._show_wait()
                cover.field.setText("0000")
                QTest.keyClick(cover.field, Qt.Key.Key_Return)
                await until(lambda: not cover.field.text())
                assert stage.desk.pin_errors == errors
                assert not cover.field.isEnabled()
            assert stage.window.sessions.tabs == ()
            assert stage.window.sessions.reopen() is None
            assert "brouillons sont gardés" in cover.outcome.text()
            assert is_locked(stage)
            assert seen(stage.window) == [cover]

    run(scenario())


def test_a_caller_is_announced_without_a_name_and_met_once_the_desk_is_open(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            said: list[str] = []
            stage.window.announcer.announced.connect(lambda words, _urgent: said.append(words))
            cover = await locked(stage)
            stage.desk.ring(HELENE)
            await until(lambda: bool(said))
            assert said == ["Appel entrant"]
            assert cover.call.isVisible()
            assert not stage.window.call_panel.isVisible()
            assert stage.window.sessions.tabs == ()
            QTest.mouseClick(cover, Qt.MouseButton.LeftButton)
            assert stage.window.call_panel.isVisible()
            assert said[-1] == "Appel entrant, MARCHAND Hélène"

    run(scenario())


def test_a_call_that_was_announced_before_the_lock_is_not_announced_again(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            said: list[str] = []
            stage.window.announcer.announced.connect(lambda words, _urgent: said.append(words))
            stage.desk.ring(HELENE)
            await until(lambda: said == ["Appel entrant, MARCHAND Hélène"])
            stage.window.call_panel.hide()
            cover = await locked(stage)
            QTest.mouseClick(cover, Qt.MouseButton.LeftButton)
            assert not is_locked(stage)
            assert [words for words in said if words.startswith("Appel")] == [
                "Appel entrant, MARCHAND Hélène"
            ]
            # Put aside by the agent: it stays so.
            assert not stage.window.call_panel.isVisible()

    run(scenario())


def test_what_wants_to_show_itself_waits_behind_the_cover(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            said: list[str] = []
            stage.window.announcer.announced.connect(lambda words, _urgent: said.append(words))
            cover = await locked(stage)
            stage.window.toast.show_message(Message("Carte renvoyée à MARCHAND Hélène", is_error=True))
            await asyncio.sleep(0.02)
            assert seen(stage.window) == [cover]
            assert said == []
            QTest.keyClick(cover, Qt.Key.Key_Space)
            assert stage.window.toast.isVisible()

    run(scenario())


def test_a_dialog_is_hidden_and_comes_back(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.open(3)
            await until(lambda: bool(stage.window.findChildren(ReasonDialog)))
            dialog = stage.window.findChildren(ReasonDialog)[0]
            cover = await locked(stage)
            assert not dialog.isVisible()
            QTest.keyClick(cover, Qt.Key.Key_Space)
            assert dialog.isVisible()
            dialog.field.setText("contrôle")
            dialog.accept()
            await until(lambda: stage.window.sessions.tab(DIRECTORY[3].person) is not None)

    run(scenario())


def test_the_code_is_set_changed_and_removed_in_the_settings(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.window.show_page("settings")
            panel = stage.window.settings.pin
            assert not panel.current.isVisible()
            panel.new.setText("4711")
            panel.again.setText("4712")
            QTest.mouseClick(panel.set, Qt.MouseButton.LeftButton)
            assert "diffèrent" in panel.outcome.text()
            panel.again.setText("4711")
            QTest.mouseClick(panel.set, Qt.MouseButton.LeftButton)
            await until(lambda: stage.desk.pin == "4711")
            await until(panel.current.isVisible)
            assert panel.new.text() == ""
            QTest.mouseClick(panel.remove, Qt.MouseButton.LeftButton)
            await until(lambda: "rien n’est changé" in panel.outcome.text())
            panel.current.setText("4711")
            QTest.mouseClick(panel.remove, Qt.MouseButton.LeftButton)
            await until(lambda: stage.desk.pin == "")

    run(scenario())
