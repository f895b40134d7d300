"""What lacks in the form of a request is typed there: only what changed is sent, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from PySide6.QtCore import Qt

from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.services.request_values import TypedField
from tests.ui.requests import scene
from tests.ui.requests.requests_window import CTRL, requests_window
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_requests import request_id
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
HELENE = request_id(187)


def incomplete() -> ScriptedDesk:
    desk = scene.desk()
    desk.request_details[HELENE] = scene.detail(fields=scene.FIELDS)
    return desk


def test_only_what_changed_is_sent_with_what_stood_there(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window(incomplete()) as stage:
            await stage.show(HELENE)
            stage.page.run_action("complete")
            panel = stage.page.doing.complete_panel
            await until(panel.isVisible)
            assert stage.focused() is panel.fields["provider"].editor
            stage.type("Dr Le Goff")
            stage.press(Qt.Key.Key_Return, CTRL)
            deed = await stage.done()
            assert deed.kind is EventKind.REQUEST_COMPLETED
            assert deed.typed == {"provider": TypedField("Dr Le Goff", "")}
            await until(lambda: not panel.isVisible())

    run(scenario())


def test_what_is_refused_stays_in_the_form_with_what_to_do(run: Run) -> None:
    async def scenario() -> None:
        desk = incomplete()
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            stage.page.run_action("complete")
            panel = stage.page.doing.complete_panel
            panel.fields["amount"].set_value("beaucoup")
            why = "Un montant est attendu."
            desk.request_error = AviseError("request.field_wrong", field="Facturé", why=why)
            panel.submit()
            await until(lambda: "Facturé" in panel.problem())
            assert panel.isVisible()
            assert panel.fields["amount"].value() == "beaucoup"

    run(scenario())


def test_an_unchanged_form_sends_nothing(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window(incomplete()) as stage:
            await stage.show(HELENE)
            stage.page.run_action("complete")
            panel = stage.page.doing.complete_panel
            panel.submit()
            assert "Rien n’a changé" in panel.problem()
            assert not stage.deeds()

    run(scenario())


def test_a_form_in_which_nothing_may_be_completed_is_not_offered(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = scene.detail()
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            stage.page.run_action("complete")
            assert not stage.page.doing.complete_panel.isVisible()

    run(scenario())
