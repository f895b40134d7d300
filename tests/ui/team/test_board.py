"""The board of a team: what it counts, what it says, and who gets what is late."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from avise.models.journal import EventKind
from avise.services.request_values import HourLoad, RequestDeed
from avise.ui.discretion import discretion
from avise.ui.team.load_table import FIGURES, fitting, load_sentence, signed, total_words
from avise.ui.team.page import TeamPage
from avise.ui.team.view_model import shared_out
from tests.ui.outbox.acting_window import CTRL, ActingStage, acting_window
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_requests import request_row
from tests.ui.team.boards import BOARD, LATE, LOADS, PEOPLE, colleague, lead_desk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@asynccontextmanager
async def board(desk: ScriptedDesk) -> AsyncIterator[tuple[ActingStage, TeamPage]]:
    """Show the board."""
    async with acting_window(desk) as stage:
        stage.desktop.actions.commands.run("go_team")
        page = stage.window.current_page()
        assert isinstance(page, TeamPage)
        await until(lambda: page.model.board is not None and bool(page.model.colleagues))
        yield stage, page


def deeds(desk: ScriptedDesk) -> list[tuple[object, RequestDeed]]:
    """Return what was done to requests."""
    return [(call[1], call[2]) for call in desk.asked if call[0] == "act_on_requests"]  # type: ignore[misc]


# ---- who sees it -------------------------------------------------------------------------------
def test_only_whoever_leads_a_team_finds_the_board(run: Run) -> None:
    async def scenario() -> None:
        async with acting_window(ScriptedDesk()) as stage:
            assert stage.window.rail.button("team").isHidden()
            assert not stage.desktop.actions.commands.is_bound("go_team")
        async with acting_window(lead_desk()) as stage:
            assert stage.window.rail.button("team").isVisible()

    run(scenario())


def test_the_board_is_hidden_while_the_screen_is_discreet() -> None:
    assert TeamPage.hidden_when_discreet
    assert not discretion().is_on


# ---- what it says ------------------------------------------------------------------------------
def test_the_corbeille_with_most_that_is_late_comes_first_and_keeps_its_place(run: Run) -> None:
    async def scenario() -> None:
        desk = lead_desk()
        async with board(desk) as (_stage, page):
            names = [load.label for load in page.load.model.rows()]
            assert names == ["Prestations soins", "Réclamations", "Tiers payant"]
            calmer = tuple(replace(load, late=0) for load in LOADS)
            desk.show_team(replace(BOARD, queues=calmer))
            await until(lambda: page.load.model.rows()[0].late == 0)
            assert [load.label for load in page.load.model.rows()] == names

    run(scenario())


def test_a_row_says_every_figure_even_those_that_a_narrow_table_leaves_out() -> None:
    said = load_sentence(LOADS[1])
    for words in (
        "Ouvertes\u00a0: 128",
        "Retard\u00a0: 9",
        "En pause\u00a0: 14",
        "Solde\u00a0: +3",
        "2 j 3 h",
    ):
        assert words.replace(" j ", "\u00a0j ").replace(" h", "\u00a0h") in said.replace(" h", "\u00a0h"), (
            words
        )
    assert total_words(LOADS).startswith("162 ouvertes · 46 à prendre · 11 en retard")
    assert [signed(number) for number in (3, 0, -2)] == ["+3", "0", "−2"]


@given(st.integers(300, 2400))
def test_a_narrow_table_keeps_what_is_open_late_and_the_balance(width: int) -> None:
    names = [figure.name for figure in fitting(width)]
    assert names == [figure.name for figure in FIGURES if figure.name in names]
    assert {"open", "unheld", "late", "balance"} <= set(names)


def test_the_chart_is_read_hour_by_hour_with_the_arrows(run: Run) -> None:
    async def scenario() -> None:
        async with board(lead_desk()) as (stage, page):
            said: list[str] = []
            page.chart.spoken.connect(said.append)
            assert page.chart.accessibleName() == "Aujourd’hui\u00a0: 17 reçues, 17 traitées."
            assert page.chart.accessibleDescription().count("\n") == 1
            page.chart.setFocus()
            stage.press(Qt.Key.Key_Right)
            stage.press(Qt.Key.Key_End)
            stage.press(Qt.Key.Key_Right)
            stage.press(Qt.Key.Key_Home)
            stage.press(Qt.Key.Key_Left)
            assert said[0] == said[3] == said[4] == "8\u00a0h\u00a0: 6 reçues, 2 traitées"
            assert said[1] == said[2] == "17\u00a0h\u00a0: 0 reçue, 0 traitée"

    run(scenario())


def test_a_night_hour_widens_the_chart(run: Run) -> None:
    async def scenario() -> None:
        desk = lead_desk(replace(BOARD, hours=(HourLoad(6, 1, 0), HourLoad(21, 0, 1))))
        async with board(desk) as (_stage, page):
            assert list(page.chart._span()) == list(range(6, 22))

    run(scenario())


@pytest.mark.parametrize(("count", "shown"), [(0, False), (2, True)])
def test_what_the_hub_set_aside_is_counted(run: Run, count: int, shown: bool) -> None:
    async def scenario() -> None:
        async with board(lead_desk(replace(BOARD, quarantined=count))) as (_stage, page):
            assert page.quarantine.isVisible() is shown
            if shown:
                assert page.quarantine.spec.text == "2 écritures à examiner"

    run(scenario())


def test_figures_by_person_wait_for_five_case_managers(run: Run) -> None:
    async def scenario() -> None:
        async with board(lead_desk(replace(BOARD, colleagues=()))) as (_stage, page):
            assert not page.members.isVisible()
            assert page._few_line.isVisible()
            assert [row.name for row in page.model.takers()][-1] == "Tom Riou"

    run(scenario())


# ---- what is late ------------------------------------------------------------------------------
def test_a_late_request_opens_in_the_panel(run: Run) -> None:
    async def scenario() -> None:
        desk = lead_desk()
        desk.request_rows = LATE
        async with board(desk) as (stage, page):
            page.late.setFocus()
            page.late.go_to(1)
            stage.press(Qt.Key.Key_Return)
            await until(lambda: ("follow_request", LATE[1].id) in desk.asked)
            assert stage.window.page_name == "requests"

    run(scenario())


def test_requests_chosen_together_are_given_by_keys_and_taken_back(run: Run) -> None:
    async def scenario() -> None:
        desk = lead_desk()
        async with board(desk) as (stage, page):
            page.late.setFocus()
            page.late.go_to(0)
            stage.press(Qt.Key.Key_Space)
            stage.press(Qt.Key.Key_Down)
            stage.press(Qt.Key.Key_Down)
            stage.press(Qt.Key.Key_Space)
            assert page._chosen.text() == "2 choisies"
            page.give.click()
            await until(page.give_panel.isVisible)
            labels = [choice.label for choice in page.give_panel.people.model.rows()]
            assert labels == ["Julie Carrez", "Marc Aubry", "Ines Moreau", "Karim Benali", "Tom Riou"]
            stage.press(Qt.Key.Key_Down)
            stage.press(Qt.Key.Key_Down)
            stage.press(Qt.Key.Key_Return, CTRL)
            await until(lambda: bool(deeds(desk)))
            requests, deed = deeds(desk)[0]
            assert requests == (LATE[0].id, LATE[2].id)
            assert (deed.kind, deed.assignee) == (EventKind.REQUEST_ASSIGNED, "marc.aubry")
            await until(lambda: stage.toast() == "2 demandes confiées à Marc Aubry")
            assert not page.late.chosen
            stage.window.undoing.undo_last()
            await until(lambda: any(call[0] == "undo" for call in desk.asked))

    run(scenario())


def test_what_is_refused_is_said_and_stays_chosen(run: Run) -> None:
    async def scenario() -> None:
        desk = lead_desk()
        desk.request_refusals = {found.id: "La demande n’en est plus là." for found in LATE}
        async with board(desk) as (stage, page):
            page.late.setFocus()
            page.late.go_to(0)
            stage.press(Qt.Key.Key_A, CTRL)
            assert len(page.late.chosen) == 3
            page.share.click()
            await until(lambda: stage.toast() == "La demande n’en est plus là.")
            assert len(page.late.chosen) == 3
            page.late.setFocus()
            stage.press(Qt.Key.Key_Escape)
            assert not page.late.chosen

    run(scenario())


def test_sharing_out_gives_to_whoever_holds_least_and_to_nobody_who_is_away() -> None:
    shares = shared_out(LATE, PEOPLE)
    assert shares == {"marc.aubry": [found.id for found in LATE]}
    assert shared_out((request_row(1, queue="RECLA"),), PEOPLE) == {"julie.carrez": [request_row(1).id]}
    assert shared_out((request_row(1, queue="COTIS"),), PEOPLE) == {}


@given(st.lists(st.integers(0, 6), min_size=2, max_size=6), st.integers(0, 12))
def test_sharing_out_gives_each_request_once_and_keeps_the_loads_near(held: list[int], count: int) -> None:
    people = [colleague(f"Nom {place}", load) for place, load in enumerate(held)]
    requests = [request_row(number) for number in range(1, count + 1)]
    shares = shared_out(requests, people)
    assert sorted(one for given_ in shares.values() for one in given_) == sorted(
        found.id for found in requests
    )
    after = {row.login: row.open_requests + len(shares.get(row.login, ())) for row in people}
    got = [after[login] for login in shares]
    assert max(got, default=0) - min(after.values()) <= 1
