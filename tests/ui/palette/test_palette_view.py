"""The palette by its keys: open, type, choose, leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from avise.env import FixedEnv
from avise.models.customer import SearchHit
from avise.models.errors import AviseError
from avise.ui.bridge import DeskBridge
from avise.ui.palette.customer_row import customer_row
from avise.ui.palette.table_model import PaletteTableModel
from avise.ui.palette.values import RowKind
from avise.ui.palette.view import PaletteView
from avise.ui.shell.desktop import Desktop
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk, hit_of
from tests.ui.stub_page import StubPage
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@asynccontextmanager
async def palette(desk: ScriptedDesk) -> AsyncIterator[tuple[Desktop, PaletteView]]:
    """Show a desktop with its palette open."""
    bridge = DeskBridge(desk, asyncio.get_running_loop(), QApplication.instance())
    desktop = Desktop(bridge, FixedEnv(NOW), StubPage, lambda _name, _error: None)
    desktop.window.resize(1440, 900)
    desktop.window.show()
    desktop.window.activateWindow()
    await desktop.start()
    desktop.actions.search()
    try:
        yield desktop, desktop.window.palette_view
    finally:
        await desktop.aclose()
        bridge.close()
        await until(
            lambda: (
                not (desk.call_stream.listeners or desk.source_stream.listeners or desk.day_stream.listeners)
            )
        )


def people(view: PaletteView) -> list[SearchHit]:
    """Return the customers listed."""
    return [row.hit for row in view.model.rows() if row.hit is not None]


def test_typing_lists_customers_and_enter_opens_the_first(run: Run) -> None:
    async def scenario() -> None:
        async with palette(ScriptedDesk()) as (desktop, view):
            QTest.keyClicks(view.field, "march")
            await until(lambda: len(people(view)) == 5)
            QTest.keyClick(view.field, Qt.Key.Key_Return)
            assert not view.isVisible()
            assert desktop.window.sessions.current == HELENE

    run(scenario())


def test_enter_before_the_answer_opens_what_the_answer_finds(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with palette(desk) as (desktop, view):
            await until(lambda: bool(people(view)))
            desk.search_gate = asyncio.Event()
            QTest.keyClicks(view.field, "kervella")
            QTest.keyClick(view.field, Qt.Key.Key_Return)
            assert view.isVisible()
            desk.search_gate.set()
            await until(lambda: desktop.window.sessions.current is not None)
            assert desktop.window.sessions.current == DIRECTORY[5].person

    run(scenario())


def test_ctrl_enter_opens_behind(run: Run) -> None:
    async def scenario() -> None:
        async with palette(ScriptedDesk()) as (desktop, view):
            QTest.keyClicks(view.field, "duval")
            await until(lambda: len(people(view)) == 1)
            QTest.keyClick(view.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            assert desktop.window.sessions.current is None
            assert [tab.person for tab in desktop.window.sessions.tabs] == [DIRECTORY[4].person]

    run(scenario())


def test_the_arrows_skip_titles_and_the_choice_stays_on_its_row(run: Run) -> None:
    async def scenario() -> None:
        async with palette(ScriptedDesk()) as (_desktop, view):
            QTest.keyClicks(view.field, "march")
            await until(lambda: len(people(view)) == 5)
            QTest.keyClick(view.field, Qt.Key.Key_Down)
            chosen = view.model.rows()[view.rows.current_row()]
            assert chosen.kind is RowKind.CUSTOMER
            view._on_listed()
            assert view.model.rows()[view.rows.current_row()].identity == chosen.identity
            for _ in range(20):
                QTest.keyClick(view.field, Qt.Key.Key_Up)
            assert view.model.rows()[view.rows.current_row()].can_be_chosen

    run(scenario())


def test_escape_empties_then_closes_and_gives_focus_back(run: Run) -> None:
    async def scenario() -> None:
        async with palette(ScriptedDesk()) as (desktop, view):
            view.close_palette()
            rows = desktop.window.home.rows
            rows.setFocus()
            desktop.actions.search()
            QTest.keyClicks(view.field, "dup")
            QTest.keyClick(view.field, Qt.Key.Key_Escape)
            assert view.field.text() == ""
            assert view.isVisible()
            QTest.keyClick(view.field, Qt.Key.Key_Escape)
            assert not view.isVisible()
            assert QApplication.focusWidget() is rows

    run(scenario())


def test_tab_stays_inside_and_reaches_the_scopes(run: Run) -> None:
    async def scenario() -> None:
        async with palette(ScriptedDesk()) as (_desktop, view):
            QTest.keyClick(view.field, Qt.Key.Key_Tab)
            assert QApplication.focusWidget() is view.scopes
            for _scope in ("customers", "requests", "commands"):
                QTest.keyClick(view.scopes, Qt.Key.Key_Right)
            assert {row.kind for row in view.model.rows()} <= {RowKind.GROUP, RowKind.COMMAND}
            QTest.keyClick(view.scopes, Qt.Key.Key_Tab)
            assert QApplication.focusWidget() is view.field

    run(scenario())


def test_a_search_that_lasts_says_so_and_the_latest_words_win(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with palette(desk) as (_desktop, view):
            desk.search_gate = asyncio.Event()
            QTest.keyClicks(view.field, "march")
            await until(lambda: any(row.kind is RowKind.SKELETON for row in view.model.rows()))
            assert view._count.text() == ""
            desk.search_gate.set()
            view.field.setText("roux")
            view.field.textEdited.emit("roux")
            await until(lambda: [hit.entry.party.last_name for hit in people(view)] == ["ROUX"])
            await asyncio.sleep(0.05)
            assert [hit.entry.party.last_name for hit in people(view)] == ["ROUX"]

    run(scenario())


def test_what_is_there_already_is_counted_while_people_are_looked_for(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with palette(desk) as (_desktop, view):
            desk.search_gate = asyncio.Event()
            QTest.keyClicks(view.field, "verrouiller")
            await until(lambda: any(row.kind is RowKind.SKELETON for row in view.model.rows()))
            assert not view._view_model.has_looked
            assert view._count.text() == "1 résultat"

    run(scenario())


def test_a_directory_that_fails_is_named_and_can_be_tried_again(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(search_error=AviseError("engine.stopped"))
        async with palette(desk) as (_desktop, view):
            QTest.keyClicks(view.field, "march")
            await until(lambda: any(row.command == "retry_search" for row in view.model.rows()))
            assert view._count.text() == ""
            desk.search_error = None
            QTest.keyClick(view.field, Qt.Key.Key_Return)
            await until(lambda: len(people(view)) == 5)

    run(scenario())


def test_a_directory_that_is_being_prepared_answers_once_it_is_there(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(search_error=AviseError("directory.building"))
        async with palette(desk) as (_desktop, view):
            view._view_model._again.setInterval(10)
            QTest.keyClicks(view.field, "march")
            await until(lambda: sum(asked == ("search", "march") for asked in desk.asked) > 2)
            assert any("se prépare" in row.sentence for row in view.model.rows())
            desk.search_error = None
            await until(lambda: len(people(view)) == 5)
            assert view._count.text() == "5 résultats"
            assert not view._view_model._again.isActive()

    run(scenario())


def test_a_directory_that_is_being_prepared_is_not_asked_for_nobody(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(search_error=AviseError("directory.building"))
        async with palette(desk) as (_desktop, view):
            QTest.keyClicks(view.field, "march")
            await until(view._view_model._again.isActive)
            view.close_palette()
            assert not view._view_model._again.isActive()

    run(scenario())


def test_a_nir_is_refused_and_goes_nowhere(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with palette(desk) as (_desktop, view):
            view.field.setText("1 85 05 99 999 001 81")
            view.field.textEdited.emit(view.field.text())
            await until(lambda: any("sécurité sociale" in row.sentence for row in view.model.rows()))
            assert not any(row.can_be_chosen for row in view.model.rows())
            assert not any(asked[0] in ("search", "find_request") for asked in desk.asked)

    run(scenario())


def test_a_text_pasted_whole_is_refused_with_its_limit(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with palette(desk) as (_desktop, view):
            view.field.setText("a" * 3000)
            view.field.textEdited.emit(view.field.text())
            await until(lambda: any("200 caractères" in row.sentence for row in view.model.rows()))
            assert not any(row.can_be_chosen or len(row.sentence) > 200 for row in view.model.rows())
            assert not any(asked[0] in ("search", "find_request") for asked in desk.asked)

    run(scenario())


def test_a_command_of_the_palette_runs(run: Run) -> None:
    async def scenario() -> None:
        async with palette(ScriptedDesk()) as (desktop, view):
            QTest.keyClicks(view.field, "sources")
            await until(lambda: any(row.command == "go_sources" for row in view.model.rows()))
            QTest.keyClick(view.field, Qt.Key.Key_Return)
            await until(lambda: desktop.window.page_name == "sources")

    run(scenario())


def test_the_model_keeps_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    model = PaletteTableModel()
    model.set_rows([customer_row(hit_of(entry), ()) for entry in DIRECTORY])
    assert model.rowCount() == len(DIRECTORY)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # the tester of pytest-qt has no types
