"""The card, the preparation, the code, the key that is away: on the real window and a scripted desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.network import NetworkMode, NetworkState
from avise.models.packs import PackKind
from avise.models.roles import Role, Session
from avise.services.pack_values import PackOrder, PackRow, PacksStatus, PackState
from avise.services.request_values import HubState, HubStatus
from avise.texts import LANGUAGES, language, set_language
from avise.ui.on_board.card import OnBoardCard
from avise.ui.on_board.wording import customers_on_board, pack_lines
from avise.ui.outbox.closing_strip import ClosingStrip
from avise.ui.shell.sessions import SessionTab
from avise.ui.visits.page import VisitsPage
from tests.ui.on_board.statuses import ALLOWED, END, FULL, LOCKED, MB
from tests.ui.outbox.acting_window import ActingStage, acting_window
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_packs import NOTHING, NOW
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
AWAY = NetworkState(NetworkMode.OFFLINE, forced=True, since=NOW)


def rep_desk(status: PacksStatus = FULL) -> ScriptedDesk:
    """Return a representative's desk with something on board."""
    return ScriptedDesk(session=Session("bruno.kerhoas", "Bruno Kerhoas", Role.REP, "portable"), packs=status)


@asynccontextmanager
async def visits(desk: ScriptedDesk) -> AsyncIterator[tuple[ActingStage, OnBoardCard]]:
    """Show the visits with their card."""
    async with acting_window(desk) as stage:
        stage.desktop.visits.show_page()
        card = stage.desktop.on_board.card
        assert card is not None
        await until(lambda: stage.desktop.on_board.model.status is not None)
        await until(stage.window.isActiveWindow)
        yield stage, card


def words(card: OnBoardCard) -> list[str]:
    """Return what the lines say, whole."""
    return [row.line.told for row in card.rows.rows if row.line is not None and not row.isHidden()]


def asked(desk: ScriptedDesk, name: str) -> list[tuple[object, ...]]:
    """Return what was asked of the desk by that name."""
    return [call[1:] for call in desk.asked if call[0] == name]


def offered(stage: ActingStage) -> set[str]:
    """Return the commands that the palette offers."""
    stage.desktop.actions.search()
    found = {command.label for command in stage.window.palette_view._view_model._commands}
    stage.window.palette_view.close_palette()
    return found


COMMANDS = {
    "Données à bord", "Préparer ma tournée", "Interrompre la préparation", "Effacer les données à bord",
    "Saisir le code des données à bord",
}  # fmt: skip


# ---- the card ----------------------------------------------------------------------------------
def test_the_card_says_each_pack_in_words_its_age_its_end_and_what_lacks(run: Run) -> None:
    async def scenario() -> None:
        async with visits(rep_desk()) as (stage, card):
            assert isinstance(stage.window.current_page(), VisitsPage)
            assert card.isVisible()
            assert card.size_words.text() == "140\u00a0Mo, chiffrées"
            sheets, portfolio, documents = words(card)
            assert sheets.startswith("Visites, 5 sur 5, Prêt, hier 04:44, jusqu’au lun. 30 mars")
            assert portfolio.startswith("Portefeuille, 412 adhérents, Prêt, 07:44")
            assert documents.startswith("Documents, 37 sur 41, Prêt, incomplet, 4 absents")
            assert card._lease.text().startswith("Lisible jusqu’au lun. 30 mars")

    run(scenario())


def test_a_state_never_differs_by_its_colour_alone() -> None:
    rows = [PackRow(PackKind.VISITS, state, 5, 2, 1, MB, NOW, END) for state in PackState]
    seen = [pack_lines(replace(FULL, packs=(row,)), NOW)[0] for row in rows]
    assert len({line.icon for line in seen}) == len(seen)
    assert len({line.told for line in seen}) == len(seen)


def test_where_nothing_may_be_carried_there_is_no_card_and_no_command(run: Run) -> None:
    async def scenario() -> None:
        async with visits(rep_desk(NOTHING)) as (stage, card):
            assert card.isHidden()
            assert not COMMANDS & offered(stage)

    run(scenario())


