"""The text of an exchange, opened from the history: by the keyboard, awaited, refused, veiled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from avise.models.errors import AviseError
from avise.texts import text
from avise.ui.customer.entry_panel import EntryPanel
from avise.ui.customer.page import CustomerPage
from avise.ui.discretion import discretion
from tests.ui.customer.opened_page import opened, said, until
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import ScriptedDesk

Run = Callable[[Coroutine[object, object, None]], None]
LETTER = "entry-6"
WORDS = "Bonjour,\n<b>où en est</b> mon dossier ?\nhttps://exemple.invalid"


def go_to_letter(page: CustomerPage) -> None:
    timeline = page.sheet.timeline
    page.run_command("timeline")
    rows = range(timeline.model.rowCount())
    timeline.rows.go_to(next(row for row in rows if timeline.model.entry(row).id == LETTER))


def open_letter(page: CustomerPage) -> EntryPanel:
    go_to_letter(page)
    QTest.keyClick(page.sheet.timeline.rows, Qt.Key.Key_Return)
    panel = page.findChild(EntryPanel)
    assert panel is not None
    return panel


def test_enter_opens_an_exchange_and_enter_again_reads_its_text(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(bodies={LETTER: WORDS}, body_gate=asyncio.Event())
        async with opened(desk) as page:
            panel = open_letter(page)
            assert QApplication.focusWidget() is panel.read
            assert not any(asked[0] == "exchange_body" for asked in desk.asked)
            QTest.keyClick(panel.read, Qt.Key.Key_Return)
            await until(lambda: text("exchange_body.reading") in said(panel))
            assert desk.body_gate is not None
            desk.body_gate.set()
            await until(panel.words.isVisible)
            assert panel.words.toPlainText() == WORDS
            assert QApplication.focusWidget() is panel.words
            QTest.keyClick(panel.words, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            assert panel.words.textCursor().hasSelection()
            assert ("exchange_body", HELENE, LETTER) in desk.asked
            assert text("exchange_body.reading") not in said(panel)
            assert text("deed.message_read") in [text(f"deed.{deed.kind}") for deed in page.model.deeds]
            QTest.keyClick(panel.words, Qt.Key.Key_Escape)
            assert not panel.isVisible()
            assert not panel.words.toPlainText()

    run(scenario())


@pytest.mark.parametrize("key", ["exchange_body.offline", "exchange_body.unavailable"])
def test_a_text_that_is_not_given_says_why_and_is_asked_again(run: Run, key: str) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(bodies={LETTER: AviseError(key, source="Messagerie")})
        async with opened(desk) as page:
            panel = open_letter(page)
            panel.read.click()
            sentence = text(key, source="Messagerie")
            await until(lambda: sentence in said(panel))
            assert not panel.words.isVisible()
            assert panel.read.text() == text("exchange_body.again")
            assert panel.read.accessibleDescription() == sentence
            desk.bodies[LETTER] = WORDS
            panel.read.click()
            await until(panel.words.isVisible)
            assert sentence not in said(panel)

    run(scenario())


def test_a_text_that_comes_after_its_panel_was_left_is_shown_to_nobody(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(bodies={LETTER: WORDS}, body_gate=asyncio.Event())
        async with opened(desk) as page:
            panel = open_letter(page)
            panel.read.click()
            await until(lambda: ("exchange_body", HELENE, LETTER) in desk.asked)
            timeline = page.sheet.timeline
            timeline.rows.go_to(0)
            timeline.entry_opened.emit(timeline.model.entry(0))
            assert desk.body_gate is not None
            desk.body_gate.set()
            await page.tasks.finished()
            assert not panel.words.toPlainText()
            assert not panel.read.isVisible()

    run(scenario())


def test_the_palette_reads_the_exchange_that_is_chosen(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(bodies={LETTER: WORDS})) as page:
            page.sheet.timeline.rows.go_to(0)
            assert not [one for one in page.commands() if one.id == "read_message"]
            go_to_letter(page)
            (command,) = [one for one in page.commands() if one.id == "read_message"]
            command.run()
            panel = page.findChild(EntryPanel)
            assert panel is not None
            await until(panel.words.isVisible)
            assert QApplication.focusWidget() is panel.words

    run(scenario())


def test_a_discreet_screen_veils_the_text_and_offers_none(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(bodies={LETTER: WORDS})) as page:
            panel = open_letter(page)
            panel.read.click()
            await until(panel.words.isVisible)
            discretion().set_on(on=True)
            await asyncio.sleep(0.02)
            assert panel.veil.geometry().contains(panel.words.geometry())
            assert not panel.words.isEnabled()
            assert not [one for one in page.commands() if one.id == "read_message"]

    run(scenario())
