"""The Sources page as a person uses it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from avise.connectors.contract import Health, HealthReport
from avise.env import FixedEnv
from avise.models.source_status import SourceState
from avise.ui.bridge import DeskBridge
from avise.ui.home.tools_line import ToolsLine
from avise.ui.shell.status_bar import SourceCounts
from avise.ui.sources.page import SourcesPage
from avise.ui.sources.sentences import worst_first
from avise.ui.sources.table import SourcesTableModel, columns
from avise.ui.widgets.toast import Message
from tests.ui.persona import NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_sources import scripted_sources
from tests.ui.shell.test_desktop import staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@asynccontextmanager
async def shown(desk: ScriptedDesk, env: FixedEnv | None = None) -> AsyncIterator[SourcesPage]:
    """Show the page on the scripted tools."""
    failures: list[BaseException] = []
    bridge = DeskBridge(desk, asyncio.get_running_loop(), QApplication.instance())
    page = SourcesPage(bridge, env or FixedEnv(NOW), lambda _name, error: failures.append(error))
    page.resize(1370, 860)
    page.show()
    page.activate()
    page.show_sources(desk.statuses)
    try:
        yield page
    finally:
        page.deactivate()
        await page.aclose()
        page.hide()
        page.deleteLater()
    assert not failures


def texts(page: SourcesPage) -> str:
    """Return what the pane of the chosen tool says."""
    return " ".join(label.text() for label in page.detail.findChildren(QLabel) if not label.isHidden())


def test_the_arrows_show_each_tool_in_the_pane(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk()) as page:
            assert "Enquêtes" in texts(page)
            QTest.keyClick(page.table, Qt.Key.Key_Down)
            assert page.detail.source is not None
            assert page.detail.source.instance == "documents"
            assert "astreinte 02 61 91 40 18" in texts(page)
            assert "Nouvel essai automatique dans 0:38." in texts(page)

    run(scenario())


def test_the_tool_chosen_stays_chosen_when_the_order_changes(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk()) as page:
            page.table.go_to(page.model.place_of("parties"))
            broken = tuple(
                replace(source, state=SourceState.FAILING) if source.instance == "parties" else source
                for source in scripted_sources()
            )
            page.show_sources(broken)
            assert page.detail.source is not None
            assert page.detail.source.instance == "parties"
            assert page.table.current_row() == page.model.place_of("parties") < 3

    run(scenario())


def test_the_button_with_focus_keeps_it_while_figures_change(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk()) as page:
            page.activateWindow()
            await until(page.isActiveWindow)
            page.table.go_to(page.model.place_of("documents"))
            button = next(b for b in page.detail.findChildren(QPushButton) if b.text() == "Tester")
            button.setFocus()
            busier = tuple(replace(source, calls_1h=source.calls_1h + 1) for source in scripted_sources())
            page.show_sources(busier)
            focused = QApplication.focusWidget()
            assert isinstance(focused, QPushButton)
            assert focused is not button
            assert focused.text() == "Tester"

    run(scenario())


def test_a_page_off_screen_costs_nothing_and_catches_up(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk()) as page:
            page.deactivate()
            page.show_sources(scripted_sources()[:2])
            assert page.model.rowCount() == 12
            page.activate()
            assert page.model.rowCount() == 2

    run(scenario())


def test_the_next_try_counts_down(run: Run) -> None:
    async def scenario() -> None:
        env = FixedEnv(NOW)
        async with shown(ScriptedDesk(), env) as page:
            page.table.go_to(page.model.place_of("documents"))
            env.advance(timedelta(seconds=30))
            page.detail.tick()
            assert "dans 0:08." in texts(page)

    run(scenario())


def test_pressing_the_action_of_a_row_tries_that_tool_again(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with shown(desk) as page:
            said: list[Message] = []
            page.message.connect(said.append)
            row = page.model.place_of("contributions")
            rect = page.table.visualRect(page.model.index(row, 0))
            action = next(place for place in columns(rect.width()) if place.name == "action")
            place = QPoint(rect.left() + action.left + action.width - 5, rect.center().y())
            QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
            await until(lambda: bool(said))
            assert ("retry_source", "contributions") in desk.asked
            assert said[0].sentence == "Cotisations\u00a0: lecture relancée"

    run(scenario())


def test_a_tool_tried_again_in_vain_says_what_it_still_does(run: Run) -> None:
    class Desk(ScriptedDesk):
        async def check_source(self, instance: str) -> HealthReport:
            await super().check_source(instance)
            return HealthReport(Health.NEEDS_AUTH if instance == "contributions" else Health.DOWN)

    async def scenario() -> None:
        desk = Desk()
        async with shown(desk) as page:
            said: list[str] = []
            page.message.connect(lambda message: said.append(message.sentence))
            locked = next(one for one in desk.statuses if one.instance == "contributions")
            page.show_sources([replace(locked, state=SourceState.NEEDS_AUTH, retry_at=None)])
            assert "refuse l’accès d’Avise" in texts(page)
            page.refresh(everything=False)
            await until(lambda: len(said) == 1)
            assert said[0].startswith("Cotisations refuse toujours l’accès d’Avise.")
            page.refresh(everything=True)
            await until(lambda: len(said) == 2)
            assert said[1] == "Accès refusé : Cotisations"
            page.show_sources(desk.statuses)
            page.retry("documents")
            await until(lambda: len(said) == 3)
            assert said[2].endswith("ne répond toujours pas.")

    run(scenario())


def test_a_test_of_all_tools_names_those_that_do_not_answer(run: Run) -> None:
    class Desk(ScriptedDesk):
        async def check_source(self, instance: str) -> HealthReport:
            await super().check_source(instance)
            return HealthReport(Health.DOWN if instance == "documents" else Health.OK)

    async def scenario() -> None:
        desk = Desk()
        async with shown(desk) as page:
            said: list[Message] = []
            page.message.connect(said.append)
            page.refresh(everything=True)
            await until(lambda: bool(said))
            assert said[0].sentence == "Ne répondent pas\u00a0: Documents"
            tested = {asked[1] for asked in desk.asked if asked[0] == "check_source"}
            assert "surveys" not in tested
            assert "care" not in tested

    run(scenario())


def test_a_test_that_asks_nothing_is_told_as_not_verified(run: Run) -> None:
    class Desk(ScriptedDesk):
        async def check_source(self, instance: str) -> HealthReport:
            await super().check_source(instance)
            return HealthReport(Health.UNVERIFIED if instance == "documents" else Health.OK)

    async def scenario() -> None:
        async with shown(Desk()) as page:
            said: list[Message] = []
            page.message.connect(said.append)
            page.refresh(everything=True)
            await until(lambda: bool(said))
            assert said[0].sentence.startswith("Non vérifié")
            assert said[0].sentence.endswith("\u00a0: Documents")
            assert said[0].icon == "circle-dashed"

    run(scenario())


def test_the_diagnostic_is_copied(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk()) as page:
            said: list[Message] = []
            page.message.connect(said.append)
            page.copy_diagnostic("documents")
            await until(lambda: bool(said))
            assert QApplication.clipboard().text() == '{"instance": "documents"}'
            assert said[0].sentence == "Diagnostic copié, sans donnée personnelle"

    run(scenario())


def test_every_row_tells_its_state_to_a_screen_reader(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk()) as page:
            spoken = page.model.data(
                page.model.index(page.model.place_of("documents"), 0), Qt.ItemDataRole.AccessibleTextRole
            )
            assert spoken == (
                "Documents, en erreur depuis 14 min, médiane 5,0 s, 12 échecs en une heure, "
                "dernière lecture hier 19:20, copie, non éprouvé"
            )

    run(scenario())


def test_the_model_keeps_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    model = SourcesTableModel()
    model.show_rows(worst_first(scripted_sources()), NOW)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # the tester of pytest-qt has no types


def test_the_same_tools_in_the_same_order_do_not_reset_the_list(qapp: QApplication) -> None:
    model = SourcesTableModel()
    model.show_rows(worst_first(scripted_sources()), NOW)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.show_rows(worst_first(scripted_sources()), NOW)
    assert not resets
    model.show_rows(worst_first(scripted_sources())[:3], NOW)
    assert len(resets) == 1


def said_in(line: ToolsLine) -> str:
    """Return what the line of the home page says before its link."""
    return " ".join(label.text() for label in line.findChildren(QLabel) if line._parts.indexOf(label) >= 0)


def test_a_state_that_is_not_known_yet_is_not_told_as_no_tool(run: Run) -> None:
    async def scenario() -> None:
        counts, line = SourceCounts(), ToolsLine()
        async with shown(ScriptedDesk()) as page:
            page.show_sources(None)
            assert page._seen.text() == counts.text() == "État des sources inconnu pour le moment."
            page.deactivate()
            page.activate()
            assert page._seen.text() == "État des sources inconnu pour le moment."
            assert said_in(line) == line.accessibleName() == "État des sources inconnu pour le moment."
            for widget in (page, counts, line):
                widget.show_sources(())
            assert "relevé à" in page._seen.text()
            assert counts.text() == counts.accessibleName() == "0 source"
            assert said_in(line) == line.accessibleName() == "0 source"
            for widget in (page, counts, line):
                widget.show_sources(scripted_sources())
            assert "relevé à" in page._seen.text()
            assert counts.text().startswith(f"{len(scripted_sources())} sources")
            assert "0 source" not in said_in(line)
        counts.deleteLater()
        line.deleteLater()

    run(scenario())


def test_a_profile_without_tools_says_so_wherever_they_are_counted(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            stage.desk.show_sources(())
            await until(lambda: stage.window.status_bar.counts.text() == "0 source")
            assert said_in(stage.window.home.tools) == "0 source"
            stage.window.show_page("sources")
            assert "relevé à" in stage.window.sources._seen.text()

    run(scenario())


def test_counts_without_room_for_their_words_are_told_in_figures(qtbot: QtBot, dressed: QApplication) -> None:
    counts = SourceCounts()
    qtbot.addWidget(counts)
    counts.show_sources(scripted_sources())
    counts.resize(counts.sizeHint())
    whole = counts.grab().toImage()
    assert counts.toolTip() == ""
    counts.resize(counts.sizeHint().width() * 2 // 3, counts.height())
    narrow = counts.grab().toImage()
    # No word is cut: what was painted at this place is not there any more, and the words are told.
    assert narrow != whole.copy(0, 0, narrow.width(), narrow.height())
    assert counts.toolTip() == counts.accessibleName()
    ground = narrow.pixel(narrow.width() - 1, 0)
    assert all(narrow.pixel(narrow.width() - 1, y) == ground for y in range(narrow.height()))