def test_erasing_asks_once_in_its_place_and_escape_keeps(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with visits(desk) as (stage, card):
            card.erase.click()
            assert card.keep.isVisible()
            await until(card.keep.hasFocus)
            stage.press(Qt.Key.Key_Escape)
            assert not asked(desk, "erase_packs")
            await until(card.erase.hasFocus)
            card.erase.click()
            card.erase_now.click()
            await until(lambda: len(asked(desk, "erase_packs")) == 1)
            await until(card.erase.isHidden)
            assert stage.toast() == "Les données à bord sont effacées."

    run(scenario())


def test_what_was_erased_here_is_told_so_when_the_hub_cannot_know_it(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        desk.pack_error = AviseError("hub.unreachable")
        async with visits(desk) as (stage, card):
            card.erase.click()
            card.erase_now.click()
            await until(lambda: "reste réservé" in stage.toast())

    run(scenario())


def test_other_pages_reach_the_same_card_by_the_palette(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(rep_desk()) as stage:
            await until(lambda: "Données à bord" in offered(stage))
            stage.window.show_page("home")
            stage.desktop.actions.commands.run("on_board")
            panel = stage.desktop.on_board.panel
            assert panel is not None
            assert panel.isVisible()
            await until(lambda: panel.isAncestorOf(QApplication.focusWidget() or stage.window))
            stage.press(Qt.Key.Key_Escape)
            assert not panel.isVisible()
            stage.desktop.actions.commands.run("packs_erase")
            await until(panel.card.keep.hasFocus)

    run(scenario())


# ---- preparing ---------------------------------------------------------------------------------
def test_a_preparation_takes_what_was_chosen_by_the_keyboard(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk(ALLOWED)
        async with visits(desk) as (stage, card):
            card.prepare.click()
            panel = stage.desktop.on_board.preparing
            assert panel is not None
            await until(panel.first_day.hasFocus)
            stage.press(Qt.Key.Key_Right)
            panel.documents.setChecked(False)
            panel.days.setFocus()
            stage.press(Qt.Key.Key_Left)
            stage.press(Qt.Key.Key_Return)
            await until(lambda: len(asked(desk, "prepare_packs")) == 1)
            tomorrow = date(2026, 3, 25)
            assert asked(desk, "prepare_packs") == [(PackOrder(tomorrow, 2, documents=False),)]
            await until(panel.pause.isVisible)
            assert panel.isVisible()
            assert not panel.submit_button.isVisible()

    run(scenario())


def test_progress_is_counted_paused_and_gone_on_with(run: Run) -> None:
    async def scenario() -> None:
        going = PackRow(PackKind.PORTFOLIO, PackState.PREPARING, 412, 100, 2, 9 * MB, None, END)
        desk = rep_desk(replace(FULL, packs=(going,), preparing=True))
        async with visits(desk) as (stage, card):
            stage.desktop.on_board.ask_prepare()
            panel = stage.desktop.on_board.preparing
            assert panel is not None
            line = panel.rows.rows[0].line
            assert line is not None
            assert line.words == "Portefeuille, 100 sur 412"
            assert line.right == "2 échecs"
            assert line.share == pytest.approx(100 / 412)
            panel.pause.click()
            await until(lambda: asked(desk, "pause_packs") == [()])
            desk.show_packs(replace(desk.packs, packs=(replace(going, state=PackState.PAUSED),)))
            await until(lambda: card.prepare.text() == "Continuer la préparation")

    run(scenario())


def test_what_a_day_lacks_on_board_is_told_in_the_panel(run: Run) -> None:
    async def scenario() -> None:
        async with visits(rep_desk()) as (stage, card):
            card.prepare.click()
            panel = stage.desktop.on_board.preparing
            assert panel is not None
            await until(lambda: panel._shown_days != ())
            assert panel._shown_days[0] == ("Mercredi 25 mars", "1 fiche absente")

    run(scenario())


def test_a_refusal_is_told_in_the_panel_and_leads_to_the_code_that_is_missing(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk(ALLOWED)
        desk.pack_error = AviseError("pack.pin_required")
        async with visits(desk) as (stage, card):
            card.prepare.click()
            panel = stage.desktop.on_board.preparing
            assert panel is not None
            panel.submit()
            await until(panel.way.isVisible)
            assert "Choisissez d’abord le code" in panel._trouble.text()
            panel.way.click()
            assert stage.window.page_name == "settings"
            code = stage.desktop.on_board._code
            assert code is not None
            await until(code.isVisible)
            await until(code.new.hasFocus)

    run(scenario())


def test_why_the_last_preparation_stopped_stays_on_the_card(run: Run) -> None:
    async def scenario() -> None:
        stopped = replace(FULL, trouble=AviseError("pack.size_limit", megabytes="150"))
        async with visits(rep_desk(stopped)) as (_stage, card):
            assert "limite de 150\u00a0Mo" in card._trouble.text()
            assert card._trouble.isVisible()

    run(scenario())


# ---- the key -----------------------------------------------------------------------------------


def test_a_window_that_opens_on_a_locked_pack_asks_for_the_code_and_goes_on(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk(LOCKED)
        desk.pack_pin = "204816"
        async with acting_window(desk) as stage:
            await until(lambda: stage.window.page_name == "on_board")
            page = stage.desktop.on_board.page
            assert page is not None
            await until(page.field.hasFocus)
            assert page.tries.text() == "7 essais restants"
            stage.type("111111")
            stage.press(Qt.Key.Key_Return)
            await until(lambda: "Essais restants" in page.outcome.text())
            await until(lambda: page.tries.text() == "6 essais restants")
            assert page.field.text() == ""
            assert page.field.isEnabled()
            stage.type("204816")
            stage.press(Qt.Key.Key_Return)
            await until(lambda: stage.window.page_name != "on_board")
            assert stage.toast() == "Les données à bord sont lisibles."

    run(scenario())


def test_whoever_works_keeps_their_page_when_the_key_goes_and_reads_it_at_the_edge(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with acting_window(desk) as stage:
            await until(lambda: stage.desktop.on_board.model.status is not None)
            stage.window.sessions.open(SessionTab(HELENE, "MARCHAND Hélène"))
            desk.show_packs(replace(LOCKED, lease=LeaseState.ENDED))
            strip = stage.desktop.on_board.strip
            await until(strip.isVisible)
            assert stage.window.page_name == "customers"
            assert "leur clé a expiré" in strip.sentence.text()
            assert strip.open.isHidden()
            strip.read.setFocus()
            stage.press(Qt.Key.Key_Escape)
            assert strip.isHidden()

    run(scenario())


def test_a_key_that_ended_is_one_sentence_and_a_way_on(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(rep_desk(replace(LOCKED, lease=LeaseState.ENDED))) as stage:
            await until(lambda: stage.window.page_name == "on_board")
            page = stage.desktop.on_board.page
            assert page is not None
            assert page.field.isHidden() or not page.field.isVisible()
            assert "ce que vous avez écrit est gardé" in page.sentence.text()
            await until(page.go_on.hasFocus)
            page.go_on.click()
            assert stage.window.page_name != "on_board"

    run(scenario())


def test_too_many_wrong_codes_are_told_in_the_place_of_the_field(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        desk = rep_desk(LOCKED)

        async def block(_pin: str) -> None:
            desk.show_packs(replace(LOCKED, lease=LeaseState.ENDED, pin_set=False))
            raise AviseError("pack.pin_blocked")

        monkeypatch.setattr(desk, "unlock_packs", block)
        async with acting_window(desk) as stage:
            await until(lambda: stage.window.page_name == "on_board")
            page = stage.desktop.on_board.page
            assert page is not None
            await until(page.field.hasFocus)
            stage.type("111111")
            stage.press(Qt.Key.Key_Return)
            await until(lambda: "Trop de codes faux" in page.sentence.text())
            await until(lambda: not page.field.isVisible())

    run(scenario())


def test_a_code_is_set_and_changed_in_the_settings_and_forgotten_there(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with acting_window(desk) as stage:
            await until(lambda: stage.desktop.on_board.model.status is not None)
            stage.window.show_page("settings")
            code = stage.desktop.on_board._code
            assert code is not None
            await until(code.isVisible)
            assert not code.current.isVisible()
            code.new.setText("204816")
            code.again.setText("204817")
            code.set.click()
            assert "diffèrent" in code.outcome.text()
            code.again.setText("204816")
            code.set.click()
            await until(lambda: desk.pack_pin == "204816")
            await until(code.current.isVisible)
            assert code.new.text() == ""
            code.current.setText("000000")
            stage.window.show_page("home")
            assert code.current.text() == ""

    run(scenario())


# ---- the search --------------------------------------------------------------------------------
def test_without_network_the_search_says_how_many_customers_it_reaches(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with acting_window(desk) as stage:
            search = stage.window.top_bar.search
            assert "à bord" not in search.text()
            desk.show_network(AWAY)
            await until(lambda: search.text() == "Rechercher (412 adhérents à bord)")
            assert "412 adhérents à bord" in search.accessibleName()
            desk.show_packs(LOCKED)
            await until(lambda: "à bord" not in search.text())

    run(scenario())


def test_nobody_counts_as_on_board_while_the_key_is_away() -> None:
    assert customers_on_board(FULL) == 412
    assert customers_on_board(LOCKED) == 0
    assert customers_on_board(None) == 0


def test_the_screens_have_their_words_in_both_languages(run: Run) -> None:
    async def scenario() -> None:
        before = language()
        try:
            for code in LANGUAGES:
                set_language(code)
                async with visits(rep_desk()) as (stage, card):
                    card.prepare.click()
                    panel = stage.desktop.on_board.preparing
                    assert panel is not None
                    shown = [*words(card), card._lease.text(), panel.way.text(), panel._limit.text()]
                    assert not [
                        sentence for sentence in shown if "on_board." in sentence or "pack." in sentence
                    ]
        finally:
            set_language(before)

    run(scenario())


# ---- leaving -----------------------------------------------------------------------------------
def test_closing_with_what_the_hub_does_not_have_says_so_and_does_not_block(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk()
        async with acting_window(desk) as stage:
            hub = stage.desktop.hub
            hub.show_status(HubStatus(HubState.ONLINE, NOW, pending=3, unsent={None: 2}))
            stage.window.close()
            assert stage.closed == [True]
            hub.show_status(HubStatus(HubState.OFFLINE, NOW, pending=3, unsent={None: 1, HELENE: 1}))
            stage.window.close()
            assert stage.closed == [True]
            strip = stage.window.findChild(ClosingStrip)
            assert strip is not None
            assert "2 éléments écrits ici ne sont pas encore au siège" in strip.accessibleName()
            strip.close_now.click()
            assert stage.closed == [True, True]

    run(scenario())


# ---- the lock of the desk ----------------------------------------------------------------------
def test_a_desk_that_is_left_asks_for_the_code_of_what_is_on_board_again(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk(replace(FULL, pin_set=True))
        async with acting_window(desk) as stage:
            await until(lambda: stage.desktop.on_board.model.status is not None)
            stage.window.show_page("home")
            stage.desktop.locking.lock()
            await until(lambda: ("lock_packs",) in desk.asked)
            await until(lambda: stage.desktop.on_board.model.lease is LeaseState.PIN_NEEDED)
            assert stage.window.page_name == "home"
            stage.desktop.locking._open()
            assert stage.window.page_name == "on_board"

    run(scenario())


def test_another_workstation_s_packs_are_taken_over_when_the_user_says_so(run: Run) -> None:
    async def scenario() -> None:
        desk = rep_desk(ALLOWED)
        desk.pack_error = AviseError("hub.checked_out_elsewhere", since="23/03", until="30/03")
        async with visits(desk) as (stage, card):
            card.prepare.click()
            panel = stage.desktop.on_board.preparing
            assert panel is not None
            panel.submit()
            await until(panel.way.isVisible)
            desk.pack_error = None
            panel.way.click()
            await until(lambda: len(asked(desk, "prepare_packs")) == 1)
            (order,) = asked(desk, "prepare_packs")[0]
            assert isinstance(order, PackOrder)
            assert order.take_over

    run(scenario())
