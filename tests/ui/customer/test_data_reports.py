"""Signaler une donnée: from a block's menu or the palette, checked as it is typed, told in a toast."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from avise.models.acts import Act
from avise.models.data_report import DataProblem, DataReport
from avise.models.errors import AviseError
from avise.ui.customer.page import CustomerPage
from tests.ui.customer.opened_page import opened
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
CTRL = Qt.KeyboardModifier.ControlModifier


def told(desk: ScriptedDesk) -> list[DataReport]:
    """Return the reports that reached the desk."""
    return [asked[2] for asked in desk.asked if asked[0] == "report_data"]  # type: ignore[misc]  # as written


async def asked_about(page: CustomerPage, facet: str) -> None:
    """Open the form of a block."""
    await until(lambda: page.parts.has("facets"))
    page.blocks.run(facet, "report")


@pytest.mark.qt_log_ignore("does not support raise", "grabbing the keyboard", "propagateSizeHints")
def test_the_menu_of_a_block_leads_to_the_form(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            await until(lambda: page.parts.has("facets"))
            page.blocks.run("contracts", "menu")
            menu = page.findChildren(QMenu)[-1]
            action = next(found for found in menu.actions() if found.text().startswith("Signaler une donnée"))
            action.trigger()
            menu.close()
            assert page.reports.panel.isVisible()
            assert page.reports.panel.report().facet == "contracts"

    run(scenario())


def test_a_field_of_a_block_is_reported(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            acts: list[tuple[str, Act]] = []
            page.acted.connect(lambda sentence, act: acts.append((sentence, act)))
            await asked_about(page, "contracts")
            panel = page.reports.panel
            assert panel.isVisible()
            assert QApplication.focusWidget() is panel.field
            panel.field.setCurrentIndex(panel.field.findData("number"))
            panel.problem.setCurrentIndex(panel.problem.findData("outdated"))
            panel.note.setFocus()
            QTest.keyClicks(panel.note, "numero de l ancien contrat")
            QTest.keyClick(panel.note, Qt.Key.Key_Return, CTRL)
            await until(lambda: bool(acts))
            (report,) = told(desk)
            assert (report.facet, report.field, report.problem) == (
                "contracts", "number", DataProblem.OUTDATED,
            )  # fmt: skip
            assert report.note == "numero de l ancien contrat"
            assert "qualité des données" in acts[0][0]
            assert not panel.isVisible()
            assert panel.note.words() == ""

    run(scenario())


def test_a_number_in_the_note_keeps_it_from_being_sent_until_it_is_masked(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            await asked_about(page, "contracts")
            panel = page.reports.panel
            QTest.keyClicks(panel.note, "NIR 268034410921492")
            await until(lambda: not panel.send.isEnabled())
            panel.submit()
            assert told(desk) == []
            panel.findings.mask_link.click()
            await until(panel.send.isEnabled)
            assert "268034410921492" not in panel.note.words()

    run(scenario())


def test_a_refusal_is_told_and_what_was_written_stays(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(report_error=AviseError("store.full"))
        async with opened(desk) as page:
            await asked_about(page, "contracts")
            panel = page.reports.panel
            panel.note.load("déménagé")
            panel.submit()
            await until(panel.outcome.isVisible)
            assert panel.note.words() == "déménagé"
            assert panel.isVisible()

    run(scenario())


def test_the_palette_asks_about_the_current_block_and_esc_gives_focus_back(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            await until(lambda: page.parts.has("facets"))
            page.run_command("facets")
            before = QApplication.focusWidget()
            page.run_command("report_data")
            panel = page.reports.panel
            assert panel.report().facet == page.sheet.grid.current
            QTest.keyClick(panel.field, Qt.Key.Key_Escape)
            assert not panel.isVisible()
            assert QApplication.focusWidget() is before

    run(scenario())


def test_the_person_is_the_one_of_the_page(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            await asked_about(page, "contracts")
            page.reports.panel.submit()
            await until(lambda: bool(told(desk)))
            assert next(asked[1] for asked in desk.asked if asked[0] == "report_data") == HELENE

    run(scenario())
