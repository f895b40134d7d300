"""Notifications: counted by the bell, grouped by object, never of health, opened by Enter, silent."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from avise.models.source_status import SourceState
from avise.services.desk import CallState
from avise.ui.notifications import Notification, NotificationCentre, notifications, notify
from avise.ui.notifications.centre import KEPT
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.shell.test_desktop import CTRL, SHIFT, staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@pytest.fixture(autouse=True)
def nothing_told(dressed: QApplication) -> Iterator[None]:
    """Forget what was told."""
    notifications().clear()
    yield
    notifications().clear()


def news(about: str = "task/1", sentence: str = "Rappel à 11:00", **more: object) -> Notification:
    return replace(Notification(about, sentence, "Accueil", NOW), **more)  # type: ignore[arg-type]  # test data


def test_what_concerns_one_object_is_one_row_the_latest_first() -> None:
    centre = NotificationCentre()
    for about in ("a", "b", "a", "a"):
        centre.notify(news(about))
    assert [(row.last.about, row.count) for row in centre.rows] == [("a", 3), ("b", 1)]
    assert centre.unread == 2
    centre.read("a")
    assert centre.unread == 1
    centre.notify(news("a"))
    assert (centre.rows[0].count, centre.unread) == (1, 2)


def test_the_day_before_is_forgotten() -> None:
    centre = NotificationCentre()
    centre.notify(news("old", at=NOW - timedelta(days=1)))
    centre.notify(news("new"))
    assert [row.last.about for row in centre.rows] == ["new"]


@pytest.mark.parametrize("sentence", ["Suivi de son cancer", "NIR 2 68 03 44 109 214 35 à vérifier"])
def test_health_and_numbers_are_never_told(sentence: str) -> None:
    centre = NotificationCentre()
    centre.notify(news(sentence=sentence))
    assert centre.rows[0].last.sentence == "Du nouveau à voir sur place"


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=60))
def test_unread_counts_objects_and_never_more_than_there_are(told: list[tuple[str, bool]]) -> None:
    centre = NotificationCentre()
    for about, is_read in told:
        centre.notify(news(about))
        if is_read:
            centre.read(about)
    assert centre.unread <= len(centre.rows) == len({about for about, _ in told}) <= KEPT
    centre.read_all()
    assert centre.unread == 0


def test_the_bell_counts_and_enter_opens_the_page(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            bell = stage.window.top_bar.bell
            assert "aucune non lue" in bell.accessibleName()
            notify(news("source/prestations", "Ne répond plus", page="sources"))
            notify(news("task/1"))
            assert "2 non lues" in bell.accessibleName()
            before = QApplication.focusWidget()
            stage.press(Qt.Key.Key_N, CTRL | SHIFT)
            panel = stage.window.notification_panel
            assert panel.isVisible()
            assert QApplication.focusWidget() is panel.rows
            assert ("zone.notifications", panel.rows) in stage.window.zones()
            stage.press(Qt.Key.Key_Escape)
            assert ("zone.notifications", panel.rows) not in stage.window.zones()
            assert not panel.isVisible()
            assert QApplication.focusWidget() is before
            stage.press(Qt.Key.Key_N, CTRL | SHIFT)
            stage.press(Qt.Key.Key_Down)
            stage.press(Qt.Key.Key_Return)
            assert stage.window.page_name == "sources"
            assert notifications().unread == 1

    run(scenario())


def test_an_empty_panel_says_what_will_come_and_closes(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.press(Qt.Key.Key_N, CTRL | SHIFT)
            panel = stage.window.notification_panel
            assert panel._empty.isVisible()
            stage.press(Qt.Key.Key_Escape)
            assert not panel.isVisible()

    run(scenario())


def test_enter_opens_the_file_that_a_notification_is_about(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            notify(news(person=HELENE))
            stage.press(Qt.Key.Key_N, CTRL | SHIFT)
            stage.press(Qt.Key.Key_Return)
            assert stage.page().person == HELENE

    run(scenario())


def test_a_call_that_nobody_took_is_told_without_its_number_nor_a_name(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(HELENE)
            await until(lambda: stage.window.top_bar.agent.spec.text == "Appel entrant")
            stage.desk.ring(HELENE, state=CallState.ENDED)
            await until(lambda: bool(notifications().rows))
            last = notifications().rows[0].last
            assert (last.sentence, last.where) == ("Appel manqué", "File Remboursements")

    run(scenario())


def test_a_call_that_was_answered_is_not_missed(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.ring(HELENE, state=CallState.ANSWERED)
            await until(lambda: stage.window.top_bar.agent.spec.text == "En appel")
            stage.desk.ring(HELENE, state=CallState.ENDED)
            await until(lambda: stage.window.top_bar.agent.spec.text == "Disponible")
            assert notifications().rows == ()

    run(scenario())


def test_a_tool_that_stops_answering_is_told_and_taken_back_when_it_answers(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            first = stage.desk.statuses
            well = next(status for status in first if status.state is SourceState.UP_TO_DATE)
            assert notifications().rows == ()
            broken = tuple(
                replace(status, state=SourceState.FAILING) if status is well else status for status in first
            )
            stage.desk.show_sources(broken)
            await until(lambda: bool(notifications().rows))
            assert notifications().rows[0].last.where == well.name
            stage.desk.show_sources(first)
            await until(lambda: not notifications().rows)

    run(scenario())


@pytest.mark.parametrize(("sounds", "heard"), [("on", 1), ("off", 0)])
def test_only_a_call_rings_and_the_setting_silences_it(run: Run, sounds: str, heard: int) -> None:
    async def scenario() -> None:
        async with staged(ScriptedDesk(settings={"sounds": sounds})) as stage:
            beeps: list[None] = []
            stage.desktop.beep = lambda: beeps.append(None)
            notify(news())
            assert beeps == []
            stage.desk.ring(HELENE)
            await until(stage.window.call_panel.isVisible)
            assert len(beeps) == heard

    run(scenario())
