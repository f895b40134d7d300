"""The discreet screen: no NIR, no IBAN, no amount, no health, anywhere on a customer's page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.models.masking import MASK
from avise.texts import text
from avise.ui.customer.discreet import discreet_words, is_health
from avise.ui.customer.facet_layouts import LAYOUTS
from avise.ui.customer.report_panel import ReportPanel
from avise.ui.discretion import discretion
from avise.ui.theme import theme
from tests.ui.customer.opened_page import opened
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.shell.test_desktop import CTRL, SHIFT, staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
AMOUNT = re.compile(r"\d[\s\u202f\u00a0]*€")


def test_blocks_hide_amounts_numbers_and_health_until_the_mode_is_left(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            before = {facet: page.model.content(facet).spoken() for facet in LAYOUTS}
            assert any(AMOUNT.search(words) for words in before.values())
            discretion().set_on(on=True)
            for facet in LAYOUTS:
                content = page.model.content(facet)
                assert not AMOUNT.search(content.spoken()), facet
                assert facet != "bank" or "FR76" not in content.spoken()
                if is_health(facet):
                    assert text("discreet.health") in content.spoken()
                    assert all(not view.records for view in page.model.views(facet))
            facts = page.header.facts.accessibleName()
            assert "2 68" not in facts
            assert not page.header.alerts.isVisible()
            discretion().set_on(on=False)
            assert {facet: page.model.content(facet).spoken() for facet in LAYOUTS} == before

    run(scenario())


def test_answers_history_and_open_items_are_veiled(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            panels = (page.sheet.suggestions, page.sheet.timeline, page.rail.open_items)
            assert not any(panel.veil.isVisible() for panel in panels)
            discretion().set_on(on=True)
            await asyncio.sleep(0.02)
            for panel in panels:
                assert panel.veil.isVisibleTo(panel)
                assert panel.veil.geometry().bottom() >= panel.rect().bottom() - 2
                seen = panel.grab().toImage()
                under = {
                    seen.pixelColor(x, panel.height() - 4).name() for x in range(4, panel.width() - 4, 3)
                }
                assert under == {theme().colour("bg-surface").name()}

    run(scenario())


def test_nothing_is_revealed_and_what_was_is_masked(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            page.check.ask_restricted("reveal", "nir", "")
            assert page.check.restricted.isVisible()
            discretion().set_on(on=True)
            assert not page.check.restricted.isVisible()
            told: list[str] = []
            page.check.failed.connect(lambda key, _params: told.append(key))
            page.check.ask_restricted("reveal", "nir", "")
            assert told == ["discreet.no_reveal"]
            assert not page.check.restricted.isVisible()

    run(scenario())


def test_a_panel_over_the_page_is_veiled_and_takes_no_key_but_echap(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            page.run_command("report_data")
            panel = page.findChild(ReportPanel)
            assert panel is not None
            panel.note.setPlainText("devis de prothèse")
            panel.note.setFocus()
            discretion().set_on(on=True)
            await asyncio.sleep(0.02)
            assert panel.veil.geometry().contains(panel.note.geometry())
            assert QApplication.focusWidget() is panel.veil
            assert not panel.note.isEnabled()
            QTest.keyClick(panel.veil, Qt.Key.Key_Return, CTRL)
            assert panel.isVisible()
            discretion().set_on(on=False)
            assert QApplication.focusWidget() is panel.note
            discretion().set_on(on=True)
            QTest.keyClick(panel.veil, Qt.Key.Key_Escape)
            assert not panel.isVisible()

    run(scenario())


def test_a_panel_opened_on_a_discreet_screen_is_veiled_at_once(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            discretion().set_on(on=True)
            page.run_command("write_email")
            composer = page.messages.composer()
            await until(lambda: not composer.model.shown().is_busy)
            assert QApplication.focusWidget() is composer.veil
            QTest.keyClicks(composer.veil, "prothese")
            discretion().set_on(on=False)
            assert not composer.words.text()
            assert composer.words.isEnabled()

    run(scenario())


def test_the_keys_enter_and_the_chip_of_the_top_bar_leaves(run: Run) -> None:
    async def scenario() -> None:
        async with staged() as stage:
            chip = stage.window.top_bar.discreet
            assert not chip.isVisible()
            stage.press(Qt.Key.Key_L, CTRL | SHIFT)
            assert discretion().is_on
            assert chip.isVisible()
            QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
            assert not discretion().is_on
            assert not chip.isVisible()
            message = stage.window.toast.message()
            assert message is not None
            assert message.sentence == text("discreet.off")

    run(scenario())


@given(st.integers(0, 10**7), st.sampled_from(["", "\u202f", " "]), st.sampled_from(["€", "EUR", "euros"]))
def test_no_amount_is_left_in_words(cents: int, space: str, unit: str) -> None:
    amount = f"{cents // 100},{cents % 100:02d}{space or ' '}{unit}"
    hidden = discreet_words(f"Rejet de {amount} le 04/03")
    assert amount not in hidden
    assert MASK in hidden
    assert "04/03" in hidden
