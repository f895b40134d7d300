"""What is done with a request by the keyboard: taken, passed on, paused, asked about, ended."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from avise.models.journal import EventKind
from avise.models.requests import RequestStatus
from avise.models.roles import Role
from tests.ui.persona import NOW
from tests.ui.requests import scene
from tests.ui.requests.requests_window import CTRL, SHIFT, requests_window
from tests.ui.scripted_requests import request_id
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
K = Qt.Key
E = EventKind
HELENE = request_id(187)


def test_a_request_is_taken_and_given_back_by_undoing(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.press(K.Key_M, CTRL)
            assert (await stage.done()).kind is E.REQUEST_CLAIMED
            assert stage.on() == (HELENE,)
            await until(lambda: stage.toast() == "D-0187 prise en charge")
            stage.press(K.Key_Z, CTRL)
            await until(lambda: bool(stage.asked("undo")))

    run(scenario())


def test_the_primary_button_is_taking_then_replying(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            row = stage.page.detail.action_row
            assert row.buttons["take"]._kind == "primary"
            stage.desk.show_detail(scene.held(scene.ME))
            await until(lambda: row.buttons["reply"]._kind == "primary")

    run(scenario())


def test_a_misrouted_request_is_transferred_by_the_keyboard(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.press(K.Key_E, CTRL)
            panel = stage.page.doing.transfer_panel
            stage.press(K.Key_Down)
            stage.press(K.Key_Down)
            stage.press(K.Key_Tab)
            stage.press(K.Key_Space)
            stage.press(K.Key_Return, CTRL)
            deed = await stage.done()
            assert (deed.kind, deed.queue, deed.reason) == (E.REQUEST_TRANSFERRED, "COTIS", "misrouted")
            assert not panel.isVisible()
            await until(lambda: stage.toast() == "D-0187 passée à Cotisations")

    run(scenario())


def test_a_request_is_paused_for_a_third_party(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.press(K.Key_U, CTRL)
            stage.press(K.Key_Right)
            stage.press(K.Key_Return, CTRL)
            panel = stage.page.doing.pause_panel
            assert panel.isVisible(), "nobody waits without a reason"
            assert panel.reasons.rows.hasFocus()
            assert panel.reasons.rows.accessibleDescription() == "Choisissez un motif dans la liste."
            stage.press(K.Key_Down)
            stage.press(K.Key_Return)
            deed = await stage.done()
            assert (deed.kind, deed.waits_for, deed.reason) == (E.REQUEST_PAUSED, "third_party", "fund")

    run(scenario())


def test_the_key_that_pauses_resumes_what_is_paused(run: Run) -> None:
    async def scenario() -> None:
        row = replace(
            scene.rows()[2], holder=scene.ME, holder_name="Inès Morel", status=RequestStatus.WAITING_MEMBER
        )
        desk = scene.desk()
        desk.request_details[HELENE] = scene.detail(
            row, allowed=frozenset((E.REQUEST_RESUMED, E.REQUEST_NOTED))
        )
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            stage.press(K.Key_U, CTRL)
            assert (await stage.done()).kind is E.REQUEST_RESUMED

    run(scenario())


def test_a_question_leaves_four_open_hours_unless_told(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.page.run_action("ask")
            stage.press(K.Key_Return)
            assert stage.page.doing.question_panel.isVisible(), "a question says something"
            stage.type("Quel compte")
            stage.press(K.Key_Return)
            deed = await stage.done()
            assert deed.kind is E.REQUEST_ASKED
            assert deed.due_at is not None
            assert deed.due_at - NOW.replace(second=0) == timedelta(hours=4)

    run(scenario())


def test_a_request_ends_with_an_outcome(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.press(K.Key_E, CTRL | SHIFT)
            stage.press(K.Key_Down)
            stage.press(K.Key_Down)
            stage.press(K.Key_Return)
            deed = await stage.done()
            assert (deed.kind, deed.outcome, deed.then_close) == (
                E.REQUEST_RESOLVED,
                "refused_contract",
                True,
            )
            await until(lambda: stage.toast() == "D-0187 clôturée")

    run(scenario())


@pytest.mark.parametrize("key", [K.Key_Return, K.Key_Tab])
def test_a_request_never_ends_with_an_outcome_that_nobody_chose(run: Run, key: K) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.press(K.Key_E, CTRL | SHIFT)
            panel = stage.page.doing.end_panel
            assert panel.outcomes.current() == ""
            stage.press(key)
            stage.press(K.Key_Return, CTRL)
            assert panel.isVisible()
            assert panel.outcomes.rows.hasFocus(), "where it is put right"
            assert panel.outcomes.rows.accessibleDescription() == "Choisissez une issue dans la liste."
            await until(lambda: panel.height() >= panel.minimumSizeHint().height())
            stage.press(K.Key_Down)
            assert not panel.outcomes.rows.accessibleDescription()
            stage.press(K.Key_Return, CTRL)
            assert (await stage.done()).outcome == "done"

    run(scenario())


def test_a_reason_is_given_under_the_name_of_what_it_is_for(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.page.run_action("cancel")
            assert stage.page.doing.reason_panel.submit_button.text() == "Annuler la demande"
            stage.page.run_action("escalate")
            assert stage.page.doing.reason_panel.submit_button.text() == "Signaler au responsable"

    run(scenario())


@pytest.mark.parametrize(
    ("action", "kind"),
    [("cancel", E.REQUEST_CANCELLED), ("escalate", E.REQUEST_ESCALATED)],
)
def test_what_needs_a_reason_is_not_done_without_one(run: Run, action: str, kind: EventKind) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.page.run_action(action)
            stage.press(K.Key_Return)
            assert stage.page.doing.reason_panel.isVisible()
            assert stage.page.doing.reason_panel.field.edit.accessibleDescription()
            stage.type("rappel fait")
            stage.press(K.Key_Return)
            deed = await stage.done()
            assert (deed.kind, deed.reason) == (kind, "rappel fait")

    run(scenario())


def test_a_lead_assigns_and_gives_a_priority(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window(scene.desk(Role.TEAM_LEAD)) as stage:
            await stage.show(HELENE)
            await until(lambda: bool(stage.page.model.colleagues))
            stage.page.run_action("assign")
            assert "12 demandes en cours" in str(
                stage.page.doing.colleague_panel.people.model.index(1, 0).data()
            )
            stage.press(K.Key_Down)
            stage.press(K.Key_Return)
            assert (await stage.done()).assignee == "marc.aubry", "whoever has least to do comes first"
            await until(lambda: stage.toast() == "D-0187 confiée à Marc Aubry")
            stage.page.run_action("prioritise")
            stage.press(K.Key_Up)
            stage.press(K.Key_Return)
            await until(lambda: stage.deeds()[-1].priority == "P2")

    run(scenario())


def test_a_request_is_merged_into_another_of_the_same_customer(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.page.run_action("merge")
            stage.press(K.Key_Down)
            stage.press(K.Key_Return)
            assert (await stage.done()).into == request_id(163)

    run(scenario())


def test_a_part_of_a_request_becomes_another_one(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.page.run_action("split")
            await until(lambda: any(panel.isVisible() for panel in stage.page.doing.panels()))
            panel = stage.page.doing.split_panel
            panel.field.edit.setText("La carte aussi")
            panel.submit()
            assert panel.isVisible(), "the new one has a type that somebody chose"
            panel.types.rows.go_to(0)
            panel.submit()
            await until(lambda: bool(stage.asked("create_request")))
            new = stage.asked("create_request")[0][1]
            assert (new.split_from, new.words) == (HELENE, "La carte aussi")  # type: ignore[attr-defined]  # a new request

    run(scenario())


def test_an_act_that_is_refused_at_once_is_told_with_its_reason(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_refusals[HELENE] = "Déjà prise en charge."
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            stage.press(K.Key_M, CTRL)
            await until(lambda: stage.toast() == "D-0187\u00a0: Déjà prise en charge.")

    run(scenario())


def test_what_is_not_allowed_is_not_offered_and_its_key_does_nothing(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk(Role.AUDITOR)
        desk.request_details[HELENE] = scene.detail(allowed=frozenset())
        async with requests_window(desk) as stage:
            stage.page.show_request(HELENE)
            pane = stage.page.detail
            await until(lambda: pane.detail is not None and pane.detail.request.id == HELENE)
            stage.press(K.Key_M, CTRL)
            stage.press(K.Key_E, CTRL)
            assert not stage.deeds()
            assert not any(panel.isVisible() for panel in stage.page.doing.panels())
            assert pane.strip_words().startswith("Lecture seule")
            assert not any(button.isVisible() for button in pane.action_row.buttons.values())
            await until(lambda: not pane.composer.isVisible())

    run(scenario())


def test_a_request_that_ended_is_reopened_with_a_reason(run: Run) -> None:
    async def scenario() -> None:
        row = replace(scene.rows()[2], status=RequestStatus.CLOSED)
        desk = scene.desk()
        allowed = frozenset((E.REQUEST_REOPENED, E.REQUEST_NOTED))
        desk.request_details[HELENE] = scene.detail(row, allowed=allowed)
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            stage.page.detail.action_row.buttons["reopen"].click()
            stage.type("nouvelle piece")
            stage.press(K.Key_Return)
            assert (await stage.done()).kind is E.REQUEST_REOPENED

    run(scenario())
