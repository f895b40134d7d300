"""One request: what is done with it by the keyboard, what is written, and who else is there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from typing_extensions import override

from avise.env import FixedEnv
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import Exchange, ExchangeKind, Question, RequestStatus
from avise.models.roles import Role
from avise.services.request_values import FormLine, HubState, HubStatus, PresenceKind, RequestDetail
from avise.ui.requests.commands import COMMANDS
from avise.ui.requests.composer import MEMBER, NOTE, REQUESTER
from avise.ui.requests.fact_lines import FactLine, FactLines
from avise.ui.requests.side_pane import form_lines
from avise.ui.widgets.button import Button
from avise.ui.widgets.chip import Tone
from avise.ui.widgets.presence import PresenceAvatar
from tests.ui.outbox.acting_window import acting_window
from tests.ui.persona import NOW
from tests.ui.requests import scene
from tests.ui.requests.requests_window import CTRL, MENUS, SHIFT, RequestsStage, requests_window
from tests.ui.scripted_requests import request_id
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
K = Qt.Key
E = EventKind
HELENE = request_id(187)


def _held(by: str, **more: object) -> RequestDetail:
    """Return the request of the picture, held by somebody."""
    row = replace(scene.rows()[2], holder=by, holder_name=scene.NAMES[by], status=RequestStatus.TAKEN)
    return scene.detail(row, **more)


# ---- the first one on screen ---------------------------------------------------------------------
def test_focus_goes_from_the_sentence_to_the_request_that_takes_its_place(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            pane, told = stage.page.detail, stage.page.detail.detail
            assert told is not None
            pane.show_nothing()
            pane.focus_current()
            assert pane.notice.isAncestorOf(stage.focused())
            pane.show_detail(told)
            assert stage.focused() is pane.action_row.buttons["take"]

    run(scenario())


def test_the_side_has_room_for_all_its_lines_from_the_first_request_on(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            shown = [lines for lines in stage.page.detail.side.lines.values() if lines.isVisible()]
            assert shown
            await until(lambda: all(lines.height() == lines.heightForWidth(lines.width()) for lines in shown))

    run(scenario())


def test_a_long_label_of_the_form_takes_two_lines(qapp: QApplication) -> None:
    short, long = FactLines(), FactLines()
    short.show_lines([FactLine("oui", "Facture")])
    long.show_lines([FactLine("oui", "Tiers payant de la caisse primaire")])
    assert long.heightForWidth(260) > short.heightForWidth(260)


def test_what_may_be_left_out_of_a_form_says_that_it_was() -> None:
    optional = FormLine("receipt", "Décompte de la caisse", "")
    assert [line.value for line in form_lines((), (optional,))] == ["non fourni"]


# ---- acts ----------------------------------------------------------------------------------------
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
            stage.desk.show_detail(_held(scene.ME))
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


# ---- writing -------------------------------------------------------------------------------------
async def _write(stage: RequestsStage, words: str) -> None:
    await stage.show(HELENE)
    stage.press(K.Key_R, CTRL)
    stage.type(words)


def _alone() -> RequestDetail:
    return scene.detail(present=())


class PaintCount(QObject):
    """Counts how often a widget is painted on screen."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count, and let the event go on."""
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_the_hint_on_screen_is_that_of_the_tab_chosen(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            composer = stage.page.detail.composer
            composer.edit.viewport().repaint()
            painted = PaintCount(composer.edit.viewport())
            composer.tabs.setFocus()
            stage.press(K.Key_Right)
            assert composer.tabs.current == NOTE
            await until(lambda: painted.count > 0)

    run(scenario())


def test_a_click_on_a_tab_goes_to_its_words_and_the_arrows_stay_on_the_tabs(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            composer = stage.page.detail.composer
            key, _words, place = composer.tabs._places()[1]
            QTest.mouseClick(composer.tabs, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
            assert composer.tabs.current == key == NOTE
            assert composer.edit.hasFocus()
            composer.tabs.setFocus()
            stage.press(K.Key_Left)
            assert composer.tabs.hasFocus()
            stage.press(K.Key_Return)
            assert composer.edit.hasFocus()

    run(scenario())


def test_whoever_sent_a_request_writes_to_those_who_handle_it(run: Run) -> None:
    async def scenario() -> None:
        found = _held(scene.KARIM, present=())
        desk = scene.desk(Role.AGENT)
        desk.request_details[HELENE] = replace(found, request=replace(found.request, requester=scene.ME))
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            hint = stage.page.detail.composer.edit.placeholderText()
            assert hint == "Message à l’équipe qui traite la demande"

    run(scenario())


def test_a_reply_is_kept_while_it_is_typed_and_sent_with_the_keys(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = _alone()
        async with requests_window(desk) as stage:
            await _write(stage, "Valeur le 25")
            await until(lambda: stage.desk.request_texts.get((HELENE, REQUESTER)) == "Valeur le 25")
            assert ("note_presence", HELENE, True) in stage.asked("note_presence")
            stage.press(K.Key_Return, CTRL)
            deed = await stage.done()
            assert (deed.kind, deed.words) == (E.REQUEST_REPLIED, "Valeur le 25")
            await until(lambda: not stage.desk.request_texts)
            assert stage.page.detail.composer.edit.words() == ""

    run(scenario())


def test_what_was_typed_comes_back_with_its_request(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_texts[HELENE, NOTE] = "Voir avec la banque"
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            composer = stage.page.detail.composer
            await until(lambda: composer.edit.words() == "Voir avec la banque")
            assert composer.tabs.current == NOTE
            await stage.show(request_id(163))
            assert composer.edit.words() == ""

    run(scenario())


def test_words_typed_just_before_leaving_a_request_are_kept(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await _write(stage, "a moitie")
            await stage.show(request_id(163))
            await until(lambda: stage.desk.request_texts.get((HELENE, REQUESTER)) == "a moitie")

    run(scenario())


def test_a_failure_keeps_the_words_in_place(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = _alone()
        desk.request_error = AviseError("store.cannot_write")
        async with requests_window(desk) as stage:
            await _write(stage, "pas perdu")
            stage.press(K.Key_Return, CTRL)
            await until(lambda: bool(stage.toast()))
            assert stage.page.detail.composer.edit.words() == "pas perdu"

    run(scenario())


def test_sending_asks_first_when_somebody_else_writes(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await _write(stage, "Valeur le 25")
            strip = stage.page.detail.composer.strip
            assert strip.words() == "Karim Benali rédige depuis 2 min"
            stage.press(K.Key_Return, CTRL)
            assert strip.words() == "Karim Benali rédige aussi. Envoyer quand même\u202f?"
            assert not stage.deeds()
            assert QApplication.focusWidget() is strip.send
            stage.press(K.Key_Space)
            assert (await stage.done()).kind is E.REQUEST_REPLIED

    run(scenario())


def test_a_note_is_not_held_back_by_somebody_who_replies(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.press(K.Key_I, CTRL | SHIFT)
            stage.type("pour nous")
            stage.press(K.Key_Return, CTRL)
            assert (await stage.done()).kind is E.REQUEST_NOTED

    run(scenario())


def test_sending_and_closing_asks_how_the_request_ends(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = _alone()
        async with requests_window(desk) as stage:
            await _write(stage, "Tout est vire")
            stage.press(K.Key_Return, CTRL | SHIFT)
            stage.press(K.Key_Down)
            stage.press(K.Key_Return)
            deed = await stage.done()
            assert (deed.kind, deed.outcome, deed.then_close) == (E.REQUEST_REPLIED, "done", True)
            assert deed.words == "Tout est vire"

    run(scenario())


def test_after_a_request_is_closed_nothing_typed_lands_in_the_next_one(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = scene.detail(present=(), outcomes=(("done", "Traité"),))
        async with requests_window(desk) as stage:
            await _write(stage, "Tout est vire")
            stage.press(K.Key_Return, CTRL | SHIFT)
            await stage.done()
            await until(stage.page.list.rows.hasFocus)

    run(scenario())


def test_the_button_repeats_that_the_member_reads_it(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.page.detail.composer.go_to(MEMBER)
            assert stage.page.detail.composer.send.text() == "Envoyer à l’adhérent"

    run(scenario())


def test_a_request_taken_by_somebody_else_is_read_only_with_the_draft_kept(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await _write(stage, "en cours")
            composer = stage.page.detail.composer
            allowed = frozenset((E.REQUEST_REPLIED, E.REQUEST_NOTED, E.REQUEST_MEMBER_WRITTEN))
            stage.desk.show_detail(_held(scene.KARIM, allowed=allowed))
            await until(composer.edit.isReadOnly)
            assert composer.edit.words() == "en cours"
            assert composer.strip.words() == "Tenue par Karim Benali, brouillon gardé"
            assert not composer.strip.take_over.isVisible()
            composer.go_to(NOTE)
            assert not composer.edit.isReadOnly()

    run(scenario())


def test_a_lead_takes_over_what_a_colleague_holds(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk(Role.TEAM_LEAD)
        desk.request_details[HELENE] = _held(scene.KARIM, allowed=scene.ALL - {E.REQUEST_CLAIMED})
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            button = stage.page.detail.composer.strip.take_over
            await until(button.isVisible)
            button.click()
            deed = await stage.done()
            assert (deed.kind, deed.assignee) == (E.REQUEST_ASSIGNED, scene.ME)

    run(scenario())


@MENUS
def test_a_colleague_is_mentioned_after_an_at_sign(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            await until(lambda: bool(stage.page.model.colleagues))
            stage.press(K.Key_I, CTRL | SHIFT)
            stage.type("Vu ")
            stage.type("@")
            stage.take("Karim Benali")
            assert stage.page.detail.composer.edit.words() == "Vu @Karim Benali "
            stage.press(K.Key_Return, CTRL)
            assert (await stage.done()).mentions == (scene.KARIM,)

    run(scenario())


@MENUS
def test_a_mention_that_was_erased_calls_nobody(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            await until(lambda: bool(stage.page.model.colleagues))
            stage.press(K.Key_I, CTRL | SHIFT)
            stage.type("@")
            stage.take("Karim Benali")
            stage.page.detail.composer.edit.selectAll()
            stage.type("tout seul")
            stage.press(K.Key_Return, CTRL)
            assert (await stage.done()).mentions == ()

    run(scenario())


@MENUS
def test_facts_and_templates_are_put_where_the_cursor_is(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            composer = stage.page.detail.composer
            stage.press(K.Key_R, CTRL)
            composer.facts.click()
            stage.take("Virement de 214")
            assert composer.edit.words() == "Virement de 214,00\u00a0€ émis le 23/03, valeur le 25/03"
            composer.templates.click()
            stage.take("Clôture")
            assert composer.edit.words().endswith("Elle peut être rouverte pendant 30 jours.")

    run(scenario())


def test_a_question_that_waits_is_answered_as_such(run: Run) -> None:
    async def scenario() -> None:
        asked = Question(
            request_id(1), scene.KARIM, NOW, NOW + timedelta(hours=4), "Quel compte", to_requester=True
        )
        found = _held(scene.KARIM, present=())
        request = replace(found.request, questions=(asked,), requester=scene.ME)
        desk = scene.desk(Role.AGENT)
        desk.request_details[HELENE] = replace(found, request=request)
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            assert stage.page.detail.composer.tabs.label() == "Répondre à la question"
            stage.press(K.Key_R, CTRL)
            stage.type("Le nouveau")
            stage.press(K.Key_Return, CTRL)
            deed = await stage.done()
            assert (deed.kind, deed.question) == (E.REQUEST_ANSWERED, asked.event)

    run(scenario())


# ---- what it shows -------------------------------------------------------------------------------
def test_the_conversation_says_notes_files_what_waits_and_what_was_refused(run: Run) -> None:
    async def scenario() -> None:
        refused = Exchange(
            request_id(7), NOW, ExchangeKind.REPLY, scene.ME, "Trop tard", refused="held_by_other"
        )
        found = scene.detail()
        desk = scene.desk()
        exchanges = (*scene.conversation(), refused)
        desk.request_details[HELENE] = replace(found, request=replace(found.request, exchanges=exchanges))
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            model = stage.page.detail.conversation.exchanges
            said = [str(model.index(place, 0).data()) for place in range(model.rowCount())]
            assert "pièces jointes\u00a0: facture_0203.pdf" in said[0]
            assert said[2] == "Tom Riou l’a transférée à Remboursements (mal adressée), ven. 13 mars 09:05"
            assert "note interne" in said[4]
            assert "en attente d’envoi" in said[6]
            assert "Non retenu" in said[7]
            assert "Quelqu’un d’autre" in said[7]

    run(scenario())


def test_what_is_added_to_a_conversation_builds_nothing_again(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            model = stage.page.detail.conversation.exchanges
            resets: list[bool] = []
            model.modelReset.connect(lambda: resets.append(True))
            found = stage.desk.request_details[HELENE]
            more = Exchange(request_id(8), NOW, ExchangeKind.REPLY, scene.LEA, "Merci")
            request = replace(found.request, exchanges=(*found.request.exchanges, more))
            stage.desk.show_detail(replace(found, request=request))
            await until(lambda: model.rowCount() == len(scene.conversation()) + 1)
            assert not resets

    run(scenario())


def test_offline_what_is_done_is_said_to_be_kept(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = scene.detail(hub=HubStatus(HubState.OFFLINE, NOW))
        async with requests_window(desk) as stage:
            await stage.show(HELENE)
            assert stage.page.detail.strip_words().startswith("Hors ligne")

    run(scenario())


def test_a_request_that_may_not_be_read_says_why(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.page.model.detail_failed.emit(AviseError("request.nobody_knows"))
            assert stage.page.detail.notice.isVisible()
            assert stage.page.detail.notice.title() == "Demande non affichée"

    run(scenario())


def test_the_clock_of_the_request_ticks_and_its_lateness_is_said_at_once(run: Run) -> None:
    async def scenario() -> None:
        env = FixedEnv(NOW)
        async with requests_window(env=env) as stage:
            await stage.show(HELENE)
            clock = stage.page.detail.clock
            assert clock is not None
            assert clock.spec.text == "à traiter avant 12:46, dans 2\u00a0h\u00a002"
            said: list[tuple[str, bool]] = []
            stage.window.announcer.announced.connect(lambda words, urgent: said.append((words, urgent)))
            env.advance(timedelta(hours=3))
            stage.page._tick()
            assert clock.spec.tone is Tone.DANGER
            assert said == [("La demande affichée vient de passer en retard.", True)]

    run(scenario())


def test_colleagues_are_told_what_is_on_screen_and_when_it_no_longer_is(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            await until(lambda: ("note_presence", HELENE, False) in stage.asked("note_presence"))
            stage.window.show_page("home")
            await until(lambda: stage.asked("note_presence")[-1][1] is None)

    run(scenario())


def test_presence_is_a_shape_and_a_word(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            avatars = stage.page.detail.findChildren(PresenceAvatar)
            shown = {one.accessibleName(): one.kind for one in avatars if one.isVisible()}
            assert shown == {
                "Karim Benali rédige depuis 2 min": PresenceKind.WRITING,
                "Inès Morel regarde": PresenceKind.LOOKING,
            }

    run(scenario())


# ---- the window ----------------------------------------------------------------------------------
def test_the_arrows_go_through_requests_from_the_detail(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.page.detail.focus_current()
            stage.press(K.Key_Down, CTRL)
            await until(lambda: stage.page.model.wanted == request_id(163))
            await until(lambda: stage.page.detail.place.text() == "4 sur 14")
            stage.press(K.Key_Escape)
            assert stage.page.list.rows.hasFocus()

    run(scenario())


def test_the_customers_file_opens_for_the_request(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.press(K.Key_O, CTRL)
            assert stage.window.sessions.current is not None
            tabs = stage.window.top_bar.tabs
            assert tabs._pin.isVisible()
            assert tabs._pin.accessibleName() == "Demandes"
            QTest.mouseClick(tabs._pin, Qt.MouseButton.LeftButton)
            assert stage.window.page_name == "requests"

    run(scenario())


def test_the_rail_counts_what_waits_for_this_user(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            assert stage.window.rail.button("requests").accessibleName() == "Demandes, 6"

    run(scenario())


def test_a_window_without_room_shows_the_list_or_the_request(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            page = stage.page
            page.resize(700, 600)
            assert page.list.isVisible()
            assert not page.detail.isVisible()
            stage.press(K.Key_Return)
            assert page.detail.isVisible()
            assert not page.list.isVisible()
            stage.press(K.Key_Escape)
            assert page.list.rows.hasFocus()

    run(scenario())


def test_a_file_of_this_machine_is_joined_and_can_be_taken_off(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = scene.detail(present=())
        kept, gone = tmp_path / "decompte.pdf", tmp_path / "autre.pdf"
        async with requests_window(desk) as stage:
            await _write(stage, "voici")
            composer = stage.page.detail.composer
            composer.add_files((kept, gone))
            off = next(
                one for one in composer.findChildren(Button) if one.accessibleName() == "Retirer autre.pdf"
            )
            off.click()
            stage.press(K.Key_Return, CTRL)
            QTest.keyClick(composer.edit, K.Key_Return, CTRL)
            assert (await stage.done()).files == (kept,)

    run(scenario())


def test_a_file_of_the_conversation_is_kept_where_the_user_says(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            rows = stage.page.detail.conversation
            rows.setFocus()
            rows.go_to(0)
            stage.press(K.Key_Return)
            await until(lambda: bool(stage.page.findChildren(QFileDialog)))
            box = stage.page.findChildren(QFileDialog)[0]
            box.fileSelected.emit(str(tmp_path))
            box.accept()
            await until(lambda: stage.toast() == "Fichier enregistré")
            assert stage.asked("save_attachment") == [("save_attachment", HELENE, "blob-1", tmp_path)]

    run(scenario())


def test_the_palette_offers_what_is_done_with_requests_on_their_screen_alone(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            await stage.stage.run_from_palette("prendre en charge")
            assert (await stage.done()).kind is E.REQUEST_CLAIMED
            stage.window.show_page("home")
            commands = stage.stage.desktop.actions.commands
            offered = [found.id for found in commands.offered(with_customer=False, without=COMMANDS)]
            assert "request_take_next" in offered
            assert "request_take" not in offered

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


def test_the_request_is_shown_alone_and_back(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            stage.page.detail.expand.click()
            assert not stage.page.list.isVisible()
            assert not stage.page.baskets.isVisible()
            stage.page.detail.expand.click()
            assert stage.page.list.isVisible()

    run(scenario())


def test_a_list_that_failed_before_its_page_is_followed_again_when_it_comes(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(scene.desk()) as stage:
            requests = stage.desktop.requests
            await until(lambda: requests.model is not None and requests.model.board is not None)
            assert requests.model is not None
            requests.model._on_board_failed(AviseError("engine.stopped"))
            requests.show_page()
            page = requests.page
            assert page is not None
            await until(lambda: page.list.notice.title() == "Corbeille vide")

    run(scenario())
