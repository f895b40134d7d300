"""What asks for this user's eyes is told in the notifications, once, and leads to its request."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from functools import partial

import pytest

from avise.services.request_values import CallKind, RequestCall
from avise.ui.notifications.centre import notifications
from avise.ui.requests.view_model import RequestsViewModel
from tests.ui.requests import scene
from tests.ui.requests.requests_window import requests_window
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@pytest.fixture(autouse=True)
def _none_before() -> Iterator[None]:
    notifications().clear()
    yield
    notifications().clear()


def test_a_mention_is_told_once_leads_to_its_request_and_is_taken_back(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            wanted = scene.rows()[2].id
            told = RequestCall(CallKind.MENTION, f"mention/{wanted}", "Remboursements", 1, wanted)
            stage.desk.request_calls = (told,)
            stage.desk.show_rows(scene.rows())
            await until(lambda: len(notifications().rows) == 1)
            stage.desk.show_rows(scene.rows()[:-1])
            await until(lambda: len(stage.shown()) > 0)
            row = notifications().rows[0]
            assert (row.count, row.last.where, row.last.sentence) == (
                1,
                "Remboursements",
                "On vous mentionne dans une demande.",
            )
            stage.window.show_page("home")
            stage.window.top_bar.bell.click()
            stage.window.notification_panel.opened.emit(row.last)
            await until(lambda: stage.page.model.wanted == wanted)
            assert stage.window.page_name == "requests"
            stage.desk.request_calls = ()
            stage.desk.show_rows(scene.rows())
            await until(lambda: not notifications().rows)

    run(scenario())


def test_more_requests_past_their_delay_are_told_again_and_fewer_are_not(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            three = RequestCall(CallKind.ESCALATION, "escalated/PREST_SOINS", "Remboursements", 3)
            for count in (3, 2, 4):
                stage.desk.request_calls = (replace(three, count=count),)
                stage.desk.show_rows(scene.rows())
                await until(partial(_tells, stage.page.model, count))
            assert notifications().rows[0].count == 2
            assert notifications().rows[0].last.sentence.startswith("4 demandes")

    run(scenario())


def _tells(model: RequestsViewModel, count: int) -> bool:
    return model.board is not None and [call.count for call in model.board.calls] == [count]
