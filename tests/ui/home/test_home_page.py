"""Ma journée as an agent uses it: by keyboard, with undo, with reminders that never take the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from avise.models.errors import AviseError
from avise.models.roles import Purpose
from avise.models.tasks import TaskId
from avise.services.day_values import DayRequests, MyDay
from avise.ui.home.day_lines import REQUESTS_SHOWN
from avise.ui.home.moments import choices
from avise.ui.shortcuts import SHORTCUTS
from tests.ui.home_day import COLLEAGUE, FULL_DAY, LATE, TODAY, away
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk
from tests.ui.shell.test_desktop import Stage, staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
CTRL = Qt.KeyboardModifier.ControlModifier


async def _shown(stage: Stage) -> None:
    await until(lambda: stage.window.home.rows.current() is not None)
    stage.window.home.rows.setFocus()


def _desk() -> ScriptedDesk:
    return ScriptedDesk(day=FULL_DAY, unlinked=FULL_DAY.unlinked)


def _asked(stage: Stage, name: str) -> list[tuple[object, ...]]:
    return [asked for asked in stage.desk.asked if asked[0] == name]


def test_focus_starts_on_the_first_task_once_the_day_is_read(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await until(lambda: stage.window.home.rows.current() is not None)
            await until(lambda: QApplication.focusWidget() is stage.window.home.rows)
            assert stage.window.home.rows.current() == LATE[0]

    run(scenario())


def test_coming_back_puts_focus_on_the_list(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            stage.open(4)
            stage.press(Qt.Key.Key_G, CTRL)
            stage.press(Qt.Key.Key_H)
            await until(lambda: stage.window.page_name == "home")
            assert QApplication.focusWidget() is stage.window.home.rows
            stage.window.show_page("sources")
            stage.window.show_page("home")
            assert QApplication.focusWidget() is stage.window.home.rows

    run(scenario())


def test_enter_opens_the_file_of_whoever_is_called_back_as_for_a_call(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            stage.press(Qt.Key.Key_Return)
            assert stage.page().person == HELENE
            assert stage.page().purpose is Purpose.CALL

    run(scenario())


def test_space_says_done_and_the_message_undoes_it(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            stage.press(Qt.Key.Key_Space)
            await until(lambda: stage.window.toast.message() is not None)
            assert _asked(stage, "finish_task") == [("finish_task", LATE[0].task.id)]
            assert stage.window.toast.message().sentence == "Tâche faite"  # type: ignore[union-attr]  # waited for
            stage.press(Qt.Key.Key_Z, CTRL)
            await until(lambda: bool(_asked(stage, "undo")))
            await until(lambda: not stage.window.undoing.can_undo)

    run(scenario())


def test_the_palette_offers_to_undo_only_when_something_can_be(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            assert not stage.window.undoing.can_undo
            stage.press(Qt.Key.Key_Space)
            await until(lambda: stage.window.undoing.can_undo)
            stage.desktop.actions.search()
            QTest.keyClicks(stage.window.palette_view.field, "annuler la dern")
            stage.press(Qt.Key.Key_Return)
            await until(lambda: bool(_asked(stage, "undo")))

    run(scenario())


def test_another_time_is_chosen_by_keyboard(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            stage.press(Qt.Key.Key_U, CTRL)
            assert stage.window.home.move_panel.isVisible()
            stage.press(Qt.Key.Key_Return)
            await until(lambda: bool(_asked(stage, "move_task")))
            assert _asked(stage, "move_task")[0][1:3] == (LATE[0].task.id, choices(NOW)[0].at)
            assert not stage.window.home.move_panel.isVisible()
            assert QApplication.focusWidget() is stage.window.home.rows

    run(scenario())


def test_a_time_that_is_past_or_not_one_is_refused_with_a_way_out(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            stage.press(Qt.Key.Key_U, CTRL)
            panel = stage.window.home.move_panel
            panel.field.edit.setFocus()
            for words in ("8:00", "jamais"):
                panel.field.edit.clear()
                QTest.keyClicks(panel.field.edit, words)
                QTest.keyClick(panel.field.edit, Qt.Key.Key_Return)
                assert panel.isVisible()
                assert panel.field.edit.accessibleDescription()
            panel.field.edit.clear()
            QTest.keyClicks(panel.field.edit, "demain 9 h")
            QTest.keyClick(panel.field.edit, Qt.Key.Key_Return)
            await until(lambda: bool(_asked(stage, "move_task")))

    run(scenario())


def test_a_task_is_given_to_a_colleague(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            stage.press(Qt.Key.Key_E, CTRL)
            panel = stage.window.home.assign_panel
            QTest.keyClick(panel.field.edit, Qt.Key.Key_Return)
            assert panel.isVisible()
            QTest.keyClicks(panel.field.edit, COLLEAGUE)
            QTest.keyClick(panel.field.edit, Qt.Key.Key_Return)
            await until(lambda: bool(_asked(stage, "assign_task")))
            assert _asked(stage, "assign_task") == [("assign_task", LATE[0].task.id, COLLEAGUE)]

    run(scenario())


def test_the_menu_and_the_marks_offer_everything(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            rows = stage.window.home.rows
            menu = rows.menu_of(rows.currentIndex())
            assert isinstance(menu, QMenu)
            words = [action.text().split("\t")[0] for action in menu.actions()]
            assert words == ["Appeler", "Fait", "Reporter", "Confier"]
            menu.deleteLater()
            rect = rows.visualRect(rows.currentIndex())
            done = QPoint(rect.right() - 14 - 28 * 3 + 14, rect.center().y())
            QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=done)
            await until(lambda: bool(_asked(stage, "finish_task")))

    run(scenario())


def test_an_absence_is_declared_with_a_deputy_then_ended(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            home = stage.window.home
            home.absence_button.click()
            panel = home.absence_panel
            QTest.keyClicks(panel.ends.edit, "26/03")
            QTest.keyClick(panel.ends.edit, Qt.Key.Key_Return)
            assert panel.isVisible(), "an absence needs a deputy"
            QTest.keyClicks(panel.deputy.edit, COLLEAGUE)
            QTest.keyClick(panel.deputy.edit, Qt.Key.Key_Return)
            await until(lambda: bool(_asked(stage, "declare_absence")))
            assert _asked(stage, "declare_absence")[0][3] == COLLEAGUE
            stage.desk.show_day(away())
            await until(home.absence_chip.isVisible)
            assert COLLEAGUE in home.absence_chip.spec.text
            QTest.keyClick(home.absence_chip, Qt.Key.Key_Return)
            stage.press(Qt.Key.Key_Return)
            await until(lambda: bool(_asked(stage, "end_absence")))

    run(scenario())


def test_a_task_is_added(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            stage.window.home.new_task.click()
            panel = stage.window.home.new_panel
            QTest.keyClicks(panel.task_words.edit, "Relire la note")
            QTest.keyClicks(panel.when.edit, "demain")
            QTest.keyClick(panel.when.edit, Qt.Key.Key_Return)
            await until(lambda: bool(_asked(stage, "add_task")))

    run(scenario())


def test_a_reminder_is_said_once_without_a_name_and_takes_no_focus(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            stage.open(4)
            focused = QApplication.focusWidget()
            told: list[object] = []
            stage.window.my_day.reminder_due.connect(told.append)
            due = replace(FULL_DAY, board=replace(FULL_DAY.board, reminders=(TODAY[0].task.id,)))
            stage.desk.show_day(due)
            await until(lambda: stage.window.toast.message() is not None)
            sentence = stage.window.toast.message().sentence  # type: ignore[union-attr]  # waited for
            assert sentence == "Rappel promis pour 11:20"
            assert DIRECTORY[5].party.last_name not in sentence
            assert QApplication.focusWidget() is focused
            stage.desk.show_day(replace(due, unlinked=()))
            await until(lambda: stage.window.my_day.day is not None and not stage.window.my_day.day.unlinked)
            assert told == [TODAY[0]]

    run(scenario())


def test_what_was_due_before_the_window_opened_is_in_the_list_and_not_said(run: Run) -> None:
    async def scenario() -> None:
        due = replace(FULL_DAY, board=replace(FULL_DAY.board, reminders=(LATE[0].task.id,)))
        async with staged(ScriptedDesk(day=due)) as stage:
            await _shown(stage)
            assert stage.window.toast.message() is None

    run(scenario())


def test_the_current_task_stays_the_current_one_when_the_day_changes(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            rows = stage.window.home.rows
            for _ in range(3):
                stage.press(Qt.Key.Key_Down)
            assert rows.current() == TODAY[1]
            stage.desk.show_day(replace(FULL_DAY, late=()))
            await until(lambda: len(rows.rows_model.rows()) == 7)
            assert rows.current() == TODAY[1]

    run(scenario())


def test_a_refusal_is_shown_and_nothing_can_be_undone(run: Run) -> None:
    async def scenario() -> None:
        desk = _desk()

        async def refused(_task: object) -> object:
            raise AviseError("task.not_open")

        desk.finish_task = refused  # type: ignore[method-assign,assignment]  # the desk refuses
        async with staged(desk) as stage:
            await _shown(stage)
            stage.press(Qt.Key.Key_Space)
            await until(lambda: stage.window.toast.message() is not None)
            assert stage.window.toast.message().is_error  # type: ignore[union-attr]  # waited for
            assert not stage.window.undoing.can_undo
            stage.window.toast.close_message()

    run(scenario())


def test_an_empty_day_and_a_full_one_have_zones_that_take_focus(run: Run) -> None:
    async def scenario() -> None:
        async with staged(_desk()) as stage:
            await _shown(stage)
            names = [name for name, _widget in stage.window.home.zones()]
            assert names == [
                "zone.day_tasks", "zone.day_requests", "zone.day_unfinished", "zone.day_unlinked",
                "home.recents", "zone.day_tools",
            ]  # fmt: skip
            stage.desk.show_day(MyDay(FULL_DAY.day))
            await until(lambda: not stage.window.home.unlinked.isVisible())
            assert stage.window.home.zones()[0][1] is stage.window.home.search

    run(scenario())


def test_the_keys_of_the_list_are_declared() -> None:
    declared = {shortcut.id for shortcut in SHORTCUTS}
    assert {"task_open", "task_done", "task_move", "task_assign", "undo", "new_task", "absence"} <= declared


def test_few_tasks_leave_their_room_to_the_requests_passed_on(run: Run) -> None:
    async def scenario() -> None:
        one = FULL_DAY.requests.rows[0]
        many = DayRequests(
            followed=True, rows=tuple(replace(one, number=f"D-2026-{place:06d}") for place in range(20))
        )
        day = replace(FULL_DAY, late=LATE[:1], today=(), later=(), requests=many)
        async with staged(ScriptedDesk(day=day)) as stage:
            await _shown(stage)
            home = stage.window.home
            stage.window.resize(1440, 900)
            await until(lambda: len(home.requests.links) > REQUESTS_SHOWN)
            assert home.rows.height() == home.rows.wanted_height(), "no more than the tasks need"
            assert home.requests.geometry().bottom() <= home.tools.geometry().top(), "nothing is pushed out"
            stage.window.resize(960, 600)
            await until(lambda: len(home.requests.links) == REQUESTS_SHOWN)

    run(scenario())


def test_many_tasks_scroll_and_the_first_requests_stay_in_sight(run: Run) -> None:
    async def scenario() -> None:
        today = tuple(
            replace(row, task=replace(row.task, id=TaskId(int=place)))
            for place, row in enumerate(TODAY * 20, start=1)
        )
        day = replace(FULL_DAY, today=today)
        async with staged(ScriptedDesk(day=day)) as stage:
            await _shown(stage)
            home = stage.window.home
            stage.window.resize(1440, 900)
            await until(lambda: 0 < home.rows.height() < home.rows.wanted_height())
            assert home.requests.isVisible()
            assert home.requests.geometry().bottom() <= home.tools.geometry().top()

    run(scenario())
