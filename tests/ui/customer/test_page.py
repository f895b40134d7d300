"""The customer's page on the real Qt loop: keyboard alone, masked values, drafts, verification."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.models.facets import FacetState, FacetView
from avise.models.interaction import Channel, Direction
from avise.models.masking import MASK
from avise.models.roles import Purpose
from avise.models.wrap_up import Outcome, WrapUp
from avise.services.customer_updates import FacetChanged
from avise.services.day_values import WrapUpDraft
from avise.services.desk import CallState, IncomingCall
from avise.texts import text
from avise.ui.customer.facet_block import FacetBlock
from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from tests.ui.customer.opened_page import opened, said, until
from tests.ui.persona import HELENE, NOW, helene_updates
from tests.ui.scripted_desk import ScriptedDesk

Run = Callable[[Coroutine[object, object, None]], None]
NIR = "2 68 03 44 109 214 35"


def _focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_a_call_puts_focus_on_the_first_suggested_answer(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            assert page.sheet.suggestions.rows.current_row() == 0
            assert page.sheet.suggestions.isAncestorOf(_focused())

    run(scenario())


def test_a_search_puts_focus_on_the_header(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            assert page.header.isAncestorOf(_focused())

    run(scenario())


def test_blocks_are_walked_opened_folded_and_left_by_keyboard_alone(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            page.run_command("facets")
            first = _focused()
            assert isinstance(first, FacetBlock)
            QTest.keyClick(first, Qt.Key.Key_Right)
            second = _focused()
            assert isinstance(second, FacetBlock)
            assert second.facet != first.facet
            QTest.keyClick(second, Qt.Key.Key_Space)
            assert second.content.folded
            QTest.keyClick(second, Qt.Key.Key_Space)
            QTest.keyClick(second, Qt.Key.Key_Return)
            assert page.sheet.detail is not None
            QTest.keyClick(_focused(), Qt.Key.Key_Escape)
            assert page.sheet.currentIndex() == 0
            assert _focused() is second

    run(scenario())


def test_every_zone_can_take_focus(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            for command, zone in (
                ("suggestions", page.sheet.suggestions),
                ("facets", page.sheet.facets),
                ("timeline", page.sheet.timeline),
                ("requests_of", page.rail.requests),
                ("wrap_up", page.rail.wrap_up),
            ):
                page.run_command(command)
                assert zone.isAncestorOf(_focused()), command
            names = [text(key) for key, _widget in page.zones()]
            assert len(names) == len(set(names)) == 7

    run(scenario())


def test_enter_on_a_suggestion_writes_its_sentence_in_the_note(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk(), Purpose.CALL) as page:
            QTest.keyClick(page.sheet.suggestions.rows, Qt.Key.Key_Return)
            assert "Virement de 214,00" in page.rail.wrap_up.text()
            assert "**" not in page.rail.wrap_up.text()

    run(scenario())


def test_f5_reads_the_block_with_focus_and_ctrl_f5_everything(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            page.blocks.show_facet("bank")
            page.run_command("refresh_block")
            page.run_command("refresh_all")
            await until(lambda: ("reread", HELENE, "") in desk.asked)
            assert ("reread", HELENE, "bank") in desk.asked

    run(scenario())


def test_a_revealed_number_is_masked_again_when_its_time_is_over(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            page.check.ask_restricted("reveal", "nir", "")
            panel = page.check.restricted
            panel._answer.setText("Rapprochement avec la caisse")
            QTest.keyClick(panel._answer, Qt.Key.Key_Return)
            await until(lambda: panel.shown_value() == NIR)
            assert NIR not in page.windowTitle()
            for _ in range(20):
                panel._on_second()
            assert panel.shown_value() in ("", MASK)
            assert not panel.isVisible()
            assert ("reveal", HELENE, "nir", "", "Rapprochement avec la caisse") in desk.asked

    with caplog.at_level(logging.DEBUG):
        run(scenario())
    assert NIR not in caplog.text


def test_a_number_is_not_revealed_without_a_reason(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            page.check.ask_restricted("reveal", "nir", "")
            QTest.keyClick(page.check.restricted._answer, Qt.Key.Key_Return)
            await asyncio.sleep(0.05)
            assert not any(asked[0] == "reveal" for asked in desk.asked)

    run(scenario())


def test_leaving_the_page_masks_what_is_shown(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            page.check.ask_restricted("reveal", "nir", "")
            panel = page.check.restricted
            panel._answer.setText("Motif")
            QTest.keyClick(panel._answer, Qt.Key.Key_Return)
            await until(lambda: panel.shown_value() == NIR)
            page.deactivate()
            assert panel.shown_value() == ""

    run(scenario())


def test_comparing_says_yes_or_no_and_shows_nothing(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            page.check.ask_restricted("compare", "nir", "")
            panel = page.check.restricted
            panel._answer.setText("1 85 05")
            QTest.keyClick(panel._answer, Qt.Key.Key_Return)
            await until(lambda: panel._outcome.text() == "La réponse ne correspond pas.")
            # A second Enter while the first answer is still being told is left out on purpose.
            await until(lambda: "restricted value" not in {task.get_name() for task in asyncio.all_tasks()})
            panel._answer.setText("2 68 03 44 109 214 35")
            QTest.keyClick(panel._answer, Qt.Key.Key_Return)
            await until(lambda: panel._outcome.text() == "La réponse correspond.")
            assert panel.shown_value() == ""

    run(scenario())


def test_three_wrong_answers_lock_and_name_the_number_to_call_back(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            page.run_command("identity_check")
            panel = page.check.verification
            await until(lambda: len(panel._questions) == 3)
            for left in (2, 1, 0):
                panel._questions[0].answer.setText("non")
                QTest.keyClick(panel._questions[0].answer, Qt.Key.Key_Return)
                await until(partial(_tries_told, panel._said, left))
            assert "Rappel sur le numéro connu" in panel._said.text()
            assert all(item.answer.isReadOnly() for item in panel._questions)

    run(scenario())


def _tries_told(said: Label, left: int) -> bool:
    return f"{left} essai" in said.text() if left else "bloquée" in said.text()


def _saved(desk: ScriptedDesk) -> list[WrapUp]:
    """Return the drafts that were handed over to be kept, in order."""
    return [asked[2] for asked in desk.asked if asked[0] == "save_wrap_up"]  # type: ignore[misc]  # by construction


def test_a_note_is_kept_after_a_pause_and_found_again(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            drafts: list[bool] = []
            page.draft_changed.connect(drafts.append)
            page.run_command("wrap_up")
            QTest.keyClicks(page.rail.wrap_up.note, "Virement confirme")
            await until(lambda: [draft.note for draft in _saved(desk)] == ["Virement confirme"])
            assert drafts == [True]
            await until(lambda: "brouillon 10:44" in said(page.rail.wrap_up))
        async with opened(desk) as page:
            await until(lambda: page.rail.wrap_up.text() == "Virement confirme")
            assert "brouillon 10:44" in said(page.rail.wrap_up)

    run(scenario())


def test_a_note_typed_just_before_the_page_closes_is_kept(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            page.run_command("wrap_up")
            QTest.keyClicks(page.rail.wrap_up.note, "Rappeler demain")
        await until(lambda: desk.wrap_ups)
        assert desk.wrap_ups[HELENE, ""].wrap_up.note == "Rappeler demain"

    run(scenario())


def test_ctrl_enter_records_the_exchange_and_empties_the_note(run: Run) -> None:
    async def scenario() -> None:
        left = WrapUpDraft(HELENE, WrapUp(note="Virement vu", direction=Direction.INTERNAL), NOW)
        desk = ScriptedDesk(wrap_ups={(HELENE, ""): left})
        async with opened(desk) as page:
            acts: list[tuple[str, object]] = []
            page.acted.connect(lambda sentence, act: acts.append((sentence, act)))
            answered = NOW - timedelta(minutes=4)
            page.set_call(IncomingCall("call-7", CallState.ANSWERED, answered, answered, "", "", 0, ()))
            await until(lambda: page.rail.wrap_up.text() == "Virement vu")
            page.model.wrap_up.choose_reason("R01")
            page.rail.wrap_up.note.setFocus()
            QTest.keyClick(page.rail.wrap_up.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: any(asked[0] == "record_wrap_up" for asked in desk.asked))
            await until(lambda: page.rail.wrap_up.text() == "")
            recorded = next(asked[2] for asked in desk.asked if asked[0] == "record_wrap_up")
            assert isinstance(recorded, WrapUp)
            # What was done is listed by itself: when the file's own news came decides whether it is there.
            assert replace(recorded, deeds=()) == WrapUp(
                reason="R01",
                outcome=Outcome.RESOLVED,
                note="Virement vu",
                channel=Channel.PHONE_IN,
                direction=Direction.IN,
                call_id="call-7",
                duration_s=240,
                confirmed=True,
            )
            await until(lambda: acts)
            assert acts[0][0] == "Échange enregistré dans l’historique."
            assert not desk.wrap_ups

    run(scenario())


def test_a_block_keeps_its_place_when_another_answers(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            await until(page.model.unfed)
            grid = page.sheet.grid
            before = {facet: grid.block(facet).geometry() for facet in grid.order()}
            view = page.model.views("benefits")[0]
            page.model.apply((FacetChanged(replace(view, records=view.records[:2])),))
            assert {facet: grid.block(facet).geometry() for facet in grid.order()} == before

    run(scenario())


def test_a_block_whose_tool_comes_after_the_others_is_shown_when_it_does(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            await until(page.model.unfed)
            late = min(page.model.unfed())
            grid = page.sheet.grid
            assert late not in grid.order()
            page.model.apply((FacetChanged(FacetView(late, "late", "Outil lent", FacetState.WAITING)),))
            assert late in grid.order()
            assert not grid.block(late).isHidden()

    run(scenario())


@pytest.mark.parametrize("size", [(1852, 1016), (1372, 836), (1298, 704), (1100, 700)])
@pytest.mark.parametrize("zoom", [80, 100, 200])
def test_nothing_is_wider_than_the_window(run: Run, size: tuple[int, int], zoom: int) -> None:
    async def scenario() -> None:
        theme().set_zoom(zoom)
        async with opened(ScriptedDesk(), width=size[0], height=size[1]) as page:
            assert page.width() == size[0]
            for facet in page.sheet.grid.order():
                block = page.sheet.grid.block(facet)
                assert block.geometry().right() <= page.sheet.grid.width()

    run(scenario())


def test_the_alert_of_a_complaint_leads_to_its_block(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            page.header.alerts.facet_requested.emit("complaints")
            focused = _focused()
            assert isinstance(focused, FacetBlock)
            assert focused.facet == "complaints"

    run(scenario())


@pytest.mark.parametrize("turns_before", range(8))
def test_a_block_told_at_any_moment_of_the_building_is_shown(run: Run, turns_before: int) -> None:
    """Blocks are made in one turn and come in the next: nothing told in between is lost."""
    facets = {update.view.facet: update for update in helene_updates() if isinstance(update, FacetChanged)}

    async def scenario() -> None:
        async with opened(ScriptedDesk(updates={})) as page:
            for _ in range(turns_before):
                page.parts._on_turn()
            page.model.apply((facets["contracts"],))
            await until(lambda: page.parts.has("wrap_up"))
            content = page.sheet.grid.block("contracts").content
            assert content.rows
            assert content == page.model.content("contracts")

    run(scenario())
