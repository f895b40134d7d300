"""One request on screen: what it shows, who else is there, and how it stands in the window."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from avise.env import FixedEnv
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import Exchange, ExchangeKind
from avise.services.request_values import (
    FormLine,
    HubState,
    HubStatus,
    PresenceKind,
)
from avise.ui.requests.commands import COMMANDS
from avise.ui.requests.fact_lines import FactLine, FactLines
from avise.ui.requests.side_pane import form_lines
from avise.ui.widgets.chip import Tone
from avise.ui.widgets.presence import PresenceAvatar
from tests.ui.outbox.acting_window import acting_window
from tests.ui.persona import NOW
from tests.ui.requests import scene
from tests.ui.requests.requests_window import CTRL, requests_window
from tests.ui.scripted_requests import request_id
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
K = Qt.Key
E = EventKind
HELENE = request_id(187)


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
