"""What is written about a request: to whom, with what, kept as it is typed and sent once."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import Question
from avise.models.roles import Role
from avise.services.request_values import (
    RequestDeed,
)
from avise.ui.requests.composer import MEMBER, NOTE, REQUESTER, Written
from avise.ui.widgets.button import Button
from tests.ui.persona import NOW
from tests.ui.requests import scene
from tests.ui.requests.requests_window import CTRL, MENUS, SHIFT, RequestsStage, requests_window
from tests.ui.scripted_requests import request_id
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
K = Qt.Key
E = EventKind
HELENE = request_id(187)


async def _write(stage: RequestsStage, words: str) -> None:
    await stage.show(HELENE)
    stage.press(K.Key_R, CTRL)
    stage.type(words)


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
        found = scene.held(scene.KARIM, present=())
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
        desk.request_details[HELENE] = scene.unattended()
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


def test_keys_pressed_as_a_request_comes_write_to_that_request(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(request_id(163))
            # The composer waits for a turn of its own: no turn comes before these keys.
            stage.page.detail.show_detail(stage.desk.request_details[HELENE])
            stage.page.reply()
            stage.type("pour elle")
            await until(lambda: stage.desk.request_texts.get((HELENE, REQUESTER)) == "pour elle")
            assert stage.page.detail.composer.edit.words() == "pour elle"

    run(scenario())


def test_what_was_written_for_another_request_is_not_sent_on_this_one(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            await stage.show(HELENE)
            deed = RequestDeed(E.REQUEST_REPLIED, words="Valeur le 25")
            stage.page.doing.send(Written(request_id(163), REQUESTER, deed))
            stage.page.doing.send(Written(HELENE, REQUESTER, replace(deed, words="Bonjour")))
            assert (await stage.done()).words == "Bonjour"
            assert len(stage.deeds()) == 1

    run(scenario())


def test_a_reply_sent_while_the_next_one_is_written_leaves_that_one_in_place(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_texts[HELENE, REQUESTER] = "Valeur le 25"
        async with requests_window(desk) as stage:
            await stage.show(request_id(163))
            stage.press(K.Key_R, CTRL)
            stage.type("la suite")
            stage.page.model.deeds.sent.emit(HELENE, REQUESTER)
            assert stage.page.detail.composer.edit.words() == "la suite"
            await until(lambda: (HELENE, REQUESTER) not in stage.desk.request_texts)

    run(scenario())


def test_a_failure_keeps_the_words_in_place(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_details[HELENE] = scene.unattended()
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
        desk.request_details[HELENE] = scene.unattended()
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
            stage.desk.show_detail(scene.held(scene.KARIM, allowed=allowed))
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
        desk.request_details[HELENE] = scene.held(scene.KARIM, allowed=scene.ALL - {E.REQUEST_CLAIMED})
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
        found = scene.held(scene.KARIM, present=())
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
