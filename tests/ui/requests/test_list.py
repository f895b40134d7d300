"""The list of requests: it never moves by itself, and everything in it is done by the keyboard."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Coroutine
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QSignalSpy

from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.requests import RequestStatus
from avise.services.request_values import (
    BULK_LIMIT,
    BasketSection,
    HubState,
    HubStatus,
    RequestFilters,
    RequestQuery,
    RequestSort,
    SavedView,
    TakenInstead,
)
from avise.ui.discretion import discretion
from avise.ui.requests.basket_pane import late_width
from avise.ui.requests.columns import ALWAYS, Column, places
from avise.ui.requests.list_model import ROW, RequestListModel
from avise.ui.requests.page_shape import KEPT_DETAIL, MOST_BASKETS, page_shape
from avise.ui.requests.row_delegate import RequestRowDelegate, due_spec
from avise.ui.theme import theme
from avise.ui.widgets.row_list import RowLook
from tests.ui.persona import NOW
from tests.ui.requests import scene
from tests.ui.requests.requests_window import CTRL, MENUS, SHIFT, requests_window
from tests.ui.scripted_requests import request_id, request_row
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
K = Qt.Key


# ---- nothing moves -------------------------------------------------------------------------------
def test_new_requests_wait_until_they_are_asked_for(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            before, pane = stage.shown(), stage.page.list
            new = request_row(900, "Arrivée à l’instant", clock=scene.due(30))
            stage.desk.show_rows((new, *scene.rows()))
            await until(pane.banner.isVisible)
            assert stage.shown() == before
            assert pane.banner.text() == "1 nouvelle demande, afficher"
            pane.banner.click()
            assert stage.shown()[0] == new.id
            assert not pane.banner.isVisible()
            assert pane.current() == scene.rows()[0], "the request that was being read stays the current one"

    run(scenario())


def test_a_row_changes_where_it_stands_and_nothing_else_is_touched(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            model = stage.page.list.model
            resets, changes = QSignalSpy(model.modelReset), QSignalSpy(model.dataChanged)
            rows = list(scene.rows())
            rows[5] = replace(rows[5], title="Part sécu retrouvée")
            stage.desk.show_rows(rows)
            await until(lambda: model.rows[5].title == "Part sécu retrouvée")
            assert resets.count() == 0
            assert [(change[0].row(), change[1].row()) for change in _all(changes)] == [(5, 5)]

    run(scenario())


def test_a_row_that_has_left_stays_in_its_place_and_says_so(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            model, before = stage.page.list.model, stage.shown()
            stage.desk.show_rows(scene.rows()[1:])
            await until(lambda: model.is_gone(before[0]))
            assert stage.shown() == before
            assert "n’est plus dans cette liste" in str(model.index(0, 0).data())

    run(scenario())


def test_what_the_user_sends_away_leaves_and_the_next_one_is_shown(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            first, second = stage.shown()[:2]
            stage.press(K.Key_E, CTRL)
            stage.press(K.Key_Down)
            stage.press(K.Key_Return)
            await stage.done()
            stage.desk.show_rows(scene.rows()[1:])
            await until(lambda: first not in stage.shown())
            await until(lambda: stage.page.model.wanted == second)

    run(scenario())


def test_new_rows_come_by_themselves_into_an_empty_list(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_rows = ()
        async with requests_window(desk) as stage:
            assert stage.page.list.notice.title() == "Corbeille vide"
            desk.show_rows(scene.rows())
            await until(lambda: len(stage.shown()) == len(scene.rows()))

    run(scenario())


def test_the_keys_of_both_ends_go_to_the_first_row_and_to_the_last(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.page.list.focus_current()
            rows = stage.page.list.rows
            stage.press(Qt.Key.Key_End)
            assert rows.current_row() == len(stage.shown()) - 1 > 0
            stage.press(Qt.Key.Key_Home)
            assert rows.current_row() == 0
            baskets = stage.page.baskets
            baskets.focus_current()
            stage.press(Qt.Key.Key_Home)
            assert baskets.rows.current_row() == 1, "the title of the first section takes no focus"

    run(scenario())


def test_counts_of_three_digits_leave_room_for_what_is_late(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        async with requests_window(desk) as stage:
            shown = stage.page.baskets
            before = late_width(shown.model.rows())
            many = [replace(one, count=1234, late=567) for one in scene.baskets()]
            shown.show_baskets(many, "me/todo", ())
            room = late_width(shown.model.rows())
            assert room > before
            assert room >= theme().text_width("567", "small-medium", tabular=True) + theme().px(17 + 8)

    run(scenario())


def test_another_list_is_shown_in_its_own_order(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.page.list.query_requested.emit(replace(stage.page.model.query, sort=RequestSort.CREATED))
            await until(lambda: len(stage.desk.list_streams) > 2)
            assert stage.page.model.query.sort is RequestSort.CREATED

    run(scenario())


# ---- several at once -----------------------------------------------------------------------------
def test_several_are_chosen_with_the_keyboard_and_taken_together(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            pane, ids = stage.page.list, stage.shown()
            stage.press(K.Key_Space)
            stage.press(K.Key_Down)
            stage.press(K.Key_Down, SHIFT)
            stage.press(K.Key_Down, SHIFT)
            assert pane.model.chosen == set(ids[:4])
            assert pane.batch.isVisible()
            assert not pane.filters.isVisible()
            stage.press(K.Key_M, CTRL)
            assert (await stage.done()).kind is EventKind.REQUEST_CLAIMED
            assert stage.on() == tuple(ids[:4])
            await until(lambda: stage.toast() == "4 demandes prises en charge")
            assert not pane.model.chosen

    run(scenario())


def test_choosing_back_with_the_arrow_gives_up_what_it_leaves(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            for _ in range(3):
                stage.press(K.Key_Down, SHIFT)
            stage.press(K.Key_Up, SHIFT)
            assert stage.page.list.model.chosen == set(stage.shown()[:3])
            stage.press(K.Key_Escape)
            assert not stage.page.list.model.chosen

    run(scenario())


def test_no_more_than_fifty_are_chosen_together() -> None:
    model = RequestListModel(lambda: NOW)
    model.replace_rows([request_row(number) for number in range(BULK_LIMIT + 20)])
    model.choose(row.id for row in model.rows)
    assert model.chosen_in_order() == tuple(row.id for row in model.rows[:BULK_LIMIT])


def test_several_are_transferred_from_the_bar(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.page.list.model.choose(stage.shown()[2:5])
            stage.page.list.batch.transfer.click()
            stage.press(K.Key_Down)
            stage.press(K.Key_Down)
            stage.press(K.Key_Return)
            assert (await stage.done()).queue == "COTIS"
            assert len(stage.on()) == 3

    run(scenario())


# ---- filters, order, views -----------------------------------------------------------------------
@MENUS
def test_a_filter_is_added_from_the_menu_and_taken_away_by_its_cross(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            bar = stage.page.list.filters
            bar.add.click()
            stage.take("Non attribuées ou à moi")
            await until(lambda: stage.page.model.query.filters == RequestFilters(unheld_or_mine=True))
            await until(lambda: bool(bar.chips.chips()))
            assert bar.chips.chips()[0].accessibleName() == "Retirer le filtre Non attribuées ou à moi"
            bar.chips.chips()[0].click()
            await until(lambda: stage.page.model.query.filters == RequestFilters())

    run(scenario())


def test_words_are_looked_for_in_the_list(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.press(K.Key_F, CTRL)
            stage.type("optique")
            await until(lambda: len(stage.shown()) == 1)
            stage.press(K.Key_Escape)
            await until(lambda: len(stage.shown()) == len(scene.rows()))

    run(scenario())


def test_a_filter_that_leaves_nothing_offers_to_be_taken_away(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.page.list.query_requested.emit(
                replace(stage.page.model.query, filters=RequestFilters(words="introuvable nulle part"))
            )
            notice = stage.page.list.notice
            await until(lambda: notice.title() == "Aucune demande avec ces filtres" and notice.isVisible())
            notice.button.click()
            await until(lambda: len(stage.shown()) == len(scene.rows()))

    run(scenario())


def test_a_view_is_kept_renamed_and_forgotten(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.page.list.save_requested.emit()
            stage.type("Mes retards")
            stage.press(K.Key_Return)
            await until(lambda: bool(stage.desk.views))
            view = next(iter(stage.desk.views.values()))
            assert (view.name, view.query) == ("Mes retards", RequestQuery("queue/PREST_SOINS"))
            stage.page.doing.rename_view(view.id, view.name)
            stage.type("Retards")
            stage.press(K.Key_Return)
            await until(lambda: stage.desk.views[view.id].name == "Retards")
            stage.page.model.delete_view(view.id)
            await until(lambda: not stage.desk.views)

    run(scenario())


def test_a_list_narrowed_from_a_view_is_kept_with_what_the_view_holds(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        kept = RequestQuery("queue/PREST_SOINS", RequestFilters(late=True), RequestSort.CREATED)
        desk.views["view/saved-1"] = SavedView("view/saved-1", "Mes optiques", kept, ("due", "title", "age"))
        async with requests_window(desk) as stage:
            model = stage.page.model
            model.show_basket("view/saved-1")
            await until(lambda: model.query == RequestQuery("view/saved-1", sort=RequestSort.CREATED))
            assert tuple(stage.page.list.header.columns) == (Column.DUE, Column.TITLE, Column.AGE)
            await until(lambda: model.board is not None and model.board.query == model.query)
            model.show_query(replace(model.query, filters=RequestFilters(with_attachment=True)))
            await until(lambda: model.board is not None and model.board.query == model.query)
            model.save_view("Avec pièces", ())
            await until(lambda: len(desk.views) == 2)
            made = next(view for view in desk.views.values() if view.name == "Avec pièces")
            wanted = RequestFilters(late=True, with_attachment=True)
            assert made.query == RequestQuery("queue/PREST_SOINS", wanted, RequestSort.CREATED)

    run(scenario())


# ---- a wide list ---------------------------------------------------------------------------------
@MENUS
def test_a_wide_list_is_a_table_whose_columns_are_chosen(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            pane = stage.page.list
            assert not pane.is_wide
            stage.page.panes.splitter.setSizes([760, 380])
            await until(lambda: pane.is_wide)
            assert pane.header.isVisible()
            pane.header.columns_changed.emit((Column.DUE, Column.TITLE, Column.AGE))
            assert tuple(pane.delegate.columns or ()) == (Column.DUE, Column.TITLE, Column.AGE)
            pane.columns.click()
            locked = [action.text() for action in stage.menu().actions() if not action.isEnabled()]
            assert locked == ["Échéance", "Objet"]
            stage.menu().close()

    run(scenario())


@pytest.mark.parametrize("width", [640, 760, 1000, 1400])
def test_columns_stand_side_by_side_and_the_title_keeps_its_room(width: int) -> None:
    found = places(tuple(Column), width, 1.0, 15)
    assert {place.column for place in found} >= ALWAYS
    for before, after in itertools.pairwise(found):
        assert before.left + before.width == after.left
    assert found[-1].left + found[-1].width == width - 15


# ---- states --------------------------------------------------------------------------------------
def test_offline_the_list_says_as_of_when_it_is(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.hub = HubStatus(HubState.OFFLINE, NOW)
        async with requests_window(desk) as stage:
            assert stage.page.list.state.isVisible()
            assert stage.page.list.state.text().endswith("État au 10:44.")

    run(scenario())


def test_a_list_that_cannot_be_followed_says_why_and_is_asked_again(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.page.model._on_board_failed(AviseError("engine.stopped"))
            notice = stage.page.list.notice
            assert (notice.isVisible(), notice.title()) == (True, "Liste indisponible")
            notice.button.click()
            await until(lambda: not notice.isVisible())
            assert len(stage.shown()) == len(scene.rows())

    run(scenario())


def test_columns_chosen_stay_when_the_list_is_narrowed(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            header = stage.page.list.header
            header.columns_changed.emit((Column.DUE, Column.TITLE, Column.AGE))
            stage.page.model.show_query(replace(stage.page.model.query, filters=RequestFilters(late=True)))
            await until(
                lambda: stage.page.model.board is not None and stage.page.model.board.query.filters.late
            )
            assert tuple(header.columns) == (Column.DUE, Column.TITLE, Column.AGE)

    run(scenario())


def test_a_station_without_a_hub_says_so(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_rows, desk.hub = (), HubStatus(HubState.NONE)
        async with requests_window(desk) as stage:
            assert stage.page.list.notice.title() == "Demandes non disponibles ici"
            assert "profil" in stage.page.list.notice.accessibleName()

    run(scenario())


def test_a_discreet_screen_hides_what_requests_are_about(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            discretion().set_on(on=True)
            try:
                said = str(stage.page.list.model.index(2, 0).data())
                assert "optique" not in said
                assert stage.page.detail.veil.isVisible()
                assert not stage.page.detail.composer.send.isEnabled()
            finally:
                discretion().set_on(on=False)

    run(scenario())


def test_each_row_is_said_as_one_sentence() -> None:
    model = RequestListModel(lambda: NOW)
    model.replace_rows(scene.rows())
    said = str(model.index(2, 0).data())
    assert said == (
        "Remboursement optique non reçu, MARCHAND Hélène, D-2026-000187-K, "
        "à traiter avant 12:46, dans 2\u00a0h\u00a002, heures ouvrées, "
        "regardée par KB, Plateau, adhérent à ménager"
    )
    assert isinstance(model.index(2, 0).data(ROW), type(scene.rows()[2]))


@pytest.mark.parametrize("columns", [None, (Column.DUE, Column.TITLE)])
@pytest.mark.parametrize("state", [{}, {"tentative": True}, {"refused": "Déjà clôturée."}])
def test_fields_that_two_people_changed_are_a_chip_of_the_row(
    columns: tuple[Column, ...] | None, state: dict[str, object]
) -> None:
    def drawn(to_compare: int) -> bool:
        model = RequestListModel(lambda: NOW)
        model.replace_rows([replace(scene.rows()[6], to_compare=to_compare, **state)])  # type: ignore[arg-type]  # test data
        assert ("2 à comparer" in str(model.index(0, 0).data())) == bool(to_compare)
        delegate = RequestRowDelegate(lambda: NOW, scene.ME)
        delegate.columns = columns
        image = QImage(620, 53, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        with QPainter(image) as painter:
            delegate.paint_row(
                painter, image.rect(), RowLook(current=False, hovered=False, focused=False), model.index(0, 0)
            )
        tint = theme().colour("warn-bg").rgb()
        return any(image.pixel(x, y) == tint for x in range(120, 620) for y in range(53))

    assert not drawn(0)
    assert drawn(2)


def test_a_request_that_has_ended_shows_how_rather_than_its_clock() -> None:
    ended = replace(scene.rows()[0], status=RequestStatus.CLOSED)
    assert due_spec(ended, NOW).text == "Clôturée"


def test_the_next_one_is_taken_from_the_corbeille_on_screen(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.press(K.Key_F4)
            await until(lambda: bool(stage.asked("take_next")))
            assert stage.asked("take_next") == [("take_next", "queue/PREST_SOINS")]
            await until(lambda: stage.page.model.wanted == request_id(158))
            assert stage.toast() == "D-0158 prise en charge"

    run(scenario())


@pytest.mark.parametrize("is_writing", [False, True])
def test_what_a_colleague_took_first_gives_way_to_the_next_one_unless_words_wait_there(
    run: Run, is_writing: bool
) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.press(K.Key_F4)
            await until(lambda: stage.page.model.wanted == request_id(158))
            await until(lambda: bool(stage.toast()))
            stage.window.toast.close_message()
            if is_writing:
                await stage.show(request_id(158))
                stage.page.detail.composer.edit.load("Bonjour")
                stage.page.detail.composer.edit.edited.emit()
            act = stage.desk._deed(EventKind.REQUEST_CLAIMED, (request_id(163),))
            stage.desk.request_instead = TakenInstead(request_id(158), request_id(163), act)
            stage.desk.show_rows(stage.desk.request_rows)
            await until(lambda: stage.toast().startswith("Un collègue l’avait déjà prise"))
            assert stage.toast().endswith("La suivante est à vous\u00a0: D-0163.")
            wanted = request_id(158) if is_writing else request_id(163)
            await until(lambda: stage.page.model.wanted == wanted)
            stage.window.undoing.undo_last()
            await until(lambda: bool(stage.asked("undo")))
            assert stage.asked("undo")[-1][1] == act

    run(scenario())


def test_what_a_colleague_took_first_from_another_window_is_not_told_here(run: Run) -> None:
    async def scenario() -> None:
        async with requests_window() as stage:
            stage.desk.request_instead = TakenInstead(request_id(158), None, None)
            stage.desk.show_rows(scene.rows()[1:])
            await until(lambda: bool(stage.page.model.board and stage.page.model.board.instead))
            assert not stage.toast()
            stage.press(K.Key_F4)
            await until(lambda: bool(stage.toast()))
            stage.window.toast.close_message()
            await until(lambda: stage.toast().startswith("Des collègues ont pris"))

    run(scenario())


def test_nothing_left_to_take_is_said(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_rows = tuple(row for row in scene.rows() if row.holder)
        async with requests_window(desk) as stage:
            stage.page.baskets.next.click()
            await until(lambda: stage.toast().startswith("Rien à prendre"))

    run(scenario())


def _all(spy: QSignalSpy) -> list[list[QModelIndex]]:
    return [spy.at(number) for number in range(spy.count())]


def test_whoever_works_in_no_corbeille_is_offered_no_next_one_and_is_told_why(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        others = BasketSection.OTHERS
        desk.baskets = tuple(
            replace(one, section=others) if one.section is BasketSection.TEAM else one for one in desk.baskets
        )
        desk.request_rows = ()
        async with requests_window(desk) as stage:
            page = stage.page
            await until(lambda: not page.baskets.next.isVisible())
            assert not page.detail.notice.button.isVisible()
            assert page.detail.notice.accessibleName().endswith("Choisissez une demande dans la liste.")
            stage.press(K.Key_F4)
            await until(lambda: stage.toast().startswith("Ce sont les gestionnaires"))
            assert not stage.asked("take_next")

    run(scenario())


@pytest.mark.parametrize(("width", "names"), [(1294, 250), (1368, 320), (1848, 500)])
def test_long_names_of_corbeilles_are_read_whole_while_the_request_keeps_its_columns(
    width: int, names: int
) -> None:
    plain, wide = page_shape(width), page_shape(width, names=names)
    assert wide.baskets > plain.baskets
    assert wide.baskets == min(names, MOST_BASKETS) or wide.detail == KEPT_DETAIL
    assert wide.detail >= KEPT_DETAIL
    assert plain.baskets + plain.detail == wide.baskets + wide.detail


def test_short_names_leave_the_corbeilles_their_design_and_a_small_page_its_request() -> None:
    assert page_shape(1368, names=150) == page_shape(1368)
    assert page_shape(1100, names=400) == page_shape(1100)


def test_the_request_of_a_list_that_came_before_the_page_is_read_with_it(run: Run) -> None:
    async def scenario() -> None:
        desk = scene.desk()
        desk.request_rows = scene.rows()[:1]
        async with requests_window(desk) as stage:
            await until(lambda: stage.page.model.wanted == scene.rows()[0].id)

    run(scenario())
