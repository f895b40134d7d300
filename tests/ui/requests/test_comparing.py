"""A form that two people completed at once: told under the actions, compared, chosen by one event."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from PySide6.QtCore import Qt

from avise.models.journal import EventKind
from avise.models.merging import Choice, Keep, Side
from avise.models.requests import request_stream
from avise.services.comparison_values import ComparedField, Comparison
from tests.ui.requests import scene
from tests.ui.requests.requests_window import requests_window
from tests.ui.scripted_requests import request_id
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
HELENE = request_id(187)
AMOUNT = ComparedField(
    "amount", "Facturé", "250,15\u00a0€", "251,00\u00a0€", "205,15\u00a0€", Side.BOTH, None, "205.15"
)
BOTH = Comparison("D-2026-000187-K", "MARCHAND Hélène", "Karim Benali", (AMOUNT,))


def test_a_collision_is_told_with_who_and_which_field_and_never_its_values(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = scene.detail(comparison=BOTH)
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            words = stage.page.detail.strip_words()
            assert "Karim Benali" in words
            assert "Facturé" in words
            assert "251" not in words
            assert stage.page.detail.action_row.buttons["compare"].isVisible()

    run(scenario())


def test_a_choice_made_by_keyboard_is_one_deed_that_says_what_it_was_made_on(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = scene.detail(comparison=BOTH)
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            button = stage.page.detail.action_row.buttons["compare"]
            button.setFocus()
            stage.press(Qt.Key.Key_Space)
            panel = stage.page.doing.compare_panel
            await until(panel.isVisible)
            assert stage.focused() is panel.rows[0].choices[Keep.MINE]
            stage.press(Qt.Key.Key_Space)
            panel.apply.setFocus()
            stage.press(Qt.Key.Key_Space)
            deed = await stage.done()
            assert deed.kind is EventKind.REQUEST_COMPLETED
            assert deed.choices == {"amount": Choice(Keep.MINE, "205.15")}
            assert deed.fields == {}
            assert not panel.isVisible()

    run(scenario())


def test_nothing_is_to_compare_where_nothing_collided(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            assert not stage.page.detail.action_row.buttons["compare"].isVisible()

    run(scenario())


def test_the_task_of_the_day_leads_to_the_comparison_and_not_to_the_file(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = scene.detail(comparison=BOTH)
        async with requests_window(desk) as stage:
            stage.window.home.compare_requested.emit(request_stream(HELENE))
            panel = stage.page.doing.compare_panel
            await until(panel.isVisible)
            assert stage.window.page_name == "requests"
            assert stage.page.model.wanted == HELENE

    run(scenario())


def test_what_was_settled_meanwhile_is_shown_without_a_comparison(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = scene.detail()
        async with requests_window(desk) as stage:
            stage.window.home.compare_requested.emit(request_stream(HELENE))
            detail = stage.page.detail
            await until(lambda: detail.detail is not None and detail.detail.request.id == HELENE)
            assert not stage.page.doing.compare_panel.isVisible()

    run(scenario())
